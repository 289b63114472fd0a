"""The letters of a wave: queue them, drop what is no longer wanted, tell how many went out.

A row holds neither link nor text: both are made anew at every attempt, so that an attempt after a
re-issue carries the link that works. How a queued letter comes to be sent is in `outbox`.
Everything runs inside the caller's transaction.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, bindparam, case, delete, func, insert, or_, select, update
from sqlmodel import Session, col

from app.store.models import Ballot, Letter
from app.store.plain import Access, Statement

# The due time of a letter that is not tried again, its last state being uncertain.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
BETWEEN_COPIES = timedelta(minutes=5)
COPIES_A_DAY = 6

letter: Table = Letter.__table__  # type: ignore[attr-defined]
to_send = and_(letter.c.state.in_(["queued", "deferred", "uncertain"]), letter.c.due_at < NEVER)
held = letter.c.state == "claimed"
in_hand = and_(held, letter.c.data_begun.is_(False))
# Nobody can say whether a letter that stays uncertain has arrived.
lost = or_(
    letter.c.state == "failed", and_(letter.c.state == "uncertain", letter.c.due_at == NEVER)
)


def queue(
    session: Session,
    wave_id: int,
    kind: str,
    ballots: Sequence[bytes],
    due_at: datetime,
    domain: str,
    address: str | None = None,
    address_mac: bytes | None = None,
) -> int:
    """Queue a letter of one kind for each ballot, as that kind's next round in the wave.

    `domain` is the right part of the Message-IDs, `address` goes before the respondent's, where it
    is bound (`ballotfacts.address_mac`); gives how many were queued.
    """
    if not ballots:
        return 0
    connection = session.connection()
    rounds = func.coalesce(func.max(letter.c.round), 0)
    last = connection.execute(
        select(rounds).where(letter.c.wave_id == wave_id, letter.c.kind == kind)
    ).scalar_one()
    rows = [_row(wave_id, kind, number, last + 1, due_at, domain) for number in ballots]
    to = {"address": address, "address_mac": address_mac}
    connection.execute(insert(letter), [{**row, **to} for row in rows])
    return len(rows)


def replace(session: Session, ballot_number: bytes) -> None:
    """Let a later invitation take the place of the invitations and copies of a ballot so far.

    A letter in a sender's hands is taken from it; if its dot is out already, its link is dead.
    Reminders stay: they are sent, with the link of that time, only to who still has not cast. What
    tells an old address of a correction stays too: it is all that its owner hears of it.
    """
    of_ballot = letter.c.ballot_number == ballot_number
    session.connection().execute(
        delete(letter).where(
            of_ballot,
            letter.c.kind.in_(["invitation", "copy", "reopened"]),
            or_(to_send, and_(in_hand, letter.c.kind != "invitation")),
        )
    )
    session.connection().execute(
        update(letter)
        .where(of_ballot, letter.c.kind == "invitation")
        .values(state="replaced", claim=None, claimed_until=None)
    )


def reopened_to_all(session: Session, wave_id: int) -> None:
    """The wave is open to everybody again: letters not sent yet about a ballot that could be cast
    alone until a time become invitations. Else whose ballot was issued anew would have none."""
    connection = session.connection()
    rounds = select(func.coalesce(func.max(letter.c.round), 0)).where(
        letter.c.wave_id == wave_id, letter.c.kind == "invitation"
    )
    connection.execute(
        update(letter)
        .where(letter.c.wave_id == wave_id, letter.c.kind == "reopened", or_(to_send, held))
        .values(kind="invitation", round=connection.execute(rounds).scalar_one() + 1)
    )


def may_have_arrived(session: Session, ballot_number: bytes) -> bool:
    """Whether an invitation to a ballot was ever on its way, so that its owner may know of it.

    Only the invitation is asked: reminders and copies depend on whether the ballot was cast.
    """
    query = select(letter.c.id).where(
        letter.c.ballot_number == ballot_number,
        letter.c.kind == "invitation",
        letter.c.state.not_in(["queued", "deferred"]),
    )
    return session.connection().execute(query.limit(1)).first() is not None


def drop_removed(session: Session, ballot_number: bytes) -> None:
    """Forget that somebody was to be told of their removal: they are back."""
    told = and_(letter.c.ballot_number == ballot_number, letter.c.kind == "removed")
    session.connection().execute(delete(letter).where(told, or_(to_send, held)))


def _row(
    wave_id: int, kind: str, number: bytes, following: int, due_at: datetime, domain: str
) -> dict[str, Any]:
    return {
        "wave_id": wave_id,
        "ballot_number": number,
        "kind": kind,
        "round": following,
        "state": "queued",
        "due_at": due_at,
        "attempts": 0,
        "data_begun": False,
        # Nothing of the ballot: a Message-ID travels in the clear and stays in logs.
        "message_id": f"{secrets.token_hex(16)}@{domain}",
    }


def queue_copy(
    session: Session, wave_id: int, ballot_number: bytes, now: datetime, domain: str
) -> bool:
    """Queue what "Gửi lại thư cho tôi" asks for, unless that would flood the mailbox.

    Never while another letter to the ballot is about to go, at most once in five minutes and six
    times in a day. Whoever asks is to be told the same either way.
    """
    connection = session.connection()
    # Two requests at once take turns here.
    connection.execute(
        select(col(Ballot.number)).where(col(Ballot.number) == ballot_number).with_for_update()
    )
    copy = letter.c.kind == "copy"
    about_to_go, just_now, today, last = connection.execute(
        select(
            func.count().filter(or_(to_send, held), letter.c.due_at <= now),
            func.count().filter(copy, letter.c.due_at > now - BETWEEN_COPIES),
            func.count().filter(copy, letter.c.due_at > now - timedelta(days=1)),
            func.coalesce(func.max(case((copy, letter.c.round))), 0),
        ).where(letter.c.ballot_number == ballot_number)
    ).one()
    if about_to_go or just_now or today >= COPIES_A_DAY:
        return False
    row = _row(wave_id, "copy", ballot_number, last + 1, now, domain)
    connection.execute(insert(letter), [row])
    return True


def drop_queued(session: Access, ballot_number: bytes) -> None:
    """Forget reminders and copies not sent yet to a ballot that is being cast."""
    _DROP_OF_BALLOT.run(session, {"number": ballot_number})


# An invitation goes out all the same: one that vanished would tell the console of the cast. And
# who cast may be the one whom the old address is being warned of.
_DROP_OF_BALLOT = Statement(
    delete(letter).where(
        letter.c.ballot_number == bindparam("number"),
        letter.c.kind.in_(["reminder", "copy"]),
        to_send,
    )
)


def drop_kind(session: Session, wave_id: int, kind: str) -> None:
    """Forget the letters of a kind not sent yet in a wave that is about to queue it again."""
    session.connection().execute(
        delete(letter).where(letter.c.wave_id == wave_id, letter.c.kind == kind, to_send)
    )


def drop_all_queued(session: Session, wave_id: int) -> None:
    """Forget what was not sent yet in a wave that is being cancelled."""
    waits = or_(to_send, in_hand)
    session.connection().execute(delete(letter).where(letter.c.wave_id == wave_id, waits))
