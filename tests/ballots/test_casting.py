"""One cast, step by step: what it takes, what it refuses, and what else it writes anew."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from app.ballots import ballot as ballots
from app.ballots import casting
from app.ballots import drafts as kept_drafts
from app.ballots.ballot import IndexChanged, OpenBallot, WaveClosed
from app.ballots.casting import DraftChanged
from app.ballots.drafts import NotBegun
from app.keys.cover import COVER_BYTES
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.letters import queue
from app.store.db import Database
from app.store.models import Ballot, Draft, Respondent, UrnRow, Wave
from app.store.plain import NONE, Access, Statement
from app.urn import rows as urnrows
from app.urn.rows import STIRRED
from app.waves import closing, corrections
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_wave, names

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
SAID = Answers({("q1", "snv"): "A", ("q1", "stc"): "B"})


def begin(db: Database, keys: KeyFile, name: BallotName, state: DraftState | None = None) -> None:
    with db.plain_transaction() as session:
        kept_drafts.start(session, keys, ballots.find(session, name), db.now(session))
    with db.plain_transaction() as session:
        found = ballots.find(session, name)
        kept_drafts.change(session, keys, found, db.now(session), lambda old: state or old)


def begun(db: Database, keys: KeyFile, wave: Wave) -> list[BallotName]:
    """Everybody's ballot, each with a draft."""
    with db.reading() as session:
        everyone = names(session, wave)
    for name in everyone:
        begin(db, keys, name, DraftState(SAID, None))
    return everyone


def cast(db: Database, keys: KeyFile, name: BallotName) -> str:
    """As the booth does."""
    with db.plain_transaction() as session:
        return casting.cast(db, session, keys, name, lambda _ballot, _draft: True)


def urn(db: Database, wave: Wave) -> dict[bytes, bytes]:
    with db.reading() as session:
        rows = session.scalars(select(UrnRow).where(col(UrnRow.wave_id) == wave.id))
        return {row.key: row.sealed for row in rows}


def drafts(db: Database) -> set[bytes]:
    with db.reading() as session:
        return set(session.scalars(select(col(Draft.ballot_number))))


def opened(keys: KeyFile, wave: Wave, sealed: bytes) -> tuple[str, Answers]:
    layout = ballots.launched_index(wave.index_content, wave.index_digest)[1]
    row = keys.cover(wave.code).off(sealed)
    with_receipt = keys.wave(wave.code).opener(wave.code, layout.ballot_bytes).unseal(row)
    return with_receipt[:19].decode(), layout.unpack(with_receipt[19:])


@contextmanager
def statements() -> Iterator[list[tuple[Any, list[Mapping[str, Any]]]]]:
    """Every statement of a block with its rows, before the database sees them."""
    seen: list[tuple[Any, list[Mapping[str, Any]]]] = []

    def noted(do: Callable[..., Any]) -> Callable[..., Any]:
        def note(statement: Statement, on: Access, values: Any = NONE) -> Any:
            seen.append((statement, [values] if isinstance(values, Mapping) else list(values)))
            return do(statement, on, values)

        return note

    with pytest.MonkeyPatch.context() as patch:
        for name in ("first", "all", "run", "run_each"):
            patch.setattr(Statement, name, noted(getattr(Statement, name)))
        yield seen


def rows_of(seen: list[tuple[Any, list[Mapping[str, Any]]]], statement: Any) -> list[Any]:
    (found,) = [rows for each, rows in seen if each is statement]
    return found


@on_sqlite
def test_a_cast_takes_the_draft_into_the_urn_and_leaves_all_others(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys, people=3)
    second, third, first = begun(db, keys, wave)
    with statements() as seen:
        receipt = cast(db, keys, first)
    assert len(rows_of(seen, ballots._BY_NUMBER)) == 1, "found once, where nothing has changed"
    assert receipt == keys.receipt(wave.code, first)
    assert [opened(keys, wave, sealed) for sealed in urn(db, wave).values()] == [(receipt, SAID)]
    assert drafts(db) == {second.number, third.number}
    with db.reading() as session:
        rows = {row.number: row for row in session.scalars(select(Ballot))}
        assert [rows[name.number].cast for name in (first, second, third)] == [True, False, False]
        assert [row.ever_cast for row in rows.values()].count(True) == 1
        assert rows[first.number].ever_cast
    before = urn(db, wave)
    assert cast(db, keys, first) == receipt, "once, however often"
    assert urn(db, wave) == before


