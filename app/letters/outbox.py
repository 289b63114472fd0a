"""How a queued letter comes to be sent: claim it, begin it, record what became of it.

What is promised, whoever is killed when:

- A letter is in one sender's hands at a time: a claim is a conditional update, runs out within
  seconds unless renewed, and whatever its sender writes later is conditional on it.
- `begin` is committed before the final dot, the only step after which a relay may have taken the
  letter. A claim that runs out before it is queued again; one that runs out after it is uncertain
  and sent once more with the same Message-ID, but never a reminder. One that is cut off there is
  sent again twice at most (`attempts`).
- A letter goes only about a ballot that is as it was issued, and to the address bound to it: a row
  that somebody wrote into the outbox sends no link anywhere else.
- A letter whose wave is closed or cancelled stays where it is, but until the urn is opened an old
  address is told of its correction, and who was taken off of that. A reminder is claimed only while
  its ballot is not cast, its respondent on the roster and reminders are welcome. All that holds of
  `begin` too, and that address and link are still those of the claim.

Everything runs inside the caller's transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlmodel import Session, col

from app.bonds import ballotfacts, wavefacts
from app.keys.tokens import BallotName
from app.letters import bonds
from app.letters.facts import LetterFacts
from app.letters.queue import NEVER, held, letter, to_send
from app.letters.wanted import AS_CLAIMED, UNWANTED, may_go
from app.store.models import Ballot, Respondent, Wave


@dataclass(frozen=True)
class Claimed:
    """A letter in one sender's hands. `repeat`: the attempt before this one ended uncertain."""

    id: int
    sender: str
    attempts: int
    repeat: bool
    wave_id: int
    facts: LetterFacts
    wave: str = ""  # its code

    @property
    def domain(self) -> str:
        return self.facts.email.rpartition("@")[2].casefold()


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt: sent, failed, deferred or uncertain, and why.

    `delay` is when the letter is due again; None with "uncertain" means that it is not. Not
    `counted`: as if it had not been tried.
    """

    letter: Claimed
    state: str
    delay: timedelta | None = None
    error: str | None = None
    counted: bool = True


def claim(
    session: Session, now: datetime, sender: str, until: datetime, most: int
) -> list[Claimed]:
    """Take up to `most` due letters for `sender` until `until`, the longest due first."""
    connection = session.connection()
    _take_back(connection, now)
    found = connection.execute(
        select(
            *ballotfacts.COLUMNS,
            letter.c.id,
            letter.c.kind,
            letter.c.state,
            letter.c.attempts,
            letter.c.message_id,
            letter.c.wave_id,
            letter.c.address,
            letter.c.address_mac,
            col(Wave.code),
            *(getattr(Wave, name) for name in bonds.FACTS),
        )
        .select_from(letter)
        .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .join(Wave, col(Wave.id) == letter.c.wave_id)
        .where(to_send, letter.c.due_at <= now, may_go(now))
        .order_by(letter.c.due_at, letter.c.id)
        .limit(most)
        .with_for_update(of=letter, skip_locked=True)
    ).all()
    rows = bonds.believed(session, now, found)
    connection.execute(
        update(letter)
        .where(letter.c.id.in_([row.id for row in rows]), to_send)
        .values(state="claimed", claim=sender, claimed_until=until, data_begun=False)
    )
    return [
        Claimed(
            id=row.id,
            sender=sender,
            attempts=row.attempts,
            repeat=row.state == "uncertain",
            wave_id=row.wave_id,
            facts=LetterFacts(
                kind=row.kind,
                message_id=row.message_id,
                ballot=BallotName(row.number, row.issue),
                name=row.name,
                email=row.address or row.email,
                group=row.group,
                agency=row.agency,
                assigned=tuple(row.assigned.split()),
                closes_at=bonds.until(row),
                cancel_reason=row.cancel_reason,
            ),
            wave=row.code,
        )
        for row in rows
    ]


def _take_back(connection: Connection, now: datetime) -> None:
    """Free the claims that have run out: their sender was killed, or stalled."""
    ran_out = select(letter.c.id).where(held, letter.c.claimed_until <= now)
    # Another sender may be doing the same.
    mine = letter.c.id.in_(ran_out.with_for_update(skip_locked=True))
    begun = letter.c.data_begun.is_(True)
    reminder = letter.c.kind == "reminder"
    free = update(letter).values(claim=None, claimed_until=None)
    connection.execute(free.where(mine, ~begun).values(state="queued"))
    connection.execute(free.where(mine, begun, reminder).values(state="uncertain", due_at=NEVER))
    connection.execute(free.where(mine, begun).values(state="uncertain", due_at=now))


def renew(session: Session, sender: str, until: datetime) -> None:
    """Keep what `sender` holds until `until`."""
    session.connection().execute(
        update(letter).where(held, letter.c.claim == sender).values(claimed_until=until)
    )


_MINE = and_(letter.c.id == bindparam("letter_id"), letter.c.claim == bindparam("sender"), held)
_NOT_BEGUN = letter.c.data_begun.is_(False)
_BEGIN = update(letter).where(_MINE, _NOT_BEGUN, ~UNWANTED, AS_CLAIMED).values(data_begun=True)
_DROP_UNWANTED = delete(letter).where(_MINE, _NOT_BEGUN, UNWANTED)
_RECORD = (
    update(letter)
    .where(_MINE)
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("new_due_at"),
        attempts=letter.c.attempts + bindparam("counted"),
        sent_at=bindparam("new_sent_at"),
        error=bindparam("new_error"),
        claim=None,
        claimed_until=None,
    )
)
_RELEASE = (
    update(letter)
    .where(_MINE, _NOT_BEGUN)
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("new_due_at"),
        error=func.coalesce(bindparam("new_error"), letter.c.error),
        claim=None,
        claimed_until=None,
    )
)


def begin(session: Session, claimed: Claimed, now: datetime) -> bool:
    """Note that the final dot of a letter follows. False: it must not, the letter is not ours, or
    not for whom and what it was at the claim.

    A reminder that is not wanted any more is forgotten then, and whatever carries a link to
    somebody taken off; where address, link or wave are others, it is put back.
    """
    mine = {"letter_id": claimed.id, "sender": claimed.sender}
    as_claimed = {"of_issue": claimed.facts.ballot.issue, "to_email": claimed.facts.email}
    if session.connection().execute(_BEGIN, {**mine, **as_claimed, "at": now}).rowcount == 1:
        return True
    session.connection().execute(_DROP_UNWANTED, mine)
    release(session, [claimed], now)
    return False


def record(session: Session, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Write down what became of letters, of each only while it is in its sender's hands."""
    for outcome in outcomes:
        due_at = NEVER if outcome.state == "uncertain" else now
        session.connection().execute(
            _RECORD,
            {
                "letter_id": outcome.letter.id,
                "sender": outcome.letter.sender,
                "new_state": outcome.state,
                "new_due_at": due_at if outcome.delay is None else now + outcome.delay,
                "new_sent_at": now if outcome.state == "sent" else None,
                "new_error": outcome.error,
                "counted": int(outcome.counted),
            },
        )


