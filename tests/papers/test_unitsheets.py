"""What goes to each unit: its own numbers, the cells of the sheet, nothing of another by name."""

import io
import zipfile
from datetime import UTC, datetime

from app.papers import unitsheets, verifier
from app.papers.export import to_docx
from app.papers.verify import verify
from app.scores import letterhead
from app.scores.course import Course
from app.scores.turnout import Cell
from app.years.year import Earlier
from tests.making.sheets import make_document
from tests.making.words import markup_of, opened, table_of, tables, text_of
from tests.papers.test_report import sheet

HEAD = letterhead.guessed("Sở Nội vụ tỉnh Lai Châu")
LAUNCHED = datetime(2023, 2, 20, 1, tzinfo=UTC)
CELLS = (Cell(("Nhóm hdnd",), 40, 30), Cell(("Nhóm xa", "Nhóm so"), 1571, 1174))


def make_course(cells: tuple[Cell, ...] | None = CELLS) -> Course:
    return Course(HEAD, LAUNCHED, LAUNCHED, cells)


def test_a_unit_reads_its_rank_its_points_and_those_of_its_block() -> None:
    data = unitsheets.together(sheet(), Earlier(sheet()), make_course(), "snv")
    said = dict(map(tuple, table_of(data, "Nội dung", "Kết quả")))
    assert said["Tỷ lệ phần trăm"] == "55,20"
    assert said["Hạng, trên số đơn vị"] == "2 / 3"
    assert said["Trung bình của khối, %"] == "67,60"
    assert said["Tăng, giảm so với đợt trước"] == "0,00"
    (row,) = [row for row in table_of(data, "Tiêu chí") if row[0] == "Kịp thời"]
    assert row == ["Kịp thời", "0,36", "1", "36,00", "58,00", "▼ 22,00", "36,00"]
    for other in ("Sở Tài chính", "Thanh tra", "Sở Xây dựng"):
        assert other not in markup_of(data)


def test_counts_are_those_of_the_cells_and_none_where_the_sheet_has_none() -> None:
    rows = table_of(
        unitsheets.together(sheet(), None, make_course(), "snv"), "Câu hỏi, nhóm đối tượng"
    )
    assert rows[0] == ["Ông/Bà đánh giá Sở Nội vụ thế nào?"] * 7
    assert rows[1] == ["Nhóm hdnd", "1", "1", "1", "2", "0", "5"]
    assert rows[3] == ["Nhóm hdnd; Nhóm xa", "3", "2", "0", "0", "4", "9"]
    few = table_of(
        unitsheets.together(sheet(), None, make_course(), "stc"), "Câu hỏi, nhóm đối tượng"
    )
    assert few[-1] == ["Có ít hơn 5 phiếu trả lời, không công bố."] * 7
    alone = unitsheets.together(sheet(), None, make_course(), "sxd")
    assert "không có điểm và không xếp hạng" in text_of(alone)


def test_all_units_stand_in_one_file_or_in_one_each() -> None:
    document, course = sheet(), make_course()
    data = unitsheets.together(document, None, course)
    assert unitsheets.together(document, None, course) == data
    book = opened(data)
    assert len(book.sections) == 4
    assert all(each.different_first_page_header_footer for each in book.sections)
    found = unitsheets.apart(document, None, course)
    assert unitsheets.apart(document, None, course) == found
    with zipfile.ZipFile(io.BytesIO(found)) as file:
        sheets = ["1-ttt.docx", "2-snv.docx", "3-stc.docx", "4-sxd.docx"]
        assert file.namelist() == [*sheets, "bang-diem.json", "kiem-tra.html"]
        assert verify(file.read("bang-diem.json")).digest == document["digest"]
        assert file.read("kiem-tra.html") == verifier.page()
        assert file.read("2-snv.docx") == unitsheets.together(document, None, course, "snv")


def test_the_report_tells_when_ballots_went_out_and_how_many_came_back_by_group() -> None:
    data = to_docx(make_document(), None, make_course())
    assert "Phát phiếu ngày\u00a020/02/2023; kết thúc thu phiếu lúc" in text_of(data)
    assert table_of(data, "Nhóm đối tượng") == [
        ["Nhóm hdnd", "40", "30", "75,0"],
        ["Nhóm xa; Nhóm so", "1.571", "1.174", "74,7"],
        ["Tổng số", "1.611", "1.204", "74,7"],
    ]
    head, number = tables(data)[0]
    assert head[0].split("\n")[:2] == ["UBND tỉnh Lai Châu", "Sở Nội vụ"]
    assert number == ["Số: ………/BC-SNV", "Lai Châu, ngày …… tháng …… năm ………"]
    assert to_docx(make_document(), None, make_course()) == data


def test_groups_are_not_told_where_they_cannot_be() -> None:
    few = text_of(to_docx(make_document(), None, make_course(())))
    assert "Không nêu số phiếu theo nhóm: quá ít phiếu" in few
    unknown = to_docx(make_document(), None, make_course(None))
    assert not [rows for rows in tables(unknown) if rows[0][0] == "Nhóm đối tượng"]


def test_a_chart_has_its_numbers_with_a_comma_and_a_workbook_of_its_own() -> None:
    data = to_docx(sheet())
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = file.namelist()
        charts = [name for name in names if name.startswith("word/charts/chart")]
        books = [name for name in names if name.startswith("word/embeddings/")]
        assert len(charts) == len(books) >= 4
        first = file.read("word/charts/chart1.xml").decode()
        assert "<a:t>80,00</a:t>" in first
        assert "<c:v>80.00</c:v>" in first
        for name in books:
            with zipfile.ZipFile(io.BytesIO(file.read(name))) as book:
                assert "xl/worksheets/sheet1.xml" in book.namelist()


def test_what_the_agency_writes_has_its_place() -> None:
    said, found = text_of(to_docx(sheet())), markup_of(to_docx(sheet()))
    for title in ("Đánh giá chung", "Tồn tại, nguyên nhân", "Kiến nghị"):
        assert title in said
    assert found.count("<w:showingPlcHdr") == 3


def test_years_are_told_by_name() -> None:
    document, before = sheet(), sheet()
    before["index"]["content"]["index"]["year"] = "2021"
    data = to_docx(document, Earlier(before))
    assert "trên 3 đơn vị tăng so với năm 2021." in text_of(data)
    assert table_of(data, "Cơ quan", "Năm 2021", "Năm 2022")
    assert "thu-2022" not in text_of(data)