@on_sqlite
def test_a_cast_says_nothing_of_units_unticked_again(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=3)
    with db.reading() as session:
        name = names(session, wave)[2]
        assert ballots.find(session, name).units == ("snv", "stc")
    begin(db, keys, name, DraftState(SAID, frozenset({"stc"})))
    cast(db, keys, name)
    (sealed,) = urn(db, wave).values()
    assert opened(keys, wave, sealed)[1] == Answers({("q1", "stc"): "B"})


@on_sqlite
def test_what_was_not_begun_or_not_seen_or_is_under_another_key_stays_out(
    db: Database, keys: KeyFile, tmp_path: Path
) -> None:
    wave = make_wave(db, keys, people=3)
    with db.reading() as session:
        second, _third, first = names(session, wave)
    begin(db, keys, first, DraftState(SAID, None))
    with pytest.raises(NotBegun):
        cast(db, keys, second)
    asked: list[tuple[OpenBallot, DraftState]] = []

    def unseen(ballot: OpenBallot, state: DraftState) -> bool:
        asked.append((ballot, state))
        return False

    with pytest.raises(DraftChanged), db.transaction() as session:
        casting.cast(db, session, keys, first, unseen)
    assert [(ballot.name, state.answers) for ballot, state in asked] == [(first, SAID)]
    other = KeyFile(tmp_path / "other.key")
    other.make_wave(wave.code, wave.index_digest)
    with pytest.raises(IndexChanged), db.transaction() as session:
        casting.cast(db, session, other, first, lambda _ballot, _draft: True)
    assert urn(db, wave) == {}
    assert drafts(db) == {first.number}
    assert cast(db, keys, first)


@on_sqlite
@pytest.mark.parametrize(
    "values", [{"issue": 2}, {"cast": True}], ids=["issued anew", "cast elsewhere"]
)
def test_a_ballot_that_changes_under_the_hand_is_not_cast(
    db: Database, keys: KeyFile, values: dict[str, object]
) -> None:
    """The row is marked as the one that was read, or not at all."""
    wave = make_wave(db, keys, people=3)
    first, second, _third = begun(db, keys, wave)
    cast(db, keys, second)
    before = urn(db, wave)
    changed = update(Ballot).where(col(Ballot.number) == first.number).values(**values)

    def seen(_ballot: OpenBallot, _state: DraftState) -> bool:
        return session.connection().execute(changed).rowcount == 1

    with pytest.raises(DraftChanged), db.transaction() as session:
        casting.cast(db, session, keys, first, seen)
    assert urn(db, wave) == before
    assert cast(db, keys, first)


