"""Hourly notes: cells of ten or more, once an hour, and reminders by rule, once each."""

from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from app import notes, reminders, waves
from app.db import Database
from app.keys import KeyFile
from app.models import Letter
from app.settings import Settings
from app.waves import id_of
from tests.conftest import Clock
from tests.making import cast_all, make_wave


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
    assert notes.cells(issued) == cells
    sums = {cell: sum(issued[g] for g in cell.split("+")) for cell in cells.values()}
    assert all(total >= notes.LEAST for total in sums.values())


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
    assert all(note.issued >= notes.LEAST for note in cells)


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
