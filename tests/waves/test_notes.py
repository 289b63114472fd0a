"""Hourly notes: cells of ten or more, once an hour, and reminders by rule, once each."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from app.keys.keyfile import KeyFile
from app.keys.urn import Answers
from app.roster import people
from app.settings import Settings
from app.store.db import Database
from app.store.models import Letter, Respondent
from app.waves import corrections, launch, notecells, notes, reminders, situation
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.conftest import Clock, first_on_both
from tests.making.blocks import cast_all, cast_ballot, make_index, make_people, make_wave, names

# Who stands in which cell is decided on rows that both databases give alike.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("issued", "cells"),
    [
        ({"a": 12, "b": 30}, {"a": "a", "b": "b"}),
        ({"a": 12, "b": 4, "c": 7}, {"a": "a", "b": "b+c", "c": "b+c"}),
        ({"a": 12, "b": 4, "c": 30}, {"a": "a+b", "b": "a+b", "c": "c"}),
        ({"a": 12, "b": 4, "c": 12}, {"a": "a+b", "b": "a+b", "c": "c"}),
        ({"a": 5, "b": 4}, {}),
        ({"a": 5, "b": 5}, {"a": "a+b", "b": "a+b"}),
        ({"a": 10, "b": 0}, {"a": "a"}),
    ],
)
def test_small_groups_are_counted_together(issued: dict[str, int], cells: dict[str, str]) -> None:
    assert notecells.cells(issued) == cells
    sums = {cell: sum(issued[g] for g in cell.split("+")) for cell in cells.values()}
    assert all(total >= notecells.LEAST for total in sums.values())


@pytest.mark.parametrize(
    ("noted", "left", "after"),
    [
        ({"a": "a", "b": "b"}, {"a": 10, "b": 30}, {"a": "a", "b": "b"}),
        ({"a": "a", "b": "b"}, {"a": 9, "b": 30}, {"a": "a+b", "b": "a+b"}),
        ({"a": "a", "b": "b"}, {"b": 30}, {"a": "a+b", "b": "a+b"}),
        (
            {"a": "a+c", "b": "b", "c": "a+c", "d": "d"},
            {"a": 3, "b": 12, "c": 6, "d": 11},
            {"a": "a+c+d", "b": "b", "c": "a+c+d", "d": "a+c+d"},
        ),
        ({"a": "a", "b": "b"}, {"a": 4, "b": 5}, {}),
        ({}, {"a": 40}, {}),
    ],
)
def test_cells_with_few_people_left_are_put_together_and_never_split(
    noted: dict[str, str], left: dict[str, int], after: dict[str, str]
) -> None:
    assert notecells.coarser(noted, left) == after
    assert notecells.coarser(after, dict.fromkeys(noted, 100)) == after


def noted(db: Database, clock: Clock) -> dict[str, tuple[int, int]]:
    """Cell → issued and cast, at the next hour."""
    clock.move(hours=1)
    notes.take_all(db)
    with db.reading() as session:
        return {note.cell: (note.issued, note.cast) for note in notes.latest(session, 1)}


@SQLITE
def test_people_made_up_beside_one_do_not_make_a_cell_of_them(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    index = make_index()
    xa, hdnd = (
        [person for person in make_people(index, 80) if person.group == group]
        for group in ("xa", "hdnd")
    )
    wave = make_wave(db, keys, index, [*xa[:12], hdnd[0]])
    before = noted(db, clock)
    assert set(before) == {notes.ALL, "hdnd+xa"}
    with db.transaction() as session:
        for made_up in hdnd[1:20]:
            person = replace(made_up, email=f"gia-{made_up.email}")
            stored = waves.load(session, wave.code)
            corrections.add(session, keys, stored, person, db.now(session), "vi-du.vn")
    assert noted(db, clock) == before
    with db.reading() as session:
        late = names(session, wave)[13:]
    for name in late:
        cast_ballot(db, keys, name, Answers())
    assert noted(db, clock) == before, "nobody who was added later is in a number"
    with db.reading() as session:
        the_one = names(session, wave)[12]
    cast_ballot(db, keys, the_one, Answers())
    assert noted(db, clock) == dict.fromkeys(before, (13, 1))


@SQLITE
def test_taking_off_the_others_leaves_nobody_alone_in_a_cell(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=40)
    before = noted(db, clock)
    assert set(before) == {notes.ALL, "hdnd", "xa"}
    with db.reading() as session:
        there = people.everyone(session, id_of(wave))
    some = [id_of_person(p) for p in there if p.group == "hdnd"][:-1]
    take_off(db, keys, some)
    after = noted(db, clock)
    assert after == dict.fromkeys((notes.ALL, "hdnd+xa"), (40, 0))
    bring_back(db, keys, some)
    assert noted(db, clock) == after, "what was put together is not told apart again"


@first_on_both("all_groups", [False, True])
def test_whoever_could_cast_alone_for_some_minutes_is_not_told_by_the_next_note(
    db: Database, keys: KeyFile, clock: Clock, all_groups: bool
) -> None:
    wave = make_wave(db, keys, people=40)
    before = noted(db, clock)
    with db.reading() as session:
        there = people.everyone(session, id_of(wave))
        the_one = names(session, wave)[0]
    _one, *others = [p for p in there if all_groups or p.group == there[0].group]
    assert len(others) == (39 if all_groups else 19)
    take_off(db, keys, [id_of_person(p) for p in others])
    cast_ballot(db, keys, the_one, Answers())
    bring_back(db, keys, [id_of_person(p) for p in others])
    # The others have new links by now, and did not use them.
    assert noted(db, clock) == (before if all_groups else {notes.ALL: (40, 1), "hdnd+xa": (40, 1)})
    assert noted(db, clock).keys() == (before.keys() if all_groups else {notes.ALL, "hdnd+xa"})


def id_of_person(person: Respondent) -> int:
    assert person.id is not None
    return person.id


def take_off(db: Database, keys: KeyFile, some: list[int]) -> None:
    with db.transaction() as session:
        wave, now = waves.load(session, "dot-thu"), db.now(session)
        for number in some:
            person = people.find(session, id_of(wave), number)
            assert person is not None
            corrections.remove(session, keys, wave, person, now, "vi-du.vn")


def bring_back(db: Database, keys: KeyFile, some: list[int]) -> None:
    with db.transaction() as session:
        wave, now = waves.load(session, "dot-thu"), db.now(session)
        for number in some:
            corrections.restore(session, keys, wave, number, now, "vi-du.vn")


def test_a_ballot_issued_anew_moves_no_number_whether_it_was_cast_or_not(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=40)
    cast_all(db, keys, wave, share=0.5)
    before = noted(db, clock)
    for place in (3, 30):
        with db.transaction() as session:
            stored, now = waves.load(session, wave.code), db.now(session)
            person = people.everyone(session, id_of(wave))[place]
            corrections.reissue(session, keys, stored, person, now, "vi-du.vn")
        assert noted(db, clock) == before
    with db.reading() as session:
        again = names(session, wave)[3]
        assert situation.status(session, wave, db.now(session)).cast == 19
    cast_ballot(db, keys, again, Answers())
    assert noted(db, clock) == before, "one person is counted once"


def test_notes_are_taken_once_an_hour(db: Database, keys: KeyFile, clock: Clock) -> None:
    wave = make_wave(db, keys, people=40)
    notes.take_all(db)
    cast_all(db, keys, wave, share=0.5)
    clock.move(minutes=20)
    notes.take_all(db)
    with db.reading() as session:
        whole = [note for note in notes.of(session, id_of(wave)) if note.cell == notes.ALL]
    assert [note.cast for note in whole] == [0], "the same hour, the same note"
    clock.move(minutes=50)
    for _server in range(2):
        notes.take_all(db)
    with db.reading() as session:
        found = notes.of(session, id_of(wave))
        latest = notes.latest(session, id_of(wave))
    assert [note.cast for note in found if note.cell == notes.ALL] == [0, 20]
    cells = [note for note in latest if note.cell != notes.ALL]
    assert sum(note.cast for note in cells) == 20
    assert sum(note.issued for note in cells) == 40
    assert all(note.issued >= notecells.LEAST for note in cells)


def test_a_reminder_by_rule_goes_once_and_not_long_after(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    wave = make_wave(db, keys, closes=clock() + timedelta(days=10))
    with db.transaction() as session:
        stored = waves.load(session, wave.code)
        reminders.set_days(session, stored, [3, 5, 3, 99])
        assert reminders.days_of(stored) == [5, 3]
        first, second = reminders.due_times(stored)

    def reminded() -> int:
        for _server in range(2):
            reminders.remind_all(db, keys, configured)
        with db.reading() as session:
            return (
                session.connection()
                .execute(select(func.count()).where(col(Letter.kind) == "reminder"))
                .scalar_one()
            )

    clock.now = first - timedelta(minutes=1)
    assert reminded() == 0
    clock.now = first + timedelta(minutes=1)
    assert reminded() == 20
    clock.now = second + timedelta(hours=13)
    assert reminded() == 20, "nobody is reminded of what is long past"


@SQLITE
def test_a_reminder_by_rule_is_left_out_soon_after_one_by_hand(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    wave = make_wave(db, keys, closes=clock() + timedelta(days=10))
    with db.transaction() as session:
        stored = waves.load(session, wave.code)
        reminders.set_days(session, stored, [3])
        (due,) = reminders.due_times(stored)
    clock.now = due - timedelta(hours=1)
    with db.transaction() as session:
        launch.remind(db, session, configured, waves.load(session, wave.code))
    for _hour in range(14):
        clock.move(hours=1)
        reminders.remind_all(db, keys, configured)
    with db.reading() as session:
        assert reminders.done(session, id_of(wave)) == {due}
        sent = session.scalars(select(col(Letter.round)).where(col(Letter.kind) == "reminder"))
        assert set(sent) == {1}


def test_two_who_remind_at_one_instant_remind_once(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    wave = make_wave(db, keys)
    clock.move(days=1)
    said: list[str] = []
    ready = threading.Barrier(3)

    def press() -> None:
        ready.wait()
        try:
            with db.transaction() as session:
                launch.remind(db, session, configured, waves.load(session, wave.code))
            said.append("reminded")
        except launch.TooSoon:
            said.append("too soon")

    threads = [threading.Thread(target=press) for _officer in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["reminded", "too soon", "too soon"]
    with db.reading() as session:
        reminders_queued = select(func.count()).where(col(Letter.kind) == "reminder")
        assert session.scalars(reminders_queued).one() == 20
