"""What became of the invitations to the console: waiting, sent, run out, not delivered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from app.staff.links import LASTS
from app.store.staffmodels import StaffLetter


@dataclass(frozen=True)
class Invitation:
    """The last letter with a way to a password. Its link is made, and begins to run, when it is
    sent."""

    sent_at: datetime | None
    failed: bool
    error: str

    @property
    def until(self) -> datetime | None:
        """When its link runs out; None before it was sent."""
        return None if self.sent_at is None else self.sent_at + LASTS["invitation"]


def latest(session: Session) -> dict[int, Invitation]:
    """The last invitation of each account that was ever invited by letter."""
    rows = session.connection().execute(
        select(
            col(StaffLetter.staff_id),
            col(StaffLetter.sent_at),
            col(StaffLetter.failed_at),
            col(StaffLetter.error),
        )
        .where(col(StaffLetter.kind) == "invitation")
        .order_by(col(StaffLetter.id))
    )
    return {
        row.staff_id: Invitation(row.sent_at, row.failed_at is not None, row.error or "")
        for row in rows
    }


def drop_waiting(session: Session, staff_id: int, now: datetime, reason: str) -> None:
    """Let no invitation go any more that still waits to be sent to somebody."""
    waiting = session.scalars(
        select(StaffLetter).where(
            col(StaffLetter.staff_id) == staff_id,
            col(StaffLetter.kind) == "invitation",
            col(StaffLetter.sent_at).is_(None),
            col(StaffLetter.failed_at).is_(None),
        )
    )
    for letter in waiting:
        letter.failed_at, letter.error = now, reason
        session.add(letter)
    session.flush()
