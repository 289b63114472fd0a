"""The letter about a later closing, to all who were invited, whether they have cast or not.

A letter to those alone who have not cast would tell whoever sees a mailbox, the gateway or the
outbox who has. So it goes to everybody whose invitation went out, and its words are the same for
all; only who asked for no more reminders and who was taken off gets none.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import Session, col

from app.letters import queue
from app.letters.queue import letter
from app.store.models import Ballot, Respondent, Wave
from app.waves.wave import id_of


def tell(session: Session, wave: Wave, now: datetime, domain: str) -> int:
    """Queue it, in place of one that has not gone yet; gives how many. Whose invitation still
    waits reads of the new closing there."""
    invited = exists().where(
        letter.c.ballot_number == col(Ballot.number),
        letter.c.kind == "invitation",
        letter.c.state.in_(["sent", "uncertain"]),
    )
    numbers = session.connection().execute(
        select(col(Ballot.number))
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(
            col(Ballot.wave_id) == wave.id,
            col(Ballot.no_reminders).is_(False),
            col(Respondent.removed_at).is_(None),
            invited,
        )
    )
    queue.drop_kind(session, id_of(wave), "extended")
    return queue.queue(session, id_of(wave), "extended", numbers.scalars().all(), now, domain)
