"""How a wave went, for its papers: when ballots went out, how many came back from which group.

Groups are counted together as the hourly notes do, by the cells that were laid down for them: no
number is about fewer people than ten. As there, a ballot that was cast stays counted. Ballots
issued after the launch are one more group under the same rule, so that what the whole has more
than the groups tells nothing of one who was added.
"""

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.index.definition import Index
from app.language import _
from app.scores.course import Course
from app.scores.turnout import Cell
from app.store.models import Ballot, Respondent, Wave
from app.store.resultmodels import Minutes
from app.waves import heads, notes
from app.waves.notecells import coarser
from app.waves.wave import id_of, index_of, load

LATER = "*"  # no code of a group


def of(session: Session, wave: Wave) -> Course:
    """What the papers of a wave say beside its sheet, once its urn is open."""
    index, _layout = index_of(wave)
    return Course(
        head=heads.of(session, index),
        launched_at=wave.launched_at,
        opens_at=wave.opens_at,
        cells=cells(session, wave, index),
    )


def of_code(session: Session, code: str) -> Course:
    return of(session, load(session, code))


def cells(session: Session, wave: Wave, index: Index) -> tuple[Cell, ...] | None:
    """The groups' ballots; empty where too few people were asked, None where the rows are not what
    the opening counted."""
    found = session.get(Minutes, id_of(wave))
    rows = _counted(session, id_of(wave))
    issued, cast = sum(row[2] for row in rows), sum(row[4] for row in rows)
    if found is None or (issued, cast) != (found.issued, found.cast):
        return None
    noted = notes.cells_of(wave)
    if not noted:
        return ()
    sizes = {group: number for group, at_launch, number, _ever, _now in rows if at_launch}
    if later := sum(number for _group, at_launch, number, _e, _n in rows if not at_launch):
        noted, sizes = {**noted, LATER: LATER}, {**sizes, LATER: later}
    joined = coarser(noted, sizes)
    names = {**{each.code: each.name for each in index.groups}, LATER: _("Phiếu cấp thêm")}
    sums: dict[str, list[int]] = {}
    for group, at_launch, number, ever, now in rows:
        cell = joined.get(group if at_launch else LATER)
        if cell is None:
            return None
        of_cell = sums.setdefault(cell, [0, 0])
        of_cell[0] += number
        of_cell[1] += ever if at_launch else now
    in_order = [code for code in names if code in joined]
    return tuple(
        Cell(tuple(names[code] for code in in_order if joined[code] == cell), *sums[cell])
        for cell in dict.fromkeys(joined[code] for code in in_order)
        if cell in sums
    )


def _counted(session: Session, wave_id: int) -> list[tuple[str, bool, int, int, int]]:
    """(group, at launch, issued, ever cast, cast)."""
    query = (
        select(
            col(Respondent.group),
            col(Ballot.at_launch),
            func.count(),
            func.count().filter(col(Ballot.ever_cast)),
            func.count().filter(col(Ballot.cast)),
        )
        .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
        .where(col(Ballot.wave_id) == wave_id)
        .group_by(col(Respondent.group), col(Ballot.at_launch))
    )
    return [
        (group, bool(at_launch), issued, ever, cast)
        for group, at_launch, issued, ever, cast in session.connection().execute(query)
    ]
