"""Letters that are not about a ballot, of one table: the next that is due, and what became of it.

One sender takes a letter at a time, under a lock of its row; what one writes later that stalled
past its claim changes nothing. Whom it goes to, and whether it may, whoever has the table says.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from app.letters.replies import RETRIES
from app.store.staffmodels import StaffLetter
from app.store.trusteemodels import TrusteeLetter

CLAIM = timedelta(minutes=5)
REFUSED = "refused"
Table: TypeAlias = type[StaffLetter] | type[TrusteeLetter]


def due(session: Session, table: Table, now: datetime, *columns: Any) -> Any:
    """The next letter that is due, locked; None when none is."""
    free = or_(col(table.claimed_until).is_(None), col(table.claimed_until) < now)
    query = (
        select(col(table.id), col(table.kind), col(table.facts), col(table.mac), *columns)
        .add_columns(col(table.attempts))
        .where(*_waits(table, now), free)
        .order_by(col(table.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.connection().execute(query).first()


def is_due(session: Session, table: Table, now: datetime) -> bool:
    query = select(col(table.id)).where(*_waits(table, now)).limit(1)
    return session.connection().execute(query).first() is not None


def in_hands(session: Session, now: datetime) -> int:
    """How many letters of both tables a sender holds at `now`."""
    return sum(
        int(session.connection().execute(_held(table, now)).scalar_one())
        for table in (StaffLetter, TrusteeLetter)
    )


def claim(session: Session, table: Table, row: Any, now: datetime) -> int:
    """Take a letter that is due; gives the number of this attempt."""
    attempts = int(row.attempts) + 1
    _set(session, table, row.id, claimed_until=now + CLAIM, attempts=attempts)
    return attempts


def held(session: Session, table: Table, letter_id: int, attempts: int, *columns: Any) -> Any:
    """A letter as long as it is in the hands of this attempt; None when it is not any more."""
    query = select(col(table.id), col(table.kind), col(table.facts), col(table.mac), *columns)
    mine = col(table.id) == letter_id, *_of_attempt(table, attempts)
    return session.connection().execute(query.where(*mine)).first()


def stop(session: Session, table: Table, letter_id: int, now: datetime, why: str) -> None:
    """It does not go."""
    _set(session, table, letter_id, failed_at=now, error=why)


def record(
    session: Session,
    table: Table,
    letter_id: int,
    attempts: int,
    now: datetime,
    error: str,
    final: bool,
) -> None:
    """What became of an attempt; `error` is empty when the relay took it."""
    values: dict[str, object] = {"claimed_until": None, "error": error or None}
    if not error:
        values["sent_at"] = now
    elif final or attempts > len(RETRIES):
        values |= {"failed_at": now, "returned": REFUSED}
    else:
        values["due_at"] = now + RETRIES[attempts - 1]
    _set(session, table, letter_id, *_of_attempt(table, attempts), **values)


def came_back(session: Session, table: Table, letter_id: int, verdict: str, words: str) -> None:
    """A letter that a relay had taken did not arrive."""
    of_it = col(table.id) == letter_id, col(table.sent_at).is_not(None)
    values = {"returned": verdict, "error": words}
    session.connection().execute(update(table).where(*of_it).values(values))


@dataclass(frozen=True)
class NotArrived:
    """Of somebody's last letter that it did not arrive: when it went, or was refused, and why."""

    at: datetime
    why: str


def not_arrived(session: Session, table: Table, of: Any, *which: Any) -> dict[Any, NotArrived]:
    """Whose last letter did not arrive, by the column `of`, of the letters that meet `which`. A
    later one that was taken and has not come back says that the mailbox is there again."""
    query = select(
        of.label("of"),
        col(table.returned),
        col(table.error),
        col(table.sent_at),
        col(table.failed_at),
    ).where(or_(col(table.sent_at).is_not(None), col(table.returned).is_not(None)), *which)
    last = {row.of: row for row in session.connection().execute(query.order_by(col(table.id)))}
    return {
        whose: NotArrived(row.sent_at or row.failed_at, row.error or "")
        for whose, row in last.items()
        if row.returned
    }


def release(session: Session, table: Table, letter_id: int, attempts: int) -> None:
    """Give a letter back that nobody was asked to take: it was not tried."""
    mine = _of_attempt(table, attempts)
    _set(session, table, letter_id, *mine, claimed_until=None, attempts=attempts - 1)


def _waits(table: Table, now: datetime) -> tuple[Any, ...]:
    return (
        col(table.sent_at).is_(None),
        col(table.failed_at).is_(None),
        col(table.due_at) <= now,
    )


def _held(table: Table, now: datetime) -> Any:
    unsettled = col(table.sent_at).is_(None), col(table.failed_at).is_(None)
    return select(func.count()).where(col(table.claimed_until) > now, *unsettled)


def _of_attempt(table: Table, attempts: int) -> tuple[Any, ...]:
    return (
        col(table.attempts) == attempts,
        col(table.claimed_until).is_not(None),
        col(table.sent_at).is_(None),
        col(table.failed_at).is_(None),
    )


def _set(session: Session, table: Table, letter_id: int, *which: Any, **values: object) -> None:
    mine = update(table).where(col(table.id) == letter_id, *which)
    session.connection().execute(mine.values(values))
