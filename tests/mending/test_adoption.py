"""A wave of an earlier version goes on: closed, opened, scored; what it cannot prove is said.

`tests/golden/wave-0008` is an open wave of twelve people, nine of whom have cast, as the version
before ballots were bound left it: its database, its key file, its links and receipts.
"""

import json
import logging
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.ballots.ballot import BallotAltered, WaveAltered
from app.count import scoresheets, unsealing, urnkeys
from app.folders import ABOVE
from app.keys import guard, recovery, urn
from app.keys.content import SECRETS
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Answers, DraftState
from app.mending import adoption
from app.papers import export, verify
from app.preparation import wordings
from app.store.db import Database, open_database
from app.store.models import Wave
from app.store.resultmodels import Minutes
from app.waves import closing
from app.waves import wave as waves
from app.waves.alterations import BallotsAltered
from tests.conftest import Clock
from tests.making.blocks import cast_all, cast_ballot, make_wave, names

GOLDEN = Path(__file__).parent.parent / "golden"
CODE = "dot-thu"


@pytest.fixture
def golden() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / "wave-0008.json").read_text())
    return found


@pytest.fixture
def older(tmp_path: Path, clock: Clock, golden: dict[str, Any]) -> Iterator[tuple[Database, Path]]:
    """The database of before, migrated; and where its key file lies."""
    file, key_file = tmp_path / "old.sqlite3", tmp_path / "keys" / "phieu.key"
    with sqlite3.connect(file) as connection:
        connection.executescript((GOLDEN / "wave-0008.sql").read_text())
    connection.close()
    key_file.parent.mkdir()
    key_file.write_text(json.dumps(golden["key_file"]))
    db = open_database(f"sqlite:///{file}", clock)
    yield db, key_file
    db.dispose()


def started(db: Database, path: Path) -> KeyFile:
    """The key file, as a program that starts has it."""
    keys = guard.guard(db, KeyFile(path))
    adoption.adopt(db, keys)
    return keys


def finish(db: Database, keys: KeyFile) -> Minutes:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    return unsealing.unseal(db, keys, CODE)


def test_a_wave_of_before_is_answered_closed_opened_and_scored(
    older: tuple[Database, Path], golden: dict[str, Any]
) -> None:
    db, keys = older[0], started(*older)
    with db.reading() as session:
        wave = waves.load(session, CODE)
        people = names(session, wave)
    # Every link of before leads to its ballot, and the receipts are those that were shown.
    assert [keys.tokens.link(name) for name in people] == golden["links"]
    cast = []
    for name in people:
        with db.reading() as session:
            if ballots.find(session, name).cast:
                cast.append(keys.receipt(CODE, name))
    assert sorted(cast) == golden["receipts"]
    for name in people:
        if keys.receipt(CODE, name) not in cast:
            cast_ballot(db, keys, name, Answers())
    minutes = finish(db, keys)
    assert (minutes.issued, minutes.cast, minutes.counted, minutes.foreign) == (12, 12, 12, 0)
    (said,) = json.loads(minutes.unproved)
    assert "lúc nâng cấp" in said
    with db.transaction() as session:
        document, _new = scoresheets.score(db, session, CODE)
    verify.verify(export.to_json(document))


def test_what_was_saved_under_a_link_that_replaced_another_is_still_there(
    older: tuple[Database, Path], golden: dict[str, Any]
) -> None:
    db, path = older
    with db.transaction() as session:
        _index, layout = waves.index_of(session.get_one(Wave, 1))
        connection = session.connection()
        number = (
            connection.execute(text('SELECT number FROM ballot WHERE NOT "cast"')).scalars().first()
        )
        saved = DraftState(units=frozenset(layout.units))
        secret = b64decode(golden["key_file"]["waves"][CODE]["secret"])
        # As that version sealed it: under the number alone, whatever the issue.
        sealed = urn.encrypt_draft(secret, BallotName(number, 1), layout, saved)
        again = {"number": number, "sealed": sealed}
        connection.execute(text("UPDATE ballot SET issue = 2 WHERE number = :number"), again)
        connection.execute(text("DELETE FROM draft WHERE ballot_number = :number"), again)
        connection.execute(text("INSERT INTO draft VALUES (:number, :sealed)"), again)
    before = path.read_bytes()
    for _start in range(2):  # the second after one that was cut off
        path.write_bytes(before)
        keys = started(db, path)
        with db.reading() as session:
            ballot = ballots.find(session, BallotName(number, 2))
            assert drafts.read(session, keys, ballot) == saved


