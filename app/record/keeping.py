"""Entries of public records in the database: added, read back, put back; held to the key file.

An entry is added in the transaction of the deed it tells of, by whoever holds the wave. The key
file knows number and digest of the last entry, and the sums of the day that are not told yet (slot
`record` of the wave's entry); so a record that was edited, cut or replaced by an earlier one is
found, and nothing is built on it. A rehearsal and a draft have no record.
"""

import json
import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from app.bonds import pledges
from app.bonds.wavefacts import WaveAltered
from app.keys.guard import keys_of
from app.keys.keyfile import Altered, KeyFile
from app.language import HANOI
from app.record import checking, entries
from app.record.entries import NOTHING_BEFORE, Document, Entry
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
    known = _sums(session, wave)
    if what in ENDS or any(day < _day(now) for day, _count in known.values()):
        _tell_sums(session, wave, now, known)
    _append(session, wave, now, what, facts)


def count(session: Session, wave: Wave, now: datetime, what: str, more: int = 1) -> None:
    """`more` ballots issued or made void: told with all of the day. As `add`."""
    if more < 1 or not _goes_on(session, wave):
        return
    known = _sums(session, wave)
    if any(day < _day(now) for day, _count in known.values()):
        _tell_sums(session, wave, now, known)
        known = {}
    before = state(session, wave)
    connection = session.connection()
    if what in known:
        mine = col(RecordSum.wave_id) == wave.id, col(RecordSum.what) == what
        connection.execute(update(RecordSum).where(*mine).values(count=col(RecordSum.count) + more))
    else:
        row = {"wave_id": wave.id, "what": what, "day": _day(now), "count": more}
        connection.execute(insert(RecordSum), [row])
    _hold(session, wave, before)


def tell_sums(session: Session, wave: Wave, now: datetime) -> None:
    """Tell the sums of days that are over. The caller holds the wave."""
    if not _goes_on(session, wave):
        return
    known = _sums(session, wave)
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
            before = state(session, wave)
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
    _must_be_sound(session, wave)
    if _signing(keys_of(session), wave.code, _entries(session, wave)) is not None:
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
    before = before or state(session, wave)
    there = _entries(session, wave)
    key = _signing(keys_of(session), wave.code, there)
    assert key is not None  # noqa: S101, for the type checker: `_goes_on`
    entry = entries.make(key, wave.code, there[-1] if there else None, now, what, dict(facts))
    row = {"wave_id": wave.id, "number": entry["number"], "document": _json(entry)}
    session.connection().execute(insert(RecordEntry), [row])
    _hold(session, wave, before)


def cast_and_not(session: Session, wave: Wave) -> dict[str, int]:
    """How many of the ballots that the record knows of were cast, and how many were not."""
    there, known = _entries(session, wave), _sums(session, wave)
    if there and there[0]["what"] == "launch":
        told = sum(each["facts"]["count"] for each in there if each["what"] == "issue")
        issued = there[0]["facts"]["issued"] + told + known.get("issue", (None, 0))[1]
    else:  # launched by an earlier version
        issued = _ballots(session, wave)
    cast = min(issued, _ballots(session, wave, col(Ballot.cast)))
    return {"cast": cast, "not_cast": issued - cast}


def _ballots(session: Session, wave: Wave, *which: Any) -> int:
    query = select(func.count()).select_from(Ballot).where(col(Ballot.wave_id) == wave.id, *which)
    return session.connection().execute(query).scalar_one()


def launch_facts(keys: KeyFile, wave: Wave, issued: int) -> dict[str, object]:
    """What the first entry says; of a wave as it stands after its launch."""
    return {
        "wave": wave.code,
        "key": entries.public(first_key(keys, wave.code)),
        "index": wave.index_digest,
        "mode": wave.mode,
        "two_people": wave.two_people,
        "issued": issued,
        "opens_at": entries.written(wave.opens_at),
        "closes_at": entries.written(wave.closes_at),
        "urn_key": entries.base64_of(cast(bytes, wave.public_key)),
    }


def first_key(keys: KeyFile, code: str) -> Ed25519PrivateKey:
    """The key that signs a record from its first entry on. It outlives the wave's secrets."""
    return Ed25519PrivateKey.from_private_bytes(keys.record_key(code))


def _signing(keys: KeyFile, code: str, there: list[Entry]) -> Ed25519PrivateKey | None:
    """The key that signs the next entry; None when the key file does not have it (any more)."""
    if not there:
        return first_key(keys, code)
    named = [each["facts"]["key"] for each in there if each["what"] in ("launch", "key")]
    mine = [first_key(keys, code)]
    mine += [Ed25519PrivateKey.from_private_bytes(each) for each in keys.later_record_keys(code)]
    if not named:  # launched by an earlier version
        public = entries.public(mine[0])
        return mine[0] if entries.is_signed(public, code, there[0]) else None
    return next((key for key in mine if entries.public(key) == named[-1]), None)


def change_key(session: Session, wave: Wave, now: datetime) -> bool:
    """Sign with another key from the next entry on; False when there is no record to go on with."""
    keys = keys_of(session)
    if not _goes_on(session, wave) or not _entries(session, wave):
        return False
    # It is in the key file before any entry names it; one that none names signs nothing.
    fresh = Ed25519PrivateKey.from_private_bytes(keys.make_record_key(wave.code))
    add(session, wave, now, "key", {"key": entries.public(fresh)})
    return True


