"""What became of letters is written down, so that no outcome stands in the way of another.

All that is known goes in one transaction. If the database does not take it, each outcome is tried
by itself, and the one that is refused is recorded in plain words instead.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.letters import outbox
from app.letters.outbox import Claimed, Outcome
from app.letters.replies import unwritten
from app.store.db import Database, ValueRefused

log = logging.getLogger("phieu.mail")


def record(db: Database, outcomes: Sequence[Outcome], begun: Claimed | None) -> bool:
    """Record what became of letters and, in the same transaction, that the dot of `begun` follows.

    False: it must not follow, somebody else has the letter. Raises what a database that cannot be
    had raises; then nothing is lost, and recorded twice an outcome changes nothing.
    """
    try:
        return _together(db, outcomes, begun)
    except ValueRefused:
        if not outcomes:
            raise
    for outcome in outcomes:
        _alone(db, outcome)
    return _together(db, (), begun)


def _together(db: Database, outcomes: Iterable[Outcome], begun: Claimed | None) -> bool:
    with db.transaction() as session:
        outbox.record(session, outcomes, db.now(session))
        return begun is None or outbox.begin(session, begun)


def _alone(db: Database, outcome: Outcome) -> None:
    for each in (outcome, replace(outcome, error=outcome.error and unwritten())):
        try:
            _together(db, [each], None)
        except ValueRefused:
            continue
        return
    # Its claim runs out, as if its sender had been killed.
    log.warning("what became of letter %d is not recorded", outcome.letter.id)
