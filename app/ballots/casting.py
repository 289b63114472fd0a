"""Cast a ballot: seal the draft into the urn, exactly once, in one transaction.

A cast leaves no time and no answer in the clear. The urn is stirred at every cast (`urn.rows`), and
so are the ballots, so that neither a transaction number nor the place of a row on disk nor what the
database's log has of it pairs a sealed ballot with a ballot.
"""

import os
import random
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import col

from app.ballots.ballot import IndexChanged, OpenBallot, find
from app.ballots.drafts import AlreadyCast, opened
from app.keys.keyfile import KeyFile
from app.keys.tokens import NUMBER_BYTES, BallotName
from app.keys.urn import Answers, DraftState
from app.letters import queue
from app.store.db import Database
from app.store.models import Ballot, Draft, Wave
from app.store.plain import Access, Statement
from app.urn import rows as urnrows
from app.urn.rows import STIRRED


class CommentTooLong(Exception):
    """A comment in the draft is longer than the urn takes; it has to be shortened first."""


class TooManyTicks(Exception):
    """A choice question in the draft has more ticked than it takes; it has to be mended first."""


class DraftChanged(Exception):
    """The draft is not the one the person saw: another device saved in between."""


def cast(
    db: Database,
    session: Access,
    keys: KeyFile,
    name: BallotName,
    seen: Callable[[OpenBallot, DraftState], bool],
) -> str:
    """Seal the draft into the urn, once, and give the receipt; a second cast gives the same one.

    `seen(ballot, draft)` says whether this is the draft the person reviewed. Raises LinkUnknown,
    LinkReplaced, NotOpenYet, WaveClosed, NotBegun, DraftChanged, CommentTooLong, TooManyTicks,
    KeysMissing, IndexChanged.
    """
    ballot = find(session, name)
    receipt = keys.receipt(ballot.wave, name)
    if ballot.cast:
        return receipt
    db.share_close_lock(session, ballot.wave_id)
    try:
        state = opened(session, keys, ballot, lock=True)
    except AlreadyCast:
        return receipt
    # Now that a close can no longer come in between.
    if not _is_as_read(session, ballot):
        ballot = find(session, name)
    ballot.check_open(db.now(session), begun=True)
    if not seen(ballot, state):
        raise DraftChanged
    if state.too_long:
        raise CommentTooLong
    answers = _asked_only(ballot, state)
    if ballot.index.overticked(answers.levels):
        raise TooManyTicks
    wave_keys = keys.wave(ballot.wave)
    # Who puts another urn key into the database shall not collect ballots that he can open.
    if (wave_keys.public_key, wave_keys.index_digest) != (ballot.public_key, ballot.index_digest):
        raise IndexChanged
    sealed = wave_keys.urn(ballot.wave).seal(receipt, ballot.layout.pack(answers))
    _mark_cast(session, ballot)
    _DROP_DRAFT.run(session, {"number": name.number})
    queue.drop_queued(session, name.number)
    urnrows.put_in(session, ballot.wave_id, keys.cover(ballot.wave), sealed)
    return receipt


def _is_as_read(session: Access, ballot: OpenBallot) -> bool:
    """Whether ballot and wave are still what `find` found sound."""
    row = _STILL.first(session, {"number": ballot.name.number})
    return row is not None and tuple(row) == (
        ballot.bond,
        ballot.cast,
        ballot.closes_at,
        ballot.closed_at,
        ballot.cancelled_at,
    )


def _asked_only(ballot: OpenBallot, state: DraftState) -> Answers:
    """The answers without those about units that were unticked again."""
    asked = set(ballot.asked(state.units))
    return replace(
        state.answers,
        levels={item: level for item, level in state.answers.levels.items() if item in asked},
    )


def _mark_cast(session: Access, ballot: OpenBallot) -> None:
    """Make the ballot a cast one, among others that were cast before. Raises DraftChanged.

    They are written one by one in a shuffled order, since PostgreSQL keeps with each row its
    transaction, the place of the statement in it, and the order on the page.
    """
    rows = [{"at_number": ballot.name.number, "at_issue": ballot.name.issue, "before": False}]
    drawn = {"wave": ballot.wave_id, "at": os.urandom(NUMBER_BYTES)}
    for side in _CAST_BALLOTS:
        if len(rows) <= STIRRED:
            found = side.all(session, drawn | {"most": STIRRED + 1 - len(rows)})
            rows += [{"at_number": n, "at_issue": issue, "before": True} for n, issue in found]
    random.SystemRandom().shuffle(rows)
    if _CAST.run_each(session, rows) != len(rows):
        raise DraftChanged


_CAST = Statement(
    update(Ballot)
    .where(
        col(Ballot.number) == bindparam("at_number"),
        col(Ballot.issue) == bindparam("at_issue"),
        col(Ballot.cast) == bindparam("before"),
    )
    .values(cast=True, ever_cast=True)
)


_STILL = Statement(
    select(
        col(Ballot.bond),
        col(Ballot.cast),
        col(Wave.closes_at),
        col(Wave.closed_at),
        col(Wave.cancelled_at),
    )
    .join(Wave, col(Wave.id) == col(Ballot.wave_id))
    .where(col(Ballot.number) == bindparam("number"))
)
_CAST_BALLOTS = [
    Statement(
        select(col(Ballot.number), col(Ballot.issue))
        .where(col(Ballot.wave_id) == bindparam("wave"), col(Ballot.cast).is_(True), side)
        .order_by(col(Ballot.number))
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
    for side in (col(Ballot.number) >= bindparam("at"), col(Ballot.number) < bindparam("at"))
]
_DROP_DRAFT = Statement(delete(Draft).where(col(Draft.ballot_number) == bindparam("number")))