@on_sqlite
def test_what_happens_while_a_cast_waits_for_its_lock_counts(
    db: Database, keys: KeyFile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its first look a wave may be closed or extended, a ballot issued anew or cast."""
    wave = make_wave(db, keys, people=5)
    first, second, third, fourth, fifth = begun(db, keys, wave)

    def cast_after(name: BallotName, change: Callable[[Session], object]) -> str:
        with monkeypatch.context() as patched, db.transaction() as session:

            def waited(*_lock: object) -> None:
                patched.undo()
                change(session)

            patched.setattr(db, "share_close_lock", waited)
            return casting.cast(db, session, keys, name, lambda _ballot, _draft: True)

    def elsewhere(session: Session) -> None:
        casting.cast(db, session, keys, first, lambda _ballot, _draft: True)

    assert cast_after(first, elsewhere) == keys.receipt(wave.code, first)
    assert len(urn(db, wave)) == 1

    def issued_anew(session: Session) -> None:
        person = session.get_one(Respondent, session.get_one(Ballot, second.number).respondent_id)
        found = waves.load(session, wave.code)
        corrections.reissue(session, keys, found, person, db.now(session), "vi-du.vn")

    with pytest.raises(NotBegun):
        cast_after(second, issued_anew)

    def extended(session: Session) -> None:
        found = waves.load(session, wave.code)
        closing.extend(db, session, found, found.closes_at + timedelta(days=1))

    clock.now = wave.closes_at + ballots.GRACE
    with pytest.raises(WaveClosed):
        cast(db, keys, third)
    clock.now -= timedelta(microseconds=1)
    assert cast(db, keys, fourth), "begun in time"
    clock.now = wave.closes_at
    assert cast_after(third, extended)
    with pytest.raises(WaveClosed):
        cast_after(
            fifth, lambda session: closing.close(db, session, waves.load(session, wave.code))
        )
    assert len(urn(db, wave)) == 3


@on_sqlite
def test_a_cast_ends_what_would_still_be_sent_to_it_alone(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=2)
    first, second = begun(db, keys, wave)
    reminder = {"kind": "reminder", "wave_id": wave.id, "state": "queued", "due_at": wave.opens_at}
    with db.transaction() as session:
        session.connection().execute(
            insert(queue.letter),
            [
                reminder | {"ballot_number": name.number, "message_id": f"<{place}@vi-du.vn>"}
                for place, name in enumerate((first, second))
            ],
        )
    cast(db, keys, first)
    with db.reading() as session:
        left = select(queue.letter.c.ballot_number).where(queue.letter.c.kind == "reminder")
        assert list(session.connection().scalars(left)) == [second.number]


def test_each_cast_writes_seven_others_anew_in_no_order(db: Database, keys: KeyFile) -> None:
    """The seven that follow a random place, round to the first again: on PostgreSQL too, where
    rows otherwise come as they lie."""
    other = make_wave(db, keys, people=3, code="khac")
    cast_all(db, keys, other)
    untouched = urn(db, other)
    wave = make_wave(db, keys, people=24)
    with db.reading() as session:
        everyone = names(session, wave)
    places = {"ballot": set[int](), "urn": set[int]()}
    cast_before: list[bytes] = []
    for done, name in enumerate(everyone):
        begin(db, keys, name, DraftState(SAID, None))
        stored = urn(db, wave)
        before = uncovered(keys, wave, stored)
        with statements() as seen:
            cast(db, keys, name)
        after = uncovered(keys, wave, urn(db, wave))
        stirred = min(done, STIRRED)
        assert len(before.keys() - after.keys()) == stirred
        assert len(after.keys() - before.keys()) == stirred + 1
        (new,) = set(after.values()) - set(before.values())
        assert set(before.values()) < set(after.values())
        covered = [row["sealed"] for row in rows_of(seen, urnrows._PUT_IN)]
        # As many bytes as ever, and none that was written before.
        assert set(map(len, covered)) == {len(new) + COVER_BYTES}
        assert set(covered).isdisjoint(stored.values())
        put_in = [keys.cover(wave.code).off(row) for row in covered]
        places["urn"].add(put_in.index(new))
        assert_in_a_row([before[key] for key in sorted(before)], set(put_in) - {new})
        marked = [(row["at_number"], row["before"]) for row in rows_of(seen, casting._CAST)]
        assert sorted(was for _number, was in marked) == [False] + [True] * stirred
        places["ballot"].add(marked.index((name.number, False)))
        assert_in_a_row(sorted(cast_before), {number for number, was in marked if was})
        cast_before.append(name.number)
    assert STIRRED == 7
    # All of 17 at one place of eight: once in 8 ** 16.
    assert len(places["ballot"]) > 1
    assert len(places["urn"]) > 1
    assert {len(key) for key in urn(db, wave)} == {16}
    assert urn(db, other) == untouched


def uncovered(keys: KeyFile, wave: Wave, rows: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return {key: keys.cover(wave.code).off(stored) for key, stored in rows.items()}


def assert_in_a_row(ring: list[bytes], chosen: set[bytes]) -> None:
    """`chosen` are neighbours in the ring: no more than one of them follows on one that is not."""
    assert chosen <= set(ring)
    pairs = zip([ring[-1], *ring], ring, strict=False) if ring else ()
    starts = [one for one, two in pairs if two in chosen and one not in chosen]
    assert len(starts) == (0 < len(chosen) < len(ring))


@on_postgresql
def test_a_cast_holds_its_draft_and_the_closing_and_waits_for_nobody_s_row(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys, people=12)
    first, *others = begun(db, keys, wave)
    for name in others:
        cast(db, keys, name)
    held = select(col(Draft.sealed)).where(col(Draft.ballot_number) == first.number)

    def seen(_ballot: OpenBallot, _state: DraftState) -> bool:
        with db.reading() as meanwhile:
            lock = text("SELECT pg_try_advisory_xact_lock(20022023, :wave)")
            assert meanwhile.scalar(lock, {"wave": wave.id}) is False
        with pytest.raises(OperationalError), db.reading() as meanwhile:
            meanwhile.scalar(held.with_for_update(nowait=True))
        return True

    with db.reading() as elsewhere, db.transaction() as session:
        # Two others are being cast, and have drawn the same ballots and rows to stir.
        elsewhere.execute(select(Ballot).where(col(Ballot.cast)).with_for_update())
        elsewhere.execute(select(UrnRow).with_for_update())
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        casting.cast(db, session, keys, first, seen)
    assert len(urn(db, wave)) == 12
