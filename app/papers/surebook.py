"""The sheets of a workbook that say how sure its results are."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from textwrap import wrap

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.language import _, rounded
from app.papers.sheet import MISSING, Page, Value
from app.precision.margins import Margins
from app.scores import sureness, turnout
from app.scores.course import Course
from app.scores.paper import Table
from app.scores.results import List, Results


def write(workbook: Workbook, results: Results, course: Course, subtitle: str) -> None:
    """Intervals by rank, then response rates and ballots of one level."""
    title, index = results.index.name, results.index
    margins = Margins(results.document, course.precision)
    page = Page(workbook, _("Sai số"), title, subtitle)
    page.header(
        [
            *((_("Hạng"), 7), (_("Đơn vị"), 44), (_("Khối"), 24), (_("Tỷ lệ %"), 10)),
            *((_("Sai số ±"), 10), (_("Từ, %"), 10), (_("Đến, %"), 10), (_("Sai số chuẩn"), 10)),
            (_("So với cơ quan xếp ngay dưới"), 24),
        ],
        frozen=2,
    )
    for each in results.lists():
        _units(page, results, margins, each)
    page.filtered()
    page.notes(_lines(sureness.notes(margins, results.lists())))
    tables = [
        *(
            [turnout.table(course.cells, results.document["issued"], results.document["cast"])]
            if course.cells
            else []
        ),
        sureness.of_agencies(course.precision, index),
    ]
    one_level = sureness.of_one_level(course.precision, index)
    found = [table for table in tables if table is not None]
    if found:
        page = Page(workbook, _("Tỷ lệ trả lời"), title, subtitle)
        columns = (_("Phát ra"), _("Nhận về"), _("Tỷ lệ %"))
        page.header([(_("Nhóm đối tượng, cơ quan"), 70), *((title, 14) for title in columns)])
        for table in found:
            _table(page, table)
        page.notes(_lines([sureness.response()]))
    if one_level is not None:
        page = Page(workbook, _("Chọn một mức"), title, subtitle)
        page.header([(column.title, column.width) for column in one_level.columns])
        for row in one_level.rows:
            page.add(*map(_cell, row))
        page.notes(_lines(one_level.notes))


def _units(page: Page, results: Results, margins: Margins, each: List) -> None:
    for unit, row in zip(each.units, sureness.rows(margins, each), strict=True):
        margin = margins.of(unit.code)
        numbers = (margin.half, margin.low, margin.high, margin.error) if margin else (None,) * 4
        block = results.index.block_of[results.index.unit_of[unit.code].block].name
        page.add(
            *(unit.rank or MISSING, unit.name, block),
            MISSING if unit.exact is None else Decimal(rounded(unit.exact, results.places)),
            *(_figure(number) for number in numbers),
            row[-1] or None,
        )


def _figure(value: Fraction | None) -> Value:
    return MISSING if value is None else Decimal(rounded(value, 2))


def _table(page: Page, table: Table) -> None:
    page.add(table.caption)
    for row in table.rows:
        page.add(*(_cell(text) for text in row))
    page.notes([*_lines(table.notes), ""])


def _lines(notes: Iterable[str]) -> Iterable[str]:
    """No note is wider than the table: a page is printed as wide as what is on it."""
    return [line for note in notes for line in wrap(note, 120)]


def _cell(text: str) -> Value:
    """A number as one, whichever way a page writes it."""
    plain = text.replace(".", "").replace(",", ".")
    return Decimal(plain) if plain.replace(".", "", 1).isdecimal() else text
