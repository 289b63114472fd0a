"""The people of a wave's roster: a page of them, how many of what, one of them as a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlmodel import Session, col

from app.index.definition import Index
from app.index.names import units as units_of
from app.roster import file as rosterfile
from app.roster.file import Person
from app.store.models import Respondent, Wave
from app.text.cleaning import folded
from app.text.order import name_key

PAGE = 50
FIELDS = (
    rosterfile.NAME,
    rosterfile.EMAIL,
    rosterfile.GROUP,
    rosterfile.AGENCY,
    rosterfile.ASSIGNED,
    rosterfile.POSITION,
    rosterfile.PHONE,
)
# What a list can be sorted by; with "-" before it the other way round.
ORDERS = ("ten", "nhom", "co-quan")


@dataclass(frozen=True)
class Listed:
    """One person as the list shows it."""

    id: int
    name: str
    email: str
    group: str
    agency: str | None
    agency_text: str


_LISTED = (
    col(Respondent.id),
    col(Respondent.name),
    col(Respondent.email),
    col(Respondent.group),
    col(Respondent.agency),
    col(Respondent.agency_text),
)


_LAST_REMOVED = (col(Respondent.removed_at).desc(), col(Respondent.id).desc())


def listing(
    session: Session,
    wave_id: int,
    search: str = "",
    group: str = "",
    order: str = "",
    page: int = 1,
    index: Index | None = None,
    removed: bool = False,
) -> tuple[list[Listed], int]:
    """One page of the people who are on the roster, and how many fit.

    With `index` units are found and sorted by their names. A page beyond the last is the last.
    With `removed` those who were taken off, the last one first.
    """
    wanted = [*_of(wave_id, removed), *_found(search, index)]
    if group:
        wanted.append(col(Respondent.group) == group)
    total = session.connection().execute(select(func.count()).where(*wanted)).scalar_one()
    rows = session.connection().execute(
        select(*_LISTED)
        .where(*wanted)
        .order_by(*(_LAST_REMOVED if removed else _sorted(order, index)))
        .limit(PAGE)
        .offset((min(page, pages(total)) - 1) * PAGE)
    )
    return [Listed(*cast(Any, row)) for row in rows], total


def pages(total: int) -> int:
    """How many pages a list has; an empty one has one."""
    return max(1, -(-total // PAGE))


def _found(search: str, index: Index | None) -> list[ColumnElement[bool]]:
    """Every word stands in the name, the address or the agency; after a minus, in no address."""
    units = {
        unit.code: f"{folded(unit.code)} {folded(unit.name)}"
        for unit in (index.units if index else ())
    }
    words = search.split()
    without = [word[1:].casefold() for word in words if word.startswith("-") and len(word) > 1]
    address = col(Respondent.email_key)
    wanted: list[ColumnElement[bool]] = [
        # "-.gov.vn": of no office, also where that stands in the middle.
        ~address.endswith(word, autoescape=True)
        if word[0] in ".@"
        else ~address.contains(word, autoescape=True)
        for word in without[:6]
    ]
    kept = " ".join(word for word in words if not word.startswith("-"))
    for word in folded(kept).split()[:6]:
        named = [code for code, text in units.items() if word in text]
        here = col(Respondent.search).contains(word)
        wanted.append(or_(here, col(Respondent.agency).in_(named)) if named else here)
    return wanted


def _sorted(order: str, index: Index | None) -> list[Any]:
    by_name, last = col(Respondent.name_order), col(Respondent.id)
    first: list[Any] = []
    match order.removeprefix("-"):
        case "ten":
            first = [by_name]
        case "nhom":
            places = {g.code: place for place, g in enumerate(index.groups)} if index else {}
            group = col(Respondent.group)
            first = [case(places, value=group) if places else group]
        case "co-quan":
            units = {unit.code: name_key(unit.name) for unit in index.units} if index else {}
            text = col(Respondent.agency_order)
            first = [case(units, value=col(Respondent.agency), else_=text) if units else text]
        case _:
            return [last]
    if order.startswith("-"):
        first = [each.desc() for each in first]
    return [*first, by_name, last]


def _of(wave_id: int, removed: bool = False) -> tuple[ColumnElement[bool], ...]:
    there = (
        col(Respondent.removed_at).is_not(None) if removed else col(Respondent.removed_at).is_(None)
    )
    return (col(Respondent.wave_id) == wave_id, there)


def by_group(session: Session, wave_id: int) -> dict[str, int]:
    """How many people each group has."""
    rows = session.connection().execute(
        select(col(Respondent.group), func.count())
        .where(*_of(wave_id))
        .group_by(col(Respondent.group))
    )
    return {row[0]: row[1] for row in rows}


def by_agency(session: Session, wave_id: int) -> list[tuple[str, str | None, int]]:
    """(agency as written, unit it is, people), the largest first, then by name."""
    rows = session.connection().execute(
        select(col(Respondent.agency_text), col(Respondent.agency), func.count().label("people"))
        .where(*_of(wave_id))
        .group_by(col(Respondent.agency_text), col(Respondent.agency))
        .order_by(
            func.count().desc(),
            func.min(col(Respondent.agency_order)),
            func.min(col(Respondent.id)),
        )
    )
    return [(text, unit, number) for text, unit, number in rows]


def agencies(
    index: Index, found: Sequence[tuple[str, str | None, int]]
) -> list[tuple[str, bool, int]]:
    """(name, whether it is a rated unit, people) by `by_agency`; a unit is one, however written."""
    counts: dict[tuple[str, bool], int] = {}
    for text, unit, number in found:
        key = (agency_name(index, unit, text), unit in index.unit_of)
        counts[key] = counts.get(key, 0) + number
    return [(name, rated, number) for (name, rated), number in counts.items()]


def agency_name(index: Index, unit: str | None, text: str) -> str:
    """The agency as people read it: a unit's name, or what the file says."""
    return index.unit_of[unit].name if unit in index.unit_of else text


