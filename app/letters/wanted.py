"""Whether a letter is wanted: by its wave, by its ballot, by whom it goes to.

Conditions on a row of the outbox, asked when it is claimed and once more before its final dot.
"""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, or_
from sqlmodel import col

from app.letters.queue import letter
from app.store.models import Ballot, Respondent, Wave


def may_go(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether the letter's wave, and a reminder's ballot, want it sent at `now`."""
    sealed = and_(
        col(Wave.launched_at).is_not(None),
        col(Wave.unsealed_at).is_(None),
        col(Wave.cancelled_at).is_(None),
    )
    open_wave = and_(sealed, col(Wave.closed_at).is_(None), col(Wave.closes_at) > now)
    on_the_list = col(Respondent.removed_at).is_(None)
    wanted = and_(col(Ballot.no_reminders).is_(False), on_the_list)
    unanswered = and_(col(Ballot.cast).is_(False), wanted)
    reopened = and_(sealed, col(Wave.closed_at).is_(None), col(Wave.reopened_until) > now)
    closed = or_(col(Wave.closed_at).is_not(None), col(Wave.reopened_until).is_not(None))
    asked = and_(sealed, closed, col(Wave.objections_until) > now)
    on_roster = col(Respondent.removed_at).is_(None)
    return or_(
        # To those who have cast, too: whom it goes to must not tell.
        and_(letter.c.kind == "extended", open_wave, wanted),
        # Alike to who has cast and who has not.
        and_(letter.c.kind == "closing", asked, on_roster),
        and_(letter.c.kind == "reopened", reopened, on_roster),
        and_(letter.c.kind == "cancellation", col(Wave.cancelled_at).is_not(None)),
        and_(letter.c.kind.in_(["invitation", "copy"]), open_wave, on_the_list),
        and_(letter.c.kind.in_(["moved", "removed"]), sealed),
        and_(letter.c.kind == "reminder", open_wave, unanswered),
    )


# A reminder that nobody wants any more, and what carries a link to somebody taken off.
UNWANTED = exists().where(
    col(Ballot.number) == letter.c.ballot_number,
    col(Ballot.respondent_id) == col(Respondent.id),
    or_(
        and_(letter.c.kind == "reminder", or_(col(Ballot.cast), col(Ballot.no_reminders))),
        and_(
            letter.c.kind.in_(["reminder", "copy", "extended"]),
            col(Respondent.removed_at).is_not(None),
        ),
    ),
)
# It says and opens what it would if it were claimed now, and goes where it would go.
AS_CLAIMED = exists().where(
    col(Ballot.number) == letter.c.ballot_number,
    col(Ballot.respondent_id) == col(Respondent.id),
    col(Wave.id) == letter.c.wave_id,
    col(Ballot.issue) == bindparam("of_issue"),
    or_(letter.c.address.is_not(None), col(Respondent.email) == bindparam("to_email")),
    may_go(bindparam("at")),
)
