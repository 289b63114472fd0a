"""The Excel workbook of a score sheet, read back by another library."""

import io
import re
import zipfile
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.index import file as indexfile
from app.index import rulewords
from app.papers.export import Document, to_xlsx
from app.scores import figures, yearwords
from app.scores.results import Results
from app.years.year import Earlier
from tests.making import twoyears
from tests.making.sheets import Case, levels, make_document, make_facts, make_index

BLOCKS = (
    {"code": "b1", "name": "Sở"},
    {"code": "b2", "name": "Đặc thù", "not_applicable": ["1.2"]},
)
LEAVES = (
    {"code": "1.1", "max_points": "1", "name": "Kịp thời"},
    {"code": "1.2", "max_points": "2/3", "name": "Khả thi"},
)
SUMMARY, BY_FIELD, BY_LEAF = "Tổng hợp", "Theo lĩnh vực", "Theo tiêu chí"
OWN_SUM = re.compile(r'=(IF|SUM)\([A-Z0-9(),=+*/:<"]*\)')
COUNTS, RULES = "Số phiếu theo câu hỏi", "Quy tắc"
COMPARED, CHARTS = "So sánh", "Biểu đồ"


def opened(found: Document) -> Any:
    return load_workbook(io.BytesIO(to_xlsx(found)))


def values(sheet: Any, since: int = 1) -> list[list[Any]]:
    """The cells of the rows from `since`, without empty ones at the ends of rows."""
    rows = []
    for row in sheet.iter_rows(min_row=since, values_only=True):
        cells = list(row)
        while cells and cells[-1] is None:
            cells.pop()
        rows.append(cells)
    return rows


def in_blocks(**rules: Any) -> Document:
    index = make_index(
        rules={"classes": [{"label": "Khá", "from": 50}]} | rules,
        leaves=LEAVES,
        blocks=BLOCKS,
        units=(
            {"code": "ttt", "name": "Thanh tra", "block": "b2"},
            {"code": "snv", "name": "Sở Nội vụ"},
            {"code": "stc", "name": "Sở Tài chính"},
            {"code": "sxd", "name": "Sở Xây dựng"},
        ),
    )
    answers = {
        ("q1", "ttt"): {"hdnd": levels(5)},
        ("q1", "snv"): {"hdnd": levels(1, 1, 1, 2)},
        ("q2", "snv"): {"hdnd": levels(0, 2), "xa": levels(3, none=4)},
        ("q1", "stc"): {"hdnd": levels(8, 0, 0, 2)},
    }
    return Case(index, answers, {}).document


def test_the_workbook_has_a_sheet_for_each_question_one_has() -> None:
    names = [SUMMARY, BY_FIELD, BY_LEAF, COUNTS, CHARTS, RULES]
    assert opened(make_document()).sheetnames == names
    beside = load_workbook(io.BytesIO(to_xlsx(in_blocks(), Earlier(in_blocks()))))
    compared = [COMPARED, "So sánh tiêu chí"]
    assert beside.sheetnames == [SUMMARY, BY_FIELD, BY_LEAF, COUNTS, *compared, CHARTS, RULES]


def test_the_table_of_the_provinces_has_four_columns_for_each_component() -> None:
    """Survey points are given, appraised ones are to be filled, and the sums follow."""
    document = in_blocks()
    sheet = opened(document)[BY_FIELD]
    rows = values(sheet, since=4)
    assert rows[0] == [None, None, "1. Chỉ đạo, điều hành", None, None, None, "Tổng"]
    assert rows[1] == ["STT", "Cơ quan", *(["ĐTXHH", "Thẩm định", "Tổng", "%"] * 2)]
    shown = {row[1]: row for row in rows[2:6]}
    assert list(shown) == ["Sở Tài chính", "Sở Nội vụ", "Sở Xây dựng", "Thanh tra"]
    for unit in document["units"]:
        row = shown[indexfile.read(document["index"]["content"]).unit_of[unit["code"]].name]
        points = "*" if unit["points"] is None else float(unit["points"])
        assert row[2] == row[6] == points
    # Nothing is appraised here, so the sum is there at once; without data there is none.
    assert shown["Sở Nội vụ"][4:6] == ['=IF(FALSE,"",N(C7)+N(D7))', '=IF(E7="","",100*E7/(5/3))']
    assert shown["Sở Xây dựng"][2:] == ["*", None, None, None, "*", '=IF(COUNT(D8)=0,"",SUM(D8))']


