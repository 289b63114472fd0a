"""What a piece of work that may be done again has to know: whether it ended because the database
was away, and whether anything of it may be there all the same.

A server that dies between the commit and its answer leaves nobody who knows. `Attempt` notes each
commit of one piece of work; whoever began the work reads it. Work that nobody began so notes
nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import exc

from app.store import postgresql

# What a server says that was told to stop, is starting, or takes no writes: class 08 is of lost
# connections, class 57 of an operator's hand.
_AWAY = ("08", "57P", postgresql.READ_ONLY)


@dataclass
class Attempt:
    """One piece of work. `is_away`: the database was; `commits`: how many came through;
    `is_unknown`: of one nobody knows."""

    is_away: bool = False
    commits: int = 0
    is_unknown: bool = False

    @property
    def left_nothing(self) -> bool:
        return not self.commits and not self.is_unknown


_now: ContextVar[Attempt | None] = ContextVar("phieu_attempt", default=None)


@contextmanager
def attempt() -> Iterator[Attempt]:
    """What is done in here, in threads begun from here too, is noted."""
    mine = Attempt()
    before = _now.set(mine)
    try:
        yield mine
    finally:
        _now.reset(before)


def is_away(error: BaseException) -> bool:
    """Whether an error says that the server cannot be had now, and may be later. A file of SQLite
    is there or is not."""
    if not isinstance(error, exc.DBAPIError):
        # Of the pool, whose connections all wait for it.
        return isinstance(error, exc.TimeoutError)
    if not type(error.orig).__module__.startswith("psycopg"):
        return False
    state = postgresql.sqlstate(error)
    # Without a state it was not reached, or went away in the middle.
    return error.connection_invalidated or not state or state.startswith(_AWAY)


def note_fault(error: BaseException, committing: bool = False) -> None:
    """A transaction ended with an error, or its commit did."""
    mine = _now.get()
    if mine is not None and is_away(error):
        mine.is_away = True
        mine.is_unknown = mine.is_unknown or committing


def note_commit() -> None:
    """A transaction came through."""
    mine = _now.get()
    if mine is not None:
        mine.commits += 1
