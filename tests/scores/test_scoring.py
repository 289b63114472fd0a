"""The rules of scoring, one by one, and the figures worked out by hand."""

from fractions import Fraction
from typing import Any

import pytest

from app.language import rounded
from app.scores.scoring import LeafScore, ScoreSheet, Tally, UnitScore, cells, score, whole_percent
from tests.making.sheets import HDND, SO, XA, Answers, fixed_tally, levels, make_index, make_tally

PUBLISHED = {
    "hdnd": levels(20, 15, 5, 0, none=10),
    "xa": levels(50, 60, 10, 4, none=6),
    "so": levels(8, 10, 2, 0),
}


def percent(answers: dict[str, dict[str, int]], **features: Any) -> Fraction | None:
    """The percent of the one unit of an index with one question."""
    index = make_index(**features)
    return score(index, make_tally(index, {("q1", "snv"): answers}), {}).units[0].percent


def sheet_of(index: Any, answers: Answers, external: Any = None) -> ScoreSheet:
    return score(index, make_tally(index, answers), external or {})


def leaf_of(unit: UnitScore, code: str) -> LeafScore:
    return next(leaf for leaf in unit.leaves if leaf.code == code)


# The worked figures


@pytest.mark.parametrize(
    ("features", "shown"),
    [
        ({}, "71.96"),
        ({"rules": {"no_opinion": "zero"}}, "66.20"),
        ({"rules": {"weighting": "groups"}}, "72.49"),
        ({"levels": ("1", "3/4", "1/2", "0")}, "81.66"),
    ],
    ids=["pooled", "no opinion as zero", "groups .3 .4 .3", "another scale"],
)
def test_the_worked_figures_come_out(features: dict[str, Any], shown: str) -> None:
    weights = ({**HDND, "weight": "0.3"}, {**XA, "weight": "0.4"}, {**SO, "weight": "0.3"})
    value = percent(PUBLISHED, groups=weights, **features)
    assert value is not None
    assert rounded(value, 2) == shown


def test_the_pooled_figure_is_exact() -> None:
    assert percent(PUBLISHED) == Fraction(100 * 1324, 1840)


# Rule 0: cells


def kept(
    answers: dict[str, int],
    min_ballots: int = 5,
    later: dict[str, int] | None = None,
    **features: Any,
) -> dict[str, int] | None:
    """How many answers each cell has, from how many "A" each group gave on ballots issued at the
    launch, and how many on `later` ones."""
    index = make_index(rules={"min_ballots": min_ballots}, **features)
    added = later or {}
    by_group = {
        group: levels(answers.get(group, 0) + added.get(group, 0)) for group in {**answers, **added}
    }
    sizes = None if later is None else answers
    found = cells(index, index.questions[0], by_group, sizes)
    return found and {cell: sum(counts.values()) for cell, counts in found.items()}


def test_a_group_of_later_ballots_alone_takes_nothing_from_the_others() -> None:
    assert kept({"xa": 4, "so": 1}, later={"hdnd": 2}) == {"hdnd+xa+so": 7}


def test_groups_with_enough_answers_have_cells_of_their_own() -> None:
    assert kept({"hdnd": 5, "xa": 6, "so": 7}) == {"hdnd": 5, "xa": 6, "so": 7}


def test_small_groups_are_counted_together() -> None:
    assert kept({"hdnd": 4, "xa": 9, "so": 1}) == {"hdnd+so": 5, "xa": 9}


def test_the_smallest_other_cell_joins_small_groups_that_are_still_too_few() -> None:
    assert kept({"hdnd": 9, "xa": 4, "so": 8}) == {"hdnd": 9, "xa+so": 12}


def test_at_a_tie_the_earlier_group_joins() -> None:
    assert kept({"hdnd": 8, "xa": 8, "so": 1}) == {"hdnd+so": 9, "xa": 8}


def test_one_small_group_beside_one_large_leaves_one_cell() -> None:
    assert kept({"xa": 4, "so": 8}) == {"xa+so": 12}


def test_too_few_answers_in_all_are_not_kept() -> None:
    assert kept({"hdnd": 2, "so": 2}) is None


def test_exactly_the_minimum_in_all_is_kept() -> None:
    assert kept({"hdnd": 2, "xa": 1, "so": 2}) == {"hdnd+xa+so": 5}


def test_no_answers_at_all_are_no_cells_even_with_a_minimum_of_one() -> None:
    assert kept({}, min_ballots=1) is None
    assert kept({"hdnd": 0}, min_ballots=1) is None


