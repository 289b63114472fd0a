"""Ballots that no relay has ever taken a letter for: nobody can have had their link.

The key file says so, not the rows of letters: whoever writes to the database could turn those back.
Under `unreached` in the wave's entry stands each ballot whose invitation was refused for good, with
the issue it was of, or 0 once a letter may have come through. What was launched before this program
kept such a list is on none, and counts as reached.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import or_, select
from sqlmodel import Session, col

from app.bonds import ballotfacts
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile, KeysMissing
from app.letters.outbox import Outcome
from app.letters.queue import letter
from app.store.models import Ballot, Respondent, Wave

log = logging.getLogger("phieu.mail")

REACHED = 0
# Letters that carry a link.
WITH_LINK = ("invitation", "reminder", "copy", "reopened", "closing")
_may_have_come = or_(
    letter.c.sent_at.is_not(None), letter.c.state.in_(["sent", "uncertain", "claimed"])
)

Told = Mapping[tuple[str, str], int]  # wave and ballot: an issue, or REACHED


def told_by(session: Session, outcomes: Iterable[Outcome]) -> Told:
    """What outcomes that have just been recorded tell the key file; mostly nothing."""
    keys, found = keys_of(session), {}
    for outcome in outcomes:
        facts, wave = outcome.letter.facts, outcome.letter.wave
        if facts.kind not in WITH_LINK:
            continue
        number = facts.ballot.number.hex()
        try:
            known = _known(keys, wave).get(number)
        except KeysMissing:
            break  # nothing can be told, and what became of letters is written down all the same
        if outcome.state == "uncertain" or (outcome.state == "sent" and known):
            found[wave, number] = REACHED
        elif (
            _is_refused(outcome)
            and known != REACHED
            and not _letters_out(session, [facts.ballot.number])
        ):
            found[wave, number] = facts.ballot.issue
    return found


def _is_refused(outcome: Outcome) -> bool:
    """Whether an invitation was refused for good, and no try before may have come through."""
    invitation = outcome.letter.facts.kind == "invitation"
    return outcome.state == "failed" and invitation and not outcome.letter.repeat


def tell(keys: KeyFile, told: Told) -> None:
    """Write it into the key file, after the commit. What cannot be written counts as reached, as
    the letters say it too."""
    if not told:
        return
    try:
        with keys.changing() as content:
            for (wave, number), issue in told.items():
                if wave in content["waves"]:
                    content["waves"][wave].setdefault("unreached", {})[number] = issue
    except (OSError, KeysMissing) as fault:
        log.error("the key file is not told of refused letters: %s", type(fault).__name__)


def among(session: Session, wave: Wave, respondents: Sequence[int]) -> set[int]:
    """Those of some people whose ballots, as they were issued, no letter ever reached."""
    keys = keys_of(session)
    known = _known(keys, wave.code)
    query = (
        select(*ballotfacts.COLUMNS)
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id, col(Ballot.respondent_id).in_(respondents))
    )
    rows = [
        row
        for row in (session.connection().execute(query).all() if known else ())
        if known.get(row.number.hex()) == row.issue and ballotfacts.is_sound(keys, wave.code, row)
    ]
    out = _letters_out(session, [row.number for row in rows])
    return {row.respondent_id for row in rows if row.number not in out}


def _known(keys: KeyFile, wave: str) -> Mapping[str, int]:
    return keys.slot("waves", wave, "unreached") or {}


def _letters_out(session: Session, numbers: Sequence[bytes]) -> set[bytes]:
    """Those of some ballots of which a letter with a link may have come to somebody."""
    query = select(letter.c.ballot_number).where(
        letter.c.ballot_number.in_(numbers), letter.c.kind.in_(WITH_LINK), _may_have_come
    )
    return set(session.connection().execute(query).scalars())
