"""What changed since an earlier sheet, and what a sheet has no data of, as a report says it. Pure.

Numbers come from `Results`, as on the pages, or are summed exactly in `components`; "*" stands for
what is missing and its reason is told.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.language import _, decimal
from app.scores import figures
from app.scores.figures import joined
from app.scores.paper import MISSING, Column, Items, Part, Table, Text
from app.scores.results import List, Ranked, Results


def against(results: Results, code: str) -> Iterator[Part]:
    """The change since an earlier wave, by percent alone; which criteria are not those of then."""
    rose, compared = figures.rose(each.change for each in results.ranked.values())
    yield Text(
        _("{rose} trên {compared} đơn vị tăng so với đợt {code}.").format(
            rose=rose, compared=compared, code=code
        )
    )
    known = [each for each in results.ranked.values() if each.change is not None]
    most = max((each.change or Fraction(0) for each in known), default=Fraction(0))
    if most > 0:
        names = joined(each.name for each in known if each.change == most)
        words = _("Tăng nhiều nhất là {names} ({change} điểm phần trăm).")
        yield Text(words.format(names=names, change=decimal(most, results.places)))
    if results.changed.named:
        yield Text(figures.other_criteria())
        for words, leaves in results.changed.named:
            yield Text(f"{words}: {'; '.join(leaves)}.")
    if results.changed.ruled:
        yield Text(figures.other_rules())
        for words, rules in results.changed.ruled:
            yield Text(f"{words}: {' '.join(rules)}")
    yield _change_table(results, code)


def _change_table(results: Results, code: str) -> Table:
    rows = []
    for unit in (unit for each in results.lists() for unit in each.units):
        before = results.earlier.get(unit.code, {}).get("exact_percent")
        # With the digits of this wave, or the change would not be the difference.
        then = MISSING if before is None else decimal(before, results.places)
        moved = figures.change(unit.change, results.places)[0]
        rows.append((unit.name, then, unit.percent, moved or MISSING))
    columns = (
        Column(_("Cơ quan"), 24, number=False),
        Column(_("Đợt {code}").format(code=code), 9),
        Column(_("Đợt này"), 9),
        Column(_("Tăng, giảm"), 9),
    )
    notes = (_("* Một trong hai đợt không có tỷ lệ của đơn vị này."),)
    unknown = any(MISSING in row for row in rows)
    caption = _("Tỷ lệ phần trăm hai đợt; tăng, giảm tính bằng điểm phần trăm")
    return Table(caption, columns, tuple(rows), notes if unknown else ())


def missing(results: Results) -> Iterator[Part]:
    """Which leaves have no data and why, units with the same gap together."""
    found: list[str] = []
    for each in results.lists():
        gaps: dict[str, list[str]] = {}
        for unit in each.units:
            for words in _gaps(results, unit):
                gaps.setdefault(words, []).append(unit.name)
        for words, names in gaps.items():
            found.append(f"{_all_or_some(each, names)}: {words}")
    if not found:
        yield Text(_("Không có: mọi tiêu chí của mọi đơn vị đều có số liệu."))
        return
    yield Items(tuple(found))
    yield Text(_("Tiêu chí chưa có số liệu không tính vào tỷ lệ, cũng không tính là 0 điểm."))


def _gaps(results: Results, unit: Ranked) -> Iterator[str]:
    document = results.units[unit.code]
    if document["reason"] is not None:
        yield _("không có tiêu chí điều tra nào tính được điểm.")
    elif unit.exact is None:
        yield _("điểm tối đa là 0, không có tỷ lệ.")
    reasons: dict[str, list[str]] = {}
    for leaf in document["criteria"]:
        if leaf["code"] in unit.missing:
            name = results.index.criterion_of[leaf["code"]].name
            reasons.setdefault(figures.why_missing(leaf), []).append(f"{leaf['code']} {name}")
    for reason, leaves in reasons.items():
        words = _("tiêu chí {leaves}: {reason}.")
        yield words.format(leaves="; ".join(leaves), reason=reason[0].lower() + reason[1:])


def _all_or_some(each: List, names: Sequence[str]) -> str:
    if each.are_all(names):
        all_ = _("Cả {count} đơn vị").format(count=len(names))
        return f"{each.title}, {all_[0].lower()}{all_[1:]}" if each.title else all_
    return "; ".join(names)
