"""Sessions of the console: whose a browser is, and until when.

The browser has a key, and a mark of when it last asked for a page; the table has a MAC of the key,
and one over whose it is, until when, and under which password it began. So a row that somebody made
up, moved, prolonged, or put back after a new password opens nothing. A session ends ten hours after
it began, and when half an hour went by without a request of its person: the mark is in the cookie,
since a look at a page writes nothing down.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.bonds import accountfacts, macs
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.store.staffmodels import Staff, StaffSession

SESSION_LASTS = timedelta(hours=10)
IDLE = timedelta(minutes=30)
# How long before its end a session's end is told on top of a page; see console.js for an idle one.
SOON = timedelta(minutes=15)
COLUMNS = (
    col(StaffSession.key_hash),
    col(StaffSession.created_at),
    col(StaffSession.expires_at),
    col(StaffSession.mac),
)


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
    cookie: str = field(default="", repr=False)  # what the browser keeps after this request

    @property
    def ends_soon(self) -> bool:
        """Whether what is begun now may not be finished."""
        return self.left < SOON

    @property
    def can_idle(self) -> bool:
        """Whether it ends earlier when no further page is asked for."""
        return self.left > IDLE

    @property
    def idle_left(self) -> timedelta:
        """How long it lasts then."""
        return min(IDLE, self.left)

    @property
    def idle_ends_at(self) -> datetime:
        return self.ends_at - self.left + self.idle_left

    @property
    def who(self) -> str:
        """How the log names this person."""
        return f"{self.name} <{self.email}>"


def begin_session(session: Session, staff_id: int, now: datetime) -> str:
    """A new session; gives what the browser keeps, and nobody else."""
    keys, key = keys_of(session), secrets.token_urlsafe(32)
    hashed, until = _hash(keys, key), now + SESSION_LASTS
    held = accountfacts.found(session, staff_id)
    made = _mac(keys, hashed, staff_id, now, until, held.password_hash)
    session.add(
        StaffSession(key_hash=hashed, staff_id=staff_id, created_at=now, expires_at=until, mac=made)
    )
    session.flush()
    return _cookie(keys, key, hashed, now)


def signed_in(session: Session, cookie: str, now: datetime) -> SignedIn | None:
    """Whose session a cookie is of, if it still runs and its account is as we left it."""
    keys, (key, *mark) = keys_of(session), cookie.split(".")
    hashed = _hash(keys, key)
    if not _is_awake(keys, hashed, mark, now):
        return None
    row = (
        session.connection()
        .execute(
            select(*accountfacts.COLUMNS, *COLUMNS)
            .join(StaffSession, col(StaffSession.staff_id) == col(Staff.id))
            .where(
                col(StaffSession.key_hash) == hashed,
                col(StaffSession.expires_at) > now,
                col(Staff.removed_at).is_(None),
            )
        )
        .first()
    )
    if row is None or not _is_sound(keys, row) or not accountfacts.is_sound(keys, row):
        return None
    return SignedIn(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=frozenset(row.roles.split()),
        key_hash=hashed,
        ready=row.totp_confirmed_at is not None,
        ends_at=row.expires_at,
        left=row.expires_at - now,
        cookie=_cookie(keys, key, hashed, now),
    )


def renewed(keys: KeyFile, cookie: str, now: datetime) -> str:
    """A cookie as it is after a page was asked for just now."""
    key = cookie.partition(".")[0]
    return _cookie(keys, key, _hash(keys, key), now)


def _hash(keys: KeyFile, key: str) -> bytes:
    """What the table holds of a session's key."""
    return macs.mac(keys.derived("sessions"), "key", key)


def _mac(
    keys: KeyFile, hashed: bytes, staff_id: int, begun: datetime, until: datetime, password: str
) -> bytes:
    return macs.mac(keys.derived("sessions"), "session", hashed, staff_id, begun, until, password)


def _is_sound(keys: KeyFile, row: Any) -> bool:
    """Whether a session is as it began, under the password that its account has now."""
    parts = row.key_hash, row.id, row.created_at, row.expires_at, row.password_hash
    return macs.fits(row.mac, _mac(keys, *parts))


def _cookie(keys: KeyFile, key: str, hashed: bytes, now: datetime) -> str:
    seconds = int(now.timestamp())
    return f"{key}.{seconds}.{_mark(keys, hashed, seconds)}"


def _mark(keys: KeyFile, hashed: bytes, seconds: int) -> str:
    return macs.mac(keys.derived("sessions"), "awake", hashed, seconds).hex()[:32]


def _is_awake(keys: KeyFile, hashed: bytes, mark: list[str], now: datetime) -> bool:
    """Whether a browser asked for a page within the last half hour, by a mark of ours."""
    if len(mark) != 2 or not (mark[0].isascii() and mark[0].isdecimal() and len(mark[0]) < 12):
        return False
    seconds = int(mark[0])
    fits = hmac.compare_digest(mark[1].encode(), _mark(keys, hashed, seconds).encode())
    return fits and now - datetime.fromtimestamp(seconds, UTC) < IDLE


@dataclass(frozen=True)
class Place:
    """A browser somebody is signed in with; `here`: the one that asks."""

    since: datetime
    here: bool


def places_of(session: Session, who: SignedIn, now: datetime) -> list[Place]:
    """Where an account is signed in, the browser that asks first, then the latest."""
    keys = keys_of(session)
    rows = session.connection().execute(
        select(*accountfacts.COLUMNS, *COLUMNS)
        .join(StaffSession, col(StaffSession.staff_id) == col(Staff.id))
        .where(col(Staff.id) == who.id, col(StaffSession.expires_at) > now)
        .order_by(col(StaffSession.created_at).desc(), col(StaffSession.key_hash))
    )
    found = [
        Place(row.created_at, row.key_hash == who.key_hash) for row in rows if _is_sound(keys, row)
    ]
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
