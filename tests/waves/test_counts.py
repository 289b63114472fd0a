"""What pages say of ballots received tells of nobody, also where a wave may still be extended."""

from dataclasses import replace
from datetime import timedelta

from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.urn import Answers
from app.roster import people
from app.store.db import Database
from app.waves import closing, corrections, counts, notes, situation
from app.waves import wave as waves
from app.waves.counts import Counts
from app.waves.wave import id_of
from tests.conftest import Clock
from tests.making.blocks import cast_ballot, issue_anew, make_index, make_people, make_wave, names

INDEX = make_index("pooled")


def told(db: Database) -> Counts | None:
    with db.reading() as session:
        return counts.of(session, waves.load(session, "dot-thu"), db.now(session))


def add(db: Database, keys: KeyFile, number: int) -> None:
    model = make_people(INDEX, 1)[0]
    with db.transaction() as session:
        wave = waves.load(session, "dot-thu")
        for place in range(number):
            late = replace(model, name=f"Người thêm {place}", email=f"them{place}@vi-du.vn")
            corrections.add(session, keys, wave, late, db.now(session), "vi-du.vn")


def cast(db: Database, keys: KeyFile, places: range) -> None:
    with db.reading() as session:
        everyone = names(session, waves.load(session, "dot-thu"))
    for place in places:
        cast_ballot(db, keys, everyone[place], Answers())


def close(db: Database) -> None:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, "dot-thu"))


def test_before_the_first_note_nothing_is_said_and_its_time_is_not_before_the_opening(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    opens = clock() - timedelta(minutes=1)
    make_wave(db, keys, INDEX, 40, opens=opens)
    assert told(db) is None
    notes.take_all(db)
    found = told(db)
    assert found is not None
    assert (found.issued, found.cast, found.at) == (40, 0, max(opens, found.at or opens))
    assert not found.final


def test_a_scheduled_closing_counts_all_once_its_grace_is_over(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys, INDEX, 40, closes=clock() + timedelta(hours=2))
    notes.take_all(db)
    cast(db, keys, range(7))
    clock.now = wave.closes_at + timedelta(minutes=14)
    before = told(db)
    assert before is not None
    assert (before.cast, before.final) == (0, False)
    clock.move(minutes=1)
    # Nobody has settled the closing yet.
    after = told(db)
    assert after is not None
    assert (after.issued, after.cast, after.final) == (40, 7, True)
    assert sum(cast for _issued, cast in after.cells.values()) == 7
    assert all(issued >= 10 for issued, _cast in after.cells.values())


def test_beside_few_later_ballots_the_note_stands_until_the_opening(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    """The wave may be extended: the count of all would tell whether the one who came has cast."""
    make_wave(db, keys, INDEX, 40)
    cast(db, keys, range(12))
    add(db, keys, 1)
    cast(db, keys, range(40, 41))
    notes.take_all(db)
    close(db)
    found = told(db)
    assert found is not None
    assert (found.issued, found.cast, found.final) == (40, 12, False)
    unsealing.unseal(db, keys, "dot-thu")
    found = told(db)
    assert found == Counts(41, 13), "as the minutes say; and by no group"


def test_ten_later_ballots_are_enough_to_be_counted_with_the_others(
    db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys, INDEX, 40)
    add(db, keys, 10)
    cast(db, keys, range(35, 45))
    notes.take_all(db)
    close(db)
    found = told(db)
    assert found is not None
    assert (found.issued, found.cast, found.final) == (50, 10, True)
    assert sorted(found.cells.values()) == [(20, 3), (30, 7)]


def test_a_ballot_issued_anew_after_its_cast_is_told_by_the_minutes_alone(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys, INDEX, 40)
    cast(db, keys, range(12))
    with db.reading() as session:
        first, *_others = names(session, wave)
    issue_anew(db, keys, first)
    notes.take_all(db)
    close(db)
    found = told(db)
    assert found is not None
    assert (found.cast, found.final) == (12, False), "11 would tell that this one had cast"
    unsealing.unseal(db, keys, "dot-thu")
    assert told(db) == Counts(40, 11), "and of which group it is is not told"


def test_a_wave_of_a_few_is_counted_in_all_and_never_by_group(db: Database, keys: KeyFile) -> None:
    make_wave(db, keys, INDEX, 6)
    cast(db, keys, range(5))
    close(db)
    assert told(db) == Counts(6, 5)
    unsealing.unseal(db, keys, "dot-thu")
    assert told(db) == Counts(6, 5)


def test_where_too_few_people_are_left_the_last_note_stands_until_the_opening(
    db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys, INDEX, 40)
    cast(db, keys, range(12))
    notes.take_all(db)
    with db.transaction() as session:
        wave = waves.load(session, "dot-thu")
        for person in people.everyone(session, id_of(wave))[3:]:
            corrections.remove(session, keys, wave, person, db.now(session), "vi-du.vn")
    close(db)
    found = told(db)
    assert found is not None
    assert (found.issued, found.cast, found.final) == (40, 12, False)


def test_a_cancelled_wave_keeps_its_last_note(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, INDEX, 40)
    cast(db, keys, range(12))
    notes.take_all(db)
    cast(db, keys, range(12, 15))
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        found.cancelled_at = db.now(session)
        said = counts.of(session, found, db.now(session))
        assert said is not None
        assert (said.cast, said.final) == (12, False)
        assert situation.totals(session, found) == (40, 15)
        session.rollback()


def test_the_days_end_with_the_count_of_all(db: Database, keys: KeyFile, clock: Clock) -> None:
    make_wave(db, keys, INDEX, 40)
    cast(db, keys, range(12))
    notes.take_all(db)
    clock.move(minutes=70)
    cast(db, keys, range(12, 20))
    close(db)
    clock.move(minutes=70)
    notes.take_all(db)
    with db.reading() as session:
        wave = waves.load(session, "dot-thu")
        whole = counts.of(session, wave, db.now(session))
        course = counts.course(session, wave, whole)
    assert [note.cast for note in course if note.cell == notes.ALL] == [12, 20]
    assert course[-1].at == wave.closed_at
