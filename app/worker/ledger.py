"""What became of letters in one run, written down in turns.

All that is known goes in one transaction. If the database does not take it, each outcome is tried
by itself, and the one that is refused is recorded in plain words instead: no outcome stands in the
way of another.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from app.keys import guard
from app.letters import outbox, unreached
from app.letters.attempts import SendResult
from app.letters.outbox import Claimed, Outcome
from app.letters.replies import unwritten
from app.store import upkeep
from app.store.db import Database, ValueRefused

log = logging.getLogger("phieu.mail")


class Ledger:
    """The outcomes of one run, known and recorded. `progress` is told how many of how many letters
    are through."""

    def __init__(self, db: Database, progress: Callable[[int, int], None] | None) -> None:
        self.db, self.progress = db, progress
        self.result = SendResult()
        self.total = 0
        self._unrecorded: list[Outcome] = []
        self._dots = asyncio.Lock()
        self._wanting = 0  # how many carriers stand in line for the dot

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One carrier at a time; the last in the line writes down what happened in it."""
        self._wanting += 1
        try:
            await self._dots.acquire()
        finally:
            self._wanting -= 1
        try:
            yield
            if not self._wanting:
                self.commit(None)
        finally:
            self._dots.release()

    async def note(self, outcome: Outcome) -> None:
        async with self.turn():
            self.add(outcome)

    def add(self, outcome: Outcome) -> None:
        self._unrecorded.append(outcome)
        self.result = self.result.plus(outcome)
        if self.progress is not None:
            self.progress(self.result.done, max(self.total, self.result.done))

    def commit(self, begun: Claimed | None) -> bool:
        """Record what is known and, in the same transaction, that the dot of `begun` follows.

        False: it must not follow, somebody else has the letter.
        """
        outcomes, self._unrecorded = self._unrecorded, []
        try:
            return _record(self.db, outcomes, begun)
        except BaseException:
            # Written twice, it changes nothing the second time.
            self._unrecorded = outcomes + self._unrecorded
            raise


def _record(db: Database, outcomes: Sequence[Outcome], begun: Claimed | None) -> bool:
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


def _together(db: Database, outcomes: Sequence[Outcome], begun: Claimed | None) -> bool:
    # What a relay has taken is written down whatever happens; no other letter is begun.
    known = upkeep.allowed() if begun is None else contextlib.nullcontext()
    with known, db.transaction() as session:
        now = db.now(session)
        outbox.record(session, outcomes, now)
        may_follow = begun is None or outbox.begin(session, begun, now)
        keys, told = guard.keys_of(session), unreached.told_by(session, outcomes)
    unreached.tell(keys, told)
    return may_follow


def _alone(db: Database, outcome: Outcome) -> None:
    for each in (outcome, replace(outcome, error=outcome.error and unwritten())):
        try:
            _together(db, [each], None)
        except ValueRefused:
            continue
        return
    # Its claim runs out, as if its sender had been killed.
    log.warning("what became of letter %d is not recorded", outcome.letter.id)
