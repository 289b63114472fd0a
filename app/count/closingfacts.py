"""What the minutes of a closing say, out of the wave, the key file, the log and the public record.

No row of a ballot is asked: numbers are those that were written down when the wave was closed, each
counted for itself then (`closingcount`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session

from app.audit import chain
from app.audit.chain import ChainBroken, Line
from app.bonds import wavefacts
from app.bonds.wavefacts import WaveAltered
from app.count import keyholding
from app.keys.guard import keys_of
from app.record import held, keeping
from app.scores import closingsums
from app.scores.closingminutes import Close, Closing
from app.scores.closingsums import Sums
from app.store.models import Wave
from app.waves import heads
from app.waves.wave import index_of

Entries = Sequence[Mapping[str, Any]]


def of(session: Session, wave: Wave) -> Closing | None:
    """What the minutes say; None while a wave is not closed. Raises WaveAltered, ChainBroken."""
    if wave.closed_at is None or wave.launched_at is None or wave.cancelled_at is not None:
        return None
    index, _layout = index_of(wave)
    keys = keys_of(session)
    said = chain.every(session, keys, "wave.close", wave.code)
    launched = chain.last(session, keys, "wave.launch", wave.code)
    record = held.record(session, wave)
    entries: Entries = record["entries"] if record else []
    closes = _closes(session, wave, entries, said)
    issued = closes[-1].sums.issued
    # A wave of before there was a record may not know.
    at_launch = wavefacts.of_wave(session, wave).get("issued", issued)
    return Closing(
        agency=(index.organiser.name if index.organiser else None) or "",
        index_name=index.name,
        wave=wave.code,
        rehearsal=wave.rehearsal,
        mode=wave.mode,
        two_people=wave.two_people,
        launched_at=wave.launched_at,
        launched_by=launched.who if launched else "",
        opens_at=wave.opens_at,
        issued_later=max(0, issued - at_launch),
        closes=closes,
        extended=_times(entries, "extend", "closes_at"),
        reopened=_times(entries, "reopen", "until"),
        index_digest=wave.index_digest,
        log=log_of(said, wave),
        record=record_of(entries),
        head=heads.of(session, index),
        held_by=keyholding.of(session, wave),
    )


def log_of(said: Sequence[Line], wave: Wave) -> str:
    """Number and code of the log's line of the closing that a wave stands at; "" without one."""
    mine = [line for line in said if line.facts.get("urn") == wave.urn_digest]
    return f"{mine[-1].number}:{mine[-1].mac}" if mine else ""


def record_of(entries: Entries) -> str:
    """The same of the public record. What came after the closing is not of its minutes."""
    closes = [each for each in entries if each["what"] == "close"]
    return f"{closes[-1]['number']}:{closes[-1]['digest']}" if closes else ""


def _times(entries: Entries, what: str, name: str) -> tuple[datetime, ...]:
    told = [each["facts"][name] for each in entries if each["what"] == what]
    return tuple(datetime.fromisoformat(each) for each in told)


def last_sums(session: Session, wave: Wave) -> Sums | None:
    """What was counted when a wave was last closed; None while it is open, and where nobody wrote
    it down. Raises WaveAltered, ChainBroken."""
    if wave.closed_at is None or wave.cancelled_at is not None:
        return None
    record = held.record(session, wave)
    said = chain.every(session, keys_of(session), "wave.close", wave.code)
    entries: Entries = record["entries"] if record else []
    return _closes(session, wave, entries, said)[-1].sums


def wrong(session: Session, wave: Wave) -> list[str]:
    """What did not fit when a wave that is still sealed was closed, a sentence each."""
    if wave.unsealed_at is not None:
        return []
    try:
        counted = last_sums(session, wave)
    except ChainBroken as broken:
        return [str(broken)]
    except WaveAltered as altered:
        return [altered.words]
    return closingsums.wrong(counted) if counted else []


def _closes(
    session: Session, wave: Wave, entries: Entries, said: Sequence[Line]
) -> tuple[Close, ...]:
    """All closings that the record tells; where it tells none, the last one as it stands."""
    lines = list(said)

    def line_of(urn: str) -> Line | None:
        """The line of the log, the oldest first: two closings may leave the same urn."""
        while lines:
            line = lines.pop(0)
            if line.facts.get("urn") == urn:
                return line
        return None

    def close(at: datetime, facts: Mapping[str, Any], issued: int | None) -> Close:
        line = line_of(facts["urn"])
        counted = closingsums.read(line.facts) if line else None
        if counted is None:
            # Closed by an earlier version.
            known = wavefacts.issued(session, wave) if issued is None else issued
            counted = Sums(known, facts["cast"], facts["not_cast"], counted=False)
        return Close(at, line.who if line else "", counted, facts["urn"])

    found = [
        close(
            datetime.fromisoformat(each["facts"]["closed_at"]),
            each["facts"],
            keeping.issued(entries[: place + 1]),
        )
        for place, each in enumerate(entries)
        if each["what"] == "close"
    ]
    if found:
        return tuple(found)
    lines.reverse()  # of earlier ones nothing is told
    counts = keeping.cast_and_not(session, wave) | {"urn": wave.urn_digest or ""}
    return (close(cast(datetime, wave.closed_at), counts, None),)
