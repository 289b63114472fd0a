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

from app.language import _, number

BYTES = 10 << 20
ROWS = 100_000
COLUMNS = 100
SECONDS = 60  # on a busy machine; the reader's own limit is on processor time
READER = Path(__file__).with_name("xlsx.py")

ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of encrypted workbooks and of old .xls
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class UnreadableTable(Exception):
    """A file that is no table we take; the message names the file and the remedy."""


def rows(data: bytes, name: str) -> list[list[str]]:
    """The rows of a CSV file, or of the first visible sheet of an XLSX one, as text cells.

    Cells stand as written: numbers without a useless ".0", dates in ISO form, percents with "%".
    Blank rows are kept, so that the first is row 1 of the file. Raises `UnreadableTable`.
    """
    if len(data) > BYTES:
        raise _unreadable(
            name, _("lớn hơn 10 MiB. Bỏ hình ảnh và các trang không dùng, rồi lưu lại.")
        )
    if not data.strip():
        raise _unreadable(name, _("trống. Chọn lại tệp."))
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise _unreadable(
                name, _("có mật khẩu. Mở bằng Excel, bỏ mật khẩu (File › Info), rồi lưu lại.")
            )
        raise _unreadable(
            name,
            _("là Excel đời cũ (.xls). Mở bằng Excel và lưu thành “Excel Workbook (*.xlsx)”."),
        )
    return _xlsx(data, name) if data.startswith(ZIP) else _csv(data, name)


def _unreadable(name: str, message: str) -> UnreadableTable:
    return UnreadableTable(_("Tệp “{name}” {message}").format(name=name, message=message))


def _too_large(name: str) -> UnreadableTable:
    message = _(
        "quá lớn: tối đa {rows} dòng, {columns} cột. Chép riêng vùng có dữ liệu sang một tệp mới."
    )
    return _unreadable(name, message.format(rows=number(ROWS), columns=COLUMNS))


def _xlsx(data: bytes, name: str) -> list[list[str]]:
    # -P: this folder holds modules named like those of the standard library.
    command = [sys.executable, "-P", str(READER), str(ROWS), str(COLUMNS)]
    try:
        reader = subprocess.run(  # noqa: S603 - our own reader, nothing of the file in the command
            command, input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _too_large(name) from error
    if reader.returncode < 0:  # killed by one of its limits
        raise _too_large(name)
    if reader.returncode:
        raise RuntimeError(reader.stderr.decode(errors="replace"))
    answer = json.loads(reader.stdout)
    match answer.get("fault"):
        case None:
            found: list[list[str]] = answer["rows"]
            return found
        case "large":
            raise _too_large(name)
        case "foreign":
            raise _unreadable(
                name,
                _("không phải bảng tính .xlsx. Mở ra và lưu thành “Excel Workbook (*.xlsx)”."),
            )
        case _:
            raise _unreadable(
                name, _("bị hỏng. Tải lại tệp, hoặc mở bằng Excel rồi lưu thành tệp mới.")
            )


def _csv(data: bytes, name: str) -> list[list[str]]:
    try:
        if data.startswith(UTF_16) or b"\0" in data:
            raise ValueError
        text = data.decode("utf-8-sig")
    except ValueError as error:
        raise _unreadable(
            name,
            _(
                "không phải CSV mã UTF-8. Mở bằng Excel, chọn Save As, kiểu "
                "“CSV UTF-8 (Comma delimited)”, hoặc lưu thành .xlsx."
            ),
        ) from error
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
        raise _unreadable(name, message.format(row=len(found) + 1)) from error
    return found


def _width(text: str, separator: str) -> int:
    """How many cells the heading has if `separator` parts them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return next((len(row) for row in reader if any(map(str.strip, row))), 0)
    except csv.Error:
        return 0