def release(
    session: Session, unbegun: Iterable[Claimed], due_at: datetime, why: str | None = None
) -> None:
    """Put letters back that were claimed but not begun, due at `due_at`; no attempt is counted."""
    for claimed in unbegun:
        session.connection().execute(
            _RELEASE,
            {
                "letter_id": claimed.id,
                "sender": claimed.sender,
                "new_state": "uncertain" if claimed.repeat else "queued",
                "new_due_at": due_at,
                "new_error": why,
            },
        )


def pause_domain(session: Session, domain: str, until: datetime, why: str | None = None) -> None:
    """Let no letter to an address of `domain` be due before `until`; no attempt is counted."""
    of_domain = (
        select(letter.c.id)
        .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(
            to_send,
            letter.c.due_at < until,
            col(Respondent.email_key).endswith(f"@{domain}", autoescape=True),
        )
        .with_for_update(of=letter, skip_locked=True)
    )
    session.connection().execute(
        update(letter)
        .where(letter.c.id.in_(of_domain))
        .values(due_at=until, **({"error": why} if why else {}))
    )


def wave(session: Session, wave_id: int) -> Wave:
    """The wave of a claimed letter. Raises WaveAltered."""
    found = session.get_one(Wave, wave_id)
    wavefacts.check(session, found)
    return found
