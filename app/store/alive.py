"""Whether a connection to PostgreSQL that waited in the pool is still there.

A server that ends says so on each connection: there is something to read where nothing was asked.
So a look at the socket tells as much as a question that goes to and fro, and costs nothing. Whoever
waited long is asked all the same, since a peer whose network went away says nothing.
"""

import select
import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

SURE_FOR = 5.0  # seconds
_SINCE = "phieu_waits_since"


def watch(engine: Engine) -> None:
    """Have each connection of a pool looked at before it is given out, and made anew if it is gone;
    then all others are, too."""

    def given_back(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_SINCE] = time.monotonic()

    def given_out(connection: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        since = entry.info.get(_SINCE)
        if since is None or (time.monotonic() - since < SURE_FOR and is_quiet(connection)):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", given_back)
    event.listen(engine, "checkout", given_out)


def is_quiet(connection: Any) -> bool:
    """Whether nothing has come that nobody asked for."""
    if connection.closed or not hasattr(select, "poll"):
        return False
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return not look.poll(0)
