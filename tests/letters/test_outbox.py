"""Who holds a letter, what runs out when, and which letters go at all."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select, update

from app.bonds import ballotfacts
from app.bonds.wavefacts import WaveAltered
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
    assert (row.claim, row.claimed_until) == (None, None)
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


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_what_became_of_a_letter_is_written_of_that_letter_alone(
    db: Database, wave: Wave, clock: Clock
) -> None:
    due = rows(db)[0].due_at
    sent, failed, later, lost, again, held = claim(db)
    assert all(begin(db, each) for each in (sent, failed, later, lost, again))
    claimed_until = clock.now + LEASE
    clock.move(seconds=1)
    record(
        db,
        Outcome(sent, "sent"),
        Outcome(failed, "failed", error="550"),
        Outcome(later, "deferred", timedelta(minutes=5), "451", counted=False),
        Outcome(lost, "uncertain", error="mất"),
        Outcome(again, "uncertain", timedelta(0)),
    )
    now = clock.now
    found = {row.id: row for row in rows(db)}
    assert [
        (row.state, row.due_at, row.attempts, row.sent_at, row.error)
        for row in (found[each.id] for each in (sent, failed, later, lost, again, held))
    ] == [
        ("sent", now, 1, now, None),
        ("failed", now, 1, None, "550"),
        ("deferred", now + timedelta(minutes=5), 0, None, "451"),
        ("uncertain", NEVER, 1, None, "mất"),
        ("uncertain", now, 1, None, None),
        ("claimed", due, 0, None, None),
    ]
    freed = {(found[each.id].claim, found[each.id].claimed_until) for each in (sent, lost, again)}
    assert freed == {(None, None)}
    row = found[held.id]
    assert (row.claim, row.claimed_until, row.data_begun) == ("a", claimed_until, False)
    assert begin(db, held)


@on_sqlite
def test_a_sender_renews_and_puts_back_what_is_its_own(
    db: Database, wave: Wave, clock: Clock
) -> None:
    due = rows(db)[0].due_at
    mine, theirs = claim(db, "a", most=3), claim(db, "b", most=3)
    clock.move(seconds=8)
    with db.transaction() as session:
        outbox.renew(session, "b", clock.now + LEASE)
    clock.move(seconds=2)
    later = clock.now + timedelta(minutes=1)
    with db.transaction() as session:
        outbox.release(session, theirs[:1], later, "nghẽn")
        outbox.release(session, theirs[1:2], later)
        outbox.release(session, [replace(theirs[2], sender="a")], later, "của người khác")
    found = {row.id: row for row in rows(db)}
    assert [
        (row.state, row.due_at, row.error, row.claim, row.claimed_until is None)
        for row in (found[each.id] for each in theirs)
    ] == [
        ("queued", later, "nghẽn", None, True),
        ("queued", later, None, None, True),
        ("claimed", due, None, "b", False),
    ]
    assert [each.id for each in claim(db, "c")] == [each.id for each in mine]
    clock.now = later
    (first, *_others) = [each for each in claim(db, "c") if each.id == theirs[0].id]
    with db.transaction() as session:
        outbox.release(session, [first], later)
    assert {row.id: row.error for row in rows(db)}[first.id] == "nghẽn", "until there is another"


@on_sqlite
def test_only_the_reminder_that_nobody_wants_is_forgotten_and_only_before_it_is_begun(
    db: Database, wave: Wave, clock: Clock
) -> None:
    (invitation, *_others) = claim(db, most=1)
    with db.transaction() as session:
        number = invitation.facts.ballot.number
        cast = update(Ballot).values(cast=True)
        session.connection().execute(cast.where(col(Ballot.number) == number))
    assert begin(db, invitation), "an invitation goes all the same"
    record(db, Outcome(invitation, "sent"))
    remind(db, wave)
    claimed = [each for each in claim(db) if each.facts.kind == "reminder"]
    assert len(claimed) == 5
    begun, unwanted, wanted, *_others = claimed
    assert begin(db, begun)
    with db.transaction() as session:
        numbers = [each.facts.ballot.number for each in (begun, unwanted)]
        session.connection().execute(cast.where(col(Ballot.number).in_(numbers)))
    assert not begin(db, begun)
    assert not begin(db, replace(unwanted, sender="b")), "not ours to forget"
    assert len(rows(db, "reminder")) == 6
    assert not begin(db, unwanted)
    assert begin(db, wanted)
    left = {row.id for row in rows(db, "reminder")}
    assert len(left) == 5
    assert begun.id in left
    assert unwanted.id not in left


@on_sqlite
def test_a_pause_says_why_and_brings_nothing_forward(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    make_letters(db, keys, 4)
    done, late, soon, held = claim(db)
    record(
        db,
        Outcome(done, "sent"),
        Outcome(late, "deferred", timedelta(hours=2), "451"),
        Outcome(soon, "deferred", timedelta(0), "452"),
    )
    until = clock.now + timedelta(hours=1)
    before = {row.id: row.model_dump() for row in rows(db)}
    with db.transaction() as session:
        outbox.pause_domain(session, "vi-du.vn", until)
    after = {row.id: row.model_dump() for row in rows(db)}
    assert after == before | {soon.id: before[soon.id] | {"due_at": until}}
    with db.transaction() as session:
        outbox.pause_domain(session, "vi-du.vn", until + timedelta(hours=1), "421")
    again = {row.id: row.model_dump() for row in rows(db)}
    changed = {"due_at": until + timedelta(hours=1), "error": "421"}
    assert again == after | {soon.id: after[soon.id] | changed}
    assert held.id in again


@on_sqlite
def test_no_letter_is_written_from_a_wave_that_was_altered(
    db: Database, wave: Wave, clock: Clock
) -> None:
    with db.reading() as session:
        assert outbox.wave(session, wave.id or 0).code == wave.code
    with db.transaction() as session:
        later = update(Wave).values(closes_at=wave.closes_at + timedelta(days=1))
        session.connection().execute(later.where(col(Wave.id) == wave.id))
    with pytest.raises(WaveAltered), db.reading() as session:
        outbox.wave(session, wave.id or 0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_pause_waits_for_no_other_sender(db: Database, wave: Wave, clock: Clock) -> None:
    until = clock.now + timedelta(hours=1)
    with db.reading() as elsewhere, db.transaction() as session:
        first = select(Letter).order_by(col(Letter.id)).limit(1).with_for_update()
        held = elsewhere.exec(first).one()
        session.connection().execute(text("SET LOCAL lock_timeout = '2s'"))
        outbox.pause_domain(session, "vi-du.vn", until)
    assert [row.id for row in rows(db) if row.due_at != until] == [held.id]
