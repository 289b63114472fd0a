"""Annexes made up after public ones: a workbook and two Word files, each of its own layout."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl.styles import Alignment, Font

# A field with its criteria, of these the leaves: name, survey points, appraised points.
Leaf = tuple[str, str, str]
FIELDS: Sequence[tuple[str, Sequence[tuple[str, Sequence[Leaf]]]]] = (
    (
        "CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
        (
            (
                "Kế hoạch cải cách hành chính năm",
                (
                    ("Ban hành kế hoạch kịp thời", "", "1"),
                    ("Mức độ hoàn thành kế hoạch", "", "2"),
                    ("Chất lượng kế hoạch", "1,5", ""),
                ),
            ),
            (
                "Vai trò của người đứng đầu",
                (
                    ("Sự chỉ đạo của người đứng đầu", "1,5", ""),
                    ("Sáng kiến trong cải cách hành chính", "1", "2"),
                ),
            ),
        ),
    ),
    (
        "CẢI CÁCH THỂ CHẾ",
        (
            (
                "Xây dựng văn bản quy phạm pháp luật",
                (
                    ("Tham mưu ban hành văn bản đúng tiến độ", "", "2,5"),
                    ("Tính khả thi của văn bản tham mưu", "2", ""),
                    ("Tính đồng bộ của văn bản tham mưu", "2", ""),
                ),
            ),
            ("Rà soát văn bản", (("Xử lý văn bản sau rà soát", "", "1,5"),)),
        ),
    ),
    (
        "CẢI CÁCH THỦ TỤC HÀNH CHÍNH",
        (
            (
                "Thực hiện cơ chế một cửa",
                (
                    ("Niêm yết công khai thủ tục", "", "1"),
                    ("Số hóa hồ sơ", "", "1"),
                    ("Hồ sơ trả đúng hạn", "", "1"),
                    ("Xin lỗi khi trễ hạn", "", "1"),
                    ("Cập nhật cơ sở dữ liệu quốc gia", "", "1"),
                    ("Rà soát, đơn giản hóa thủ tục", "", "1"),
                    ("Phản ánh, kiến nghị được xử lý", "", "1"),
                    ("Hồ sơ trực tuyến toàn trình", "", "1"),
                    ("Thanh toán trực tuyến", "", "1"),
                    ("Thái độ phục vụ của công chức", "3", ""),
                ),
            ),
        ),
    ),
)


def workbook() -> bytes:
    """Titles above, a heading of two rows, criteria that Excel keeps as numbers (1.10 is 1.1), a
    field whose sum is wrong by a half, a row that adds up, who signs, and a sheet beside."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    _titles(sheet)
    bold = Font(bold=True)
    row, whole = 8, 0.0
    for field, (name, criteria) in enumerate(FIELDS, start=1):
        stated = sum(_sum(leaves) for _name, leaves in criteria)
        whole += stated
        # The second field is printed half a point too high, and the sum of all with it.
        shown = stated + 0.5 if field == 2 else stated
        whole += shown - stated
        for column, value in enumerate((("I", "II", "III")[field - 1], name, shown), start=1):
            sheet.cell(row, column, value).font = bold
        row += 1
        for place, (criterion, leaves) in enumerate(criteria, start=1):
            deep = len(criteria) > 1
            if deep:
                sheet.cell(row, 1, float(f"{field}.{place}"))
                sheet.cell(row, 2, criterion)
                sheet.cell(row, 3, _sum(leaves))
                row += 1
            for number, (leaf, survey, appraisal) in enumerate(leaves, start=1):
                mark = f"{field}.{place}.{number}" if deep else float(f"{field}.{number}")
                sheet.cell(row, 1, mark)
                sheet.cell(row, 2, leaf).alignment = Alignment(indent=1)
                sheet.cell(row, 3, _number(survey) + _number(appraisal))
                for column, text in ((4, survey), (5, appraisal)):
                    if text:
                        sheet.cell(row, column, _number(text))
                row += 1
    sheet.cell(row, 1, "TỔNG CỘNG").font = bold
    sheet.cell(row, 3, whole)
    sheet.merge_cells(f"A{row}:B{row}")
    sheet.cell(row + 2, 4, "TM. ỦY BAN NHÂN DÂN")
    sheet.cell(row + 3, 4, "CHỦ TỊCH")
    other = book.create_sheet("Danh sách cơ quan")
    for each in ("Sở Nội vụ", "Sở Tài chính"):
        other.append([each])
    return _kept(book)


