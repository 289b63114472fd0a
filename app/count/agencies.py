"""How many of each agency have answered, for the opening to keep.

Only where groups are told, and only of ballots issued at the launch, as the hourly notes count
them: what was cast and issued anew stays counted.
"""

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.precision.response import Agency, Crossing, by_agency
from app.store.models import Ballot, Respondent, Wave
from app.waves import counts, notes
from app.waves.wave import id_of


def answered(session: Session, wave: Wave) -> tuple[Agency, ...]:
    """The agencies of an opened wave that may be told. An agency is the code of a unit, or what
    the roster calls one that is none."""
    told = counts.of(session, wave, wave.unsealed_at) if wave.unsealed_at else None
    cells = notes.cells_of(wave)
    if not told or not told.cells or not cells:
        return ()
    rows = session.connection().execute(
        select(
            col(Respondent.group),
            func.coalesce(col(Respondent.agency), col(Respondent.agency_text)),
            func.count(),
            func.count().filter(col(Ballot.ever_cast)),
            func.count().filter(col(Respondent.removed_at).is_(None)),
        )
        .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
        .where(col(Ballot.wave_id) == id_of(wave), col(Ballot.at_launch))
        .group_by(
            col(Respondent.group),
            func.coalesce(col(Respondent.agency), col(Respondent.agency_text)),
        )
    )
    found: dict[tuple[str, str], Crossing] = {}
    for group, agency, issued, cast, left in rows:
        key = cells[group], agency
        before = found.get(key, Crossing(*key, 0, 0, 0))
        sums = before.issued + issued, before.cast + cast, before.left + left
        found[key] = Crossing(*key, *sums)
    return by_agency(found.values())
