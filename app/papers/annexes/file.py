"""An annex as tables: an Excel workbook, or a Word file that somebody sent.

As with every table (`tables`), the content decides what a file is, sizes are bounded, and a
process of its own unfolds it.
"""

from typing import Any

from app.annex import annex
from app.annex.source import Cell, Table
from app.language import _
from app.papers import tables
from app.papers.tables import BYTES, ENCRYPTED, OLE, PAPER, ZIP, UnreadableTable

ROWS, COLUMNS = 2_000, 60
READER = "app.papers.annexes.reader"
OLD_WORD = "WordDocument".encode("utf-16-le")


def read(data: bytes, name: str) -> tuple[Table, ...]:
    """The tables of an annex, at least one of them of criteria. Raises `UnreadableTable`."""
    _check(data, name)
    answer = tables.unfolded(data, name, READER, "annex", ROWS, COLUMNS)
    is_word = answer["kind"] == "word"
    found = [_table(place, each, is_word=is_word) for place, each in enumerate(answer["tables"], 1)]
    used = annex.usual(found)
    if not used:
        raise UnreadableTable(name, _why_none(answer, is_word=is_word))
    count = len(annex.understand(found).rows)
    if not count:
        raise UnreadableTable(name, _("có tiêu đề bảng nhưng bên dưới không có dòng nào."))
    return tuple(found)


def _table(place: int, each: dict[str, Any], *, is_word: bool) -> Table:
    rows = tuple(
        tuple(
            Cell(text, kind, bool(bold), indent, (of[0], of[1]) if of else None)
            for text, kind, bold, indent, *of in row
        )
        for row in each["rows"]
    )
    called = _("Bảng {number}").format(number=place)
    return Table(
        called if is_word else _("Trang “{name}”").format(name=each["name"]),
        rows,
        tuple(each["lead"]),
        frozenset(each["hidden_rows"]),
        frozenset(each["hidden_columns"]),
        of_text=is_word,
    )


def _why_none(answer: dict[str, Any], *, is_word: bool) -> str:
    if is_word and answer["pictures"] and not answer["tables"]:
        return _(
            "chỉ có hình chụp, không có bảng nào đọc được. Xin bản Word hoặc Excel gốc của phụ lục."
        )
    if is_word and not answer["tables"]:
        return _("không có bảng nào. Chọn tệp phụ lục có bảng tiêu chí.")
    return _(
        "không có bảng tiêu chí: cần một dòng tiêu đề có cột “Tiêu chí” (hoặc “Lĩnh vực”, “Nội"
        " dung”) và cột “Điểm tối đa” (hoặc “Thang điểm”). Thêm dòng tiêu đề rồi tải lên lại."
    )


def _check(data: bytes, name: str) -> None:
    """Refuse by size and by the first bytes."""
    if len(data) > BYTES:
        words = _("lớn hơn 10 MiB. Bỏ hình ảnh và các phần không dùng, rồi lưu lại.")
    elif not data.strip():
        words = _("trống. Chọn lại tệp.")
    elif data.startswith(OLE) and ENCRYPTED in data:
        words = _("có mật khẩu. Mở ra, bỏ mật khẩu (File › Info), rồi lưu lại.")
    elif data.startswith(OLE) and OLD_WORD in data:
        words = _("là Word đời cũ (.doc). Mở bằng Word và lưu thành “Word Document (*.docx)”.")
    elif data.startswith(OLE):
        words = _("là Excel đời cũ (.xls). Mở bằng Excel và lưu thành “Excel Workbook (*.xlsx)”.")
    elif data.startswith(PAPER):
        words = _(
            "là bản PDF, bản chụp hoặc RTF, hệ thống không đọc được bảng trong đó. Xin bản Word"
            " (.docx) hoặc Excel (.xlsx) gốc của phụ lục."
        )
    elif not data.startswith(ZIP):
        words = _("không phải tệp Word (.docx) hay Excel (.xlsx). Chọn lại tệp.")
    else:
        return
    raise UnreadableTable(name, words)
