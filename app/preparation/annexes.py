"""Annexes of decisions in hand: their tables, and what officers have settled of them so far.

Only until there is an index of one; the oldest goes when there are many.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.annex import choices as chosen
from app.annex import source
from app.annex.choices import Choices
from app.annex.source import Table
from app.store.officemodels import KeptAnnex

MOST = 20


@dataclass(frozen=True)
class Note:
    """An annex that waits: its file, who sent it and when."""

    id: int
    file: str
    at: datetime
    by: str


@dataclass(frozen=True)
class InHand:
    """One of them with its tables; `print` is of all that can change."""

    note: Note
    tables: tuple[Table, ...]
    choices: Choices
    print: str


def keep(session: Session, file: str, tables: Sequence[Table], by: str, now: datetime) -> int:
    """Keep an annex that was read; gives its id."""
    plain = json.dumps(source.packed(tables), ensure_ascii=False, separators=(",", ":"))
    row = KeptAnnex(file=file, at=now, by=by, packed=zlib.compress(plain.encode()))
    session.add(row)
    session.flush()
    kept = select(col(KeptAnnex.id)).order_by(col(KeptAnnex.id).desc()).limit(MOST)
    ids = session.scalars(kept).all()
    session.connection().execute(delete(KeptAnnex).where(col(KeptAnnex.id).not_in(ids)))
    return cast(int, row.id)


def waiting(session: Session) -> list[Note]:
    """All that wait, the newest first."""
    query = select(col(KeptAnnex.id), col(KeptAnnex.file), col(KeptAnnex.at), col(KeptAnnex.by))
    rows = session.connection().execute(query.order_by(col(KeptAnnex.id).desc()))
    return [Note(cast(int, id_), file, at, by) for id_, file, at, by in rows]


def find(session: Session, id_: int) -> InHand | None:
    """One of them."""
    row = session.get(KeptAnnex, id_)
    if row is None:
        return None
    return InHand(
        Note(id_, row.file, row.at, row.by),
        source.unpacked(json.loads(zlib.decompress(row.packed))),
        chosen.unpacked(json.loads(row.choices)),
        hashlib.sha256(row.choices.encode()).hexdigest(),
    )


def settle(session: Session, held: InHand, choices: Choices) -> bool:
    """Keep what was settled; False when somebody settled something else since `held` was read."""
    before = json.dumps(chosen.packed(held.choices), ensure_ascii=False)
    after = json.dumps(chosen.packed(choices), ensure_ascii=False)
    first = [before] if held.choices != Choices() else [before, "{}"]
    changed = session.connection().execute(
        update(KeptAnnex)
        .where(col(KeptAnnex.id) == held.note.id, col(KeptAnnex.choices).in_(first))
        .values(choices=after)
    )
    return changed.rowcount == 1


def forget(session: Session, id_: int) -> bool:
    """Drop one; False when it is gone already."""
    dropped = session.connection().execute(delete(KeptAnnex).where(col(KeptAnnex.id) == id_))
    return dropped.rowcount == 1
