"""Index files as workbooks: what officers fill in, and what they are told when it is wrong."""

import io
import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from app.commands.main import app
from app.index import file as indexfile
from app.index.faults import IndexFault
from app.index.parts import Organiser
from app.papers import indexbook, tables
from app.papers.tables import UnreadableTable
from tests.making.blocks import LAI_CHAU
from tests.making.books import GONE, faults_of, read, small_book
from tests.making.small_index import SMALL, make_raw

AS_TEXT = "Định dạng ô là Văn bản (Text), rồi gõ lại."
EMPTY = "đang để trống; hãy điền ô này."
FILE = (
    "Hãy sửa số này, hoặc sửa điểm tối đa, phương pháp, tiêu chí không tính ở các trang Tiêu chí"
    " và Khối."
)


def test_the_small_index_reads_as_it_is() -> None:
    assert read({}) == indexfile.read(make_raw())


# What people write


def test_codes_and_choices_forgive_what_nobody_sees() -> None:
    same = {
        "Đơn vị!C2": " so\u00a0",
        "Tiêu chí!E3": "DIEU TRA",
        "Câu hỏi!C3": "góp  ý",
        "Câu hỏi!F2": ";hdnd ;\n",
        "Quy tắc!B2": ("text", "gộp chung"),
        "Quy tắc!B9": ("truth", "FALSE"),
    }
    assert read(same) == indexfile.read(make_raw())


def test_lists_of_codes_are_parted_by_semicolons_commas_or_lines() -> None:
    for text in ("1.1.1;1.1.2", "1.1.1, 1.1.2 ;", "1.1.1\n1.1.2"):
        changes = {"Đơn vị!D2": text, "Câu hỏi!D2": "1.1.1"}
        assert read(changes).units[0].not_applicable == ("1.1.1", "1.1.2")


@pytest.mark.parametrize(
    ("cell", "weight"),
    [
        (0.6, "3/5"),
        ("0,6", "3/5"),
        ("0.6", "3/5"),
        (("number", "60%"), "3/5"),
        ("60%", "3/5"),
        ("62,5 %", "5/8"),
        ("2/3", "2/3"),
        (0, "0"),
    ],
)
def test_a_weight_is_a_number_a_fraction_or_a_percent(cell: object, weight: str) -> None:
    assert read({"Thang đo!D3": cell}).scales[0].levels[1].weight == Fraction(weight)


@pytest.mark.parametrize("cell", [80, "80", ("number", "80%"), "80 %", "80,0"])
def test_the_bound_of_a_class_is_in_percent_however_it_is_written(cell: object) -> None:
    index = read({"Xếp loại!A2": cell, "Xếp loại!B2": "Tốt"})
    assert [(c.label, c.from_percent) for c in index.rules.classes] == [("Tốt", 80)]


def test_a_whole_number_is_a_code_and_a_text() -> None:
    index = read({"Thành phần!A2": 1, "Tiêu chí!B2": 1, "Tiêu chí!B5": 1, "Thang đo!C2": 5})
    assert index.components[0].code == "1"
    assert index.scales[0].levels[0].label == "5"


def test_the_order_of_sheets_columns_and_keys_is_free_and_blank_rows_are_skipped() -> None:
    book = []
    for title, cells in reversed(small_book({})):
        width = 1 + max(column for _row, column, _kind, _text in cells)
        moved = [
            (row * 2 + 3, width - column, kind, text.upper() if row == 0 else text)
            for row, column, kind, text in cells
        ]
        book.append((f" {title.upper()}", moved))
    assert indexbook.read_sheets(book) == indexfile.read(make_raw())


def test_columns_and_keys_that_are_optional_may_be_deleted() -> None:
    gone = {"Đơn vị!D1": GONE, "Quy tắc!5": GONE, "Câu hỏi!G1": GONE, "Câu hỏi!G2": GONE}
    assert read(gone) == indexfile.read(make_raw())


def test_blank_cells_mean_the_usual() -> None:
    blank = {f"Quy tắc!B{row}": GONE for row in range(2, 11)}
    blank |= {"Nhóm đối tượng!C2": GONE, "Nhóm đối tượng!D2": " ", "Thang đo!E2": GONE}
    assert read(blank) == indexfile.read(make_raw())


def test_levels_of_a_scale_may_lie_apart() -> None:
    levels = {f"Thang đo!{cell}": text for cell, text in zip(
        ("A4", "B4", "C4", "D4", "A5", "B5", "C5", "D5", "E5", "A6", "B6", "C6", "D6"),
        ("hai", "1", "Có", "1", "tot", "C", "Tệ", "0", "Không có ý kiến", "hai", "0", "Không", 0),
        strict=True,
    )}  # fmt: skip
    found = [(s.code, [level.code for level in s.levels]) for s in read(levels).scales]
    assert found == [("tot", ["A", "B", "C"]), ("hai", ["1", "0"])]


