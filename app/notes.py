"""The hourly notes: how many have cast, in all and per group of ten or more. Nothing finer is kept.

Pages of an open wave count from these notes alone, so that nobody at the console sees a single
ballot come in. Which groups are counted together follows from the ballots issued, and is the same
all the wave long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.db import Database
from app.models import Ballot, Respondent, Wave
from app.officemodels import HourlyNote
from app.waves import id_of, index_of

LEAST = 10
ALL = ""


@dataclass(frozen=True)
class Note:
    """One count at one time."""

    at: datetime
    cell: str
    issued: int
    cast: int


def cells(issued: Mapping[str, int]) -> dict[str, str]:
    """The cell of each group, by the ballots issued to it, in index order.

    Groups under ten are counted together; while that cell is under ten the smallest other joins it
    (at a tie the earlier). When all together are under ten, no cell but the whole is noted.
    """
    present = {group: count for group, count in issued.items() if count}
    if sum(present.values()) < LEAST:
        return {}
    small = [group for group, count in present.items() if count < LEAST]
    large = [group for group in present if group not in small]
    while small and sum(present[group] for group in small) < LEAST and large:
        joining = min(large, key=lambda group: present[group])
        large.remove(joining)
        small.append(joining)
    order = list(present)
    merged = "+".join(sorted(small, key=order.index))
    return {group: merged if group in small else group for group in order}


def take(session: Session, wave: Wave, at: datetime) -> bool:
    """Note the counts of a wave at `at`, once; False when that was done already."""
    wave_id = id_of(wave)
    known = select(col(HourlyNote.at)).where(
        col(HourlyNote.wave_id) == wave_id, col(HourlyNote.at) == at
    )
    if session.connection().execute(known.limit(1)).first() is not None:
        return False
    index, _layout = index_of(wave)
    rows = session.connection().execute(
        select(col(Respondent.group), func.count(), func.count().filter(col(Ballot.cast)))
        .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
        .where(col(Ballot.wave_id) == wave_id)
        .group_by(col(Respondent.group))
    )
    counted = {group: (issued, cast) for group, issued, cast in rows}
    issued = {group.code: counted.get(group.code, (0, 0))[0] for group in index.groups}
    sums = {ALL: [0, 0]}
    for group, cell in cells(issued).items():
        noted = sums.setdefault(cell, [0, 0])
        noted[0] += counted[group][0]
        noted[1] += counted[group][1]
    for group_issued, group_cast in counted.values():
        sums[ALL][0] += group_issued
        sums[ALL][1] += group_cast
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
