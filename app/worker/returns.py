"""Letters that came back are looked for: every few minutes, by one process at a time.

A mailbox that cannot be had stops nothing else; `last_error` says why it cannot. Of what comes in
nothing is logged but how many messages were what.
"""

import asyncio
import contextlib
import logging

from app.bounces import imap, mailbox, taking
from app.bounces.mailbox import BouncesUnread
from app.bounces.taking import Taken
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.store.upkeep import ReadOnly, Seen
from app.waves import mailstops

log = logging.getLogger("phieu.mail")

EVERY = 180.0  # seconds


class Returns:
    """The reader of the mailbox of bounces beside `phieu serve`."""

    def __init__(self, db: Database, keys: KeyFile, settings: Settings) -> None:
        self.db, self.keys, self.settings = db, keys, settings
        self.last_error: str | None = None
        self.upkeep = Seen(db)

    async def run(self, stop: asyncio.Event) -> None:
        """Look until `stop` is set; at once when there is nowhere to look."""
        while not stop.is_set():
            if self.settings.inbox or self.settings.bounce_folder:
                await asyncio.to_thread(self._look)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)

    def _look(self) -> None:
        error = None
        try:
            if self.upkeep() is not None:
                return
            found = look(self.db, self.keys, self.settings)
            if found.all:
                log.info("messages of the mailbox of bounces: %s", found.number)
        except ReadOnly:
            return  # what was not written down is read again
        except BouncesUnread as unread:
            error = str(unread)
        except Exception as failure:  # noqa: BLE001  # the next look tries again
            error = type(failure).__name__
        if error is not None and error != self.last_error:
            log.warning("bounces are not read: %s", error)
        self.last_error = error
        with contextlib.suppress(Exception):  # the next look tells it
            mailstops.read(self.db) if error is None else mailstops.not_read(self.db, error)


def look(db: Database, keys: KeyFile, settings: Settings) -> Taken:
    """One look at all places where letters come back to. Raises BouncesUnread."""
    found, path = Taken(), settings.return_path
    if path is None:
        return found

    def take(raw: bytes) -> bool:
        with db.transaction() as session:
            what = taking.take(session, keys, path, raw, db.now(session))
        return taking.is_ours(found.add(what))

    if settings.bounce_folder is not None:
        mailbox.look(settings.bounce_folder, take)
    if settings.inbox is not None:
        imap.look(settings.inbox, take)
    return found