def test_a_group_without_answers_is_in_no_cell() -> None:
    assert kept({"hdnd": 0, "xa": 2, "so": 3}) == {"xa+so": 5}


def test_a_minimum_of_one_keeps_every_group_apart() -> None:
    assert kept({"hdnd": 1, "xa": 1}, min_ballots=1) == {"hdnd": 1, "xa": 1}


def test_cell_keys_follow_the_order_of_groups_not_of_the_question_or_the_answers() -> None:
    questions = ({"criterion": "1.1", "groups": ["so", "hdnd", "xa"]},)
    found = kept({"so": 6, "xa": 2, "hdnd": 3}, questions=questions)
    assert found is not None
    assert list(found.items()) == [("hdnd+xa", 5), ("so", 6)]


def test_a_group_may_be_called_dash() -> None:
    groups = ({"code": "-"}, {"code": "a"}, {"code": "b"})
    assert kept({"-": 7, "a": 2, "b": 3}, groups=groups) == {"-": 7, "a+b": 5}


def test_no_opinion_counts_as_an_answer_for_the_minimum() -> None:
    index = make_index()
    found = cells(index, index.questions[0], {"hdnd": levels(1, none=4)})
    assert found == {"hdnd": {"A": 1, "B": 0, "C": 0, "D": 0, "-": 4}}


def test_a_cell_has_every_level_in_the_order_of_the_scale() -> None:
    index = make_index()
    found = cells(index, index.questions[0], {"xa": {"-": 2, "D": 3}, "hdnd": {"B": 1}})
    assert found is not None
    assert list(found["hdnd+xa"].items()) == [("A", 0), ("B", 1), ("C", 0), ("D", 3), ("-", 2)]


# Rule 0 and ballots issued after the launch


def test_four_added_people_do_not_open_the_cell_of_one() -> None:
    """The attack: one person, four that an officer made up, and {"A": 4, "C": 1} to read."""
    index = make_index()
    by_group = {"hdnd": levels(4, 0, 1), "xa": levels(9), "so": levels(8)}
    sizes = {"hdnd": 1, "xa": 9, "so": 8}
    found = cells(index, index.questions[0], by_group, sizes)
    assert found == {"hdnd+so": levels(12, 0, 1, 0), "xa": levels(9, 0, 0, 0)}


@pytest.mark.parametrize(
    ("answers", "later", "found"),
    [
        # Four at the launch and four later are a group of four.
        ({"hdnd": 4, "xa": 9, "so": 8}, {"hdnd": 4}, {"hdnd+so": 16, "xa": 9}),
        ({"hdnd": 4, "xa": 1, "so": 8}, {"hdnd": 4}, {"hdnd+xa": 9, "so": 8}),
        # A group of later ballots alone has none, and what joins it makes it enough.
        ({"xa": 9, "so": 8}, {"hdnd": 50}, {"hdnd+so": 58, "xa": 9}),
        ({"hdnd": 5}, {"so": 5}, {"hdnd+so": 10}),
        ({"hdnd": 2, "xa": 3, "so": 8}, {"hdnd": 9, "xa": 9}, {"hdnd+xa": 23, "so": 8}),
        # The smallest other cell is that by the ballots of the launch; at a tie the earlier.
        ({"hdnd": 1, "xa": 6, "so": 7}, {"xa": 20}, {"hdnd+xa": 27, "so": 7}),
        ({"hdnd": 1, "xa": 7, "so": 7}, {"xa": 20}, {"hdnd+xa": 28, "so": 7}),
        ({"hdnd": 1, "xa": 7, "so": 7}, {"so": 20}, {"hdnd+xa": 8, "so": 27}),
        # Too few in all stay too few.
        ({"hdnd": 2, "so": 2}, {"hdnd": 99, "so": 99}, None),
        ({"hdnd": 4}, {"hdnd": 1}, None),
        ({}, {"hdnd": 99}, None),
        # Where there are enough, theirs are counted where they belong.
        ({"hdnd": 5, "xa": 6, "so": 7}, {"hdnd": 3, "so": 1}, {"hdnd": 8, "xa": 6, "so": 8}),
        ({"hdnd": 5, "xa": 6, "so": 7}, {}, {"hdnd": 5, "xa": 6, "so": 7}),
        ({"hdnd": 2, "xa": 3}, {"hdnd": 0}, {"hdnd+xa": 5}),
    ],
    ids=str,
)
def test_later_ballots_are_counted_and_help_no_cell_to_the_minimum(
    answers: dict[str, int], later: dict[str, int], found: dict[str, int] | None
) -> None:
    assert kept(answers, later=later) == found


