"""Entries of an index file that do not fit together: references, the tree, the sums."""

from fractions import Fraction

import pytest

from app.index import file as indexfile
from app.index.checks import MOST
from tests.making.small_index import (
    GONE,
    LEAF,
    Q1,
    Q2,
    SNV,
    faults_of,
    make_raw,
    only_fault,
    told_once,
)


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        # references
        ({"organiser": {"unit": "snb"}}, "[organiser], unit", "Có phải “snv”?"),
        ({"units__0__block": "s"}, f"{SNV}, block", "không có mã “s” trong [[blocks]]"),
        ({"units__0__block": ""}, f"{SNV}, block", "không có mã “” trong [[blocks]]"),
        ({"units__0__block": "so "}, f"{SNV}, block", "Có phải “so”?"),
        ({"blocks__0__not_applicable": ["9"]}, "[[blocks]] số 1 (so), not_applicable", "mã “9”"),
        ({"blocks__0__not_applicable": "1.2"}, "[[blocks]] số 1 (so), not_applicable", "danh sách"),
        ({"units__0__not_applicable": ["1.1"]}, f"{SNV}, not_applicable", "còn có tiêu chí con"),
        ({"units__0__not_applicable": [1]}, f"{SNV}, not_applicable", "danh sách mã"),
        ({"units__0__not_applicable": ["1.2"] * 2}, f"{SNV}, not_applicable", "“1.2” ghi nhiều"),
        ({"questions__0__scale": "tốt"}, f"{Q1}, scale", "không có mã “tốt” trong [[scales]]"),
        ({"questions__0__groups": []}, f"{Q1}, groups", "chưa hỏi nhóm nào"),
        ({"questions__0__groups": ["hdnt"]}, f"{Q1}, groups", "Có phải “hdnd”?"),
        ({"questions__0__groups": ["hdnd", "hdnd"]}, f"{Q1}, groups", "“hdnd” ghi nhiều lần"),
        ({"questions__1__groups": ["x"]}, f"{Q2}, groups", "không có mã “x” trong [[groups]]"),
        # comments
        ({"questions__1__criterion": "1.1.1"}, f"{Q2}, criterion", "câu góp ý không có khóa này"),
        ({"questions__1__scale": "tot"}, f"{Q2}, scale", "câu góp ý không có khóa này"),
        ({"questions__1__weight": "1"}, f"{Q2}, weight", "câu góp ý không có khóa này"),
        # the tree
        ({"criteria__0__method": "survey"}, "[[criteria]] số 1 (1.1), method", "hãy xóa khóa này"),
        ({"criteria__0__parent": "1.1"}, "[[criteria]] số 1 (1.1), parent", "vòng: 1.1 → 1.1"),
        (
            {"criteria__0__parent": "1.1.2"},
            "[[criteria]] số 1 (1.1), parent",
            "thành vòng: 1.1 → 1.1.2 → 1.1",
        ),
        # the sums
        ({"index__max_points": "3.4"}, "[index], max_points", "ghi 3.4, nhưng"),
        ({"index__survey_points": "2/3"}, "[index], survey_points", "là: so 2.5"),
        ({"criteria__0__max_points": "1.4"}, "[[criteria]] số 1 (1.1), max_points", "là 1.5"),
        ({"criteria__3__method": "appraisal"}, "[index], survey_points", "là: so 0.5"),
    ],
)  # fmt: skip
def test_one_mistake_between_entries_is_told_once_with_its_place_and_a_remedy(
    changes: dict[str, object], place: str, told: str
) -> None:
    told_once(changes, place, told)


def test_blocks_tied_for_the_largest_maximum_must_agree_on_survey_points() -> None:
    changes = {
        "blocks__1": {"code": "xa", "name": "Xã", "not_applicable": ["1.1.2"]},
        "blocks__0__not_applicable": ["1.3"],
        "criteria__4": {
            "code": "1.3", "parent": "1", "name": "Khác", "max_points": 1, "method": "external",
        },
    }  # fmt: skip
    fault = only_fault(**changes)
    assert fault.place == "[index], survey_points"
    assert "so 2.5, xa 3.5" in fault.message


