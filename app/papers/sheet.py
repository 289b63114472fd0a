"""One sheet of an Excel workbook for people, filled from the top: texts as texts, numbers as such.

Numbers have Vietnamese formats; no text ever becomes a formula.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any, TypeAlias

from xlsxwriter import Workbook  # type: ignore[import-untyped]

MISSING = "*"
LONGEST_TEXT = 32_767  # Excel's limit of a cell
A4, A3 = 9, 8
BEYOND_A4 = 16  # so many columns are too small to read on A4
LONG = 5_000  # signs, more than the highest row shows
PLAIN, BOLD = 1.1, 1.25  # how wide letters are
LINE, HIGHEST = 15, 409  # points: of a line of text, Excel's limit of a row
NEVER_GUESS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


@dataclass(frozen=True)
class Sum:
    """A sum of our own that the reader's program does, shown with the digits of `like`.

    No text of an index or a person ever becomes part of it.
    """

    formula: str
    like: Decimal


@dataclass(frozen=True)
class Blank:
    """A cell for the reader to fill."""


Value: TypeAlias = str | int | Decimal | Fraction | Sum | Blank | None
Look: TypeAlias = Mapping[str, str | int | bool]

HEADER: Look = {
    "bold": True,
    "text_wrap": True,
    "valign": "top",
    "border": 1,
    "bg_color": "#E6EEF0",
}
TEXT: Look = {"text_wrap": True, "valign": "top", "border": 1, "align": "left", "indent": 1}
STAR: Look = {"align": "right", "valign": "top", "border": 1}


class Page:
    """One sheet, filled from the top, a row at a time: texts as texts, numbers as numbers."""

    def __init__(self, workbook: Workbook, name: str, title: str, subtitle: str) -> None:
        self.sheet = workbook.add_worksheet(name)
        self.workbook = workbook
        self.looks: dict[str, Any] = {}
        self.sheet.set_paper(A4)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C&P/&N")
        self._text(0, 0, title, {"bold": True, "font_size": 14})
        self._text(1, 0, subtitle, {})
        self.row = self.top = self.head = 3
        self.widths: list[int] = []
        self.spans: list[tuple[str, int]] = []

    def band(self, spans: Iterable[tuple[str, int]]) -> None:
        """A row of headings above `header`, each over some columns."""
        column, self.spans = 0, list(spans)
        for text, width in self.spans:
            look = self._look({**HEADER, "align": "center"})
            if text and width > 1:
                self.sheet.merge_range(self.row, column, self.row, column + width - 1, "", look)
            if text:
                self._text(self.row, column, text, {**HEADER, "align": "center"})
            column += width
        self.row += 1

    def header(self, columns: Iterable[tuple[str, int]], frozen: int = 0) -> None:
        """Texts and widths of the columns, kept in sight and repeated on every printed page."""
        columns = list(columns)
        self.widths = [width for _text, width in columns]
        if len(columns) > BEYOND_A4:
            self.sheet.set_paper(A3)
        for column, (text, width) in enumerate(columns):
            self._text(self.row, column, text, HEADER)
            self.sheet.set_column(column, column, width)
        self._heighten(self.row, [text for text, _width in columns], self.widths, BOLD)
        if self.spans:
            ends = list(accumulate(count for _text, count in self.spans))
            wide = [sum(self.widths[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
            self._heighten(self.row - 1, [text for text, _count in self.spans], wide, BOLD)
        self.sheet.freeze_panes(self.row + 1, frozen)
        self.sheet.repeat_rows(self.top, self.row)
        self.head = self.row
        self.row += 1

    def add(self, *values: Value) -> None:
        """A row. A `Decimal` shows all its digits; None is an empty cell, a `Blank` one to fill."""
        self._heighten(self.row, values, self.widths, PLAIN)
        for column, value in enumerate(values):
            if value is None:
                self.sheet.write_blank(self.row, column, None, self._look(TEXT))
            elif isinstance(value, Sum):
                look = self._look({**STAR, "num_format": _number_format(value.like)})
                self.sheet.write_formula(self.row, column, value.formula, look, "")
            elif isinstance(value, Blank):
                look = self._look({**TEXT, "bg_color": "#FFF8DC"})
                self.sheet.write_blank(self.row, column, None, look)
            elif isinstance(value, str):
                self._text(self.row, column, value, STAR if value == MISSING else TEXT)
            else:
                look = self._look({**STAR, "num_format": _number_format(value)})
                self.sheet.write_number(self.row, column, float(value), look)
        self.row += 1

    def _heighten(
        self, row: int, values: Iterable[Value], widths: Sequence[int], letter: float
    ) -> None:
        """Not every program makes a row as high as the words that wrap in it."""
        lines = max(
            (
                _lines(value, width / letter)
                for value, width in zip(values, widths, strict=False)
                if isinstance(value, str)
            ),
            default=1,
        )
        if lines > 1:
            self.sheet.set_row(row, min(LINE * lines, HIGHEST))

    def filtered(self) -> None:
        """Buttons in the heading to choose rows by; a gap, so that what follows is no row of it."""
        self.sheet.autofilter(self.head, 0, max(self.row - 1, self.head), len(self.widths) - 1)
        self.row += 1

    def notes(self, notes: Iterable[str]) -> None:
        """Lines beneath the table."""
        for note in notes:
            self._text(self.row, 0, note, {})
            self.row += 1

    def told(self, sentences: Iterable[str]) -> None:
        """Sentences beneath the table, wrapped over all of its columns."""
        wrapped: Look = {"text_wrap": True, "valign": "top"}
        for words in sentences:
            last, lines = len(self.widths) - 1, _lines(words, sum(self.widths) / PLAIN)
            self.sheet.merge_range(self.row, 0, self.row, last, "", self._look(wrapped))
            self._text(self.row, 0, words, wrapped)
            self.sheet.set_row(self.row, min(LINE * lines, HIGHEST))
            self.row += 1

    def _text(self, row: int, column: int, text: str, look: Look) -> None:
        write_text(self.sheet, row, column, text, self._look(look))

    def _look(self, look: Look) -> Any:
        key = repr(look)
        if key not in self.looks:
            self.looks[key] = self.workbook.add_format(dict(look))
        return self.looks[key]


def _lines(text: str, width: float) -> int:
    """How many lines a text takes, words not parted unless they are longer than one."""
    lines = 0
    for part in text[:LONG].split("\n"):
        room, lines = 0.0, lines + 1
        for word in part.split():
            if room and room + 1 + len(word) > width:
                room, lines = 0.0, lines + 1
            room += (1 if room else 0) + len(word)
            while room > width:
                room, lines = room - width, lines + 1
    return lines


def write_text(sheet: Any, row: int, column: int, text: str, look: Any) -> None:
    """A text as a text, whatever is in it: every workbook writes what people typed through here."""
    shown = text[:LONGEST_TEXT]
    if shown.startswith("<r>") and shown.endswith("</r>"):
        # The writer would take it for markup of its own.
        sheet.write_rich_string(row, column, shown[:3], look, shown[3:], look)
    else:
        sheet.write_string(row, column, shown, look)


def _number_format(value: int | Decimal | Fraction) -> str:
    """Vietnamese (42A), a comma before the decimals; two where no finite decimal exists."""
    digits = 0
    if isinstance(value, Fraction):
        digits = 2
    elif isinstance(value, Decimal):
        digits = -int(value.as_tuple().exponent)
    return "[$-42A]#,##0" + (f".{'0' * digits}" if digits else "")
