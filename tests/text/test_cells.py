"""Cells without a content of their own: each is a bad row that says why, none a blank."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from app.index import external
from app.index.external import read_external
from app.papers import rosterbook, tables
from app.papers.tables import UnreadableTable
from app.roster import badrows
from app.text.table import TableFault
from tests.making.lists import CASES, HEADING, book, changed, index, person, read, saved, sheet_of

MERGED = "Ô nằm trong vùng ô gộp {}, mà vùng ấy chỉ có nội dung ở ô đầu. Bỏ gộp ô"
NO_RESULT = "Ô có công thức chưa có kết quả"
ERROR = "Ô đang báo lỗi"


def faults(data: bytes | openpyxl.Workbook) -> list[str]:
    with pytest.raises(TableFault) as refused:
        read(data)
    return [str(fault) for fault in refused.value.faults]


def with_cell(place: str, write: Callable[[Worksheet, str], None]) -> list[str]:
    made, sheet = book(HEADING, person(0, "snv", "", "Trưởng phòng", "0912000111"))
    write(sheet, place)
    return faults(made)


def error(code: str) -> Callable[[Worksheet, str], None]:
    def write(sheet: Worksheet, place: str) -> None:
        sheet[place] = code
        sheet[place].data_type = "e"

    return write


def formula(sheet: Worksheet, place: str) -> None:
    sheet[place] = "=VLOOKUP(B2,Sheet2!A:B,2,FALSE)"


def test_the_case_of_a_merged_agency_names_the_range() -> None:
    found = faults((CASES / "01-merged-agency.xlsx").read_bytes())
    words = MERGED.format("D2:D4")
    assert [
        fault.startswith(f"Dòng {n}: Cơ quan: {words}") for n, fault in enumerate(found, 3)
    ] == [
        True,
        True,
    ]


@pytest.mark.parametrize("column", range(7))
@pytest.mark.parametrize(
    ("write", "words"), [(error("#N/A"), ERROR), (error("#REF!"), ERROR), (formula, NO_RESULT)]
)
def test_an_error_or_a_formula_without_a_result_is_a_bad_row_in_every_column(
    column: int, write: Callable[[Worksheet, str], None], words: str
) -> None:
    (fault,) = with_cell(f"{chr(65 + column)}2", write)
    assert fault.startswith(f"Dòng 2: {HEADING[column]}")
    assert words in fault


@pytest.mark.parametrize("column", range(7))
def test_a_piece_of_a_merge_is_a_bad_row_in_every_column(column: int) -> None:
    made, sheet = book(HEADING, *(person(n, "snv", "", "Trưởng phòng", "0912") for n in range(3)))
    letter = chr(65 + column)
    sheet.merge_cells(f"{letter}2:{letter}4")
    found = faults(made)
    assert [fault.split(": ")[0] for fault in found] == ["Dòng 3", "Dòng 4"]
    assert all(MERGED.format(f"{letter}2:{letter}4") in fault for fault in found)


def test_what_is_hidden_under_a_merge_does_not_count() -> None:
    made, sheet = book(HEADING, person(0, "snv"), person(1, "syt"))
    sheet.merge_cells("D2:D3")
    under = b'<c r="D3" t="inlineStr"><is><t>syt</t></is></c></row></sheetData>'

    def fill(xml: bytes) -> bytes:
        bare = re.sub(rb'<c r="D3".*?(/>|</c>)', b"", xml)
        return bare.replace(b"</row></sheetData>", under)

    (fault,) = faults(changed(made, fill))
    assert fault.startswith("Dòng 3: Cơ quan: ")


def test_a_merge_across_a_row_is_told_too() -> None:
    made, sheet = book(HEADING, person(0, "snv"), person(1, "syt"))
    sheet.merge_cells("C3:D3")
    assert faults(made) == [
        f"Dòng 3: Cơ quan: {MERGED.format('C3:D3')} (Unmerge Cells) rồi ghi vào từng ô."
    ]


def test_merges_beside_and_above_the_table_do_not_matter() -> None:
    made, sheet = book(["DANH SÁCH"], [], HEADING, person(0, "snv"), person(1, "syt"), [], [])
    sheet["H3"] = "Ghi chú"
    for place in ("A1:G2", "H4:H5", "A6:G7"):
        sheet.merge_cells(place)
    assert len(read(made).people) == 2


@pytest.mark.parametrize(("row", "text"), [(2, "I. Đại biểu HĐND tỉnh"), (4, "Người lập biểu")])
def test_a_line_across_the_list_is_nobody_and_told(row: int, text: str) -> None:
    """A title of a part, or the place to sign: unmerged and filled it would be a person."""
    made, sheet = book(HEADING, [], person(0, "snv"))
    sheet.cell(row, 1, text)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
    found = read(made)
    assert [each.name for each in found.people] == ["Người A"]
    assert [(each.row, each.text) for each in found.asides] == [(row, text)]


def test_a_line_across_the_list_that_may_be_somebody_is_to_be_deleted_or_filled() -> None:
    made, sheet = book(HEADING, [], person(0, "snv"))
    sheet.cell(2, 1, "Lò Văn Hặc")
    sheet.merge_cells("A2:C2")
    found = faults(made)
    assert {fault.split(": ")[0] for fault in found} == {"Dòng 2"}
    across = [fault for fault in found if "vùng ô gộp A2:C2 của một dòng" in fault]
    assert len(across) == 2
    assert all("xóa cả dòng" in fault for fault in across)


def test_a_heading_over_two_columns_is_asked_about_when_both_hold_something() -> None:
    made, sheet = book([*HEADING[:4], ""], person(0, "", "snv"))
    sheet.merge_cells("D1:E1")
    (fault,) = faults(made)
    assert fault.startswith("Dòng 1: Ô tiêu đề “Cơ quan” gộp nhiều cột, nên không rõ cột E là gì.")
    sheet["E2"] = None
    assert len(read(made).people) == 1


def test_rows_that_hold_nothing_but_formulas_are_not_lost() -> None:
    made, sheet = book(HEADING, person(0, "snv"))
    for column in "ABCD":
        sheet[f"{column}5"] = f"=Nguon!{column}1"
    assert {fault.split(": ")[0] for fault in faults(made)} == {"Dòng 5"}
    assert len(faults(made)) == 4


@pytest.mark.parametrize("value", [0, "", "snv"])
def test_a_result_that_the_workbook_itself_does_not_trust_is_none(value: object) -> None:
    """Programs that write formulas and do not calculate store a nought."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, person(0))
        sheet.write_formula(1, 3, "=Z1", None, value)
    if value == "snv":
        assert read(out.getvalue()).people[0].agency == "snv"
    else:
        (fault,) = faults(out.getvalue())
        assert fault.startswith(f"Dòng 2: Cơ quan: {NO_RESULT}")


