"""The tables of a version before are brought up while a wave is open and its processes serve.

With the real program of an earlier commit: `python -m tests.load.upgrade COMMIT`, by hand.
"""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlmodel import col

from app.keys.keyfile import KeyFile
from app.keys.urn import Answers
from app.store import migrating
from app.store.db import Database
from app.store.models import Ballot, UrnRow
from app.waves import alterations
from app.waves import wave as waves
from tests.making.blocks import cast_ballot, make_index, make_wave, names
from tests.making.running import until

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
# Processes of this version may be serving while today's begins.
BEFORE = "0028"
CODE = "dot-thu"


def downgrade(engine: Engine, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrating.MIGRATIONS))
    with engine.execution_options(phieu_write=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def tables(connection: Connection) -> dict[str, Table]:
    """The tables as they are, as a program of their version knows them."""
    there = MetaData()
    there.reflect(connection)
    return dict(there.tables)


def revision(db: Database) -> str | None:
    with db.reading() as session:
        return migrating.revision(session.connection())


@SQLITE
def test_every_version_leaves_room_for_the_processes_of_the_one_before(db: Database) -> None:
    """Nothing is taken away, tightened, or asked for that they do not know."""
    with db.engine.connect() as connection:
        now = tables(connection)
    downgrade(db.engine, BEFORE)
    with db.engine.connect() as connection:
        then = tables(connection)
    assert set(then) < set(now)
    for name, table in then.items():
        for column in table.columns:
            still = now[name].columns[column.name]
            assert still.nullable or not column.nullable, f"{name}.{column.name}"
            assert type(still.type) is type(column.type), f"{name}.{column.name}"
        for added in set(now[name].columns.keys()) - set(table.columns.keys()):
            column = now[name].columns[added]
            assert column.nullable or column.server_default is not None, f"{name}.{added}"


class Before:
    """What a process of the version before does, in its words: it names the columns it knows."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.engine.connect() as connection:
            self.of = tables(connection)

    def cast(self, number: bytes) -> None:
        ballot, urn, draft = self.of["ballot"], self.of["urn"], self.of["draft"]
        letter = self.of["letter"]
        with self.db.engine.execution_options(phieu_write=True).begin() as connection:
            wave = connection.execute(select(*self.of["wave"].columns)).one()
            person = connection.execute(
                select(*self.of["respondent"].columns)
                .join(ballot, ballot.c.respondent_id == self.of["respondent"].c.id)
                .where(ballot.c.number == number)
            ).one()
            assert person.wave_id == wave.id
            connection.execute(delete(draft).where(draft.c.ballot_number == number))
            connection.execute(
                update(letter).where(letter.c.ballot_number == number).values(state="sent")
            )
            done = connection.execute(
                update(ballot)
                .where(ballot.c.number == number, ballot.c.cast.is_(False))
                .values(cast=True, ever_cast=True)
            )
            assert done.rowcount == 1
            row = {"key": os.urandom(16), "wave_id": wave.id, "sealed": os.urandom(400)}
            connection.execute(insert(urn), [row])

    def ask_again(self, number: bytes, round_: int) -> None:
        """A letter queued with all columns that it knows."""
        letter = self.of["letter"]
        with self.db.engine.execution_options(phieu_write=True).begin() as connection:
            query = select(*letter.columns).where(letter.c.ballot_number == number)
            found = dict(connection.execute(query.order_by(letter.c.id)).mappings().first() or {})
            del found["id"]
            mark = os.urandom(8).hex()
            row = found | {"kind": "copy", "round": round_, "message_id": mark}
            connection.execute(insert(letter), [row])


def test_a_wave_goes_on_by_the_words_of_the_version_before(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, make_index("pooled"), 60)
    with db.reading() as session:
        everyone = names(session, wave)
    downgrade(db.engine, BEFORE)
    before, left = Before(db), everyone[2:]
    half = threading.Event()

    def serve() -> None:
        while left:
            name = left.pop()
            before.cast(name.number)
            before.ask_again(name.number, len(left) + 1)
            if len(left) < 45:
                half.set()

    with ThreadPoolExecutor(2) as processes:
        busy = [processes.submit(serve) for _n in range(2)]
        assert half.wait(60)
        db.migrate()
        done_meanwhile = len(left)
        for each in busy:
            each.result()
    assert done_meanwhile, "they went on afterwards"
    assert revision(db) == migrating.revisions()[-1]
    cast_ballot(db, keys, everyone[0], Answers({("q1", "snv"): "A"}))
    before.cast(everyone[1].number)
    with db.reading() as session:
        cast = session.scalar(select(func.count()).select_from(Ballot).where(col(Ballot.cast)))
        urn = session.scalar(select(func.count()).select_from(UrnRow))
        assert cast == urn == 60
        assert not alterations.find(session, keys, waves.load(session, CODE))


@pytest.fixture
def line(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@POSTGRESQL
def test_a_migration_lets_everybody_pass_who_is_at_work(
    db: Database, database_url: str, line: psycopg.Connection
) -> None:
    """The attack: somebody reads long, a backup perhaps. A change of tables that waits for it keeps
    all others waiting, and what it has locked itself makes a deadlock of it."""
    downgrade(db.engine, BEFORE)
    with psycopg.connect(database_url) as long, ThreadPoolExecutor(1) as beside:
        long.execute("SELECT count(*) FROM respondent")
        migrating_now = beside.submit(db.migrate)
        waits = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"
            " AND relation = 'respondent'::regclass"
        )
        try:
            line.execute("SET lock_timeout = '5s'")
            # It comes again and again.
            for _time in range(2):
                until(lambda: line.execute(waits).fetchone() == (1,), "the migration waits")
                line.execute("UPDATE respondent SET name = name")
            long.execute("SELECT count(*) FROM wave")
            assert not migrating_now.done()
        finally:
            long.rollback()
            migrating_now.result()
    assert revision(db) == migrating.revisions()[-1]


@POSTGRESQL
def test_a_migration_that_never_gets_its_turn_changes_nothing_and_says_so(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    downgrade(db.engine, BEFORE)
    monkeypatch.setattr(migrating, "TRIES", 2)
    monkeypatch.setattr(migrating, "WAITS", 20)
    with psycopg.connect(database_url) as long:
        long.execute("SELECT count(*) FROM respondent")
        with pytest.raises(migrating.OperationalError, match="lock timeout"):
            db.migrate()
    assert revision(db) == BEFORE
    assert not inspect(db.engine).has_table("purge")
    db.migrate()
    assert revision(db) == migrating.revisions()[-1]
