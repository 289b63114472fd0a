"""Tables in: a CSV or XLSX file as rows of text.

The content decides what a file is, not its name. Nobody is trusted to send a sound one: sizes are
bounded, and an Excel file is read by a process of its own that cannot eat the memory (xlsx.py).
"""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeAlias

from app import csvcoding
from app.language import _, number

BYTES = 10 << 20
ROWS = 100_000
COLUMNS = 100
ROWS_OF_MANY, COLUMNS_OF_MANY = 5_000, 50  # of each sheet where all of them are read
SECONDS = 60  # on a busy machine; the reader's own limit is on processor time
READER = Path(__file__).with_name("xlsx.py")

ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of encrypted workbooks and of old .xls
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# What people have of a list on paper or in Word: signs at the beginning, or a name in the archive.
PAPER = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
WORD, BOOK = b"word/document.xml", b"xl/workbook."
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


# Row and column, from 0; "text", "number", "date", "truth" or "error"; the text.
Written: TypeAlias = tuple[int, int, str, str]


class UnreadableTable(Exception):
    """A file that is no table we take; the text names the file, `message` gives the remedy."""

    def __init__(self, name: str, message: str) -> None:
        self.message = message
        super().__init__(_("Tệp “{name}” {message}").format(name=name, message=message))


def rows(data: bytes, name: str) -> list[list[str]]:
    """The rows of a CSV file, or of the first visible sheet of an XLSX one, as text cells.

    Cells stand as written: numbers without a useless ".0", dates in ISO form, percents with "%".
    Blank rows are kept, so that the first is row 1 of the file. Raises `UnreadableTable`.
    """
    _check(data, name)
    if not data.startswith(ZIP):
        return _csv(data, name)
    found: list[list[str]] = _xlsx(data, name, ROWS, COLUMNS)["rows"]
    return found


def is_workbook(data: bytes, name: str) -> bool:
    """Whether a file is to be read as a workbook, if only to say why it is none."""
    return data.startswith((ZIP, OLE)) or name.lower().endswith((".xlsx", ".xls"))


def sheets(data: bytes, name: str) -> list[tuple[str, list[Written]]]:
    """The visible sheets of an XLSX file: the name of each, and its cells that hold something.

    Cells are in reading order, their texts as in `rows`; a number has at most the 15 digits that
    Excel shows, and what a formula gave last stands for it. Raises `UnreadableTable`.
    """
    _check(data, name)
    if not data.startswith(ZIP):
        raise _foreign(name)
    answer = _xlsx(data, name, ROWS_OF_MANY, COLUMNS_OF_MANY, "sheets")
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


def _xlsx(data: bytes, name: str, rows: int, columns: int, *mode: str) -> dict[str, Any]:
    # -P: this folder holds modules named like those of the standard library.
    command = [sys.executable, "-P", str(READER), str(rows), str(columns), *mode]
    try:
        reader = subprocess.run(  # noqa: S603 - our own reader, nothing of the file in the command
            command, input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _too_large(name, rows, columns) from error
    if reader.returncode < 0:  # killed by one of its limits
        raise _too_large(name, rows, columns)
    if reader.returncode:
        raise RuntimeError(reader.stderr.decode(errors="replace"))
    answer: dict[str, Any] = json.loads(reader.stdout)
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


def _csv(data: bytes, name: str) -> list[list[str]]:
    try:
        if data.startswith(UTF_16) or b"\0" in data:
            raise ValueError
        text = data.decode("utf-8-sig")
    except ValueError as error:
        raise UnreadableTable(name, csvcoding.refusal(data)) from error
    separator = max(",;", key=lambda sign: _width(text, sign))
    found = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            found.append(row)
            if len(found) > ROWS or len(row) > COLUMNS:
                raise _too_large(name)
    except csv.Error as error:
        message = _(
            'có dấu “"” mở mà không đóng, hoặc ô quá dài, ở gần dòng {row}. Sửa dòng đó, hoặc lưu '
            "thành .xlsx."
        )
        raise UnreadableTable(name, message.format(row=len(found) + 1)) from error
    return found


def _width(text: str, separator: str) -> int:
    """How many cells the heading has if `separator` parts them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return next((len(row) for row in reader if any(map(str.strip, row))), 0)
    except csv.Error:
        return 0