def first_names(
    session: Session, wave_id: int, agencies: Sequence[str], most: int = 3
) -> dict[str, list[str]]:
    """The first few people of each agency as it is written."""
    place = func.row_number().over(
        partition_by=col(Respondent.agency_text), order_by=col(Respondent.id)
    )
    known = (
        select(col(Respondent.agency_text), col(Respondent.name), place.label("place"))
        .where(*_of(wave_id), col(Respondent.agency_text).in_(agencies))
        .subquery()
    )
    rows = session.connection().execute(
        select(known.c.agency_text, known.c.name)
        .where(known.c.place <= most)
        .order_by(known.c.agency_text, known.c.place)
    )
    found: dict[str, list[str]] = {}
    for agency, name in rows:
        found.setdefault(agency, []).append(name)
    return found


def elsewhere(session: Session, wave_id: int) -> list[tuple[str, int]]:
    """(code, people) of the other waves that have a roster, the newest first; no rehearsals."""
    rows = session.connection().execute(
        select(col(Wave.code), func.count())
        .join(Respondent, col(Respondent.wave_id) == col(Wave.id))
        .where(
            col(Wave.id) != wave_id,
            col(Wave.rehearsal).is_(False),
            col(Respondent.removed_at).is_(None),
        )
        .group_by(col(Wave.id), col(Wave.code))
        .order_by(col(Wave.id).desc())
    )
    return [(code, number) for code, number in rows]


def count(session: Session, wave_id: int, removed: bool = False) -> int:
    """How many people are on the roster, or were taken off."""
    query = select(func.count()).where(*_of(wave_id, removed))
    return session.connection().execute(query).scalar_one()


def everyone(session: Session, wave_id: int) -> list[Respondent]:
    """The whole roster, in its order."""
    return list(
        session.scalars(select(Respondent).where(*_of(wave_id)).order_by(col(Respondent.id))).all()
    )


def find(session: Session, wave_id: int, id_: int, hold: bool = False) -> Respondent | None:
    """One person of the wave, on the roster or taken off; with `hold` nobody else changes it."""
    query = select(Respondent).where(col(Respondent.wave_id) == wave_id, col(Respondent.id) == id_)
    return session.scalars(query.with_for_update() if hold else query).first()


def person_of(index: Index, typed: Mapping[str, str]) -> Person:
    """What was typed about one person, read as a row of a roster file. Raises TableFault."""
    rows = [list(FIELDS), [typed.get(field, "") for field in FIELDS]]
    return rosterfile.read(index, rows).people[0]


def fields_of(person: Respondent) -> dict[str, str]:
    """A person as a row of a roster file."""
    return {
        rosterfile.NAME: person.name,
        rosterfile.EMAIL: person.email,
        rosterfile.GROUP: person.group,
        rosterfile.AGENCY: person.agency or person.agency_text,
        rosterfile.ASSIGNED: ";".join(person.assigned.split()),
        rosterfile.POSITION: person.position,
        rosterfile.PHONE: person.phone,
    }


def rows_of(index: Index, people: Sequence[Respondent]) -> list[list[str]]:
    """People as rows of a roster file to read: with the name of a unit where it tells which."""
    units = units_of(index)
    names = {code: name for code, name in units.name_of.items() if units.find(name) == (code,)}
    return [
        list(
            {
                **fields,
                rosterfile.AGENCY: names.get(person.agency or "", fields[rosterfile.AGENCY]),
            }.values()
        )
        for person in people
        for fields in (fields_of(person),)
    ]


def readable(index: Index, person: Respondent) -> dict[str, str]:
    """`fields_of`, with the name of a unit where it tells which."""
    return dict(zip(FIELDS, rows_of(index, [person])[0], strict=True))
