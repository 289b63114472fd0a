"""Other addresses after the launch, for one person or several at once.

Whoever gets the letters of somebody can answer in their name, so where the wave wants two people
another address takes two. It does not where no letter was ever taken by any relay for that ballot
(`app.letters.unreached`): nobody has its link, and nothing can be taken from anybody.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

from sqlmodel import Session

from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import unreached
from app.roster import file as rosterfile
from app.roster import people, rows
from app.roster.file import Person
from app.store.models import Respondent, Wave
from app.text.cleaning import email_key
from app.text.table import TableFault
from app.waves import addresses, corrections, deeds, issuing, officers, proposals
from app.waves.wave import WaveRefused, id_of

MOST = 200  # people of one form, and of one proposal


def waiting_for(session: Session, wave: Wave, now: datetime) -> dict[int, str]:
    """Who waits for a second person with another address: that address."""
    if not wave.two_people:
        return {}
    found: dict[int, str] = {}
    for each in proposals.waiting(session, wave, now):
        if each.action == "address":
            found[each.arguments["respondent"]] = each.arguments["email"]
        elif each.action == "addresses":
            found |= deeds.changes_of(each.arguments)
    return found


def alone(
    session: Session, wave: Wave, ids: Collection[int], staff_id: int, now: datetime
) -> set[int]:
    """Whose address one officer of the wave may change without a second person."""
    if not wave.two_people:
        return set(ids)
    if staff_id not in officers.counting(session, wave, now):
        return set()
    asked = waiting_for(session, wave, now)
    return unreached.among(session, wave, [id_ for id_ in ids if id_ not in asked])


def wanted_of(index: Index, person: Respondent, email: str) -> Person:
    """A person with another address. Raises TableFault, WaveRefused when it is the same."""
    wanted = rows.person_of(index, rows.fields_of(person) | {rosterfile.EMAIL: email})
    if email_key(wanted.email) == person.email_key:
        raise WaveRefused(_("Địa chỉ mới giống địa chỉ đang ghi. Chưa đổi gì."))
    return wanted


def read(
    session: Session, wave: Wave, index: Index, changes: Mapping[int, str]
) -> tuple[dict[int, Person], list[tuple[int, str]]]:
    """Several people as they are to be, and what is wrong, each with whose it is.

    The people are held until the transaction ends.
    """
    found: dict[int, Person] = {}
    faults: list[tuple[int, str]] = []
    taken: dict[str, str] = {}
    for id_ in sorted(changes):
        try:
            person = _on_the_list(session, wave, id_)
            wanted = wanted_of(index, person, changes[id_])
            addresses.must_be_free(session, id_of(wave), wanted.email, id_)
            key = email_key(wanted.email)
            if key in taken:
                words = _("Địa chỉ {email} vừa ghi cho {name}. Mỗi người một địa chỉ.")
                raise WaveRefused(words.format(email=wanted.email, name=taken[key]))
        except TableFault as fault:
            faults += [(id_, each.message) for each in fault.faults]
        except WaveRefused as refused:
            faults.append((id_, refused.words))
        else:
            taken[key] = person.name
            found[id_] = wanted
    return found, faults


def _on_the_list(session: Session, wave: Wave, id_: int) -> Respondent:
    person = people.find(session, id_of(wave), id_, hold=True)
    if person is None or person.removed_at is not None:
        raise WaveRefused(_("Người này không còn trong danh sách."))
    if not issuing.has_ballot(session, id_):
        raise WaveRefused(_("Người này chưa có phiếu: sửa ở trang của người ấy."))
    return person


def change(
    session: Session,
    keys: KeyFile,
    wave: Wave,
    wanted: Mapping[int, Person],
    now: datetime,
    domain: str,
) -> None:
    """Give several people their other addresses: each gets the invitation with another link, each
    old address is told."""
    for id_, each in sorted(wanted.items()):
        person = cast(Respondent, people.find(session, id_of(wave), id_, hold=True))
        corrections.correct(session, keys, wave, person, each, now, domain)


def names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """What people are called."""
    return {id_: name for id_, (name, _email) in people.named(session, list(ids)).items()}
