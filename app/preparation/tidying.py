"""Names and addresses of a draft's roster that could be tidier: found, and mended as officers say.

Nothing is changed unasked: "Ông Hoa" may be a name, "gmai.com" somebody's domain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from app.roster.people import of_wave
from app.store.models import Respondent, Wave
from app.store.officemodels import Preparation
from app.text import domains
from app.text.cleaning import ADDRESS, email_key, search_text
from app.text.order import person_key
from app.text.personnames import tidied
from app.waves.wave import hold_draft, id_of


@dataclass(frozen=True)
class Untidy:
    """A name with the one that is offered for it."""

    id: int
    name: str
    offered: str


@dataclass(frozen=True)
class Slip:
    """A domain that is likely mistyped, the one that is meant, and who has it."""

    domain: str
    meant: str
    people: tuple[tuple[str, str], ...]  # name and address


def names(session: Session, wave_id: int) -> list[Untidy]:
    """The names that are offered to be tidied, in the order of the list."""
    query = select(col(Respondent.id), col(Respondent.name)).where(*of_wave(wave_id))
    rows = session.connection().execute(query.order_by(col(Respondent.id)))
    pairs = ((cast(int, id_), name, tidied(name)) for id_, name in rows)
    return [Untidy(id_, name, tidy) for id_, name, tidy in pairs if tidy != name]


def slips(session: Session, wave_id: int) -> list[Slip]:
    """The domains of the roster that are likely mistyped, with their people."""
    columns = (col(Respondent.name), col(Respondent.email))
    rows = session.connection().execute(select(*columns).where(*of_wave(wave_id))).all()
    people: dict[str, list[tuple[str, str]]] = {}
    for name, email in rows:
        people.setdefault(domains.domain_of(email), []).append((name, email))
    found = domains.suspects({domain: len(whose) for domain, whose in people.items() if domain})
    return [Slip(domain, meant, tuple(people[domain])) for domain, meant in found.items()]


def note(session: Session, row: Preparation) -> None:
    """Count both for the page of the list, which would take long over ten thousand people."""
    row.slips = len(slips(session, row.wave_id))
    row.untidy = len(names(session, row.wave_id))


def tidy(session: Session, wave: Wave, wanted: Iterable[int] | None) -> int:
    """Tidy the names of these people, or of all; gives how many."""
    hold_draft(session, wave)
    chosen = None if wanted is None else set(wanted)
    found = [each for each in names(session, id_of(wave)) if chosen is None or each.id in chosen]
    query = select(col(Respondent.id), col(Respondent.email), col(Respondent.agency_text))
    rows = session.connection().execute(query.where(*of_wave(id_of(wave))))
    texts = {id_: f"{email} {agency}" for id_, email, agency in rows}
    changes = [
        {
            "row": each.id,
            "name": each.offered,
            "name_order": person_key(each.offered),
            "search": search_text(each.offered, texts[each.id]),
        }
        for each in found
    ]
    _change(session, changes)
    return len(found)


def redirect(session: Session, wave: Wave, domain: str) -> tuple[int, int]:
    """Give everybody with a domain that is likely mistyped the one that is meant; gives how many,
    and of how many somebody else has that address already: they stay."""
    hold_draft(session, wave)
    meant = next((each for each in slips(session, id_of(wave)) if each.domain == domain), None)
    if meant is None:
        return 0, 0
    query = select(
        col(Respondent.id),
        col(Respondent.name),
        col(Respondent.email),
        col(Respondent.agency_text),
    ).where(
        *of_wave(id_of(wave)), col(Respondent.email_key).endswith(f"@{domain}", autoescape=True)
    )
    done = left = 0
    for id_, name, email, agency in session.connection().execute(query).all():
        address = f"{email.rpartition('@')[0]}@{meant.meant}"
        if not ADDRESS.fullmatch(address) or _has(session, id_of(wave), address):
            left += 1
            continue
        search = search_text(name, address, agency)
        key = email_key(address)
        _change(session, [{"row": id_, "email": address, "email_key": key, "search": search}])
        done += 1
    return done, left


def _has(session: Session, wave_id: int, address: str) -> bool:
    """Whether somebody has an address, on the roster or taken off it."""
    query = select(col(Respondent.id)).where(
        col(Respondent.wave_id) == wave_id, col(Respondent.email_key) == email_key(address)
    )
    return session.connection().execute(query).first() is not None


def _change(session: Session, changes: Sequence[Mapping[str, object]]) -> None:
    """Change people: each by its `row`, the same columns of all."""
    if changes:
        names = [name for name in changes[0] if name != "row"]
        change = (
            update(Respondent)
            .where(col(Respondent.id) == bindparam("row"))
            .values({name: bindparam(name) for name in names})
            .execution_options(synchronize_session=None)
        )
        session.connection().execute(change, [dict(each) for each in changes])