def test_a_formula_whose_stored_result_is_an_empty_text_is_a_blank() -> None:
    made, _sheet = book(HEADING, person(0, "snv"))
    made.calculation.fullCalcOnLoad = False
    blank = b'<c r="E2" t="str"><f>IF(A1="","",A1)</f><v></v></c></row></sheetData>'
    data = changed(made, lambda xml: xml.replace(b"</row></sheetData>", blank))
    assert read(data).people[0].agency == "snv"


@pytest.mark.parametrize(
    "text", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#######", "Err:508", "Loading..."]
)
def test_an_error_that_came_as_a_text_is_an_error(text: str) -> None:
    lines = ";".join(HEADING[:4]) + f"\nAn;an@vi-du.vn;hdnd;{text}\n"
    with pytest.raises(TableFault, match=ERROR):
        read(lines.encode(), name="ds.csv")


@pytest.mark.parametrize("cell", ["0", "2023", '"=VLOOKUP(B2;M:N;2)"'])
def test_a_number_or_a_formula_is_no_agency(cell: str) -> None:
    lines = ";".join(HEADING[:4]) + f"\nAn;an@vi-du.vn;hdnd;{cell}\n"
    with pytest.raises(TableFault, match="Dòng 2: Cơ quan"):
        read(lines.encode(), name="ds.csv")


def test_dates_and_truths_are_told_for_what_they_are() -> None:
    made, sheet = book(HEADING, person(0, date(2026, 2, 1)), person(1, True))
    first, second = faults(made)
    assert "Dòng 2: Cơ quan “2026-02-01”: Excel đã đổi ô này thành ngày tháng" in first
    assert "Dòng 3: Cơ quan “TRUE”: Ô là giá trị đúng/sai" in second
    assert sheet.max_row == 3


@pytest.mark.parametrize("blank", ["\u00a0", "\u200b", "\ufeff \u3000"])
def test_cells_of_signs_that_nobody_sees_are_blank(blank: str) -> None:
    made, _sheet = book(HEADING, person(0, "snv", blank, blank), [blank] * 7)
    assert len(read(made).people) == 1
    made, _sheet = book(HEADING, [blank, *person(0, "snv")[1:]])
    assert faults(made) == ["Dòng 2: Họ và tên: Không có tên. Điền họ và tên."]


