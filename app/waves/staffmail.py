"""Letters to the people of the console are queued: invitation, new password, the head of the log.

The table holds who and what for; the link is made when the letter is sent.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from app.audit.chain import Head
from app.record import held
from app.staff import accounts
from app.staff import queue as staffqueue
from app.staff.links import LASTS
from app.store.models import Wave
from app.store.staffmodels import Staff, StaffLetter
from app.text.cleaning import email_key
from app.waves import officers

RESETS_A_DAY = 6


def queue(session: Session, kind: str, staff_id: int, now: datetime, **facts: object) -> None:
    """One letter, due now."""
    staffqueue.put(session, kind, staff_id, now, **facts)
    if kind == "invitation":
        officers.tell(session, staff_id, now)


def queue_reset(session: Session, email: str, now: datetime) -> None:
    """A way to a new password, if the address has an account, six times a day at most.

    After those still one an hour: a stranger who asks all day long in somebody's name only makes
    sure that a link that holds lies in the mailbox.

    Whatever the address, the same is read, a letter is written down and its row touched once more:
    the time this takes does not tell who has an account.
    """
    connection = session.connection()
    holds = (
        col(Staff.email_key) == email_key(email),
        col(Staff.removed_at).is_(None),
    )
    known = connection.execute(select(col(Staff.id)).where(*holds)).scalar()
    anybody = connection.execute(select(func.min(col(Staff.id)))).scalar()
    if anybody is None:
        return  # before the first account there is nothing to tell
    asked, live = connection.execute(
        select(
            func.count(), func.count().filter(col(StaffLetter.due_at) > now - LASTS["reset"])
        ).where(
            col(StaffLetter.staff_id) == (known or anybody),
            col(StaffLetter.kind) == "reset",
            col(StaffLetter.due_at) > now - timedelta(days=1),
        )
    ).one()
    mine, made = staffqueue.lay_down(session, "reset", known or anybody, now)
    if known is not None and (asked < RESETS_A_DAY or not live):
        staffqueue.bind(session, mine, made)
    else:
        connection.execute(delete(StaffLetter).where(col(StaffLetter.id) == mine))


def recordhead(session: Session, code: str) -> str:
    """Number and code of the last entry of a wave's public record; "" where it has none."""
    wave = session.scalars(select(Wave).where(col(Wave.code) == code)).first()
    return "" if wave is None else held.head_of(session, wave)


def queue_heads(session: Session, now: datetime, wave: str, action: str, head: Head) -> None:
    """The head of the log to everyone of the council, to hold against it later; `wave` is empty
    for what was done to the server. Beside it the head of the wave's public record."""
    record = recordhead(session, wave) if wave else ""
    for account in accounts.everyone(session):
        if "council" in account.roles:
            facts = {"wave": wave, "action": action, "head": str(head)}
            queue(session, "head", account.id, now, record=record, **facts)
