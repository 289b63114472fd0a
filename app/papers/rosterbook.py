"""Rosters as Excel workbooks: a template, the list as it is, the rows to mend, who took part, how
many people each group and agency has."""

import io
from collections.abc import Iterable, Sequence

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.index.definition import Index
from app.language import _
from app.papers.sheet import NEVER_GUESS, write_text
from app.roster import file as rosterfile

WIDTHS = {
    rosterfile.NAME: 28,
    rosterfile.EMAIL: 32,
    rosterfile.GROUP: 30,
    rosterfile.AGENCY: 36,
    rosterfile.ASSIGNED: 30,
    rosterfile.POSITION: 24,
    rosterfile.PHONE: 16,
}
TEMPLATE_ROWS = 5_000


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A plain table: one heading, texts as texts."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    _sheet(workbook, title, columns, rows)
    workbook.close()
    return out.getvalue()


def summary(groups: Sequence[tuple[str, int]], agencies: Sequence[tuple[str, bool, int]]) -> bytes:
    """How many people each group and each agency has (`agencies`: name, whether rated, people)."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    people = _("Số người")
    _sheet(workbook, _("Theo nhóm"), [_("Nhóm"), people], groups)
    rated = {True: _("có"), False: _("không")}
    lines = [(name, rated[is_rated], number) for name, is_rated, number in agencies]
    _sheet(workbook, _("Theo cơ quan"), [_("Cơ quan"), _("Được đánh giá"), people], lines)
    workbook.close()
    return out.getvalue()


def _sheet(
    workbook: Workbook,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str | int]],
) -> Workbook:
    sheet = workbook.add_worksheet(title[:31])
    bold = workbook.add_format({"bold": True, "bg_color": "#E6EEF0", "border": 1})
    # Every cell is text: 0912… keeps its zero.
    text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(column, 60), text)
        write_text(sheet, 0, place, column, bold)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            else:
                write_text(sheet, number, place, value, text)
    sheet.freeze_panes(1, 0)
    return sheet


def template(index: Index, columns: Sequence[str]) -> bytes:
    """An empty roster for an index, its groups and units to choose from."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    sheet = _sheet(workbook, _("Danh sách"), columns, [])
    lists = _sheet(
        workbook,
        _("Mã"),
        [_("Nhóm"), _("Tên nhóm"), _("Đơn vị"), _("Tên đơn vị")],
        _codes(index),
    )
    lists.set_column(0, 3, 30)
    name = _("Mã")
    for column, source, number in (
        (rosterfile.GROUP, "A", len(index.groups)),
        (rosterfile.AGENCY, "C", len(index.units)),
    ):
        place = list(columns).index(column)
        sheet.data_validation(
            1,
            place,
            TEMPLATE_ROWS,
            place,
            {
                "validate": "list",
                "source": f"='{name}'!${source}$2:${source}${number + 1}",
                # An outside agency is written as it is.
                "error_type": "stop" if column == rosterfile.GROUP else "information",
                "input_message": _("Chọn mã; tên đầy đủ ở trang “Mã”."),
            },
        )
    workbook.close()
    return out.getvalue()


def _codes(index: Index) -> Iterable[Sequence[str]]:
    for place in range(max(len(index.groups), len(index.units))):
        group = index.groups[place] if place < len(index.groups) else None
        unit = index.units[place] if place < len(index.units) else None
        yield (
            group.code if group else "",
            group.name if group else "",
            unit.code if unit else "",
            unit.name if unit else "",
        )
