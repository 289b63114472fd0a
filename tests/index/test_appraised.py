"""Files of appraised points: exact points in either layout, or every bad row."""

import csv
import io
from fractions import Fraction

import pytest
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.index.appraised import Appraised, missing, read_appraised, wanted
from app.papers import tables, wholebook
from app.papers.tables import UnreadableTable
from app.text.cells import FORMULA, merged
from app.text.headings import Sheet
from app.text.table import TableFault
from tests.making.sheets import make_index

INDEX = make_index(
    leaves=(
        {"code": "1.1", "max_points": "3", "method": "appraisal", "name": "Kế hoạch CCHC"},
        {"code": "1.2", "max_points": "2.5", "method": "appraisal", "name": "Tuyên truyền"},
        {"code": "1.10", "max_points": "4", "method": "appraisal", "name": "Sáng kiến"},
        {"code": "2.1", "parent": "2", "max_points": "1", "name": "Chất lượng"},
        {"code": "2.2", "parent": "2", "max_points": "1", "method": "external", "name": "SIPAS"},
    ),
    blocks=({"code": "so"}, {"code": "dac-thu", "not_applicable": ["1.10"]}),
    units=(
        {"code": "snv", "name": "Sở Nội vụ"},
        {"code": "stc", "name": "Sở Tài chính"},
        {"code": "ttt", "name": "Thanh tra tỉnh", "block": "dac-thu"},
    ),
)
LIST = ["Đơn vị", "Tiêu chí", "Điểm"]
MATRIX = ["Đơn vị", "1.1", "1.2", "1.10"]


def read(*rows: list[str]) -> Appraised:
    return read_appraised(INDEX, rows)


def faults(*rows: list[str]) -> list[str]:
    with pytest.raises(TableFault) as refused:
        read(*rows)
    return [str(fault) for fault in refused.value.faults]


def test_a_list_and_a_table_say_the_same() -> None:
    listed = read(
        LIST,
        ["snv", "1.1", "2,34"],
        ["Sở Nội vụ", "Tuyên truyền", "2.5"],
        ["ttt", "1.1", "0"],
        ["ttt", "1.2", "1"],
    )
    table = read(
        ["Điểm Hội đồng chấm", "", "", ""],
        ["STT", "Đơn vị", "1.1. Kế hoạch CCHC", "Tuyên truyền", "1.10", "Ghi chú"],
        ["", "Điểm tối đa", "3", "2,5", "4", ""],
        ["1", "snv", "2,34", "2.50", "", "xem lại"],
        ["", "", "", "", "", ""],
        ["2", "Thanh tra tỉnh", "0", "1", "–", ""],
    )
    assert listed.points == table.points
    assert listed.points["snv", "1.1"] == Fraction("2.34")
    assert [unit.code for unit in missing(INDEX, table.points)] == ["snv", "stc"]
    told = " ".join(map(str, table.warnings))
    assert "Sở Nội vụ; tiêu chí 1.10." in told
    assert "Sở Tài chính; tiêu chí 1.1, 1.2, 1.10." in told
    assert "“STT”, “Ghi chú”" in told


def test_every_bad_row_of_a_list_is_told_at_once() -> None:
    found = faults(
        LIST,
        ["snv", "1.1", "3,01"],
        ["snv", "1.1", "2"],
        ["sxd", "1.1", "2"],
        ["snv", "2.1", "1"],
        ["snv", "9.9", "1"],
        ["ttt", "1.10", "1"],
        ["stc", "1.1", "2 .34"],
        ["stc", "1.2", "-1"],
        ["stc", "1.10", "ba"],
        ["snv", "1.2", ""],
        ["snv", "1.10", "#N/A"],
        ["ttt", "1.1", FORMULA],
        ["ttt", "1.2", merged("C13:C14")],
        ["", "", "12.5%"],
    )
    for number, words in (
        (2, "Lớn hơn điểm tối đa của tiêu chí 1.1 là 3"),
        (3, "trùng với dòng 2"),
        (4, "Không có đơn vị này"),
        (5, "không chấm bằng thẩm định"),
        (6, "Không có tiêu chí này"),
        (7, "không áp dụng cho đơn vị “ttt”"),
        (8, "Có dấu cách trong số"),
        (9, "không được nhỏ hơn 0"),
        (10, "Không phải số"),
        (11, "Để trống"),
        (12, "Ô đang báo lỗi"),
        (13, "công thức chưa có kết quả"),
        (14, "ô gộp C13:C14"),
        (15, "Không phải số"),
    ):
        assert any(each.startswith(f"Dòng {number}:") and words in each for each in found), number


