"""How groups rate: never finer than the cells of a sheet, and by its own rules."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from app.language import decimal
from app.scores.bygroup import EVERYBODY, ByGroup
from app.scores.narrowing import Narrowing
from app.scores.results import Results
from tests.making.sheets import Answers, Case, cases, levels, make_document

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALL = Narrowing()
LEAVES = ({"code": "1.1", "max_points": "1"}, {"code": "2.1", "parent": "2", "max_points": "3"})
UNITS = ({"code": "snv", "name": "Sở Nội vụ"}, {"code": "stc", "name": "Sở Tài chính"})


def of_named(answers: Answers, narrowing: Narrowing = ALL) -> dict[str, dict[str, str]]:
    """Unit → cell → "percent rank", as the page has them."""
    document = make_document(answers, leaves=LEAVES, units=UNITS, external={})
    (table,) = ByGroup(Results(document)).tables(narrowing)
    return {
        name: {
            cell: f"{stand.percent} {stand.rank}"
            for (cell, _joined), stand in zip(table.cells, stands, strict=True)
            if stand is not None
        }
        for _code, name, _whole, stands in table.rows
    }


@given(cases())
@FEW
def test_everybody_together_gives_the_points_of_the_sheet(case: Case) -> None:
    document = case.document
    by_group = ByGroup(Results(document))
    for unit in document["units"]:
        for leaf in unit["criteria"]:
            if "questions" in leaf and unit["reason"] is None:
                ratio = by_group.ratios[unit["code"]][EVERYBODY].get(leaf["code"])
                worth = None if ratio is None else ratio * Fraction(leaf["max_points"])
                assert worth == (None if leaf["exact"] is None else Fraction(leaf["exact"]))


@given(cases())
@FEW
def test_no_cell_is_finer_than_those_of_the_sheet(case: Case) -> None:
    """Each cell of a question lies in one of the unit's; those have no group in common."""
    document = case.document
    by_group = ByGroup(Results(document))
    for unit in document["units"]:
        cells = set(by_group.ratios[unit["code"]]) - {EVERYBODY}
        assert sum(map(len, cells)) == len(frozenset().union(*cells))
        for leaf in unit["criteria"]:
            for question in leaf.get("questions", ()):
                for key in question["counts"] or {}:
                    (_one,) = [cell for cell in cells if set(key.split("+")) <= cell]


def test_each_group_has_its_percent_and_its_place() -> None:
    found = of_named(
        {
            ("q1", "snv"): {"hdnd": levels(6), "xa": levels(0, 0, 0, 6)},
            ("q2", "snv"): {"hdnd": levels(0, 6), "xa": levels(6)},
            ("q1", "stc"): {"hdnd": levels(0, 0, 0, 6), "xa": levels(6)},
            ("q2", "stc"): {"hdnd": levels(0, 0, 0, 6), "xa": levels(6)},
        }
    )
    # 100 · (1·1 + 3·0,6) ÷ 4, and 100 · (0 + 3·1) ÷ 4.
    assert found == {
        "Sở Nội vụ": {"Nhóm hdnd": "70,0 1", "Nhóm xa": "75,0 2"},
        "Sở Tài chính": {"Nhóm hdnd": "0,0 2", "Nhóm xa": "100,0 1"},
    }


def test_groups_that_one_question_has_together_stand_together_in_all() -> None:
    """xa is large enough in q2: alone there, its answers would leave those of hdnd in q1."""
    answers: Answers = {
        ("q1", "snv"): {"hdnd": levels(6), "xa": levels(1), "so": levels(0, 0, 0, 4)},
        ("q2", "snv"): {"hdnd": levels(6), "xa": levels(0, 0, 0, 6), "so": levels(6)},
        ("q1", "stc"): {"hdnd": levels(6)},
    }
    found = of_named(answers)
    assert found["Sở Nội vụ"].keys() == {"Nhóm hdnd", "Nhóm xa; Nhóm so"}
    assert found["Sở Tài chính"].keys() == {"Nhóm hdnd"}
    # 1 of 5 in q1; 6 of 12 in q2: 100 · (0,2 + 1,5) ÷ 4.
    assert found["Sở Nội vụ"]["Nhóm xa; Nhóm so"] == f"{decimal(Fraction('42.5'), 1)} 1"


def test_one_component_alone_is_of_its_leaves_alone() -> None:
    answers: Answers = {
        ("q1", "snv"): {"hdnd": levels(6)},
        ("q2", "snv"): {"hdnd": levels(0, 0, 0, 6)},
        ("q1", "stc"): {"hdnd": levels(0, 6)},
    }
    one = of_named(answers, Narrowing(component="1"))
    assert one == {"Sở Nội vụ": {"Nhóm hdnd": "100,0 1"}, "Sở Tài chính": {"Nhóm hdnd": "60,0 2"}}
    two = of_named(answers, Narrowing(component="2"))
    assert two == {"Sở Nội vụ": {"Nhóm hdnd": "0,0 1"}, "Sở Tài chính": {}}


@pytest.mark.parametrize("label", ["Khá", "-"])
def test_who_is_not_shown_keeps_his_place(label: str) -> None:
    """A class leaves units out; ranks and means stay those of the whole list."""
    document = make_document(
        {("q1", "snv"): {"hdnd": levels(0, 6)}, ("q1", "stc"): {"hdnd": levels(6)}},
        leaves=LEAVES,
        units=UNITS,
        external={},
        rules={"classes": [{"label": "Tốt", "from": "90"}, {"label": "Khá", "from": "50"}]},
    )
    results = Results(document)
    wanted = Narrowing(label=label).of(results.index)
    assert wanted.label == label
    if label == "-":
        assert wanted.lists(results) == ByGroup(results).tables(wanted) == ()
        return
    (ranked,), (whole,) = wanted.lists(results), results.lists()
    assert [(unit.code, unit.rank) for unit in ranked.units] == [("snv", 2)]
    assert (ranked.mean, ranked.among) == (whole.mean, 2)
    (table,) = ByGroup(results).tables(wanted)
    assert [(row[0], row[3][0].rank if row[3][0] else 0) for row in table.rows] == [("snv", 2)]
    assert table.rated[0].units == 2


def test_what_is_not_in_the_index_narrows_nothing() -> None:
    results = Results(make_document())
    assert not Narrowing("khong", "khong", "khong").of(results.index)
