"""What lies in the outbox at a moment: how many could go now, and how many wait for their time.

Everything runs inside the caller's transaction, and changes nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from app.language import _, clock, day, number
from app.letters.queue import held, letter, to_send
from app.letters.wanted import may_go
from app.store.models import Ballot, Respondent, Wave

_ADDRESS = re.compile(r"[^\s<(]+@[^\s>)]+")
_OF_ONE_LETTER = re.compile(rf"{_ADDRESS.pattern}|(?<!^)(?<!\d)\d+")
MOST = 10


@dataclass(frozen=True)
class Waiting:
    """How many letters could go now, are in somebody's hands, have to wait for their time."""

    due: int
    claimed: int
    later: int


@dataclass(frozen=True)
class PutOff:
    """Letters that wait for one reason, the last of them until `until`; `why` may be empty."""

    count: int
    until: datetime
    why: str

    def words(self, now: datetime) -> str:
        """The line about them: how many, until when, why."""
        until = clock(self.until)
        if day(self.until) != day(now):
            until = _("{time} ngày {day}").format(time=until, day=day(self.until))
        why = self.why or _("Chưa đến giờ gửi.")
        words = _("{count} thư chờ đến {until}. {why}")
        return words.format(count=number(self.count), until=until, why=why)


def waiting(session: Session, now: datetime) -> Waiting:
    """What lies in the outbox at `now`, over all waves; a claim that has run out is due."""
    ran_out = and_(held, letter.c.claimed_until <= now)
    statement = _of_letters(
        func.count().filter(or_(ran_out, and_(to_send, letter.c.due_at <= now))),
        func.count().filter(held, letter.c.claimed_until > now),
        func.count().filter(to_send, letter.c.due_at > now),
    ).where(or_(to_send, held), may_go(now))
    return Waiting(*session.connection().execute(statement).one())


def in_hands(session: Session, now: datetime) -> int:
    """How many letters a sender holds at `now`."""
    statement = select(func.count()).where(held, letter.c.claimed_until > now)
    return int(session.connection().execute(statement).scalar_one())


def put_off(
    session: Session, now: datetime, wave_id: int | None = None, kind: str | None = None
) -> list[PutOff]:
    """What waits for its time at `now`, over all waves or of one, the most first.

    What mailboxes of one domain say differs from letter to letter in numbers and addresses: that
    is one reason. Of very many reasons the last is for the rest.
    """
    statement = _of_letters(letter.c.error, func.count(), func.max(letter.c.due_at)).where(
        to_send, letter.c.due_at > now, may_go(now)
    )
    if wave_id is not None:
        statement = statement.where(letter.c.wave_id == wave_id)
    if kind is not None:
        statement = statement.where(letter.c.kind == kind)
    found: dict[str, PutOff] = {}
    for why, count, until in session.connection().execute(statement.group_by(letter.c.error)):
        domain, _bracket, answer = (why or "").partition("(")
        reason = domain + _OF_ONE_LETTER.sub("", answer)
        before = found.get(reason, PutOff(0, until, _ADDRESS.sub("…", why or "")))
        found[reason] = PutOff(before.count + count, max(before.until, until), before.why)
    most = sorted(found.values(), key=lambda each: (-each.count, each.why))
    if rest := most[MOST:]:
        until = max(each.until for each in rest)
        most[MOST:] = [PutOff(sum(each.count for each in rest), until, _("Vì các lý do khác."))]
    return most


def by_state(session: Session) -> dict[str, int]:
    """How many letters are in which state, over all waves, for programs that look again and again.

    Without reminders and copies: one that waits goes with the cast of its ballot, so these figures
    would tell when somebody cast.
    """
    rows = session.connection().execute(
        select(letter.c.state, func.count())
        .where(letter.c.kind.not_in(["reminder", "copy"]))
        .group_by(letter.c.state)
    )
    return {row[0]: row[1] for row in rows}


def _of_letters(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .select_from(letter)
        .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .join(Wave, col(Wave.id) == letter.c.wave_id)
    )
