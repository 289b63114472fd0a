"""The rows of an urn. Those that are read here are uncovered; those that are written, covered."""

import os
import random
from collections.abc import Iterator

from sqlalchemy import bindparam, delete, func, insert, select
from sqlmodel import Session, col

from app.keys.cover import Cover
from app.store.models import UrnRow, Wave
from app.store.plain import Access, Statement

# How many other rows of the urn, and other cast ballots, are written anew at each cast, so that a
# guess which is the new one is right once in eight. It takes 1 ms of a cast's 9 on SQLite, 3 of 19
# on PostgreSQL.
STIRRED = 7
KEY_BYTES = 16
# How many rows change places among each other when all are stirred; they are held in memory.
TOGETHER = 2000

_NEXT = [
    Statement(
        select(col(UrnRow.key), col(UrnRow.sealed))
        .where(col(UrnRow.wave_id) == bindparam("wave"), side)
        .order_by(col(UrnRow.key))
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    for side in (col(UrnRow.key) >= bindparam("at"), col(UrnRow.key) < bindparam("at"))
]
_TAKE_OUT = Statement(delete(UrnRow).where(col(UrnRow.key) == bindparam("at_key")))
_PUT_IN = Statement(insert(UrnRow), ("key", "wave_id", "sealed"))


def put_in(session: Access, wave_id: int, cover: Cover, sealed: bytes) -> None:
    """Put a sealed ballot in and stir: other rows of the urn are written anew beside it.

    So the newest row shares its transaction number and its place with older ones, and is as new as
    they are to whoever sees what is written.
    """
    rows = [sealed]
    drawn = {"wave": wave_id, "at": os.urandom(KEY_BYTES)}
    for side in _NEXT:
        if len(rows) <= STIRRED:
            found = side.all(session, drawn | {"most": STIRRED + 1 - len(rows)})
            if found:
                _TAKE_OUT.run_each(session, [{"at_key": row.key} for row in found])
            rows += [cover.off(row.sealed) for row in found]
    _write(session, wave_id, cover, rows)


def stir_all(session: Session, wave: Wave, cover: Cover) -> None:
    """Write all rows anew, when none can come in beside: the last ones that did lie among as many
    as all others. The caller has the close lock."""
    connection = session.connection()
    mine = select(col(UrnRow.key)).where(col(UrnRow.wave_id) == wave.id)
    keys = list(connection.execute(mine).scalars())
    random.SystemRandom().shuffle(keys)
    for start in range(0, len(keys), TOGETHER):
        some = keys[start : start + TOGETHER]
        query = select(col(UrnRow.sealed)).where(col(UrnRow.key).in_(some))
        rows = [cover.off(stored) for stored in connection.execute(query).scalars()]
        _TAKE_OUT.run_each(session, [{"at_key": key} for key in some])
        _write(session, wave.id, cover, rows)


def _write(session: Access, wave_id: int | None, cover: Cover, rows: list[bytes]) -> None:
    random.SystemRandom().shuffle(rows)
    _PUT_IN.run_each(
        session,
        [
            {"key": os.urandom(KEY_BYTES), "wave_id": wave_id, "sealed": cover.over(row)}
            for row in rows
        ],
    )


def read(session: Session, wave: Wave, cover: Cover, batch: int = 500) -> Iterator[bytes]:
    """The sealed rows of a wave, as they were sealed; `batch` of them are fetched at once."""
    rows = session.connection().execute(
        select(col(UrnRow.sealed)).where(col(UrnRow.wave_id) == wave.id),
        execution_options={"yield_per": batch},
    )
    return map(cover.off, rows.scalars())


def stored(session: Session, wave: Wave, batch: int) -> Iterator[bytes]:
    """The same as they lie there, covered, in one order."""
    rows = session.connection().execute(
        select(col(UrnRow.sealed)).where(col(UrnRow.wave_id) == wave.id).order_by(col(UrnRow.key)),
        execution_options={"yield_per": batch},
    )
    return iter(rows.scalars())


def number(session: Session, wave: Wave) -> int:
    """How many rows there are."""
    query = select(func.count()).select_from(UrnRow).where(col(UrnRow.wave_id) == wave.id)
    return session.connection().execute(query).scalar_one()


def empty(session: Session, wave: Wave) -> None:
    """Delete them all."""
    session.connection().execute(delete(UrnRow).where(col(UrnRow.wave_id) == wave.id))
