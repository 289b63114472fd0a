"""What the minutes of a closing say, out of the wave, the log and the public record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.audit import chain
from app.audit.chain import Line
from app.count import keyholding
from app.keys.guard import keys_of
from app.record import held, keeping
from app.scores.closingminutes import Close, Closing
from app.store.models import Ballot, Wave
from app.waves import heads
from app.waves.wave import index_of


def of(session: Session, wave: Wave) -> Closing | None:
    """What the minutes say; None while a wave is not closed. Raises WaveAltered, ChainBroken."""
    if wave.closed_at is None or wave.launched_at is None or wave.cancelled_at is not None:
        return None
    index, _layout = index_of(wave)
    chain.last(session, keys_of(session), "wave.close", wave.code)
    said = chain.lines(session, "wave.close", wave.code)
    record = held.record(session, wave)
    entries: Sequence[Mapping[str, Any]] = record["entries"] if record else []
    closes = _closes(session, wave, entries, said)
    # What came after the closing is not of these minutes.
    told = [each for each in entries if each["what"] == "close"]
    line = next((each for each in said if each.facts.get("urn") == wave.urn_digest), None)
    issued = session.connection().execute(
        select(func.count(), func.count().filter(col(Ballot.at_launch).is_(False))).where(
            col(Ballot.wave_id) == wave.id
        )
    )
    every, later = issued.one()
    return Closing(
        agency=(index.organiser.name if index.organiser else None) or "",
        index_name=index.name,
        wave=wave.code,
        rehearsal=wave.rehearsal,
        mode=wave.mode,
        two_people=wave.two_people,
        launched_at=wave.launched_at,
        opens_at=wave.opens_at,
        issued=every,
        issued_later=later,
        closes=closes,
        extended=sum(each["what"] == "extend" for each in entries),
        index_digest=wave.index_digest,
        log=f"{line.number}:{line.mac}" if line else "",
        record=f"{told[-1]['number']}:{told[-1]['digest']}" if told else "",
        head=heads.of(session, index),
        held_by=keyholding.of(session, wave),
    )


def _closes(
    session: Session, wave: Wave, entries: Sequence[Mapping[str, Any]], said: Sequence[Line]
) -> tuple[Close, ...]:
    """All closings that the record tells; where it tells none, the last one as it stands."""
    lines = list(said)

    def who(urn: str) -> str:
        """Whose line of the log it is, the oldest first: two closings may leave the same urn."""
        while lines:
            line = lines.pop()
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
    at = cast(datetime, wave.closed_at)
    return (Close(at, who(urn), counts["cast"], counts["not_cast"], urn),)
