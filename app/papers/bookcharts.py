"""The sheets of a workbook that compare: beside an earlier wave, and as charts.

Bars beside a number have it with a comma on every machine: what stands there is a text.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from app.language import _, decimal, rounded
from app.papers.sheet import MISSING, Page, Value
from app.scores import changes, components, figures
from app.scores.results import Results

COLOURS = ("#1F5A6B", "#B9C6CA")
HEAD, ROW, WIDE = 90, (24, 36), 760  # pixels
ROW_OF_SHEET = 20  # its height in pixels
BARS = 60  # of one chart
ASIDE = 4  # the column that charts begin in


def comparison(page: Page, results: Results) -> None:
    """Percent and rank of each unit, then and now."""
    then, now = figures.years(results.index, results.before)
    page.header(
        [
            *((_("Đơn vị"), 44), (_("Khối"), 24)),
            *((_("Tỷ lệ {year}, %").format(year=each), 13) for each in (then, now)),
            (_("Tăng, giảm (điểm phần trăm)"), 14),
            *((f"{figures.rank_title(results.index)} {each}", 11) for each in (then, now)),
            (_("Tăng, giảm hạng"), 11),
        ],
        frozen=1,
    )
    for unit in (unit for each in results.lists() for unit in each.units):
        before = results.earlier.get(unit.code, {}).get("exact_percent")
        rank = changes.rank_before(results, unit.code)
        moved = None if rank is None or unit.rank is None else rank - unit.rank
        page.add(
            *(unit.name, results.index.block_of[results.index.unit_of[unit.code].block].name),
            _shown(None if before is None else Fraction(before), results),
            *(_shown(unit.exact, results), _shown(unit.change, results)),
            *(MISSING if each is None else each for each in (rank, unit.rank, moved)),
        )
    page.filtered()
    notes = [_("Tăng hạng là số dương: lên phía trên bảng.")]
    notes.append(_("* Một trong hai lần không có số liệu, hoặc xếp hạng trong danh sách khác."))
    if results.changed.named:
        notes.append(figures.other_criteria())
        notes += [f"{words}: {'; '.join(names)}." for words, names in results.changed.named]
    if results.changed.ruled:
        notes.append(figures.other_rules())
        notes += [f"{words}: {' '.join(rules)}" for words, rules in results.changed.ruled]
    page.notes(notes)


def charts(page: Page, results: Results) -> None:
    """Each list by rank and each block by component, numbers to the left and bars to the right."""
    then, now = figures.years(results.index, results.before)
    compared = any(each.change is not None for each in results.ranked.values())
    series = [figures.titled(now), *([figures.titled(then)] if compared else [])]
    page.header([(_("Tên"), 44), *((name, 12) for name in series)], frozen=1)
    for each in results.lists():
        rows = []
        for unit in each.units:
            before = results.earlier.get(unit.code, {}).get("exact_percent")
            rows.append((unit.name, (unit.exact, None if before is None else Fraction(before))))
        title = each.title or _("Các cơ quan, đơn vị")
        _block(page, results, _("{title}: tỷ lệ phần trăm").format(title=title), series, rows)
    for block in results.index.blocks:
        means = results.component_means[block.code]
        if not means:
            continue
        before_of = {field.component.code: field.then for field in changes.fields(results, block)}
        rows = [
            (component.name, (means[component.code], before_of.get(component.code)))
            for component in components.scored(results.index)
            if component.code in means
        ]
        words = _("{block}: trung bình từng chỉ số thành phần, %").format(block=block.name)
        _block(page, results, words, series, rows)


def _block(
    page: Page,
    results: Results,
    title: str,
    series: Sequence[str],
    rows: Sequence[tuple[str, tuple[Fraction | None, ...]]],
) -> None:
    for first in range(0, len(rows), BARS):
        here = rows[first : first + BARS]
        shown = figures.piece(title, first, BARS, len(rows))
        page.add(shown)
        top = page.row
        for name, values in here:
            page.add(name, *(_shown(value, results) for value in values[: len(series)]))
        high = HEAD + ROW[len(series) - 1] * len(here)
        _insert(page, results, shown, series, here, top, high)
        # The next one begins beneath the bars.
        page.row = max(page.row, top + high // ROW_OF_SHEET) + 1


def _insert(
    page: Page,
    results: Results,
    title: str,
    series: Sequence[str],
    rows: Sequence[tuple[str, tuple[Fraction | None, ...]]],
    top: int,
    high: int,
) -> None:
    chart, last = page.workbook.add_chart({"type": "bar"}), top + len(rows) - 1
    sheet = page.sheet.get_name()
    for place in range(len(series)):
        drawn = (values[place] for _name, values in rows)
        labels = [
            {"delete": True} if value is None else {"value": decimal(value, results.places)}
            for value in drawn
        ]
        chart.add_series(
            {
                "name": [sheet, page.head, 1 + place],
                "categories": [sheet, top, 0, last, 0],
                "values": [sheet, top, 1 + place, last, 1 + place],
                "fill": {"color": COLOURS[place]},
                "gap": 50,
                "data_labels": {"value": True, "custom": labels},
            }
        )
    # What begins with "=" would be taken for the place of a title.
    name = title if not title.startswith("=") else f" {title}"
    chart.set_title({"name": name, "name_font": {"size": 12}, "overlay": False})
    chart.set_y_axis({"reverse": True, "major_tick_mark": "none"})
    chart.set_x_axis(
        {"min": 0, "max": 100, "visible": False, "major_gridlines": {"visible": False}}
    )
    chart.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
    chart.set_size({"width": WIDE, "height": high})
    chart.show_hidden_data()
    place_of = {"description": title, "object_position": 1}
    page.sheet.insert_chart(top - 1, ASIDE, chart, place_of)


def _shown(value: Fraction | None, results: Results) -> Value:
    return MISSING if value is None else Decimal(rounded(value, results.places))
