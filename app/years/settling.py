"""A lineage settled on a page: what each code became is asked, where that is not plain. Pure.

Asked of the earlier year: codes that are gone, or stand for another name now; of this year: codes
that are new. All that a lineage already names is asked, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.index.definition import Index
from app.index.faults import Fault, IndexFault
from app.language import _
from app.years.lineage import KINDS, Lineage, Link
from app.years.origins import Origins


class Named(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Ask:
    """One code, and the code of the other year that it goes with; "" for none."""

    code: str
    name: str
    chosen: str


@dataclass(frozen=True)
class Asked:
    """What is asked of one kind of thing, and what can be chosen."""

    kind: str  # units | criteria
    then: tuple[Ask, ...]
    now: tuple[Ask, ...]
    then_choices: tuple[tuple[str, str], ...]
    now_choices: tuple[tuple[str, str], ...]


def things(index: Index, kind: str) -> Sequence[Named]:
    if kind == "units":
        return index.units
    return [leaf for leaf in index.leaves if leaf.method in ("survey", "external")]


def asked(now: Index, then: Index, lineage: Lineage | None) -> tuple[Asked, ...]:
    return tuple(_asked(now, then, kind, _links(lineage, kind)) for kind in KINDS)


def _links(lineage: Lineage | None, kind: str) -> tuple[Link, ...]:
    found: tuple[Link, ...] = getattr(lineage, kind) if lineage else ()
    return found


def _asked(now: Index, then: Index, kind: str, links: tuple[Link, ...]) -> Asked:
    olds, news = things(then, kind), things(now, kind)
    name_of, old_name = {x.code: x.name for x in news}, {x.code: x.name for x in olds}
    came = Origins(links, tuple(name_of), tuple(old_name))
    became: dict[str, list[str]] = {}
    for code, parts in came.of.items():
        for part in parts:
            became.setdefault(part, []).append(code)
    named = {code for link in links for code in link.before}
    before = tuple(
        Ask(each.code, each.name, _first(became.get(each.code, ()), each.code))
        for each in olds
        if name_of.get(each.code) != each.name
        or each.code in named
        or each.code not in became.get(each.code, ())
    )
    # What the earlier year's codes say already is not asked twice.
    said = {(ask.code, ask.chosen) for ask in before}
    after = tuple(
        Ask(each.code, each.name, _first(came.of[each.code], each.code))
        for each in news
        if (each.code not in old_name or not came.of[each.code])
        and (not came.of[each.code] or {(c, each.code) for c in came.of[each.code]} - said)
    )
    return Asked(
        kind,
        before,
        after,
        tuple(old_name.items()),
        tuple(name_of.items()),
    )


def _first(codes: Sequence[str], own: str) -> str:
    """The code itself where it goes with itself, among others."""
    return own if own in codes else codes[0] if codes else ""


def settled(
    now: Index, then: Index, kind: str, became: Mapping[str, str], came: Mapping[str, str]
) -> tuple[Link, ...]:
    """The links that answers make: earlier code → what it became, new code → what it came from, ""
    for none; who was not asked is itself. Raises IndexFault."""
    olds = [each.code for each in things(then, kind)]
    news = [each.code for each in things(now, kind)]
    pairs = {(old, became.get(old, old)) for old in olds if became.get(old, old) in news}
    pairs |= {(old, new) for new, old in came.items() if old in olds and new in news}
    links, faults = [], []
    for before, after in _groups(olds, news, pairs):
        if len(before) > 1 and len(after) > 1:
            words = _("{then} và {now}: vừa gộp vừa tách. Chọn lại để chỉ gộp, hoặc chỉ tách.")
            names = ", ".join(before), ", ".join(after)
            faults.append(Fault(TITLES[kind], words.format(then=names[0], now=names[1])))
        elif before != after:
            links.append(Link(before, after))
    # Who had a counterpart of the same code and is told to have none.
    linked = {old for old, _new in pairs}
    links += [Link((old,), ()) for old in olds if old in news and old not in linked]
    if faults:
        raise IndexFault(faults)
    return tuple(links)


TITLES = {"units": _("Cơ quan, đơn vị"), "criteria": _("Tiêu chí")}


def _groups(
    olds: Sequence[str], news: Sequence[str], pairs: set[tuple[str, str]]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Codes that hang together, each side in its order."""
    found, seen = [], set()
    for start in olds:
        before, after = {start}, set[str]()
        while start not in seen:
            grown = {new for old, new in pairs if old in before}
            back = {old for old, new in pairs if new in grown} | before
            if (grown, back) == (after, before):
                break
            after, before = grown, back
        if start not in seen and after:
            seen |= before
            found.append(
                (
                    tuple(old for old in olds if old in before),
                    tuple(new for new in news if new in after),
                )
            )
    return found


def unasked(now: Index, then: Index, lineage: Lineage | None) -> tuple[Link, ...]:
    """The links of criteria that have no points here, about which no page asks."""
    known = {each.code for index in (now, then) for each in things(index, "criteria")}
    return tuple(
        link for link in _links(lineage, "criteria") if not known & {*link.before, *link.after}
    )
