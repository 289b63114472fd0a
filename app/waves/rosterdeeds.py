"""What two people do about one person of a roster, and how long a proposal knows whom it is about.

A proposal to add somebody holds all about them while it waits: three days at most. Once it is done,
taken back or too old, names and addresses are emptied out of its row.
"""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlmodel import col

from app.roster.file import Person
from app.store.db import Database
from app.store.officemodels import Proposal
from app.waves.deeds import READDRESS, Deed
from app.waves.proposals import Waiting

EMPTY = "{}"


def add(person: Person) -> Deed:
    """To put this very person on the roster."""
    return Deed("add", {**asdict(person), "assigned": list(person.assigned)})


def person_of(asked: Waiting) -> Person:
    """Whom a proposal would put on the roster."""
    return Person(**{**asked.arguments, "assigned": tuple(asked.arguments["assigned"])})


def remove(respondent_id: int) -> Deed:
    """To take somebody off the roster."""
    return Deed("remove", {"respondent": respondent_id})


def restore(respondent_id: int) -> Deed:
    """To bring somebody back who was taken off."""
    return Deed("restore", {"respondent": respondent_id})


def forget_over(db: Database) -> None:
    """Empty the proposals that are over; nobody waits for a lock when there are none."""
    with db.reading() as session:
        query = select(col(Proposal.id)).where(*_over(db.now(session))).limit(1)
        if session.connection().execute(query).first() is None:
            return
    with db.transaction() as session:
        emptied = update(Proposal).where(*_over(db.now(session))).values(arguments=EMPTY)
        session.connection().execute(emptied)


def _over(now: datetime) -> tuple[ColumnElement[bool], ...]:
    ended = (col(Proposal.done_at).is_not(None), col(Proposal.withdrawn_at).is_not(None))
    named = (col(Proposal.action).in_(["add", *READDRESS]), col(Proposal.arguments) != EMPTY)
    return (*named, or_(*ended, col(Proposal.expires_at) <= now))
