"""What a wave says of itself at any time: its state in a word, and its counts.

`status` is for the command line, where whoever asks has the database: its counts are of this very
moment. What pages say is in `counts`, and from the closing on the two are one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.bonds import keptsums, wavefacts
from app.keys.keyfile import Altered
from app.letters import standing
from app.store.models import Ballot, Wave
from app.store.resultmodels import Minutes, Sheet
from app.waves.wave import id_of


@dataclass(frozen=True)
class Status:
    """What `phieu wave status` tells. `sent` and `failed` count invitations; `rows` the ballots in
    the database, which are those issued unless somebody was at it."""

    code: str
    state: str
    issued: int
    rows: int
    sent: int
    failed: int
    cast: int
    opens_at: datetime
    closes_at: datetime


def state(wave: Wave, now: datetime, scored: bool) -> str:
    """draft, launched, open, closed, unsealed, scored or cancelled (CONTRACT §4)."""
    if wave.cancelled_at is not None:
        return "cancelled"
    if wave.launched_at is None:
        return "draft"
    if wave.unsealed_at is not None:
        return "scored" if scored else "unsealed"
    # What is cast of single ballots that were issued anew after the closing opens no wave again.
    if wave.closed_at is not None or now >= wave.closes_at or wave.reopened_until is not None:
        return "closed"
    return "launched" if now < wave.opens_at else "open"


def status(session: Session, wave: Wave, now: datetime) -> Status:
    """Counts of a wave, and its state at `now`."""
    connection = session.connection()
    sheets = connection.execute(
        select(func.count()).select_from(Sheet).where(col(Sheet.wave_id) == wave.id)
    ).scalar_one()
    issued, cast = totals(session, wave)
    mail = standing.progress(session, id_of(wave))
    return Status(
        wave.code,
        state(wave, now, sheets > 0),
        issued,
        _rows(session, wave)[0] if _is_sealed(wave) else issued,
        mail["sent"],
        mail["failed"],
        cast,
        wave.opens_at,
        wave.closes_at,
    )


def _is_sealed(wave: Wave) -> bool:
    return wave.launched_at is not None and wave.unsealed_at is None and wave.cancelled_at is None


def totals(session: Session, wave: Wave) -> tuple[int, int]:
    """How many ballots went out, by the key file, and how many rows say that they were cast; of an
    open urn, as its minutes say."""
    if wave.unsealed_at is not None:
        opened = session.get(Minutes, id_of(wave))
        if opened is not None:
            return opened.issued, opened.cast
    if wave.cast_erased_at is not None:
        for kept in keptsums.of(session, id_of(wave), keptsums.CAST):
            return int(kept["issued"]), int(kept["cast"])
    rows, cast = _rows(session, wave)
    if wave.launched_at is None:
        return rows, cast
    try:
        return wavefacts.issued(session, wave), cast
    except Altered:
        return rows, cast  # the key file is away, and pages that do not need it go on


def _rows(session: Session, wave: Wave) -> tuple[int, int]:
    """How many ballots have a row, and how many of these are cast."""
    query = select(func.count(), func.count().filter(col(Ballot.cast)))
    rows, cast = session.connection().execute(query.where(col(Ballot.wave_id) == wave.id)).one()
    return rows, cast


def is_scored(session: Session, wave_id: int) -> bool:
    """Whether a wave has a score sheet."""
    query = select(col(Sheet.number)).where(col(Sheet.wave_id) == wave_id).limit(1)
    return session.connection().execute(query).first() is not None
