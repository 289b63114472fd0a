"""The empty workbook: it teaches, it offers words, and it is told apart from a filled one."""

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from app.index import file as indexfile
from app.index.faults import IndexFault
from app.index.sheets import GUIDE, LAYOUTS
from app.papers import indexbook
from tests.making.blocks import LAI_CHAU

CHUNG = {"B2": "thu-2026", "B3": "Bộ chỉ số thử", "B4": 2026, "B5": 2, "B6": 2}


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(data: bytes | None = None) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data or indexbook.template()))


def lists(book: openpyxl.Workbook) -> list[Worksheet]:
    return [book[layout.title] for layout in LAYOUTS if layout.is_list]


def faults_of(data: bytes) -> list[str]:
    with pytest.raises(IndexFault) as caught:
        indexbook.read_book(data, "mau.xlsx")
    return [str(fault) for fault in caught.value.faults]


def test_the_untouched_template_tells_what_to_fill_in_and_each_example() -> None:
    found = faults_of(indexbook.template())
    blank = [fault for fault in found if fault.startswith("Chung, ô B")]
    examples = [fault for fault in found if "còn là dòng ví dụ; hãy xóa dòng này" in fault]
    empty = [fault for fault in found if "chưa có dòng nào; hãy thêm ít nhất một dòng" in fault]
    assert len(blank) == 5
    assert len(examples) == sum(sheet.max_row - 1 for sheet in lists(opened()))
    assert len(empty) == 6
    assert len(found) == len(blank) + len(examples) + len(empty)


def test_the_examples_without_their_marks_are_an_index() -> None:
    book = opened()
    for cell, value in CHUNG.items():
        book["Chung"][cell] = value
    for sheet in lists(book):
        for row in range(2, sheet.max_row + 1):
            cell: Any = sheet.cell(row, 1)
            assert cell.value.startswith("Ví dụ: ")
            cell.value = cell.value.removeprefix("Ví dụ: ")
    index = indexbook.read_book(saved(book), "mau.xlsx")
    assert (index.code, index.year) == ("thu-2026", 2026)
    assert [level.code for level in index.scales[0].levels] == ["A", "B", "C", "D"]
    assert indexbook.read_book(indexbook.write_book(index), "x.xlsx") == index


def test_rows_filled_in_below_deleted_examples_are_an_index() -> None:
    source = opened(indexbook.write_book(indexfile.parse(LAI_CHAU.read_bytes())))
    book = opened()
    for sheet in book.worksheets:
        if sheet.title != GUIDE:
            sheet.delete_rows(2, sheet.max_row)
            for row in source[sheet.title].iter_rows(min_row=2, values_only=True):
                sheet.append(row)
    index = indexbook.read_book(saved(book), "mau.xlsx")
    assert indexfile.digest(index) == indexfile.digest(indexfile.parse(LAI_CHAU.read_bytes()))


def test_an_example_that_is_left_is_told_though_all_else_is_right() -> None:
    book = opened(indexbook.write_book(indexfile.parse(LAI_CHAU.read_bytes())))
    book["Đơn vị"].append(["VÍ DỤ: stp", "Sở Tư pháp", "so"])
    row = book["Đơn vị"].max_row
    assert faults_of(saved(book)) == [
        f"Đơn vị, dòng {row}: còn là dòng ví dụ; hãy xóa dòng này, hoặc sửa thành dòng thật."
    ]


def test_the_first_sheet_tells_every_step_sheet_and_column() -> None:
    book = opened()
    assert book.sheetnames == [GUIDE, *(layout.title for layout in LAYOUTS)]
    said = "\n".join(str(c.value) for row in book[GUIDE].iter_rows() for c in row if c.value)
    for layout in LAYOUTS:
        assert layout.note in said
        for column in layout.columns:
            assert column.title in said
            assert column.note in said
    assert "TOML" not in said


def rules_of(sheet: Worksheet) -> dict[str, Any]:
    """Data validations by the first cell they hold for."""
    return {
        str(each.sqref).partition(":")[0]: each for each in sheet.data_validations.dataValidation
    }


@pytest.mark.parametrize("data", [None, LAI_CHAU], ids=["template", "lai-chau"])
def test_words_and_codes_of_other_sheets_are_offered(data: Any) -> None:
    book = opened(data and indexbook.write_book(indexfile.parse(data.read_bytes())))
    offered = {
        ("Tiêu chí", "E2"): '"Điều tra,Thẩm định,Lấy từ kết quả khác"',
        ("Đơn vị", "C2"): "'Khối'!$A$2:$A$5000",
        ("Câu hỏi", "C2"): '"Chấm điểm,Góp ý,Câu hỏi thêm"',
        ("Câu hỏi", "D2"): "'Tiêu chí'!$A$2:$A$5000",
        ("Câu hỏi", "E2"): "'Thang đo'!$A$2:$A$5000",
        ("Nhóm đối tượng", "D2"): '"Mọi đơn vị,Đơn vị được giao,Cơ quan mình"',
        ("Quy tắc", "B2"): '"Gộp chung,Theo trọng số nhóm"',
        ("Quy tắc", "B9"): '"Có,Không"',
        ("Cơ quan tổ chức", "B3"): "'Đơn vị'!$A$2:$A$5000",
    }
    for (sheet, cell), source in offered.items():
        rule = rules_of(book[sheet])[cell]
        assert (rule.type, rule.formula1) == ("list", source), (sheet, cell)
    assert str(rules_of(book["Tiêu chí"])["E2"].sqref) == "E2:E5000"


def test_every_choice_has_words_that_a_drop_down_can_hold_and_reading_tells_apart() -> None:
    for layout in LAYOUTS:
        for column in layout.columns:
            words = list(column.words.values())
            assert bool(words) == (column.kind == "choice")
            assert len(",".join(words)) <= 255
            assert not any("," in word for word in words)
            assert len({word.casefold() for word in words}) == len(words)
            assert len(column.title) <= 32
            assert len(column.note) <= 255


def test_every_key_of_the_index_file_has_its_column() -> None:
    """Against the table of docs/index-file.md."""
    text = (LAI_CHAU.parent.parent / "docs" / "index-file.md").read_text("utf-8")
    rows = re.findall(r"^\| *(.*?) *\| (`[^|]*`) *\|", text.split("## Tables")[1], re.MULTILINE)
    told: dict[str, set[str]] = {}
    table = ""
    for title, keys in rows:
        name = re.match(r"`\[+(\w+)\]+`", title)
        table = name[1] if name else table
        told.setdefault(table, set()).update(re.findall(r"`(\w+)`", keys))
    told.pop("")
    told["rules"].remove("classes")
    told["scales"] = told["scales"] - {"levels"} | {
        f"levels.{k}" for k in ("code", "label", "weight")
    }
    told["blocks"].remove("classes")
    told["classes"] = {"from", "label", "block"}
    assert told == {layout.key: {c.key for c in layout.columns} for layout in LAYOUTS}


def test_code_columns_are_formatted_as_text_down_to_the_last_row() -> None:
    sheet = opened()["Tiêu chí"]
    codes = sheet.column_dimensions["A"]  # and of the next, which looks the same
    assert (codes.min, codes.max, codes.number_format) == (1, 2, "@")
    assert sheet.column_dimensions["D"].number_format == "General"


def test_the_template_is_always_the_same() -> None:
    book = indexbook.template()
    assert indexbook.template() == book
    # Within one second it would be the same with the time of writing in it.
    core = zipfile.ZipFile(io.BytesIO(book)).read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2000-01-01T00:00:00Z"}