def test_a_component_with_appraised_points_waits_for_them() -> None:
    leaves = (*LEAVES, {"code": "1.3", "max_points": "4", "method": "appraisal"})
    index = make_index(leaves=leaves, max_points="17/3", survey_points="5/3")
    found = Case(index, {("q1", "snv"): {"hdnd": levels(5)}}, {}).document
    sheet = opened(found)[BY_FIELD]
    row = [cell.value for cell in sheet[6]]
    assert row[2:4] == [1, None]
    assert row[4:6] == ['=IF(D6="","",N(C6)+N(D6))', '=IF(E6="","",100*E6/(5))']
    assert row[6:] == [
        1,
        '=IF(COUNT(D6)=0,"",SUM(D6))',
        '=IF(COUNT(E6)<COUNTA(E6),"",N(G6)+N(H6))',
        '=IF(I6="","",100*I6/(5))',
    ]
    assert sheet["D6"].fill.fgColor.rgb == "FFFFF8DC"


def test_the_summary_ranks_the_units_within_their_blocks() -> None:
    rows = values(opened(in_blocks())[SUMMARY], since=4)
    assert rows[0] == [
        *("Hạng trong khối", "Đơn vị", "Khối", "Điểm", "Điểm tối đa", "Tỷ lệ %"),
        *("Điểm quy đổi, thang 5/3", "Xếp loại", "Số phiếu"),
    ]
    assert [[row[0], row[1], row[2], row[5]] for row in rows[1:5]] == [
        [1, "Sở Tài chính", "Sở", 80],
        [2, "Sở Nội vụ", "Sở", 55.2],
        ["*", "Sở Xây dựng", "Sở", "*"],
        [1, "Thanh tra", "Đặc thù", 100],
    ]


def test_one_list_is_ranked_as_one() -> None:
    rows = values(opened(in_blocks(ranking="one-list"))[SUMMARY], since=5)
    assert [row[1] for row in rows[:4]] == ["Thanh tra", "Sở Tài chính", "Sở Nội vụ", "Sở Xây dựng"]


def test_numbers_are_numbers_as_rounded_in_the_document_with_vietnamese_formats() -> None:
    row = opened(in_blocks())[SUMMARY][6]
    assert [cell.value for cell in row[:4]] == [2, "Sở Nội vụ", "Sở", 0.92]
    assert [cell.value for cell in row[4:]] == [pytest.approx(5 / 3), 55.2, 0.92, "Khá", 5]
    assert [row[column].data_type for column in (0, 3, 4, 5, 6, 8)] == ["n"] * 6
    assert row[0].number_format == "[$-42A]#,##0"
    assert row[3].number_format == row[5].number_format == "[$-42A]#,##0.00"


def test_what_is_missing_is_a_star_with_its_reason_beneath() -> None:
    book = opened(in_blocks())
    summary = values(book[SUMMARY], since=7)
    assert summary[0] == ["*", "Sở Xây dựng", "Sở", "*", "*", "*", "*", None, "dưới\u00a05"]
    assert summary[3:] == [
        ["* Sở Tài chính: chưa có số liệu cho tiêu chí “Khả thi”; điểm tối đa không gồm phần này."],
        ["* Sở Xây dựng: không có tiêu chí điều tra nào tính được điểm."],
    ]


