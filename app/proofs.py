"""Whose password it is, and whether that still holds when something is done with it.

Hashing takes a tenth of a second and happens outside a transaction; whatever is decided by it is
compared again inside, with the account's row held.
"""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session, col

from app import passwords
from app.cleaning import email_key
from app.officemodels import Staff
from app.passwords import is_chosen


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
    """What changes whenever a password does, or the account goes."""
    row = (
        session.connection()
        .execute(
            select(col(Staff.password_hash), col(Staff.email_key)).where(
                col(Staff.id) == staff_id, col(Staff.removed_at).is_(None)
            )
        )
        .first()
    )
    return "" if row is None else "\0".join(row)


@dataclass(frozen=True)
class Known:
    """Whose password was right; `ready` when a code of the second factor is needed too."""

    id: int
    who: str
    ready: bool
    password_hash: str = field(repr=False)


def known_by(session: Session, email: str) -> Known | None:
    """Who has an address, before a password is compared."""
    row = (
        session.connection()
        .execute(
            select(
                col(Staff.id),
                col(Staff.name),
                col(Staff.email),
                col(Staff.password_hash),
                col(Staff.totp_confirmed_at),
            ).where(col(Staff.email_key) == email_key(email), col(Staff.removed_at).is_(None))
        )
        .first()
    )
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
    row = (
        session.connection()
        .execute(
            select(col(Staff.password_hash), col(Staff.totp_confirmed_at)).where(
                col(Staff.id) == known.id, col(Staff.removed_at).is_(None)
            )
        )
        .first()
    )
    return row is not None and (row.password_hash, row.totp_confirmed_at is not None) == (
        known.password_hash,
        known.ready,
    )
