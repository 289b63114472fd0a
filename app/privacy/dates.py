"""Until when what is kept of a wave. Pure but for reading when its result was approved.

Contacts: eighteen months after the closing, or as many fewer as were set at the launch. Letters:
ninety days after it. Who has cast: sixty days after the result is approved. No approval is a step
of its own here: that is the release of a sheet by the council, before there is one the first score
sheet; of a cancelled wave the cancelling. At the latest it goes with the contacts.
"""

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.bonds import erasing
from app.bonds.keptsums import CAST, CONTACTS, LETTERS
from app.count import releasing
from app.keys.guard import keys_of
from app.language import HANOI
from app.store.models import Wave
from app.store.resultmodels import Sheet

LETTERS_DAYS = timedelta(days=90)
CAST_DAYS = timedelta(days=60)


@dataclass(frozen=True)
class Dates:
    """When each kind of data of a wave is due to be erased; None: not known yet."""

    contacts: datetime | None
    letters: datetime | None
    cast: datetime | None
    # What the last one counts from: release | sheet | cancelled | contacts.
    cast_from: str

    def of(self, what: str) -> datetime | None:
        return {CONTACTS: self.contacts, LETTERS: self.letters, CAST: self.cast}[what]


def months_after(when: datetime, months: int) -> datetime:
    """The same day so many months later, or the last one of a shorter month, by our calendar."""
    local = when.astimezone(HANOI)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return local.replace(year=year, month=month + 1, day=min(local.day, last))


def of(session: Session, wave: Wave, now: datetime) -> Dates:
    """The dates of a wave. A draft that never went out counts from the closing it had."""
    ended = wave.cancelled_at or wave.closed_at
    months = erasing.contacts_months(keys_of(session), wave.code)
    if wave.launched_at is None:
        return Dates(months_after(wave.closes_at, months), None, None, CONTACTS)
    if ended is None:
        return Dates(None, None, None, CONTACTS)
    contacts = months_after(ended, months)
    cast, source = _cast(session, wave, now)
    if cast is None or cast > contacts:
        cast, source = contacts, CONTACTS
    # A sealed urn is counted by who has cast.
    is_counted = wave.unsealed_at is not None or wave.cancelled_at is not None
    return Dates(contacts, ended + LETTERS_DAYS, cast if is_counted else None, source)


def _cast(session: Session, wave: Wave, now: datetime) -> tuple[datetime | None, str]:
    if wave.cancelled_at is not None:
        return wave.cancelled_at + CAST_DAYS, "cancelled"
    released = releasing.standing(session, wave, now).released
    if released is not None:
        return released.at + CAST_DAYS, "release"
    query = select(func.min(col(Sheet.created_at))).where(col(Sheet.wave_id) == wave.id)
    first = session.scalars(query).first()
    return (first + CAST_DAYS, "sheet") if first else (None, CONTACTS)