def test_what_is_too_few_to_be_told_is_a_text_whoever_wrote_the_sheet() -> None:
    document = in_blocks()
    for stated in (None, 0, 4):
        document["units"][1]["ballots"] = stated
        row = opened(document)[SUMMARY][6]
        assert (row[1].value, row[8].value, row[8].data_type) == ("Sở Nội vụ", "dưới\u00a05", "s")
    document["units"][1]["ballots"] = 5
    assert opened(document)[SUMMARY][6][8].value == 5


def test_later_and_void_ballots_stand_among_the_facts_and_what_few_means_beneath() -> None:
    added = make_document(answers={}, facts=make_facts(issued_later=1234, altered=2))
    rules = {row[0]: row[1] for row in values(opened(added)[RULES], since=5)}
    assert rules["Trong đó cấp cho người thêm sau khi phát phiếu"] == 1234
    assert rules["Trong đó tuyên bố vô hiệu vì dữ liệu bị sửa hoặc mất"] == 2
    for name in (SUMMARY, COUNTS):
        assert values(opened(added)[name])[-1] == [figures.without_later(added)]
    rules = {row[0]: row[1] for row in values(opened(make_document())[RULES], since=5)}
    assert not [name for name in rules if "Trong đó" in name]


def test_units_by_leaves_leave_blank_what_does_not_apply() -> None:
    rows = values(opened(in_blocks())[BY_LEAF], since=4)
    assert rows[:5] == [
        ["Đơn vị", "Kịp thời", "Khả thi", "Tổng"],
        ["Thanh tra", 1, None, 1],
        ["Sở Nội vụ", 0.36, 0.56, 0.92],
        ["Sở Tài chính", 0.8, "*", 0.8],
        ["Sở Xây dựng", "*", "*", "*"],
    ]
    assert rows[5:7] == [[], ["Điểm tối đa", 1, 2 / 3]]
    empty = "Ô trống: tiêu chí không áp dụng cho đơn vị."
    assert rows[-2:] == [[empty], [figures.exact_sums()]]


def test_the_counts_stand_by_cell_and_level() -> None:
    rows = values(opened(in_blocks())[COUNTS], since=4)
    assert rows[0] == [
        *("Đơn vị", "Tiêu chí", "Câu hỏi", "Nhóm"),
        *("Mức A", "Mức B", "Mức C", "Mức D", "Không có ý kiến", "Tổng"),
    ]
    asked = "Ông/Bà đánh giá {} thế nào?".format
    assert rows[1:5] == [
        ["Thanh tra", "Kịp thời", asked("Thanh tra"), "Nhóm hdnd", 5, 0, 0, 0, 0, 5],
        ["Sở Nội vụ", "Kịp thời", asked("Sở Nội vụ"), "Nhóm hdnd", 1, 1, 1, 2, 0, 5],
        ["Sở Nội vụ", "Khả thi", asked("Sở Nội vụ"), "Nhóm hdnd; Nhóm xa", 3, 2, 0, 0, 4, 9],
        ["Sở Tài chính", "Kịp thời", asked("Sở Tài chính"), "Nhóm hdnd", 8, 0, 0, 2, 0, 10],
    ]
    assert rows[5][3:] == ["*"] * 7
    assert rows[-1] == ["* Có ít hơn 5 phiếu trả lời, không công bố và không tính điểm."]


def test_organiser_rules_and_both_digests_stand_on_a_sheet_of_their_own() -> None:
    path = Path(__file__).parent.parent / "indexes" / "weighting-groups.toml"
    found = Case(indexfile.parse(path.read_text("utf-8")), {}, {}).document
    rules = {row[0]: row[1] for row in values(opened(found)[RULES], since=5)}
    for name, text in {
        "Cơ quan tổ chức": "Sở Nội vụ",
        "Căn cứ": "Kế hoạch điều tra (giả định)",
        "E-mail": "cchc@vi-du.vn",
        "Kết thúc thu phiếu": "17\u00a0giờ\u00a000, thứ Bảy ngày\u00a004/3/2023",
        "Phiếu phát ra": 1611,
        "Phiếu đếm được trong hòm": 1204,
        "Phiếu mất hiệu lực: đã được cấp lại, không đếm": 1,
        "Giữ khóa hòm phiếu": "khóa trên máy chủ của cơ quan tổ chức",
        "Mở hòm phiếu cần hai người": "Không",
        "Mã kiểm tra bộ chỉ số": found["index"]["digest"],
        "Mã kiểm tra bảng điểm": found["digest"],
    }.items():
        assert rules[name] == text


