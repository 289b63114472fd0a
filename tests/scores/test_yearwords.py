"""Each sentence that reports contain, with the figures that were counted by hand."""

from fractions import Fraction

from app.scores import changes, findings, lines, unitsheet, yearwords
from app.scores.paper import Chart, Items, Table
from app.scores.results import Results
from app.years.lineage import Lineage, Link
from app.years.year import Earlier
from tests.making.sheets import Case, levels, make_index
from tests.making.twoyears import LEAVES, LINEAGE, NOW, THEN, sheet

TODAY = sheet(2022, NOW)
LAST = Earlier(sheet(2021, THEN), LINEAGE)


def test_two_years_give_each_sentence_with_the_right_figures() -> None:
    results = Results(TODAY, LAST)
    assert list(yearwords.of_block(results, results.index.blocks[0])) == [
        "Sở: 1 đơn vị tăng, 1 đơn vị giảm, 1 đơn vị giữ nguyên so với năm 2021.",
        # (74 + 80 + 70 + 100) ÷ 4 = 81; then (74 + 90 + 70 + 50 + 60) ÷ 5 = 68,8.
        "Sở: trung bình 81,00%, tăng 12,20 điểm phần trăm so với năm 2021.",
        "Sở: đứng đầu là Sở Du lịch (100,00%), cuối là Sở Khoa học (70,00%), chênh 30,00 điểm phần"
        " trăm.",
        # (55 + 56 + 51 + 70) of 280, then (56 + 63 + 49 + 35 + 42) of 350;
        # (19 + 24 + 19 + 30) of 120, then (18 + 27 + 21 + 15 + 18) of 150.
        "Sở: chỉ số thành phần cao nhất là “Chỉ đạo, điều hành” (82,86%, tăng 12,86 điểm phần"
        " trăm); thấp nhất là “Thể chế” (76,67%, tăng 10,67 điểm phần trăm).",
        "Sở: số tiêu chí tăng của từng chỉ số thành phần: “Chỉ đạo, điều hành” 7 trên 7 tiêu chí;"
        " “Thể chế” 3 trên 3 tiêu chí.",
    ]
    assert list(yearwords.of_units(results)) == [
        "Đơn vị mới, không so được: Sở Du lịch.",
        "Đơn vị không còn: Ban Dân tộc.",
        "Sở Xây dựng trước là Sở Giao thông.",
        "Sở Khoa học gộp từ Sở Khoa học và Sở Thông tin.",
    ]


def test_three_of_seven_criteria_rise_and_the_mean_falls() -> None:
    now, then = {"snv": NOW["snv"]}, {"snv": THEN["snv"]}
    results = Results(sheet(2022, now), Earlier(sheet(2021, {**then, "sgt": THEN["sgt"]})))
    said = " ".join(yearwords.of_block(results, results.index.blocks[0]))
    assert "trung bình 74,00%, giảm 8,00 điểm phần trăm so với năm 2021" in said
    assert "đứng đầu" not in said  # one alone is neither first nor last
    alone = Results(sheet(2022, now), Earlier(sheet(2021, then)))
    said = " ".join(yearwords.of_block(alone, alone.index.blocks[0]))
    assert "“Chỉ đạo, điều hành” 3 trên 7 tiêu chí; “Thể chế” 1 trên 3 tiêu chí" in said
    assert "trung bình 74,00%, không đổi so với năm 2021" in said


def test_each_criterion_stands_beside_the_one_it_came_from() -> None:
    other = tuple({**leaf, "code": leaf["code"].replace("1.1", "1.9")} for leaf in LEAVES)
    (table,) = changes.leaf_tables(
        Results(TODAY, Earlier(sheet(2021, THEN, leaves=other), LINEAGE))
    )
    assert table.rows[0] == ("1.1 Tiêu chí 1.1", "*", "90,00", "*", "mới, không so được")
    assert table.rows[1] == ("1.2 Tiêu chí 1.2", "70,00", "90,00", "▲ 20,00", "")
    assert table.notes


def test_what_has_no_counterpart_is_said_to_have_none() -> None:
    results = Results(TODAY, Earlier(sheet(2021, {"bdt": THEN["bdt"]})))
    said = list(yearwords.of_units(results))
    assert said[0].startswith("Đơn vị mới, không so được: Sở Nội vụ; Sở Xây dựng;")
    silent = Case(make_index(units=({"code": "snv"},)), {}, {}).document
    asked = Case(make_index(units=({"code": "snv"},)), {("q1", "snv"): {"xa": levels(9)}}, {})
    results = Results(asked.document, Earlier(silent))
    assert list(yearwords.of_units(results)) == [
        "Không so được vì một trong hai lần không có số liệu: Đơn vị snv."
    ]
    (said_of_block,) = yearwords.all_of(results)
    assert "đợt trước không có số liệu của khối này" in said_of_block[1][0]


def test_several_years_stand_in_a_row_through_all_lineages() -> None:
    older = Earlier(sheet(2020, {"sgt": THEN["snv"], "bdt": THEN["bdt"]}))
    results = Results(TODAY, Earlier(LAST.sheet, LAST.lineage, older))
    assert results.line.years == (2020, 2021, 2022)
    assert list(results.line.units["sxd"]) == [74, 90, 80]
    assert list(results.line.units["sdl"]) == [None, None, 100]
    assert list(results.line.blocks["so"]) == [67, Fraction(344, 5), 81]
    parts = list(findings.against(results))
    by_year = next(p for p in parts if isinstance(p, Table) and "qua các năm" in p.caption)
    assert ("Sở", "67,00", "68,80", "81,00") in by_year.rows
    assert any(isinstance(p, Chart) and p.lines for p in parts)
    own = unitsheet.paper(results, "sxd").parts
    assert Items(("Sở Xây dựng trước là Sở Giao thông.",)) in own
    (table,) = (p for p in own if isinstance(p, Table) and p.caption == "Qua các năm")
    assert table.rows[0] == ("Tỷ lệ %", "74,00", "90,00", "80,00")
    drawn = lines.picture(results).decode()
    assert all(text in drawn for text in ("67,00", "68,80", "81,00", "2020", "Trục đứng"))
    assert not lines.several(Results(TODAY, LAST))


def test_criteria_are_those_they_came_from_when_changes_are_named() -> None:
    other = tuple({**leaf, "code": leaf["code"].replace("1.1", "1.9")} for leaf in LEAVES)
    last = sheet(2021, THEN, leaves=other)
    named = dict(Results(TODAY, Earlier(last, LINEAGE)).changed.named)
    assert named == {
        "Tiêu chí mới": ("1.1 Tiêu chí 1.1",),
        "Tiêu chí không còn": ("1.9 Tiêu chí 1.9",),
    }
    moved = Lineage(LINEAGE.units, (Link(("1.9",), ("1.1",)),))
    named = dict(Results(TODAY, Earlier(last, moved)).changed.named)
    assert named == {"Tiêu chí đã đổi": ("1.1 Tiêu chí 1.1 (trước là 1.9, tên)",)}
    joined = Lineage(LINEAGE.units, (Link(("1.9", "1.2"), ("1.1",)),))
    named = dict(Results(TODAY, Earlier(last, joined)).changed.named)
    assert named["Tiêu chí đã đổi"] == ("1.1 Tiêu chí 1.1 (gộp từ 1.9 và 1.2)",)
    assert named["Tiêu chí mới"] == ("1.2 Tiêu chí 1.2",)
