"""What may be asked without opening a ballot: a letter again, a receipt, who organises, what lacks.

Every answer is alike for who has cast and who has not. Runs inside the caller's transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session, col

from app.ballots.ballot import launched_index
from app.bonds import wavefacts
from app.index.definition import Index
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.letters import queue
from app.store.models import Ballot, Respondent, Wave
from app.store.officemodels import CopyAsked
from app.store.plain import Access, Statement
from app.text.cleaning import email_key


@dataclass(frozen=True)
class SealedWave:
    """A wave whose urn has not been opened yet."""

    name: str  # of the index
    closes_at: datetime


def newest_index(session: Session) -> Index | None:
    """The index of the wave launched last, whose organiser stands on pages of no ballot; that of a
    rehearsal only while there is nothing else, and none that was altered.

    Raises IndexChanged.
    """
    rows = session.connection().execute(
        select(col(Wave.code), col(Wave.index_content), col(Wave.index_digest))
        .where(col(Wave.launched_at).is_not(None))
        .order_by(col(Wave.rehearsal), col(Wave.launched_at).desc(), col(Wave.id).desc())
        .limit(5)
    )
    keys = keys_of(session)
    for row in rows:
        if not wavefacts.differing(keys, row.code, row, ("index_digest",)):
            return launched_index(row.index_content, row.index_digest)[0]
    return None


def note_asked(session: Session, addresses: Collection[str]) -> None:
    """Write down who asks for a letter again (addresses as their `email_key`); see `copies`."""
    rows = [{"email_key": address} for address in sorted(addresses)]
    session.connection().execute(insert(CopyAsked), rows)


def any_asked(session: Session) -> bool:
    return session.connection().execute(select(col(CopyAsked.id)).limit(1)).first() is not None


def take_asked(session: Session, most: int) -> list[str]:
    """Up to `most` addresses that were written down, the oldest first; they are struck off."""
    connection = session.connection()
    rows = connection.execute(
        select(col(CopyAsked.id), col(CopyAsked.email_key))
        .order_by(col(CopyAsked.id))
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    connection.execute(delete(CopyAsked).where(col(CopyAsked.id).in_([row.id for row in rows])))
    return list(dict.fromkeys(row.email_key for row in rows))


def ask_copy(session: Session, address: str, now: datetime, domain: str) -> None:
    """Queue the letter again to an address of a roster, in every wave that can be answered."""
    found = session.connection().execute(
        select(col(Ballot.number), col(Ballot.wave_id))
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .join(Wave, col(Wave.id) == col(Ballot.wave_id))
        .where(
            col(Respondent.email_key) == email_key(address),
            col(Respondent.removed_at).is_(None),
            col(Wave.launched_at).is_not(None),
            col(Wave.closed_at).is_(None),
            col(Wave.cancelled_at).is_(None),
            col(Wave.opens_at) <= now,
            col(Wave.closes_at) > now,
        )
    )
    for number, wave_id in found.all():
        queue.queue_copy(session, wave_id, number, now, domain)


def stop_reminders(session: Session, name: BallotName) -> bool:
    """Send no reminder to a ballot any more; False when there is no such ballot."""
    changed = session.connection().execute(
        update(Ballot)
        .where(col(Ballot.number) == name.number, col(Ballot.issue) >= name.issue)
        .values(no_reminders=True)
    )
    return changed.rowcount == 1


def is_quiet(session: Session, name: BallotName) -> bool | None:
    """Whether no more reminders go to a ballot of this number, in this issue or a later one; None
    where there is none."""
    statement = select(col(Ballot.no_reminders)).where(
        col(Ballot.number) == name.number, col(Ballot.issue) >= name.issue
    )
    return session.connection().execute(statement).scalar()


_CANCEL_REASON = Statement(select(col(Wave.cancel_reason)).where(col(Wave.id) == bindparam("wave")))


def cancel_reason(session: Access, wave_id: int) -> str:
    """Why a wave was cancelled, as the officer wrote it."""
    return _CANCEL_REASON.scalar(session, {"wave": wave_id}) or ""


def sealed_waves(session: Session) -> list[SealedWave]:
    """The launched waves whose urn is still to be opened, the next to close first; none that was
    altered."""
    keys = keys_of(session)
    rows = session.connection().execute(
        select(
            *(col(Wave.code), col(Wave.index_content)),
            *(col(Wave.index_digest), col(Wave.closes_at)),
        )
        .where(
            col(Wave.launched_at).is_not(None),
            col(Wave.unsealed_at).is_(None),
            col(Wave.cancelled_at).is_(None),
        )
        .order_by(col(Wave.closes_at))
    )
    return [
        SealedWave(launched_index(row.index_content, row.index_digest)[0].name, row.closes_at)
        for row in rows
        if not wavefacts.differing(keys, row.code, row, ("index_digest", "closes_at"))
    ]


def without_keys(session: Session, keys: KeyFile) -> list[str]:
    """The codes of launched waves that this process cannot serve, since it lacks their keys."""
    codes = session.connection().execute(
        select(col(Wave.code))
        .where(
            col(Wave.launched_at).is_not(None),
            col(Wave.unsealed_at).is_(None),
            col(Wave.cancelled_at).is_(None),
        )
        .order_by(col(Wave.id))
    )
    return [code for code in codes.scalars() if not keys.has_wave(code)]
