"""The people of a wave's roster: a page of them, how many of what, one of them as a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from app import roster
from app.cleaning import folded
from app.index import Index
from app.models import Respondent
from app.roster import Person

PAGE = 50
FIELDS = (
    roster.NAME,
    roster.EMAIL,
    roster.GROUP,
    roster.AGENCY,
    roster.ASSIGNED,
    roster.POSITION,
    roster.PHONE,
)
ORDERS = {
    "ten": (col(Respondent.name), col(Respondent.id)),
    "nhom": (col(Respondent.group), col(Respondent.name), col(Respondent.id)),
    "co-quan": (col(Respondent.agency_text), col(Respondent.name), col(Respondent.id)),
    "": (col(Respondent.id),),
}


@dataclass(frozen=True)
class Listed:
    """One person as the list shows it."""

    id: int
    name: str
    email: str
    group: str
    agency_text: str


def listing(
    session: Session,
    wave_id: int,
    search: str = "",
    group: str = "",
    order: str = "",
    page: int = 1,
) -> tuple[list[Listed], int]:
    """One page of the people who are on the roster, and how many fit."""
    wanted = [*_on_roster(wave_id)]
    wanted += [col(Respondent.search).contains(word) for word in folded(search).split()[:6]]
    if group:
        wanted.append(col(Respondent.group) == group)
    total = session.connection().execute(select(func.count()).where(*wanted)).scalar_one()
    rows = session.connection().execute(
        select(
            col(Respondent.id),
            col(Respondent.name),
            col(Respondent.email),
            col(Respondent.group),
            col(Respondent.agency_text),
        )
        .where(*wanted)
        .order_by(*ORDERS.get(order, ORDERS[""]))
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Listed(*cast(tuple[int, str, str, str, str], tuple(row))) for row in rows], total


def _on_roster(wave_id: int) -> tuple[ColumnElement[bool], ...]:
    return (col(Respondent.wave_id) == wave_id, col(Respondent.removed_at).is_(None))


def by_group(session: Session, wave_id: int) -> dict[str, int]:
    """How many people each group has."""
    rows = session.connection().execute(
        select(col(Respondent.group), func.count())
        .where(*_on_roster(wave_id))
        .group_by(col(Respondent.group))
    )
    return {row[0]: row[1] for row in rows}


def by_agency(session: Session, wave_id: int) -> list[tuple[str, str | None, int]]:
    """(agency as written, unit it is, people), the largest first."""
    rows = session.connection().execute(
        select(col(Respondent.agency_text), col(Respondent.agency), func.count().label("people"))
        .where(*_on_roster(wave_id))
        .group_by(col(Respondent.agency_text), col(Respondent.agency))
        .order_by(func.count().desc(), col(Respondent.agency_text))
    )
    return [(text, unit, number) for text, unit, number in rows]


def everyone(session: Session, wave_id: int) -> list[Respondent]:
    """The whole roster, in its order."""
    return list(
        session.scalars(
            select(Respondent).where(*_on_roster(wave_id)).order_by(col(Respondent.id))
        ).all()
    )


def get(session: Session, wave_id: int, id_: int) -> Respondent | None:
    """One person who is on the roster."""
    return session.scalars(
        select(Respondent).where(*_on_roster(wave_id), col(Respondent.id) == id_)
    ).first()


def person_of(index: Index, typed: Mapping[str, str]) -> Person:
    """What was typed about one person, read as a row of a roster file. Raises TableFault."""
    rows = [list(FIELDS), [typed.get(field, "") for field in FIELDS]]
    return roster.read(index, rows).people[0]


def fields_of(person: Respondent) -> dict[str, str]:
    """A person as a row of a roster file."""
    return {
        roster.NAME: person.name,
        roster.EMAIL: person.email,
        roster.GROUP: person.group,
        roster.AGENCY: person.agency or person.agency_text,
        roster.ASSIGNED: ";".join(person.assigned.split()),
        roster.POSITION: person.position,
        roster.PHONE: person.phone,
    }
