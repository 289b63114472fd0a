"""The columns of an index as a workbook: what their cells hold, and how a cell becomes a value.

Pure. A cell comes as its kind and its text (`tables.sheets`); the value is what the reading of
index files takes for the same key, so that sense is judged there, once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from app.index.faults import echo, nearest
from app.language import _
from app.text.cells import letters
from app.text.cleaning import clean, folded

YES, NO = _("Có"), _("Không")
CODE_NOTE = _("Không dấu, không dấu cách: chữ cái, chữ số, “-” và “_”. Mỗi mã dùng một lần.")

Kind = Literal[
    "text",
    "prose",  # a text of several lines
    "code",
    "codes",  # several, with ";" between
    "digits",  # a text whose zero in front counts
    "number",
    "share",  # a number; 60% is 0.6
    "percent",  # a number; 60% is 60
    "choice",
    "flag",
]


@dataclass(frozen=True)
class Column:
    """A column of a list, or a row of another sheet."""

    key: str
    title: str
    kind: Kind
    note: str = ""
    required: bool = False
    words: Mapping[str, str] = field(default_factory=dict)  # of a choice: value → word
    among: str = ""  # the list whose codes are offered
    page_note: str = ""  # instead of the note, where no cell is spoken of

    @property
    def on_page(self) -> str:
        return self.page_note or self.note


@dataclass(frozen=True)
class Layout:
    """One sheet: `key` is the table of the index file."""

    key: str
    title: str
    note: str
    columns: tuple[Column, ...]
    is_list: bool = True


def code(title: str, note: str = CODE_NOTE, page_note: str = "") -> Column:
    """The column of a list that tells its entries apart."""
    return Column("code", title, "code", note, required=True, page_note=page_note)


def name(title: str) -> Column:
    return Column("name", title, "text", required=True)


class Cell(NamedTuple):
    """What stands in a cell: "text", "number", "date", "truth" or one of `SPOILED`; its text."""

    kind: str
    text: str


class CellFault(Exception):
    """A cell does not hold what its column is for; the text says what to do."""


# What to do where a cell has no content of its own.
SPOILED = {
    "error": _("công thức bị lỗi; hãy sửa công thức hoặc ghi giá trị."),
    "formula": _(
        "công thức chưa có kết quả; hãy mở tệp bằng Excel rồi lưu lại, hoặc ghi giá trị thay công"
        " thức."
    ),
    "merged": _(
        "nằm trong vùng ô gộp {value}, chỉ ô đầu có nội dung; hãy bỏ gộp ô (Unmerge Cells) và ghi"
        " vào từng ô."
    ),
}
AS_TEXT = _("Định dạng ô là Văn bản (Text), rồi gõ lại.")


def check(column: Column, cell: Cell) -> None:
    """Refuse what Excel made of the typed text, and words that are not offered.

    Raises `CellFault`.
    """
    if cell.kind in SPOILED:
        raise CellFault(SPOILED[cell.kind].format(value=cell.text))
    if cell.kind == "date":
        message = _("đã bị Excel đổi thành ngày tháng ({value}). {remedy}")
        raise CellFault(message.format(value=cell.text, remedy=AS_TEXT))
    if cell.kind == "number" and column.kind in ("code", "codes") and not cell.text.isdigit():
        message = _("là số {value}; nếu mã có số 0 ở cuối, như 1.10, thì Excel đã bỏ mất. {remedy}")
        raise CellFault(message.format(value=cell.text, remedy=AS_TEXT))
    if cell.kind == "number" and column.kind == "digits":
        message = _("là số {value}, nên mất số 0 ở đầu. {remedy}")
        raise CellFault(message.format(value=cell.text, remedy=AS_TEXT))
    if column.kind in ("choice", "flag") and _chosen(column, cell) is None:
        words = list(_words(column).values())
        near = nearest(clean(cell.text), words)
        message = _("không nhận “{value}”.{near} Hãy chọn một trong: {words}.")
        guess = _(" Có phải “{near}”?").format(near=near) if near else ""
        shown = ", ".join(f"“{word}”" for word in words)
        raise CellFault(message.format(value=echo(cell.text), near=guess, words=shown))


def value(column: Column, cell: Cell) -> object:
    """The value as an index file holds it; of a faulty cell, one that stands in for it."""
    if cell.kind in SPOILED:
        return ""
    match column.kind:
        case "text" | "prose" | "digits":
            return cell.text.replace("\r\n", "\n")
        case "code":
            return clean(cell.text)
        case "codes":
            return [each for each in map(clean, re.split("[;,\n]", cell.text)) if each]
        case "choice" | "flag":
            chosen = _chosen(column, cell)
            return cell.text if chosen is None else chosen
    return _number(column, clean(cell.text))


def _number(column: Column, text: str) -> str:
    """A comma before the decimals is a point, a share in percent its hundredth."""
    if re.fullmatch(r"[0-9]+,[0-9]+ ?%?", text):
        text = text.replace(",", ".")
    percent = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?%", text)
    if percent and column.kind == "percent":
        return percent[1]
    if percent and column.kind == "share":
        return str(Fraction(percent[1]) / 100)
    return text


def _words(column: Column) -> dict[object, str]:
    return {True: YES, False: NO} if column.kind == "flag" else dict(column.words.items())


def _chosen(column: Column, cell: Cell) -> object:
    """The value whose word stands in the cell; None when none does."""
    if column.kind == "flag" and cell.kind == "truth":
        return cell.text == "TRUE"
    found = {folded(word): chosen for chosen, word in _words(column).items()}
    return found.get(folded(cell.text))


def address(row: int, column: int) -> str:
    """The name of a cell, counted from 0: (3, 2) is C4, (0, 27) is AB1."""
    return f"{letters(column)}{row + 1}"