def test_no_command_says_in_the_words_of_a_log_that_it_took_a_wave_over(
    older: tuple[Database, Path], caplog: pytest.LogCaptureFixture
) -> None:
    """Without a log of its own a command prints warnings, in English, among what it says."""
    with caplog.at_level(logging.INFO):
        started(*older)
    taken = [each.levelname for each in caplog.records if "taken over" in each.message]
    assert taken == ["INFO"]


def test_what_an_officer_wrote_before_still_goes(older: tuple[Database, Path]) -> None:
    db, _keys = older[0], started(*older)
    with db.reading() as session:
        wording = wordings.of(session, waves.load(session, CODE))
    assert wording.bodies == {"reminder": "Xin mời trả lời."}
    assert not wording.altered


def test_after_the_upgrade_nothing_is_believed_any_more(older: tuple[Database, Path]) -> None:
    db, keys = older[0], started(*older)
    with db.transaction() as session:
        session.connection().execute(
            text("UPDATE respondent SET \"group\" = 'xa' WHERE \"group\" = 'hdnd'")
        )
    adoption.adopt(db, keys)  # another start takes nothing over again
    adoption.adopt(db, guard.guard(db, KeyFile(older[1])))
    with db.reading() as session:
        first = names(session, waves.load(session, CODE))[0]
        with pytest.raises(BallotAltered):
            ballots.find(session, first)
    with pytest.raises(BallotsAltered):
        finish(db, keys)


def test_a_start_that_is_cut_off_is_made_up_for(
    older: tuple[Database, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, path = older
    before = path.read_bytes()
    started(db, path)
    path.write_bytes(before)  # the database was written, the key file not yet
    assert finish(db, started(db, path)).counted == 9


def test_a_recovery_copy_of_before_brings_key_file_and_urn_back(
    older: tuple[Database, Path], golden: dict[str, Any]
) -> None:
    db, path = older
    started(db, path)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    path.unlink()
    copy = recovery.open_copy(golden["recovery_copy"], "ba con mèo đen")
    fresh = guard.guard(db, KeyFile(path))
    with db.reading() as session:
        urnkeys.restore(fresh, waves.load(session, CODE), copy)
    adoption.adopt(db, fresh)
    assert unsealing.unseal(db, fresh, CODE).counted == 9


def test_tables_taken_back_and_forth_leave_a_wave_that_opens(
    db: Database, keys: KeyFile, database_url: str
) -> None:
    """On both databases: rows without bonds, and a key file that knows of none."""
    wave = make_wave(db, keys, people=10)
    cast_all(db, keys, wave, 0.5)
    config = Config(toml_file=str(ABOVE / "pyproject.toml"))
    config.set_main_option("script_location", str(ABOVE / "migrations"))
    with db.engine.execution_options(phieu_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0008")
        command.upgrade(config, "head")
    own = b64encode(keys._of_wave("receipt_key", CODE)).decode()
    with keys.changing() as content:
        entry = content["waves"][CODE]
        kept = {name: entry[name] for name in (*SECRETS, "public_key", "index_digest", "versioned")}
        content["waves"][CODE] = kept
    with db.reading() as session, pytest.raises(WaveAltered):
        waves.load(session, CODE)
    with keys.changing() as content:
        content["adopt"] = "upgrade"
    adoption.adopt(db, keys)
    with keys.changing() as content:
        # These receipts were made under a key of the wave's own.
        content["waves"][CODE]["receipt_key"] = own
    assert finish(db, keys).counted == 5
