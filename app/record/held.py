"""Public records in the database, held to the key file: read, checked, put back.

The key file knows number and digest of the last entry, and the sums of the day that are not told
yet (slot `record` of the wave's entry); so a record that was edited, cut or replaced by an earlier
one is found.
"""

import json
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from app.bonds import pledges
from app.bonds.wavefacts import WaveAltered
from app.keys.guard import keys_of
from app.keys.keyfile import Altered, KeyFile
from app.record import checking, entries
from app.record.entries import NOTHING_BEFORE, Document, Entry
from app.store.models import Wave
from app.store.resultmodels import RecordEntry, RecordSum


def record(session: Session, wave: Wave) -> Document | None:
    """The public record of a launched wave; None of a draft or a rehearsal.

    Raises WaveAltered when it is not as it was written.
    """
    if wave.rehearsal or wave.launched_at is None:
        return None
    must_be_sound(session, wave)
    there = entries_of(session, wave)
    key = entries.public(first_key(keys_of(session), wave.code))
    if there and there[0]["what"] == "launch":
        key = there[0]["facts"]["key"]
    return entries.document(wave.code, key, there)


def opening_of(session: Session, wave: Wave) -> str:
    """Number and digest of the entry of the opening, for the minutes; empty where the record does
    not tell the wave from its launch on. As `record`."""
    found = record(session, wave)
    there = [] if found is None else found["entries"]
    if not there or there[0]["what"] != "launch":
        return ""
    opened = [each for each in there if each["what"] == "unseal"]
    return _head_of(opened[-1]["number"], opened[-1]["digest"]) if opened else ""


def head_of(session: Session, wave: Wave) -> str:
    """Number and digest of the last entry; "" where a wave has none. As it stands: who reads it
    holds it against what they kept."""
    there = [] if wave.rehearsal else entries_of(session, wave)
    return _head_of(there[-1]["number"], there[-1]["digest"]) if there else ""


def last_close(session: Session, wave: Wave) -> Entry | None:
    """The newest entry of a closing; None where the record tells of none. As `record`."""
    found = record(session, wave)
    closes = [each for each in (found["entries"] if found else []) if each["what"] == "close"]
    return closes[-1] if closes else None


def has_ended(session: Session, wave: Wave) -> bool:
    """Whether a record is at its end, since the key that signs is lost."""
    there = entries_of(session, wave)
    return signing_key(keys_of(session), wave.code, there) is None


def is_sound(session: Session, wave: Wave) -> bool:
    """Whether the record is as the key file knows it."""
    try:
        must_be_sound(session, wave)
    except WaveAltered:
        return False
    return True


def must_be_sound(session: Session, wave: Wave) -> None:
    accepted = keys_of(session).accepted("waves", wave.code, "record") or (None,)
    before = NOTHING_BEFORE
    sound = state(session, wave) in accepted
    for entry in entries_of(session, wave):
        sound = sound and entries.digest_of(entry) == entry["digest"]
        sound = sound and entry["previous"] == before
        before = entry["digest"]
    if not sound:
        raise WaveAltered(wave.code, ["record"])


def put_back(session: Session, wave: Wave, data: bytes) -> int:
    """Write the entries of a copy that anybody kept in place of those that somebody altered; gives
    how many: none where the copy does not end where the key file knows the record to end. Numbers
    in it that do not fit each other were written so.

    Raises NotRecord.
    """
    copy = checking.read(data)
    keys = keys_of(session)
    for known in keys.accepted("waves", wave.code, "record"):
        there = copy["entries"]
        if known is None or not there or not checking.is_whole(copy):
            continue
        if known["head"] != _head_of(there[-1]["number"], there[-1]["digest"]):
            continue
        connection = session.connection()
        for table in (RecordEntry, RecordSum):
            connection.execute(delete(table).where(col(table.wave_id) == wave.id))
        rows: list[dict[str, Any]] = [
            {"wave_id": wave.id, "number": each["number"], "document": text_of(each)}
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
    untold = sorted(
        [what, day.isoformat(), number] for what, (day, number) in sums(session, wave).items()
    )
    if last is None and not untold:
        return None
    return {
        "head": _head_of(last[0], _read(wave, last[1])["digest"]) if last else "",
        "sums": untold,
    }


def _head_of(number: int, digest: str) -> str:
    return f"{number}:{digest}"


def hold(session: Session, wave: Wave, before: Any) -> None:
    path = ("waves", wave.code, "record")
    try:
        pledges.pledge(session, keys_of(session), path, before, state(session, wave))
    except Altered as error:
        raise WaveAltered(wave.code, ["record"]) from error


def first_key(keys: KeyFile, code: str) -> Ed25519PrivateKey:
    """The key that signs a record from its first entry on. It outlives the wave's secrets."""
    return Ed25519PrivateKey.from_private_bytes(keys.record_key(code))


def signing_key(keys: KeyFile, code: str, there: list[Entry]) -> Ed25519PrivateKey | None:
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


def sums(session: Session, wave: Wave) -> dict[str, tuple[date, int]]:
    rows = session.connection().execute(
        select(col(RecordSum.what), col(RecordSum.day), col(RecordSum.count)).where(
            col(RecordSum.wave_id) == wave.id
        )
    )
    return {what: (day, number) for what, day, number in rows}


def entries_of(session: Session, wave: Wave) -> list[Entry]:
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


def text_of(entry: Entry) -> str:
    return json.dumps(entry, ensure_ascii=False)
