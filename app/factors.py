"""The second factor of an account: a telephone's secret, and codes for who has lost it."""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from app import staff
from app.keys import KeyFile
from app.officemodels import RecoveryCode, Staff
from app.staff import SignedIn
from app.tokens import ALPHABET

RECOVERY_CODES = 10


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
    confirmed = col(Staff.totp_confirmed_at)
    changed = session.connection().execute(
        update(Staff)
        .where(col(Staff.id) == staff_id, confirmed.is_(None) if first else confirmed.is_not(None))
        .values(
            totp_sealed=staff.seal_secret(keys, staff_id, secret),
            totp_confirmed_at=now,
            totp_step=step,
        )
    )
    return changed.rowcount == 1


def last_step(session: Session, staff_id: int) -> int:
    """The thirty seconds whose code was used last; only later ones pass."""
    return (
        session.connection()
        .execute(select(col(Staff.totp_step)).where(col(Staff.id) == staff_id))
        .scalar_one()
    )


def new_recovery_codes(session: Session, keys: KeyFile, staff_id: int) -> list[str]:
    """Ten new codes, shown once; the old ones are void."""
    codes = [
        "".join(secrets.choice(ALPHABET) for _sign in range(10)) for _n in range(RECOVERY_CODES)
    ]
    connection = session.connection()
    connection.execute(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff_id))
    connection.execute(
        insert(RecoveryCode),
        [{"staff_id": staff_id, "mac": staff.recovery_mac(keys, staff_id, code)} for code in codes],
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(session: Session, staff_id: int) -> int:
    return (
        session.connection()
        .execute(select(func.count()).where(col(RecoveryCode.staff_id) == staff_id))
        .scalar_one()
    )
