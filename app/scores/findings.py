"""What changed since an earlier sheet, and what a sheet has no data of, as a report says it. Pure.

Numbers come from `Results`, as on the pages, or are summed exactly in `components`; "*" stands for
what is missing and its reason is told.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.language import _, decimal
from app.scores import changes, figures, lines, yearwords
from app.scores.figures import joined
from app.scores.paper import Items, Part, Text
from app.scores.results import List, Ranked, Results


def against(results: Results) -> Iterator[Part]:
    """The change since an earlier wave, by percent alone; which criteria are not those of then."""
    then, _now = figures.years(results.index, results.before)
    rose, compared = figures.rose(each.change for each in results.ranked.values())
    yield Text(
        _("{rose} trên {compared} đơn vị tăng so với {then}.").format(
            rose=rose, compared=compared, then=then
        )
    )
    known = [each for each in results.ranked.values() if each.change is not None]
    most = max((each.change or Fraction(0) for each in known), default=Fraction(0))
    if most > 0:
        names = joined(each.name for each in known if each.change == most)
        words = _("Tăng nhiều nhất là {names} ({change} điểm phần trăm).")
        yield Text(words.format(names=names, change=decimal(most, results.places)))
    for _block, said in yearwords.all_of(results):
        yield Items(said)
    became = tuple(yearwords.of_units(results))
    if became:
        yield Items(became)
    if results.changed.named:
        yield Text(figures.other_criteria())
        for words, leaves in results.changed.named:
            yield Text(f"{words}: {'; '.join(leaves)}.")
    if results.changed.ruled:
        yield Text(figures.other_rules())
        for words, rules in results.changed.ruled:
            yield Text(f"{words}: {' '.join(rules)}")
    yield changes.unit_table(results)
    yield from changes.unit_charts(results)
    yield from changes.component_parts(results)
    yield from changes.leaf_tables(results)
    yield from lines.tables(results)
    yield from lines.charts(results)


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
