"""Letters that came back though a relay had taken them, and addresses that were dead before.

Only invitations are asked, which go to everybody: nothing here depends on who has cast. Everything
runs inside the caller's transaction and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from app.bounces.taking import KEPT, print_key, print_of
from app.keys.keyfile import KeyFile
from app.letters import standing
from app.letters.queue import letter
from app.letters.standing import Failed
from app.store.models import Ballot, DeadAddress, Respondent, Wave


@dataclass(frozen=True)
class Back:
    """How many invitations came back and were blocked, or found a full mailbox."""

    blocked: int
    soft: int


def _of(wave_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        letter.c.wave_id == wave_id,
        letter.c.kind == "invitation",
        letter.c.state.in_(["sent", "uncertain"]),
        letter.c.returned.is_not(None),
        col(Respondent.removed_at).is_(None),
        col(Respondent.erased_at).is_(None),
    )


def people(session: Session, wave_id: int) -> list[Failed]:
    """Whose invitation came back without their address being dead, by name."""
    return standing.people(session, _of(wave_id), letter.c.returned)


def counts(session: Session, wave_id: int) -> Back:
    """How many invitations came back so."""
    row = (
        session.connection()
        .execute(
            select(
                func.count().filter(letter.c.returned == "blocked"),
                func.count().filter(letter.c.returned == "soft"),
            )
            .select_from(letter)
            .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
            .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
            .where(*_of(wave_id))
        )
        .one()
    )
    return Back(*row)


def dead_before(
    session: Session, keys: KeyFile, wave_id: int, now: datetime
) -> list[tuple[str, str]]:
    """Who of a draft's list has an address that the letters of an earlier wave did not reach: name
    and address, by name. Known from bounces, also when the earlier wave's letters are gone, and
    from what relays refused, while they are there."""
    connection = session.connection()
    prints = set(
        connection.execute(
            select(col(DeadAddress.key)).where(col(DeadAddress.at) > now - KEPT)
        ).scalars()
    )
    refused = set(
        connection.execute(
            select(col(Respondent.email_key))
            .join(Ballot, col(Ballot.respondent_id) == col(Respondent.id))
            .join(letter, letter.c.ballot_number == col(Ballot.number))
            .join(Wave, col(Wave.id) == col(Respondent.wave_id))
            .where(
                col(Respondent.wave_id) != wave_id,
                col(Wave.rehearsal).is_(False),
                letter.c.kind == "invitation",
                letter.c.state == "failed",
            )
            .distinct()
        ).scalars()
    )
    if not prints and not refused:
        return []
    rows = connection.execute(
        select(col(Respondent.name), col(Respondent.email), col(Respondent.email_key))
        .where(
            col(Respondent.wave_id) == wave_id,
            col(Respondent.removed_at).is_(None),
            col(Respondent.email) != "",
        )
        .order_by(col(Respondent.name_order), col(Respondent.id))
    )
    secret = print_key(keys)
    return [
        (name, email)
        for name, email, folded in rows
        if folded in refused or (prints and print_of(secret, folded) in prints)
    ]
