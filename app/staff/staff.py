"""The accounts of the console: who works here, and how they prove it.

A password is an Argon2id hash, the second factor's secret is encrypted under the key file, and a
code of it passes once. Sessions are in `sessions`.
"""

import hmac
import os
import re
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import update
from sqlmodel import Session, col

from app.bonds import accountfacts
from app.keys.keyfile import KeyFile
from app.staff import recoverycodes
from app.staff.sessions import (
    SignedIn,
    any_expired,
    begin_session,
    end_session,
    forget_expired,
    places_of,
    signed_in,
)
from app.store.staffmodels import Staff

__all__ = [
    "SignedIn",
    "any_expired",
    "begin_session",
    "end_session",
    "forget_expired",
    "places_of",
    "signed_in",
]

OFFICER, COUNCIL, ADMIN = "officer", "council", "admin"
ROLES = (OFFICER, COUNCIL, ADMIN)
STEP = 30  # seconds


def seal_secret(keys: KeyFile, staff_id: int, secret: bytes) -> bytes:
    """The second factor's secret, encrypted for the table."""
    nonce = os.urandom(12)
    return nonce + AESGCM(keys.derived("second factor")).encrypt(
        nonce, secret, str(staff_id).encode()
    )


def open_secret(keys: KeyFile, staff_id: int, sealed: bytes) -> bytes:
    """The secret of a row. Raises InvalidTag under another key file."""
    return AESGCM(keys.derived("second factor")).decrypt(
        sealed[:12], sealed[12:], str(staff_id).encode()
    )


def code_at(secret: bytes, step: int) -> str:
    """The six digits of one step of thirty seconds (RFC 6238)."""
    return TOTP(secret, 6, SHA1(), STEP).generate(step * STEP).decode()  # noqa: S303


def provisioning(secret: bytes, email: str, issuer: str) -> str:
    """What a telephone reads from the QR code: otpauth://totp/…"""
    return TOTP(secret, 6, SHA1(), STEP).get_provisioning_uri(email, issuer)  # noqa: S303


def spelled(typed: str) -> str:
    """A code as it counts: without spaces and hyphens, in capitals."""
    return re.sub(r"[\W_]+", "", typed.upper())


def is_of_telephone(typed: str) -> bool:
    """Whether that is six digits; whatever else somebody types can only be a recovery code."""
    code = spelled(typed)
    return len(code) == 6 and code.isascii() and code.isdecimal()


def confirm(session: Session, keys: KeyFile, staff_id: int, typed: str, now: datetime) -> bool:
    """Whether `typed` is a code of the second factor, or a recovery code, not used before.

    It is used up by this, so it needs a transaction.
    """
    code, held = spelled(typed), accountfacts.found(session, staff_id)
    if held is None or not accountfacts.is_sound(keys, held):
        return False
    if is_of_telephone(code):
        return _confirm_code(session, keys, staff_id, held.totp_sealed, code, now)
    return recoverycodes.use(session, keys, staff_id, code)


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The thirty seconds that a code of a secret is of, None when it is not of about now."""
    current, typed = int(now.timestamp()) // STEP, spelled(code)
    # A telephone's clock may be half a minute off.
    for step in (current, current - 1, current + 1):
        if typed.isascii() and hmac.compare_digest(code_at(secret, step), typed):
            return step
    return None


def _confirm_code(
    session: Session,
    keys: KeyFile,
    staff_id: int,
    sealed: bytes | None,
    code: str,
    now: datetime,
) -> bool:
    if sealed is None:
        return False
    try:
        secret = open_secret(keys, staff_id, sealed)
    except InvalidTag:
        return False
    step = step_of(secret, code, now)
    if step is None:
        return False
    # Of two requests with one code the database lets one pass.
    used = session.connection().execute(
        update(Staff)
        .where(col(Staff.id) == staff_id, col(Staff.totp_step) < step)
        .values(totp_step=step)
    )
    return used.rowcount == 1
