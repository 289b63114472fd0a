"""People erased out of the rows that their ballots are held to.

A ballot is held to its respondent's name and address too (`ballotfacts`). When these are erased it
is held to their absence from then on, so that an erased row is no altered one, and one that was
altered before stays so: what nobody vouches for is erased all the same, but not bound again.
"""

import os
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal, select, update
from sqlalchemy import String as Words
from sqlalchemy import cast as as_type
from sqlmodel import Session, col

from app.bonds import ballotfacts, macs, nameless, origins, pledges, wavefacts
from app.keys.guard import keys_of
from app.keys.keyfile import Altered, KeyFile
from app.settingvalues import LONGEST_MONTHS
from app.store.models import Ballot, Respondent, Wave

# In what a launch by an earlier version said of a roster.
_FILE = re.compile(re.escape(origins.of_file("")) + r".*?(?=; \d|$)")
# What is left in place of an address: one a row, and nobody's.
NOBODY = "#"
BLANK = ("name", "email", "agency_text", "position", "phone", "search", "name_order")


def contacts_months(keys: KeyFile, code: str) -> int:
    """How many months after its closing the people of a wave are erased, as its launch promised."""
    known = keys.accepted("waves", code, "facts")
    facts = (known[-1] if known else None) or {}
    return int(facts.get("contacts_months", LONGEST_MONTHS))


def blank(session: Session, now: datetime, *which: ColumnElement[bool]) -> int:
    """Empty all that says who somebody is; gives of how many. Group, agency and units stay."""
    key = literal(NOBODY) + as_type(col(Respondent.id), Words)
    found = session.connection().execute(
        update(Respondent)
        .where(*which, col(Respondent.erased_at).is_(None))
        .values(
            **dict.fromkeys(BLANK, ""),
            agency_order="",
            added_from=origins.forget_files(),
            email_key=key,
            erased_at=now,
        )
    )
    return found.rowcount


def blank_one(session: Session, wave: Wave, respondent_id: int, now: datetime) -> None:
    """Erase one person of a wave that is over. The caller holds the wave."""
    keys, before = keys_of(session), ballotfacts.found(session, respondent_id)
    blank(session, now, col(Respondent.id) == respondent_id)
    if before is None:
        return
    if ballotfacts.is_sound(keys, wave.code, before):
        ballotfacts.bind(session, wave.code, respondent_id, before)
    else:
        _unbind(session, {before.number})


def blank_all(session: Session, wave: Wave, now: datetime) -> int:
    """Erase everybody of a launched wave, and note in row and key file that it was done; gives how
    many. The caller holds the wave. Raises WaveAltered."""
    keys, facts = keys_of(session), _facts(session, wave)
    slots = dict(keys.slot("waves", wave.code, "ballots") or {})
    everybody = _rows(session, wave)
    sound = [row for row in everybody if ballotfacts.is_sound(keys, wave.code, row)]
    fits = nameless.issued(slots, facts, [(row, row.bond) for row in sound]) == facts["bonds"]
    people = blank(session, now, col(Respondent.wave_id) == wave.id)
    bound = _bind(session, keys, wave, sound)
    _unbind(session, {row.number for row in everybody} - {row.number for row in sound})
    pledges.pledge_all(
        session,
        keys,
        [
            (("waves", wave.code, "ballots", row.number.hex()), bytes(row.bond).hex(), bond.hex())
            for row, bond in bound
            if row.number.hex() in slots and bytes(row.bond) != bond
        ],
    )
    wave.contacts_erased_at = now
    session.add(wave)
    session.flush()
    # Where a ballot was lost before, its digest goes on telling so.
    more = {"bonds": nameless.issued(slots, facts, bound)} if fits else {}
    # Names of files may name people.
    if said := facts.get("roster"):
        more["roster"] = facts.get("roster_after") or _FILE.sub(origins.A_FILE, said)
    wavefacts.changed(session, wave, facts, **more)
    return people


def forget_cast(session: Session, wave: Wave, now: datetime) -> int:
    """Forget who has cast in a wave, and who wanted no reminders; gives how many ballots there are.
    The caller holds the wave and has kept the sums. Raises WaveAltered."""
    facts, connection = _facts(session, wave), session.connection()
    # In the order of their random numbers, so that no order of the rows tells either.
    query = select(col(Ballot.number)).where(col(Ballot.wave_id) == wave.id)
    numbers = list(connection.execute(query.order_by(col(Ballot.number))).scalars())
    forgotten = update(Ballot).where(col(Ballot.number) == bindparam("of"))
    if numbers:
        connection.execute(
            forgotten.values(cast=False, ever_cast=False, no_reminders=False),
            [{"of": number} for number in numbers],
        )
    wave.cast_erased_at = now
    session.add(wave)
    session.flush()
    wavefacts.changed(session, wave, facts)
    return len(numbers)


def _facts(session: Session, wave: Wave) -> wavefacts.Facts:
    try:
        return wavefacts.of_wave(session, wave)
    except Altered as error:
        raise wavefacts.WaveAltered(wave.code, ["launched_at"]) from error


def _rows(session: Session, wave: Wave) -> list[Any]:
    query = (
        select(*ballotfacts.COLUMNS)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id)
        .order_by(col(Ballot.number))
    )
    return list(session.connection().execute(query).all())


def _bind(
    session: Session, keys: KeyFile, wave: Wave, sound: Sequence[Any]
) -> list[tuple[Any, bytes]]:
    """Bind ballots to nobody's name; gives each row as it was with its new bond."""
    key = keys.bond_key(wave.code)
    bound = [
        (
            row,
            macs.of_ballot(key, wave.code, ballotfacts.facts_of(row)._replace(name="", email="")),
        )
        for row in sound
    ]
    if bound:
        session.connection().execute(
            update(Ballot)
            .where(col(Ballot.number) == bindparam("of"))
            .values(bond=bindparam("made")),
            [{"of": row.number, "made": bond} for row, bond in bound],
        )
    return bound


def _unbind(session: Session, numbers: Collection[bytes]) -> None:
    """Ballots that nobody vouches for keep no bond by which a name could be tried out."""
    if numbers:
        session.connection().execute(
            update(Ballot)
            .where(col(Ballot.number) == bindparam("of"))
            .values(bond=bindparam("made")),
            [{"of": number, "made": os.urandom(32)} for number in numbers],
        )