def _kept(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _titles(sheet: Any) -> None:
    sheet.title = "Phụ lục 1"
    bold = Font(bold=True)
    sheet["A1"] = "ỦY BAN NHÂN DÂN TỈNH A"
    sheet["A2"] = "BỘ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH CÁC SỞ, BAN, NGÀNH TỈNH A NĂM 2025"
    sheet["A3"] = "(Kèm theo Quyết định số 123/QĐ-UBND ngày 15/3/2025)"
    for ref in ("A1:F1", "A2:F2", "A3:F3", "A5:A6", "B5:B6", "C5:C6", "D5:E5", "F5:F6"):
        sheet.merge_cells(ref)
    for ref, text in {
        "A5": "STT",
        "B5": "Lĩnh vực/Tiêu chí/Tiêu chí thành phần",
        "C5": "Điểm tối đa",
        "D5": "Trong đó",
        "D6": "Điểm ĐTXHH",
        "E6": "Điểm thẩm định",
        "F5": "Ghi chú",
    }.items():
        sheet[ref] = text
        sheet[ref].font = bold
    for column, text in enumerate(("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"), start=1):
        sheet.cell(7, column, text)


def _number(text: str) -> float:
    return float(text.replace(",", ".") or 0)


def _sum(leaves: Sequence[Leaf]) -> float:
    return sum(_number(survey) + _number(appraisal) for _name, survey, appraisal in leaves)


def _shown(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def two_sheets() -> bytes:
    """An annex for sở and a shorter one for xã, without a word of surveys."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, fields in (("Sở", 3), ("Xã", 2)):
        sheet = book.create_sheet(name)
        sheet.append(("TT", "Nội dung", "Điểm chuẩn"))
        for field in range(1, fields + 1):
            sheet.append((field, f"Lĩnh vực thứ {field}", 4 - field))
            for place in range(1, 4 - field + 1):
                sheet.append((f"{field}.{place}", f"Tiêu chí {field}-{place}", 1))
    return _kept(book)


def word_of_columns() -> bytes:
    """One table over several pages: a column for each level, fields and criteria merged downwards,
    numbers that Word makes itself, the heading repeated, what is surveyed said in a column."""
    document = Document()
    document.add_heading("PHỤ LỤC", 1)
    document.add_paragraph("Chỉ số cải cách hành chính các xã, phường tỉnh B năm 2025")
    table = document.add_table(0, 6)
    heading = ("TT", "Lĩnh vực", "Tiêu chí", "Tiêu chí thành phần", "Thang điểm", "Phương pháp")
    number = _numbered(document)
    _put(table, heading)
    for field, (name, criteria) in enumerate(FIELDS):
        first = None
        for criterion, leaves in criteria:
            top = None
            for leaf, survey, appraisal in leaves:
                if leaf == "Hồ sơ trả đúng hạn":  # the next page
                    _put(table, heading)
                    first = top = None
                points = _shown(_number(survey) + _number(appraisal))
                how = "Điều tra xã hội học" if survey else "Thẩm định"
                if leaf == "Sáng kiến trong cải cách hành chính":
                    how = ""
                cells = _put(table, ("", "", "", leaf, points, how))
                if first is None:
                    first = cells[1]
                    first.text = f"{'I' * (field + 1)}. {name}"
                    if leaf != "Hồ sơ trả đúng hạn":
                        _list(cells[0], number)
                else:
                    first.merge(cells[1])
                if top is None:
                    top = cells[2]
                    top.text = criterion
                else:
                    top.merge(cells[2])
    _put(table, ("", "Tổng cộng", "", "", _shown(sum(map(_of_field, FIELDS))), ""))
    return _saved(document)


def _of_field(field: tuple[str, Sequence[tuple[str, Sequence[Leaf]]]]) -> float:
    return sum(_sum(leaves) for _name, leaves in field[1])


def word_of_fields() -> bytes:
    """A table for each field, its name in a line above; how points are given in rows with dashes
    below; one criterion numbered twice; the results of SIPAS inside."""
    document = Document()
    document.add_paragraph("BỘ TIÊU CHÍ ĐÁNH GIÁ CẢI CÁCH HÀNH CHÍNH CẤP XÃ NĂM 2025")
    for field, (name, criteria) in enumerate(FIELDS, start=1):
        points = _shown(_of_field((name, criteria)))
        document.add_paragraph(f"Lĩnh vực {field}: {name.capitalize()} ({points} điểm)")
        table = document.add_table(0, 4)
        _put(table, ("Số TT", "Nội dung tiêu chí", "Điểm chuẩn", "Ghi chú"))
        for place, (criterion, leaves) in enumerate(criteria, start=1):
            _put(table, (str(place), criterion, _shown(_sum(leaves)), ""))
            for number, (leaf, survey, appraisal) in enumerate(leaves, start=1):
                mark = f"{place}.{number}"
                if leaf == "Tính đồng bộ của văn bản tham mưu":
                    mark = f"{place}.{number - 1}"
                points = _shown(_number(survey) + _number(appraisal))
                _put(table, (mark, leaf, points, "ĐTXHH" if survey else ""))
                if appraisal == "2,5":
                    _put(table, ("", "- Đúng tiến độ: 2,5 điểm", "2,5", ""))
                    _put(table, ("", "- Trễ dưới 15 ngày: 1 điểm", "1", ""))
    document.add_paragraph("Lĩnh vực 4: Tác động của cải cách hành chính (10 điểm)")
    table = document.add_table(0, 4)
    _put(table, ("Số TT", "Nội dung tiêu chí", "Điểm chuẩn", "Ghi chú"))
    _put(table, ("1", "Sự hài lòng của người dân", "10", "Theo kết quả SIPAS"))
    document.add_paragraph("Tổng cộng: 34,5 điểm")
    return _saved(document)


def _put(table: Any, texts: Sequence[str]) -> list[Any]:
    cells = table.add_row().cells
    for cell, text in zip(cells, texts, strict=True):
        cell.text = text
    return list(cells)


def _numbered(document: Any) -> str:
    """A list of its own that counts 1. 2. 3.; gives its number."""
    part = document.part.numbering_part.element
    kind = OxmlElement("w:abstractNum")
    kind.set(qn("w:abstractNumId"), "77")
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), "0")
    for tag, value in (("start", "1"), ("numFmt", "decimal"), ("lvlText", "%1.")):
        child = OxmlElement(f"w:{tag}")
        child.set(qn("w:val"), value)
        level.append(child)
    kind.append(level)
    part.insert(0, kind)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "77")
    of = OxmlElement("w:abstractNumId")
    of.set(qn("w:val"), "77")
    number.append(of)
    part.append(number)
    return "77"


def _list(cell: Any, number: str) -> None:
    """Make the paragraph of a cell one of a list."""
    properties = cell.paragraphs[0]._p.get_or_add_pPr()
    of = OxmlElement("w:numPr")
    for tag, value in (("ilvl", "0"), ("numId", number)):
        child = OxmlElement(f"w:{tag}")
        child.set(qn("w:val"), value)
        of.append(child)
    properties.append(of)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
