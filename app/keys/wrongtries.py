"""Wrong tries as all processes of a database know them: links, access codes, keys, passwords.

A row is one window of one who tries: known by a keyed print, so that no network, address or account
stands in the table; gone when its window is over; never one of more than `MOST`. Only wrong tries
write, in bundles, and in a transaction of their own. What the database forgets, or is made to
forget, the process still knows (`app/web/throttle.py`).
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update
from sqlmodel import Session, col

from app.keys.keyfile import KeyFile
from app.store import turns
from app.store.bundles import Bundle
from app.store.db import Database
from app.store.officemodels import WrongTry

log = logging.getLogger("phieu.limits")

MOST = 20_000  # rows; the oldest go

Window = tuple[str, float]  # who, as a print; for how many seconds


class WrongTries:
    """The wrong tries of one database. `every` so many of one who goes on are written at once; what
    is less waits for the next second (see `Bundle`)."""

    def __init__(self, db: Database, keys: KeyFile, every: int) -> None:
        self._db, self._keys = db, keys
        self.bundle: Bundle[Window] = Bundle(self._write, every=every)

    def window(self, kind: str, who: str, seconds: float) -> Window:
        """The window that one who tries has for one kind of thing."""
        return self._keys.tokens.fingerprint(f"wrong {kind} of {who}".encode()), seconds

    def number(self, window: Window) -> int:
        """How many there were in the window that runs; without the database, what waits here."""
        try:
            with self._db.reading() as session:
                known = number(session, window[0], self._db.now(session))
        except Exception as error:  # noqa: BLE001  # no answer fails for want of a number
            log.warning("wrong tries not read: %s", type(error).__name__)
            known = 0
        return known + self.bundle.waiting(window)

    def add(self, window: Window, last: bool = False) -> None:
        """One more; the `last` one that was free is written at once. It waits when the database
        cannot be had."""
        try:
            self.bundle.add(window, at_once=last)
        except Exception as error:  # noqa: BLE001  # as above
            log.warning("wrong tries not written: %s", type(error).__name__)

    def _write(self, bundle: Mapping[Window, int]) -> None:
        with self._db.transaction() as session:
            add(session, bundle, self._db.now(session))


def number(session: Session, key: str, now: datetime) -> int:
    """How many wrong tries a window has at `now`."""
    found = session.connection().execute(
        select(col(WrongTry.number)).where(col(WrongTry.key) == key, col(WrongTry.ends_at) > now)
    )
    return found.scalar() or 0


_MORE = (
    update(WrongTry)
    .where(col(WrongTry.key) == bindparam("window"))
    .values(number=col(WrongTry.number) + bindparam("more"))
)


def add(session: Session, bundle: Mapping[Window, int], now: datetime) -> None:
    """Count a bundle, and forget what is over or too much."""
    connection = session.connection()
    # One bundle at a time: two would wait for each other's rows.
    turns.take(connection, turns.WRONG_TRIES)
    connection.execute(delete(WrongTry).where(col(WrongTry.ends_at) <= now))
    keys = [key for key, _seconds in bundle]
    held = connection.execute(select(col(WrongTry.key)).where(col(WrongTry.key).in_(keys)))
    known = set(held.scalars())
    more = [{"window": key, "more": n} for (key, _s), n in bundle.items() if key in known]
    new = [
        {"key": key, "ends_at": now + timedelta(seconds=seconds), "number": n}
        for (key, seconds), n in bundle.items()
        if key not in known
    ]
    if more:
        connection.execute(_MORE, more)
    if new:
        connection.execute(insert(WrongTry), new)
        _make_room(connection)


def _make_room(connection: Connection) -> None:
    """Leave the windows that end last. Two looks, each once over the table: a delete of what one
    select finds is planned by how large the table was thought to be, which in a flood is nothing,
    and then compares each row with each."""
    end, key = col(WrongTry.ends_at), col(WrongTry.key)
    first = connection.execute(
        select(end, key).order_by(end.desc(), key).offset(MOST).limit(1)
    ).first()
    if first is not None:
        over = or_(end < first[0], and_(end == first[0], key >= first[1]))
        connection.execute(delete(WrongTry).where(over))


def forget(db: Database) -> None:
    """Drop the windows that are over; nobody waits for a lock when there are none."""
    over = col(WrongTry.ends_at)
    with db.reading() as session:
        now = db.now(session)
        if session.connection().execute(select(over).where(over <= now).limit(1)).first() is None:
            return
    with db.transaction() as session:
        session.connection().execute(delete(WrongTry).where(over <= db.now(session)))
