"""Tables in: a CSV or XLSX file as rows of text.

The content decides what a file is, not its name. Nobody is trusted to send a sound one: sizes are
bounded, and an Excel file is read by a process of its own that cannot eat the memory (xlsx.py).
"""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, TypeAlias

from app.folders import ABOVE
from app.language import _, number
from app.text import cells, csvcoding
from app.text.headings import (
    HEAD,
    File,
    SeveralSheets,
    Sheet,
    Wanted,
    heading_of,
    pick,
    titles_in,
)

BYTES = 10 << 20
ROWS = 100_000
COLUMNS = 100
ROWS_OF_MANY, COLUMNS_OF_MANY = 5_000, 50  # of each sheet where all of them are read
SECONDS = 60  # on a busy machine; the reader's own limit is on processor time
READER = "app.papers.xlsx"

ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of encrypted workbooks and of old .xls
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# What people have of a list on paper or in Word: signs at the beginning, or a name in the archive.
PAPER = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
WORD, BOOK = b"word/document.xml", b"xl/workbook."
UTF_16 = (b"\xff\xfe", b"\xfe\xff")

SEPARATORS = ",;\t|"
# How a first line tells Excel of another one.
SAID = re.compile(r'"?sep=([^"\r\n])\1*"?[\r\n]', re.IGNORECASE)
AS_TEXT = re.compile(r'="([^"]*)"')  # how a CSV file has Excel keep a text

# Row and column, from 0; a kind of `xlsx.KINDS`; the text.
Written: TypeAlias = tuple[int, int, str, str]


class UnreadableTable(Exception):
    """A file that is no table we take; the text names the file, `message` gives the remedy."""

    def __init__(self, name: str, message: str) -> None:
        self.message = message
        super().__init__(_("Tệp “{name}” {message}").format(name=name, message=message))


def table(data: bytes, name: str, wanted: Wanted, hidden: str = "") -> Sheet:
    """The table that is wanted of a CSV or XLSX file, its cells as texts, its heading found.

    Cells stand as written: numbers without a useless ".0", dates in ISO form, percents with "%";
    blank rows are kept, so that the first is row 1 of the file. `hidden` says what is to be with
    hidden rows (`headings.pick`). Raises `UnreadableTable`, `HiddenRows`.
    """
    try:
        return pick(read(data, name, wanted), wanted, hidden)
    except SeveralSheets as error:
        raise UnreadableTable(name, str(error)) from error


def read(data: bytes, name: str, wanted: Wanted) -> File:
    """A CSV file, or the visible sheets of an XLSX one. Raises `UnreadableTable`."""
    _check(data, name)
    if not data.startswith(ZIP):
        return File((Sheet(_csv(data, name, wanted)),))
    answer = unfolded(data, name, READER, "tables", ROWS, COLUMNS)
    return File([_sheet(**sheet) for sheet in answer["sheets"]], answer["hidden"])


def _sheet(
    name: str,
    rows: list[list[str]],
    kinds: list[str],
    hidden_rows: list[int],
    hidden_columns: list[int],
) -> Sheet:
    """A sheet of the reader's; what has no text of its own stands as one that says so."""
    for row, signs in zip(rows, kinds, strict=True):
        for place, sign in enumerate(signs):
            if sign == "m":
                row[place] = cells.merged(row[place])
            elif sign == "f":
                row[place] = cells.FORMULA
            elif sign == "e":
                row[place] = cells.error(row[place])
    hidden = frozenset(row + 1 for row in hidden_rows)
    return Sheet(rows, name, kinds, hidden, frozenset(hidden_columns))


def is_workbook(data: bytes, name: str) -> bool:
    """Whether a file is to be read as a workbook, if only to say why it is none."""
    return data.startswith((ZIP, OLE)) or name.lower().endswith((".xlsx", ".xls"))


def sheets(data: bytes, name: str) -> list[tuple[str, list[Written]]]:
    """The visible sheets of an XLSX file: the name of each, and its cells that hold something.

    Cells are in reading order, their texts as in `table`; a number has at most the 15 digits that
    Excel shows, and what a formula gave last stands for it. Raises `UnreadableTable`.
    """
    _check(data, name)
    if not data.startswith(ZIP):
        raise _foreign(name)
    answer = unfolded(data, name, READER, "cells", ROWS_OF_MANY, COLUMNS_OF_MANY)
    return [
        (title, [(row, column, kind, text) for row, column, kind, text in cells])
        for title, cells in answer["sheets"]
    ]


