"""How the letters of a wave stand: sent, waiting, failed, and to whom."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from app.bonds import keptsums
from app.letters.queue import held, letter, lost, to_send
from app.store.models import Ballot, Letter, Respondent

# Counts that outlive the letters themselves.
KEPT = ("sent", "failed", "withdrawn")
SENT, WAITING, FAILED = "sent", "waiting", "failed"
_STATES = {SENT: letter.c.state == "sent", WAITING: or_(to_send, held), FAILED: lost}


def progress(session: Session, wave_id: int) -> dict[str, int]:
    """The ballots `issued`, and of each how its invitation stands: `sent`, `waiting`, `deferred`,
    `failed`, or `withdrawn` with the person. These five make up all."""
    connection = session.connection()
    issued = connection.execute(
        select(func.count()).where(col(Ballot.wave_id) == wave_id)
    ).scalar_one()
    queued = letter.c.state.in_(["queued", "claimed"])
    sent, waiting, put_off, failures = connection.execute(
        select(
            func.count().filter(letter.c.state == "sent"),
            func.count().filter(queued),
            func.count().filter(to_send, ~queued),
            func.count().filter(lost),
        ).where(letter.c.wave_id == wave_id, letter.c.kind == "invitation")
    ).one()
    before = kept(session, wave_id)
    sent, failures = sent + before.get("sent", 0), failures + before.get("failed", 0)
    return {
        "issued": issued,
        "sent": sent,
        "waiting": waiting,
        "deferred": put_off,
        "failed": failures,
        "withdrawn": issued - sent - waiting - put_off - failures,
    }


def kept(session: Session, wave_id: int) -> dict[str, int]:
    """How invitations stood whose letters are erased by their date; nothing before."""
    found: dict[str, int] = {}
    for sums in keptsums.of(session, wave_id, keptsums.LETTERS):
        for name in KEPT:
            found[name] = found.get(name, 0) + int(sums.get(name, 0))
    return found


def invited(wave_id: int, state: str) -> list[ColumnElement[bool]]:
    """Of a person: their invitation is SENT, WAITING or FAILED; with "" nothing is asked. It does
    not depend on whether the ballot was cast."""
    if not state:
        return []
    query = (
        select(col(Ballot.respondent_id))
        .join(letter, letter.c.ballot_number == col(Ballot.number))
        .where(letter.c.wave_id == wave_id, letter.c.kind == "invitation", _STATES[state])
    )
    return [col(Respondent.id).in_(query)]


@dataclass(frozen=True)
class Failed:
    """Somebody whose invitation did not get through."""

    id: int
    name: str
    email: str
    error: str
    group: str
    agency: str | None
    agency_text: str


def failed(session: Session, wave_id: int) -> list[Failed]:
    """Who has not got an invitation, by name; people taken off the roster are not named."""
    return people(session, _of_people_lost(wave_id))


def people(session: Session, which: tuple[ColumnElement[bool], ...], *first: Any) -> list[Failed]:
    """Whose letters those are, with what went wrong: in the order of `first`, then by name."""
    rows = session.connection().execute(
        select(
            col(Respondent.id),
            col(Respondent.name),
            col(Respondent.email),
            func.coalesce(letter.c.error, ""),
            col(Respondent.group),
            col(Respondent.agency),
            col(Respondent.agency_text),
        )
        .select_from(letter)
        .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(*which)
        .order_by(*first, col(Respondent.name_order), col(Respondent.id))
    )
    return [Failed(*cast(Any, row)) for row in rows]


def _of_people_lost(wave_id: int) -> tuple[ColumnElement[bool], ...]:
    """Invitations of a wave that did not get through, to people on the roster."""
    return (
        letter.c.wave_id == wave_id,
        letter.c.kind == "invitation",
        lost,
        col(Respondent.removed_at).is_(None),
        col(Respondent.erased_at).is_(None),
    )


def failed_letters(session: Session, wave_id: int) -> set[int]:
    """The numbers of the invitations that did not get through, to people on the roster."""
    rows = session.connection().execute(
        select(letter.c.id)
        .join(Ballot, col(Ballot.number) == letter.c.ballot_number)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(*_of_people_lost(wave_id))
    )
    return set(rows.scalars())


def invitation_of(session: Session, respondent_id: int) -> tuple[str, str]:
    """The state of a person's invitation once a wave is launched: waiting, sent, returned or failed
    (and why), dropped, erased (by its date), none (no ballot either, which sending again mends)."""
    connection = session.connection()
    own = col(Ballot.respondent_id) == respondent_id
    if connection.execute(select(col(Ballot.number)).where(own)).first() is None:
        return "none", ""
    row = connection.execute(
        select(col(Letter.state), col(Letter.error), col(Letter.returned))
        .join(Ballot, col(Ballot.number) == col(Letter.ballot_number))
        .where(own, col(Letter.kind) == "invitation", col(Letter.state) != "replaced")
        .order_by(col(Letter.round).desc())
        .limit(1)
    ).first()
    if row is None and kept(session, _wave_of(session, respondent_id)):
        return "erased", ""
    if row is None:
        # Cancelling the wave, or taking the person off, forgets an invitation still to go. Casting
        # does not.
        return "dropped", ""
    if row.state == "sent":
        return ("returned", row.error or "") if row.returned else ("sent", "")
    if row.state in ("failed", "uncertain"):
        return "failed", row.error or ""
    return "waiting", ""


def _wave_of(session: Session, respondent_id: int) -> int:
    query = select(col(Respondent.wave_id)).where(col(Respondent.id) == respondent_id)
    return session.connection().execute(query).scalar_one()
