"""The lineage of two years: which units and criteria of the earlier index became which of this one.

Pure. `parse` turns the text of a lineage file into a `Lineage` that fits both indexes, or raises
`IndexFault` with every fault and its place. Format: docs/compare.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.index.definition import Index
from app.index.faults import Faults, IndexFault, echo
from app.index.tables import Table
from app.index.toml import load
from app.language import _

FORMAT = 1
KINDS = ("units", "criteria")


@dataclass(frozen=True)
class Link:
    """What became what: none before is new, none after is gone, several are merged or split."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Lineage:
    units: tuple[Link, ...] = ()
    criteria: tuple[Link, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.units or self.criteria)


def parse(text: str | bytes, now: Index, then: Index) -> Lineage:
    """The lineage of a TOML text between two indexes. Raises `IndexFault`."""
    faults = Faults()
    raw = Table(load(text), "", faults)
    if raw.optional_number("format") != FORMAT and "format" not in faults:
        message = _("hãy ghi format = {format}, dạng duy nhất mà phiên bản này đọc được.")
        raw.fault("format", message.format(format=FORMAT))
    codes = {
        "units": (_Codes(then.unit_of), _Codes(now.unit_of)),
        "criteria": (_Codes.leaves(then), _Codes.leaves(now)),
    }
    links = {kind: _links(raw, kind, *codes[kind]) for kind in KINDS}
    raw.close()
    if faults.found:
        raise IndexFault(faults.found)
    return Lineage(**links)


class _Codes:
    """The codes that one side of a link may have, and those that only gather others."""

    def __init__(self, known: Iterable[str], nodes: Iterable[str] = ()) -> None:
        self.known, self.nodes = list(known), set(nodes)

    @classmethod
    def leaves(cls, index: Index) -> "_Codes":
        known = [leaf.code for leaf in index.leaves]
        return cls(known, [code for code in index.criterion_of if code not in known])


def _links(raw: Table, kind: str, then: _Codes, now: _Codes) -> tuple[Link, ...]:
    found: list[tuple[str, Link]] = []
    for table in raw.tables(kind, hint="from"):
        sides = []
        for key, codes in (("from", then), ("to", now)):
            if key not in table:
                table.fault(key, _("thiếu khóa này; hãy ghi {key} = […].").format(key=key))
            sides.append(table.codes(key))
            _known(table, key, sides[-1], codes)
        table.close()
        link = Link(*sides)
        faulty = any(table.at(key) in table.faults for key in ("from", "to"))
        if not (link.before or link.after) and not faulty:
            table.faults.add(
                table.place,
                _("from và to đều rỗng; hãy ghi mã ở một bên, hoặc xóa mục này."),
            )
        if len(link.before) > 1 and len(link.after) > 1:
            table.faults.add(
                table.place,
                _(
                    "from và to đều có nhiều mã; mỗi mục chỉ gộp (nhiều thành một) hoặc tách (một"
                    " thành nhiều). Hãy chia thành nhiều mục."
                ),
            )
        found.append((table.place, link))
    _once(raw.faults, found)
    _no_cycle(raw.faults, found)
    return tuple(link for _place, link in found)


def _known(table: Table, key: str, given: Sequence[str], codes: _Codes) -> None:
    words = {
        "from": _("năm trước không có mã “{code}”.{near} Hãy sửa mã, hoặc bỏ mã này."),
        "to": _("năm nay không có mã “{code}”.{near} Hãy sửa mã, hoặc bỏ mã này."),
    }
    for code in given:
        if code in codes.nodes:
            message = _("tiêu chí “{code}” có tiêu chí con; hãy ghi mã các tiêu chí con.")
            table.fault(key, message.format(code=echo(code)))
        elif code not in codes.known:
            near = table.faults.suggestion(code, codes.known)
            table.fault(key, words[key].format(code=echo(code), near=near))


def _once(faults: Faults, found: Sequence[tuple[str, Link]]) -> None:
    """No code in two entries on one side."""
    words = {
        "from": _(
            "“{code}” đã ghi ở {first}; một mã năm trước chỉ ghi một lần. Nếu tách ra, hãy ghi mọi"
            " mã năm nay vào to của một mục."
        ),
        "to": _(
            "“{code}” đã ghi ở {first}; một mã năm nay chỉ ghi một lần. Nếu gộp lại, hãy ghi mọi mã"
            " năm trước vào from của một mục."
        ),
    }
    first: dict[tuple[str, str], str] = {}
    for place, link in found:
        for key, codes in (("from", link.before), ("to", link.after)):
            for code in dict.fromkeys(codes):
                if first.setdefault((key, code), place) != place:
                    message = words[key].format(code=echo(code), first=first[key, code])
                    faults.add(f"{place}, {key}", message)


def _no_cycle(faults: Faults, found: Sequence[tuple[str, Link]]) -> None:
    """Codes that became each other in a ring say nothing about what came from what."""
    became: dict[str, list[str]] = {}
    place_of: dict[str, str] = {}
    for place, link in found:
        for code in link.before:
            place_of.setdefault(code, place)
            became.setdefault(code, []).extend(each for each in link.after if each != code)
    told: set[str] = set()
    for start in became:
        ring = _ring(became, start)
        if ring and not told & set(ring):
            told |= set(ring)
            loop = " → ".join(echo(code) for code in (*ring, start))
            message = _("thành vòng: {loop}; hãy bỏ hoặc sửa một mục trong vòng.")
            faults.add(place_of[start], message.format(loop=loop))


def _ring(became: dict[str, list[str]], start: str) -> list[str] | None:
    """The shortest way from a code back to itself, or None."""
    came: dict[str, str | None] = {start: None}
    queue = [start]
    for code in queue:
        for each in became.get(code, ()):
            if each == start:
                way: list[str] = []
                step: str | None = code
                while step is not None:
                    way.append(step)
                    step = came[step]
                return way[::-1]
            if each not in came:
                came[each] = code
                queue.append(each)
    return None


def written(lineage: Lineage) -> str:
    """The text of a lineage file; `parse` reads it back."""
    return "\n".join(_lines(lineage)) + "\n"


def _lines(lineage: Lineage) -> Iterator[str]:
    yield f"format = {FORMAT}"
    for kind in KINDS:
        for link in getattr(lineage, kind):
            yield from ("", f"[[{kind}]]")
            for key, codes in (("from", link.before), ("to", link.after)):
                quoted = ", ".join(f'"{code}"' for code in codes)  # codes have no quotes
                yield f"{key} = [{quoted}]"
