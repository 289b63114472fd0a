"""The queue of letters to trustees: what is written down, and what holds it.

A row has a MAC over its number, kind, trustee and facts. It holds no link; that is made when the
letter is sent, and is the same from the making of the key to the end.
"""

import json
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from app.bonds import macs
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.store.models import Wave
from app.store.trusteemodels import TrusteeLetter, TrusteeRow

QUEUED = "queued"
LASTS = timedelta(days=7)
# What waits for a trustee, of which only the newest letter goes.
STEPS = ("key", "again", "trial", "open", "end")


def put(session: Session, wave: Wave, kind: str, number: bytes, now: datetime) -> None:
    """One letter, due now; what waits to be sent of a step before does not go any more."""
    connection = session.connection()
    waits = col(TrusteeLetter.sent_at).is_(None), col(TrusteeLetter.failed_at).is_(None)
    connection.execute(
        delete(TrusteeLetter).where(
            *waits,
            col(TrusteeLetter.number) == number,
            col(TrusteeLetter.kind).in_(STEPS[: STEPS.index(kind) + 1]),
            col(TrusteeLetter.claimed_until).is_(None),
        )
    )
    facts = json.dumps({QUEUED: now.isoformat()})
    row = {"kind": kind, "wave_id": wave.id, "number": number, "facts": facts, "attempts": 0}
    new = insert(TrusteeLetter).values(**row, due_at=now).returning(col(TrusteeLetter.id))
    letter_id = cast(int, connection.execute(new).scalar_one())
    made = mac(keys_of(session), letter_id, kind, number, facts)
    mine = update(TrusteeLetter).where(col(TrusteeLetter.id) == letter_id)
    connection.execute(mine.values(mac=made))


def to_all(session: Session, wave: Wave, kind: str, now: datetime) -> None:
    """One to each trustee of a wave."""
    query = select(col(TrusteeRow.number)).where(col(TrusteeRow.wave_id) == wave.id)
    for number in session.connection().execute(query.order_by(col(TrusteeRow.place))).scalars():
        put(session, wave, kind, number, now)


def mac(keys: KeyFile, letter_id: int, kind: str, number: bytes, facts: str) -> bytes:
    key = keys.derived("letters to trustees")
    return macs.mac(key, "letter", letter_id, kind, number, facts)


def is_sound(keys: KeyFile, row: Any) -> bool:
    """Whether this program wrote a row."""
    return macs.fits(row.mac, mac(keys, row.id, row.kind, row.number, row.facts))


def is_old(row: Any, now: datetime) -> bool:
    """Whether a sound row is of too long ago to be sent."""
    return now - datetime.fromisoformat(json.loads(row.facts)[QUEUED]) >= LASTS
