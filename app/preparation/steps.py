"""What has been done before a launch: kept per wave, each for the state of things it holds for."""

import hashlib
import json

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.preparation.coverage import Asked
from app.store.models import Respondent
from app.store.officemodels import Preparation


def of(session: Session, wave_id: int) -> Preparation:
    """The row of a wave; an empty one, not stored, when there is none yet."""
    return session.get(Preparation, wave_id) or Preparation(wave_id=wave_id)


def keep(session: Session, row: Preparation) -> None:
    session.add(row)
    session.flush()


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


def print_of_people(session: Session, wave_id: int) -> str:
    """One digest of everybody on the roster of a draft, and of what decides over their ballots."""
    rows = session.connection().execute(
        select(
            col(Respondent.id),
            col(Respondent.name),
            col(Respondent.email),
            col(Respondent.group),
            col(Respondent.agency),
            col(Respondent.assigned),
        )
        .where(col(Respondent.wave_id) == wave_id, col(Respondent.removed_at).is_(None))
        .order_by(col(Respondent.id))
    )
    said = json.dumps([list(row) for row in rows])
    return hashlib.sha256(said.encode()).hexdigest()


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
