"""Who saves a page holds the draft from when it is found: nobody else changes it meanwhile."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.ballots import ballot as ballots
from app.ballots import casting, drafts
from app.ballots.drafts import AlreadyCast, NotBegun
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.store.db import Database
from tests.making.blocks import make_wave, names

ONE, OTHER = ("q1", "snv"), ("q1", "stc")


def added(db: Database, keys: KeyFile, name: BallotName, item: tuple[str, str]) -> DraftState:
    """Answer one more question, as a device does that saves a page."""
    with db.plain_transaction() as plain:
        found = ballots.find_to_change(plain, name)
        return drafts.change(
            plain,
            keys,
            found,
            db.now(plain, found.found_at),
            lambda old: DraftState(Answers({**old.answers.levels, item: "A"})),
        )


def begun(db: Database, keys: KeyFile, people: int = 3) -> list[BallotName]:
    wave = make_wave(db, keys, people=people)
    with db.reading() as session:
        everyone = names(session, wave)
    for name in everyone:
        with db.plain_transaction() as plain:
            drafts.start(plain, keys, ballots.find(plain, name), db.now(plain))
    return everyone


def test_two_devices_that_save_at_once_lose_nothing(db: Database, keys: KeyFile) -> None:
    name, *_others = begun(db, keys)
    with ThreadPoolExecutor(1) as pool:
        with db.plain_transaction() as plain:
            first = ballots.find_to_change(plain, name)
            assert first.is_held
            waiting = pool.submit(added, db, keys, name, OTHER)
            time.sleep(0.3)
            assert not waiting.done(), "the draft is held"
            state = DraftState(Answers({ONE: "B"}))
            drafts.change(plain, keys, first, db.now(plain), lambda _old: state)
        assert waiting.result(10).answers.levels == {ONE: "B", OTHER: "A"}
    with db.plain_reading() as plain:
        found = ballots.find(plain, name)
        assert not found.is_held
        assert drafts.read(plain, keys, found).answers.levels == {ONE: "B", OTHER: "A"}


def test_one_that_is_cast_while_another_waits_for_it_is_not_changed(
    db: Database, keys: KeyFile
) -> None:
    name, *_others = begun(db, keys)
    with ThreadPoolExecutor(1) as pool:
        with db.plain_transaction() as plain:
            casting.cast(db, plain, keys, name, lambda _ballot, _draft: True)
            waiting = pool.submit(added, db, keys, name, OTHER)
            time.sleep(0.3)
        with pytest.raises(AlreadyCast):
            waiting.result(10)


def test_one_that_was_not_begun_is_found_and_has_nothing_to_change(
    db: Database, keys: KeyFile
) -> None:
    wave = make_wave(db, keys, people=3)
    with db.reading() as session:
        name, *_others = names(session, wave)
    with db.plain_transaction() as plain:
        assert ballots.find_to_change(plain, name).draft is None
    with pytest.raises(NotBegun):
        added(db, keys, name, ONE)
    with pytest.raises(ballots.LinkUnknown), db.plain_transaction() as plain:
        ballots.find_to_change(plain, BallotName(bytes(12), 1))
    with pytest.raises(ballots.LinkUnknown), db.plain_transaction() as plain:
        ballots.find_to_change(plain, BallotName(name.number, 2))