def test_the_rules_are_told_in_the_words_of_pages_and_report() -> None:
    every = {"no_opinion": "zero", "own_unit": "allow", "choose_units": True}
    for changes in ({}, {**every, "participation_list": True, "weighting": "groups"}):
        found = in_blocks(**changes)
        rows = values(opened(found)[RULES], since=5)
        told = [row[1] for row in rows if row[0] == "Quy tắc tính điểm"]
        assert told == list(rulewords.in_words(indexfile.read(found["index"]["content"])))
    scale = dict(row[:2] for row in rows)["Thang đo"]
    assert scale.startswith("Mức A 1; Mức B 0,6")


def test_no_text_of_the_workbook_becomes_a_formula_a_number_or_a_link() -> None:
    units = tuple(
        {"code": f"u{number}", "name": name}
        for number, name in enumerate(("=1+1", "{=1+1}", "@SUM(A1)", "12", "http://vi-du.vn", "-1"))
    )
    book = opened(make_document(units=units, answers={}))
    names = [row[1] for row in values(book[SUMMARY], since=5)[:6]]
    assert sorted(names) == sorted(unit["name"] for unit in units)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                # Our own sums are made of cells and numbers alone.
                own = sheet.title == BY_FIELD and OWN_SUM.fullmatch(str(cell.value))
                assert cell.data_type != "f" or own
                assert cell.hyperlink is None


def test_a_text_longer_than_a_cell_is_cut_and_the_file_stays_whole() -> None:
    groups = tuple({"code": code, "name": code + "à" * 9_000} for code in "abcd")
    answers = {("q1", "snv"): {code: levels(2) for code in "abcd"}}
    found = Case(make_index(groups=groups), answers, {}).document
    assert len(values(opened(found)[COUNTS], since=5)[0][3]) == 32_767


def test_no_chart_is_cut_where_a_printed_page_ends() -> None:
    units = tuple({"code": f"d{n}", "name": f"Đơn vị {n}"} for n in range(45))
    sheet = opened(make_document(answers={}, external={}, units=units))[CHARTS]
    breaks = [each.id for each in sheet.row_breaks.brk]
    begins = [each.anchor._from.row for each in sheet._charts]
    assert len(begins) >= 2
    assert breaks
    for at in breaks:
        assert at in begins, "a page ends where a chart begins"
    for first, end in zip([0, *breaks], [*breaks, sheet.max_row], strict=True):
        assert end - first < 100


def test_headers_stay_in_sight_and_every_sheet_prints_across_its_paper() -> None:
    for sheet in opened(in_blocks()):
        assert sheet.freeze_panes is not None
        assert sheet.print_title_rows == ("$4:$5" if sheet.title == BY_FIELD else "$4:$4")
        paper = 8 if sheet.title == BY_FIELD else 9  # A3, A4
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (paper, "landscape")
        if sheet.title == CHARTS:
            # Fitted to its width no page would end where it is told to.
            assert 30 < sheet.page_setup.scale < 100
            continue
        assert sheet.sheet_properties.pageSetUpPr.fitToPage  # to one page across, the default
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.column_dimensions["A"].width > 5


def test_the_same_sheet_gives_the_same_workbook_dated_by_the_closing() -> None:
    first = to_xlsx(in_blocks())
    assert to_xlsx(in_blocks()) == first
    assert load_workbook(io.BytesIO(first)).properties.created == datetime(2023, 3, 4, 10)  # noqa: DTZ001
    core = zipfile.ZipFile(io.BytesIO(first)).read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2023-03-04T10:00:00Z"}


