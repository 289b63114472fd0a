"""What there is when a wave closes, each number counted for itself, so that they can differ."""

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import ballotfacts
from app.keys.guard import keys_of
from app.record import keeping
from app.scores.closingsums import Sums
from app.store.models import Ballot, Respondent, Wave
from app.urn import rows as urnrows
from app.waves.alterations import Scan


def of(session: Session, wave: Wave) -> Sums:
    """The numbers of a launched wave whose urn is shut. The caller holds it."""
    scan = Scan(session, keys_of(session), wave)
    rows = session.connection().execute(
        select(*ballotfacts.COLUMNS, col(Ballot.cast), col(Ballot.ever_cast))
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id),
        execution_options={"yield_per": 500},
    )
    least = spare = 0
    for row in rows:
        scan.see(row)
        # Each issue before this one may have been cast, and its sealed row lies there for good.
        earlier = row.issue - 1 if row.ever_cast else 0
        least += bool(row.cast or earlier)
        spare += earlier if row.cast else max(0, earlier - 1)
    voided, counted = keeping.voided(session, wave), keeping.cast_and_not(session, wave)
    return Sums(
        scan.issued,
        counted["cast"],
        counted["not_cast"],
        altered=scan.altered,
        lost=scan.found(session).lost,
        in_urn=urnrows.number(session, wave),
        least=least,
        most=least + (spare if voided is None else min(spare, voided)),
    )
