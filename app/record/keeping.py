"""Entries added to public records.

An entry is added in the transaction of the deed it tells of, by whoever holds the wave. Nothing is
built on a record that is not as it was written (`held`). A rehearsal and a draft have no record.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from app.bonds import wavefacts
from app.keys import committee
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import HANOI
from app.record import entries, held
from app.store.models import Ballot, Wave
from app.store.resultmodels import RecordEntry, RecordSum

log = logging.getLogger("phieu.record")
# Told once a day in sum: one by one they would tell when a single person was dealt with.
SUMS = ("issue", "void")
# Before these the sums are told, whatever the hour: they count up to there.
ENDS = ("close", "cancel", "unseal")


def add(
    session: Session, wave: Wave, now: datetime, what: str, facts: Mapping[str, object]
) -> None:
    """One entry, in the caller's transaction, which holds the wave. Raises WaveAltered when the
    record is not as it was written."""
    if not _goes_on(session, wave):
        return
    known = held.sums(session, wave)
    if what in ENDS or any(day < _day(now) for day, _count in known.values()):
        _tell_sums(session, wave, now, known)
    _append(session, wave, now, what, facts)


def count(session: Session, wave: Wave, now: datetime, what: str, more: int = 1) -> None:
    """`more` ballots issued or made void: told with all of the day. As `add`."""
    if more < 1 or not _goes_on(session, wave):
        return
    known = held.sums(session, wave)
    if any(day < _day(now) for day, _count in known.values()):
        _tell_sums(session, wave, now, known)
        known = {}
    before = held.state(session, wave)
    connection = session.connection()
    if what in known:
        mine = col(RecordSum.wave_id) == wave.id, col(RecordSum.what) == what
        connection.execute(update(RecordSum).where(*mine).values(count=col(RecordSum.count) + more))
    else:
        row = {"wave_id": wave.id, "what": what, "day": _day(now), "count": more}
        connection.execute(insert(RecordSum), [row])
    held.hold(session, wave, before)


def tell_sums(session: Session, wave: Wave, now: datetime) -> None:
    """Tell the sums of days that are over. The caller holds the wave."""
    if not _goes_on(session, wave):
        return
    known = held.sums(session, wave)
    if any(day < _day(now) for day, _count in known.values()):
        _tell_sums(session, wave, now, known)


def untold(session: Session, now: datetime) -> list[str]:
    """The codes of waves with sums of days that are over."""
    query = (
        select(col(Wave.code))
        .join(RecordSum, col(RecordSum.wave_id) == col(Wave.id))
        .where(col(RecordSum.day) < _day(now))
        .distinct()
    )
    return list(session.connection().execute(query).scalars())


def _tell_sums(
    session: Session, wave: Wave, now: datetime, known: Mapping[str, tuple[date, int]]
) -> None:
    for what in SUMS:
        if what in known:
            before = held.state(session, wave)
            session.connection().execute(
                delete(RecordSum).where(
                    col(RecordSum.wave_id) == wave.id, col(RecordSum.what) == what
                )
            )
            _append(session, wave, now, what, {"count": known[what][1]}, before)


def _goes_on(session: Session, wave: Wave) -> bool:
    """Whether there is a record, and the key that signs its next entry. Without it no other entry
    would be believed: the record ends, and the wave goes on. Raises WaveAltered."""
    if wave.rehearsal or wave.launched_at is None:
        return False
    held.must_be_sound(session, wave)
    if held.signing_key(keys_of(session), wave.code, held.entries_of(session, wave)) is not None:
        return True
    log.error("the record of %s ends: the key file does not have its key", wave.code)
    return False


def _append(
    session: Session,
    wave: Wave,
    now: datetime,
    what: str,
    facts: Mapping[str, object],
    before: Any = None,
) -> None:
    before = before or held.state(session, wave)
    there = held.entries_of(session, wave)
    key = held.signing_key(keys_of(session), wave.code, there)
    assert key is not None  # noqa: S101, for the type checker: `_goes_on`
    entry = entries.make(key, wave.code, there[-1] if there else None, now, what, dict(facts))
    row = {"wave_id": wave.id, "number": entry["number"], "document": held.text_of(entry)}
    session.connection().execute(insert(RecordEntry), [row])
    held.hold(session, wave, before)


def cast_and_not(session: Session, wave: Wave) -> dict[str, int]:
    """How many ballots were cast, and how many were not, each counted out of the rows: whether
    together they are those issued is for whoever reads it. What was declared void is not cast."""
    void = wavefacts.of_wave(session, wave).get("voided") or {"ballots": [], "lost": 0}
    query = select(col(Ballot.number), col(Ballot.cast)).where(col(Ballot.wave_id) == wave.id)
    counted, connection = {True: 0, False: int(void["lost"])}, session.connection()
    if void["ballots"]:
        gone = {bytes.fromhex(number) for number in void["ballots"]}
        for ballot, was_cast in connection.execute(query):
            counted[was_cast] += ballot not in gone
    else:
        sums = select(col(Ballot.cast), func.count()).where(col(Ballot.wave_id) == wave.id)
        for was_cast, ballots in connection.execute(sums.group_by(col(Ballot.cast))):
            counted[was_cast] += ballots
    return {"cast": counted[True], "not_cast": counted[False]}


def issued(entries_: Sequence[Mapping[str, Any]]) -> int | None:
    """How many ballots were issued up to the last of these entries; None where the record does not
    tell a wave from its launch on."""
    if not entries_ or entries_[0]["what"] != "launch":
        return None
    later = [int(each["facts"]["count"]) for each in entries_ if each["what"] == "issue"]
    return int(entries_[0]["facts"]["issued"]) + sum(later)


def voided(session: Session, wave: Wave) -> int | None:
    """How many ballots were taken back, by the record; None where it does not tell."""
    if issued(held.entries_of(session, wave)) is None:
        return None
    return wavefacts.told_void(session, wave)


def launch_facts(keys: KeyFile, wave: Wave, issued: int) -> dict[str, object]:
    """What the first entry says; of a wave as it stands after its launch."""
    return {
        "wave": wave.code,
        "key": entries.public(held.first_key(keys, wave.code)),
        "index": wave.index_digest,
        "mode": wave.mode,
        "two_people": wave.two_people,
        "issued": issued,
        "opens_at": entries.written(wave.opens_at),
        "closes_at": entries.written(wave.closes_at),
        **_sealed_to(cast(bytes, wave.public_key)),
    }


def _sealed_to(public_key: bytes) -> dict[str, object]:
    of = committee.read(public_key)
    if of is None:
        return {"urn_key": entries.base64_of(public_key)}
    return {"trustees": [entries.base64_of(key) for key in of.keys], "need": of.need}


def change_key(session: Session, wave: Wave, now: datetime) -> bool:
    """Sign with another key from the next entry on; False when there is no record to go on with."""
    keys = keys_of(session)
    if not _goes_on(session, wave) or not held.entries_of(session, wave):
        return False
    # It is in the key file before any entry names it; one that none names signs nothing.
    fresh = Ed25519PrivateKey.from_private_bytes(keys.make_record_key(wave.code))
    add(session, wave, now, "key", {"key": entries.public(fresh)})
    return True


def _day(now: datetime) -> date:
    return now.astimezone(HANOI).date()
