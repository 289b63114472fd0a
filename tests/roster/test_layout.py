"""Lists as offices have them: read without being tidied first, and nobody lost on the way."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.papers import tables
from app.papers.tables import UnreadableTable
from app.roster import file as rosterfile
from app.roster import layout
from app.roster.columns import WANTED
from app.roster.file import Roster
from app.text.table import TableFault
from tests.making.lists import HEADING, book, index, person, read, saved

Row = list[object]
TITLES: list[Row] = [
    ["UBND TỈNH LAI CHÂU", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["SỞ NỘI VỤ", "", "", "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["DANH SÁCH ĐỐI TƯỢNG ĐIỀU TRA XÃ HỘI HỌC, NHÓM VÀ EMAIL"],
    ["(Kèm theo Công văn số 12/SNV-CCHC ngày 03 tháng 02 năm 2026)"],
]
WORDS: Row = [
    "STT",
    "Họ tên",
    "Chức danh",
    "Đơn vị công tác",
    "Thư điện tử",
    "SĐT",
    "Nhóm đối tượng",
]
FOOT: list[Row] = [
    [],
    ["Tổng cộng: 3 người"],
    ["", "", "", "", "Lai Châu, ngày 03 tháng 02 năm 2026"],
    ["", "Người lập biểu", "", "", "GIÁM ĐỐC"],
    ["", "(Ký, ghi rõ họ tên)"],
    [],
    ["", "Vàng Thị Pằng", "", "", "Lò Văn Hặc"],
    ["Ghi chú: danh sách này thay cho danh sách gửi kèm Công văn số 9."],
]


def people(*more: Row) -> list[Row]:
    """Three people under `WORDS`."""
    return [
        [1, "Lò Văn An", "Phó Giám đốc", "Sở Y tế", "an@vi-du.gov.vn", "0912000111", "hdnd"],
        [2, "Tao Thị Bình", "", "Tỉnh ủy", "binh@vi-du.gov.vn", "", "Đại biểu HĐND tỉnh"],
        *more,
        [3, "Vàng A Cơ", "", "snv", "co@vi-du.gov.vn", "", "hdnd"],
    ]


def names(found: Roster) -> list[str]:
    return [each.name for each in found.people]


def left_out(found: Roster) -> list[int]:
    return [each.row for each in found.asides]


def laid(*rows: Row) -> Roster:
    """What a file with these rows gives, without a workbook around them."""
    return rosterfile.read(index(), [[str(cell) for cell in row] for row in rows])


def refused(*rows: Row) -> list[str]:
    with pytest.raises(TableFault) as fault:
        laid(*rows)
    return [str(each) for each in fault.value.faults]


def as_csv(rows: list[Row], sign: str = ";") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=sign).writerows(rows)
    return file.getvalue().encode()


# The whole thing


def test_a_list_with_titles_other_words_and_a_footer_goes_in_as_it_is() -> None:
    made, sheet = book(*TITLES, WORDS, *people([]), *FOOT)
    for place in ("A1:C1", "D1:G1", "A4:G4", "A5:G5", "A12:G12", "B16:C16", "E13:G13"):
        sheet.merge_cells(place)
    found = read(made)
    assert names(found) == ["Lò Văn An", "Tao Thị Bình", "Vàng A Cơ"]
    first = found.people[0]
    assert (first.email, first.agency, first.position) == ("an@vi-du.gov.vn", "syt", "Phó Giám đốc")
    assert (first.phone, first.group) == ("0912000111", "hdnd")
    assert left_out(found) == [1, 2, 4, 5, 12, 13, 14, 15, 17, 18]
    assert [each.text for each in found.asides][-2:] == [
        "Vàng Thị Pằng | Lò Văn Hặc",
        "Ghi chú: danh sách này thay cho danh sách gửi kèm Công văn số 9.",
    ]
    assert "“Thư điện tử” là Email" in found.told


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_same_goes_in_as_csv(sign: str) -> None:
    found = read(as_csv([*TITLES, WORDS, *people([]), *FOOT], sign), name="ds.csv")
    assert names(found) == ["Lò Văn An", "Tao Thị Bình", "Vàng A Cơ"]
    assert left_out(found) == [1, 2, 4, 5, 12, 13, 14, 15, 17, 18]


def test_a_sheet_that_was_laid_out_stays_as_it_is() -> None:
    sheet = tables.table(saved(book(*TITLES, WORDS, *people(), *FOOT)[0]), "ds.xlsx", WANTED)
    once = layout.lay(sheet)
    twice = layout.lay(once.sheet)
    assert twice.sheet.rows == once.sheet.rows
    assert (twice.sheet.told, twice.asides) == (once.sheet.told, ())


# Headings


@pytest.mark.parametrize(
    "words",
    [
        ["Họ và tên", "Địa chỉ email", "Nhóm khảo sát", "Nơi công tác"],
        ["HỌ VÀ TÊN (viết hoa)", "E-mail (*)", "Đối tượng", "Cơ quan, đơn vị"],
        ["Tên", "Hòm thư", "Nhóm", "Đơn vị"],
        ["ho ten", "thu dien tu", "nhom doi tuong", "don vi cong tac"],
    ],
)
def test_other_words_for_a_title_are_read(words: Row) -> None:
    (found,) = laid(words, ["An", "an@vi-du.vn", "hdnd", "syt"]).people
    assert (found.name, found.email, found.group, found.agency) == (
        *("An", "an@vi-du.vn", "hdnd", "syt"),
    )


def test_an_own_title_goes_before_other_words_for_it() -> None:
    found = laid([*HEADING[:4], "Thư điện tử"], [*person(0, "syt"), "khac@vi-du.vn"])
    assert found.people[0].email == "n0@vi-du.vn"
    assert "Các cột không dùng đến, được bỏ qua: “Thư điện tử”." in found.warnings[0].message


def test_two_columns_that_may_be_one_title_are_asked_about() -> None:
    words: Row = ["Họ tên", "Thư điện tử", "Hòm thư", "Nhóm", "Cơ quan"]
    found = refused(words, ["An", "an@vi-du.vn", "x@vi-du.vn", "hdnd", "syt"])
    assert found[0].startswith("Dòng 1: Các cột B “Thư điện tử”, C “Hòm thư” đều có thể là “Email”")
    # Of two of which one is empty it is the other.
    (person_,) = laid(words, ["An", "", "x@vi-du.vn", "hdnd", "syt"]).people
    assert person_.email == "x@vi-du.vn"


def test_columns_are_what_an_officer_says() -> None:
    made, _sheet = book(["Ai", "Ở đâu", "Email", "Hộp"], ["An", "syt", "hdnd", "an@vi-du.vn"])
    sheet = tables.table(saved(made), "ds.xlsx", WANTED)
    assert layout.columns_of(sheet)[1] == layout.Column(1, "Ở đâu", "", ("syt",))
    chosen = {0: "Họ và tên", 1: "Cơ quan", 2: "Nhóm", 3: "Email"}
    found = layout.lay(sheet, chosen)
    assert found.sheet.rows[0] == ["Họ và tên", "Cơ quan", "Nhóm", "Email"]
    again = layout.lay(sheet, {0: "Họ và tên", 3: "Email"})
    assert again.sheet.rows[0] == ["Họ và tên", "Ở đâu", "Email (không dùng)", "Email"]


def test_of_columns_under_one_merged_title_an_officer_says_which_it_is() -> None:
    made, sheet = book([*HEADING[:4], ""], [*person(0), "", "syt"])
    sheet.merge_cells("D1:E1")
    came = tables.table(saved(made), "ds.xlsx", WANTED)
    with pytest.raises(TableFault, match="gộp nhiều cột"):
        rosterfile.read(index(), layout.lay(came))
    chosen = {0: "Họ và tên", 1: "Email", 2: "Nhóm", 4: "Cơ quan"}
    found = rosterfile.read(index(), layout.lay(came, chosen))
    assert [each.agency for each in found.people] == ["syt"]


def test_a_heading_of_two_lines_is_one() -> None:
    made, sheet = book(
        ["STT", "Họ và tên", "Liên hệ", "", "Nhóm", "Cơ quan", ""],
        ["", "", "Email", "Điện thoại", "", "Mã", "Tên"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        [1, "An", "an@vi-du.vn", "0912000111", "hdnd", "x", "syt"],
    )
    for place in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:G1"):
        sheet.merge_cells(place)
    with pytest.raises(TableFault) as doubt:
        read(made)
    assert "“Cơ quan (Mã)”" in str(doubt.value)
    sheet["F2"] = "Số hiệu"
    sheet["F4"] = None
    found = read(made)
    (only,) = found.people
    assert (only.name, only.email, only.phone) == ("An", "an@vi-du.vn", "0912000111")
    assert (only.group, only.agency) == ("hdnd", "syt")
    assert left_out(found) == [3]
    assert "Tiêu đề gồm hai dòng 1 và 2." in found.told


@pytest.mark.parametrize("first", ["Họ đệm", "Họ và tên đệm", "Họ"])
def test_a_name_in_two_columns_is_one(first: str) -> None:
    words: Row = ["STT", first, "Tên", "Email", "Nhóm", "Cơ quan"]
    found = laid(words, [1, "Lò Văn", "An", "an@vi-du.vn", "hdnd", "syt"])
    assert names(found) == ["Lò Văn An"]
    assert "Họ và tên ghép từ hai cột B, C." in found.told
    made, sheet = book(words, [1, "Lò Văn", "An", "an@vi-du.vn", "hdnd", "syt"])
    sheet["C2"] = "=Z1"
    with pytest.raises(TableFault, match="Dòng 2: Họ và tên: Ô có công thức"):
        read(made)


def test_one_title_over_both_columns_of_a_name_is_read() -> None:
    rows: list[Row] = [
        ["STT", "Họ và tên", "", "Email", "Nhóm", "Cơ quan"],
        [1, "Lò Văn", "An", "an@vi-du.vn", "hdnd", "syt"],
    ]
    made, sheet = book(*rows)
    sheet.merge_cells("B1:C1")
    assert names(read(made)) == ["Lò Văn An"]
    sheet["C2"] = "Phó Giám đốc"
    with pytest.raises(TableFault, match="gộp nhiều cột"):
        read(made)


def test_people_above_the_heading_are_not_lost() -> None:
    rows = [["Ai", "Hộp"], ["An", "an@vi-du.vn", "hdnd", "syt"], [], HEADING, person(0, "syt")]
    assert "Phía trên dòng tiêu đề có dòng giống một người: 2." in refused(*rows)[0]
    # Who has said that this is the heading is told of them as left out.
    texts = [[str(cell) for cell in row] for row in rows]
    chosen = layout.lay(texts, dict(enumerate(HEADING[:4])))
    assert (chosen.doubts, [each.row for each in chosen.asides]) == ((), [1, 2])
    assert names(rosterfile.read(index(), chosen)) == ["Người A"]


def test_words_of_the_heading_above_it_are_no_part_of_it() -> None:
    above: Row = ["Nhóm:", "Đại biểu HĐND tỉnh", "Đơn vị", "Sở Nội vụ"]
    assert laid(above, WORDS, *people()).people[0].agency == "syt"
    lacking = ["STT", *WORDS[1:6]]
    found = refused(above, lacking, *(row[:6] for row in people()))
    assert found == ["Dòng 2: Thiếu cột “Nhóm”. Thêm cột này vào dòng tiêu đề."]


def test_like_lists_on_two_sheets_are_refused_in_other_words_too() -> None:
    made, _sheet = book(WORDS, *people())
    for row in (["Họ đệm", "Tên", "Hòm thư", "Đối tượng"], ["Lò", "An", "x@vi-du.vn", "hdnd"]):
        (made["Bổ sung"] if "Bổ sung" in made else made.create_sheet("Bổ sung")).append(row)
    with pytest.raises(UnreadableTable, match="“Danh sách”, “Bổ sung”"):
        read(made)


# Rows that are nobody's, and rows that only look so


@pytest.mark.parametrize(
    "row",
    [
        ["Tổng cộng: 3 người"],
        ["", "Tổng số", "", "", "", 3],
        ["Cộng", "", "", "", 3, "người"],
        ["", "Tổng"],
        ["TỔNG CỘNG DANH SÁCH CÓ 3 (BA) NGƯỜI."],
        ["I", "Các sở, ban, ngành"],
        ["II. UBND huyện Tam Đường"],
        ["", "Sở Nội vụ"],
        ["Ghi chú: (*) là người mới chuyển đến"],
        ["", "Ấn định danh sách có 3 người"],
        ["- Những người đã nghỉ hưu không có trong danh sách này"],
        ["", "", "", "", "Lai Châu, ngày … tháng … năm 2026"],
        WORDS,
    ],
)
def test_a_row_that_is_nobodys_is_left_out_and_told(row: Row) -> None:
    found = laid(WORDS, *people(row))
    assert len(found.people) == 3
    assert left_out(found) == [4]


def test_a_sum_by_formula_is_a_sum() -> None:
    made, sheet = book(WORDS, *people(), ["", "Tổng cộng", "", "", "", "", ""])
    sheet["E5"] = "=COUNTA(E2:E4)"
    found = read(made)
    assert (len(found.people), left_out(found)) == (3, [5])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ([4, "Nguyễn Văn Tổng", "", "", "", "", "hdnd"], "Email: Để trống"),
        ([4, "Tổng", "", "", "", "", "hdnd"], "Email: Để trống"),
        (["", "Tống Văn Cộng"], "Email: Để trống"),
        (["", "Nguyễn Văn A"], "Email: Để trống"),
        (["", "NGUYỄN VĂN A", "Giám đốc", "Sở Y tế"], "Email: Để trống"),
        (["", "Lê Cộng", "", "Sở Y tế"], "Email: Để trống"),
        (["", "Ban Văn Sở", "", "", "ban@", ""], "Email “ban@”"),
        (["", "Ghi chú", "", "", "", "", "hdnd"], "Email: Để trống"),
    ],
)
def test_who_only_looks_like_a_line_of_the_list_is_a_bad_row(row: Row, fault: str) -> None:
    found = refused(WORDS, *people(row))
    assert any(each.startswith("Dòng 4: ") and fault in each for each in found)


def test_people_with_names_of_sums_and_signatures_are_people() -> None:
    rows: list[Row] = [
        [4, "Tổng", "", "", "tong@vi-du.vn", "", "hdnd"],
        [5, "Ghi Chú", "Giám đốc", "", "chu@vi-du.vn", "", "hdnd"],
        ["", "Lò Thị Ký", "", "", "ky@vi-du.vn", "", "hdnd"],
    ]
    assert len(laid(WORDS, *people(*rows)).people) == 6


def test_below_the_place_to_sign_only_who_has_no_address_and_no_group_is_left_out() -> None:
    sign: list[Row] = [["", "Người lập biểu"], ["", "Vàng Thị Pằng"]]
    late: Row = [9, "Giàng A Sính", "", "", "", "", "hdnd"]
    assert left_out(laid(WORDS, *people(), *sign)) == [5, 6]
    assert left_out(laid(WORDS, *people(), sign[0], ["", "", "", "", "Lò Văn Hặc"])) == [5, 6]
    assert any(each.startswith("Dòng 7: Email") for each in refused(WORDS, *people(), *sign, late))
    # A signature between two parts of a list may be somebody: it is a bad row.
    between = refused(WORDS, *people(*sign))
    assert {each.split(": ")[0] for each in between} == {"Dòng 5"}


def test_broken_cells_are_bad_rows_and_never_a_line_to_leave_out() -> None:
    made, sheet = book(WORDS, *people(["", "Sở Nội vụ"]))
    sheet["E4"] = "=Z1"
    with pytest.raises(TableFault, match="Dòng 4: Email: Ô có công thức"):
        read(made)


WRITTEN = st.sampled_from(
    [
        *("", "Tổng cộng", "Người lập biểu", "Ghi chú: x", "I", "1", "(1)", "Sở Nội vụ", "hdnd"),
        *("an@vi-du.vn", "binh@", "Nguyễn Văn Tổng", "GIÁM ĐỐC", "Họ tên", "Thư điện tử"),
        *("Nhóm đối tượng", "ngày 3 tháng 2 năm 2026", "#GỘP A4:G4", "#CÔNG THỨC"),
    ]
)


@given(st.lists(st.lists(WRITTEN, min_size=7, max_size=7), max_size=6))
def test_every_row_is_a_person_a_bad_row_or_told_as_left_out(rows: list[list[str]]) -> None:
    whole = [*TITLES, WORDS, *rows]
    found = layout.lay([list(map(str, row)) for row in whole])
    left = {each.row for each in found.asides}
    kept = {number for number, row in enumerate(found.sheet.rows, start=1) if any(row)}
    filled = {number for number, row in enumerate(whole, start=1) if any(row)}
    head = found.sheet.heading or 0
    assert left | kept | {head} == filled | {head}
    for number in left - {each for each in left if each <= head}:
        assert "an@vi-du.vn" not in whole[number - 1], "who has an address is never left out"
