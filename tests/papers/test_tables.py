"""Reading tables out of what people upload: sound files, odd files, hostile files."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from app.papers import tables
from app.papers.tables import UnreadableTable
from tests.making.garbling import OLD
from tests.making.tables import rows

PEOPLE = [["Họ và tên", "Email"], ["Lò Thị Hoà", "hoa@vi-du.vn"]]
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(*table: Sequence[object], formats: dict[str, str] | None = None) -> bytes:
    """A workbook by openpyxl; `formats` gives number formats by cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in table:
        sheet.append(row)
    for place, number_format in (formats or {}).items():
        sheet[place].number_format = number_format
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(part: str, content: bytes, data: bytes | None = None) -> bytes:
    """The workbook `data` with one part of the archive replaced."""
    source = zipfile.ZipFile(io.BytesIO(data or xlsx(*PEOPLE)))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in {*source.namelist(), part}:
            target.writestr(name, content if name == part else source.read(name))
    return file.getvalue()


def with_sheet(inside: bytes) -> bytes:
    """A workbook whose sheet holds this XML."""
    xml = b'<worksheet xmlns="%b">%b</worksheet>' % (MAIN, inside)
    return with_part("xl/worksheets/sheet1.xml", xml)


def refusal(data: bytes, name: str = "ds.xlsx") -> str:
    with pytest.raises(UnreadableTable) as refused:
        rows(data, name)
    return str(refused.value)


# CSV


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_is_read_with_either_separator_line_end_and_mark(
    separator: str, line_end: str, encoding: str
) -> None:
    text = line_end.join(separator.join(row) for row in PEOPLE) + line_end
    assert rows(text.encode(encoding), "ds.csv") == PEOPLE


def test_the_heading_decides_on_the_separator() -> None:
    assert rows(b"a;b\n1,5;2,5\n", "x.csv") == [["a", "b"], ["1,5", "2,5"]]
    assert rows(b"a,b\nx;y;z,2\n", "x.csv") == [["a", "b"], ["x;y;z", "2"]]
    assert rows(b'"a;a","b;b;b",c\n', "x.csv") == [["a;a", "b;b;b", "c"]]
    assert rows(b'"a,a";"b,b,b"\n', "x.csv") == [["a,a", "b,b,b"]]
    assert rows(b"\n\n;;\na;b\n", "x.csv")[-1] == ["a", "b"]


def test_quoted_cells_keep_separators_quotes_and_line_ends() -> None:
    data = 'a;b\r\n"x;y";"Phòng ""Một""\r\nHai"\r\n'.encode()
    assert rows(data, "x.csv") == [["a", "b"], ["x;y", 'Phòng "Một"\r\nHai']]


def test_blank_rows_keep_their_place() -> None:
    assert rows(b"\n\na,b\n\n1,2\n", "x.csv") == [[], [], ["a", "b"], [], ["1", "2"]]


@given(st.lists(st.lists(st.text("aĐ,;\"'\n 1"), min_size=2, max_size=3), min_size=1))
def test_any_csv_text_is_rows_or_a_refusal(table: list[list[str]]) -> None:
    text = "\n".join(";".join(row) for row in table)
    try:
        assert sum(map(len, rows(text.encode(), "x.csv"))) >= 1
    except UnreadableTable as refused:
        assert "“x.csv”" in str(refused)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_encoding_is_refused_with_the_way_to_save_as_utf_8(encoding: str) -> None:
    text = "Họ và tên;Email\nTrần Hà;ha@vi-du.vn\n"
    if encoding == "cp1258":  # it holds the tones as signs of their own
        text = text.replace("ọ", "o\u0323").replace("ầ", "â\u0300")
    message = refusal(text.encode(encoding), "ds.csv")
    assert message.startswith("Tệp “ds.csv” không phải CSV mã UTF-8.")
    assert "CSV UTF-8 (Comma delimited)" in message


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-16", "UTF-16 (Excel gọi là “Unicode Text”)"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("TCVN3", "TCVN3 (ABC, font .VnTime)"),
        ("VNI", "VNI (font VNI-Times)"),
        ("Windows-1258", "Windows-1258"),
    ],
)
def test_the_encoding_of_a_csv_file_is_named(encoding: str, told: str) -> None:
    text = "Họ và tên;Email;Cơ quan\nNguyễn Văn Đức;a@vi-du.vn;Sở Nội vụ\n"
    data = written(OLD[encoding](text)) if encoding in OLD else text.encode(encoding)
    message = refusal(data, "ds.csv")
    assert told in message
    assert ("UniKey" in message) == (encoding in OLD)
    assert message.endswith("“CSV UTF-8 (Comma delimited)”, hoặc lưu thành .xlsx.")


