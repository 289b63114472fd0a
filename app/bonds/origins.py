"""Where the people of a roster come from: who put them there, from which file.

The two columns are for people to read and are held to nothing: whoever writes to the database can
change them; the log says the same and cannot be changed unseen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from app.language import _, number
from app.roster.file import Person
from app.store.models import Ballot, Respondent, Wave
from app.text.cleaning import email_key, search_text, shown
from app.text.order import name_key, person_key

LONGEST_SOURCE = 120
A_FILE = _("một tệp")


@dataclass(frozen=True)
class Origin:
    """People who came by one hand, in one way. `source` is "" for those typed in one by one, `by`
    for those who came before that was noted; `later`: they came after the launch."""

    by: str
    source: str
    later: bool
    groups: Mapping[str, int]

    @property
    def people(self) -> int:
        return sum(self.groups.values())

    @property
    def typed(self) -> bool:
        """Whether somebody typed them in, one by one."""
        return bool(self.by) and not self.source


@dataclass(frozen=True)
class Newcomer:
    """One person who was typed in, or came after the launch."""

    id: int
    name: str
    email: str
    group: str
    by: str
    source: str
    later: bool
    removed: bool


def of_file(name: str) -> str:
    """The source of people out of a file."""
    return _("tệp {file}").format(file=shown(name, LONGEST_SOURCE))


def without_files(found: Sequence[Origin]) -> list[Origin]:
    """The same, once no name of a file is told any more: it may name people."""
    return [
        replace(each, source=A_FILE) if each.source.startswith(of_file("")) else each
        for each in found
    ]


def forget_files() -> ColumnElement[str]:
    """The same in SQL, of a row: what its source becomes."""
    of_one = col(Respondent.added_from).startswith(of_file(""), autoescape=True)
    return case((of_one, A_FILE), else_=col(Respondent.added_from))


def of_wave(code: str) -> str:
    """The source of people taken over from another wave."""
    return _("đợt {code}").format(code=code)


def person_row(wave_id: int, person: Person) -> dict[str, object]:
    """A person as a row of the table, but for where they come from."""
    return {
        "wave_id": wave_id,
        "name": person.name,
        "email": person.email,
        "email_key": email_key(person.email),
        "group": person.group,
        "agency": person.agency,
        "agency_text": person.agency_text,
        "position": person.position,
        "phone": person.phone,
        "assigned": " ".join(person.assigned),
        "search": search_text(person.name, person.email, person.agency_text),
        "name_order": person_key(person.name),
        "agency_order": name_key(person.agency_text),
    }


# By the wave too: the index of ballots begins with it, and without one SQLite goes through all
# ballots of all waves for each of ten thousand people.
_THEIRS = and_(
    col(Ballot.wave_id) == col(Respondent.wave_id), col(Ballot.respondent_id) == col(Respondent.id)
)
# A ballot tells whether it was issued at the launch; a draft has none.
_LATER = col(Ballot.at_launch).is_(False)


def _counted(wave: Wave) -> tuple[ColumnElement[bool], ...]:
    """Who was issued a ballot, taken off since or not; before the launch who is on the roster."""
    counts = (
        col(Respondent.removed_at).is_(None)
        if wave.launched_at is None
        else col(Ballot.number).is_not(None)
    )
    return (col(Respondent.wave_id) == wave.id, counts)


def of(session: Session, wave: Wave) -> list[Origin]:
    """Who put how many on the roster, from what, in the order they came. After the launch the
    numbers are those of the ballots issued."""
    columns = (col(Respondent.added_by), col(Respondent.added_from))
    rows = session.connection().execute(
        select(*columns, _LATER.label("later"), col(Respondent.group), func.count().label("people"))
        .outerjoin(Ballot, _THEIRS)
        .where(*_counted(wave))
        .group_by(*columns, _LATER, col(Respondent.group))
        .order_by(func.min(col(Respondent.id)))
    )
    found: dict[tuple[str, str, bool], dict[str, int]] = {}
    for by, source, later, group, people in rows:
        found.setdefault((by, source, bool(later)), {})[group] = people
    sorted_ = sorted(found.items(), key=lambda each: each[0][2])
    return [Origin(*key, groups) for key, groups in sorted_]


def newcomers(session: Session, wave: Wave) -> list[Newcomer]:
    """Everybody who was typed in one by one, or came after the launch, the last one first."""
    typed = and_(col(Respondent.added_from) == "", col(Respondent.added_by) != "")
    rows = session.connection().execute(
        select(
            col(Respondent.id),
            col(Respondent.name),
            col(Respondent.email),
            col(Respondent.group),
            col(Respondent.added_by),
            col(Respondent.added_from),
            _LATER.label("later"),
            col(Respondent.removed_at).is_not(None).label("removed"),
        )
        .outerjoin(Ballot, _THEIRS)
        .where(*_counted(wave), or_(_LATER, typed), col(Respondent.erased_at).is_(None))
        .order_by(col(Respondent.id).desc())
    )
    # Where PostgreSQL says true, SQLite says 1; and a draft has no ballot.
    return [
        Newcomer(
            id=row.id,
            name=row.name,
            email=row.email,
            group=row.group,
            by=row.added_by,
            source=row.added_from,
            later=bool(row.later),
            removed=bool(row.removed),
        )
        for row in rows
    ]


def in_words(found: Sequence[Origin]) -> str:
    """One line: "1.611 người do A đưa vào từ tệp ds.xlsx; 3 người do B nhập tay"."""
    return "; ".join(map(_said, found))


def _said(origin: Origin) -> str:
    if origin.later and origin.by:
        words = _("{number} người thêm sau khi phát phiếu do {who}")
    elif origin.later:
        words = _("{number} người thêm sau khi phát phiếu, không ghi do ai")
    elif not origin.by:
        words = _("{number} người không ghi do ai đưa vào")
    elif origin.source:
        words = _("{number} người do {who} đưa vào từ {source}")
    else:
        words = _("{number} người do {who} nhập tay")
    return words.format(number=number(origin.people), who=origin.by, source=origin.source)
