"""The people of a wave's roster: one of them, all, how many of what."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from app.index.definition import Index
from app.store.models import Respondent, Wave


def of_wave(wave_id: int, removed: bool = False) -> tuple[ColumnElement[bool], ...]:
    """Who is on the roster of a wave, or with `removed` was taken off it."""
    there = (
        col(Respondent.removed_at).is_not(None) if removed else col(Respondent.removed_at).is_(None)
    )
    return (col(Respondent.wave_id) == wave_id, there)


def by_group(session: Session, wave_id: int) -> dict[str, int]:
    """How many people each group has."""
    rows = session.connection().execute(
        select(col(Respondent.group), func.count())
        .where(*of_wave(wave_id))
        .group_by(col(Respondent.group))
    )
    return {row[0]: row[1] for row in rows}


def by_agency(session: Session, wave_id: int) -> list[tuple[str, str | None, int]]:
    """(agency as written, unit it is, people), the largest first, then by name."""
    rows = session.connection().execute(
        select(col(Respondent.agency_text), col(Respondent.agency), func.count().label("people"))
        .where(*of_wave(wave_id), col(Respondent.erased_at).is_(None))
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
        .where(*of_wave(wave_id), col(Respondent.agency_text).in_(agencies))
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


def named(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """(name, address) of some people, by their number."""
    query = select(col(Respondent.id), col(Respondent.name), col(Respondent.email))
    rows = session.connection().execute(query.where(col(Respondent.id).in_(ids))) if ids else ()
    return {cast(int, id_): (name, email) for id_, name, email in rows}


def elsewhere(session: Session, wave_id: int) -> list[tuple[str, int]]:
    """(code, people) of the other waves that have a roster, the newest first; no rehearsals."""
    rows = session.connection().execute(
        select(col(Wave.code), func.count())
        .join(Respondent, col(Respondent.wave_id) == col(Wave.id))
        .where(
            col(Wave.id) != wave_id,
            col(Wave.rehearsal).is_(False),
            col(Respondent.removed_at).is_(None),
            col(Respondent.erased_at).is_(None),
        )
        .group_by(col(Wave.id), col(Wave.code))
        .order_by(col(Wave.id).desc())
    )
    return [(code, number) for code, number in rows]


def count(session: Session, wave_id: int, removed: bool = False) -> int:
    """How many people are on the roster, or were taken off."""
    query = select(func.count()).where(*of_wave(wave_id, removed))
    return session.connection().execute(query).scalar_one()


def erased(session: Session, wave_id: int) -> int:
    """Of how many people of a wave nothing is known any more: erased by date, or on request."""
    query = select(func.count()).where(
        col(Respondent.wave_id) == wave_id, col(Respondent.erased_at).is_not(None)
    )
    return session.connection().execute(query).scalar_one()


def everyone(session: Session, wave_id: int) -> list[Respondent]:
    """The whole roster, in its order, but for who was erased."""
    return list(
        session.scalars(
            select(Respondent)
            .where(*of_wave(wave_id), col(Respondent.erased_at).is_(None))
            .order_by(col(Respondent.id))
        ).all()
    )


def find(session: Session, wave_id: int, id_: int, hold: bool = False) -> Respondent | None:
    """One person of the wave, on the roster or taken off; with `hold` nobody else changes it."""
    query = select(Respondent).where(col(Respondent.wave_id) == wave_id, col(Respondent.id) == id_)
    return session.scalars(query.with_for_update() if hold else query).first()
