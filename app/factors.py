"""The second factor of an account: a telephone's secret, and codes for who has lost it."""

import os
import secrets
from base64 import b32encode
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from app import staff
from app.keys import KeyFile
from app.officemodels import RecoveryCode, Staff
from app.tokens import ALPHABET

RECOVERY_CODES = 10


def new_secret(session: Session, keys: KeyFile, staff_id: int) -> None:
    """Begin with a new telephone; it counts once a code of it was typed."""
    session.connection().execute(
        update(Staff)
        .where(col(Staff.id) == staff_id)
        .values(
            totp_sealed=staff.seal_secret(keys, staff_id, os.urandom(20)),
            totp_confirmed_at=None,
            totp_step=0,
        )
    )


def secret_of(session: Session, keys: KeyFile, staff_id: int) -> bytes | None:
    """The secret that still waits for its first code; None once it is confirmed."""
    sealed = (
        session.connection()
        .execute(
            select(col(Staff.totp_sealed)).where(
                col(Staff.id) == staff_id, col(Staff.totp_confirmed_at).is_(None)
            )
        )
        .scalar()
    )
    return None if sealed is None else staff.open_secret(keys, staff_id, sealed)


def in_fours(secret: bytes) -> str:
    """A secret as it is typed into a telephone."""
    spelled = b32encode(secret).decode().rstrip("=")
    return " ".join(spelled[i : i + 4] for i in range(0, len(spelled), 4))


def confirm_secret(
    session: Session, keys: KeyFile, staff_id: int, code: str, now: datetime
) -> list[str] | None:
    """With the first code the second factor counts; gives the recovery codes, None if wrong."""
    if not code.strip().isdecimal() or not staff.confirm(session, keys, staff_id, code, now):
        return None
    session.connection().execute(
        update(Staff).where(col(Staff.id) == staff_id).values(totp_confirmed_at=now)
    )
    return new_recovery_codes(session, keys, staff_id)


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