def written(seen: str) -> bytes:
    """The bytes that Windows shows as `seen`."""
    return b"".join(
        sign.encode("latin-1") if sign < "\xa0" else sign.encode("cp1252") for sign in seen
    )


def test_the_row_of_a_broken_byte_is_told() -> None:
    data = "a;b\nNguyễn;1\n".encode() + b"Nguy\xd4n;2\n"
    assert "Có ký tự hỏng ở dòng 3" in refusal(data, "ds.csv")
    assert "Có ký tự hỏng ở dòng 2" in refusal("a;b\nĐức\0;1\nx;2".encode(), "ds.csv")


@pytest.mark.parametrize("text", ['a,b\n1,"2\n3,4\n', 'a,b\n1,"2"x\n', "a,b\n1," + "x" * 200_000])
def test_a_quote_left_open_is_refused_with_its_row(text: str) -> None:
    message = refusal(text.encode(), "ds.csv")
    assert "gần dòng 2" in message


# What a file is


@pytest.mark.parametrize("name", ["ds.xlsx", "ds.csv", "ds", "DS.XLS"])
def test_the_content_decides_and_not_the_name(name: str) -> None:
    assert rows(xlsx(*PEOPLE), name) == PEOPLE
    assert rows("Họ và tên;Email\nLò Thị Hoà;hoa@vi-du.vn".encode(), name) == PEOPLE


