"""What everybody reads of a released sheet."""

import pytest

from app.scores.course import Course
from app.scores.press import Press
from app.scores.results import Results
from app.scores.turnout import Cell
from tests.papers.test_verify_choices import SOUND


@pytest.mark.parametrize(("received", "told"), [(11, True), (12, False), (0, False)])
def test_ballots_by_group_are_told_unless_they_tell_it_of_each_person(
    received: int, told: bool
) -> None:
    cells = [Cell(("Đại biểu HĐND tỉnh",), 12, received), Cell(("Lãnh đạo xã",), 40, 31)]
    press = Press(Results(SOUND), Course(cells=cells))
    assert (press.groups is not None) == told


def test_the_means_of_components_are_those_of_their_blocks() -> None:
    results = Results(SOUND)
    (block,) = Press(results, Course()).means
    shares = [results.percent_of(unit["criteria"][0]) for unit in SOUND["units"]]
    assert [row.percent for row in block.rows] == [shares[0]] == [shares[1]]
