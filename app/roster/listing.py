"""The people of a roster page by page: searched, sorted, those on it or those taken off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from app.index.definition import Index
from app.roster.people import of_wave
from app.store.models import Respondent
from app.text.cleaning import folded
from app.text.order import name_key

PAGE = 50
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
# Nothing is to be listed of who was erased.
_KNOWN = col(Respondent.erased_at).is_(None)
_LAST_REMOVED = (col(Respondent.removed_at).desc(), col(Respondent.id).desc())


def page(
    session: Session,
    wave_id: int,
    search: str = "",
    group: str = "",
    order: str = "",
    page: int = 1,
    index: Index | None = None,
    removed: bool = False,
    agency: str = "",
    more: Sequence[ColumnElement[bool]] = (),
) -> tuple[list[Listed], int]:
    """One page of the people who are on the roster, and how many fit.

    With `index` units are found and sorted by their names, and an `agency` is one by its name. A
    page beyond the last is the last. With `removed` those who were taken off, the last one first.
    """
    wanted = [*of_wave(wave_id, removed), _KNOWN, *_found(search, index), *more]
    wanted += _within(group, agency, index)
    total = session.connection().execute(select(func.count()).where(*wanted)).scalar_one()
    rows = session.connection().execute(
        select(*_LISTED)
        .where(*wanted)
        .order_by(*(_LAST_REMOVED if removed else _sorted(order, index)))
        .limit(PAGE)
        .offset((min(page, pages(total)) - 1) * PAGE)
    )
    return [Listed(*cast(Any, row)) for row in rows], total


def everyone(
    session: Session,
    wave_id: int,
    search: str,
    group: str,
    order: str,
    index: Index,
    agency: str,
    more: Sequence[ColumnElement[bool]],
) -> list[Respondent]:
    """All of the people of whom `page` shows a part, in its order."""
    wanted = [
        *of_wave(wave_id),
        _KNOWN,
        *_found(search, index),
        *_within(group, agency, index),
        *more,
    ]
    query = select(Respondent).where(*wanted).order_by(*_sorted(order, index))
    return list(session.scalars(query).all())


def _within(group: str, agency: str, index: Index | None) -> list[ColumnElement[bool]]:
    """Of one group, of one agency."""
    wanted = [col(Respondent.group) == group] if group else []
    if agency:
        # A unit may be written in many ways; what is no unit is as the file has it.
        units = [unit.code for unit in (index.units if index else ()) if unit.name == agency]
        written = and_(col(Respondent.agency_text) == agency, col(Respondent.agency).is_(None))
        wanted.append(or_(col(Respondent.agency).in_(units), written))
    return wanted


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
