"""What the minutes of an opening say, out of what it wrote and of the log."""

import json

from sqlmodel import Session

from app.audit import chain
from app.bonds import origins, wavefacts
from app.count import closingfacts, course, tallies
from app.keys.guard import keys_of
from app.record import held
from app.scores.minutes import Opening
from app.scores.urnsums import Ballots
from app.store.models import Wave
from app.store.resultmodels import Minutes
from app.waves.wave import id_of, index_of


def sums(session: Session, wave_id: int) -> Minutes | None:
    """The sums of the opening, None before it."""
    return session.get(Minutes, wave_id)


def ballots(session: Session, wave: Wave) -> Ballots:
    """What the urn of an unsealed wave held. Raises TallyAltered."""
    tallies.read(session, wave)
    found = session.get_one(Minutes, id_of(wave))
    return Ballots(
        *(found.issued, found.cast, found.counted, found.void, found.foreign),
        issued_later=found.issued_later,
        altered=found.altered,
    )


def of(session: Session, wave: Wave) -> Opening | None:
    """What the minutes of a wave say, None before its opening.

    Raises TallyAltered or ChainBroken when what they rest on is not as it was written.
    """
    if wave.closed_at is None or wave.unsealed_at is None:
        return None
    held_in = ballots(session, wave)
    found = session.get_one(Minutes, id_of(wave))
    index, _layout = index_of(wave)
    keys = keys_of(session)
    line = chain.last(session, keys, "wave.unseal", wave.code)
    said = chain.every(session, keys, "wave.close", wave.code)
    closed = held.last_close(session, wave)
    voided = chain.last(session, keys, "wave.void-altered", wave.code)
    return Opening(
        agency=(index.organiser.name if index.organiser else None) or "",
        index_name=index.name,
        wave=wave.code,
        rehearsal=wave.rehearsal,
        mode=wave.mode,
        two_people=wave.two_people,
        closed_at=wave.closed_at,
        unsealed_at=wave.unsealed_at,
        keys_erased_at=None if keys.has_wave(wave.code) else wave.keys_erased_at,
        proposed_by=str(line.facts.get("proposed") or "") if line else "",
        opened_by=line.who if line else "",
        ballots=held_in,
        comments_withheld=found.comments_withheld,
        urn=found.urn_digest,
        receipts=found.receipts,
        index_digest=wave.index_digest,
        log=f"{line.number}:{line.mac}" if line else "",
        unproved=tuple(json.loads(found.unproved)),
        voided_by=_both(voided) if voided else "",
        roster=_roster(session, wave),
        record=held.opening_of(session, wave),
        closed=closingfacts.last_sums(session, wave),
        closed_log=closingfacts.log_of(said, wave),
        closed_record=closingfacts.record_of([closed] if closed else []),
        course=course.of(session, wave),
    )


def _roster(session: Session, wave: Wave) -> str:
    """Who put how many people on the roster: of the launch as the key file has it, since the rows
    are held to nothing."""
    found = origins.of(session, wave)
    before = wavefacts.of_wave(session, wave).get("roster")
    if before is None:  # launched by an earlier version
        return origins.in_words(found)
    later = origins.in_words([each for each in found if each.later])
    return "; ".join(filter(None, (before, later)))


def _both(line: chain.Line) -> str:
    """Who did something, and who had asked for it, if somebody had."""
    asked = line.facts.get("proposed")
    return f"{asked}, {line.who}" if asked else line.who
