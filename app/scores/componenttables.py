"""Components in a report: the mean of each block in each, and units by components. Pure."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.index.parts import Component
from app.language import _, decimal
from app.scores import components
from app.scores.figures import joined, see_below
from app.scores.paper import MISSING, Chart, Column, Items, Part, Table
from app.scores.results import List, Results

# Numbers of more components than this do not fit side by side on A4 across.
SIDE_BY_SIDE = 8


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
        notes.append(see_below())
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
    for block, means in blocks:
        bars = tuple(
            (each.name, (means[each.code],))
            for each in components.scored(index)
            if means.get(each.code) is not None
        )
        if bars:
            caption = _("{block}: trung bình từng chỉ số thành phần, %").format(block=block.name)
            yield Chart(caption, (_("Tỷ lệ %"),), bars, results.places)


def _named(found: Sequence[Component]) -> str:
    return joined(f"“{each.name}”" for each in found)


def _mean(results: Results, value: Fraction | None) -> str:
    return MISSING if value is None else decimal(value, results.places)


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
        notes.append(see_below())
    title = each.title or results.index.name
    return Table(title, tuple(columns), tuple(rows), tuple(notes), tuple(spans))


def _cells(results: Results, part: components.Part | None) -> tuple[str, str]:
    if part is None:
        return "", ""
    if part.points is None:
        return MISSING, MISSING
    points = decimal(part.points, results.places) + ("" if part.whole else "*")
    return points, _mean(results, part.percent)
