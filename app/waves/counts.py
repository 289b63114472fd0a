"""How many ballots went out and came in, as every page of the console says it.

While a wave collects ballots that is the last hourly note (`notes`); from the closing on it is the
count of all ballots, as minutes, score sheets and papers state it, and no note stands beside it.
So that neither the number nor a difference of two tells of one person:

- Between closing and opening a wave may still be extended. Where too few people are left for notes,
  or some ballots, but fewer than ten, were issued after the launch, or anew, the note stands until
  the urn is open: beside it a count of all would tell of these few while people can cast again.
- By group it is told only where no cell got some, but fewer than ten, of its ballots after the
  launch, and where all cells together are the whole: a ballot that was cast and issued anew is none
  of the whole, and which group it is of is told nowhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.bonds import keptsums
from app.store.models import Ballot, Respondent, Wave
from app.waves import notes, situation
from app.waves.closing import is_final
from app.waves.notecells import LEAST
from app.waves.notes import ALL, Note
from app.waves.wave import id_of


@dataclass(frozen=True)
class Counts:
    """Ballots issued and received, in all and per cell: key → (issued, received).

    `at` is when it was noted, and then nobody is in it who was added after the launch; None:
    nothing comes in any more, and all are in it.
    """

    issued: int
    cast: int
    at: datetime | None = None
    cells: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def final(self) -> bool:
        return self.at is None


def of(session: Session, wave: Wave, now: datetime) -> Counts | None:
    """What is said of a wave at `now`; None before there is anything to say."""
    if wave.launched_at is None:
        return None
    opened = wave.unsealed_at is not None
    if wave.cancelled_at is not None or not (opened or is_final(wave, now)):
        return _noted(session, wave)
    if wave.cast_erased_at is not None:
        return _kept(session, wave)
    groups = _by_group(session, wave)
    if not opened and _tells_of_few(wave, groups):
        return _noted(session, wave)
    issued, cast = situation.totals(session, wave)
    return Counts(issued, cast, None, _by_cell(wave, groups, (issued, cast)))


def course(session: Session, wave: Wave, counts: Counts | None) -> list[Note]:
    """The hourly notes, oldest first; once all are counted, with that as the last one."""
    noted = notes.of(session, id_of(wave))
    if counts is None or not counts.final:
        return noted
    ended = wave.closed_at or wave.closes_at
    whole = {ALL: (counts.issued, counts.cast)}
    before = [note for note in noted if note.at < ended and (note.cell == ALL or counts.cells)]
    return before + [Note(ended, cell, *both) for cell, both in (whole | {**counts.cells}).items()]


def _noted(session: Session, wave: Wave) -> Counts | None:
    """The last hourly note. The first one bears the hour in which the wave opened."""
    noted = {note.cell: note for note in notes.latest(session, id_of(wave))}
    if ALL not in noted:
        return None
    whole = noted.pop(ALL)
    at = max(whole.at, wave.opens_at)
    cells = {cell: (note.issued, note.cast) for cell, note in noted.items()}
    return Counts(whole.issued, whole.cast, at, cells)


def _kept(session: Session, wave: Wave) -> Counts:
    """As it was told before it was forgotten who has cast."""
    sums = keptsums.of(session, id_of(wave), keptsums.CAST)
    cells = sums[0].get("cells", {}) if sums else {}
    told = {cell: (int(issued), int(cast)) for cell, (issued, cast) in cells.items()}
    return Counts(*situation.totals(session, wave), None, told)


@dataclass(frozen=True)
class _Group:
    issued: int
    later: int  # of these, after the launch
    anew: int  # of these, issued once more
    cast: int  # ever: as in the notes, nothing takes it back


def _by_group(session: Session, wave: Wave) -> dict[str, _Group]:
    rows = session.connection().execute(
        select(
            col(Respondent.group),
            func.count(),
            func.count().filter(col(Ballot.at_launch).is_(False)),
            func.count().filter(col(Ballot.issue) > 1),
            func.count().filter(col(Ballot.ever_cast)),
        )
        .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
        .where(col(Ballot.wave_id) == id_of(wave))
        .group_by(col(Respondent.group))
    )
    return {group: _Group(*counted) for group, *counted in rows}


def _tells_of_few(wave: Wave, groups: Mapping[str, _Group]) -> bool:
    later = sum(each.later for each in groups.values())
    anew = sum(each.anew for each in groups.values())
    return notes.cells_of(wave) is None or any(0 < few < LEAST for few in (later, anew))


def _by_cell(
    wave: Wave, groups: Mapping[str, _Group], whole: tuple[int, int]
) -> dict[str, tuple[int, int]]:
    """The cells of the notes with all their ballots, empty where they may not be told."""
    cells = notes.cells_of(wave)
    if not cells or not set(groups) <= set(cells):
        return {}
    issued, later, cast = (dict.fromkeys(cells.values(), 0) for _each in range(3))
    for group, each in groups.items():
        issued[cells[group]] += each.issued
        later[cells[group]] += each.later
        cast[cells[group]] += each.cast
    if any(0 < count < LEAST for count in later.values()):
        return {}
    if (sum(issued.values()), sum(cast.values())) != whole:
        # Ballots were issued anew, or declared void: how many stands in the minutes.
        return {}
    return {cell: (issued[cell], cast[cell]) for cell in issued}
