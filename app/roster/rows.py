"""One person of a roster as a row of its file, and back."""

from collections.abc import Mapping, Sequence

from app.index.definition import Index
from app.index.names import units as units_of
from app.roster import file as rosterfile
from app.roster.file import Person
from app.store.models import Respondent

FIELDS = (
    rosterfile.NAME,
    rosterfile.EMAIL,
    rosterfile.GROUP,
    rosterfile.AGENCY,
    rosterfile.ASSIGNED,
    rosterfile.POSITION,
    rosterfile.PHONE,
)


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


def of(index: Index, people: Sequence[Respondent]) -> list[list[str]]:
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
    return dict(zip(FIELDS, of(index, [person])[0], strict=True))
