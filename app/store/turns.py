"""The turns that transactions take on PostgreSQL: advisory locks, held until the commit.

On SQLite one transaction writes at a time anyway. They are pairs whose first number is 20022023;
the second is one of those below, or a wave's id for its close lock.
"""

from sqlalchemy import Connection, Integer, bindparam, func, select, text
from sqlmodel import Session

from app.store.plain import Access, Statement

MIGRATIONS = 0  # and taking over what an earlier version left
LOG = -1
ACCOUNTS = -2
CONNECTION_KEYS = -3
WRONG_TRIES = -4  # and wrong passwords; taken first
INDEXES = -7  # edited on the page


def take(connection: Connection, turn: int) -> None:
    """Wait until nobody else has this turn."""
    _lock(connection, turn, "pg_advisory_xact_lock")


def take_close_lock(session: Session, wave_id: int) -> None:
    """Held by whoever holds a wave: no cast is under way, none starts before the commit."""
    _lock(session.connection(), wave_id, "pg_advisory_xact_lock")


def share_close_lock(on: Access, wave_id: int) -> None:
    """Held by whoever casts: no close begins before the commit."""
    _SHARE.first(on, {"number": wave_id})


_SHARE = Statement(
    select(func.pg_advisory_xact_lock_shared(20022023, bindparam("number", type_=Integer)))
)


def _lock(connection: Connection, number: int, function: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT {function}(20022023, :number)"), {"number": number})
