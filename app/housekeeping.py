"""What the server does by the clock: a scheduled closing is made final once its grace is over."""

import asyncio
import contextlib
import logging

from app.closing import settle_all
from app.db import Database
from app.keys import KeyFile

log = logging.getLogger("phieu.housekeeping")

EVERY = 30.0  # seconds


async def keep(db: Database, keys: KeyFile, stop: asyncio.Event) -> None:
    """Settle what is due until `stop` is set, whatever happens to the database meanwhile."""
    while not stop.is_set():
        try:
            await asyncio.to_thread(settle_all, db, keys)
        except Exception as error:  # noqa: BLE001  # the next round tries again
            # Its name only: the text of a database error quotes the row.
            log.warning("scheduled closings wait: %s", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)