def test_an_organiser_is_none_while_nothing_is_written() -> None:
    assert read({}).organiser is None
    assert read({"Cơ quan tổ chức!B6": "0213 000"}).organiser == Organiser(phone="0213 000")


def test_unused_sheets_that_are_blank_do_not_matter() -> None:
    book = [*small_book({}), ("Sheet1", []), ("Sheet2", [(5, 5, "text", " \n")])]
    assert indexbook.read_sheets(book) == indexfile.read(make_raw())


# What is wrong

CELLS: list[tuple[str, object, str]] = [
    # What Excel made of it
    ("Tiêu chí!A5", 1.2, "Tiêu chí, ô A5: là số 1.2; nếu mã có số 0 ở cuối, như 1.10, thì Excel đã"
     f" bỏ mất. {AS_TEXT}"),
    ("Đơn vị!D2", 1.2, "Đơn vị, ô D2: là số 1.2; nếu mã có số 0 ở cuối, như 1.10, thì Excel đã bỏ"
     f" mất. {AS_TEXT}"),
    ("Thang đo!D3", ("date", "2026-03-02"), "Thang đo, ô D3: đã bị Excel đổi thành ngày tháng"
     f" (2026-03-02). {AS_TEXT}"),
    ("Câu hỏi!B2", ("error", ""), "Câu hỏi, ô B2: công thức bị lỗi; hãy sửa công thức hoặc ghi giá"
     " trị."),
    ("Nhóm đối tượng!C2", ("error", ""), "Nhóm đối tượng, ô C2: công thức bị lỗi; hãy sửa công thức"
     " hoặc ghi giá trị."),
    ("Cơ quan tổ chức!B6", 213000000, "Cơ quan tổ chức, ô B6: là số 213000000, nên mất số 0 ở đầu."
     f" {AS_TEXT}"),
    # Forms
    ("Chung!B4", GONE, "Chung, ô B4: đang để trống; hãy ghi một số."),
    ("Chung!B4", "hai", "Chung, ô B4: “hai” không phải là số; hãy ghi như 30 hoặc 79,5, hay 2/3"
     " trong ô định dạng Văn bản (Text)."),
    ("Chung!B4", 22, "Chung, ô B4: phải là số nguyên từ 1000 đến 9999."),
    ("Đơn vị!B2", GONE, f"Đơn vị, ô B2: {EMPTY}"),
    ("Đơn vị!B2", "Sở\nNội vụ", "Đơn vị, ô B2: có ký tự điều khiển hoặc ký tự ẩn U+000A ở vị trí 3;"
     " hãy xóa đi và gõ lại chỗ đó."),
    ("Quy tắc!B2", "Theo nhóm", "Quy tắc, ô B2: không nhận “Theo nhóm”. Có phải “Theo trọng số"
     " nhóm”? Hãy chọn một trong: “Gộp chung”, “Theo trọng số nhóm”."),
    ("Quy tắc!B9", "yes", "Quy tắc, ô B9: không nhận “yes”. Hãy chọn một trong: “Có”, “Không”."),
    ("Xếp loại!B2", "Tốt", "Xếp loại, ô A2: đang để trống; hãy ghi một số."),
    ("Thang đo!A3", GONE, "Thang đo, ô A3: đang để trống; hãy ghi mã thang đo ở mọi dòng của thang"
     " đo."),
    ("Thang đo!B3", "A", "Thang đo, ô B3: mã đã dùng cho một mức khác của thang đo; hãy đổi mã"
     " này."),
    ("Thang đo!E3", "Khác", "Thang đo, ô E3: khác với Thang đo, ô E2; mỗi thang đo chỉ có một câu"
     " này."),
    ("Thang đo!3", GONE, "Thang đo, dòng 2: thang đo cần từ hai mức trở lên; hãy thêm dòng có cùng"
     " mã thang đo."),
    ("Câu hỏi!F2", GONE, "Câu hỏi, ô F2: chưa hỏi nhóm nào; hãy ghi mã nhóm."),
    ("Câu hỏi!D3", "1.1.1", "Câu hỏi, ô D3: câu góp ý không có mục này; hãy xóa ô này hoặc đổi loại"
     " câu hỏi."),
    ("Câu hỏi!B2", "Về {uint}?", "Câu hỏi, ô B2: không có chỗ điền {uint}; hãy ghi {unit}. Dùng"
     " được: {unit}, {year}."),
    # One entry about another
    ("Đơn vị!C2", "sở", "Đơn vị, ô C2: không có mã “sở” ở trang “Khối”. Hãy sửa mã, hoặc thêm dòng"
     " ở trang ấy."),
    ("Tiêu chí!B2", "1.l", "Tiêu chí, ô B2: không có mã “1.l” ở trang “Thành phần” hoặc “Tiêu chí”."
     " Có phải “1.2”? Hãy sửa mã, hoặc thêm dòng ở trang ấy."),
    ("Tiêu chí!A4", "1.2", "Tiêu chí, ô A5: mã “1.2” đã dùng ở Tiêu chí, dòng 4; hãy đổi mã này."),
    ("Tiêu chí!E3", GONE, "Tiêu chí, ô E3: đang để trống; tiêu chí không có tiêu chí con thì cần"
     " phương pháp."),
    ("Tiêu chí!E2", "Điều tra", "Tiêu chí, ô E2: tiêu chí có tiêu chí con thì không có phương pháp;"
     " hãy xóa ô này."),
    ("Tiêu chí!D2", 2, "Tiêu chí, ô D2: ghi 2, nhưng các tiêu chí con cộng lại là 1,5. Hãy sửa điểm"
     " tối đa ở đây hoặc ở tiêu chí con."),
    ("Chung!B5", "10/3", "Chung, ô B5: ghi 10/3, nhưng các tiêu chí tính vào điểm tối đa cộng lại"
     f" theo khối là: so 3,5. {FILE}"),
    ("Câu hỏi!2", GONE, "Tiêu chí, dòng 3: tiêu chí điều tra chưa có câu hỏi nào; hãy thêm câu hỏi"
     " có tiêu chí “1.1.1”, hoặc sửa phương pháp."),
    ("Cơ quan tổ chức!B3", "sct", "Cơ quan tổ chức, ô B3: không có mã “sct” ở trang “Đơn vị”. Hãy"
     " sửa mã, hoặc thêm dòng ở trang ấy."),
    # The frame
    ("Khối", GONE, "Khối: thiếu trang này, hoặc trang đang bị ẩn; hãy chép lại từ tệp mẫu."),
    ("Chung", GONE, "Chung: thiếu trang này, hoặc trang đang bị ẩn; hãy chép lại từ tệp mẫu."),
    ("Nhóm đối tượng!2", GONE, "Nhóm đối tượng: chưa có dòng nào; hãy thêm ít nhất một dòng."),
    ("Chung!4", GONE, "Chung: thiếu dòng “Năm”; hãy chép lại từ tệp mẫu."),
    ("Quy tắc!A11", "Xếp hạn", "Quy tắc, ô A11: bộ chỉ số không có mục “Xếp hạn”. Có phải “Xếp"
     " hạng”? Hãy đổi tên hoặc xóa."),
    ("Quy tắc!A11", "Xếp hạng", "Quy tắc, ô A11: mục này có hai lần; hãy xóa một."),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "value", "fault"), CELLS, ids=[f"{c[0]}={c[1]}" for c in CELLS])
