"""Annexes as they are laid out: what a line is, how it is numbered, how it gets its points."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from app.annex import annex, asked, making, title, usual
from app.annex.annex import Annex
from app.annex.asked import LinesRefused
from app.annex.choices import Choices
from app.annex.making import Told
from app.annex.source import Cell, Table, packed, unpacked

HEADING = ("STT", "Tiêu chí", "Điểm tối đa", "Ghi chú")
Rows = Sequence[Sequence[str | Cell]]


def table(*rows: Sequence[str | Cell], heading: Sequence[str] = HEADING, **more: object) -> Table:
    cells = [
        tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row)
        for row in (heading, *rows)
    ]
    return Table("Trang", tuple(cells), **more)  # type: ignore[arg-type]


def read(*rows: Sequence[str | Cell], heading: Sequence[str] = HEADING) -> Annex:
    return annex.understand([table(*rows, heading=heading)])


def tree(found: Annex) -> list[str]:
    """Each criterion as its code and its points."""
    return [f"{node.code} {node.points}" for node in found.tree.all()]


def roles(found: Annex) -> list[str]:
    return [row.role for row in found.rows]


def number(text: str) -> Cell:
    return Cell(text, "n")


@pytest.mark.parametrize(
    ("marks", "codes"),
    [
        (("I", "1", "1.1", "II", "1", "1.1"), ("1", "1.1", "1.1.1", "2", "2.1", "2.1.1")),
        (("I", "I.1", "I.2", "II", "II.1", "II.2"), ("1", "1.1", "1.2", "2", "2.1", "2.2")),
        (("1", "1.1", "1.1.1", "1.2", "2", "2.1"), ("1", "1.1", "1.1.1", "1.2", "2", "2.1")),
        (("A", "I", "1", "2", "II", "3"), ("A", "A.1", "A.1.1", "A.1.2", "A.2", "A.2.3")),
        (("Lĩnh vực 1", "1", "a)", "2", "a)"), ("1", "1.1", "1.1.a", "1.2", "1.2.a")),
        (("I.", "1.", "1.1.", "1,2", "2)", "(3)"), ("1", "1.1", "1.1.1", "1.1.2", "1.2", "1.3")),
    ],
)
def test_every_way_of_numbering_makes_the_same_kind_of_tree(
    marks: Sequence[str], codes: Sequence[str]
) -> None:
    rows = [(mark, f"Tên {place}", "1", "") for place, mark in enumerate(marks)]
    assert [node.code for node in read(*rows).tree.all()] == list(codes)


def test_numbers_that_excel_changed_come_back_by_their_order() -> None:
    rows = [("2", "Lĩnh vực", "10", "")]
    rows += [(number(f"2.{place}"), f"Tên {place}", "1", "") for place in range(1, 10)]  # type: ignore[list-item]
    rows.append((number("2.1"), "Tên 10", "1", ""))  # type: ignore[arg-type]
    found = read(*rows)
    assert tree(found)[-1] == "2.10 1"
    assert found.rows[-1].whys[0] == "Số 2.1 trong Excel: theo thứ tự thì là 2.10."
    dates = read(
        ("3", "Lĩnh vực", "2", ""),
        (Cell("2025-03-01", "d"), "Tên 1", "1", ""),
        (Cell("2025-02-03", "d"), "Tên 2", "1", ""),
    )
    assert [node.code for node in dates.tree.all()] == ["3", "3.1", "3.2"]


def test_without_numbers_bold_and_indent_tell_the_level() -> None:
    found = read(
        (Cell("THỂ CHẾ", bold=True), "3"),
        ("Văn bản", "2"),
        (Cell("Kịp thời", indent=1), "1"),
        (Cell("Khả thi", indent=1), "1"),
        ("Rà soát", "1"),
        (Cell("BỘ MÁY", bold=True), "1"),
        ("Sắp xếp", "1"),
        heading=("Nội dung", "Thang điểm"),
    )
    assert tree(found) == ["1 3", "1.1 2", "1.1.1 1", "1.1.2 1", "1.2 1", "2 1", "2.1 1"]
    assert all("chữ đậm" in row.whys[0] for row in found.rows)
    assert found.tree.roots[1].name == "Bộ máy", "capitals are for titles"


def test_what_is_no_criterion_is_shown_as_left_out() -> None:
    found = read(
        ("1", "Lĩnh vực", "3", ""),
        ("1.1", "Ban hành kế hoạch", "2", ""),
        ("", "- Đúng hạn", "2", ""),
        ("", "- Trễ hạn", "0", ""),
        ("1.2", "Một tên dài", "1", ""),
        ("", "sang trang sau", "", ""),
        ("", "Cộng", "3", ""),
        ("", "TM. Ủy ban nhân dân", "", ""),
    )
    assert roles(found) == ["0", "1", "skip", "skip", "1", "join", "sum", "skip"]
    assert tree(found) == ["1 3", "1.1 2", "1.2 1"]
    assert found.tree.leaves()[1].name == "Một tên dài sang trang sau"


def test_a_table_to_score_oneself_is_read_with_its_ways_to_score_left_out() -> None:
    heading = (
        *("STT", "LĨNH VỰC/TIÊU CHÍ/TIÊU CHÍ THÀNH PHẦN", "ĐIỂM TỐI ĐA"),
        *("ĐIỂM TỰ ĐÁNH GIÁ", "ĐIỂM THẨM ĐỊNH", "TÀI LIỆU KIỂM CHỨNG/GHI CHÚ"),
    )
    found = read(
        ("1", "CHỈ ĐẠO ĐIỀU HÀNH CCHC", "7.5", "", "", ""),
        ("1.1", "Thực hiện kế hoạch", "3", "", "", "Báo cáo"),
        ("", "Hoàn thành 100% kế hoạch: 3", "3", "", "", ""),
        ("", "Dưới 100%: 0", "0", "", "", ""),
        ("1.2", "Tác động đến công tác chỉ đạo", "4.5", "", "", "Điều tra XHH"),
        ("1.2.1", "Ý thức của lãnh đạo", "2.5", "", "", ""),
        ("1.2.2", "Tính năng động", "2", "", "", ""),
        ("2", "TỔ CHỨC BỘ MÁY", "1,5", "", "", ""),
        ("2.1", "Tuân thủ quy định", "1,5", "", "", ""),
        ("", "TỔNG ĐIỂM", "9", "", "", ""),
        heading=heading,
    )
    methods = [(leaf.code, leaf.method) for leaf in found.tree.leaves()]
    assert methods == [
        ("1.1", "appraisal"),
        ("1.2.1", "survey"),
        ("1.2.2", "survey"),
        ("2.1", "appraisal"),
    ]
    assert (found.total, found.surveyed, found.questions) == (9, Fraction("4.5"), [])
    assert found.tree.roots[0].name == "Chỉ đạo điều hành CCHC"


def test_letters_are_ways_to_score_when_the_first_is_worth_all() -> None:
    found = read(
        ("1", "Lĩnh vực", "5", ""),
        ("1.1", "Ban hành kế hoạch", "2", ""),
        ("a", "Trước 31/12", "2", ""),
        ("b", "Sau 31/12", "1", ""),
        ("1.2", "Văn bản", "3", ""),
        ("a", "Kịp thời", "1", ""),
        ("b", "Khả thi", "2", ""),
    )
    assert tree(found) == ["1 5", "1.1 2", "1.2 3", "1.2.a 1", "1.2.b 2"]


def test_parts_that_add_up_are_criteria_though_they_have_only_dashes() -> None:
    found = read(
        ("1", "Lĩnh vực", "3", ""),
        ("1.1", "Văn bản", "3", ""),
        ("-", "Kịp thời", "1", ""),
        ("-", "Khả thi", "2", ""),
    )
    assert tree(found) == ["1 3", "1.1 3", "1.1.1 1", "1.1.2 2"]


@pytest.mark.parametrize(
    ("heading", "row", "method"),
    [
        (HEADING, ("1.1", "Tên", "1", "Điều tra XHH"), "survey"),
        (HEADING, ("1.1", "Tên", "1", "ĐTXHH"), "survey"),
        (HEADING, ("1.1", "Tên", "1", "Theo báo cáo"), "appraisal"),
        (HEADING, ("1.1", "Tên", "1", "Kết quả SIPAS"), "external"),
        (HEADING, ("1.1", "Mức độ hài lòng (khảo sát)", "1", ""), "survey"),
        ((*HEADING[:3], "ĐTXHH", "Thẩm định"), ("1.1", "Tên", "1", "x", ""), "survey"),
        ((*HEADING[:3], "ĐTXHH", "Thẩm định"), ("1.1", "Tên", "1", "", "✓"), "appraisal"),
        ((*HEADING[:3], "Điểm ĐTXHH", "Thẩm định"), ("1.1", "Tên", "1", "1", ""), "survey"),
        ((*HEADING[:3], "Điểm ĐTXHH", "Thẩm định"), ("1.1", "Tên", "1", "0,5", "0,5"), "split"),
        ((*HEADING[:3], "Tự đánh giá", "Ghi chú"), ("1.1", "Tên", "1", "", "PAPI"), "external"),
    ],
)
def test_the_method_of_a_criterion_is_told_by_columns_marks_or_words(
    heading: Sequence[str], row: Sequence[str], method: str
) -> None:
    other = ("1.2", "Tên khác", "1", *[""] * (len(heading) - 3))
    field = ("1", "Lĩnh vực", "2", *[""] * (len(heading) - 3))
    found = read(field, row, other, heading=heading)
    assert found.tree.leaves()[0].method == method


def test_an_annex_without_a_word_of_surveys_is_asked_about_once() -> None:
    rows = [("1", "Lĩnh vực", "3", ""), ("1.1", "Một", "1", ""), ("1.2", "Hai", "2", "")]
    found = read(*rows)
    assert found.has_unmarked
    assert [what for what, _words, _line in found.questions] == ["method", "method"]
    settled = annex.understand([table(*rows)], Choices(rest="appraisal", methods={3: "survey"}))
    assert settled.questions == []
    assert settled.surveyed == 2
    whole = annex.understand([table(*rows)], Choices(rest="appraisal", methods={1: "survey"}))
    assert whole.surveyed == 3, "what is chosen for a field holds for all below"
    (asked_,) = annex.understand([table(*rows)], Choices(rest="appraisal")).questions
    assert asked_[1].startswith("Chưa có tiêu chí nào lấy điểm bằng điều tra.")


def test_sums_that_differ_are_told_with_both_numbers_and_settled_by_one_choice() -> None:
    rows = [
        ("1", "Lĩnh vực", "10", ""),
        ("1.1", "Một", "4", "ĐTXHH"),
        ("1.2", "Hai", "5,5", ""),
        ("", "Tổng cộng", "10", ""),
    ]
    found = read(*rows)
    (conflict,) = found.open
    assert (conflict.stated, conflict.summed) == (10, Fraction("9.5"))
    words = dict(conflict.ways)
    assert words["2"] == "10: sửa dòng 1.1 từ 4 thành 4,5"
    assert words["sum"] == "9,5: cộng các dòng dưới"
    for choice, total in (("sum", "19/2"), ("3", "10")):
        settled = annex.understand([table(*rows)], Choices(sums={1: choice}))
        assert (settled.open, str(settled.total)) == ([], total)


def test_points_that_lack_or_are_no_number_are_asked_for_unless_they_are_the_rest() -> None:
    found = read(("1", "A", "3", ""), ("1.1", "Một", "1", ""), ("1.2", "Hai", "", ""))
    assert found.tree.leaves()[1].points == 2
    assert "phần còn lại" in found.rows[2].whys[0]
    bad = read(("1", "A", "", ""), ("1.1", "Một", "hai điểm", "x"), ("1.2", "Hai", "", ""))
    words = [words for what, words, _line in bad.questions if what == "points"]
    assert words == ["“hai điểm” không phải số điểm. Ghi số, ví dụ 2,5.", "Chưa có điểm tối đa."]


def test_of_several_sheets_the_one_with_most_points_is_read_and_another_may_be() -> None:
    short = table(("1", "Cấp xã", "1", "ĐTXHH"))
    long = table(("1", "A", "2", ""), ("1.1", "Một", "1", "ĐTXHH"), ("1.2", "Hai", "1", ""))
    guide = Table("Hướng dẫn", ((Cell("Cách chấm"),),))
    every = unpacked(packed([guide, short, long]))
    assert annex.understand(every).used == (2,)
    assert annex.candidates(every) == [1, 2]
    assert tree(annex.understand(every, Choices(tables=(1,)))) == ["1 1"]


def test_hidden_rows_are_left_out_and_said_so() -> None:
    found = annex.understand(
        [
            table(
                ("1", "A", "1", ""),
                ("1.1", "Một", "1", "ĐTXHH"),
                ("1.2", "Hai", "1", ""),
                hidden_rows=frozenset({4}),
            )
        ]
    )
    assert roles(found) == ["0", "1", "skip"]
    assert "ẩn" in found.rows[2].whys[0]


def test_a_field_alone_becomes_a_criterion_and_names_stay_theirs_in_questions() -> None:
    found = read(("I", "TÍNH KỊP THỜI", "1", "ĐTXHH"), ("II", "CBCC có năng lực", "1", "ĐTXHH"))
    told = Told(
        "thu",
        "Bộ thử",
        2026,
        asked.units("Sở Nội vụ\nSở Ngoại vụ; sngv"),
        asked.groups("Đại biểu; 0,4\nLãnh đạo; 1/3; cơ quan của mình; lanh-dao"),
        usual.SCALES["tot-4"],
        usual.PATTERN,
    )
    index = making.make(found, told)
    assert [leaf.code for leaf in index.leaves] == ["1.1", "2.1"]
    texts = [index.question_text(question, index.units[0]) for question in index.scored_questions]
    assert texts == [
        "Ông/Bà đánh giá thế nào về tính kịp thời của Sở Nội vụ năm 2026?",
        "Ông/Bà đánh giá thế nào về CBCC có năng lực của Sở Nội vụ năm 2026?",
    ]
    assert index.rules.weighting == "groups"
    assert [(each.code, each.weight, each.rates) for each in index.groups] == [
        ("db", Fraction(2, 5), "all"),
        ("lanh-dao", Fraction(1, 3), "own"),
    ]
    assert asked.groups(asked.groups_as_lines(index.groups)) == index.groups
    assert asked.units(asked.units_as_lines(index.blocks, index.units)).units == index.units


@pytest.mark.parametrize("text", ["", "Sở Nội vụ\nsở nội vụ", "A; a\nB; a"])
def test_units_that_cannot_be_told_apart_are_refused(text: str) -> None:
    with pytest.raises(LinesRefused):
        asked.units(text)


def test_the_lines_above_a_table_name_the_index_and_its_year() -> None:
    lead = ("PHỤ LỤC", "CHỈ SỐ CCHC CÁC SỞ TỈNH LAI CHÂU NĂM 2024", "Quyết định ngày 3/2/2025")
    found = [table(("1", "A", "1", ""), lead=lead)]
    assert title.name_of(found) == "Chỉ số CCHC các sở tỉnh Lai Châu năm 2024"
    assert title.year_of(found, "phu-luc.docx", 2026) == 2024


def test_agencies_whose_names_differ_by_an_accent_are_two() -> None:
    found = asked.units("UBND xã Cẩm Giang\nUBND xã Cẩm Giàng")
    assert [unit.name for unit in found.units] == ["UBND xã Cẩm Giang", "UBND xã Cẩm Giàng"]
    with pytest.raises(LinesRefused, match="ghi hai lần"):
        asked.units("UBND xã Cẩm Giàng\nUBND XÃ  CẨM GIÀNG")