def test_rich_text_and_apostrophes_read_as_they_are_seen() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet, bold = made.add_worksheet(), made.add_format({"bold": True})
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ["", "'an@vi-du.vn", "'hdnd", "'snv"])
        sheet.write_rich_string(1, 0, "Lò ", bold, "Thị", " Hoa")
    (found,) = read(out.getvalue()).people
    assert (found.name, found.email, found.agency) == ("Lò Thị Hoa", "an@vi-du.vn", "snv")


def test_bad_cells_that_are_downloaded_and_sent_again_are_still_bad() -> None:
    made, sheet = book(HEADING, person(0, "snv"), person(1), person(2))
    sheet.merge_cells("D2:D3")
    formula(sheet, "D4")
    table = sheet_of(made)
    with pytest.raises(TableFault) as refused:
        read(made)
    bad = badrows.of(table, refused.value.faults, "ds.xlsx", refused.value.told)
    assert badrows.unpack(badrows.pack(bad)) == bad
    heading, *lines = bad.sheet
    found = faults(rosterbook.table("Dòng cần sửa", heading, lines))
    assert [MERGED.format("D2:D3") in found[0], NO_RESULT in found[1], len(found)] == [
        True,
        True,
        2,
    ]


# The file of outside results


def percents(*rows: Sequence[object], formats: str = "General", merged: str = "") -> list[str]:
    """What is wrong with a file of outside results, or what it holds."""
    made, sheet = book(["Đơn vị", "Tiêu chí", "Tỷ lệ"], *rows)
    for row in range(2, len(rows) + 2):
        sheet.cell(row, 3).number_format = formats
    if merged:
        sheet.merge_cells(merged)
    table = tables.table(saved(made), "sipas.xlsx", external.WANTED)
    try:
        found = read_external(index(), table).percents
    except TableFault as refused:
        return [str(fault) for fault in refused.faults]
    return [f"{unit} {code} {float(percent):g}" for (unit, code), percent in found.items()]


@pytest.mark.parametrize(
    ("cells", "place", "words"),
    [
        (["snv", 1.1, 79], "Tiêu chí “1.1”", "Excel giữ mã này như một số"),
        (["snv", 1, 79], "Tiêu chí “1”", "Excel giữ mã này như một số"),
        ([7, "1.1", 79], "Đơn vị “7”", "Excel giữ mã này như một số"),
        (["snv", "1.1", 0.79], "Tỷ lệ “0.79”", "Không rõ là phần trăm hay phần của 1"),
        (["snv", "1.1", 1], "Tỷ lệ “1”", "Không rõ là phần trăm hay phần của 1"),
        (["snv", "1.1", "=A1"], "Tỷ lệ", NO_RESULT),
        (["snv", "1.1", "#N/A"], "Tỷ lệ “#N/A”", ERROR),
        (["=A1", "1.1", 79], "Đơn vị", NO_RESULT),
    ],
)
def test_a_code_or_percent_that_excel_changed_is_refused(
    cells: list[object], place: str, words: str
) -> None:
    (fault,) = percents(cells)
    assert fault.startswith(f"Dòng 2: {place}")
    assert words in fault


def test_a_percent_that_shows_its_sign_is_taken_as_it_shows() -> None:
    assert percents(["snv", "1.1", 0.79], formats="0%") == ["snv 1.1 79"]
    assert percents(["snv", "1.10", 0.0079], formats="0.00%") == ["snv 1.10 0.79"]
    assert percents(["snv", "1.1", "0,79 %"]) == ["snv 1.1 0.79"]
    assert percents(["snv", "1.1", 0], ["stc", "1.1", 100]) == ["snv 1.1 0", "stc 1.1 100"]
    assert "Ngoài khoảng" in percents(["snv", "1.1", 79], formats="0%")[0]


def test_merged_units_and_percents_are_refused() -> None:
    rows = (["snv", "1.1", 79], ["snv", "1.10", 80])
    assert MERGED.format("A2:A3") in percents(*rows, merged="A2:A3")[0]
    assert MERGED.format("C2:C3") in percents(*rows, merged="C2:C3")[0]


# Hostile


def test_a_sheet_of_a_million_merges_or_of_enormous_ones_is_refused() -> None:
    made, _sheet = book(HEADING, *(person(0, "snv") for _row in range(3_000)))
    for merges in (
        b'<mergeCell ref="D2:D3"/>' * 1_000_000,
        b'<mergeCell ref="A1:XFD1048576"/>' * 1_000,
    ):
        end = b"</sheetData><mergeCells>" + merges + b"</mergeCells>"
        with pytest.raises(UnreadableTable, match="quá lớn"):
            read(changed(made, lambda xml, end=end: xml.replace(b"</sheetData>", end)))
