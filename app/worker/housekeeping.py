"""What the server does by the clock: closings made final once their grace is over, sums of public
records, hourly notes, reminders by rule, officers told what failed, keys erased that a full disk
has left, sessions, kept pages and wrong tries forgotten that ran out, whom proposals were about,
wrong passwords told; and each second what cannot wait so long. Each is safe to try again, and to
try in several processes."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from app.audit import chain
from app.ballots import copies
from app.count import urnkeys
from app.keys import wrongtries
from app.keys.keyfile import KeyFile
from app.mending import leftopen
from app.privacy import purging
from app.settings import Settings
from app.staff import keptpages, mistypes, staff
from app.store import upkeep
from app.store.db import Database
from app.waves import daysums, rosterdeeds, summons
from app.waves.closing import settle_all
from app.waves.notes import take_all
from app.waves.reminders import remind_all

log = logging.getLogger("phieu.housekeeping")

EVERY, OFTEN, HOUR = 30.0, 1.0, 3600.0  # seconds
Job = tuple[str, Callable[[], object]]
Looks = dict[str, float]


def forget_sessions(db: Database) -> None:
    """Drop the sessions that ran out; nobody waits for a lock when there are none."""
    with db.reading() as session:
        if not staff.any_expired(session, db.now(session)):
            return
    with db.transaction() as session:
        staff.forget_expired(session, db.now(session))


def forget_pages(db: Database) -> None:
    """Drop the kept pages that are shown to nobody any more; as above."""
    with db.reading() as session:
        if not keptpages.any_over(session, db.now(session)):
            return
    with db.transaction() as session:
        keptpages.forget_over(session, db.now(session))


def hourly(job: Callable[[], object]) -> Callable[[], None]:
    """A job that needs no more than once an hour; one that fails is tried again at once."""
    last: list[float] = []

    def due() -> None:
        if not last or time.monotonic() - last[0] >= HOUR:
            job()
            last[:] = [time.monotonic()]

    return due


async def keep(
    db: Database, keys: KeyFile, settings: Settings, stop: asyncio.Event, looks: Looks
) -> None:
    """Settle what is due until `stop` is set, whatever happens to the database meanwhile; `looks`
    is told when."""
    jobs: tuple[Job, ...] = (
        ("scheduled closings", lambda: settle_all(db, keys)),
        ("sums of public records", lambda: daysums.tell_all(db)),
        ("hourly notes", lambda: take_all(db)),
        ("reminders by rule", lambda: remind_all(db, keys, settings)),
        ("letters about what failed", lambda: summons.tell_failures(db)),
        ("what the key file is to know", lambda: leftopen.settle(db, keys)),
        ("keys to be erased", lambda: urnkeys.erase_left(db, keys)),
        ("expired sessions", lambda: forget_sessions(db)),
        ("kept pages that are over", lambda: forget_pages(db)),
        ("proposals that are over", lambda: rosterdeeds.forget_over(db)),
        ("wrong tries that are over", lambda: wrongtries.forget(db)),
        ("personal data that is due", hourly(lambda: purging.purge(db, keys, chain.CLOCK))),
        ("wrong passwords", lambda: mistypes.tell(db, keys)),
    )
    await _repeat(db, jobs, EVERY, stop, lambda: looks.update(housekeeping=time.time()))


async def keep_up(
    db: Database, settings: Settings, write_down: Callable[[], None], stop: asyncio.Event
) -> None:
    """Each second until `stop` is set: `write_down` what waits in memory, and queue the letters
    that were asked for."""
    jobs: tuple[Job, ...] = (
        ("what waits in memory", write_down),
        ("letters asked for", lambda: copies.give(db, settings.host)),
    )
    await _repeat(db, jobs, OFTEN, stop)


async def _repeat(
    db: Database,
    jobs: tuple[Job, ...],
    every: float,
    stop: asyncio.Event,
    look: Callable[[], None] = lambda: None,
) -> None:
    """One job after the other, and all over again. They pause while nothing may be written; when
    it is to end, it ends between two of them."""
    waits: dict[str, str] = {}
    seen = upkeep.Seen(db)
    while not stop.is_set():
        look()
        for name, job in jobs:
            if stop.is_set():
                return
            try:
                if await asyncio.to_thread(seen) is None:
                    await asyncio.to_thread(job)
                waits.pop(name, None)
            except upkeep.ReadOnly:
                continue  # the switch came between
            except Exception as error:  # noqa: BLE001  # the next round tries again
                # Its name only: the text of a database error quotes the row. And once: a database
                # that is away for an hour needs no line a second.
                if waits.get(name) != type(error).__name__:
                    waits[name] = type(error).__name__
                    log.warning("%s wait: %s", name, waits[name])
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every)
