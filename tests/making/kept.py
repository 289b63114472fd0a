"""A world that is made once for a module: as it stands for tests that only look, as a copy for
tests that write."""

import copy
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg
import pytest

from app import settings
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database, open_database
from tests.conftest import Clock

T = TypeVar("T")
Fill = Callable[[Database, KeyFile, Settings], None]


@dataclass
class Kept:
    """A database with its keys, settings and clock."""

    folder: Path
    db: Database
    keys: KeyFile
    settings: Settings
    clock: Clock


_begun: dict[object, tuple[bytes, bytes, Any]] = {}


def begun(db: Database, keys: KeyFile, asked: object, make: Callable[[], T]) -> T:
    """What tests begin with in an empty house, made once and put back for the others; `asked` says
    all that it depends on. On SQLite, whose database is a file, and at one time of the clock."""
    if not db.is_sqlite or keys.path.exists():
        return make()
    path = Path(str(db.engine.url.database))
    whole = (asked, clock() if (clock := db.clock) else os.urandom(16))
    if whole not in _begun:
        made = make()
        db.dispose()  # so that all of it is in the one file
        _begun[whole] = (path.read_bytes(), keys.path.read_bytes(), made)
    data, secrets, made = _begun[whole]
    db.dispose()
    path.write_bytes(data)
    keys.path.parent.mkdir(exist_ok=True)
    keys.path.touch(0o600)
    keys.path.write_bytes(secrets)
    return cast(T, copy.deepcopy(made))


@contextmanager
def kept(
    request: pytest.FixtureRequest, kind: str, folder: Path, clock: Clock, fill: Fill
) -> Iterator[Kept]:
    """A world in a database of a kind, filled by a test's own hand."""
    blank = request.getfixturevalue(f"blank_{kind}")
    with _database(request, kind, folder, blank) as url:
        (folder / "keys").mkdir()
        with _opened(folder, url, clock) as world:
            fill(world.db, world.keys, world.settings)
            yield world


@contextmanager
def copied(request: pytest.FixtureRequest, world: Kept, folder: Path) -> Iterator[Kept]:
    """A copy of a world, to write in; its clock begins where the other stands."""
    kind = "sqlite" if world.db.is_sqlite else "postgresql"
    # PostgreSQL copies a database that nobody is connected to.
    world.db.dispose()
    address = world.settings.database_url.removeprefix("sqlite:///")
    source = Path(address) if kind == "sqlite" else address.rpartition("?")[0].rpartition("/")[2]
    with _database(request, kind, folder, source) as url:
        shutil.copytree(world.folder / "keys", folder / "keys")
        with _opened(folder, url, Clock(world.clock.now)) as found:
            yield found


@contextmanager
def _opened(folder: Path, url: str, clock: Clock) -> Iterator[Kept]:
    made = settings.read(
        {
            "PHIEU_DATA": str(folder / "data"),
            "PHIEU_DATABASE_URL": url,
            "PHIEU_KEY_FILE": str(folder / "keys" / "phieu.key"),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_BASE_URL": "http://127.0.0.1:8000",
        }
    )
    db, keys = open_database(url, clock), KeyFile(made.key_file)
    guard.guard(db, keys)
    try:
        yield Kept(folder, db, keys, made, clock)
    finally:
        db.dispose()


@contextmanager
def _database(
    request: pytest.FixtureRequest, kind: str, folder: Path, source: Path | str
) -> Iterator[str]:
    """The address of a copy of a database, which is gone afterwards."""
    if kind == "sqlite":
        path = folder / "data" / "phieu.sqlite3"
        path.parent.mkdir(parents=True)
        shutil.copyfile(source, path)
        yield f"sqlite:///{path}"
        return
    server, name = request.getfixturevalue("postgresql"), "phieu_" + os.urandom(6).hex()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