def test_the_largest_block_alone_gives_the_sums() -> None:
    raw = make_raw(blocks__1={"code": "xa", "name": "Xã", "not_applicable": ["1.2"]})
    assert indexfile.read(raw).survey_points == Fraction(5, 2)


def test_what_a_unit_leaves_out_does_not_touch_the_sums() -> None:
    raw = make_raw(units__0__not_applicable=["1.2"])
    assert indexfile.read(raw).units[0].not_applicable == ("1.2",)


def test_a_node_may_state_the_sum_of_all_leaves_or_of_those_of_the_largest_block() -> None:
    excluded = {
        "blocks__0__not_applicable": ["1.1.2"],
        "index__max_points": "5/2",
    }
    for stated in (Fraction(3, 2), Fraction(1, 2)):
        raw = make_raw(**excluded, criteria__0__max_points=str(stated))
        assert indexfile.read(raw).criterion_of["1.1"].max_points == stated
    fault = only_fault(**excluded, criteria__0__max_points="1")
    assert "là 0.5 / 1.5" in fault.message


def test_a_survey_leaf_needs_a_question_only_if_it_applies_to_a_unit() -> None:
    leaf = {"code": "1.3", "parent": "1", "name": "Mới", "max_points": 0, "method": "survey"}
    fault = only_fault(criteria__4=leaf)
    assert fault.place == "[[criteria]] số 5 (1.3)"
    assert "chưa có câu hỏi nào" in fault.message
    for nowhere in ({"units__0__not_applicable": ["1.3"]}, {"blocks__0__not_applicable": ["1.3"]}):
        assert indexfile.read(make_raw(criteria__4=leaf, **nowhere)).leaves[-1].code == "1.3"


@pytest.mark.parametrize(
    ("criterion", "told"),
    [
        ("1.1.2", 'method = "appraisal"'),
        ("1.2", 'method = "external"'),
        ("1.1", "còn có tiêu chí con"),
        ("1", "không có mã “1”"),
        ("1.1.3", "không có mã “1.1.3”"),
    ],
)
def test_a_scored_question_belongs_to_a_survey_leaf(criterion: str, told: str) -> None:
    faults = faults_of(make_raw(questions__0__criterion=criterion))
    assert [fault.place for fault in faults] == [f"{Q1}, criterion", LEAF]
    assert told in faults[0].message


def test_components_and_criteria_share_their_codes() -> None:
    places = [
        fault.place for fault in faults_of(make_raw(components__1={"code": "1.1", "name": "B"}))
    ]
    assert "[[criteria]] số 1 (1.1), code" in places


def test_faults_of_every_kind_are_told_together() -> None:
    raw = make_raw(
        indx=1,
        index__survey_points="9",
        rules__min_ballots=0,
        units__0__block="s0",
        units__1={"code": "snv", "name": ""},
        groups__1=7,
        criteria__2__max_points="-1",
        criteria__3__parent="2",
        scales__0__levels__0__weight=1.0,
        questions__0__groups=["hdnd", "xa"],
        questions__1__text="\x00",
    )
    assert {fault.place for fault in faults_of(raw)} == {
        "indx",
        "[index], survey_points",
        "[rules], min_ballots",
        f"{SNV}, block",
        "[[units]] số 2 (snv), code",
        "[[units]] số 2 (snv), name",
        "[[units]] số 2 (snv), block",
        "[[groups]] số 2",
        "[[criteria]] số 3 (1.1.2), max_points",
        "[[criteria]] số 4 (1.2), parent",
        "[[scales]] số 1 (tot), levels số 1 (A), weight",
        f"{Q1}, groups",
        f"{Q2}, text",
    }


def test_a_list_of_the_wrong_shape_does_not_make_every_reference_to_it_wrong() -> None:
    assert only_fault(scales={"code": "tot"}).place == "[[scales]]"
    assert only_fault(blocks=[]).place == "[[blocks]]"


def test_thousands_of_wrong_references_are_all_told() -> None:
    units = [{"code": f"u{n}", "name": "U", "block": f"khoi-{n}"} for n in range(3000)]
    told = [fault for fault in faults_of(make_raw(units=units)) if fault.place.endswith(", block")]
    assert len(told) == 3000


