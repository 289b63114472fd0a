"""Wrong codes of the second factor, counted in the row of their account.

Six digits can be guessed, so they are limited wherever they come from: 20 within 15 minutes for
each way that takes one, which a restart or another process does not begin anew. Whoever reaches the
limit of one way has not closed another. A right code clears nothing, else a guesser would begin
anew whenever the owner signs in; a reset of the account does. Runs inside the caller's transaction.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.store.staffmodels import Staff

SIGN_IN, DEED, RESET = "sign-in", "deed", "reset"  # the ways
MOST, WITHIN = 20, timedelta(minutes=15)


def is_over(session: Session, staff_id: int, way: str, now: datetime) -> bool:
    """Whether the next code of this way must wait, a right one too."""
    found = select(col(Staff.wrong_codes)).where(col(Staff.id) == staff_id)
    number, _since = _window(session.connection().execute(found).scalar() or "", way, now)
    return number >= MOST


def wrong(session: Session, staff_id: int, way: str, now: datetime) -> int:
    """One more; gives how many there are now. It holds the account's row until the commit."""
    mine = col(Staff.id) == staff_id
    connection = session.connection()
    written = connection.execute(select(col(Staff.wrong_codes)).where(mine).with_for_update())
    content = written.scalar() or ""
    number, since = _window(content, way, now)
    ways = {**_ways(content), way: [number + 1, since.isoformat()]}
    connection.execute(update(Staff).where(mine).values(wrong_codes=json.dumps(ways)))
    return number + 1


def _window(content: str, way: str, now: datetime) -> tuple[int, datetime]:
    """How many wrong codes of a way, since when; a window that is over begins anew."""
    try:
        number, since = _ways(content).get(way, (0, now.isoformat()))
        begun = datetime.fromisoformat(since)
        return (int(number), begun) if now - begun < WITHIN else (0, now)
    except (ValueError, TypeError):
        return 0, now


def _ways(content: str) -> dict[str, Any]:
    """What a row says; nothing where this program did not write it: whoever did could as well have
    emptied it, and the process knows what it has seen."""
    try:
        found = json.loads(content or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
