"""The ballot of one person after the launch: issued, issued anew, its invitation queued.

Everything runs inside the caller's transaction, which holds the wave and binds the ballot again
(`ballotfacts`). The same work is done whether a ballot was cast or not, so that time tells nothing.
"""

import os
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.bonds import ballotfacts
from app.keys.keyfile import KeyFile
from app.keys.tokens import NUMBER_BYTES, BallotName
from app.letters import queue
from app.record import keeping
from app.store.models import Ballot, Draft, Wave
from app.waves.wave import id_of


def has_ballot(session: Session, respondent_id: int) -> bool:
    query = select(col(Ballot.wave_id)).where(col(Ballot.respondent_id) == respondent_id)
    return session.connection().execute(query).first() is not None


def issue(session: Session, wave: Wave, respondent_id: int, now: datetime, domain: str) -> None:
    """A first ballot, and its invitation."""
    number = os.urandom(NUMBER_BYTES)
    ballotfacts.issue_later(session, id_of(wave), wave.code, respondent_id, number)
    keeping.count(session, wave, now, "issue")
    invite(session, wave, number, now, domain)


def invite(session: Session, wave: Wave, number: bytes, now: datetime, domain: str) -> None:
    """Queue an invitation, due once the wave is open."""
    queue.queue(session, id_of(wave), "invitation", [number], max(now, wave.opens_at), domain)


def invite_anew(
    session: Session, keys: KeyFile, wave: Wave, respondent_id: int, now: datetime, domain: str
) -> bytes | None:
    """Another link, unless the ballot was cast, and its invitation; gives the ballot's number."""
    number = next_issue(session, keys, respondent_id, and_cast=False)
    if number is not None:
        queue.replace(session, number)
        invite(session, wave, number, now, domain)
    return number


def next_issue(session: Session, keys: KeyFile, respondent_id: int, and_cast: bool) -> bytes | None:
    """Kill the link of a ballot that was not cast (`and_cast`: of any); gives its number."""
    connection = session.connection()
    row = connection.execute(
        select(col(Ballot.number), col(Ballot.issue), col(Ballot.cast))
        .where(col(Ballot.respondent_id) == respondent_id)
        .with_for_update()
    ).first()
    if row is None:
        return None
    # The same work for all, so that time tells nothing.
    tokens = keys.tokens
    code_mac = tokens.code_mac(tokens.access_code(BallotName(row.number, row.issue + 1)))
    may = [col(Ballot.number) == row.number]
    if not and_cast:
        may.append(col(Ballot.cast).is_(False))
    connection.execute(
        update(Ballot).where(*may).values(issue=row.issue + 1, code_mac=code_mac, cast=False)
    )
    connection.execute(delete(Draft).where(col(Draft.ballot_number) == row.number))
    return cast(bytes, row.number)
