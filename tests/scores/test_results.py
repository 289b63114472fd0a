"""What the pages of results show equals the score sheet; charts are drawn to scale."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from app.language import decimal, number
from app.papers.export import Document
from app.scores import charts, workings
from app.scores.results import Results
from app.years.year import Earlier
from tests.making.sheets import Answers, Case, cases, levels, make_document

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(cases())
@FEW
def test_the_sum_of_every_leaf_ends_at_the_number_of_the_sheet(case: Case) -> None:
    for unit in case.document["units"]:
        for leaf in unit["criteria"]:
            ended = workings.of_leaf(case.index, leaf).result
            if unit["reason"] is None:
                assert ended == (None if leaf["exact"] is None else Fraction(leaf["exact"]))
        ended = workings.of_unit(unit).result
        exact = unit["exact_percent"]
        assert ended == (None if exact is None else Fraction(exact))


@given(cases())
@FEW
def test_the_ranking_and_the_map_show_the_numbers_of_the_sheet(case: Case) -> None:
    document, places = case.document, case.index.rules.decimals
    results = Results(document)
    units = {unit["code"]: unit for unit in document["units"]}
    listed = [unit for each in results.lists() for unit in each.units]
    assert sorted(unit.code for unit in listed) == sorted(units)
    for shown in listed:
        unit = units[shown.code]
        assert shown.rank == unit["rank"]
        least = case.index.rules.min_ballots
        assert shown.ballots == (
            f"dưới\u00a0{least}" if unit["ballots"] is None else number(unit["ballots"])
        )
        assert shown.label == (unit["class"] or "")
        for text, value in ((shown.percent, unit["percent"]), (shown.points, unit["points"])):
            assert text == ("*" if value is None else decimal(value, places))
    mapped = {}
    for heat in results.heats:
        for code, _name, cells in heat.rows:
            for (leaf, _text, _first), cell in zip(heat.leaves, cells, strict=True):
                if cell is not None:
                    mapped[code, leaf] = cell
    there = {
        (code, leaf["code"]): leaf for code, unit in units.items() for leaf in unit["criteria"]
    }
    assert mapped.keys() == there.keys()
    for key, leaf in there.items():
        if leaf["exact"] is None:
            assert (mapped[key].text, mapped[key].step) == ("*", 0)
        elif Fraction(leaf["max_points"]):
            percent = 100 * Fraction(leaf["exact"]) / Fraction(leaf["max_points"])
            assert mapped[key].text == decimal(percent, 1)
            assert mapped[key].step == charts.step(percent, results.shades_of(key[0]).limits)


@given(cases())
@FEW
def test_a_distribution_adds_up_every_count_of_the_sheet(case: Case) -> None:
    document, results = case.document, Results(case.document)
    wanted: dict[str, int] = {}
    for unit in document["units"]:
        for leaf in unit["criteria"]:
            for question in leaf.get("questions", ()):
                asked = results.answers.about(question["code"], unit["code"], question)
                counts = (question["counts"] or {}).values()
                said = sum(sum(cell.values()) for cell in counts)
                assert sum(part.count for part in asked.parts) + asked.no_opinion[1] == said
                assert asked.counted is (question["counts"] is not None)
                wanted[question["code"]] = wanted.get(question["code"], 0) + said
    for asked in results.answers.together:
        said = sum(part.count for part in asked.parts) + asked.no_opinion[1]
        assert said == wanted.get(asked.question.code, 0)


def test_a_bar_is_cut_in_the_shares_of_its_levels() -> None:
    found = charts.parts([("Tốt", 1), ("Khá", 2), ("Kém", 0)])
    assert [(part.x, part.width, part.percent) for part in found] == [
        ("0.00", "33.33", "33"),
        ("33.33", "66.67", "67"),
        ("100.00", "0.00", "0"),
    ]
    assert [part.width for part in charts.parts([("Tốt", 0), ("Kém", 0)])] == ["0.00", "0.00"]


@pytest.mark.parametrize("number", range(1, 12))
def test_neighbours_in_a_bar_have_different_shades(number: int) -> None:
    shades = [part.shade for part in charts.parts([(str(n), 1) for n in range(number)])]
    assert len(shades) == number
    assert all(one != other for one, other in pairwise(shades))


def test_notches_stand_at_the_limits() -> None:
    assert charts.notches([Fraction(80), Fraction(200, 3)]) == "M80.00 0v8M66.67 0v8"
    assert charts.width(Fraction("85.045")) == "85.05"
    assert charts.width(None) == "0"


def test_without_classes_the_map_outlines_what_is_under_65_and_under_50() -> None:
    limits = charts.limits_of([])
    steps = {Fraction(text): charts.step(Fraction(text), limits) for text in ("90", "80", "65")}
    assert list(steps.values()) == [5, 4, 3]
    assert charts.step(Fraction("64.999"), limits) == 2
    assert charts.step(Fraction("50"), limits) == 2
    assert charts.step(Fraction("49.999"), limits) == 1


@pytest.mark.parametrize("number", [1, 2, 3, 4, 6])
def test_the_worst_class_has_the_thick_outline_and_the_best_the_darkest_shade(number: int) -> None:
    classes = [Fraction(90 - 10 * place) for place in range(number)]
    limits = charts.limits_of([*classes, Fraction(0)])
    assert charts.step(Fraction(100), limits) == 5
    assert charts.step(Fraction(0), limits) == 1
    steps = [charts.step(Fraction(percent), limits) for percent in range(100, -1, -1)]
    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) == len(limits) + 1


def classes(*froms: int) -> dict[str, object]:
    return {"classes": [{"label": f"Loại {start}", "from": str(start)} for start in froms]}


def test_the_key_names_each_class_and_what_is_under_them() -> None:
    ((_blocks, key),) = Results(make_document(rules=classes(90, 70, 0))).legend()
    assert key == ((5, "Loại 90", "90"), (3, "Loại 70", "70"), (1, "Loại 0", ""))
    ((_blocks, key),) = Results(make_document()).legend()
    assert [(step, start) for step, _label, start in key] == [
        (5, "90"),
        (4, "80"),
        (3, "65"),
        (2, "50"),
        (1, ""),
    ]


THREE: Answers = {
    ("q1", "a"): {"hdnd": levels(9, 1)},
    ("q1", "b"): {"hdnd": levels(10, 20)},
    ("q1", "d"): {"hdnd": levels(6, 0, 6)},
}
UNITS = (
    {"code": "a", "name": "Sở Ăn"},
    {"code": "b", "name": "Sở Đất"},
    {"code": "c", "name": "Ban Không phiếu"},
    {"code": "d", "name": "Sở Dầu"},
)
ONE = ({"code": "1.1", "max_points": "1"},)


def three(answers: Answers = THREE) -> Document:
    return make_document(answers, {}, units=UNITS, leaves=ONE)


@pytest.mark.parametrize(
    ("order", "codes"),
    [("", "abdc"), ("ten", "cadb"), ("diem", "abdc"), ("phieu", "bdac"), ("lạ", "abdc")],
)
def test_the_ranking_is_sorted_as_asked(order: str, codes: str) -> None:
    (found,) = Results(three()).lists(order)
    assert "".join(unit.code for unit in found.units) == codes


def test_too_few_ballots_come_last_in_the_order_of_ballots_and_no_order_tells_them() -> None:
    document = three({**THREE, ("q1", "c"): {"xa": levels(3)}, ("q1", "a"): {"xa": levels(1, 3)}})
    for small in ((None, None), (4, 3), (3, 4), (0, 0)):
        for unit, stated in zip((0, 2), small, strict=True):
            document["units"][unit]["ballots"] = stated  # of a sheet of before, a number
        (found,) = Results(document).lists("phieu")
        assert [unit.code for unit in found.units] == ["b", "d", "a", "c"]
        assert [unit.ballots for unit in found.units] == ["30", "12", *["dưới\u00a05"] * 2]


def test_change_is_in_points_of_percent_and_only_where_both_have_one() -> None:
    earlier = three({("q1", "a"): {"hdnd": levels(5, 5)}, ("q1", "c"): {"hdnd": levels(9)}})
    results = Results(three(), Earlier(earlier))
    changes = {code: unit.change for code, unit in results.ranked.items()}
    assert changes == {"a": Fraction(96 - 80), "b": None, "c": None, "d": None}
    assert not results.changed
    (found,) = results.lists("so-voi")
    assert found.units[0].code == "a"


def test_other_maxima_in_the_earlier_index_are_flagged() -> None:
    earlier = make_document(THREE, {}, units=UNITS, leaves=({"code": "1.1", "max_points": "2"},))
    assert Results(three(), Earlier(earlier)).changed


def test_a_unit_without_data_is_a_star_and_no_zero() -> None:
    shown = Results(three()).ranked["c"]
    assert (shown.percent, shown.points, shown.rank, shown.width) == ("*", "*", None, "0")
    (found,) = Results(three()).lists()
    assert found.missing == [(("1.1",), ["Ban Không phiếu"])]
    assert not found.are_all(["Ban Không phiếu"])


def test_only_several_units_are_told_as_all() -> None:
    (several,) = Results(three()).lists()
    assert several.are_all([unit.name for unit in several.units])
    (alone,) = Results(make_document({}, units=UNITS[:1])).lists()
    assert not alone.are_all([alone.units[0].name])


def test_the_mean_of_a_block_leaves_out_who_has_nothing() -> None:
    results = Results(three())
    exact = [results.ranked[code].exact for code in "abd"]
    mean = sum((each for each in exact if each is not None), Fraction(0)) / 3
    assert results.means["b1", "1.1"] == decimal(mean, 2)
    assert results.lists()[0].mean == decimal(mean, 2)


def test_a_sum_is_written_out_with_its_numbers() -> None:
    results = Results(make_document())
    leaf = results.leaf("snv", "2.4.1")
    assert leaf is not None
    question = results.index.question_of["q1"]
    lines = workings.of_question(results.index, question, leaf["questions"][0]["counts"]).lines
    assert lines == ("(14 × 1 + 4 × 0,6 + 1 × 0,2 + 0 × 0) ÷ (14 + 4 + 1 + 0) = 16,6 ÷ 19 = 83/95",)
    assert workings.of_leaf(results.index, leaf).lines == (
        "Điểm = điểm tối đa × tỷ lệ = 1 × 83/95 = 83/95",
    )


def test_under_zero_those_without_opinion_stand_in_the_divisor() -> None:
    results = Results(make_document(rules={"no_opinion": "zero"}))
    leaf = results.leaf("snv", "2.4.1")
    assert leaf is not None
    question = results.index.question_of["q1"]
    (line,) = workings.of_question(results.index, question, leaf["questions"][0]["counts"]).lines
    assert "+ 3 × 0) ÷ (14 + 4 + 1 + 0 + 3) = 16,6 ÷ 22 = 83/110" in line


def test_a_question_that_rule_0_withholds_has_no_sum() -> None:
    results = Results(make_document())
    leaf = results.leaf("ttt", "2.4.1")
    assert leaf is not None
    (entry,) = leaf["questions"]
    assert entry["counts"] is None
    assert not results.answers.about("q1", "ttt", entry).counted
    assert workings.of_leaf(results.index, leaf).result is None
