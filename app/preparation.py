"""What has been done before a launch: kept per wave, each for the state of things it holds for."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from app.checks import Asked
from app.models import Respondent, Wave
from app.names import Names
from app.officemodels import Preparation
from app.people import by_agency
from app.waves import id_of, must_be_draft


def of(session: Session, wave_id: int) -> Preparation:
    """The row of a wave; an empty one, not stored, when there is none yet."""
    return session.get(Preparation, wave_id) or Preparation(wave_id=wave_id)


def keep(session: Session, row: Preparation) -> None:
    session.add(row)
    session.flush()


def roster_changed(
    session: Session, wave: Wave, units: dict[str, str], file: str, now: datetime
) -> list[tuple[str, str, int]]:
    """Note a new roster; gives agencies that nearly are a unit: (text, unit, people).

    `units` are the names of the units by code.
    """
    names = Names(units)
    near = []
    for text, unit, number in by_agency(session, id_of(wave)):
        found = names.resembling(text) if unit is None else None
        if found is not None:
            near.append((text, found, number))
    row = of(session, id_of(wave))
    row.roster_at, row.roster_file = now, file
    row.agencies = json.dumps(near, ensure_ascii=False)
    row.agencies_seen_at = None if near else now
    keep(session, row)
    return near


def people(session: Session, wave_id: int) -> dict[Asked, int]:
    """How many people are asked the same, by (group, own agency, units assigned)."""
    rows = session.connection().execute(
        select(
            col(Respondent.group), col(Respondent.agency), col(Respondent.assigned), func.count()
        )
        .where(col(Respondent.wave_id) == wave_id, col(Respondent.removed_at).is_(None))
        .group_by(col(Respondent.group), col(Respondent.agency), col(Respondent.assigned))
    )
    return {(group, agency, tuple(units.split())): count for group, agency, units, count in rows}


def outside(session: Session, wave_id: int) -> int:
    """How many addresses are of no office of the state."""
    return (
        session.connection()
        .execute(
            select(func.count()).where(
                col(Respondent.wave_id) == wave_id,
                col(Respondent.removed_at).is_(None),
                ~col(Respondent.email_key).endswith(".gov.vn"),
            )
        )
        .scalar_one()
    )


def near_agencies(row: Preparation) -> list[tuple[str, str, int]]:
    """The near matches that were found, looked at or not."""
    return [(text, unit, number) for text, unit, number in json.loads(row.agencies)]


def settle_agencies(session: Session, wave: Wave, same: Sequence[str], now: datetime) -> None:
    """Take the agencies written as `same` for the units they resemble; the others are outside."""
    must_be_draft(wave)
    row = of(session, id_of(wave))
    for text, unit, _number in near_agencies(row):
        if text in same:
            session.connection().execute(
                update(Respondent)
                .where(
                    col(Respondent.wave_id) == wave.id,
                    col(Respondent.agency_text) == text,
                    col(Respondent.agency).is_(None),
                )
                .values(agency=unit)
            )
    row.agencies, row.agencies_seen_at = "[]", now
    keep(session, row)
