"""What the server does by the clock: closings made final once their grace is over, hourly notes,
reminders by rule, keys erased that a full disk has left, sessions forgotten that ran out, and whom
proposals were about. Each is safe to try again, and to try in several processes."""

import asyncio
import contextlib
import logging

from app import rosterdeeds, staff, unsealing
from app.closing import settle_all
from app.db import Database
from app.keys import KeyFile
from app.notes import take_all
from app.reminders import remind_all
from app.settings import Settings

log = logging.getLogger("phieu.housekeeping")

EVERY = 30.0  # seconds


def forget_sessions(db: Database) -> None:
    """Drop the sessions that ran out; nobody waits for a lock when there are none."""
    with db.reading() as session:
        if not staff.any_expired(session, db.now(session)):
            return
    with db.transaction() as session:
        staff.forget_expired(session, db.now(session))


async def keep(db: Database, keys: KeyFile, settings: Settings, stop: asyncio.Event) -> None:
    """Settle what is due until `stop` is set, whatever happens to the database meanwhile."""
    while not stop.is_set():
        for name, job in (
            ("scheduled closings", lambda: settle_all(db, keys)),
            ("hourly notes", lambda: take_all(db)),
            ("reminders by rule", lambda: remind_all(db, keys, settings)),
            ("keys to be erased", lambda: unsealing.finish(db, keys)),
            ("expired sessions", lambda: forget_sessions(db)),
            ("proposals that are over", lambda: rosterdeeds.forget_over(db)),
        ):
            try:
                await asyncio.to_thread(job)
            except Exception as error:  # noqa: BLE001  # the next round tries again
                # Its name only: the text of a database error quotes the row.
                log.warning("%s wait: %s", name, type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)
