"""What an index knows of itself: what applies to a unit, who rates whom, what is asked."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from app.index import file as indexfile
from app.index.definition import Index
from app.language import exact, points

FOLDER = Path(__file__).parent.parent / "indexes"


def make_index(name: str) -> Index:
    return indexfile.parse((FOLDER / f"{name}.toml").read_bytes())


def test_every_look_up_finds_each_entry_by_its_code() -> None:
    index = make_index("tree")
    for found, entries in (
        (index.unit_of, index.units),
        (index.block_of, index.blocks),
        (index.group_of, index.groups),
        (index.scale_of, index.scales),
        (index.criterion_of, index.criteria),
        (index.question_of, index.questions),
    ):
        assert list(found.values()) == list(entries)
        assert all(found[entry.code] is entry for entry in entries)


def test_a_leaf_is_a_criterion_without_children_in_file_order() -> None:
    index = make_index("tree")
    assert [leaf.code for leaf in index.leaves] == ["1.10.1", "1.10.2", "1.1"]


def test_a_component_stands_above_criteria_of_every_depth() -> None:
    index = make_index("tree")
    assert {code: component.code for code, component in index.component_of.items()} == {
        "1.10": "1", "1.10.1": "1", "1.10.2": "1", "1.1": "1",
    }  # fmt: skip


def test_comments_are_no_scored_questions() -> None:
    index = make_index("comments")
    assert [question.code for question in index.scored_questions] == ["q1"]
    assert [question.code for question in index.comments] == ["q98", "q99"]
    assert all(question.weight is None for question in index.comments)


def test_questions_are_found_by_the_leaf_they_feed() -> None:
    index = make_index("question-weights")
    assert [question.weight for question in index.questions_of_leaf["1.1"]] == [1, 3]


def test_a_leaf_left_out_by_the_block_or_the_unit_does_not_apply() -> None:
    index = make_index("not-applicable")
    scored = {unit.code: [leaf.code for leaf in index.scored_leaves(unit)] for unit in index.units}
    assert scored == {"snv": ["1.1", "1.2", "1.3"], "stc": ["1.1", "1.2"], "vp": ["1.1", "1.3"]}


def test_external_leaves_are_scored_and_appraised_ones_are_not() -> None:
    index = make_index("external")
    assert [leaf.code for leaf in index.scored_leaves(index.units[0])] == ["1.1", "2.1"]


def test_items_are_question_after_question_and_only_where_the_leaf_applies() -> None:
    assert make_index("not-applicable").items == (
        ("q1", "snv"), ("q1", "stc"), ("q1", "vp"),
        ("q2", "snv"), ("q2", "stc"),
        ("q3", "snv"), ("q3", "vp"),
    )  # fmt: skip


def test_a_comment_is_no_item() -> None:
    assert {question for question, _unit in make_index("comments").items} == {"q1"}


@pytest.mark.parametrize(
    ("name", "group", "agency", "assigned", "rated"),
    [
        ("own-unit-exclude", "so", "snv", (), ("stc", "syt")),
        ("own-unit-exclude", "so", None, (), ("snv", "stc", "syt")),
        ("own-unit-allow", "so", "snv", (), ("snv", "stc")),
        ("assigned", "phong", None, ("syt", "snv"), ("snv", "syt")),
        ("assigned", "phong", "snv", ("syt", "snv"), ("syt",)),
        ("assigned", "phong", "snv", (), ()),
        ("rates-own", "cbcc", "stc", (), ("stc",)),
        ("rates-own", "cbcc", None, (), ()),
        ("rates-own", "hdnd", "stc", (), ("snv",)),
    ],
)
def test_who_rates_whom(
    name: str, group: str, agency: str | None, assigned: tuple[str, ...], rated: tuple[str, ...]
) -> None:
    assert make_index(name).rated_units(group, agency, assigned) == rated


def test_a_ballot_asks_the_questions_of_its_group_about_the_units_it_rates() -> None:
    index = make_index("rates-own")
    assert index.asked("hdnd", ("stc", "snv")) == (("q1", "snv"), ("q1", "stc"))
    assert index.asked("cbcc", ("stc",)) == (("q2", "stc"),)
    assert index.asked("cbcc", ()) == ()


def test_a_ballot_does_not_ask_about_a_leaf_that_does_not_apply() -> None:
    index = make_index("not-applicable")
    assert index.asked("hdnd", ("vp",)) == (("q1", "vp"), ("q3", "vp"))


def test_a_question_names_the_unit_and_the_year() -> None:
    index = make_index("pooled")
    question, unit = index.questions[0], index.units[0]
    assert index.question_text(question, unit) == (
        "Ông/Bà đánh giá thế nào về quyết tâm của lãnh đạo Sở Nội vụ năm 2024?"
    )


def test_a_heading_over_several_units_names_none() -> None:
    index = make_index("pooled")
    assert index.question_text(index.questions[0], None) == (
        "Ông/Bà đánh giá thế nào về quyết tâm của lãnh đạo từng cơ quan dưới đây năm 2024?"
    )


def test_where_nothing_stands_below_a_question_points_nowhere() -> None:
    index = make_index("pooled")
    assert index.question_alone(index.questions[0]) == (
        "Ông/Bà đánh giá thế nào về quyết tâm của lãnh đạo từng cơ quan năm 2024?"
    )


def test_other_braces_and_the_braces_of_a_name_stay_as_they_are() -> None:
    index = make_index("pooled")
    question = replace(index.questions[0], text="{unit}{unit} {0} {unit.name} {{ }} %s {year}")
    unit = replace(index.units[0], name="Sở {year}")
    assert index.question_text(question, unit) == "Sở {year}Sở {year} {0} {unit.name} {{ }} %s 2024"


@pytest.mark.parametrize(
    ("value", "written", "said"),
    [
        (Fraction(30), "30", "30"),
        (Fraction(0), "0", "0"),
        (Fraction(59, 2), "29.5", "29,5"),
        (Fraction(1, 8), "0.125", "0,125"),
        (Fraction(667, 1000), "0.667", "0,667"),
        (Fraction(2469, 200), "12.345", "12,345"),
        (Fraction(-1, 2000), "-0.0005", "-0,0005"),
        (Fraction(2, 3), "2/3", "2/3"),
        (Fraction(2001, 2), "1000.5", "1.000,5"),
    ],
)
def test_a_number_is_shown_without_loss_and_without_trailing_zeros(
    value: Fraction, written: str, said: str
) -> None:
    assert exact(value) == written
    assert Fraction(written) == value
    assert points(value) == points(written) == said


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_what_is_asked_is_counted_as_it_is_laid_out(path: Path) -> None:
    index = indexfile.parse(path.read_bytes())
    units = list(index.unit_of)
    for group in index.group_of:
        for some in (units, units[:1], units[1:], []):
            laid_out = Counter(unit for _question, unit in index.asked(group, some))
            assert index.answers_asked(group, some) == laid_out
