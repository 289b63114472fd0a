"""Cast a ballot: seal the draft into the urn, exactly once, in one transaction.

A cast leaves no time and no answer in the clear. The urn is stirred at every cast, so that neither
a transaction number nor the place of a row on disk pairs a sealed ballot with a ballot.
"""

import os
import random
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from app import letters
from app.ballots import AlreadyCast, OpenBallot, find, read_draft
from app.db import Database
from app.keys import KeyFile
from app.models import Ballot, Draft, UrnRow
from app.tokens import NUMBER_BYTES, BallotName
from app.urn import Answers, DraftState, seal, seal_info

# How many other rows of the urn, and other cast ballots, are rewritten at each cast.
STIRRED = 7


class DraftChanged(Exception):
    """The draft is not the one the person saw: another device saved in between."""


def cast(
    db: Database,
    session: Session,
    keys: KeyFile,
    name: BallotName,
    seen: Callable[[OpenBallot, DraftState], bool],
) -> str:
    """Seal the draft into the urn, once, and give the receipt; a second cast gives the same one.

    `seen(ballot, draft)` says whether this is the draft the person reviewed. Raises LinkUnknown,
    LinkReplaced, NotOpenYet, WaveClosed, NotBegun, DraftChanged.
    """
    ballot = find(session, name)
    receipt = keys.tokens.receipt(ballot.wave, name)
    if ballot.cast:
        return receipt
    db.share_close_lock(session, ballot.wave_id)
    try:
        state = read_draft(session, keys, ballot, lock=True)
    except AlreadyCast:
        return receipt
    # Read again now that a close can no longer come in between.
    ballot = find(session, name)
    ballot.check_open(db.now(session), begun=True)
    if not seen(ballot, state):
        raise DraftChanged
    answers = _asked_only(ballot, state)
    sealed = seal(
        ballot.public_key,
        seal_info(ballot.wave, ballot.index_digest),
        receipt,
        ballot.layout.pack(answers),
    )
    connection = session.connection()
    changed = connection.execute(
        update(Ballot)
        .where(
            col(Ballot.number) == name.number,
            col(Ballot.issue) == name.issue,
            col(Ballot.cast).is_(False),
        )
        .values(cast=True)
    )
    if changed.rowcount != 1:
        raise DraftChanged
    connection.execute(delete(Draft).where(col(Draft.ballot_number) == name.number))
    letters.drop_queued(session, name.number)
    _put_into_urn(session, ballot.wave_id, sealed)
    return receipt


def _asked_only(ballot: OpenBallot, state: DraftState) -> Answers:
    """The answers without those about units that were unticked again."""
    asked = set(ballot.asked(state.units))
    return replace(
        state.answers,
        levels={item: level for item, level in state.answers.levels.items() if item in asked},
    )


def _put_into_urn(session: Session, wave_id: int, sealed: bytes) -> None:
    """Put a sealed ballot in and stir: other rows of the urn move, other cast ballots are touched.

    So the newest row shares its transaction number and its place with older ones, and the ballot
    just cast with ballots cast before.
    """
    connection = session.connection()
    rows = [sealed]
    at = os.urandom(16)
    for side in (col(UrnRow.key) >= at, col(UrnRow.key) < at):
        drawn = connection.execute(
            select(col(UrnRow.key), col(UrnRow.sealed))
            .where(col(UrnRow.wave_id) == wave_id, side)
            .order_by(col(UrnRow.key))
            .limit(STIRRED + 1 - len(rows))
            .with_for_update(skip_locked=True)
        ).all()
        connection.execute(delete(UrnRow).where(col(UrnRow.key).in_([row.key for row in drawn])))
        rows += [row.sealed for row in drawn]
    random.SystemRandom().shuffle(rows)
    connection.execute(
        insert(UrnRow),
        [{"key": os.urandom(16), "wave_id": wave_id, "sealed": row} for row in rows],
    )
    _touch_cast_ballots(session, wave_id)


def _touch_cast_ballots(session: Session, wave_id: int) -> None:
    connection = session.connection()
    at = os.urandom(NUMBER_BYTES)
    touched: list[bytes] = []
    for side in (col(Ballot.number) >= at, col(Ballot.number) < at):
        touched += connection.execute(
            select(col(Ballot.number))
            .where(col(Ballot.wave_id) == wave_id, col(Ballot.cast).is_(True), side)
            .order_by(col(Ballot.number))
            .limit(STIRRED + 1 - len(touched))
            .with_for_update(skip_locked=True)
        ).scalars()
    connection.execute(update(Ballot).where(col(Ballot.number).in_(touched)).values(cast=True))
