"""The hourly notes: how many have cast, in all and per cell of ten or more. Nothing finer is kept.

Pages of an open wave count from these notes alone, so that nobody at the console sees a single
ballot come in. So that no deed of the console makes a note tell of one person:

- Only ballots issued at the launch are counted. Whoever is added later is in no number here:
  neither he, nor people made up to be counted beside somebody, ever move one.
- Which groups are counted together is laid down at the launch, by the ballots issued then. Later
  cells are only ever put together: when of the people of a cell fewer than ten are still on the
  roster, the smallest other joins it, and they are never told apart again. That is decided the
  moment somebody is taken off: who is brought back before the next hour could not cast meanwhile.
  So the whole is always the sum of the cells, and neither a number nor a difference of two is about
  fewer people than ten. Where ten or more have become fewer in all, nothing is noted any more.
- A ballot that was cast stays counted, whatever becomes of it: issued anew it takes nothing off,
  cast again it adds nothing. Who is taken off the roster stays among the issued, cast or not.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.language import HANOI
from app.store.db import Database
from app.store.models import Ballot, Respondent, Wave
from app.store.officemodels import HourlyNote
from app.waves.notecells import cells, coarser
from app.waves.wave import id_of, index_of

ALL = ""


@dataclass(frozen=True)
class Note:
    """One count at one time."""

    at: datetime
    cell: str
    issued: int
    cast: int


def lay_down(session: Session, wave: Wave) -> None:
    """Fix the cells of a wave that is being launched, once its ballots are issued."""
    index, _layout = index_of(wave)
    counted = _counted(session, id_of(wave))
    of_group = {group.code: counted[group.code] for group in index.groups if group.code in counted}
    _keep(session, wave, cells({group: each.issued for group, each in of_group.items()}))


def _keep(session: Session, wave: Wave, found: Mapping[str, str] | None) -> None:
    written = json.dumps(found)
    session.connection().execute(
        update(Wave).where(col(Wave.id) == wave.id).values(note_cells=written)
    )


def _read(written: str) -> dict[str, str] | None:
    """Cells as they are kept. What this program did not write there is none: nothing is noted."""
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict) and all(isinstance(cell, str) for cell in found.values()):
        return found
    return None


def cells_of(wave: Wave) -> dict[str, str] | None:
    """The cell of each group, as they are now; none where all are few, None where too few are left
    to note anything."""
    return _read(wave.note_cells)


@dataclass(frozen=True)
class _Group:
    """The ballots of a group: issued at the launch, of them ever cast; people still on the list."""

    issued: int
    cast: int
    left: int


def _counted(session: Session, wave_id: int) -> dict[str, _Group]:
    rows = session.connection().execute(
        select(
            col(Respondent.group),
            func.count(),
            func.count().filter(col(Ballot.ever_cast)),
            func.count().filter(col(Respondent.removed_at).is_(None)),
        )
        .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
        .where(col(Ballot.wave_id) == wave_id, col(Ballot.at_launch))
        .group_by(col(Respondent.group))
    )
    return {group: _Group(issued, cast, left) for group, issued, cast, left in rows}


def people_left(session: Session, wave: Wave) -> None:
    """Put cells together that too few people are left in; for whoever takes somebody off."""
    _counted_by_cells(session, wave)


def _counted_by_cells(
    session: Session, wave: Wave
) -> tuple[dict[str, str] | None, dict[str, _Group]]:
    """The cells by the people who are left, kept, and the groups' counts; None for cells when
    nothing is noted any more."""
    query = select(col(Wave.note_cells)).where(col(Wave.id) == id_of(wave))
    # Casts refer to the wave's key and do not wait for this lock.
    locked = query.with_for_update(key_share=True)
    before = _read(session.connection().execute(locked).scalar_one())
    counted = _counted(session, id_of(wave))
    if not before:
        # Never ten, or ten no more.
        return before, counted
    noted = coarser(before, {group: each.left for group, each in counted.items()}) or None
    if noted != before:
        _keep(session, wave, noted)
    return noted, counted


def take(session: Session, wave: Wave, at: datetime) -> bool:
    """Note the counts of a wave at `at`, once; False when that was done already, or there are too
    few people to note anything."""
    wave_id = id_of(wave)
    known = select(col(HourlyNote.at)).where(
        col(HourlyNote.wave_id) == wave_id, col(HourlyNote.at) == at
    )
    if session.connection().execute(known.limit(1)).first() is not None:
        return False
    noted, counted = _counted_by_cells(session, wave)
    if noted is None:
        return False
    sums = {ALL: [0, 0]}
    for group, each in counted.items():
        for cell in {ALL, noted.get(group, ALL)}:
            of_cell = sums.setdefault(cell, [0, 0])
            of_cell[0] += each.issued
            of_cell[1] += each.cast
    session.connection().execute(
        insert(HourlyNote),
        [
            {"wave_id": wave_id, "at": at, "cell": cell, "issued": of[0], "cast": of[1]}
            for cell, of in sums.items()
        ],
    )
    return True


def take_all(db: Database) -> None:
    """The notes of this hour for every wave that is collecting ballots."""
    with db.reading() as session:
        now = db.now(session)
        hour = now.replace(minute=0, second=0, microsecond=0)
        waves = session.scalars(
            select(Wave).where(
                col(Wave.launched_at).is_not(None),
                col(Wave.cancelled_at).is_(None),
                col(Wave.unsealed_at).is_(None),
                col(Wave.opens_at) <= now,
                # One more after the closing, which is the last.
                col(Wave.closes_at) > now - timedelta(hours=2),
            )
        ).all()
    for wave in waves:
        try:
            with db.transaction() as session:
                take(session, wave, hour)
        except IntegrityError:
            # Another process was first.
            continue


def day_of(wave: Wave, at: datetime) -> date:
    """The day of Hà Nội on which the last ballots of a note came in.

    What is noted at midnight came in before it; what came in after a closing at midnight, while it
    could still be cast, belongs to the last day.
    """
    last = max(wave.opens_at, min(at, wave.closes_at) - timedelta(microseconds=1))
    return last.astimezone(HANOI).date()


def of(session: Session, wave_id: int) -> list[Note]:
    """All notes of a wave, oldest first, the whole before its cells."""
    rows = session.connection().execute(
        select(
            col(HourlyNote.at), col(HourlyNote.cell), col(HourlyNote.issued), col(HourlyNote.cast)
        )
        .where(col(HourlyNote.wave_id) == wave_id)
        .order_by(col(HourlyNote.at), col(HourlyNote.cell))
    )
    return [Note(at, cell, issued, cast) for at, cell, issued, cast in rows]


def latest(session: Session, wave_id: int) -> list[Note]:
    """The notes of the last hour that was noted."""
    newest = (
        select(func.max(col(HourlyNote.at)))
        .where(col(HourlyNote.wave_id) == wave_id)
        .scalar_subquery()
    )
    rows = session.connection().execute(
        select(
            col(HourlyNote.at), col(HourlyNote.cell), col(HourlyNote.issued), col(HourlyNote.cast)
        )
        .where(col(HourlyNote.wave_id) == wave_id, col(HourlyNote.at) == newest)
        .order_by(col(HourlyNote.cell))
    )
    return [Note(at, cell, issued, cast) for at, cell, issued, cast in rows]