def test_with_a_minimum_of_one_later_ballots_alone_are_still_no_cell() -> None:
    assert kept({}, 1, {"hdnd": 3}) is None
    assert kept({"xa": 1}, 1, {"hdnd": 3}) == {"hdnd+xa": 4}


def test_no_word_of_sizes_means_that_all_ballots_are_of_the_launch() -> None:
    index = make_index()
    by_group = {"hdnd": levels(4, none=1), "xa": levels(3)}
    sizes = {"hdnd": 5, "xa": 3}
    found = cells(index, index.questions[0], by_group)
    assert found == cells(index, index.questions[0], by_group, sizes)


def test_too_few_ballots_of_a_unit_are_told_as_none() -> None:
    index = make_index(units=({"code": "snv"}, {"code": "stc"}))
    answers: Answers = {("q1", "snv"): {"xa": levels(5)}, ("q1", "stc"): {"xa": levels(4)}}
    later: Answers = {("q1", "stc"): {"xa": levels(4)}}
    found = score(index, make_tally(index, answers, later), {})
    assert [unit.ballots for unit in found.units] == [5, None]
    assert [unit.ballots for unit in score(index, Tally({}, {}), {}).units] == [None, None]


# Rules 1 to 3: from counts to the ratio of a leaf


def test_no_opinion_leaves_the_mean_alone() -> None:
    assert percent({"hdnd": levels(3, 0, 0, 1)}, rules={"min_ballots": 1}) == 75
    assert percent({"hdnd": levels(3, 0, 0, 1, none=90)}) == 75


def test_no_opinion_as_zero_counts_in_the_divisor() -> None:
    rules = {"no_opinion": "zero"}
    assert percent({"hdnd": levels(3, 0, 0, 1, none=4)}, rules=rules) == Fraction(75, 2)


def test_only_no_opinion_is_undefined_when_excluded_and_nought_when_zero() -> None:
    assert percent({"hdnd": levels(none=9)}) is None
    assert percent({"hdnd": levels(none=9)}, rules={"no_opinion": "zero"}) == 0


def test_group_weights_do_not_touch_pooled_answers() -> None:
    heavy = ({**HDND, "weight": 9}, XA, SO)
    answers = {"hdnd": levels(5), "xa": levels(0, 0, 0, 15)}
    assert percent(answers, groups=heavy) == 25


def test_a_cell_of_several_groups_weighs_their_sum() -> None:
    groups = ({**HDND, "weight": 1}, {**XA, "weight": 2}, {**SO, "weight": 3})
    answers = {"hdnd": levels(3), "xa": levels(2), "so": levels(0, 0, 0, 50)}
    assert percent(answers, groups=groups, rules={"weighting": "groups"}) == 50


def test_a_cell_without_opinions_takes_no_part_in_the_weighting() -> None:
    rules = {"weighting": "groups"}
    assert percent({"hdnd": levels(6), "xa": levels(none=9)}, rules=rules) == 100


def test_cells_that_weigh_nothing_leave_the_question_undefined() -> None:
    groups = ({**HDND, "weight": 0}, XA, SO)
    rules = {"weighting": "groups"}
    assert percent({"hdnd": levels(9)}, groups=groups, rules=rules) is None
    assert percent({"hdnd": levels(9), "xa": levels(0, 0, 0, 9)}, groups=groups, rules=rules) == 0


def two_questions(first: int | str, second: int | str) -> Any:
    questions = ({"criterion": "1.1", "weight": first}, {"criterion": "1.1", "weight": second})
    return make_index(questions=questions)


def test_questions_of_a_leaf_are_weighted() -> None:
    answers: Answers = {
        ("q1", "snv"): {"hdnd": levels(9)},
        ("q2", "snv"): {"hdnd": levels(0, 0, 0, 9)},
    }
    assert sheet_of(two_questions(3, 1), answers).units[0].percent == 75
    assert sheet_of(two_questions("1/3", "2/3"), answers).units[0].percent == Fraction(100, 3)


def test_a_question_without_data_leaves_the_leaf_to_the_others() -> None:
    answers: Answers = {("q2", "snv"): {"hdnd": levels(0, 9)}}
    unit = sheet_of(two_questions(9, 1), answers).units[0]
    assert unit.percent == 60
    assert unit.missing == ()
    assert [question.ratio for question in unit.leaves[0].questions] == [None, Fraction(3, 5)]


def test_a_leaf_whose_defined_questions_weigh_nothing_is_missing() -> None:
    answers: Answers = {("q1", "snv"): {"hdnd": levels(9)}}
    unit = sheet_of(two_questions(0, 1), answers).units[0]
    assert (unit.points, unit.missing) == (None, ("1.1",))