def record(session: Session, wave: Wave) -> Document | None:
    """The public record of a launched wave; None of a draft or a rehearsal.

    Raises WaveAltered when it is not as it was written.
    """
    if wave.rehearsal or wave.launched_at is None:
        return None
    _must_be_sound(session, wave)
    there = _entries(session, wave)
    key = entries.public(first_key(keys_of(session), wave.code))
    if there and there[0]["what"] == "launch":
        key = there[0]["facts"]["key"]
    return entries.document(wave.code, key, there)


def has_ended(session: Session, wave: Wave) -> bool:
    """Whether a record is at its end, since the key that signs is lost."""
    there = _entries(session, wave)
    return _signing(keys_of(session), wave.code, there) is None


def opening_of(session: Session, wave: Wave) -> str:
    """Number and digest of the entry of the opening, for the minutes; empty where the record does
    not tell the wave from its launch on. As `record`."""
    found = record(session, wave)
    there = [] if found is None else found["entries"]
    if not there or there[0]["what"] != "launch":
        return ""
    opened = [each for each in there if each["what"] == "unseal"]
    return _head_of(opened[-1]["number"], opened[-1]["digest"]) if opened else ""


def is_sound(session: Session, wave: Wave) -> bool:
    """Whether the record is as the key file knows it."""
    try:
        _must_be_sound(session, wave)
    except WaveAltered:
        return False
    return True


def _must_be_sound(session: Session, wave: Wave) -> None:
    accepted = keys_of(session).accepted("waves", wave.code, "record") or (None,)
    before = NOTHING_BEFORE
    sound = state(session, wave) in accepted
    for entry in _entries(session, wave):
        sound = sound and entries.digest_of(entry) == entry["digest"]
        sound = sound and entry["previous"] == before
        before = entry["digest"]
    if not sound:
        raise WaveAltered(wave.code, ["record"])


def put_back(session: Session, wave: Wave, data: bytes) -> int:
    """Write the entries of a copy that anybody kept in place of those that somebody altered; gives
    how many: none where the copy does not end where the key file knows the record to end.

    Raises NotRecord.
    """
    copy = checking.read(data)
    keys = keys_of(session)
    for known in keys.accepted("waves", wave.code, "record"):
        there = copy["entries"]
        if known is None or checking.check(copy) or not there:
            continue
        if known["head"] != _head_of(there[-1]["number"], there[-1]["digest"]):
            continue
        connection = session.connection()
        for table in (RecordEntry, RecordSum):
            connection.execute(delete(table).where(col(table.wave_id) == wave.id))
        rows: list[dict[str, Any]] = [
            {"wave_id": wave.id, "number": each["number"], "document": _json(each)}
            for each in there
        ]
        connection.execute(insert(RecordEntry), rows)
        sums = [
            {"wave_id": wave.id, "what": what, "day": date.fromisoformat(day), "count": number}
            for what, day, number in known["sums"]
        ]
        if sums:
            connection.execute(insert(RecordSum), sums)
        return len(rows)
    return 0


def state(session: Session, wave: Wave) -> Any:
    """What the rows say, as the key file keeps it; None where there are none."""
    connection = session.connection()
    last = connection.execute(
        select(col(RecordEntry.number), col(RecordEntry.document))
        .where(col(RecordEntry.wave_id) == wave.id)
        .order_by(col(RecordEntry.number).desc())
        .limit(1)
    ).first()
    sums = sorted(
        [what, day.isoformat(), number] for what, (day, number) in _sums(session, wave).items()
    )
    if last is None and not sums:
        return None
    return {"head": _head_of(last[0], _read(wave, last[1])["digest"]) if last else "", "sums": sums}


def _head_of(number: int, digest: str) -> str:
    return f"{number}:{digest}"


def _hold(session: Session, wave: Wave, before: Any) -> None:
    path = ("waves", wave.code, "record")
    try:
        pledges.pledge(session, keys_of(session), path, before, state(session, wave))
    except Altered as error:
        raise WaveAltered(wave.code, ["record"]) from error


def _sums(session: Session, wave: Wave) -> dict[str, tuple[date, int]]:
    rows = session.connection().execute(
        select(col(RecordSum.what), col(RecordSum.day), col(RecordSum.count)).where(
            col(RecordSum.wave_id) == wave.id
        )
    )
    return {what: (day, number) for what, day, number in rows}


def _entries(session: Session, wave: Wave) -> list[Entry]:
    rows = session.connection().execute(
        select(col(RecordEntry.document))
        .where(col(RecordEntry.wave_id) == wave.id)
        .order_by(col(RecordEntry.number))
    )
    return [_read(wave, document) for document in rows.scalars()]


def _read(wave: Wave, document: str) -> Entry:
    try:
        entry = json.loads(document)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or not {"number", "what", "digest", "previous"} <= entry.keys():
        # Nothing that this program ever wrote there.
        raise WaveAltered(wave.code, ["record"])
    return entry


def _json(entry: Entry) -> str:
    return json.dumps(entry, ensure_ascii=False)


def _day(now: datetime) -> date:
    return now.astimezone(HANOI).date()
