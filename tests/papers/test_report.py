"""The Word report of a score sheet: what it says is what the sheet and the pages say."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

from hypothesis import HealthCheck, given, settings

from app.index import file as indexfile
from app.index import rulewords
from app.index.definition import Index
from app.papers.export import Document, to_docx, to_xlsx
from app.scores import components, figures, report
from app.scores.paper import Table, Text
from app.scores.results import Results
from app.years.year import Earlier
from tests.making.blocks import make_index as index_of_file
from tests.making.sheets import Case, cases, changed, levels, make_document, make_facts, make_index
from tests.making.words import opened, table_of, tables, text_of

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
UNITS = (
    {"code": "ttt", "name": "Thanh tra", "block": "b2"},
    {"code": "snv", "name": "Sở Nội vụ"},
    {"code": "stc", "name": "Sở Tài chính"},
    {"code": "sxd", "name": "Sở Xây dựng"},
)
ANSWERS = {
    ("q1", "ttt"): {"hdnd": levels(5)},
    ("q1", "snv"): {"hdnd": levels(1, 1, 1, 2)},
    ("q2", "snv"): {"hdnd": levels(0, 2), "xa": levels(3, none=4)},
    ("q1", "stc"): {"hdnd": levels(8, 0, 0, 2)},
}


def sheet(answers: Any = None, name: str = "Kịp thời", **rules: Any) -> Document:
    """Four units in two blocks; one has gaps and one no data at all."""
    index = make_index(
        rules={"classes": [{"label": "Khá", "from": 60}]} | rules,
        leaves=(
            {"code": "1.1", "max_points": "1", "name": name},
            {"code": "1.2", "max_points": "2/3", "name": "Khả thi"},
        ),
        blocks=({"code": "b1", "name": "Sở"}, {"code": "b2", "not_applicable": ["1.2"]}),
        units=UNITS,
    )
    return Case(index, answers or ANSWERS, {}).document


def rank_rows(data: bytes) -> list[list[str]]:
    return [row for rows in tables(data) if rows[0][0] == "Hạng" for row in rows[1:]]


@given(cases())
@FEW
def test_every_number_of_the_ranking_is_that_of_the_page(case: Case) -> None:
    results = Results(case.document)
    said = report.paper(case.document)
    ranks = [
        part for part in said.parts if isinstance(part, Table) and part.columns[0].title == "Hạng"
    ]
    assert len(ranks) == len(results.lists())
    for table, shown in zip(ranks, results.lists(), strict=True):
        titles = [column.title for column in table.columns]
        assert len(table.rows) == len(shown.units)
        for row, unit in zip(table.rows, shown.units, strict=True):
            cells = dict(zip(titles, row, strict=True))
            assert cells["Cơ quan"] == unit.name
            assert cells["Hạng"] == ("*" if unit.rank is None else str(unit.rank))
            assert cells["Tỷ lệ %"] == unit.percent
            assert cells["Điểm"].removesuffix("*") == unit.points.removesuffix("*")
            assert cells["Tối đa"] == (unit.max_points or "*")
            assert cells["Loại"] == (unit.label or "*")
            assert cells["Số phiếu"] == unit.ballots
        if shown.mean:
            means = [part.text for part in said.parts if isinstance(part, Text)]
            assert any(f"trung bình {shown.mean}%" in text for text in means)


@given(cases())
@FEW
def test_the_components_of_a_unit_add_up_to_the_unit(case: Case) -> None:
    for unit, exact in zip(case.document["units"], case.sheet.units, strict=True):
        parts = components.of_unit(case.index, unit)
        known = [part for part in parts.values() if part.points is not None]
        if unit["reason"] is None:
            assert sum(part.points or 0 for part in known) == exact.points
            assert sum(part.max_points for part in known) == exact.max_points
            # Here each leaf stands right under its component.
            above = {leaf.code: case.index.criterion_of[leaf.code].parent for leaf in exact.leaves}
            split = {above[code] for code in unit["missing"]}
            assert {code for code, part in parts.items() if not part.whole} == split
            for code, part in parts.items():
                here = [leaf for leaf in exact.leaves if above[leaf.code] == code]
                assert (part.points or 0) == sum(leaf.points or 0 for leaf in here)
                if part.percent is not None:
                    assert part.percent * part.max_points == 100 * part.points
        else:
            assert not known


def test_the_ranking_stands_in_the_file_block_by_block() -> None:
    data = to_docx(sheet())
    assert rank_rows(data) == [
        ["1", "Sở Tài chính", "80,00", "0,80*", "1", "Khá", "10"],
        ["2", "Sở Nội vụ", "55,20", "0,92", "5/3", "*", "5"],
        ["*", "Sở Xây dựng", "*", "*", "*", "*", "dưới\u00a05"],
        ["1", "Thanh tra", "100,00", "1,00", "1", "Khá", "5"],
    ]
    said = text_of(data)
    assert "3 đơn vị, trung bình 67,60%. Dẫn đầu là Sở Tài chính (80,00%)." in said
    assert "Xếp loại: Khá 1 đơn vị; chưa xếp loại 2 đơn vị." in said


def test_one_list_is_ranked_as_one_with_the_block_beside() -> None:
    data = to_docx(sheet(ranking="one-list"))
    rows = table_of(data, "Hạng", "Cơ quan", "Khối")
    assert [row[:3] for row in rows] == [
        ["1", "Thanh tra", "Khối b2"],
        ["2", "Sở Tài chính", "Sở"],
        ["3", "Sở Nội vụ", "Sở"],
        ["*", "Sở Xây dựng", "Sở"],
    ]
    assert "4 đơn vị" in text_of(data)


def test_units_that_share_the_first_place_are_all_named() -> None:
    answers = {("q1", "snv"): {"hdnd": levels(9)}, ("q1", "stc"): {"xa": levels(5)}}
    assert "Dẫn đầu là Sở Nội vụ và Sở Tài chính (100,00%)." in text_of(to_docx(sheet(answers)))


def test_why_equal_percents_have_different_ranks_stands_in_report_and_workbook() -> None:
    # 4999 and 5000 of 5001: both show 99,98 % of what A gives.
    answers = {
        ("q1", "snv"): {"hdnd": levels(50_000, 0, 0, 1)},
        ("q1", "stc"): {"hdnd": levels(50_001, 0, 0, 1)},
    }
    said = "Cùng 100,00% nhưng hơn nhau từ số lẻ thứ "
    document = sheet(answers)
    assert said in text_of(to_docx(document))
    with ZipFile(BytesIO(to_xlsx(document))) as book:
        assert said in book.read("xl/sharedStrings.xml").decode()


def test_what_is_missing_is_told_with_its_reason() -> None:
    data = to_docx(sheet())
    said = text_of(data)
    assert "* Thiếu số liệu; lý do ghi ở mục “Tiêu chí chưa có số liệu”." in said
    gap = "- Sở Tài chính: tiêu chí 1.2 Khả thi: không đủ câu trả lời để tính điểm."
    assert gap in said
    assert "- Sở Xây dựng: không có tiêu chí điều tra nào tính được điểm." in said
    external = make_document(external={})
    assert "tiêu chí 8.2 Tiêu chí 8.2: chưa nhập tỷ lệ." in text_of(to_docx(external))


def test_a_sheet_without_gaps_says_so() -> None:
    said = text_of(to_docx(Case(make_index(), {("q1", "snv"): {"xa": levels(7)}}, {}).document))
    assert "Không có: mọi tiêu chí của mọi đơn vị đều có số liệu." in said
    assert "* Thiếu số liệu" not in said


def test_the_annex_has_points_and_percent_of_each_unit_and_component() -> None:
    (first, second) = [rows for rows in tables(to_docx(sheet())) if rows[0][-1] == "Tổng"]
    assert first[0][1:3] == ["1. Chỉ đạo, điều hành"] * 2
    assert first[1] == ["Cơ quan", "Điểm", "%", "Điểm", "%"]
    assert first[2:] == [
        ["Sở Tài chính", "0,80*", "80,00", "0,80*", "80,00"],
        ["Sở Nội vụ", "0,92", "55,20", "0,92", "55,20"],
        ["Sở Xây dựng", "*", "*", "*", "*"],
    ]
    assert second[2:] == [["Thanh tra", "1,00", "100,00", "1,00", "100,00"]]


def test_the_best_and_the_worst_component_of_a_block_are_named() -> None:
    index = in_components(3)
    answers = {
        (question, unit): {"xa": levels(9 - place, 0, 0, place)}
        for place, (question, unit) in enumerate(index.items)
    }
    said = text_of(to_docx(Case(index, answers, {}).document))
    best, worst = "cao nhất là “Phần 1” (100,00%)", "thấp nhất là “Phần 3” (77,78%)"
    assert f"- Khối b1: {best}; {worst}." in said


def test_no_component_is_the_best_where_all_are_alike() -> None:
    index = in_components(3)
    answers = {item: {"xa": levels(6)} for item in index.items}
    said = text_of(to_docx(Case(index, answers, {}).document))
    assert "cao nhất là" not in said
    assert "Chưa đủ số liệu để so các tiêu chí với nhau." in said


def in_components(count: int) -> Index:
    """An index with a leaf in each of so many components."""
    codes = [str(place) for place in range(1, count + 1)]
    leaves = tuple({"code": f"1.{code}", "max_points": "1"} for code in codes)
    raw = indexfile.canonical(make_index(leaves=leaves))
    raw["components"] = [{"code": code, "name": f"Phần {code}"} for code in codes]
    for code, criterion in zip(codes, raw["criteria"], strict=True):
        criterion["parent"] = code
    return indexfile.read(raw)


def test_an_index_of_many_components_is_laid_out_in_several_tables() -> None:
    index = in_components(11)
    answers = {item: {"xa": levels(6)} for item in index.items}
    found = tables(to_docx(Case(index, answers, {}).document))
    wide = [rows for rows in found if len(rows) > 1 and rows[1][:2] == ["Cơ quan", "Điểm"]]
    assert [len(rows[0]) for rows in wide] == [17, 9]
    assert wide[1][0][-1] == "Tổng"
    assert wide[1][2][-2:] == ["11,00", "100,00"]


def test_an_earlier_wave_stands_beside_by_percent() -> None:
    before = sheet({("q1", "snv"): {"hdnd": levels(5, 5)}, ("q1", "stc"): {"hdnd": levels(5, 5)}})
    document = sheet({("q1", "snv"): {"hdnd": levels(9)}, ("q1", "ttt"): {"hdnd": levels(7)}})
    data = to_docx(document, Earlier(before))
    assert table_of(data, "Cơ quan", "Đợt trước", "Đợt này") == [
        ["Sở"] * 7,
        ["Sở Nội vụ", "80,00", "100,00", "▲ 20,00", "1", "1", "0"],
        ["Sở Tài chính", "80,00", "*", "*", "1", "*", "*"],
        ["Sở Xây dựng", "*", "*", "*", "*", "*", "*"],
        ["Khối b2"] * 7,
        ["Thanh tra", "*", "100,00", "*", "*", "1", "*"],
    ]
    said = text_of(data)
    assert "1 trên 1 đơn vị tăng so với đợt trước." in said
    assert "Tăng nhiều nhất là Sở Nội vụ (20,00 điểm phần trăm)." in said
    assert "hai đợt khác nhau" not in said
    assert before["digest"] in str(tables(data))
    assert "So với đợt trước" not in text_of(to_docx(document))


def test_criteria_that_were_others_then_are_flagged() -> None:
    said = text_of(to_docx(sheet(), Earlier(sheet(name="Đúng hạn"))))
    assert "nên hai đợt chỉ so được bằng tỷ lệ phần trăm" in said
    assert "Tiêu chí đã đổi: 1.1 Kịp thời (tên)." in said
    assert "Tiêu chí không còn" not in said
    assert "Quy tắc" not in said


def test_rules_that_were_others_then_are_flagged() -> None:
    said = text_of(to_docx(sheet(), Earlier(sheet(no_opinion="zero"))))
    assert "Quy tắc tính điểm hai đợt khác nhau" in said
    assert "Quy tắc đợt này: “Không có ý kiến” không làm tăng hay giảm điểm." in said
    assert "Quy tắc đợt ấy: “Không có ý kiến” tính là 0 điểm." in said
    assert "nên hai đợt chỉ so được bằng tỷ lệ phần trăm" not in said


def test_a_leaf_that_is_no_longer_asked_about_is_a_change() -> None:
    then = make_index(
        leaves=({"code": "1.1", "max_points": "1"}, {"code": "1.2", "max_points": "1"})
    )
    leaves = ({"code": "1.1", "max_points": "1"},)
    appraised = {"code": "1.2", "max_points": "1", "method": "appraisal"}
    for now in (make_index(leaves=leaves), make_index(leaves=(*leaves, appraised))):
        assert [leaf.code for leaf in changed(now, then).gone] == ["1.2"]
        assert changed(now, then)
    assert not changed(then, then)


def test_the_report_says_who_asked_whom_and_what_the_urn_held() -> None:
    document = Case(index_of_file("weighting-groups"), {}, {}).document
    data = to_docx(document)
    said = text_of(data)
    assert "Thực hiện Kế hoạch điều tra (giả định), Sở Nội vụ báo cáo" in said
    assert "kết thúc thu phiếu lúc 17\u00a0giờ\u00a000, thứ Bảy ngày\u00a004/3/2023." in said
    assert "Đã nhận 1.204 trên 1.611 phiếu (74,7%)." in said
    assert [row[1] for row in table_of(data, "Loại phiếu")] == ["1.611", "1.204", "1.204", "1", "2"]
    assert "khóa trên máy chủ của cơ quan tổ chức; một người mở" in said
    for group in Results(document).index.groups:
        assert group.name in said
    assert "“phieu verify”" in said
    codes = {row[0]: row[1] for rows in tables(data) for row in rows}
    assert codes["Mã kiểm tra bảng điểm"] == document["digest"]
    assert codes["Mã kiểm tra bộ chỉ số"] == document["index"]["digest"]
    assert codes["Mã kiểm tra các biên nhận"] == document["receipts"]


def test_later_and_void_ballots_are_told_and_what_few_means() -> None:
    document = make_document(facts=make_facts(issued_later=12, altered=3))
    data = to_docx(document)
    assert table_of(data, "Loại phiếu")[:4] == [
        ["Phiếu phát ra", "1.611"],
        ["Trong đó cấp cho người thêm sau khi phát phiếu", "12"],
        ["Trong đó tuyên bố vô hiệu vì dữ liệu bị sửa hoặc mất", "3"],
        ["Phiếu đã gửi, theo danh sách", "1.204"],
    ]
    assert figures.without_later(document) in text_of(data)
    assert "Mức tối thiểu" not in text_of(to_docx(make_document()))


def test_who_held_the_keys_is_the_waves_own() -> None:
    said = text_of(to_docx(make_document(facts=make_facts(mode="committee", two_people=True))))
    assert "các ủy viên giữ khóa; cần hai chuyên viên" in said


def test_what_no_document_holds_is_left_blank() -> None:
    data = to_docx(make_document())
    assert "Thực hiện ………" in text_of(data)
    letterhead, *_others = tables(data)
    signatures = next(table for table in tables(data) if "Nơi nhận:" in table[0][0])
    assert letterhead[1][0] == "Số: ………/BC"
    assert letterhead[1][1] == "…………, ngày …… tháng …… năm ………"
    assert "Nơi nhận:" in signatures[0][0]
    assert "Ký, ghi rõ họ tên" in signatures[0][1]


def test_the_rules_are_those_of_the_pages() -> None:
    for rules in ({}, {"no_opinion": "zero", "own_unit": "allow", "weighting": "groups"}):
        document = sheet(**rules)
        said = text_of(to_docx(document))
        for words in rulewords.in_words(Results(document).index):
            assert f"- {words}" in said
    assert "Mức A 1; Mức B 0,6; Mức C 0,2; Mức D 0" in text_of(to_docx(sheet()))


def test_the_report_is_a_paper_of_a4_with_an_annex_across() -> None:
    upright, across = opened(to_docx(sheet())).sections
    assert [round(side.mm) for side in (upright.page_width, upright.page_height)] == [210, 297]
    assert [round(side.mm) for side in (across.page_width, across.page_height)] == [297, 210]
