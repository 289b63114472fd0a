"""What the key file keeps of ballots whose people were erased, made to say nothing of them.

A ballot that the console changed after the launch has a slot with the bonds that it had: MACs over
name and address too, by which whoever has the key file could try out whom a ballot was. They stand
in the digest of the ballots issued, so facts say whose ballots are counted there by the bond that
their rows have now (`nameless`), and after that the slots forget every other. Two steps, each of
which is done again where the one after it did not come to be.
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import ballotfacts, wavefacts
from app.keys.guard import keys_of
from app.keys.keyfile import Altered, KeyFile
from app.store.models import Ballot, Respondent, Wave


def issued(
    slots: Mapping[str, Any], facts: wavefacts.Facts, rows: Iterable[tuple[Any, bytes]]
) -> str:
    """The digest of the ballots issued at the launch, as an opening makes it; `rows` are the sound
    ones with their bonds."""
    aside = set(facts.get("nameless", ()))
    return wavefacts.digest(
        bytes.fromhex(slots[key]["first"]) if key in slots and key not in aside else bytes(bond)
        for row, bond in rows
        if row.at_launch
        for key in (row.number.hex(),)
    )


def left(keys: KeyFile) -> list[str]:
    """The codes of waves of which the key file may know more than it should."""
    return [code for code, entry in keys.content()["waves"].items() if _is_left(entry)]


def _is_left(entry: Mapping[str, Any]) -> bool:
    slots, facts = entry.get("ballots", {}), (entry.get("facts") or {}).get("now") or {}
    changed = any(
        "next" in each or each["first"] not in (None, each["now"]) for each in slots.values()
    )
    aside = facts.get("nameless", ())
    return changed or bool(facts.get("contacts_erased_at") and not slots.keys() <= set(aside))


def set_aside(session: Session, wave: Wave) -> dict[str, str]:
    """Count the ballots of erased people by the bonds of their rows; gives these bonds, in hex, for
    `forget` after the commit. The caller holds the wave. Raises WaveAltered."""
    keys = keys_of(session)
    slots = keys.slot("waves", wave.code, "ballots") or {}
    query = (
        select(*ballotfacts.COLUMNS)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id)
    )
    connection, of_erased = (
        session.connection(),
        query.where(col(Respondent.erased_at).is_not(None)),
    )
    bonds = {
        row.number.hex(): bytes(row.bond or b"").hex()
        for row in connection.execute(of_erased)
        if row.number.hex() in slots
    }
    if wave.contacts_erased_at is not None:
        # Of ballots that are gone too.
        bonds |= {key: os.urandom(32).hex() for key in slots.keys() - bonds.keys()}
    if not bonds:
        return {}
    try:
        facts = wavefacts.of_wave(session, wave)
    except Altered as error:
        raise wavefacts.WaveAltered(wave.code, ["launched_at"]) from error
    aside = set(facts.get("nameless", ()))
    if not bonds.keys() <= aside:
        rows = connection.execute(query)
        sound = [(row, row.bond) for row in rows if ballotfacts.is_sound(keys, wave.code, row)]
        now = {**facts, "nameless": sorted(aside | bonds.keys())}
        # Where a ballot was lost before, its digest goes on telling so.
        fits = issued(slots, facts, sound) == facts["bonds"]
        now["bonds"] = issued(slots, now, sound) if fits else os.urandom(32).hex()
        wavefacts.changed(session, wave, facts, bonds=now["bonds"], nameless=now["nameless"])
    return bonds


def forget(keys: KeyFile, code: str, bonds: Mapping[str, str]) -> None:
    """Let the slots of ballots know no bond but these, once `set_aside` has come to be."""
    with keys.changing() as content:
        slots = content["waves"][code]["ballots"]
        for key, bond in bonds.items():
            if key in slots:
                slots[key] = {"first": slots[key]["first"] and bond, "now": bond}
