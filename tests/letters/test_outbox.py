"""Who holds a letter, what runs out when, and which letters go at all."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, update

from app.bonds import ballotfacts
from app.keys.keyfile import KeyFile
from app.letters import outbox, queue
from app.letters.outbox import Outcome
from app.letters.queue import NEVER
from app.store.db import Database
from app.store.models import Ballot, Letter, Respondent, Wave
from tests.conftest import Clock
from tests.making.blocks import change_wave, names
from tests.making.posting import (
    LEASE,
    begin,
    claim,
    make_letters,
    record,
    remind,
    rows,
    states,
    waiting,
)


@pytest.fixture
def wave(db: Database, keys: KeyFile) -> Wave:
    return make_letters(db, keys, 6)


def change(db: Database, table: type[Ballot] | type[Respondent], **values: object) -> None:
    with db.transaction() as session:
        session.connection().execute(update(table).values(**values))


def letters_for_reminders(db: Database, wave: Wave) -> None:
    for each in claim(db):
        record(db, Outcome(each, "sent"))
    remind(db, wave)


def test_a_claim_tells_all_that_a_letter_needs(db: Database, wave: Wave) -> None:
    first = claim(db)[0]
    with db.reading() as session:
        assert first.facts.ballot == names(session, wave)[0]
    assert (first.facts.name, first.facts.email) == ("Người thứ 1", "nguoi0@vi-du.vn")
    assert first.facts.closes_at == wave.closes_at
    assert first.facts.message_id == rows(db)[0].message_id
    assert (first.attempts, first.repeat) == (0, False)


def test_a_letter_is_in_one_senders_hands(db: Database, wave: Wave) -> None:
    assert len(claim(db, "a", most=4)) == 4
    assert len(claim(db, "b")) == 2
    assert claim(db, "c") == []
    assert waiting(db) == (0, 6, 0)


def test_senders_that_claim_at_the_same_time_share_without_overlap(
    db: Database, keys: KeyFile
) -> None:
    make_letters(db, keys, 40)
    ready = threading.Barrier(4)
    taken: list[int] = []

    def take(sender: str) -> None:
        ready.wait()
        while found := claim(db, sender, most=3):
            taken.extend(each.id for each in found)

    threads = [threading.Thread(target=take, args=(sender,)) for sender in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [row.id for row in rows(db)]


def test_the_longest_due_goes_first(db: Database, wave: Wave, clock: Clock) -> None:
    later = claim(db, most=2)
    record(db, *(Outcome(each, "deferred", timedelta(minutes=1)) for each in later))
    clock.move(minutes=2)
    assert [each.id for each in claim(db)][-2:] == [each.id for each in later]


def test_a_letter_waits_for_its_time(db: Database, wave: Wave, clock: Clock) -> None:
    for each in claim(db):
        record(db, Outcome(each, "deferred", timedelta(minutes=5), "hẹn lại"))
    assert waiting(db) == (0, 0, 6)
    clock.move(minutes=4, seconds=59)
    assert claim(db) == []
    clock.move(seconds=1)
    again = claim(db)
    assert [each.attempts for each in again] == [1] * 6


def test_invitations_wait_for_the_opening(db: Database, keys: KeyFile, clock: Clock) -> None:
    make_letters(db, keys, 3, opens=clock.now + timedelta(hours=1))
    assert waiting(db) == (0, 0, 3)
    assert claim(db) == []
    clock.move(hours=1)
    assert len(claim(db)) == 3


def test_nothing_goes_once_the_wave_has_closed(db: Database, wave: Wave, clock: Clock) -> None:
    clock.now = wave.closes_at - timedelta(milliseconds=1)
    assert len(claim(db, most=1)) == 1
    clock.now = wave.closes_at
    assert claim(db) == []
    assert waiting(db)[0] == 0


def test_nothing_goes_after_closing_by_order(db: Database, wave: Wave, clock: Clock) -> None:
    change_wave(db, wave, closed_at=clock.now)
    assert claim(db) == []


def test_of_a_cancelled_wave_only_the_cancellation_goes(
    db: Database, wave: Wave, clock: Clock
) -> None:
    with db.transaction() as session:
        numbers = [name.number for name in names(session, wave)]
        queue.queue(session, wave.id or 0, "cancellation", numbers, clock.now, "vi-du.vn")
    assert {each.facts.kind for each in claim(db)} == {"invitation"}
    clock.move(minutes=1)
    change_wave(db, wave, cancelled_at=clock.now, cancel_reason="Danh sách sai")
    found = claim(db)
    assert {(each.facts.kind, each.facts.cancel_reason) for each in found} == {
        ("cancellation", "Danh sách sai")
    }
    # A cancellation is still told when the wave would have closed long ago.
    clock.now = wave.closes_at + timedelta(days=1)
    assert len(claim(db)) == 6


def test_a_reminder_is_claimed_only_while_the_ballot_is_not_cast(db: Database, wave: Wave) -> None:
    letters_for_reminders(db, wave)
    with db.transaction() as session:
        first, second, *_others = names(session, wave)
        for number, values in ((first.number, {"cast": True}), (second.number, {})):
            statement = update(Ballot).where(col(Ballot.number) == number)
            session.connection().execute(statement.values(**values or {"no_reminders": True}))
    assert waiting(db)[0] == 4
    found = claim(db)
    assert len(found) == 4
    assert not {first, second} & {each.facts.ballot for each in found}


@pytest.mark.parametrize(
    ("table", "why"), [(Ballot, "cast"), (Ballot, "no_reminders"), (Respondent, "removed_at")]
)
def test_a_reminder_is_not_begun_once_nobody_wants_it(
    db: Database, wave: Wave, clock: Clock, table: type[Ballot] | type[Respondent], why: str
) -> None:
    letters_for_reminders(db, wave)
    reminder = claim(db)[0]
    change(db, table, **{why: clock.now if why == "removed_at" else True})
    assert not begin(db, reminder)
    assert reminder.id not in {row.id for row in rows(db, "reminder")}


def test_no_reminder_goes_to_who_was_taken_off_the_roster(
    db: Database, wave: Wave, clock: Clock
) -> None:
    letters_for_reminders(db, wave)
    change(db, Respondent, removed_at=clock.now)
    assert (claim(db), waiting(db)) == ([], (0, 0, 0))
    change(db, Respondent, removed_at=None)
    assert len(claim(db)) == 6


def test_the_old_address_is_told_until_the_urn_is_opened(
    db: Database, keys: KeyFile, wave: Wave, clock: Clock
) -> None:
    with db.transaction() as session:
        number = [names(session, wave)[0].number]
        queue.queue(
            *(session, wave.id or 0, "moved", number, clock.now, "vi-du.vn"),
            address="cu@vi-du.vn",
            address_mac=ballotfacts.address_mac(keys, wave.code, number[0], "moved", "cu@vi-du.vn"),
        )
    clock.now = wave.closes_at + timedelta(days=1)
    change_wave(db, wave, closed_at=clock.now)
    assert waiting(db)[0] == 1
    (told,) = claim(db)
    assert (told.facts.kind, told.facts.email) == ("moved", "cu@vi-du.vn")
    record(db, Outcome(told, "deferred", timedelta(0)))
    change_wave(db, wave, unsealed_at=clock.now)
    assert claim(db) == []


def test_an_invitation_goes_to_a_ballot_that_wants_no_reminders(db: Database, wave: Wave) -> None:
    change(db, Ballot, no_reminders=True)
    claimed = claim(db)
    assert len(claimed) == 6
    assert all(begin(db, each) for each in claimed)


def test_a_claim_that_runs_out_before_the_dot_is_queued_again(
    db: Database, wave: Wave, clock: Clock
) -> None:
    first = claim(db, "killed")
    clock.move(seconds=9)
    assert claim(db, "b") == []
    assert waiting(db) == (0, 6, 0)
    clock.move(seconds=1)
    assert waiting(db) == (6, 0, 0)
    again = claim(db, "b")
    assert [(each.id, each.repeat) for each in again] == [(each.id, False) for each in first]
    assert [each.facts.message_id for each in again] == [each.facts.message_id for each in first]


def test_a_claim_that_runs_out_after_the_dot_is_sent_once_more_with_the_same_id(
    db: Database, wave: Wave, clock: Clock
) -> None:
    first = claim(db, "killed", most=1)[0]
    assert begin(db, first)
    clock.move(seconds=11)
    again = next(each for each in claim(db, "b") if each.id == first.id)
    assert again.repeat
    assert again.facts.message_id == first.facts.message_id


def test_a_reminder_lost_after_the_dot_is_not_sent_again(
    db: Database, wave: Wave, clock: Clock
) -> None:
    letters_for_reminders(db, wave)
    lost = claim(db, "killed", most=1)[0]
    begin(db, lost)
    clock.move(seconds=11)
    assert lost.id not in {each.id for each in claim(db, "b")}
    (row,) = (row for row in rows(db, "reminder") if row.id == lost.id)
    assert (row.state, row.due_at) == ("uncertain", NEVER)
    clock.now = wave.closes_at - timedelta(seconds=1)
    assert lost.id not in {each.id for each in claim(db, "c")}


def test_a_renewed_claim_does_not_run_out(db: Database, wave: Wave, clock: Clock) -> None:
    claim(db, "alive")
    clock.move(seconds=8)
    with db.transaction() as session:
        outbox.renew(session, "alive", clock.now + LEASE)
    clock.move(seconds=8)
    assert claim(db, "b") == []


def test_nothing_is_begun_or_recorded_after_the_claim_is_lost(
    db: Database, wave: Wave, clock: Clock
) -> None:
    stalled = claim(db, "a", most=1)[0]
    clock.move(seconds=11)
    other = next(each for each in claim(db, "b") if each.id == stalled.id)
    assert not begin(db, stalled)
    record(db, Outcome(stalled, "failed", error="quá muộn"))
    assert begin(db, other)
    record(db, Outcome(other, "sent"))
    record(db, Outcome(stalled, "failed", error="quá muộn"))
    (row,) = (row for row in rows(db) if row.id == other.id)
    assert (row.state, row.attempts, row.error, row.claim) == ("sent", 1, None, None)


def test_a_letter_is_begun_once(db: Database, wave: Wave) -> None:
    claimed = claim(db)[0]
    assert begin(db, claimed)
    assert not begin(db, claimed)


def test_what_was_not_begun_is_put_back_uncounted(db: Database, wave: Wave, clock: Clock) -> None:
    claimed = claim(db)
    begin(db, claimed[0])
    with db.transaction() as session:
        outbox.release(session, claimed, clock.now + timedelta(minutes=1))
    assert states(db) == {"claimed": 1, "queued": 5}
    assert {row.attempts for row in rows(db)} == {0}
    assert waiting(db) == (0, 1, 5)


def test_a_repeat_that_is_put_back_stays_a_repeat(db: Database, wave: Wave, clock: Clock) -> None:
    for each in claim(db):
        record(db, Outcome(each, "uncertain", timedelta(0)))
    repeats = claim(db, "b")
    assert all(each.repeat for each in repeats)
    with db.transaction() as session:
        outbox.release(session, repeats, clock.now)
    assert all(each.repeat for each in claim(db, "c"))


def test_a_pause_holds_one_domain_back_and_counts_no_attempt(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    make_letters(db, keys, 9, domains=("a.vn", "sub.a.vn", "A.VN"))
    with db.transaction() as session:
        outbox.pause_domain(session, "a.vn", clock.now + timedelta(minutes=1))
    assert {each.domain for each in claim(db)} == {"sub.a.vn"}
    assert waiting(db)[2] == 6
    clock.move(seconds=61)
    assert {each.attempts for each in claim(db, "b")} == {0}


def test_signs_of_a_pattern_in_a_domain_match_themselves_alone(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    make_letters(db, keys, 4, domains=("axb.vn", "a_b.vn"))
    with db.transaction() as session:
        outbox.pause_domain(session, "a_b.vn", clock.now + timedelta(minutes=1))
    assert {each.domain for each in claim(db)} == {"axb.vn"}


def test_the_row_holds_neither_link_nor_text(db: Database, keys: KeyFile, wave: Wave) -> None:
    for each in claim(db):
        record(db, Outcome(each, "sent"))
    with db.reading() as session:
        everybody = names(session, wave)
    for row in rows(db):
        dump = repr(row.model_dump())
        for name in everybody:
            assert keys.tokens.link(name) not in dump
            assert keys.tokens.access_code(name) not in dump
    assert "text" not in Letter.model_fields
