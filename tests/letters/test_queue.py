"""The letters of a wave: queued once each, dropped when no longer wanted, counted."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.keys.keyfile import KeyFile
from app.letters import queue, standing
from app.letters.outbox import Outcome
from app.roster import people
from app.store.db import Database
from app.store.models import Respondent, Wave
from app.waves import corrections
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.conftest import Clock
from tests.making.blocks import names
from tests.making.posting import begin, claim, make_letters, record, remind, rows, states


@pytest.fixture
def wave(db: Database, keys: KeyFile) -> Wave:
    return make_letters(db, keys, 6)


def stands(db: Database, wave: Wave) -> dict[str, int]:
    """How the six invitations stand, without what is 0."""
    with db.reading() as session:
        found = standing.progress(session, id_of(wave))
    assert found.pop("issued") == sum(found.values()) == 6
    return {state: count for state, count in found.items() if count}


def copy(db: Database, wave: Wave, number: bytes) -> bool:
    with db.transaction() as session:
        return queue.queue_copy(session, id_of(wave), number, db.now(session), "vi-du.vn")


def send_all(db: Database) -> None:
    for each in claim(db):
        assert begin(db, each)
        record(db, Outcome(each, "sent"))


def first_ballot(db: Database, wave: Wave) -> bytes:
    with db.reading() as session:
        return names(session, wave)[0].number


def test_a_launch_queues_one_invitation_for_each_ballot(db: Database, wave: Wave) -> None:
    with db.reading() as session:
        numbers = {name.number for name in names(session, wave)}
    invitations = rows(db)
    assert {row.ballot_number for row in invitations} == numbers
    assert {(row.round, row.state, row.attempts) for row in invitations} == {(1, "queued", 0)}


def test_each_call_is_a_round_of_its_own(db: Database, wave: Wave) -> None:
    assert remind(db, wave) == 6
    assert remind(db, wave) == 6
    assert sorted(row.round for row in rows(db, "reminder")) == [1] * 6 + [2] * 6
    assert {row.round for row in rows(db)} == {1}


def test_nobody_to_write_to_queues_nothing(db: Database, wave: Wave) -> None:
    assert remind(db, wave, []) == 0
    assert rows(db, "reminder") == []


def test_message_ids_are_random_and_tell_nothing_of_the_ballot(db: Database, wave: Wave) -> None:
    remind(db, wave)
    everything = rows(db) + rows(db, "reminder")
    assert len({row.message_id for row in everything}) == 12
    for row in rows(db, "reminder"):
        left, _at, domain = row.message_id.partition("@")
        assert domain == "vi-du.vn"
        assert len(bytes.fromhex(left)) == 16
        assert row.ballot_number.hex() not in row.message_id
        assert row.ballot_number[:4].hex() not in row.message_id


def test_a_copy_is_queued_once_in_five_minutes(db: Database, wave: Wave, clock: Clock) -> None:
    send_all(db)
    number = first_ballot(db, wave)
    assert copy(db, wave, number)
    assert not copy(db, wave, number)
    send_all(db)
    clock.move(minutes=4)
    assert not copy(db, wave, number)
    clock.move(minutes=2)
    assert copy(db, wave, number)
    assert states(db, "copy") == {"sent": 1, "queued": 1}


def test_no_copy_while_another_letter_is_about_to_go(db: Database, wave: Wave) -> None:
    number = first_ballot(db, wave)
    assert not copy(db, wave, number)
    claim(db)
    assert not copy(db, wave, number)
    assert rows(db, "copy") == []


def test_a_letter_put_off_for_hours_does_not_keep_a_copy_back(db: Database, wave: Wave) -> None:
    for each in claim(db):
        record(db, Outcome(each, "deferred", timedelta(hours=4)))
    assert copy(db, wave, first_ballot(db, wave))


def test_a_mailbox_gets_six_copies_a_day_at_most(db: Database, wave: Wave, clock: Clock) -> None:
    send_all(db)
    number = first_ballot(db, wave)
    given = 0
    for _quarter in range(40):
        given += copy(db, wave, number)
        send_all(db)
        clock.move(minutes=15)
    assert given == 6
    clock.move(days=1)
    assert copy(db, wave, number)


def test_asking_in_one_place_does_not_stop_others(db: Database, wave: Wave) -> None:
    send_all(db)
    with db.reading() as session:
        numbers = [name.number for name in names(session, wave)]
    assert all(copy(db, wave, number) for number in numbers)


def test_two_requests_at_once_queue_one_copy(db: Database, wave: Wave) -> None:
    send_all(db)
    number = first_ballot(db, wave)
    ready = threading.Barrier(4)
    given = []

    def ask() -> None:
        ready.wait()
        given.append(copy(db, wave, number))

    threads = [threading.Thread(target=ask) for _device in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [False, False, False, True]
    assert len(rows(db, "copy")) == 1


def test_a_cast_drops_what_was_not_sent_to_that_ballot_alone(db: Database, wave: Wave) -> None:
    send_all(db)
    remind(db, wave)
    number = first_ballot(db, wave)
    with db.transaction() as session:
        queue.drop_queued(session, number)
    assert states(db) == {"sent": 6}
    assert len(rows(db, "reminder")) == 5
    assert number not in {row.ballot_number for row in rows(db, "reminder")}


def test_neither_a_cast_nor_another_invitation_drops_what_the_old_address_is_told(
    db: Database, wave: Wave
) -> None:
    number, domain = first_ballot(db, wave), "vi-du.vn"
    remind(db, wave, [number])
    with db.transaction() as session:
        now = db.now(session)
        queue.queue(session, id_of(wave), "moved", [number], now, domain, address="cu@vi-du.vn")
        queue.replace(session, number)
    assert len(rows(db)) == 5
    assert len(rows(db, "reminder")) == 1, "it goes to who has not cast, and to nobody else"
    with db.transaction() as session:
        queue.drop_queued(session, number)
    assert rows(db, "reminder") == []
    assert [row.address for row in rows(db, "moved")] == ["cu@vi-du.vn"]


@pytest.mark.parametrize("state", ["queued", "deferred", "uncertain"])
def test_what_waits_in_any_state_is_dropped(db: Database, wave: Wave, state: str) -> None:
    for each in claim(db):
        begin(db, each)
        if state != "queued":
            record(db, Outcome(each, state, timedelta(minutes=1)))
    if state == "queued":
        remind(db, wave)
    with db.transaction() as session:
        queue.drop_queued(session, first_ballot(db, wave))
    # An invitation stays, whatever its state: its going would tell of the cast.
    kind, left = ("reminder", 5) if state == "queued" else ("invitation", 6)
    assert len(rows(db, kind)) == left


def test_a_letter_in_somebodys_hands_is_not_dropped(db: Database, wave: Wave) -> None:
    claim(db)
    with db.transaction() as session:
        queue.drop_queued(session, first_ballot(db, wave))
    assert states(db) == {"claimed": 6}


def test_a_cancelled_wave_drops_all_that_waits(db: Database, wave: Wave) -> None:
    claimed = claim(db)
    record(db, Outcome(claimed[0], "sent"), Outcome(claimed[1], "failed", error="đầy"))
    record(db, *(Outcome(each, "deferred", timedelta(minutes=1)) for each in claimed[2:]))
    with db.transaction() as session:
        queue.drop_all_queued(session, id_of(wave))
    assert states(db) == {"sent": 1, "failed": 1}
    with db.reading() as session:
        people = session.scalars(select(col(Respondent.id)).order_by(col(Respondent.id))).all()
        told = [standing.invitation_of(session, person)[0] for person in people]
    assert sorted(told) == ["dropped"] * 4 + ["failed", "sent"]


def test_counts_tell_sent_failed_and_still_to_go(db: Database, wave: Wave) -> None:
    assert stands(db, wave) == {"waiting": 6}
    one, two, three, four, five, _six = claim(db)
    assert stands(db, wave) == {"waiting": 6}
    record(
        db,
        Outcome(one, "sent"),
        Outcome(two, "failed", error="Không có hộp thư này"),
        Outcome(three, "deferred", timedelta(minutes=1)),
        Outcome(four, "uncertain", timedelta(0)),
        Outcome(five, "uncertain"),
    )
    assert stands(db, wave) == {"sent": 1, "failed": 2, "deferred": 2, "waiting": 1}


def test_reminders_and_copies_are_not_in_the_counts(db: Database, wave: Wave) -> None:
    send_all(db)
    remind(db, wave)
    send_all(db)
    assert stands(db, wave) == {"sent": 6}


def test_the_invitation_of_who_was_taken_off_was_not_sent(
    db: Database, keys: KeyFile, wave: Wave
) -> None:
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        for person in people.everyone(session, id_of(wave))[:2]:
            corrections.remove(session, keys, found, person, db.now(session), "vi-du.vn")
    assert stands(db, wave) == {"waiting": 4, "withdrawn": 2}
    send_all(db)
    assert stands(db, wave) == {"sent": 4, "withdrawn": 2}


def test_the_officer_sees_name_address_and_reason_of_what_failed(db: Database, wave: Wave) -> None:
    one, two, *others = claim(db)
    record(
        db,
        Outcome(two, "failed", error="Hộp thư đầy: 552"),
        Outcome(one, "uncertain", error="không rõ thư đã tới hay chưa"),
        *(Outcome(each, "sent") for each in others),
    )
    with db.reading() as session:
        told = [
            (each.name, each.email, each.error) for each in standing.failed(session, id_of(wave))
        ]
        assert told == sorted(
            [
                (one.facts.name, one.facts.email, "không rõ thư đã tới hay chưa"),
                (two.facts.name, two.facts.email, "Hộp thư đầy: 552"),
            ]
        )
