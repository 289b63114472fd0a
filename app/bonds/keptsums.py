"""Sums of what was erased, as pages told them before: of a wave, never of a person.

They are for people to read and are held to nothing: no verb depends on them, and the log has what
was erased.
"""

import json
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.store.privacymodels import Purge

LETTERS, CAST, CONTACTS, PERSON = "letters", "cast", "contacts", "person"


def of(session: Session, wave_id: int, what: str) -> list[dict[str, Any]]:
    """What each purge of one kind of data has kept of a wave, the first one first."""
    query = (
        select(col(Purge.kept))
        .where(col(Purge.wave_id) == wave_id, col(Purge.what) == what)
        .order_by(col(Purge.id))
    )
    found = [_read(kept) for kept in session.connection().execute(query).scalars()]
    return [kept for kept in found if kept]


def _read(kept: str) -> dict[str, Any]:
    try:
        found = json.loads(kept)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
