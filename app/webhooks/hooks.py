"""The address that the program of a key of connection is told at, and the secret of its messages.

The secret is shown once. It lies in the table encrypted under the key file, bound to the key it
belongs to and to the address: an address that somebody wrote into the table gets no message.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import RowMapping, delete, select
from sqlmodel import Session, col

from app.bonds import macs
from app.keys.guard import keys_of
from app.store.webhookmodels import Webhook
from app.webhooks import signing
from app.webhooks.addresses import Place


@dataclass(frozen=True)
class Hook:
    """An address that is told; `secret` is None where the row is not as we wrote it."""

    id: int
    key_id: int
    address: str
    secret: str | None
    set_by: str
    set_at: datetime

    @property
    def is_altered(self) -> bool:
        return self.secret is None


def put(session: Session, key_id: int, place: Place, who: str, now: datetime) -> str:
    """Set the address of a key, in place of another; gives the secret, to be shown this once."""
    drop(session, key_id)
    address, secret = str(place), signing.new_secret()
    nonce = os.urandom(12)
    cipher = AESGCM(_key(session))
    sealed = nonce + cipher.encrypt(nonce, secret.encode(), _label(key_id, address))
    session.add(Webhook(key_id=key_id, address=address, sealed=sealed, set_by=who, set_at=now))
    session.flush()
    return secret


def drop(session: Session, key_id: int) -> bool:
    """Tell no more; what still waits is told to nobody. False where there was none."""
    gone = delete(Webhook).where(col(Webhook.key_id) == key_id)
    return session.connection().execute(gone).rowcount == 1


def of_key(session: Session, key_id: int) -> Hook | None:
    return next((each for each in everyone(session) if each.key_id == key_id), None)


def of_id(session: Session, hook_id: int) -> Hook | None:
    return next((each for each in everyone(session) if each.id == hook_id), None)


def everyone(session: Session) -> list[Hook]:
    """All of them; there are as many as live keys at most."""
    columns: Any = Webhook.__table__.columns  # type: ignore[attr-defined]
    rows = session.connection().execute(select(*columns).order_by(col(Webhook.id))).mappings()
    return [_said(session, row) for row in rows]


def _said(session: Session, row: RowMapping) -> Hook:
    sealed, label = bytes(row["sealed"]), _label(row["key_id"], row["address"])
    try:
        secret = AESGCM(_key(session)).decrypt(sealed[:12], sealed[12:], label).decode()
    except (InvalidTag, ValueError):
        secret = None
    return Hook(
        cast(int, row["id"]), row["key_id"], row["address"], secret, row["set_by"], row["set_at"]
    )


def _key(session: Session) -> bytes:
    return keys_of(session).derived("webhooks")


def _label(key_id: int, address: str) -> bytes:
    return macs.mac(b"webhook", "webhook", key_id, address)
