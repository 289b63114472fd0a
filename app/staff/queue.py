"""The queue of letters to the people of the console: what is written down, and what holds it.

A row has a MAC over its number, kind, person and facts, when it was queued among them. One that
somebody wrote or changed never goes, and none goes a week after it was queued: set back to be sent
again, it could only repeat what its own reader got within that week, with a link to choose the
password of an account that is theirs, as "Quên mật khẩu" sends one to anybody who asks.
"""

import json
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from app.bonds import macs
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.store.staffmodels import StaffLetter

LASTS = timedelta(days=7)
QUEUED, EXPIRES = "queued", "expires"


def put(session: Session, kind: str, staff_id: int, now: datetime, **facts: object) -> None:
    """One letter, due now."""
    bind(session, *lay_down(session, kind, staff_id, now, **facts))


def lay_down(
    session: Session, kind: str, staff_id: int, now: datetime, **facts: object
) -> tuple[int, bytes]:
    """A row that is no letter yet: its number, and the MAC that `bind` makes it one with."""
    written = json.dumps({**facts, QUEUED: now.isoformat()}, ensure_ascii=False)
    row = {"kind": kind, "staff_id": staff_id, "facts": written, "attempts": 0}
    new = insert(StaffLetter).values(**row, due_at=now).returning(col(StaffLetter.id))
    letter_id = cast(int, session.connection().execute(new).scalar_one())
    return letter_id, mac(keys_of(session), letter_id, kind, staff_id, written)


def bind(session: Session, letter_id: int, made: bytes) -> None:
    row = update(StaffLetter).where(col(StaffLetter.id) == letter_id)
    session.connection().execute(row.values(mac=made))


def drop(session: Session, kind: str, now: datetime, why: str, **facts: object) -> None:
    """Let no letter of a kind go any more that still waits, of those with these facts."""
    waits = (
        col(StaffLetter.kind) == kind,
        col(StaffLetter.sent_at).is_(None),
        col(StaffLetter.failed_at).is_(None),
    )
    rows = session.connection().execute(
        select(col(StaffLetter.id), col(StaffLetter.facts)).where(*waits)
    )
    of_these = [id_ for id_, written in rows if facts.items() <= _facts(written).items()]
    over = update(StaffLetter).where(col(StaffLetter.id).in_(of_these), *waits)
    session.connection().execute(over.values(failed_at=now, error=why))


def _facts(written: str) -> dict[str, object]:
    """The facts of a row; none of one that somebody else wrote, which never goes anyway."""
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def mac(keys: KeyFile, letter_id: int, kind: str, staff_id: int, facts: str) -> bytes:
    return macs.mac(keys.derived("letters to staff"), "letter", letter_id, kind, staff_id, facts)


def is_sound(keys: KeyFile, row: Any) -> bool:
    """Whether this program wrote a row."""
    return macs.fits(row.mac, mac(keys, row.id, row.kind, row.staff_id, row.facts))


def is_old(row: Any, now: datetime) -> bool:
    """Whether a sound row is of too long ago to be sent."""
    return now - datetime.fromisoformat(json.loads(row.facts)[QUEUED]) >= LASTS


def is_over(row: Any, now: datetime) -> bool:
    """Whether what a sound row calls for cannot be done any more."""
    until = json.loads(row.facts).get(EXPIRES)
    return until is not None and now >= datetime.fromisoformat(until)


def take_over(session: Session, now: datetime) -> None:
    """Bind the letters that an earlier version of this program left waiting."""
    waiting = session.connection().execute(
        select(
            col(StaffLetter.id),
            col(StaffLetter.kind),
            col(StaffLetter.staff_id),
            col(StaffLetter.facts),
        ).where(col(StaffLetter.sent_at).is_(None), col(StaffLetter.failed_at).is_(None))
    )
    keys = keys_of(session)
    for id_, kind, staff_id, facts in waiting.all():
        written = json.dumps({**json.loads(facts), QUEUED: now.isoformat()}, ensure_ascii=False)
        row = update(StaffLetter).where(col(StaffLetter.id) == id_).values(facts=written)
        session.connection().execute(row)
        letter_id = cast(int, id_)
        bind(session, letter_id, mac(keys, letter_id, kind, staff_id, written))
