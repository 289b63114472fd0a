"""That no letters go out, or none that came back are read: known to every process, and since when.

Whoever sends writes it down; every page of the console, `phieu wave status` and whatever watches
the server read it here. Everything runs inside the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.language import _, moment
from app.store.models import MailStop

OUT, BACK = "out", "back"
# A relay that is busy for a while needs nobody.
LONG = timedelta(minutes=10)


@dataclass(frozen=True)
class Stop:
    """Since when, until when at least, and why; `for_good`: until somebody changes something."""

    since: datetime
    seen_at: datetime
    words: str
    for_good: bool

    @property
    def is_alarm(self) -> bool:
        """Whether people have to hear of it now."""
        return self.for_good or self.seen_at - self.since >= LONG

    def in_words(self) -> str:
        words = _("Thư không gửi đi được từ {since}, lần thử gần nhất lúc {seen}: {why}")
        return words.format(since=moment(self.since), seen=moment(self.seen_at), why=self.words)


def mark(session: Session, kind: str, now: datetime, words: str, for_good: bool) -> None:
    """It was tried in vain; a stop that stands goes on."""
    this = update(MailStop).where(col(MailStop.kind) == kind)
    tried = this.values(seen_at=now, words=words, for_good=for_good)
    if session.connection().execute(tried).rowcount == 0:
        new = MailStop(kind=kind, since=now, seen_at=now, words=words, for_good=for_good)
        session.add(new)
        session.flush()


def standing(session: Session, kind: str) -> Stop | None:
    row = session.scalars(select(MailStop).where(col(MailStop.kind) == kind)).first()
    return None if row is None else Stop(row.since, row.seen_at, row.words, row.for_good)


def over(session: Session, kind: str) -> Stop | None:
    """It goes on; gives the stop that this ends, to one of several who saw it."""
    found = standing(session, kind)
    done = session.connection().execute(delete(MailStop).where(col(MailStop.kind) == kind))
    return found if done.rowcount else None
