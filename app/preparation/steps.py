"""What has been done before a launch: kept per wave, each for the state of things it holds for."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlmodel import Session, col

from app.index.definition import Index
from app.index.names import units as units_of
from app.language import _, number
from app.preparation.checks import Asked
from app.roster import badrows
from app.roster.badrows import BadRows
from app.roster.people import by_agency
from app.store.models import Respondent, Wave
from app.store.officemodels import KeptBadRows, Preparation
from app.text.cleaning import clean
from app.waves.wave import WaveRefused, hold_draft, id_of

SAME, OTHER = "la", "khac"


@dataclass(frozen=True)
class NearAgency:
    """The name of an agency that nearly is a unit's; `choice` is "" until somebody has settled it:
    SAME (the unit) or OTHER."""

    text: str
    unit: str
    people: int
    choice: str = ""


def of(session: Session, wave_id: int) -> Preparation:
    """The row of a wave; an empty one, not stored, when there is none yet."""
    return session.get(Preparation, wave_id) or Preparation(wave_id=wave_id)


def keep(session: Session, row: Preparation) -> None:
    session.add(row)
    session.flush()


def roster_changed(
    session: Session, wave: Wave, index: Index, file: str, now: datetime
) -> list[NearAgency]:
    """Note a new roster; gives agencies that nearly are a unit and are not settled.

    What was settled about a name holds for whoever comes with that name later.
    """
    names = units_of(index)
    row = of(session, id_of(wave))
    settled = {(each.text, each.unit): each.choice for each in agencies(row)}
    counts: dict[str, int] = {}
    for text, _unit, number_ in by_agency(session, id_of(wave)):
        counts[text] = counts.get(text, 0) + number_
    near = []
    for text, number_ in counts.items():
        unit = None if names.find(clean(text)) else names.resembling(text)
        if unit is not None:
            choice = settled.get((text, unit), "")
            if choice and _idle(session, wave, index, text, unit if choice == SAME else None):
                choice = ""
            _settle(session, wave, text, unit, choice)
            near.append(NearAgency(text, unit, number_, choice))
    row.roster_at, row.roster_file = now, file
    _keep_agencies(session, row, near)
    return near_agencies(row)


def _keep_agencies(session: Session, row: Preparation, near: list[NearAgency]) -> None:
    lines = [(each.text, each.unit, each.people, each.choice) for each in near]
    row.agencies = json.dumps(lines, ensure_ascii=False)
    keep(session, row)


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


def agencies(row: Preparation) -> list[NearAgency]:
    """The near matches that were found, settled or not; none where this program wrote none."""
    try:
        return [NearAgency(*line) for line in json.loads(row.agencies)]
    except (ValueError, TypeError, RecursionError):
        return []


def near_agencies(row: Preparation) -> list[NearAgency]:
    """The near matches that nobody has settled yet."""
    return [each for each in agencies(row) if not each.choice]


def settle_agencies(
    session: Session, wave: Wave, index: Index, choices: Mapping[str, str], now: datetime
) -> None:
    """Take the agencies chosen as SAME for the units they resemble, the OTHER ones for strangers.

    Raises WaveRefused when a choice would leave somebody nothing to rate.
    """
    hold_draft(session, wave)
    row = of(session, id_of(wave))
    found = []
    for each in agencies(row):
        choice = choices.get(each.text, each.choice)
        if choice != each.choice:
            idle = _idle(session, wave, index, each.text, each.unit if choice == SAME else None)
            if idle:
                words = _(
                    "{number} người ghi cơ quan “{agency}” sẽ không còn đơn vị nào để đánh giá nếu"
                    " chọn như vậy. Sửa nhóm hoặc đơn vị đánh giá của những người ấy trước."
                )
                raise WaveRefused(words.format(number=number(idle), agency=each.text))
            _settle(session, wave, each.text, each.unit, choice)
        found.append(NearAgency(each.text, each.unit, each.people, choice))
    row.roster_at = now
    _keep_agencies(session, row, found)


def _settle(session: Session, wave: Wave, text: str, unit: str, choice: str) -> None:
    session.connection().execute(
        update(Respondent)
        .where(col(Respondent.wave_id) == wave.id, col(Respondent.agency_text) == text)
        .values(agency=unit if choice == SAME else None)
    )


def _idle(session: Session, wave: Wave, index: Index, text: str, agency: str | None) -> int:
    """How many people of an agency would have nothing to rate if it were this unit."""
    rows = session.connection().execute(
        select(col(Respondent.group), col(Respondent.assigned), func.count())
        .where(
            col(Respondent.wave_id) == wave.id,
            col(Respondent.agency_text) == text,
            col(Respondent.removed_at).is_(None),
        )
        .group_by(col(Respondent.group), col(Respondent.assigned))
    )
    return sum(
        count
        for group, assigned, count in rows
        if not index.asked(group, index.rated_units(group, agency, tuple(assigned.split())))
    )


def keep_bad_rows(session: Session, wave: Wave, bad: BadRows, taken: int = 0) -> None:
    """Keep the refused rows of a file, instead of those of the file before."""
    session.connection().execute(delete(KeptBadRows).where(_bad_rows_of(id_of(wave))))
    if bad.rows:
        kept = KeptBadRows(
            wave_id=id_of(wave),
            file=bad.file,
            rows=len(bad.rows),
            taken=taken,
            packed=badrows.pack(bad),
        )
        session.add(kept)
        session.flush()


def bad_rows(session: Session, wave_id: int) -> BadRows | None:
    """The refused rows of the last file, None when there are none."""
    query = select(col(KeptBadRows.packed)).where(_bad_rows_of(wave_id))
    packed = session.connection().execute(query).scalar()
    return None if packed is None else badrows.unpack(packed)


def bad_rows_note(session: Session, wave_id: int) -> tuple[str, int, int] | None:
    """(file, bad rows, people taken all the same) of the last file, None when none are bad."""
    query = select(col(KeptBadRows.file), col(KeptBadRows.rows), col(KeptBadRows.taken))
    row = session.connection().execute(query.where(_bad_rows_of(wave_id))).first()
    return None if row is None else cast(tuple[str, int, int], tuple(row))


def _bad_rows_of(wave_id: int) -> ColumnElement[bool]:
    return col(KeptBadRows.wave_id) == wave_id