def test_a_fault_names_sheet_and_cell_and_what_to_do(cell: str, value: object, fault: str) -> None:
    assert faults_of({cell: value}) == [fault]


def test_a_lost_column_is_told_once_and_not_for_each_row() -> None:
    for cell, title in (("C1", "Khối"), ("B1", "Tên đơn vị")):
        first = f"Đơn vị: thiếu cột “{title}”; hãy chép lại dòng tiêu đề từ tệp mẫu."
        rest = f"Đơn vị, ô {cell[0]}2: cột này không có tiêu đề ở dòng 1; hãy xóa cột, hoặc ghi"
        assert faults_of({f"Đơn vị!{cell}": GONE}) == [first, f"{rest} tiêu đề."]


def test_a_lost_sheet_leaves_no_false_faults_about_sums() -> None:
    lost = "thiếu trang này, hoặc trang đang bị ẩn; hãy chép lại từ tệp mẫu."
    sheets = ("Khối", "Tiêu chí", "Đơn vị", "Câu hỏi", "Thành phần", "Nhóm đối tượng")
    assert faults_of(dict.fromkeys(sheets)) == [
        f"{sheet}: {lost}"
        for sheet in ("Khối", "Đơn vị", "Thành phần", "Tiêu chí", "Nhóm đối tượng", "Câu hỏi")
    ]