# Rules 4 to 6: points of leaves and units

MIXED = (
    {"code": "1.1", "max_points": "3/2"},
    {"code": "1.2", "max_points": "2"},
    {"code": "1.3", "max_points": "5", "method": "external"},
    {"code": "1.4", "max_points": "70", "method": "appraisal"},
)
GOOD: Answers = {
    ("q1", "snv"): {"hdnd": levels(0, 5)},
    ("q2", "snv"): {"hdnd": levels(5, 0, 0, 5)},
}
SIPAS = {("snv", "1.3"): Fraction("83.64")}


def test_points_are_the_share_of_the_maximum() -> None:
    unit = sheet_of(make_index(leaves=MIXED), GOOD, SIPAS).units[0]
    assert [leaf.code for leaf in unit.leaves] == ["1.1", "1.2", "1.3"]
    assert [leaf.points for leaf in unit.leaves] == [Fraction(9, 10), 1, Fraction("4.182")]
    assert unit.points == Fraction("6.082")
    assert unit.max_points == Fraction("8.5")
    assert unit.percent == 100 * Fraction("6.082") / Fraction("8.5")
    assert unit.scaled == unit.points  # this unit's leaves are those of the largest block
    assert (unit.reason, unit.missing) == (None, ())


def test_a_missing_external_percent_is_missing_and_not_nought() -> None:
    unit = sheet_of(make_index(leaves=MIXED), GOOD).units[0]
    assert leaf_of(unit, "1.3").points is None
    assert (unit.points, unit.max_points) == (Fraction(19, 10), Fraction(7, 2))
    assert (unit.missing, unit.reason) == (("1.3",), None)


def test_a_leaf_without_data_is_left_out_of_the_maximum() -> None:
    answers: Answers = {("q2", "snv"): {"hdnd": levels(4)}, **{k: GOOD[k] for k in [("q1", "snv")]}}
    unit = sheet_of(make_index(leaves=MIXED), answers, SIPAS).units[0]
    assert leaf_of(unit, "1.2").points is None
    assert leaf_of(unit, "1.2").max_points == 2
    assert (unit.max_points, unit.missing) == (Fraction("6.5"), ("1.2",))


def test_scaled_brings_a_smaller_block_to_the_survey_points_of_the_largest() -> None:
    index = make_index(
        leaves=MIXED,
        blocks=({"code": "b1"}, {"code": "b2", "not_applicable": ["1.2", "1.3"]}),
        units=({"code": "snv", "block": "b1"}, {"code": "ttt", "block": "b2"}),
    )
    unit = sheet_of(index, {("q1", "ttt"): {"hdnd": levels(0, 5)}}).units[1]
    assert (unit.points, unit.max_points) == (Fraction(9, 10), Fraction(3, 2))
    assert unit.scaled == Fraction("8.5") * Fraction(3, 5)


def test_a_unit_without_survey_data_has_no_points_whatever_else_is_known() -> None:
    index = make_index(leaves=MIXED, rules={"classes": [{"label": "Yếu", "from": 0}]})
    answers: Answers = {("q1", "snv"): {"hdnd": levels(none=7)}}
    unit = sheet_of(index, answers, SIPAS).units[0]
    assert unit.reason == "no-data"
    assert (unit.points, unit.max_points, unit.percent, unit.scaled) == (None, None, None, None)
    assert (unit.rank, unit.class_label) == (None, None)
    assert unit.missing == ("1.1", "1.2")
    sipas = leaf_of(unit, "1.3")
    assert (sipas.points, sipas.percent, sipas.max_points) == (None, Fraction("83.64"), 5)
    assert leaf_of(unit, "1.1").questions[0].counts == {"hdnd": levels(0, 0, 0, 0, none=7)}


def test_a_unit_with_external_leaves_alone_has_no_survey_data_either() -> None:
    index = make_index(
        leaves=MIXED,
        units=({"code": "snv"}, {"code": "stc", "not_applicable": ["1.1", "1.2"]}),
    )
    unit = sheet_of(index, GOOD, {("stc", "1.3"): Fraction(50)}).units[1]
    assert (unit.reason, unit.points, unit.missing) == ("no-data", None, ())


def test_a_maximum_of_nought_has_points_but_no_percent() -> None:
    leaves = ({"code": "1.1", "max_points": "0"}, {"code": "1.2", "max_points": "1"})
    unit = sheet_of(make_index(leaves=leaves), {("q1", "snv"): {"hdnd": levels(9)}}).units[0]
    assert (unit.points, unit.max_points, unit.reason) == (0, 0, None)
    assert (unit.percent, unit.scaled, unit.rank, unit.class_label) == (None, None, None, None)


