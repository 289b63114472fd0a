"""Whoever adds people after the launch, and answers for them, reads no answer by it."""

from dataclasses import replace

import pytest
from sqlmodel import select

from app.ballots import ballot as ballots
from app.count import scoresheets, unsealing
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.urn import Answers
from app.papers import export, verify
from app.papers.export import Document
from app.roster.file import Person
from app.store.db import Database
from app.store.resultmodels import Comment
from app.waves import closing, corrections
from app.waves import wave as waves
from tests.making.blocks import cast_ballot, make_index, make_people, make_wave, names

INDEX = make_index("weighting-groups")  # groups hdnd and xa, both rate both units


def people(group: str, number: int, since: int) -> list[Person]:
    """So many of one group, who rate every unit."""
    (model, *_others) = make_people(INDEX, 1)
    return [
        replace(model, name=f"Người {n}", email=f"{group}{n}@vi-du.vn", group=group, agency=None)
        for n in range(since, since + number)
    ]


def opened(
    db: Database,
    keys: KeyFile,
    launched: dict[str, int],
    added: dict[str, int],
    index: Index = INDEX,
    comments: dict[str, str] | None = None,
) -> Document:
    """The score sheet of a wave in which everybody of the launch says C, who was added A; of the
    first one of the launch there are `comments` too."""
    roster = [p for group, number in launched.items() for p in people(group, number, 1)]
    late = [p for group, number in added.items() for p in people(group, number, 501)]
    wave = make_wave(db, keys, index, roster)
    with db.transaction() as session:
        for person in late:
            found = waves.load(session, wave.code)
            corrections.add(session, keys, found, person, db.now(session), "vi-du.vn")
    with db.reading() as session:
        everybody = names(session, wave)
    for place, name in enumerate(everybody):
        with db.reading() as session:
            asked = ballots.find(session, name).asked(None)
        level = "C" if place < len(roster) else "A"
        written = comments or {} if place == 0 else {}
        cast_ballot(db, keys, name, Answers(dict.fromkeys(asked, level), written))
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    unsealing.unseal(db, keys, wave.code)
    with db.transaction() as session:
        document, _is_new = scoresheets.score(db, session, wave.code)
    verify.verify(export.to_json(document))
    return document


def cells(document: Document) -> list[dict[str, dict[str, int]] | None]:
    return [
        question["counts"]
        for unit in document["units"]
        for leaf in unit["criteria"]
        for question in leaf.get("questions", ())
    ]


def test_four_added_people_do_not_show_what_one_person_said(db: Database, keys: KeyFile) -> None:
    """It was `{"A": 4, "C": 1}`, in a cell of its own."""
    document = opened(db, keys, {"hdnd": 1, "xa": 6}, {"hdnd": 4})
    together = {"hdnd+xa": {"A": 4, "B": 0, "C": 7, "-": 0}}
    assert cells(document) == [together] * len(cells(document))
    assert (document["issued"], document["issued_later"]) == (11, 4)
    assert [unit["ballots"] for unit in document["units"]] == [11, 11]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_added_people_do_not_show_a_unit_that_too_few_rate(db: Database, keys: KeyFile) -> None:
    document = opened(db, keys, {"hdnd": 1, "xa": 3}, {"hdnd": 9, "xa": 9})
    assert set(cells(document)) == {None}
    assert [unit["ballots"] for unit in document["units"]] == [None, None]
    assert document["issued_later"] == 18


def test_added_people_do_not_bring_out_the_comment_of_one(db: Database, keys: KeyFile) -> None:
    """Comments are kept from ten ballots on; those of people made up were counted among them."""
    opened(db, keys, {"hdnd": 1}, {"hdnd": 12}, make_index("comments"), {"q99": "Chỉ tôi biết."})
    with db.reading() as session:
        assert session.scalars(select(Comment)).all() == []
