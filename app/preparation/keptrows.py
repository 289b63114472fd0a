"""The refused rows of the last roster file, kept until the next one."""

from typing import cast

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import Session, col

from app.roster import badrows
from app.roster.badrows import BadRows
from app.store.models import Wave
from app.store.officemodels import KeptBadRows
from app.waves.wave import id_of


def keep(session: Session, wave: Wave, bad: BadRows, taken: int = 0) -> None:
    """Keep the refused rows of a file, instead of those of the file before."""
    forget(session, id_of(wave))
    if bad.rows:
        kept = KeptBadRows(
            wave_id=id_of(wave),
            file=bad.file,
            rows=len(bad.rows),
            taken=taken,
            packed=badrows.pack(bad),
        )
        session.add(kept)
        session.flush()


def forget(session: Session, wave_id: int) -> None:
    session.connection().execute(delete(KeptBadRows).where(_bad_rows_of(wave_id)))


def of(session: Session, wave_id: int) -> BadRows | None:
    """The refused rows of the last file, None when there are none."""
    query = select(col(KeptBadRows.packed)).where(_bad_rows_of(wave_id))
    packed = session.connection().execute(query).scalar()
    return None if packed is None else badrows.unpack(packed)


def note(session: Session, wave_id: int) -> tuple[str, int, int] | None:
    """(file, bad rows, people taken all the same) of the last file, None when none are bad."""
    query = select(col(KeptBadRows.file), col(KeptBadRows.rows), col(KeptBadRows.taken))
    row = session.connection().execute(query.where(_bad_rows_of(wave_id))).first()
    return None if row is None else cast(tuple[str, int, int], tuple(row))


def _bad_rows_of(wave_id: int) -> ColumnElement[bool]:
    return col(KeptBadRows.wave_id) == wave_id
