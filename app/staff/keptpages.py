"""Pages that forms of the console were answered with, kept so that Back and reload find them.

A page is packed and sealed under a key that is derived from the key of the session it was made for,
which the browser has and the table does not: the database alone reads nothing. Its address, its
mark, until when it is shown, and whose it is with which roles are bound to the seal: a row that was
changed, moved or prolonged shows nothing, nor does one of another session. It is shown as long as
its session runs, for an hour at most; a page with a secret for ten minutes. A session keeps its
last twenty pages, and none that is larger than half a megabyte when packed.
"""

import os
import secrets
import zlib
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlmodel import Session, col

from app.bonds import macs
from app.keys.tokens import derive
from app.staff.sessions import SignedIn
from app.store.staffmodels import KeptPage

LASTS, SECRET_LASTS = timedelta(hours=1), timedelta(minutes=10)
MOST, LARGEST = 20, 512 * 1024


class TooLargeToKeep(Exception):
    """A page that is kept by nobody."""


def keep(
    session: Session,
    who: SignedIn,
    path: str,
    page: bytes,
    now: datetime,
    lasts: timedelta = LASTS,
) -> str:
    """Keep a page for a session; gives its mark. Raises TooLargeToKeep."""
    mark, ends_at = new_mark(), now + lasts
    sealed = seal(_key(who), page, *_bound(who, mark, path, ends_at))
    _make_room(session, who, now)
    session.add(
        KeptPage(mark=mark, key_hash=who.key_hash, kept_at=now, ends_at=ends_at, sealed=sealed)
    )
    session.flush()
    return mark


def _make_room(session: Session, who: SignedIn, now: datetime) -> None:
    connection = session.connection()
    forget_over(session, now)
    newest = (
        select(col(KeptPage.mark))
        .where(col(KeptPage.key_hash) == who.key_hash)
        .order_by(col(KeptPage.kept_at).desc(), col(KeptPage.mark))
        .limit(MOST - 1)
    )
    connection.execute(
        delete(KeptPage).where(
            col(KeptPage.key_hash) == who.key_hash, col(KeptPage.mark).not_in(newest)
        )
    )


def shown(session: Session, who: SignedIn, mark: str, path: str, now: datetime) -> bytes | None:
    """The page of a mark as it was kept; None when there is none for this session at this
    address."""
    row = (
        session.connection()
        .execute(
            select(col(KeptPage.ends_at), col(KeptPage.sealed)).where(
                col(KeptPage.mark) == mark,
                col(KeptPage.key_hash) == who.key_hash,
                col(KeptPage.ends_at) > now,
            )
        )
        .first()
    )
    if row is None:
        return None
    return unseal(_key(who), row.sealed, *_bound(who, mark, path, row.ends_at))


def _key(who: SignedIn) -> bytes:
    """What only the browser of a session leads to."""
    return derive(who.cookie.partition(".")[0].encode(), "kept page")


def _bound(who: SignedIn, mark: str, path: str, ends_at: datetime) -> tuple[macs.Part, ...]:
    # With other roles, or a second factor more or less, it is another person who looks.
    return mark, path, ends_at, who.id, " ".join(sorted(who.roles)), who.ready


def new_mark() -> str:
    return secrets.token_urlsafe(12)


def seal(key: bytes, page: bytes, *bound: macs.Part) -> bytes:
    """A page packed and encrypted, for who knows what is bound to it. Raises TooLargeToKeep."""
    packed = zlib.compress(page)
    if len(packed) > LARGEST:
        raise TooLargeToKeep
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, packed, _label(bound))


def unseal(key: bytes, sealed: bytes, *bound: macs.Part) -> bytes | None:
    """The page again; None when anything is not as it was."""
    try:
        return zlib.decompress(AESGCM(key).decrypt(sealed[:12], sealed[12:], _label(bound)))
    except (InvalidTag, ValueError):
        return None


def _label(bound: tuple[macs.Part, ...]) -> bytes:
    return macs.mac(b"kept page", "kept page", *bound)


def forget_over(session: Session, now: datetime) -> None:
    """Drop what is shown to nobody any more."""
    session.connection().execute(delete(KeptPage).where(col(KeptPage.ends_at) <= now))


def any_over(session: Session, now: datetime) -> bool:
    found = session.connection().execute(
        select(col(KeptPage.mark)).where(col(KeptPage.ends_at) <= now).limit(1)
    )
    return found.first() is not None
