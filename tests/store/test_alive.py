"""A connection that the server ended while it waited is replaced before anybody is given it."""

import time

import pytest
from sqlalchemy import func, select

from app.store import alive
from app.store.db import Database
from app.store.plain import Statement

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
OWN = Statement(select(func.pg_backend_pid()))


def end_all_others(db: Database) -> None:
    """As a server that is shut down does; from a pool of its own."""
    other = Database(db.engine.url.render_as_string(hide_password=False))
    with other.reading() as session:
        session.connection().exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    other.dispose()


def pid(db: Database) -> int:
    with db.plain_reading() as plain:
        return int(OWN.scalar(plain))


def two(db: Database) -> set[int]:
    """Of a session and beside it."""
    with db.transaction() as session, db.plain_reading() as plain:
        own = session.scalar(select(func.pg_backend_pid()))
        return {int(own or 0), int(OWN.scalar(plain))}


def test_one_that_was_ended_is_seen_without_a_question(db: Database) -> None:
    before = two(db)
    assert two(db) <= before | {pid(db) for _time in range(8)}
    end_all_others(db)
    time.sleep(0.1)
    after = two(db) | {pid(db) for _time in range(8)}
    assert not after & before


def test_one_that_waited_long_is_asked(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    ping = db.engine.dialect.do_ping

    def pinged(connection: object) -> bool:
        asked.append(connection)
        return ping(connection)

    monkeypatch.setattr(db.engine.dialect, "do_ping", pinged)
    pid(db)
    pid(db)
    assert asked == []
    monkeypatch.setattr(alive, "SURE_FOR", 0.0)
    pid(db)
    assert len(asked) == 1
    end_all_others(db)
    # The server's last words need not have come.
    monkeypatch.setattr(alive, "is_quiet", lambda _connection: True)
    assert pid(db) > 0
    assert len(asked) > 1
