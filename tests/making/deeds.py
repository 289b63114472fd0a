"""The deeds of a wave one by one, each of which a process can be killed in the middle of."""

import os
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

from sqlalchemy import event, text

from app.audit import chain
from app.bonds import pledges
from app.count import scoresheets, unsealing
from app.keys import keptfile
from app.keys.keyfile import KeyFile
from app.privacy import purging
from app.store.db import Database
from app.store.models import Ballot, Respondent
from app.trustees import files, trial
from app.waves import alterations, closing, closingletter, corrections, launch, trusteedeeds
from app.waves import wave as waves
from tests.making import holders
from tests.making.blocks import names
from tests.making.holders import Holder

Deed = Callable[[Database, KeyFile], None]
CODE, WHO, DOMAIN = "dot-thu", "người thử", "vi-du.vn"
THOSE = [Holder(f"uy-vien-{place}@vi-du.vn", bytes([place]) * 32) for place in (1, 2, 3)]
NEED = 2


def _number(db: Database, place: int) -> bytes:
    return holders.number_of(db, CODE, THOSE[place - 1])


def appoint(db: Database, _keys: KeyFile) -> None:
    with db.transaction() as session:
        people = [("", each.email) for each in THOSE]
        wave = waves.load(session, CODE)
        trusteedeeds.appoint(session, wave, NEED, people, db.now(session), WHO)


def key(place: int) -> Callable[[Database, KeyFile], None]:
    def hand_in(db: Database, _keys: KeyFile) -> None:
        number, public = _number(db, place), THOSE[place - 1].public
        with db.transaction() as session:
            wave = waves.load(session, CODE)
            trusteedeeds.hand_in_key(session, wave, number, public, db.now(session))

    return hand_in


def try_it(place: int) -> Callable[[Database, KeyFile], None]:
    def hand_in(db: Database, _keys: KeyFile) -> None:
        number = _number(db, place)
        with db.transaction() as session:
            wave = waves.load(session, CODE)
            given = files.given_file(trial.given(session, wave, number))
            opened = files.read_opened(THOSE[place - 1].opened(given))
            trusteedeeds.hand_in_trial(session, wave, number, opened, db.now(session))

    return hand_in


def launch_it(db: Database, keys: KeyFile) -> None:
    with db.transaction() as session:
        launch.launch(db, session, keys, holders.CONFIGURED, waves.load(session, CODE))


def close(db: Database, keys: KeyFile) -> None:
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        closing.close(db, session, wave)
        closing.note_closing(session, keys, wave, WHO, db.now(session))


def ask(db: Database, _keys: KeyFile) -> None:
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        waves.hold(session, wave)
        closingletter.ask(session, wave, now + timedelta(hours=2), now, DOMAIN)


def void(db: Database, keys: KeyFile) -> None:
    with db.transaction() as session:
        wave, now = waves.load(session, CODE), db.now(session)
        ballot = session.get_one(Ballot, names(session, wave)[0].number)
        if ballot.issue > 1:
            return  # whoever does it again looks first
        person = session.get_one(Respondent, ballot.respondent_id)
        until = now + timedelta(hours=1)
        corrections.reopen(session, keys, wave, person, until, now, DOMAIN)


def share(place: int) -> Callable[[Database, KeyFile], None]:
    def hand_in(db: Database, _keys: KeyFile) -> None:
        number = _number(db, place)
        with db.transaction() as session:
            wave = waves.load(session, CODE)
            given = trusteedeeds.give(db, session, wave, number, db.now(session))
        opened = files.read_opened(THOSE[place - 1].opened(files.given_file(given)))
        with db.transaction() as session:
            wave = waves.load(session, CODE)
            trusteedeeds.hand_in_shares(session, wave, number, opened, db.now(session))

    return hand_in


def declare(db: Database, keys: KeyFile) -> None:
    """The ballot that somebody altered is declared void."""
    with db.transaction() as session:
        wave = waves.load(session, CODE)
        found = alterations.find(session, keys, wave)
        alterations.declare_void(session, wave, found.digest, db.now(session))


def alter(db: Database) -> None:
    """Somebody writes another name beside the last ballot."""
    with db.transaction() as session:
        last = text("UPDATE respondent SET name = 'x' WHERE id = (SELECT max(id) FROM respondent)")
        session.connection().execute(last)


def unseal(db: Database, keys: KeyFile) -> None:
    # As if the hours until then had passed.
    with patch.object(unsealing, "must_be_heard"):
        unsealing.unseal(db, keys, CODE)


def score(db: Database, _keys: KeyFile) -> None:
    with db.transaction() as session:
        scoresheets.score(db, session, CODE)


def purge(db: Database, keys: KeyFile) -> None:
    purging.purge(db, keys, chain.CLOCK)


COMMITTEE: dict[str, Deed] = {
    "appoint": appoint,
    **{f"key {place}": key(place) for place in (1, 2, 3)},
    **{f"try {place}": try_it(place) for place in (1, 2, 3)},
    "launch": launch_it,
    "close": close,
    "ask": ask,
    "void": void,
    "close again": close,
    "share 3": share(3),
    "share 1": share(1),
    "unseal": unseal,
    "score": score,
    "purge": purge,
}
OFFICE: dict[str, Deed] = {
    "launch": launch_it,
    "close": close,
    "ask": ask,
    "void": void,
    "close again": close,
    "declare": declare,
    "unseal": unseal,
    "score": score,
    "purge": purge,
}


def _kill(*_arguments: object) -> None:
    os.kill(os.getpid(), 9)


def at_the_commit(db: Database) -> None:
    event.listen(db.engine, "commit", _kill)


def before_the_key_file(_db: Database) -> None:
    keptfile.Path.rename = _kill  # type: ignore[assignment, method-assign]


def after_the_commit(_db: Database) -> None:
    pledges._ended = _kill


MOMENTS = {each.__name__: each for each in (before_the_key_file, at_the_commit, after_the_commit)}
