"""What a score sheet found, in the sentences and tables of a report. Pure.

Numbers come from `Results`, as on the pages, or are summed exactly in `components`; "*" stands for
what is missing and its reason is told.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from app.index.definition import Component
from app.language import _, decimal
from app.scores import components, figures
from app.scores.paper import MISSING, Column, Heading, Items, Part, Table, Text
from app.scores.results import List, Ranked, Results

# Numbers of more components than this do not fit side by side on A4 across.
SIDE_BY_SIDE = 8


def ranking(results: Results) -> Iterator[Part]:
    """Each list: who leads, the mean, how many of each class, and all units by rank."""
    for each in results.lists():
        if each.title:
            yield Heading(each.title, 2)
        yield Text(_summary(results, each))
        if results.index.rules.classes:
            yield Text(_classes(results, each))
        yield _ranking_table(results, each)


def _summary(results: Results, each: List) -> str:
    first = [unit for unit in each.units if unit.rank == 1]
    if not first:
        return _("{count} đơn vị, chưa đơn vị nào tính được tỷ lệ.").format(count=len(each.units))
    words = _("{count} đơn vị, trung bình {mean}%. Dẫn đầu là {names} ({percent}%).")
    return words.format(
        count=len(each.units),
        mean=each.mean,
        names=_joined(unit.name for unit in first),
        percent=first[0].percent,
    )


def _classes(results: Results, each: List) -> str:
    found = Counter(unit.label for unit in each.units if unit.label)
    counts = [
        _("{label} {count} đơn vị").format(label=known.label, count=found[known.label])
        for known in results.index.rules.classes
        if found[known.label]
    ]
    left = len(each.units) - sum(found.values())
    if left:
        counts.append(_("chưa xếp loại {count} đơn vị").format(count=left))
    return _("Xếp loại: {classes}.").format(classes="; ".join(counts))


def _ranking_table(results: Results, each: List) -> Table:
    index = results.index
    mixed = not each.title and len({unit.block for unit in index.units}) > 1
    classed = bool(index.rules.classes)
    columns = [
        Column(_("Hạng"), 8),
        Column(_("Cơ quan"), 22 if mixed else 26, number=False),
        *([Column(_("Khối"), 15, number=False)] if mixed else []),
        *(Column(title, 8) for title in (_("Tỷ lệ %"), _("Điểm"), _("Tối đa"))),
        *([Column(_("Loại"), 10, number=False)] if classed else []),
        Column(_("Số phiếu"), 8),
    ]
    rows = []
    for unit in each.units:
        block = index.block_of[index.unit_of[unit.code].block].name
        rows.append(
            (
                MISSING if unit.rank is None else str(unit.rank),
                unit.name,
                *([block] if mixed else []),
                unit.percent,
                unit.points + ("*" if unit.missing and unit.rank else ""),
                unit.max_points or MISSING,
                *([unit.label or MISSING] if classed else []),
                unit.ballots,
            )
        )
    starred = any(MISSING in cell for row in rows for cell in row)
    caption = _("Xếp hạng theo tỷ lệ phần trăm")
    return Table(caption, tuple(columns), tuple(rows), (_see_below(),) if starred else ())


def _see_below() -> str:
    return _("* Thiếu số liệu; lý do ghi ở mục “Tiêu chí chưa có số liệu”.")


def by_component(results: Results) -> Iterator[Part]:
    """The mean of each block in each component, the best and the worst."""
    index = results.index
    found = ((block, results.component_means[block.code]) for block in index.blocks)
    blocks = [(block, means) for block, means in found if means]
    titles = (Column(block.name, 8) for block, _means in blocks)
    rows = [
        (
            f"{each.code}. {each.name}",
            *(
                _mean(results, means[each.code]) if each.code in means else ""
                for _block, means in blocks
            ),
        )
        for each in components.scored(index)
    ]
    notes = [_("Bình quân tỷ lệ của các đơn vị trong khối.")]
    if any("" in row for row in rows):
        notes.append(_("Ô trống: chỉ số thành phần không áp dụng cho khối."))
    if any(MISSING in row for row in rows):
        notes.append(_see_below())
    columns = (Column(_("Chỉ số thành phần"), 24, number=False), *titles)
    yield Table(_("Tỷ lệ phần trăm trung bình"), columns, tuple(rows), tuple(notes))
    ends = []
    for block, means in blocks:
        best, worst = components.ends(index, means)
        if best:
            words = _("{block}: cao nhất là {best} ({high}%); thấp nhất là {worst} ({low}%).")
            ends.append(
                words.format(
                    block=block.name,
                    best=_named(best),
                    high=_mean(results, means[best[0].code]),
                    worst=_named(worst),
                    low=_mean(results, means[worst[0].code]),
                )
            )
    if ends:
        yield Items(tuple(ends))


def _named(found: Sequence[Component]) -> str:
    return _joined(f"“{each.name}”" for each in found)


def _mean(results: Results, value: Fraction | None) -> str:
    return MISSING if value is None else decimal(value, results.places)


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
        names = _joined(each.name for each in known if each.change == most)
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


def unit_tables(results: Results) -> Iterator[Table]:
    """Units by components, points and percent; wide indexes in several tables."""
    for each in results.lists():
        parts = {
            unit.code: components.of_unit(results.index, results.units[unit.code])
            for unit in each.units
        }
        shown = [
            component
            for component in components.scored(results.index)
            if any(component.code in part for part in parts.values())
        ]
        for first in range(0, len(shown), SIDE_BY_SIDE):
            here = shown[first : first + SIDE_BY_SIDE]
            last = first + SIDE_BY_SIDE >= len(shown)
            yield _unit_table(results, each, parts, here, last)


def _unit_table(
    results: Results,
    each: List,
    parts: dict[str, dict[str, components.Part]],
    shown: Sequence[Component],
    last: bool,
) -> Table:
    pair = (Column(_("Điểm"), 6), Column("%", 6))
    rows = []
    for unit in each.units:
        cells: list[str] = []
        for component in shown:
            cells += _cells(results, parts[unit.code].get(component.code))
        total = (unit.points + ("*" if unit.missing and unit.rank else ""), unit.percent)
        rows.append((unit.name, *cells, *(total if last else ())))
    spans = [(_("Cơ quan"), 1), *((f"{each.code}. {each.name}", 2) for each in shown)]
    columns = [Column(_("Cơ quan"), 17, number=False), *(pair * len(shown))]
    if last:
        spans.append((_("Tổng"), 2))
        columns += pair
    notes = []
    if any("" in row for row in rows):
        notes.append(_("Ô trống: chỉ số thành phần không áp dụng cho đơn vị."))
    if any(MISSING in cell for row in rows for cell in row[1:]):
        notes.append(_see_below())
    title = each.title or results.index.name
    return Table(title, tuple(columns), tuple(rows), tuple(notes), tuple(spans))


def _cells(results: Results, part: components.Part | None) -> tuple[str, str]:
    if part is None:
        return "", ""
    if part.points is None:
        return MISSING, MISSING
    points = decimal(part.points, results.places) + ("" if part.whole else "*")
    return points, _mean(results, part.percent)


def _joined(names: Iterable[str]) -> str:
    *others, last = names
    return _("{names} và {last}").format(names=", ".join(others), last=last) if others else last
