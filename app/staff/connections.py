"""Keys of connection (khóa kết nối): with one, another program reads the score sheets.

A key is shown once, when it is made. The table holds a MAC of its SHA-256: a key is 256 random
bits, so that nobody finds it by trying, and no slow hash is needed; and a row that somebody wrote
into the table is no key. It opens nothing but `app/web/api.py`, which shows what stands in the same
database: so that a key was revoked is held to nothing, and whoever can write there could undo it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.bonds import macs
from app.keys.guard import keys_of
from app.language import _
from app.store import turns
from app.store.staffmodels import ConnectionKey
from app.text.cleaning import clean, same

MOST = 20
LONGEST_NAME = 100
PLAIN = 32  # bytes of a SHA-256, all that an earlier version held


class ConnectionRefused(Exception):
    """No key can be made so; the text says why and what to do."""


@dataclass(frozen=True)
class Issued:
    """A key that was made, as pages show it: nothing of the key itself."""

    id: int
    name: str
    made_by: str
    made_at: datetime
    revoked_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None


def name_fault(name: str) -> str | None:
    """What is wrong with a name, with the remedy; None for a good one."""
    cleaned = clean(name)
    if not cleaned:
        return _("Đặt tên cho khóa: hệ thống nào sẽ dùng khóa này.")
    if len(cleaned) > LONGEST_NAME:
        return _("Tên khóa dài quá 100 ký tự. Đặt tên ngắn hơn.")
    return None


def make(session: Session, name: str, who: str, now: datetime) -> str:
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
    key = secrets.token_urlsafe(32)
    session.add(
        ConnectionKey(
            name=clean(name), key_hash=_held(session, _hash(key)), made_by=who, made_at=now
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
    rows = session.connection().execute(
        select(
            col(ConnectionKey.id),
            col(ConnectionKey.name),
            col(ConnectionKey.made_by),
            col(ConnectionKey.made_at),
            col(ConnectionKey.revoked_at),
        ).order_by(col(ConnectionKey.revoked_at).is_not(None), col(ConnectionKey.id).desc())
    )
    return [
        Issued(cast(int, id_), name, made_by, made_at, revoked_at)
        for id_, name, made_by, made_at, revoked_at in rows
    ]


def is_live(session: Session, key: str) -> bool:
    """Whether a key was made here and not revoked."""
    return (
        session.connection()
        .execute(
            select(col(ConnectionKey.id)).where(
                col(ConnectionKey.key_hash) == _held(session, _hash(key)),
                col(ConnectionKey.revoked_at).is_(None),
            )
        )
        .first()
        is not None
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


def _held(session: Session, hashed: bytes) -> bytes:
    """What the table holds of a key's SHA-256; longer than that, so that one is told from the
    other."""
    return b"\1" + macs.mac(keys_of(session).derived("keys of connection"), "key", hashed)