def test_a_deep_tree_and_a_long_loop_are_followed_to_the_end() -> None:
    chain = [
        {"code": f"c{n}", "parent": f"c{n + 1}" if n < 1899 else "1", "name": "C"}
        for n in range(1900)
    ]
    leaf = {"max_points": 0, "method": "appraisal"}
    raw = make_raw()
    raw["criteria"] += [chain[0] | leaf, *chain[1:-1], chain[-1] | {"max_points": 0}]
    assert len(indexfile.read(raw).leaves) == 4
    raw["criteria"][-1]["parent"] = "c1"
    faults = faults_of(raw)
    assert [fault.place for fault in faults] == ["[[criteria]] số 6 (c1), parent"]
    assert len(faults[0].message) < 300


def test_a_sum_is_not_judged_while_a_mistyped_code_leaves_it_open() -> None:
    # Had "1.1.2" been excluded as meant, 2.5 points would be right.
    fault = only_fault(blocks__0__not_applicable=["1.1.3"], index__max_points="5/2")
    assert fault.place == "[[blocks]] số 1 (so), not_applicable"


def test_a_smaller_block_with_a_mistyped_code_leaves_the_sums_to_be_judged() -> None:
    small = {"code": "xa", "name": "Xã", "not_applicable": ["1.2", "1.9"]}
    places = [fault.place for fault in faults_of(make_raw(blocks__1=small, index__max_points=3))]
    assert places == ["[[blocks]] số 2 (xa), not_applicable", "[index], max_points"]


def test_a_missing_maximum_leaves_the_largest_block_open_only_where_blocks_differ() -> None:
    wrong = {"criteria__2__max_points": GONE, "index__survey_points": "9"}
    leaf = "[[criteria]] số 3 (1.1.2), max_points"
    other = {"code": "xa", "name": "Xã", "not_applicable": ["1.1.2"]}
    assert [fault.place for fault in faults_of(make_raw(**wrong))] == [
        leaf,
        "[index], survey_points",
    ]
    assert [fault.place for fault in faults_of(make_raw(**wrong, blocks__1=other))] == [leaf]


def test_a_node_is_not_judged_while_the_tree_below_it_is_wrong() -> None:
    parent = only_fault(criteria__0__max_points="7/2", criteria__3__parent="1.2.2")
    assert parent.place == "[[criteria]] số 4 (1.2), parent"
    twin = only_fault(
        criteria__0__max_points="5/2",
        criteria__3__code="1.1.2",
        criteria__3__parent="1.1",
        criteria__3__max_points="2",
    )
    assert twin.place == "[[criteria]] số 4 (1.1.2), code"


def many(kind: str, number: int) -> list[dict[str, object]]:
    """So many entries of a list, the further ones like the first of the small index."""
    entries: list[dict[str, object]] = list(make_raw()[kind])
    return entries + [{**entries[0], "code": f"x{place}"} for place in range(number - len(entries))]


@pytest.mark.parametrize("kind", ["units", "questions", "groups"])
def test_an_index_beyond_any_size_that_is_meant_is_refused(kind: str) -> None:
    most = MOST[kind]
    raw = make_raw()
    raw[kind] = many(kind, most)
    assert len(raw[kind]) == most
    indexfile.read(raw)
    raw[kind] = many(kind, most + 1)
    (fault,) = faults_of(raw)
    assert fault.place == f"[[{kind}]]"
    assert f"có {most + 1} mục, nhiều hơn mức tối đa {most}; hãy bỏ bớt" in fault.message


def test_criteria_beyond_any_number_that_is_meant_are_refused() -> None:
    raw = make_raw()
    raw["criteria"] = many("criteria", MOST["criteria"] + 1)
    assert "[[criteria]]" in [fault.place for fault in faults_of(raw)]


def test_a_ballot_beyond_any_length_that_is_meant_is_refused_at_its_group() -> None:
    raw = make_raw()
    raw["units"], raw["questions"] = many("units", 450), many("questions", 450)
    faults = faults_of(raw)
    asked = sum("hdnd" in q["groups"] and "scale" in q for q in raw["questions"])
    assert "[[groups]] số 1 (hdnd)" in [fault.place for fault in faults]
    assert f"hỏi tới {asked * 450} ý" in faults[0].message
    raw["units"], raw["questions"] = many("units", 124), many("questions", 63)
    indexfile.read(raw)
