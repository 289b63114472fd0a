"""Who has the key file and the database after an erasure cannot try out whose a ballot was."""

from itertools import product

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from app.audit import chain
from app.bonds import macs, nameless
from app.bonds.macs import BallotFacts
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.privacy import erasing, purging
from app.store.db import Database
from app.store.models import Ballot, Respondent
from app.waves import alterations, corrections
from app.waves import wave as waves
from app.waves.closing import close
from tests.conftest import Clock
from tests.making.blocks import make_people, make_wave
from tests.privacy.test_purging import dump

CODE, DOMAIN = "dot-thu", "vi-du.vn"


def bonds_of_guesses(keys: KeyFile, known: list[BallotFacts]) -> set[bytes]:
    """Every bond that the ballots of these people may ever have had."""
    key = keys.bond_key(CODE)
    return {
        macs.of_ballot(key, CODE, facts._replace(issue=issue, removed=removed))
        for facts, issue, removed in product(known, (1, 2, 3), (False, True))
    }


def confirmed(db: Database, keys: KeyFile, guesses: set[bytes]) -> int:
    """How many guesses key file and database confirm."""
    files = b"".join(path.read_bytes() for path in keys.path.parent.iterdir() if path.is_file())
    with db.reading() as session:
        rows = {bytes(each) for each in session.scalars(select(col(Ballot.bond))) if each}
    # An opened one stands in SQLite's file as bytes.
    said = files + dump(db)
    return sum(each.hex().encode() in said or each in rows or each in said for each in guesses)


@pytest.fixture
def known(db: Database, keys: KeyFile) -> list[BallotFacts]:
    """An opened wave of twenty people. Changed after the launch: one issued anew, one taken off,
    one added; another is altered by hand, and of a changed one the row is deleted."""
    wave = make_wave(db, keys)
    everybody = "SELECT number, respondent_id FROM ballot ORDER BY respondent_id"

    def about(session: Session, place: int) -> Respondent:
        who = session.connection().execute(text(everybody)).all()[place].respondent_id
        return session.get_one(Respondent, who)

    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        for place in (0, 1, 4):
            corrections.reissue(session, keys, wave, about(session, place), now, DOMAIN)
        corrections.remove(session, keys, wave, about(session, 2), now, DOMAIN)
        index = waves.index_of(wave)[0]
        corrections.add(session, keys, wave, make_people(index, 21)[20], now, DOMAIN)
    with db.reading() as session:
        rows = session.connection().execute(
            select(
                *(col(Ballot.number), col(Ballot.respondent_id), col(Ballot.issue)),
                *(col(Ballot.at_launch), col(Respondent.group), col(Respondent.agency)),
                *(col(Respondent.assigned), col(Respondent.name), col(Respondent.email)),
            ).join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        )
        found = [BallotFacts(*row, removed=False) for row in rows]
    with db.transaction() as session:
        close(db, session, waves.load(session, CODE))
    unsealing.unseal(db, keys, CODE)
    return found


def forgotten(db: Database, keys: KeyFile, clock: Clock) -> None:
    clock.move(days=600)
    purging.purge(db, keys, chain.CLOCK)


def test_no_guess_of_a_name_is_confirmed_after_a_purge(
    db: Database, keys: KeyFile, clock: Clock, known: list[BallotFacts]
) -> None:
    guesses = bonds_of_guesses(keys, known)
    assert confirmed(db, keys, guesses) >= len(known)
    forgotten(db, keys, clock)
    assert confirmed(db, keys, guesses) == 0
    assert nameless.left(keys) == []
    with db.reading() as session:
        assert not alterations.find(session, keys, waves.load(session, CODE))
    forgotten(db, keys, clock)
    with db.reading() as session:
        assert not alterations.find(session, keys, waves.load(session, CODE))


def test_one_who_is_erased_on_request_cannot_be_guessed_either(
    db: Database, keys: KeyFile, known: list[BallotFacts]
) -> None:
    for facts in known[:3]:
        guesses = bonds_of_guesses(keys, [facts])
        assert confirmed(db, keys, guesses)
        with db.transaction() as session:
            wave = waves.load(session, CODE)
            person = session.get_one(Respondent, facts.respondent)
            erasing.erase(session, wave, person, db.now(session), "An")
        purging.clean(db, keys)
        assert confirmed(db, keys, guesses) == 0
        with db.reading() as session:
            assert not alterations.find(session, keys, waves.load(session, CODE))
    assert confirmed(db, keys, bonds_of_guesses(keys, [known[4]])), "who was not erased is held"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_somebody_altered_or_deleted_confirms_nothing_and_is_still_altered(
    db: Database, keys: KeyFile, clock: Clock, known: list[BallotFacts]
) -> None:
    guesses = bonds_of_guesses(keys, known)
    with db.transaction() as session:
        run, gone = session.connection().execute, known[4].respondent
        run(text("UPDATE respondent SET name = 'x' WHERE id = :who"), {"who": known[5].respondent})
        run(text("DELETE FROM letter WHERE ballot_number = :it"), {"it": known[4].number})
        run(text("DELETE FROM ballot WHERE respondent_id = :who"), {"who": gone})
        run(text("DELETE FROM respondent WHERE id = :who"), {"who": gone})
    with db.reading() as session:
        before = alterations.find(session, keys, waves.load(session, CODE))
    forgotten(db, keys, clock)
    assert confirmed(db, keys, guesses) == 0
    with db.reading() as session:
        after = alterations.find(session, keys, waves.load(session, CODE))
    assert (len(after.altered), after.lost) == (len(before.altered), before.lost) == (1, 2)