def _check(data: bytes, name: str) -> None:
    """Refuse by size and by the first bytes."""
    if len(data) > BYTES:
        raise UnreadableTable(
            name, _("lớn hơn 10 MiB. Bỏ hình ảnh và các trang không dùng, rồi lưu lại.")
        )
    if not data.strip():
        raise UnreadableTable(name, _("trống. Chọn lại tệp."))
    if data.startswith(PAPER) or (data.startswith(ZIP) and WORD in data and BOOK not in data):
        raise UnreadableTable(
            name,
            _(
                "là văn bản hoặc hình ảnh, không phải bảng tính. Chép bảng trong ấy sang Excel, lưu"
                " thành “Excel Workbook (*.xlsx)” rồi chọn tệp vừa lưu."
            ),
        )
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise UnreadableTable(
                name, _("có mật khẩu. Mở bằng Excel, bỏ mật khẩu (File › Info), rồi lưu lại.")
            )
        raise UnreadableTable(
            name,
            _("là Excel đời cũ (.xls). Mở bằng Excel và lưu thành “Excel Workbook (*.xlsx)”."),
        )


def _foreign(name: str) -> UnreadableTable:
    return UnreadableTable(
        name, _("không phải bảng tính .xlsx. Mở ra và lưu thành “Excel Workbook (*.xlsx)”.")
    )


def _too_large(name: str, rows: int = ROWS, columns: int = COLUMNS) -> UnreadableTable:
    message = _(
        "quá lớn: tối đa {rows} dòng, {columns} cột. Chép riêng vùng có dữ liệu sang một tệp mới."
    )
    return UnreadableTable(name, message.format(rows=number(rows), columns=columns))


def unfolded(
    data: bytes, name: str, reader: str, what: str, rows: int, columns: int
) -> dict[str, Any]:
    """What a module says of a file, run as a process of its own. Raises `UnreadableTable`."""
    # -P: nothing of the folder somebody happens to be in.
    command = [sys.executable, "-P", "-m", reader, what, str(rows), str(columns)]
    ours = {**os.environ, "PYTHONPATH": str(ABOVE)}
    try:
        process = subprocess.run(  # noqa: S603 - our own reader, nothing of the file in the command
            command, input=data, capture_output=True, timeout=SECONDS, check=False, env=ours
        )
    except subprocess.TimeoutExpired as error:
        raise _too_large(name, rows, columns) from error
    if process.returncode < 0:  # killed by one of its limits
        raise _too_large(name, rows, columns)
    if process.returncode:
        raise RuntimeError(process.stderr.decode(errors="replace"))
    answer: dict[str, Any] = json.loads(process.stdout)
    match answer.get("fault"):
        case None:
            return answer
        case "large":
            raise _too_large(name, rows, columns)
        case "foreign":
            raise _foreign(name)
        case _:
            raise UnreadableTable(
                name, _("bị hỏng. Tải lại tệp, hoặc mở bằng Excel rồi lưu thành tệp mới.")
            )


def _csv(data: bytes, name: str, wanted: Wanted) -> list[list[str]]:
    try:
        if data.startswith(UTF_16) or b"\0" in data:
            raise ValueError
        text = data.decode("utf-8-sig")
    except ValueError as error:
        raise UnreadableTable(name, csvcoding.refusal(data)) from error
    said = SAID.match(text)
    separator = said[1] if said else max(SEPARATORS, key=lambda sign: _fits(text, sign, wanted))
    found: list[list[str]] = []
    try:
        for row in _rows(text, separator):
            found.append([AS_TEXT.sub(r"\1", cell) if cell[:2] == '="' else cell for cell in row])
            if len(found) > ROWS or len(row) > COLUMNS:
                raise _too_large(name)
    except csv.Error as error:
        message = _(
            'có dấu “"” mở mà không đóng, hoặc ô quá dài, ở gần dòng {row}. Sửa dòng đó, hoặc lưu '
            "thành .xlsx."
        )
        raise UnreadableTable(name, message.format(row=len(found) + 1)) from error
    if said:
        found[0] = []
    return found


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _fits(text: str, separator: str, wanted: Wanted) -> tuple[int, int]:
    """How many titles and how many cells the heading has if `separator` parts them."""
    head: list[list[str]] = []
    with suppress(csv.Error):
        head.extend(islice(_rows(text, separator), HEAD))
    place = heading_of(head, wanted)
    if place is None:
        return 0, 0
    return len(titles_in(head[place], wanted)), len(head[place])