@pytest.mark.parametrize("data", [b"", b" \r\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data, "ds.csv") == "Tệp “ds.csv” trống. Chọn lại tệp."


def test_a_workbook_with_a_password_is_refused_with_the_remedy() -> None:
    container = tables.OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    assert "có mật khẩu. Mở bằng Excel, bỏ mật khẩu" in refusal(container)


def test_an_old_workbook_is_refused_with_the_remedy() -> None:
    container = tables.OLE + bytes(504) + "Workbook".encode("utf-16-le") + bytes(500)
    assert "Excel đời cũ (.xls)" in refusal(container, "ds.xls")


def test_another_kind_of_file_is_refused() -> None:
    assert "không phải CSV mã UTF-8" in refusal(b"\x1f\x8b\0")


@pytest.mark.parametrize(
    "data",
    [
        # A PDF may be of plain letters alone, and would be read as a table of one column.
        b"%PDF-1.4 plain",
        b"%PDF-1.7\n\xe2\xe3\xcf\xd3",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xd8\xff\xe0",
        b"PK\x03\x04 word/document.xml",
    ],
)
def test_a_text_or_a_picture_is_called_so(data: bytes) -> None:
    assert "là văn bản hoặc hình ảnh, không phải bảng tính" in refusal(data)


def test_another_zip_archive_is_refused() -> None:
    for part, words in (("word/document.xml", "là văn bản"), ("mimetype", "tính .xlsx")):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(part, "x")
        assert words in refusal(file.getvalue())


def test_a_binary_workbook_is_refused() -> None:
    assert "không phải bảng tính .xlsx" in refusal(with_part("xl/workbook.bin", b"x"))


def test_a_file_over_ten_mebibytes_is_refused() -> None:
    assert rows(b"a,b\n" + b" " * 1000, "x.csv")[0] == ["a", "b"]
    assert "lớn hơn 10 MiB" in refusal(b"a" * (10 * 2**20 + 1), "x.csv")


# XLSX


def test_cells_stand_as_people_wrote_them() -> None:
    numbers = [83.64, 912345678, 5.0, -2.5, 1e20, 0.000001, 66.66666666666667, 2**53]
    times = [
        date(2023, 2, 20),
        datetime(2023, 2, 20, 7, 30),  # noqa: DTZ001 - a sheet knows no zone
        time(7, 30),
        timedelta(hours=30),
    ]
    texts = ["0912", " Lò  Thị\nHoà ", "#x", "1.10", "", None, True]
    assert rows(xlsx(numbers, times, texts), "x.xlsx") == [
        ["83.64", "912345678", "5", "-2.5", "1" + "0" * 20, "0.000001", "66.66666666666667",
         "9007199254740992"],
        ["2023-02-20", "2023-02-20 07:30:00", "07:30:00", "1 day, 6:00:00", "", "", "", ""],
        ["0912", " Lò  Thị\nHoà ", "#x", "1.10", "", "", "TRUE", ""],
    ]  # fmt: skip


def test_a_cell_formatted_as_percent_reads_as_it_shows() -> None:
    data = xlsx(
        ["Tỷ lệ", 0.8364, 0.8364, 0.8364, 1, 0.07, 5, "0.5"],
        formats={"B1": "0.00%", "C1": "0%", "D1": '0.0#%;[Red]-0%', "E1": "0%", "F1": "0%",
                 "G1": '0"%"', "H1": "0%"},
    )  # fmt: skip
    assert rows(data, "x.xlsx") == [
        ["Tỷ lệ", "83.64%", "83.64%", "83.64%", "100%", "7%", "5", "0.5"]
    ]


def test_percents_are_found_on_a_sheet_that_is_not_the_first_and_does_not_begin_at_a1() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Ẩn").hide()
        sheet = book.add_worksheet("Tỷ lệ & <điểm>")
        sheet.activate()
        sheet.set_first_sheet()
        sheet.write("AB3", 0.5, book.add_format({"num_format": "0%"}))
        sheet.write("AB4", 0.5)
    found = rows(file.getvalue(), "x.xlsx")
    assert [row[-1] for row in found] == ["", "", "50%", "0.5"]
    assert {len(row) for row in found} == {28}


def test_shared_strings_of_another_writer_read_the_same() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(PEOPLE):
            sheet.write_row(number, 0, row)
    assert rows(file.getvalue(), "x.xlsx") == PEOPLE


def test_rows_keep_their_numbers_when_the_first_are_blank() -> None:
    assert rows(xlsx([], [], ["", "a"]), "x.xlsx") == [["", ""], ["", ""], ["", "a"]]


def test_the_first_sheet_that_is_visible_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["ẩn"])
    book.active.sheet_state = "hidden"
    book.create_sheet("Danh sách").append(["thấy"])
    book.create_sheet("Sau").append(["sau"])
    assert rows(saved(book), "x.xlsx") == [["thấy"]]


def test_a_workbook_without_styles_is_read() -> None:
    source = zipfile.ZipFile(io.BytesIO(xlsx(*PEOPLE)))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name in set(source.namelist()) - {"xl/styles.xml"}:
            target.writestr(name, source.read(name))
    assert rows(file.getvalue(), "x.xlsx") == PEOPLE


def test_an_empty_sheet_has_no_rows() -> None:
    assert rows(xlsx(), "x.xlsx") == []


def test_formats_down_to_the_last_row_and_column_are_no_content() -> None:
    assert rows(xlsx(*PEOPLE, formats={"XFD1048576": "0%"}), "x.xlsx") == PEOPLE


def test_a_sheet_that_lies_about_its_size_is_read_by_its_cells() -> None:
    cell = b'<sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData>'
    assert rows(with_sheet(b'<dimension ref="A1:XFD1048576"/>' + cell), "x.xlsx") == [["7"]]


# Damaged and hostile


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_cut_file_is_refused_as_damaged(part: float) -> None:
    data = xlsx(*PEOPLE)
    assert "bị hỏng. Tải lại tệp" in refusal(data[: int(len(data) * part)])


def test_a_file_with_a_spoiled_part_is_refused_as_damaged() -> None:
    assert "bị hỏng" in refusal(with_part("xl/workbook.xml", b"<workbook"))
    assert "bị hỏng" in refusal(with_sheet(b"<sheetData><row"))
    data = bytearray(xlsx(*PEOPLE))
    at = data.index(b"xl/worksheets/sheet1.xml") + 40
    data[at : at + 60] = os.urandom(60)
    assert "bị hỏng" in refusal(bytes(data))


@given(st.binary(max_size=200))
def test_any_bytes_behind_the_mark_of_a_workbook_are_refused_by_the_reader(tail: bytes) -> None:
    # In the process itself, for speed: the reader is the same.
    from app.papers import xlsx as reader

    with pytest.raises(reader.Unreadable, match=r"damaged|foreign"):
        reader.tables(b"PK\x03\x04" + tail, 10, 10)


def sheet_bomb() -> bytes:
    """Some 1.5 MB that declare 300 MB of rows."""
    return with_sheet(b"<sheetData>" + b'<row r="1"><c r="A1"><v>1</v></c></row>' * 7_700_000)


def understated_bomb() -> bytes:
    """A sheet of one text of 300 MB that the archive's directory declares as 1,000 bytes."""
    data = with_sheet(
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>'
        + b"a" * (300 << 20)
        + b"</t></is></c></row></sheetData>"
    )
    archive = zipfile.ZipFile(io.BytesIO(data))
    size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def shared_strings_bomb() -> bytes:
    """One text of 30,000 signs that 90,000 cells share: 2.7 GB once each has its own."""
    strings = b'<sst xmlns="%b"><si><t>%b</t></si></sst>' % (MAIN, b"a" * 30_000)
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 90_001)
    )
    inside = b"<sheetData>" + cells + b"</sheetData>"
    data = with_part("xl/sharedStrings.xml", strings, with_sheet(inside))
    types = zipfile.ZipFile(io.BytesIO(data)).read("[Content_Types].xml")
    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
        b'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    return with_part("[Content_Types].xml", types.replace(b"</Types>", override), data)


