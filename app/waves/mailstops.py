"""Letters stand still, or go again: written down for all, and told to those who were not looking.

While nothing goes out no letter can tell of it: every page of the console does, and the log, at
the level of an error where somebody has to change something. Once it is mended, officers and
administrators get a letter from when to when nothing went, since it may cost a wave its first days.
"""

from app.language import moment
from app.letters import stops
from app.letters.replies import RelayRefused
from app.letters.stops import BACK, OUT
from app.staff import accounts, queue
from app.staff.staff import ADMIN, OFFICER
from app.store.db import Database, Session


def stopped(db: Database, words: str, why: Exception) -> None:
    """Nothing goes out, for a reason in words that can be shown."""
    for_good = isinstance(why, RelayRefused) and not why.temporary
    with db.transaction() as session:
        stops.mark(session, OUT, db.now(session), words, for_good)


def goes(db: Database) -> None:
    """The relay has taken a letter."""
    if not _stands(db, OUT):
        return
    with db.transaction() as session:
        stop, now = stops.over(session, OUT), db.now(session)
        if stop is not None and stop.is_alarm:
            facts = {"since": moment(stop.since), "until": moment(now), "why": stop.words}
            for each in _to(session):
                queue.put(session, "again", each, now, wave="", **facts)


def not_read(db: Database, words: str) -> None:
    """What came back cannot be read."""
    with db.transaction() as session:
        stops.mark(session, BACK, db.now(session), words, for_good=True)


def read(db: Database) -> None:
    """What came back was read."""
    if _stands(db, BACK):
        with db.transaction() as session:
            stops.over(session, BACK)


def _stands(db: Database, kind: str) -> bool:
    with db.reading() as session:
        return stops.standing(session, kind) is not None


def _to(session: Session) -> list[int]:
    return [
        each.id
        for each in accounts.everyone(session)
        if each.has_second_factor and not each.roles.isdisjoint((OFFICER, ADMIN))
    ]
