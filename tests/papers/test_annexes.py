"""The annex of a decision as it comes: what is read of Word and Excel, what is refused and why."""

import io
import zipfile
from collections.abc import Callable

import pytest

from app.papers.annexes import file as annexfile
from app.papers.annexes import reader
from app.papers.tables import UnreadableTable
from app.papers.xlsx import Unreadable
from tests.making import annexes

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(body: str, *, before: str = "", **parts: bytes) -> bytes:
    """A Word file with nothing but a body."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        text = f"{before}<w:document {W}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", text)
        for name, data in parts.items():
            archive.writestr(f"word/media/{name}.png", data)
    return out.getvalue()


def paragraph(text: str, more: str = "") -> str:
    return f"<w:p>{more}<w:r><w:t>{text}</w:t></w:r></w:p>"


def row(*texts: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(each)}</w:tc>" for each in texts) + "</w:tr>"


def read(data: bytes) -> list[list[str]]:
    """The texts of the first table, read in this process for speed."""
    return [
        [cell[0] for cell in cells] for cells in reader.annex(data, 100, 20)["tables"][0]["rows"]
    ]


def test_both_kinds_of_file_come_through_the_process_that_reads_them() -> None:
    (sheet, _other) = annexfile.read(annexes.workbook(), "phu-luc.xlsx")
    assert sheet.shown(4, 4) == "Trong đó", "what is merged shows what its first cell holds"
    assert sheet.cell(7, 1).bold
    assert sheet.cell(9, 1).indent == 1
    assert sheet.cell(8, 0).kind == "n"
    (table,) = annexfile.read(annexes.word_of_columns(), "phu-luc.docx")
    assert [table.shown(place, 0) for place in (1, 2, 6)] == ["1.", "", "2."]
    assert table.shown(3, 1) == "I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH"


def test_tracked_changes_are_read_as_if_they_were_accepted() -> None:
    changed = (
        "<w:p><w:r><w:t>Tính </w:t></w:r><w:ins><w:r><w:t>khả thi</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>kịp thời</w:delText></w:r></w:del></w:p>"
    )
    table = f"<w:tbl>{row('TT', 'Tiêu chí')}<w:tr><w:tc>{changed}</w:tc></w:tr></w:tbl>"
    assert read(word(table))[1][0] == "Tính khả thi"


def test_rows_within_a_field_of_word_are_read_and_columns_skipped_are_counted() -> None:
    skipped = '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc><w:p/></w:tc></w:tr>'
    inner = f"<w:sdt><w:sdtContent>{row('1', 'Tên')}</w:sdtContent></w:sdt>"
    assert read(word(f"<w:tbl>{inner}{skipped}</w:tbl>")) == [["1", "Tên"], ["", ""]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "trống"),
        (b"%PDF-1.7", "bản PDF, bản chụp"),
        (OLE + "WordDocument".encode("utf-16-le"), "Word đời cũ (.doc)"),
        (OLE + "Workbook".encode("utf-16-le"), "Excel đời cũ (.xls)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "có mật khẩu"),
        (b"STT,Ten", "không phải tệp Word"),
        (b"0" * (10 << 20) + b"0", "lớn hơn 10 MiB"),
        (word(paragraph("Chỉ có chữ")), "không có bảng nào"),
        (word(paragraph(""), scan=b"..."), "chỉ có hình chụp"),
        (word(f"<w:tbl>{row('Họ tên', 'Chức vụ')}</w:tbl>"), "không có bảng tiêu chí"),
        (word(f"<w:tbl>{row('STT', 'Tiêu chí', 'Điểm tối đa')}</w:tbl>"), "không có bảng tiêu chí"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_annex_is_refused_with_its_reason(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        annexfile.read(data, "tep.docx")
    assert words in str(refused.value)


def entities() -> bytes:
    names = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    dtd = f'<!DOCTYPE w [<!ENTITY e0 "lol">{names}]>'
    return word(paragraph("&e12;"), before=dtd)


def many_tables() -> bytes:
    return word("<w:tbl/>" * 201)


def wide() -> bytes:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p/></w:tc>'
    return word(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>")


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (entities, "damaged"),
        (many_tables, "large"),
        (wide, "large"),
        (lambda: word("<w:"), "damaged"),
    ],
    ids=["entities", "tables", "width", "broken"],
)
def test_hostile_files_end_in_a_fault(made: Callable[[], bytes], fault: str) -> None:
    with pytest.raises(Unreadable) as refused:
        reader.annex(made(), 100, 20)
    assert str(refused.value) == fault


def test_an_archive_that_unfolds_too_far_is_not_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = word(paragraph("A" * 5_000))
    monkeypatch.setattr(reader, "UNFOLDED", len(data) * 3)
    with pytest.raises(Unreadable, match="large"):
        reader.annex(data, 100, 20)