def test_what_stands_beside_the_frame_is_told() -> None:
    assert faults_of(
        {"Nháp!A1": "x", "Cau hoi!A1": "x", "Đơn vị!F1": "Ghi chú", "Khối!Z9": "?"}
    ) == [
        "Khối, ô Z9: cột này không có tiêu đề ở dòng 1; hãy xóa cột, hoặc ghi tiêu đề.",
        "Đơn vị, ô F1: bộ chỉ số không có cột “Ghi chú”. Hãy đổi tên hoặc xóa.",
        "Nháp: bộ chỉ số không có trang “Nháp”. Hãy đổi tên hoặc xóa.",
        "Cau hoi: trang này có hai lần; hãy xóa một.",
    ]


def test_a_sheet_misspelt_is_missing_and_strange() -> None:
    pages = [("Cau hoi 1" if title == "Câu hỏi" else title, c) for title, c in small_book({})]
    with pytest.raises(IndexFault) as caught:
        indexbook.read_sheets(pages)
    places = [fault.place for fault in caught.value.faults]
    assert places == ["Câu hỏi", "Cau hoi 1"]
    assert "Có phải “Câu hỏi”?" in caught.value.faults[1].message


def test_a_number_that_may_be_another_code_is_no_double_of_a_real_one() -> None:
    found = faults_of({"Tiêu chí!A5": 1.1})
    assert [fault.partition(":")[0] for fault in found] == ["Tiêu chí, ô A5"]


def test_every_fault_is_told_at_once_in_the_order_of_the_sheets() -> None:
    changes = {
        "Chung!B4": "x",
        "Quy tắc!B3": "x",
        "Khối!B2": GONE,
        "Đơn vị!C2": "x",
        "Tiêu chí!E5": "x",
        "Thang đo!D2": "x",
        "Thang đo!D3": -1,
        "Nhóm đối tượng!D2": "x",
        "Câu hỏi!D2": "x",
        "Câu hỏi!F3": "x; y",
        "Nháp!A1": "x",
    }
    places = [fault.partition(":")[0] for fault in faults_of(changes)]
    told = [place for place in places if not place.startswith("Tiêu chí, dòng 3")]
    assert told == [
        *("Chung, ô B4", "Quy tắc, ô B3", "Khối, ô B2", "Đơn vị, ô C2", "Tiêu chí, ô E5"),
        *("Thang đo, ô D2", "Thang đo, ô D3", "Nhóm đối tượng, ô D2", "Câu hỏi, ô D2"),
        *("Câu hỏi, ô F3", "Câu hỏi, ô F3", "Nháp"),
    ]


# Files


