"""Choice questions in an exported sheet: what is stated of them must be possible."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.papers.differences import Differs
from app.papers.export import Document, digest, document, to_json
from app.papers.verify import verify
from app.scores.cells import Chosen, chosen
from app.scores.scoring import Tally, cells, score
from tests.making.blocks import make_index
from tests.making.sheets import levels, make_facts
from tests.papers.test_export import conforms

INDEX = make_index("choices")
WISHES = {
    "hdnd": levels(9, 7, 1, 0, none=1),
    "xa": levels(22, 30, 4, 9, none=3),
}


def make_sheet() -> Document:
    said: dict[tuple[str, str], Chosen | None] = dict.fromkeys(INDEX.choice_items)
    once, own = INDEX.question_of["m1"], INDEX.question_of["m2"]
    said["m1", ""] = chosen(INDEX, once, WISHES, {"hdnd": 12, "xa": 40})
    said["m2", "stc"] = chosen(INDEX, own, {"xa": {"1": 8, "2": 1, "-": 1}}, {"xa": 10})
    counts = {
        item: cells(INDEX, INDEX.question_of[item[0]], {"xa": levels(9, 3, none=2)})
        for item in INDEX.items
    }
    tally = Tally(counts, dict.fromkeys(INDEX.unit_of, 12), said)
    return document(make_facts(), 1, INDEX, score(INDEX, tally, {}))


SOUND = make_sheet()


def test_a_sheet_with_choices_is_verified_and_fits_the_schema() -> None:
    conforms.validate(SOUND)
    assert verify(to_json(SOUND)).digest == SOUND["digest"]
    once = SOUND["choices"][0]
    assert (once["answers"], once["counts"]["hdnd"]["B"]) == ({"hdnd": 12, "xa": 40}, 7)
    assert SOUND["choices"][1] == {"code": "m4", "answers": None, "counts": None}
    assert list(SOUND)[-3:] == ["units", "choices", "digest"]


def test_a_few_answers_to_a_choice_are_one_cell_or_none() -> None:
    once = INDEX.question_of["m1"]
    few = {"hdnd": levels(2, 1), "xa": levels(3, 2, none=1)}
    together = chosen(INDEX, once, few, {"hdnd": 2, "xa": 4}, {"hdnd": 2, "xa": 4})
    assert together is not None
    assert together.answers == {"hdnd+xa": 6}
    assert together.counts == {"hdnd+xa": {"A": 5, "B": 3, "C": 0, "D": 0, "-": 1}}
    # Ballots issued later help nobody to the minimum; nor do many ticks of few.
    assert chosen(INDEX, once, few, {"hdnd": 2, "xa": 4}, {"xa": 4}) is None
    assert chosen(INDEX, once, {"xa": levels(4, 4, 4)}, {"xa": 4}) is None


def setting(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(found: Any) -> None:
        for key in path[:-1]:
            found = found[key]
        if to is DROPPED:
            del found[path[-1]]
        else:
            found[path[-1]] = to

    return change


def of_one_cell(cell: str, number: int) -> Document:
    counts = {cell: {"1": number, "2": 0, "-": 0}}
    return {"code": "m2", "answers": {cell: number}, "counts": counts}


DROPPED = object()
M1 = ("choices", 0)
M2 = ("units", 1, "choices", 0)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        # A level ticked by more than answered, or by more than have an opinion.
        (setting(*M1, "counts", "hdnd", "A", to=12), "choices[m1].counts[hdnd].A"),
        (setting(*M1, "counts", "hdnd", "-", to=13), "choices[m1].counts[hdnd].-"),
        # Too few ticks, and too many.
        (setting(*M1, "counts", "xa", "B", to=1), "choices[m1].counts[xa]"),
        (setting(*M2, "counts", "xa", "2", to=2), "units[stc].choices[m2].counts[xa]"),
        (setting(*M1, "answers", "hdnd", to=30), "choices[m1].counts[hdnd]"),
        # Cells: too small, of another name, in one place only, of a group that is not asked.
        (setting(*M2, to=of_one_cell("xa", 4)), "units[stc].choices[m2].answers[xa]"),
        (setting(*M1, "answers", to={"xa": 40}), "choices[m1].answers"),
        (setting(*M1, "answers", to=None), "choices[m1].answers"),
        (setting(*M1, "counts", to=None), "choices[m1].answers"),
        (setting(*M1, "counts", to={}), "choices[m1].counts"),
        (setting(*M2, to=of_one_cell("hdnd", 9)), "units[stc].choices[m2].counts"),
        (setting(*M1, "counts", "hdnd", "D", to=DROPPED), "choices[m1].counts[hdnd]"),
        (setting(*M1, "answers", "hdnd", to="12"), "choices[m1].answers[hdnd]"),
        (setting(*M1, "answers", to={"hdnd": 12, "xa": 3000}), "choices[m1]"),
        # Keys and lists.
        (setting("choices", to=DROPPED), "choices"),
        (setting(*M2, "code", to="m3"), "units[stc].choices[m2].code"),
        (setting("units", 0, "choices", to=[]), "units[snv].choices[m2]"),
        (setting(*M1, "counts", to=DROPPED), "choices[m1].counts"),
        (setting("units", 0, "criteria", 0, "choices", to=[]), "units[snv].criteria[1.1].choices"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_by_its_place(change: Callable[[Any], None], place: str) -> None:
    altered = json.loads(to_json(SOUND))
    change(altered)
    altered["digest"] = digest(altered)
    with pytest.raises(Differs) as found:
        verify(to_json(altered))
    assert found.value.place.startswith(place)


def test_more_may_not_answer_than_were_counted() -> None:
    altered = json.loads(to_json(SOUND))
    altered["cast"] = altered["counted"] = 51
    altered["digest"] = digest(altered)
    with pytest.raises(Differs) as found:
        verify(to_json(altered))
    assert found.value.place == "choices[m1].answers"
