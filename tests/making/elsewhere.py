"""Another machine: an empty database of a kind, to put a backup into."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, inspect

from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store import migrating
from app.store.db import Database, open_database
from tests.making.running import House, waiting_program


@dataclass
class Elsewhere:
    """Where a backup goes to: a folder of its own, a database that is not there yet."""

    folder: Path
    database_url: str

    @property
    def key_file(self) -> Path:
        return self.folder / "keys" / "phieu.key"

    def bring_keys(self, from_: KeyFile) -> None:
        """The key file and what lies beside it, carried by hand."""
        self.key_file.parent.mkdir(parents=True, exist_ok=True)
        for each in from_.path.parent.iterdir():
            shutil.copy2(each, self.key_file.parent / each.name)

    def house(self) -> House:
        """The deployment there; its database has to be there by now."""
        return House(self.folder, self.database_url)

    def phieu(self, *words: str, said: str | None = None) -> tuple[int, str]:
        """Run a command there; gives its status and all that it printed."""
        environment = {
            "PATH": os.environ["PATH"],
            "PHIEU_DATA": str(self.folder / "data"),
            "PHIEU_DATABASE_URL": self.database_url,
            "PHIEU_KEY_FILE": str(self.key_file),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
        }
        done = waiting_program().run(words, self.folder, environment, said)
        return done.returncode, done.stdout + done.stderr

    @contextmanager
    def opened(self) -> Iterator[tuple[Database, KeyFile]]:
        keys = KeyFile(self.key_file)
        db = open_database(self.database_url)
        guard.guard(db, keys)
        yield db, keys
        db.dispose()


def quick_tables(monkeypatch: pytest.MonkeyPatch, blank: Path) -> None:
    """The tables of today made at once, as all migrations leave them: they take two seconds."""
    real, newest = migrating.upgrade, migrating.revisions()[-1]
    with closing(sqlite3.connect(blank)) as line:
        made = line.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()

    def upgrade(connection: Connection, to: str = "head") -> None:
        is_empty = not inspect(connection).get_table_names()
        if connection.dialect.name != "sqlite" or not is_empty or to != newest:
            real(connection, to)
            return
        for (sql,) in made:
            connection.exec_driver_sql(sql)
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (newest,))

    monkeypatch.setattr(migrating, "upgrade", upgrade)


@contextmanager
def elsewhere(request: pytest.FixtureRequest, folder: Path, is_sqlite: bool) -> Iterator[Elsewhere]:
    """An empty place of a kind; of PostgreSQL it is dropped at the end."""
    folder.mkdir()
    if is_sqlite:
        yield Elsewhere(folder, f"sqlite:///{folder / 'data' / 'phieu.sqlite3'}")
        return
    server = request.getfixturevalue("postgresql")
    name = "phieu_elsewhere_" + os.urandom(6).hex()
    with psycopg.connect(server, autocommit=True) as line:
        line.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield Elsewhere(folder, server.replace("/postgres?", f"/{name}?"))
        finally:
            line.execute(f"DROP DATABASE {name} WITH (FORCE)")
