"""Keys of connection (khóa kết nối): with one, another program reads the score sheets, and with the
scope *write* hands in appraised points.

A key is shown once, when it is made. The table holds a MAC of its SHA-256: a key is 256 random
bits, so that nobody finds it by trying, and no slow hash is needed; and a row that somebody wrote
into the table is no key. What a key may do (scope, waves, until when) is held to the key file
beside it: a row that says something else opens nothing. That a key was revoked is held to nothing:
whoever can write there could undo it, and needs the key still.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import RowMapping, or_, select, update
from sqlmodel import Session, col

from app.bonds import macs
from app.keys.guard import keys_of
from app.language import _
from app.store import turns
from app.store.db import Database
from app.store.staffmodels import ConnectionKey
from app.text.cleaning import clean, same

MOST = 20
LONGEST_NAME = 100
PLAIN = 32  # bytes of a SHA-256, all that an early version held
# What the table's bytes begin with: FREE was made before keys had a scope, and reads every wave.
FREE, BOUND = b"\1", b"\2"
READ, WRITE = "read", "write"


class ConnectionRefused(Exception):
    """No key can be made so; the text says why and what to do."""


@dataclass(frozen=True)
class Grant:
    """What a key may do: read, or write too; which waves, none named being all; until when."""

    scope: str = READ
    waves: frozenset[str] = frozenset()
    expires_at: datetime | None = None

    @property
    def may_write(self) -> bool:
        return self.scope == WRITE

    def covers(self, code: str) -> bool:
        return not self.waves or code in self.waves

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True)
class Issued:
    """A key that was made, as pages show it: nothing of the key itself."""

    id: int
    name: str
    made_by: str
    made_at: datetime
    revoked_at: datetime | None
    grant: Grant
    used_at: datetime | None
    is_altered: bool

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None


COLUMNS = (
    col(ConnectionKey.id),
    col(ConnectionKey.name),
    col(ConnectionKey.key_hash),
    col(ConnectionKey.made_by),
    col(ConnectionKey.made_at),
    col(ConnectionKey.revoked_at),
    col(ConnectionKey.scope),
    col(ConnectionKey.waves),
    col(ConnectionKey.expires_at),
    col(ConnectionKey.used_at),
    col(ConnectionKey.mac),
)


def name_fault(name: str) -> str | None:
    """What is wrong with a name, with the remedy; None for a good one."""
    cleaned = clean(name)
    if not cleaned:
        return _("Đặt tên cho khóa: hệ thống nào sẽ dùng khóa này.")
    if len(cleaned) > LONGEST_NAME:
        return _("Tên khóa dài quá 100 ký tự. Đặt tên ngắn hơn.")
    return None


def make(session: Session, name: str, who: str, now: datetime, grant: Grant | None = None) -> str:
    """A new key; gives it, to be shown this once. Raises ConnectionRefused."""
    fault = name_fault(name)
    if fault is not None:
        raise ConnectionRefused(fault)
    _take_turn(session)
    live = [each for each in issued(session) if each.is_live]
    if len(live) >= MOST:
        raise ConnectionRefused(
            _("Đã có {most} khóa đang dùng. Thu hồi khóa không còn cần rồi tạo lại.").format(
                most=MOST
            )
        )
    if same(name) in {same(each.name) for each in live}:
        raise ConnectionRefused(
            _("Khóa tên này đang dùng rồi. Đặt tên khác, hoặc thu hồi khóa cũ trước.")
        )
    key, given = secrets.token_urlsafe(32), grant or Grant()
    held, waves = _held(session, _hash(key), BOUND), " ".join(sorted(given.waves))
    session.add(
        ConnectionKey(
            name=clean(name),
            key_hash=held,
            made_by=who,
            made_at=now,
            scope=given.scope,
            waves=waves,
            expires_at=given.expires_at,
            mac=_bond(session, held, given.scope, waves, given.expires_at),
        )
    )
    session.flush()
    return key


def _take_turn(session: Session) -> None:
    """Until the commit nobody else makes a key: else two could both be the last one allowed."""
    turns.take(session.connection(), turns.CONNECTION_KEYS)


def revoke(session: Session, key_id: int, now: datetime) -> bool:
    """End a key at once; False when it had ended before."""
    return (
        session.connection()
        .execute(
            update(ConnectionKey)
            .where(col(ConnectionKey.id) == key_id, col(ConnectionKey.revoked_at).is_(None))
            .values(revoked_at=now)
        )
        .rowcount
        == 1
    )


def issued(session: Session) -> list[Issued]:
    """All keys ever made: the live ones first, each lot from the newest back."""
    query = select(*COLUMNS).order_by(
        col(ConnectionKey.revoked_at).is_not(None), col(ConnectionKey.id).desc()
    )
    return [_said(session, row) for row in session.connection().execute(query).mappings()]


def of_id(session: Session, key_id: int) -> Issued | None:
    """One of them."""
    query = select(*COLUMNS).where(col(ConnectionKey.id) == key_id)
    row = session.connection().execute(query).mappings().first()
    return None if row is None else _said(session, row)


def presented(session: Session, key: str) -> Issued | None:
    """The live key that somebody sends; None for what was not made here, was revoked, or says of
    itself what we did not write. Whether its time is over is told by its grant."""
    hashed = _hash(key)
    wanted = [_held(session, hashed, BOUND), _held(session, hashed, FREE)]
    query = select(*COLUMNS).where(
        col(ConnectionKey.key_hash).in_(wanted), col(ConnectionKey.revoked_at).is_(None)
    )
    row = session.connection().execute(query).mappings().first()
    # The database found it; that it is the one is compared in constant time.
    if row is None or not any(hmac.compare_digest(bytes(row["key_hash"]), each) for each in wanted):
        return None
    found = _said(session, row)
    return None if found.is_altered else found


def is_live(session: Session, key: str) -> bool:
    """Whether a key was made here and not revoked."""
    return presented(session, key) is not None


def note_used(db: Database, used: Mapping[int, int]) -> None:
    """Write down that keys were used, each once a minute at most."""
    with db.transaction() as session:
        now = db.now(session)
        before = or_(
            col(ConnectionKey.used_at).is_(None),
            col(ConnectionKey.used_at) < now - timedelta(minutes=1),
        )
        mine = update(ConnectionKey).where(col(ConnectionKey.id).in_(sorted(used)), before)
        session.connection().execute(mine.values(used_at=now))


def _said(session: Session, row: RowMapping) -> Issued:
    grant = Grant(row["scope"], frozenset(row["waves"].split()), row["expires_at"])
    held = bytes(row["key_hash"])
    if held[:1] == BOUND:
        expected = _bond(session, held, row["scope"], row["waves"], row["expires_at"])
        is_altered = not macs.fits(row["mac"], expected)
    else:
        is_altered = grant != Grant()
    return Issued(
        id=cast(int, row["id"]),
        grant=grant,
        is_altered=is_altered,
        **{name: row[name] for name in ("name", "made_by", "made_at", "revoked_at", "used_at")},
    )


def take_over(session: Session) -> None:
    """Hold the keys of an earlier version of this program to the key file; twice does no harm."""
    rows = session.connection().execute(select(col(ConnectionKey.id), col(ConnectionKey.key_hash)))
    for id_, hashed in rows.all():
        if len(hashed) == PLAIN:
            mine = update(ConnectionKey).where(col(ConnectionKey.id) == id_)
            session.connection().execute(mine.values(key_hash=_held(session, bytes(hashed))))


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _held(session: Session, hashed: bytes, kind: bytes = FREE) -> bytes:
    """What the table holds of a key's SHA-256; longer than that, so that one is told from the
    other. A key with a grant is held otherwise than one from before, so that none of them passes
    for one that may read everything."""
    of = "key" if kind == FREE else "key with a grant"
    return kind + macs.mac(keys_of(session).derived("keys of connection"), of, hashed)


def _bond(
    session: Session, held: bytes, scope: str, waves: str, expires_at: datetime | None
) -> bytes:
    key = keys_of(session).derived("keys of connection")
    return macs.mac(key, "grant", held, scope, waves, expires_at)