def test_every_bad_cell_of_a_table_is_told_at_once() -> None:
    found = faults(
        MATRIX,
        ["Điểm tối đa", "5", "2.5", ""],
        ["Khối sở", *[merged("A3:D3")] * 3],
        ["snv", "4", "2 .34", "#REF!"],
        ["ttt", "1", "1", "1"],
        ["snv", "1", "1", "1"],
        ["", "1", "", ""],
        ["Tổng", "1", "2", "3"],
    )
    for number, words in (
        (2, "Bộ chỉ số của đợt này có điểm tối đa 3"),
        (3, "ô gộp A3:D3"),
        (4, "Lớn hơn điểm tối đa"),
        (4, "Có dấu cách trong số"),
        (4, "Ô đang báo lỗi"),
        (5, "không áp dụng cho đơn vị “ttt”"),
        (6, "Đơn vị trùng với dòng 4"),
        (7, "Để trống. Điền mã đơn vị"),
        (8, "Không có đơn vị này"),
    ):
        assert any(each.startswith(f"Dòng {number}:") and words in each for each in found), words
    assert len([each for each in found if each.startswith("Dòng 3:")]) == 1


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        (["Đơn vị", "1.1", "1.1 Kế hoạch"], "có hai lần"),
        (["Đơn vị", "1.1", "2.2"], "không chấm bằng thẩm định"),
        (["Đơn vị", "1.1", "1.3"], "bộ chỉ số không có tiêu chí này"),
        (["Đơn vị", "Cột lạ"], "Không thấy điểm của tiêu chí nào"),
        (["Mã", "1.1"], "Thiếu cột “Đơn vị”"),
        (["Đơn vị", "Tiêu chí", "x"], "Thiếu cột “Điểm”"),
    ],
)
def test_a_bad_heading_says_what_to_do(heading: list[str], words: str) -> None:
    assert any(words in each for each in faults(heading, ["snv", *["1"] * (len(heading) - 1)]))


def test_a_code_that_excel_keeps_as_a_number_is_refused() -> None:
    with pytest.raises(TableFault, match="như một số"):
        read_appraised(INDEX, Sheet([["Đơn vị", "1.1"], ["snv", "1"]], kinds=[" n", " n"]))


def test_a_number_that_a_formula_gave_is_what_excel_shows_of_it() -> None:
    rows, kinds = [MATRIX, ["snv", "3.0000000000000004", "0.30000000000000004", ""]], ["", " nn"]
    assert read_appraised(INDEX, Sheet(rows, kinds=kinds)).points == {
        ("snv", "1.1"): Fraction(3),
        ("snv", "1.2"): Fraction("0.3"),
    }


def test_heads_are_taken_where_they_are_given_and_one_for_each_unit() -> None:
    found = read(
        ["Đơn vị", "Người đứng đầu", "1.1"], ["snv", " Lò Văn Sơn ", "1"], ["stc", "", "1"]
    )
    assert found.heads == {"snv": "Lò Văn Sơn"}
    rows = [["snv", "1.1", "1", "Lò Văn Sơn"], ["snv", "1.2", "1", "Trần Thu Hà"]]
    assert "Khác tên đã ghi" in faults([*LIST, "Người đứng đầu"], *rows)[0]


def test_other_words_of_a_heading_are_known() -> None:
    listed = read(["Mã cơ quan", "Tiêu chí thành phần", "Điểm đạt"], ["snv", "1.1", "1"])
    table = read(["Tên cơ quan", "Thủ trưởng", "1.1"], ["Sở Nội vụ", "Trần Thu Hà", "1"])
    assert listed.points == table.points == {("snv", "1.1"): 1}
    assert table.heads == {"snv": "Trần Thu Hà"}


def test_an_index_without_appraisal_has_nothing_to_import() -> None:
    with pytest.raises(TableFault, match="không có tiêu chí nào chấm bằng thẩm định"):
        read_appraised(make_index(), [LIST, ["snv", "1.1", "1"]])


def test_the_form_comes_back_as_it_was_filled_in() -> None:
    given = {("snv", "1.1"): Fraction("2.34"), ("ttt", "1.2"): Fraction(0)}
    data = wholebook.form(INDEX, given, {"snv": "Lò Văn Sơn"})
    sheet = tables.table(data, "mau.xlsx", wanted(INDEX))
    found = read_appraised(INDEX, sheet)
    assert (found.points, found.heads) == (given, {"snv": "Lò Văn Sơn"})
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(sheet.rows)
    again = tables.table(text.getvalue().encode(), "mau.csv", wanted(INDEX))
    assert read_appraised(INDEX, again).points == given


def test_two_sheets_with_points_are_refused() -> None:
    other = io.BytesIO()

    book = Workbook(other)
    for name in ("Sở", "Đặc thù"):
        book.add_worksheet(name).write_row(0, 0, MATRIX)
    book.close()
    with pytest.raises(UnreadableTable, match="ở nhiều trang"):
        tables.table(other.getvalue(), "a.xlsx", wanted(INDEX))
