"""An index as an Excel workbook: writing one, filled or to be filled in.

Owns how the sheets look. The same index always gives the same bytes. Codes are texts, so that
"1.10" stays; a number is one that Excel holds exactly, else a text ("2/3"); no text ever becomes a
formula. Fixed words and codes of other sheets are offered in drop-downs.
"""

import io
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.index import file as indexfile
from app.index.columns import NO, YES, Column, Layout, address
from app.index.definition import Index
from app.index.examples import EXAMPLES, STEPS
from app.index.rows.texts import Content, rows, shown
from app.index.sheets import ENTRY, EXAMPLE, GUIDE, LAYOUT_OF, LAYOUTS
from app.language import _
from app.papers.sheet import write_text

LAST = 4_999  # the last row, from 0: what the reader takes
DIGITS = 15  # significant ones that a number of Excel keeps
LONGEST = 32_767  # UTF-16 units of a cell
CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - no time of writing, or no two files are the same
A4 = 9
NEVER_GUESS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
WIDTHS = {"text": 44, "prose": 70, "codes": 28, "choice": 24}
HEADER = {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E6EEF0"}
TOP = {"valign": "top", "text_wrap": True}


class NotForExcel(Exception):
    """An index has what no workbook can hold; the text names the place."""


def write_book(index: Index) -> bytes:
    """The workbook of an index, which `indexbook.read_book` takes back. Raises `NotForExcel`."""
    return _book(indexfile.canonical(index), index.name)


def template() -> bytes:
    """A workbook to be filled in: steps, usual rules, and example rows that are marked as such.

    Until the examples are deleted or overwritten, reading it tells each of them.
    """
    return _book(EXAMPLES, _("Bộ chỉ số"), examples=True)


def _book(content: Content, title: str, *, examples: bool = False) -> bytes:
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    workbook.set_properties({"title": title, "created": CREATED})
    paper = Paper(workbook)
    paper.guide()
    for layout in LAYOUTS:
        if layout.is_list:
            paper.list_(layout, list(rows(layout, content)), examples=examples)
        else:
            paper.table(layout, content.get(layout.key))
    workbook.close()
    return out.getvalue()


class Paper:
    """The sheets of a workbook, written one after the other."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.looks: dict[str, Any] = {}

    def look(self, **look: object) -> Any:
        key = repr(look)
        if key not in self.looks:
            self.looks[key] = self.workbook.add_format(look)
        return self.looks[key]

    def sheet(self, title: str, headings: list[tuple[str, int]]) -> Any:
        """A sheet with its heading in the first row, kept in sight and on every printed page."""
        sheet = self.workbook.add_worksheet(title)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&A &P/&N")
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        for column, (text, width) in enumerate(headings):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, text, self.look(**HEADER))
        return sheet

    def guide(self) -> None:
        headings = [(_("Trang"), 18), (_("Cột hoặc mục"), 28), (_("Bắt buộc"), 11)]
        sheet = self.sheet(GUIDE, [*headings, (_("Cách ghi"), 90)])
        row = 1
        for step in STEPS:
            sheet.merge_range(row, 0, row, 3, step, self.look(**TOP, font_size=12))
            sheet.set_row(row, 34)
            row += 1
        for layout in LAYOUTS:
            row += 1
            sheet.write_string(row, 0, layout.title, self.look(**TOP, bold=True))
            sheet.write_string(row, 3, layout.note, self.look(**TOP, bold=True))
            for column in layout.columns:
                row += 1
                required = _("Có") if column.required else ""
                words = "; ".join(column.words.values())
                note = " ".join(filter(None, [column.note, words and f"({words})"]))
                for place, text in enumerate((column.title, required, note), start=1):
                    sheet.write_string(row, place, text, self.look(**TOP))
            row += 1

    def list_(self, layout: Layout, rows: list[Content], *, examples: bool) -> None:
        headings = [(column.title, WIDTHS.get(column.kind, 16)) for column in layout.columns]
        sheet = self.sheet(layout.title, headings)
        for place, column in enumerate(layout.columns):
            sheet.set_column(place, place, headings[place][1], self.format(column))
            self.offer(sheet, column, 1, place, LAST)
        if len(rows) > LAST:
            raise NotForExcel(_("{sheet}: quá nhiều dòng.").format(sheet=layout.title))
        for row, entry in enumerate(rows, start=1):
            for place, column in enumerate(layout.columns):
                text = shown(column, entry.get(column.key))
                if examples and place == 0:
                    text = f"{EXAMPLE} {text}"
                self.put(sheet, row, place, column, text)
        if examples:
            mark = f'=LEFT($A2,{len(EXAMPLE)})="{EXAMPLE}"'
            grey = self.workbook.add_format({"italic": True, "font_color": "#6B7280"})
            rule = {"type": "formula", "criteria": mark, "format": grey}
            sheet.conditional_format(1, 0, LAST, len(headings) - 1, rule)

    def table(self, layout: Layout, entry: Content | None) -> None:
        sheet = self.sheet(layout.title, list(zip(ENTRY, (28, 70, 70), strict=True)))
        if entry == {} and layout.key == "organiser":
            return  # no rows at all: an organiser of whom nothing is known, not none
        for row, column in enumerate(layout.columns, start=1):
            sheet.write_string(row, 0, column.title, self.look(**TOP, bold=True))
            sheet.write_blank(row, 1, None, self.format(column))
            self.put(sheet, row, 1, column, shown(column, (entry or {}).get(column.key)))
            self.offer(sheet, column, row, 1, row)
            needed = _("Bắt buộc.") if column.required else ""
            note = " ".join(filter(None, [needed, column.note]))
            sheet.write_string(row, 2, note, self.look(**TOP, font_color="#4B5563"))

    def format(self, column: Column, *, text: bool = False) -> Any:
        if column.kind in ("number", "share", "percent"):
            look = {"valign": "top", "align": "right"}
            return self.look(**look, num_format="@") if text else self.look(**look)
        return self.look(**TOP) if column.kind == "prose" else self.look(**TOP, num_format="@")

    def offer(self, sheet: Any, column: Column, row: int, place: int, last: int) -> None:
        """The drop-down of a column, or its note beside the cell one stands in."""
        rule: dict[str, Any] = {"validate": "any"}
        words = [YES, NO] if column.kind == "flag" else [*column.words.values()]
        if words:
            rule = {"validate": "list", "source": words}
        elif column.among:
            title = LAYOUT_OF[column.among].title
            source = f"='{title}'!$A$2:${address(LAST, 0)[0]}${LAST + 1}"
            rule = {"validate": "list", "source": source}
        elif not column.note:
            return
        if rule["validate"] == "list":
            message = _("Hãy chọn trong danh sách.")
            rule |= {"error_title": column.title, "error_message": message}
        if column.note:
            rule |= {"input_title": column.title, "input_message": column.note}
        sheet.data_validation(row, place, last, place, rule)

    def put(self, sheet: Any, row: int, place: int, column: Column, text: str) -> None:
        if not text:
            return
        if len(text.encode("utf-16-le")) > 2 * LONGEST or {"\ufffe", "\uffff"} & {*text}:
            cell = address(row, place)
            message = _("{sheet}, ô {cell}: quá dài, hoặc có ký tự Excel không nhận.")
            raise NotForExcel(message.format(sheet=sheet.get_name(), cell=cell))
        if column.kind in ("number", "share", "percent") and _is_number(text):
            sheet.write_number(row, place, float(text), self.format(column))
        else:
            write_text(sheet, row, place, text, self.format(column, text=True))


def _is_number(text: str) -> bool:
    """Whether Excel holds a number exactly; no fraction, and no example."""
    digits = text.replace(".", "", 1)
    return digits.isdigit() and len(digits.strip("0")) <= DIGITS
