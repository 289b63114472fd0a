"""The second factor of an account: a telephone's secret, and codes for who has lost it."""

import hmac
from base64 import b32encode
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import accountfacts
from app.keys.keyfile import KeyFile
from app.staff import staff
from app.staff.recoverycodes import new_recovery_codes, recovery_codes_left
from app.staff.staff import SignedIn
from app.store.staffmodels import Staff

__all__ = ["new_recovery_codes", "recovery_codes_left"]


def secret_to_come(session: Session, keys: KeyFile, who: SignedIn) -> bytes:
    """The secret of the next telephone: of this session, and another once it is in use.

    It is derived, not stored, so that a look at the page writes nothing, and so that the telephone
    in use keeps its place until the next one has proved itself.
    """
    sealed = (
        session.connection()
        .execute(select(col(Staff.totp_sealed)).where(col(Staff.id) == who.id))
        .scalar()
    )
    parts = b"\0".join([str(who.id).encode(), who.key_hash, sealed or b""])
    return hmac.digest(keys.derived("second factor to come"), parts, "sha256")[:20]


def in_fours(secret: bytes) -> str:
    """A secret as it is typed into a telephone."""
    spelled = b32encode(secret).decode().rstrip("=")
    return " ".join(spelled[i : i + 4] for i in range(0, len(spelled), 4))


def use_secret(
    session: Session,
    keys: KeyFile,
    staff_id: int,
    secret: bytes,
    step: int,
    now: datetime,
    first: bool = True,
) -> bool:
    """From now on this secret counts, and its first code is used up.

    False when an account has a telephone already that was to get its `first`, or the reverse.
    """
    held = accountfacts.found(session, staff_id)
    if held is None or (held.totp_confirmed_at is None) is not first:
        return False
    accountfacts.change(
        session,
        staff_id,
        totp_sealed=staff.seal_secret(keys, staff_id, secret),
        # Since when this person has had one: the next telephone is the same person's.
        totp_confirmed_at=held.totp_confirmed_at or now,
        totp_step=step,
    )
    return True


def last_step(session: Session, staff_id: int) -> int:
    """The thirty seconds whose code was used last; only later ones pass."""
    return (
        session.connection()
        .execute(select(col(Staff.totp_step)).where(col(Staff.id) == staff_id))
        .scalar_one()
    )