def test_leaves_that_do_not_apply_to_a_unit_are_not_missing() -> None:
    units = ({"code": "snv", "not_applicable": ["1.2", "1.3"]}, {"code": "stc"})
    index = make_index(leaves=MIXED, units=units)
    unit = sheet_of(index, {("q1", "snv"): {"hdnd": levels(5)}}).units[0]
    assert [leaf.code for leaf in unit.leaves] == ["1.1"]
    assert (unit.percent, unit.missing) == (100, ())


# Rules 7 and 8: rank, class, whole


def ranked(percents: list[int | None], **features: Any) -> list[int | None]:
    """Ranks of units that reach such percents."""
    units = features.pop("units", None) or tuple({"code": f"u{n}"} for n in range(len(percents)))
    index = make_index(units=units, levels=("1", "0"), **features)
    counts = {
        ("q1", unit["code"]): None
        if value is None
        else {"hdnd": {"A": value, "B": 100 - value, "-": 0}}
        for unit, value in zip(units, percents, strict=True)
    }
    return [unit.rank for unit in score(index, fixed_tally(index, counts), {}).units]


def test_equal_percents_share_a_rank_and_the_next_is_left_free() -> None:
    assert ranked([70, 90, 80, 80]) == [4, 1, 2, 2]


def test_a_unit_without_percent_has_no_rank_and_takes_none() -> None:
    assert ranked([None, 60, 70]) == [None, 2, 1]


def in_two_blocks(ranking: str) -> list[int | None]:
    return ranked(
        [70, 90, 80, 70],
        rules={"ranking": ranking},
        blocks=({"code": "b1"}, {"code": "b2"}),
        units=tuple({"code": f"u{n}", "block": f"b{1 + n % 2}"} for n in range(4)),
    )


def test_blocks_are_ranked_apart_or_in_one_list() -> None:
    assert in_two_blocks("blocks") == [2, 1, 1, 2]
    assert in_two_blocks("one-list") == [3, 1, 2, 3]


def test_what_looks_equal_when_rounded_is_ranked_by_the_exact_value() -> None:
    index = make_index(levels=("1", "0"), units=({"code": "a"}, {"code": "b"}))
    counts = {
        ("q1", "a"): {"hdnd": {"A": 66666, "B": 33334, "-": 0}},
        ("q1", "b"): {"hdnd": {"A": 2, "B": 1, "-": 2}},
    }
    assert [unit.rank for unit in score(index, fixed_tally(index, counts), {}).units] == [2, 1]


@pytest.mark.parametrize(
    ("good", "bad", "label"),
    [(80, 20, "Tốt"), (79_999, 20_001, "Khá"), (65, 35, "Khá"), (1, 99, None), (100, 0, "Tốt")],
)
def test_a_class_is_reached_by_the_exact_percent(good: int, bad: int, label: str | None) -> None:
    # In no order on purpose: the highest bound that is reached counts.
    classes = [{"label": "Khá", "from": 65}, {"label": "Tốt", "from": 80}]
    classes.append({"label": "Trung bình", "from": 50})
    index = make_index(levels=("1", "0"), rules={"classes": classes})
    unit = sheet_of(index, {("q1", "snv"): {"hdnd": {"A": good, "B": bad}}}).units[0]
    assert unit.class_label == label


def test_no_classes_means_no_class() -> None:
    assert sheet_of(make_index(), {("q1", "snv"): {"hdnd": levels(9)}}).units[0].class_label is None


def test_the_whole_percent_joins_appraised_and_surveyed_points() -> None:
    unit = sheet_of(make_index(leaves=MIXED), GOOD, SIPAS).units[0]
    assert whole_percent(unit, Fraction(60), Fraction(70)) == 100 * Fraction("66.082") / Fraction(
        "78.5"
    )


def test_without_survey_points_there_is_no_whole_percent() -> None:
    unit = sheet_of(make_index(leaves=MIXED), {}, SIPAS).units[0]
    assert whole_percent(unit, Fraction(60), Fraction(70)) is None


def test_a_whole_of_nought_points_has_no_percent() -> None:
    leaves = ({"code": "1.1", "max_points": "0"}, {"code": "1.2", "max_points": "1"})
    unit = sheet_of(make_index(leaves=leaves), {("q1", "snv"): {"hdnd": levels(9)}}).units[0]
    assert whole_percent(unit, Fraction(0), Fraction(0)) is None
