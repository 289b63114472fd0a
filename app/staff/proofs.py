"""Whose password it is, and whether that still holds when something is done with it.

Hashing takes a tenth of a second and happens outside a transaction; whatever is decided by it is
compared again inside, with the account's row held.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from app.bonds import accountfacts
from app.keys.guard import keys_of
from app.staff import passwords
from app.staff.passwords import is_chosen
from app.store.staffmodels import Staff
from app.text.cleaning import email_key


def hold(session: Session, staff_id: int) -> None:
    """Until the commit nobody else changes this account: what is read next stays so."""
    session.connection().execute(
        select(col(Staff.id)).where(col(Staff.id) == staff_id).with_for_update()
    )


def has_password(session: Session, staff_id: int) -> bool:
    """Whether the person has chosen a password; False of an account that is not there."""
    known = session.connection().execute(
        select(col(Staff.password_hash)).where(col(Staff.id) == staff_id)
    )
    return is_chosen(known.scalar() or "")


def state_of(session: Session, staff_id: int) -> str:
    """What changes whenever a password does; nothing of an account that is gone or altered."""
    row = _sound(session, col(Staff.id) == staff_id)
    return "" if row is None else f"{row.password_hash}\0{row.email_key}"


def _sound(session: Session, which: ColumnElement[bool]) -> Any:
    """The row of an account that is there, and as this program left it."""
    query = select(*accountfacts.COLUMNS).where(which, col(Staff.removed_at).is_(None))
    row = session.connection().execute(query).first()
    return row if row is not None and accountfacts.is_sound(keys_of(session), row) else None


@dataclass(frozen=True)
class Known:
    """Whose password was right; `ready` when a code of the second factor is needed too."""

    id: int
    who: str
    ready: bool
    password_hash: str = field(repr=False)


def known_by(session: Session, email: str) -> Known | None:
    """Who has an address, before a password is compared; nobody where the account is altered."""
    row = _sound(session, col(Staff.email_key) == email_key(email))
    if row is None:
        return None
    ready = row.totp_confirmed_at is not None
    return Known(row.id, f"{row.name} <{row.email}>", ready, row.password_hash)


def is_right(known: Known | None, password: str) -> bool:
    """Whether that is the password; it costs the same for an address nobody has."""
    return passwords.is_right(password, "" if known is None else known.password_hash)


def is_still(session: Session, known: Known) -> bool:
    """Whether password and second factor are as they were when the password was compared.

    It holds the account, so that they stay so until the commit.
    """
    hold(session, known.id)
    row = _sound(session, col(Staff.id) == known.id)
    return row is not None and (row.password_hash, row.totp_confirmed_at is not None) == (
        known.password_hash,
        known.ready,
    )
