"""Names of agencies that nearly are a unit's: found in a roster, and settled by the officer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from app.index.definition import Index
from app.index.names import units as units_of
from app.language import _, number
from app.preparation.steps import keep, of
from app.roster.people import by_agency
from app.store.models import Respondent, Wave
from app.store.officemodels import Preparation
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


def roster_changed(
    session: Session, wave: Wave, index: Index, file: str, now: datetime
) -> list[NearAgency]:
    """Note a new roster; gives agencies that nearly are a unit and are not settled.

    What was settled about a name holds for whoever comes with that name later.
    """
    names = units_of(index)
    row = of(session, id_of(wave))
    settled = {(each.text, each.unit): each.choice for each in found(row)}
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
    return open_ones(row)


def _keep_agencies(session: Session, row: Preparation, near: list[NearAgency]) -> None:
    lines = [(each.text, each.unit, each.people, each.choice) for each in near]
    row.agencies = json.dumps(lines, ensure_ascii=False)
    keep(session, row)


def found(row: Preparation) -> list[NearAgency]:
    """The near matches that were found, settled or not; none where this program wrote none."""
    try:
        return [NearAgency(*line) for line in json.loads(row.agencies)]
    except (ValueError, TypeError, RecursionError):
        return []


def open_ones(row: Preparation) -> list[NearAgency]:
    """The near matches that nobody has settled yet."""
    return [each for each in found(row) if not each.choice]


def settle(
    session: Session, wave: Wave, index: Index, choices: Mapping[str, str], now: datetime
) -> None:
    """Take the agencies chosen as SAME for the units they resemble, the OTHER ones for strangers.

    Raises WaveRefused when a choice would leave somebody nothing to rate.
    """
    hold_draft(session, wave)
    row = of(session, id_of(wave))
    after = []
    for each in found(row):
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
        after.append(NearAgency(each.text, each.unit, each.people, choice))
    row.roster_at = now
    _keep_agencies(session, row, after)


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
