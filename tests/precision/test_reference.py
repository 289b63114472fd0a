"""Our standard errors and intervals beside those of R's package survey.

`reference.json` was made by `python -m tests.precision.reference`, which compares 100 waves.
"""

import json
from typing import Any

import pytest

from app.count.adding import Kind
from app.index import file as indexfile
from tests.making.sureness import Ballots, Said
from tests.precision.reference import KEPT, off, ours

KNOWN: dict[str, Any] = json.loads(KEPT.read_text())
SIX_DIGITS = 1e-6


def read(known: dict[str, Any]) -> Ballots:
    """What `reference.written` wrote."""
    parted = (said.partition(":") for said in known["said"])
    return Ballots(
        indexfile.read(known["index"]),
        tuple(
            Kind(group, at_launch, 0, tuple(units), issued)
            for group, at_launch, units, issued in known["kinds"]
        ),
        tuple(Said(int(kind), levels.encode().replace(b".", b"\0")) for kind, _, levels in parted),
    )


@pytest.mark.parametrize("wave", KNOWN["waves"], ids=range(len(KNOWN["waves"])))
def test_errors_and_intervals_are_those_of_the_reference_package(wave: dict[str, Any]) -> None:
    found = ours(read(wave["ballots"]))
    assert found.keys() == wave["errors"].keys()
    for name, (error, length) in wave["errors"].items():
        assert off(found[name].error, error) < SIX_DIGITS
        assert off(2 * found[name].margin, length) < SIX_DIGITS


def test_the_reference_says_what_made_it_and_has_every_rule() -> None:
    rules = [wave["ballots"]["index"]["rules"] for wave in KNOWN["waves"]]
    assert "survey 4.1.1" in KNOWN["by"]
    assert {each["weighting"] for each in rules} == {"pooled", "groups"}
    assert {each["no_opinion"] for each in rules} == {"exclude", "zero"}
    assert any("-" in name for wave in KNOWN["waves"] for name in wave["errors"])
    assert any(not kind[1] for wave in KNOWN["waves"] for kind in wave["ballots"]["kinds"])
