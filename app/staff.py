"""The accounts of the console: who works here, how they prove it, for how long.

A password is an Argon2id hash, the second factor's secret is encrypted under the key file, and a
session is known by the hash of its key. A code of the second factor passes once.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.keys import KeyFile
from app.officemodels import RecoveryCode, Staff, StaffSession

OFFICER, COUNCIL, ADMIN = "officer", "council", "admin"
ROLES = (OFFICER, COUNCIL, ADMIN)
SESSION_LASTS = timedelta(hours=10)
SOON = timedelta(minutes=15)
STEP = 30  # seconds


@dataclass(frozen=True)
class SignedIn:
    """Somebody with a session. `ready` is False until the second factor has been set up."""

    id: int
    name: str
    email: str
    roles: frozenset[str]
    key_hash: bytes
    ready: bool
    ends_at: datetime
    left: timedelta  # until then, at the time of the request

    @property
    def ends_soon(self) -> bool:
        """Whether what is begun now may not be finished."""
        return self.left < SOON

    @property
    def who(self) -> str:
        """How the log names this person."""
        return f"{self.name} <{self.email}>"


def key_hash(key: str) -> bytes:
    """What the table holds of a session's key."""
    return hashlib.sha256(key.encode()).digest()


def begin_session(session: Session, staff_id: int, now: datetime) -> str:
    """A new session; gives its key, for the cookie alone."""
    key = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            key_hash=key_hash(key),
            staff_id=staff_id,
            created_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    session.flush()
    return key


def signed_in(session: Session, key: str, now: datetime) -> SignedIn | None:
    """Whose session a cookie's key is, if it still runs."""
    hashed = key_hash(key)
    row = (
        session.connection()
        .execute(
            select(
                col(Staff.id),
                col(Staff.name),
                col(Staff.email),
                col(Staff.roles),
                col(Staff.totp_confirmed_at),
                col(StaffSession.expires_at),
            )
            .join(StaffSession, col(StaffSession.staff_id) == col(Staff.id))
            .where(
                col(StaffSession.key_hash) == hashed,
                col(StaffSession.expires_at) > now,
                col(Staff.removed_at).is_(None),
            )
        )
        .first()
    )
    if row is None:
        return None
    ready = row.totp_confirmed_at is not None
    return SignedIn(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=frozenset(row.roles.split()),
        key_hash=hashed,
        ready=ready,
        ends_at=row.expires_at,
        left=row.expires_at - now,
    )


@dataclass(frozen=True)
class Place:
    """A browser somebody is signed in with; `here`: the one that asks."""

    since: datetime
    here: bool


def places_of(session: Session, who: SignedIn, now: datetime) -> list[Place]:
    """Where an account is signed in, the browser that asks first, then the latest."""
    rows = session.connection().execute(
        select(col(StaffSession.key_hash), col(StaffSession.created_at))
        .where(col(StaffSession.staff_id) == who.id, col(StaffSession.expires_at) > now)
        .order_by(col(StaffSession.created_at).desc(), col(StaffSession.key_hash))
    )
    found = [Place(begun, hashed == who.key_hash) for hashed, begun in rows]
    return sorted(found, key=lambda place: not place.here)


def forget_expired(session: Session, now: datetime) -> None:
    """A session that ran out has no use, and tells when somebody worked."""
    session.connection().execute(delete(StaffSession).where(col(StaffSession.expires_at) <= now))


def any_expired(session: Session, now: datetime) -> bool:
    found = session.connection().execute(
        select(col(StaffSession.staff_id)).where(col(StaffSession.expires_at) <= now).limit(1)
    )
    return found.first() is not None


def end_session(session: Session, hashed: bytes) -> None:
    """End one session, named by its `key_hash`; one that is over already stays so."""
    session.connection().execute(delete(StaffSession).where(col(StaffSession.key_hash) == hashed))


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
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def is_of_telephone(typed: str) -> bool:
    """Whether that is six digits; whatever else somebody types can only be a recovery code."""
    code = spelled(typed)
    return len(code) == 6 and code.isascii() and code.isdecimal()


def confirm(session: Session, keys: KeyFile, staff_id: int, typed: str, now: datetime) -> bool:
    """Whether `typed` is a code of the second factor, or a recovery code, not used before.

    It is used up by this, so it needs a transaction.
    """
    code = spelled(typed)
    if is_of_telephone(code):
        return _confirm_code(session, keys, staff_id, code, now)
    used = (
        session.connection()
        .execute(
            delete(RecoveryCode).where(
                col(RecoveryCode.staff_id) == staff_id,
                col(RecoveryCode.mac) == recovery_mac(keys, staff_id, code),
            )
        )
        .rowcount
    )
    return used == 1


def recovery_mac(keys: KeyFile, staff_id: int, code: str) -> bytes:
    """What the table holds of a recovery code."""
    return hmac.digest(keys.derived("recovery codes"), f"{staff_id} {code}".encode(), "sha256")


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The thirty seconds that a code of a secret is of, None when it is not of about now."""
    current, typed = int(now.timestamp()) // STEP, spelled(code)
    # A telephone's clock may be half a minute off.
    for step in (current, current - 1, current + 1):
        if typed.isascii() and hmac.compare_digest(code_at(secret, step), typed):
            return step
    return None


def _confirm_code(session: Session, keys: KeyFile, staff_id: int, code: str, now: datetime) -> bool:
    connection = session.connection()
    sealed = connection.execute(
        select(col(Staff.totp_sealed)).where(col(Staff.id) == staff_id)
    ).scalar()
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
    used = connection.execute(
        update(Staff)
        .where(col(Staff.id) == staff_id, col(Staff.totp_step) < step)
        .values(totp_step=step)
    )
    return used.rowcount == 1