def test_an_external_percent_of_a_unit_without_data_is_no_point() -> None:
    found = make_document(answers={}, external={("snv", "8.2"): Fraction(50)})
    rows = values(opened(found)[BY_LEAF], since=5)
    assert rows[0] == ["Sở Nội vụ", "*", "*", "*", "*"]


def test_rows_are_as_high_as_what_wraps_in_them_and_can_be_filtered() -> None:
    long = "Tiêu chí có tên rất dài, " * 12
    leaves = tuple({"code": f"1.{place}", "max_points": "1", "name": long} for place in range(24))
    sheets = opened(make_document(leaves=leaves, answers={}))
    leaf = sheets[BY_LEAF]
    assert leaf.row_dimensions[4].height > 15 * 12
    assert leaf.auto_filter.ref == "A4:Z6"
    assert (leaf.page_setup.paperSize, leaf.page_setup.orientation) == (8, "landscape")
    counts = sheets[COUNTS]
    assert counts.row_dimensions[5].height > 15 * 5
    assert counts.auto_filter.ref.startswith("A4:J")
    assert sheets[SUMMARY].auto_filter.ref == "A4:I6"


def test_an_earlier_wave_stands_beside_by_percent_and_rank() -> None:
    before = in_blocks()
    before["units"][1] |= {"exact_percent": "80", "rank": 1}
    rows = values(
        load_workbook(io.BytesIO(to_xlsx(in_blocks(), Earlier(before))))[COMPARED], since=4
    )
    assert rows[0][2:5] == ["Tỷ lệ đợt trước, %", "Tỷ lệ đợt này, %", "Tăng, giảm (điểm phần trăm)"]
    assert rows[2] == ["Sở Nội vụ", "Sở", 80, 55.2, -24.8, 1, 2, -1]
    assert rows[3] == ["Sở Xây dựng", "Sở", *["*"] * 6]


def test_several_years_have_a_sheet_and_the_sentences_stand_beneath_the_table() -> None:
    older = Earlier(twoyears.sheet(2020, twoyears.THEN))
    last = Earlier(twoyears.sheet(2021, twoyears.THEN), twoyears.LINEAGE, older)
    results = Results(twoyears.sheet(2022, twoyears.NOW), last)
    book = load_workbook(io.BytesIO(to_xlsx(dict(results.document), last)))
    compared = [row[0] for row in values(book[COMPARED], since=4) if row]
    assert set(yearwords.of_units(results)) < set(compared)
    assert {words for _block, said in yearwords.all_of(results) for words in said} < set(compared)
    leaves = {row[1]: row[2:5] for row in values(book["So sánh tiêu chí"], since=4) if row[1:]}
    assert leaves["1.1 Tiêu chí 1.1"] == [
        70,
        90,
        20,
    ]  # (8 + 9 + 7 + 5 + 6) of 50, (9 + 8 + 9 + 10) of 40
    rows = values(book["Qua các năm"], since=4)
    assert rows[0][:4] == ["Tên", "2020", "2021", "2022"]
    assert rows[1][:4] == ["Sở, trung bình", 68.8, 68.8, 81]
    assert ["Sở Xây dựng", 90, 90, 80] in [row[:4] for row in rows]
    assert "Qua các năm" not in load_workbook(io.BytesIO(to_xlsx(in_blocks()))).sheetnames


def test_charts_are_drawn_with_a_comma_in_their_numbers() -> None:
    with zipfile.ZipFile(io.BytesIO(to_xlsx(in_blocks()))) as file:
        drawn = [name for name in file.namelist() if name.startswith("xl/charts/")]
        assert len(drawn) == 4  # two blocks by rank, two by component
        assert "<a:t>55,20</a:t>" in file.read(drawn[0]).decode()
