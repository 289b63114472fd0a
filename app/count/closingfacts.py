"""What the minutes of a closing say, out of the wave, the key file, the log and the public record.

No row of a ballot is asked: numbers are those that were written down when the wave was closed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session

from app.audit import chain
from app.audit.chain import Line
from app.bonds import wavefacts
from app.count import keyholding
from app.keys.guard import keys_of
from app.record import held, keeping
from app.scores.closingminutes import Close, Closing
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
    issued = closes[-1].cast + closes[-1].not_cast
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
        issued=issued,
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


def _closes(
    session: Session, wave: Wave, entries: Entries, said: Sequence[Line]
) -> tuple[Close, ...]:
    """All closings that the record tells; where it tells none, the last one as it stands."""
    lines = list(said)

    def who(urn: str) -> str:
        """Whose line of the log it is, the oldest first: two closings may leave the same urn."""
        while lines:
            line = lines.pop(0)
            if line.facts.get("urn") == urn:
                return line.who
        return ""

    found = [
        Close(
            datetime.fromisoformat(facts["closed_at"]),
            who(facts["urn"]),
            facts["cast"],
            facts["not_cast"],
            facts["urn"],
        )
        for facts in (each["facts"] for each in entries if each["what"] == "close")
    ]
    if found:
        return tuple(found)
    counts, urn = keeping.cast_and_not(session, wave), wave.urn_digest or ""
    lines.reverse()  # of earlier ones nothing is told
    at = cast(datetime, wave.closed_at)
    return (Close(at, who(urn), counts["cast"], counts["not_cast"], urn),)
