"""A comparison of two years equals what a second computation makes of the files alone."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.years import compare
from app.years.lineage import Lineage, Link
from tests.making.sheets import Case, cases, levels, make_document, make_facts
from tests.making.yearsbyhand import ByHand

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "app/papers/compare.schema.json").read_text("utf-8")
)


@st.composite
def links(draw: st.DrawFn, then: list[str], now: list[str]) -> tuple[Link, ...]:
    """Some codes of one year that became some of the other, each once."""
    then, now, found = draw(st.permutations(then)), draw(st.permutations(now)), []
    for before, after in draw(
        st.lists(st.sampled_from([(1, 0), (0, 1), (1, 1), (2, 1), (1, 2)]), max_size=3)
    ):
        if len(then) >= before and len(now) >= after:
            found.append(Link(tuple(then[:before]), tuple(now[:after])))
            then, now = then[before:], now[after:]
    return tuple(found)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases(), cases(), st.data())
def test_every_number_is_that_of_a_second_computation(
    today: Case, earlier: Case, data: st.DataObject
) -> None:
    lineage = Lineage(
        data.draw(links(list(earlier.index.unit_of), list(today.index.unit_of))),
        data.draw(links(*([x.code for x in c.index.leaves] for c in (earlier, today)))),
    )
    now, then = today.document, earlier.document
    expected = ByHand(now, then, lineage)
    if not any([*expected.came.values(), *expected.came_leaf.values()]):
        with pytest.raises(compare.NothingShared):
            compare.document(now, then, lineage)
        return
    found = compare.document(now, then, lineage)
    jsonschema.validate(found, SCHEMA)
    assert found == expected.document()


def test_two_sheets_that_share_nothing_are_said_to() -> None:
    now = make_document(facts=make_facts(code="thu-2023"))
    then = make_document(
        {("q1", "x"): {"hdnd": levels(9)}},
        units=({"code": "x"},),
        leaves=({"code": "9", "max_points": "1"},),
    )
    with pytest.raises(compare.NothingShared, match="thu-2023 và đợt thu-2022 không có cơ quan"):
        compare.document(now, then)
    linked = compare.document(now, then, Lineage(units=(Link(("x",), ("snv",)),)))
    assert [unit["status"] for unit in linked["units"]] == ["renamed", "new"]


def test_the_schema_is_sound_and_refuses_what_is_not_of_the_format() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found = compare.document(make_document(), make_document())
    conforms = jsonschema.Draft202012Validator(SCHEMA)
    conforms.validate(found)
    assert not conforms.is_valid(found | {"format": "phieu.compare/2"})
    spoiled = json.loads(json.dumps(found))
    spoiled["units"][0]["change"] = 0.5
    assert not conforms.is_valid(spoiled)
