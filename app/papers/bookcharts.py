"""The sheets of a workbook that compare: beside an earlier wave, and as charts.

Bars beside a number have it with a comma on every machine: what stands there is a text.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from xlsxwriter.utility import quote_sheetname, xl_range_abs  # type: ignore[import-untyped]

from app.language import _, decimal, rounded
from app.papers.sheet import MISSING, Page, Value
from app.precision.margins import Margins
from app.scores import changes, components, drawings, figures, lines, yearwords
from app.scores.results import Results

COLOURS = ("#1F5A6B", "#B9C6CA")
WITH_WHISKERS = "#6FA3B3"  # light enough for black on it, and no grey
HEAD, ROW, WIDE = 90, (24, 36), 760  # pixels
ROW_OF_SHEET = 20  # its height in pixels
BARS = 30  # of one chart, of two bars each 20: as many as a printed page has room for
# A4 across, in pixels of the screen; programs draw columns a sixth wider than they say.
PRINTED_WIDE, PRINTED_HIGH = 830, 640
ASIDE = 5  # the column that charts begin in


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
        row = results.comparison.units[unit.code]
        rank = row.earlier_rank
        moved = None if rank is None or unit.rank is None else rank - unit.rank
        page.add(
            *(unit.name, results.index.block_of[results.index.unit_of[unit.code].block].name),
            *(_shown(each, results) for each in (row.earlier, row.percent, row.change)),
            *(MISSING if each is None else each for each in (rank, unit.rank, moved)),
        )
    page.filtered()
    page.notes(
        [
            _("Tăng hạng là số dương: lên phía trên bảng."),
            _("* Một trong hai lần không có số liệu, hoặc xếp hạng trong danh sách khác."),
        ]
    )
    page.told(words for _block, said in yearwords.all_of(results) for words in said)
    page.told(yearwords.of_units(results))
    if results.changed.named:
        page.told([figures.other_criteria()])
        page.told(f"{words}: {'; '.join(names)}." for words, names in results.changed.named)
    if results.changed.ruled:
        page.told([figures.other_rules()])
        page.told(f"{words}: {' '.join(rules)}" for words, rules in results.changed.ruled)


def leaves(page: Page, results: Results) -> None:
    """Components and leaves by block, then and now."""
    then, now = figures.years(results.index, results.before)
    page.header(
        [
            *((_("Khối"), 24), (_("Chỉ số thành phần, tiêu chí"), 60)),
            *((_("Trung bình {year}, %").format(year=each), 13) for each in (then, now)),
            *((_("Tăng, giảm (điểm phần trăm)"), 14), (_("Ghi chú"), 22)),
        ],
        frozen=2,
    )
    index = results.index
    names = {each.code: f"{each.code}. {each.name}" for each in index.components}
    for block in index.blocks:
        for part in results.comparison.components_of(block.code):
            means = (part.earlier_mean, part.mean, part.change)
            page.add(block.name, names[part.code], *(_shown(each, results) for each in means), None)
            for row in results.comparison.leaves:
                component = index.component_of[row.code].code
                if (row.block, component) == (block.code, part.code):
                    named = f"{row.code} {index.criterion_of[row.code].name}"
                    means = (row.earlier_mean, row.mean, row.change)
                    shown = (_shown(each, results) for each in means)
                    page.add(block.name, named, *shown, changes.STATUSES[row.status])
    page.filtered()
    page.notes([_("* Một trong hai lần không có số liệu, hoặc tiêu chí mới.")])


def years(page: Page, results: Results) -> None:
    """Blocks and units by year, and the means of blocks as lines."""
    shown = results.line.years
    page.header([(_("Tên"), 44), *((str(year), 12) for year in shown)], frozen=1)
    top = page.row
    for each in lines.blocks(results):
        name = _("{block}, trung bình").format(block=each.name)
        page.add(name, *(_shown(value, results) for value in each.values))
    for found in results.lists():
        page.add(found.title or _("Các cơ quan, đơn vị"))
        for unit in found.units:
            values = results.line.units[unit.code]
            page.add(unit.name, *(_shown(value, results) for value in values))
    page.notes([_("* Năm ấy không có số liệu, hoặc chưa có đơn vị này.")])
    _line(page, results, top)


DASHES = ("solid", "dash", "round_dot", "dash_dot")


def _line(page: Page, results: Results, top: int) -> None:
    """The rows of blocks, which begin at `top`, as lines over the years."""
    chart, sheet = page.workbook.add_chart({"type": "line"}), page.sheet.get_name()
    count, rows = len(results.line.years), lines.blocks(results)
    # Its labels stand beneath it: the last year tells which line is lowest.
    lowest = min(rows, key=lambda row: 101 if row.values[-1] is None else row.values[-1])
    for place, each in enumerate(rows):
        labels = [
            {"delete": True} if value is None else {"value": decimal(value, results.places)}
            for value in each.values
        ]
        dash = DASHES[place % len(DASHES)]
        chart.add_series(
            {
                "name": [sheet, top + place, 0],
                "categories": [sheet, page.head, 1, page.head, count],
                "values": [sheet, top + place, 1, top + place, count],
                "line": {"color": COLOURS[0], "width": 2.25, "dash_type": dash},
                "marker": {"type": "circle", "fill": {"color": COLOURS[0]}},
                "data_labels": {
                    "value": True,
                    "custom": labels,
                    "position": "below" if len(rows) > 1 and each is lowest else "above",
                },
            }
        )
    title = _("Trung bình của khối qua các năm, %")
    chart.set_title({"name": title, "name_font": {"size": 12}, "overlay": False})
    known = [value for each in rows for value in each.values if value is not None]
    low, high = drawings.scale(known)
    chart.set_y_axis(
        {"min": low, "max": high, "visible": False, "major_gridlines": {"visible": False}}
    )
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": WIDE, "height": 360})
    chart.show_hidden_data()
    place_of = {"description": title, "object_position": 1}
    page.sheet.insert_chart(top, count + 2, chart, place_of)


def charts(page: Page, results: Results, margins: Margins) -> None:
    """Each list by rank, with intervals where they are known, and each block by component; numbers
    to the left and bars to the right."""
    then, now = figures.years(results.index, results.before)
    compared = any(each.change is not None for each in results.ranked.values())
    series = [figures.titled(now), *([figures.titled(then)] if compared else [])]
    errors = [(_("Sai số ±"), 12)] if margins.known else []
    page.header([(_("Tên"), 44), *((name, 12) for name in series), *errors], frozen=1)
    stands: list[tuple[int, int]] = []
    for each in results.lists():
        rows = []
        for unit in each.units:
            row = results.comparison.units[unit.code] if compared else None
            rows.append((unit.name, (unit.exact, row.earlier if row else None)))
        title = each.title or _("Các cơ quan, đơn vị")
        words = _("{title}: tỷ lệ phần trăm").format(title=title)
        spreads = [margins.of(unit.code) for unit in each.units] if margins.known else []
        halves = [None if margin is None else margin.half for margin in spreads]
        stands += _block(page, results, words, series, rows, halves)
    for block in results.index.blocks:
        means = results.component_means[block.code]
        if not means:
            continue
        found = results.comparison.components_of(block.code) if compared else []
        before_of = {row.code: row.earlier_mean for row in found}
        rows = [
            (component.name, (means[component.code], before_of.get(component.code)))
            for component in components.scored(results.index)
            if component.code in means
        ]
        words = _("{block}: trung bình từng chỉ số thành phần, %").format(block=block.name)
        stands += _block(page, results, words, series, rows)
    _paginate(page, stands)


def _paginate(page: Page, stands: Sequence[tuple[int, int]]) -> None:
    """No chart is cut where a printed page ends."""
    columns = sum(7 * width + 5 for width in page.widths) + 64 * (ASIDE - len(page.widths))
    percent = min(100, 100 * PRINTED_WIDE // (columns + WIDE))
    rows = PRINTED_HIGH * 100 // percent // ROW_OF_SHEET
    breaks: list[int] = []
    begins = 0
    for first, end in stands:
        if first > begins and end - begins > rows - 1:  # the heads are on every page
            breaks.append(first)
            begins = first
    page.sheet.set_print_scale(percent)
    page.sheet.set_h_pagebreaks(breaks)


def _block(
    page: Page,
    results: Results,
    title: str,
    series: Sequence[str],
    rows: Sequence[tuple[str, tuple[Fraction | None, ...]]],
    halves: Sequence[Fraction | None] = (),
) -> Iterator[tuple[int, int]]:
    """The charts of one list, one beneath the other; gives the rows that each stands in."""
    most = BARS if len(series) == 1 else 2 * BARS // 3
    for first in range(0, len(rows), most):
        here = rows[first : first + most]
        shown = figures.piece(title, first, most, len(rows))
        begins = page.row
        page.add(shown)
        top = page.row
        spread = halves[first : first + most]
        for place, (name, values) in enumerate(here):
            errors = [_error(spread[place])] if spread else []
            page.add(name, *(_shown(value, results) for value in values[: len(series)]), *errors)
        high = HEAD + ROW[len(series) - 1] * len(here)
        _insert(page, results, shown, series, here, top, high, spread)
        # The next one begins beneath the bars.
        page.row = max(page.row, top + high // ROW_OF_SHEET) + 1
        yield begins, page.row


def _insert(
    page: Page,
    results: Results,
    title: str,
    series: Sequence[str],
    rows: Sequence[tuple[str, tuple[Fraction | None, ...]]],
    top: int,
    high: int,
    halves: Sequence[Fraction | None],
) -> None:
    chart, last = page.workbook.add_chart({"type": "bar"}), top + len(rows) - 1
    sheet = page.sheet.get_name()
    for place in range(len(series)):
        drawn = (values[place] for _name, values in rows)
        labels = [
            {"delete": True} if value is None else {"value": decimal(value, results.places)}
            for value in drawn
        ]
        spread = halves if place == 0 and any(halves) else ()
        told: dict[str, object] = {"value": True, "custom": labels}
        chart.add_series(
            {
                "name": [sheet, page.head, 1 + place],
                "categories": [sheet, top, 0, last, 0],
                "values": [sheet, top, 1 + place, last, 1 + place],
                "fill": {"color": WITH_WHISKERS if spread else COLOURS[place]},
                "gap": 50,
                # What stands beside a bar would lie on its whisker.
                "data_labels": told | ({"position": "inside_base"} if spread else {}),
                **({"y_error_bars": _whiskers(sheet, top, spread, series)} if spread else {}),
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
    # Its frame stays off the row above, which may end a page.
    place_of = {"description": title, "object_position": 1, "y_offset": 4}
    page.sheet.insert_chart(top - 1, ASIDE, chart, place_of)


def _whiskers(
    sheet: str, top: int, halves: Sequence[Fraction | None], series: Sequence[str]
) -> dict[str, object]:
    """Lines from the lower to the upper limit of an interval, as far as the last column tells."""
    column = 1 + len(series)
    cells = xl_range_abs(top, column, top + len(halves) - 1, column)
    given = [float(rounded(half or Fraction(0), 2)) for half in halves]
    return {
        "type": "custom",
        # Not every program draws numbers that stand in no cell, or lines without a look.
        **dict.fromkeys(("plus_values", "minus_values"), f"={quote_sheetname(sheet)}!{cells}"),
        **dict.fromkeys(("plus_data", "minus_data"), given),
        "line": {"color": "black", "width": 1},
    }


def _error(half: Fraction | None) -> Value:
    return MISSING if half is None else Decimal(rounded(half, 2))


def _shown(value: Fraction | None, results: Results) -> Value:
    return MISSING if value is None else Decimal(rounded(value, results.places))
