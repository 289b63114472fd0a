"""Two at one time, in a given order: one transaction stands open while another begins."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import text
from sqlmodel import Session

from app.store.db import Database

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def meanwhile(
    db: Database, first: Callable[[Session], object], second: Callable[[], object]
) -> None:
    """Begin `second()` while the transaction of `first(session)` is open.

    The first commits once the second waits for it, or has ended without.
    """
    go = Event()

    def hold(begun: Event) -> None:
        with db.transaction() as session:
            first(session)
            begun.set()
            assert go.wait(60)

    with ThreadPoolExecutor(2) as pool:
        begun = Event()
        one = pool.submit(hold, begun)
        try:
            until(lambda: begun.is_set() or one.done())
            two = pool.submit(second)
            until(lambda: two.done() or waits(db))
        finally:
            go.set()
        one.result(60)
        two.result(60)


def until(happened: Callable[[], bool]) -> None:
    for _look in range(6000):
        if happened():
            return
        time.sleep(0.01)
    raise AssertionError("nothing happened within a minute")


def waits(db: Database) -> bool:
    """Whether somebody waits for a lock. On SQLite there is one writer: everybody does."""
    if db.is_sqlite:
        return True
    with db.reading() as session:
        return bool(session.connection().execute(WAITING).scalar())