def changed(data: bytes, **cells: object) -> bytes:
    """The workbook with cells set by another program: `C2="so"` on the sheet Đơn vị."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for cell, value in cells.items():
        book["Đơn vị"][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def small() -> bytes:
    return indexbook.write_book(indexfile.parse(SMALL))


def test_a_workbook_saved_by_another_program_is_the_same_index() -> None:
    assert indexbook.read_book(changed(small()), "a.xlsx") == indexfile.parse(SMALL)


def test_a_whole_file_tells_the_cell_of_a_fault() -> None:
    with pytest.raises(IndexFault) as caught:
        indexbook.read_book(changed(small(), C2=1.1, B2="#N/A"), "a.xlsx")
    assert [fault.place for fault in caught.value.faults] == ["Đơn vị, ô B2", "Đơn vị, ô C2"]


def test_the_reader_tells_what_kind_of_value_a_cell_holds() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Ẩn").hide()
        sheet = book.add_worksheet("Hai")
        sheet.activate()
        sheet.write("C3", "a\nb")
        sheet.write("D3", 1.10)
        sheet.write("C4", 0.6, book.add_format({"num_format": "0%"}))
        sheet.write("D4", date(2026, 3, 2), book.add_format({"num_format": "d-mmm"}))
        sheet.write("C5", True)
        sheet.write_formula("D5", "=0.1+0.2", None, 0.30000000000000004)
        sheet.write_formula("C6", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D6", '="1.10"', None, "1.10")
        sheet.write_blank("F9", None, book.add_format({"bold": True}))
        book.add_worksheet("Trống")
    assert tables.sheets(out.getvalue(), "a.xlsx") == [
        (
            "Hai",
            [
                *((2, 2, "text", "a\nb"), (2, 3, "number", "1.1")),
                *((3, 2, "number", "60%"), (3, 3, "date", "2026-03-02")),
                *((4, 2, "truth", "TRUE"), (4, 3, "number", "0.3")),
                *((5, 2, "error", "#DIV/0!"), (5, 3, "text", "1.10")),
            ],
        ),
        ("Trống", []),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("error", "#N/A", "công thức bị lỗi"),
        ("formula", "=", "công thức chưa có kết quả"),
        ("merged", "A2:A3", "nằm trong vùng ô gộp A2:A3"),
    ],
)
@pytest.mark.parametrize(
    "cell", ["Đơn vị!C3", "Tiêu chí!D3", "Thang đo!A3", "Thang đo!D3", "Chung!B4", "Quy tắc!B2",
             "Đơn vị!D2", "Câu hỏi!B2", "Nhóm đối tượng!D2", "Đơn vị!C1", "Chung!A4"],
)  # fmt: skip
def test_a_cell_without_content_of_its_own_is_never_a_blank(
    cell: str, kind: str, text: str, words: str
) -> None:
    title, _sign, place = cell.partition("!")
    found = faults_of({cell: (kind, text)})
    assert [fault for fault in found if fault.startswith(f"{title}, ô {place}: ")] == [
        fault for fault in found if words in fault
    ]
    assert sum(words in fault for fault in found) == 1


def test_the_reader_tells_merges_and_formulas_of_a_whole_file() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    book["Thang đo"].merge_cells("A2:A3")
    book["Nhóm đối tượng"]["C2"] = "=1/2"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(IndexFault) as caught:
        indexbook.read_book(out.getvalue(), "a.xlsx")
    assert [str(fault).split(";")[0] for fault in caught.value.faults] == [
        "Thang đo, ô A3: nằm trong vùng ô gộp A2:A3, chỉ ô đầu có nội dung",
        "Nhóm đối tượng, ô C2: công thức chưa có kết quả",
    ]


@pytest.mark.parametrize(("rows", "cells"), [(2_001, 25), (500, 1)])
def test_more_cells_or_signs_than_an_index_has_are_refused(rows: int, cells: int) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for row in range(rows):
            sheet.write_row(row, 0, ["x" if cells > 1 else "x" * 4_001] * cells)
    with pytest.raises(UnreadableTable, match="quá lớn"):
        tables.sheets(out.getvalue(), "a.xlsx")


def test_a_hidden_sheet_is_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    book["Khối"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(IndexFault, match=r"^Khối: thiếu trang này, hoặc trang đang bị ẩn"):
        indexbook.read_book(out.getvalue(), "a.xlsx")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Tệp “a.xlsx”: trống."),
        (b"PK\x03\x04 cut", "Tệp “a.xlsx”: bị hỏng."),
        (b"format = 1", "Tệp “a.xlsx”: không phải bảng tính .xlsx."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"." * 99, "Tệp “a.xlsx”: là Excel đời cũ"),
    ],
)
def test_a_file_that_is_no_workbook_is_a_fault_of_the_file(data: bytes, message: str) -> None:
    with pytest.raises(IndexFault) as caught:
        indexbook.read_file(data, "a.xlsx")
    assert str(caught.value).startswith(message)


def test_the_content_or_the_name_decides_how_a_file_is_read() -> None:
    assert indexbook.read_file(SMALL.encode(), "a.toml") == indexfile.parse(SMALL)
    assert indexbook.read_file(small(), "a.toml") == indexfile.parse(SMALL)


def test_a_workbook_of_too_many_rows_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    book["Đơn vị"]["B5001"] = "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(IndexFault, match=r"quá lớn: tối đa 5\.000 dòng, 50 cột"):
        indexbook.read_book(out.getvalue(), "a.xlsx")


# The command line


def test_check_takes_a_workbook_and_tells_the_same_digest(tmp_path: Path) -> None:
    index = indexfile.parse(LAI_CHAU.read_bytes())
    file = tmp_path / "a.xlsx"
    file.write_bytes(indexbook.write_book(index))
    done = CliRunner().invoke(app, ["check", str(file), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["digest"] == indexfile.digest(index)


def test_check_tells_faults_and_warnings_of_a_workbook_by_sheet(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(small())
    warned = json.loads(CliRunner().invoke(app, ["check", str(file), "--json"]).stdout)
    assert [warning["place"] for warning in warned["warnings"]] == ["Cơ quan tổ chức"]
    assert "căn cứ, bộ phận liên hệ" in warned["warnings"][0]["message"]
    file.write_bytes(changed(small(), C2="x"))
    refused = CliRunner().invoke(app, ["check", str(file), "--json"])
    assert refused.exit_code == 1
    assert [fault["place"] for fault in json.loads(refused.stdout)["faults"]] == ["Đơn vị, ô C2"]
