"""Names of agencies that are no unit's: those that nearly are one are settled by the officer, the
others looked at once, since their people rate every unit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from app.index.definition import Index
from app.index.names import units as units_of
from app.language import _, number
from app.preparation import tidying
from app.preparation.steps import keep, of
from app.roster.people import by_agency
from app.store.models import Respondent, Wave
from app.store.officemodels import Preparation
from app.text.cleaning import clean
from app.waves.wave import WaveRefused, hold_draft, id_of

SAME, OTHER = "la", "khac"


@dataclass(frozen=True)
class NearAgency:
    """The name of an agency that is no unit's; `unit` is the one it nearly is, or somebody said it
    is, "" for none. `choice` is "" until somebody has settled it: SAME (the unit) or OTHER."""

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
    settled = {each.text: each for each in _lines(row)}
    counts: dict[str, int] = {}
    for text, _unit, number_ in by_agency(session, id_of(wave)):
        counts[text] = counts.get(text, 0) + number_
    near = []
    for text, number_ in counts.items():
        if names.find(clean(text)):
            continue
        before = settled.get(text, NearAgency(text, "", 0))
        unit = names.resembling(text) or ""
        if before.choice == SAME and before.unit in index.unit_of:
            unit = before.unit  # somebody has said so
        choice = before.choice if before.unit == unit else ""
        if unit and choice and _idle(session, wave, index, text, unit if choice == SAME else None):
            choice = ""
        if unit:
            _settle(session, wave, text, unit, choice)
        near.append(NearAgency(text, unit, number_, choice))
    row.roster_at, row.roster_file = now, file
    tidying.note(session, row)
    _keep_agencies(session, row, near)
    return open_ones(row)


def _keep_agencies(session: Session, row: Preparation, near: list[NearAgency]) -> None:
    lines = [(each.text, each.unit, each.people, each.choice) for each in near]
    row.agencies = json.dumps(lines, ensure_ascii=False)
    keep(session, row)


def found(row: Preparation) -> list[NearAgency]:
    """The near matches that were found, settled or not."""
    return [each for each in _lines(row) if each.unit]


def strangers(row: Preparation) -> list[NearAgency]:
    """The agencies whose people rate every unit, those with most people first: what is nearly no
    unit, and what was said to be another."""
    found = (each for each in _lines(row) if not each.unit or each.choice == OTHER)
    return sorted(found, key=lambda each: -each.people)


def unseen(row: Preparation, index: Index) -> list[NearAgency]:
    """The agencies whose people rate every unit, and of which nobody has said yet that they are no
    unit; none where people rate their own agency anyway."""
    if index.rules.own_unit != "exclude":
        return []
    return [each for each in strangers(row) if not each.choice]


def _lines(row: Preparation) -> list[NearAgency]:
    """What is kept of agencies; nothing where this program wrote none."""
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
    for each in _lines(row):
        choice = choices.get(each.text, each.choice)
        if choice != each.choice and each.unit:
            idle = _idle(session, wave, index, each.text, each.unit if choice == SAME else None)
            if idle:
                raise _idle_refused(idle, each.text)
            _settle(session, wave, each.text, each.unit, choice)
        after.append(NearAgency(each.text, each.unit, each.people, choice))
    row.roster_at = now
    _keep_agencies(session, row, after)


def _idle_refused(people: int, agency: str) -> WaveRefused:
    words = _(
        "{number} người ghi cơ quan “{agency}” sẽ không còn đơn vị nào để đánh giá nếu chọn như"
        " vậy. Sửa nhóm hoặc đơn vị đánh giá của những người ấy trước."
    )
    return WaveRefused(words.format(number=number(people), agency=agency))


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


def look_at(
    session: Session, wave: Wave, index: Index, meant: Mapping[str, str], now: datetime
) -> None:
    """Take the agencies of `meant` for the units given there, and all other strangers for what
    they are.

    Raises WaveRefused when somebody would have nothing left to rate.
    """
    hold_draft(session, wave)
    row = of(session, id_of(wave))
    after = []
    for each in _lines(row):
        unit = meant.get(each.text, "")
        if unit and (not each.unit or each.choice == OTHER):
            if idle := _idle(session, wave, index, each.text, unit):
                raise _idle_refused(idle, each.text)
            _settle(session, wave, each.text, unit, SAME)
            each = replace(each, unit=unit, choice=SAME)
        elif not each.unit:
            each = replace(each, choice=OTHER)
        after.append(each)
    row.roster_at = now
    _keep_agencies(session, row, after)