def far_cell() -> bytes:
    """A first and a last cell, which a table of all between would make half a terabyte."""
    return with_sheet(
        b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )


def entity_bomb() -> bytes:
    """Entities within entities in the styles."""
    entities = b'<!ENTITY a "%b">' % (b"a" * 1000) + b"".join(
        b'<!ENTITY %c "%b">' % (letter, b"&%c;" % (letter - 1) * 100) for letter in b"bcdef"
    )
    styles = b'<!DOCTYPE s [%b]><s xmlns="%b"><t>&f;</t></s>' % (entities, MAIN)
    return with_part("xl/styles.xml", styles)


BOMBS = {
    sheet_bomb: "quá lớn",
    understated_bomb: "quá lớn|bị hỏng",
    shared_strings_bomb: "quá lớn",
    far_cell: "quá lớn",
    entity_bomb: "bị hỏng|quá lớn",
}


def test_every_bomb_is_refused_and_takes_no_memory_here(tmp_path: Path) -> None:
    paths = [tmp_path / f"{bomb.__name__}.xlsx" for bomb in BOMBS]
    for bomb, path in zip(BOMBS, paths, strict=True):
        path.write_bytes(bomb())
    # In a process of its own, because this one held the bombs while they were made.
    code = (
        "import re, sys\n"
        "from app.papers.tables import UnreadableTable\n"
        "from tests.making.tables import rows\n"
        "for path in sys.argv[1:]:\n"
        "    data = open(path, 'rb').read()\n"
        "    try: print(len(list(rows(data, 'bomb.xlsx'))))\n"
        "    except UnreadableTable as refused: print(refused)\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True
    )
    *said, most = done.stdout.splitlines()
    for (bomb, message), words in zip(BOMBS.items(), said, strict=True):
        assert any(part in words for part in message.split("|")), (bomb.__name__, words)
    assert int(most) < 100 << 10  # kilobytes


def test_bounds_hold_for_rows_and_columns_of_both_kinds() -> None:
    wide = ["x"] * 101
    assert "tối đa 100.000 dòng, 100 cột" in refusal(xlsx(wide))
    assert "tối đa 100.000 dòng, 100 cột" in refusal(",".join(wide).encode(), "x.csv")
    assert len(rows(xlsx(wide[:100]), "x.xlsx")[0]) == 100
    tall = b'<sheetData><row r="%d"><c r="A%d"><v>1</v></c></row></sheetData>'
    assert "quá lớn" in refusal(with_sheet(tall % (100_001, 100_001)))
    assert len(rows(with_sheet(tall % (100_000, 100_000)), "x.xlsx")) == 100_000
    assert len(rows(b"a\n" * 100_000, "x.csv")) == 100_000
    assert "quá lớn" in refusal(b"a\n" * 100_001, "x.csv")


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SECONDS", 0.001)
    assert "quá lớn" in refusal(xlsx(*PEOPLE))


def test_a_reader_that_cannot_start_is_not_blamed_on_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "READER", "app.khong_co")
    with pytest.raises(RuntimeError, match=r"khong_co"):
        rows(xlsx(*PEOPLE), "x.xlsx")


def test_the_reader_never_comes_into_the_process_of_the_server() -> None:
    code = "import sys, app.papers.tables; print('python_calamine' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
