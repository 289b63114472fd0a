"""Sending: what is due in the outbox goes out, by `phieu send` or beside `phieu serve`."""

import asyncio
import contextlib
import fcntl
import logging
from collections.abc import Callable

from app import staffmail
from app.attempts import Pace, SendResult
from app.db import Database
from app.delivery import CONNECTIONS, Delivery
from app.keys import KeyFile, KeysMissing
from app.relay import RelayRefused, Timeouts
from app.settings import Settings
from app.waves import WaveRefused

__all__ = ["RelayRefused", "SendResult", "Worker", "send_due", "take_turns"]

log = logging.getLogger("phieu.mail")

POLL = 2.0  # seconds
LONGEST_BACK_OFF = 300.0


def send_due(
    db: Database,
    keys: KeyFile,
    settings: Settings,
    *,
    progress: Callable[[int, int], None] | None = None,
    connections: int = CONNECTIONS,
    timeouts: Timeouts | None = None,
) -> SendResult:
    """Deliver every letter that is due now, also those that other senders drop meanwhile.

    `progress` is told how many of how many are through. Raises RelayRefused when the relay takes
    nothing from us; then no letter is lost or counted as tried.
    """

    delivery = Delivery(
        db,
        keys,
        settings,
        pace=Pace(settings.mail_rate),
        progress=progress,
        connections=connections,
        timeouts=timeouts or Timeouts(),
    )
    result = asyncio.run(delivery.run(wait=True))
    asyncio.run(staffmail.deliver(db, keys, settings, delivery.timeouts))
    return result


async def take_turns(worker: "Worker", stop: asyncio.Event) -> None:
    """Send what becomes due until `stop` is set, whatever happens to relay and database.

    Of several processes with one key file one sends at a time, so that the rate holds for all.
    """
    path = worker.keys.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.worker").open("w") as turn:
        while not stop.is_set():
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), POLL)
            else:
                await worker.run(stop)


class Worker:
    """The sender beside `phieu serve`; `last_error` says why nothing goes out, if so."""

    def __init__(
        self, db: Database, keys: KeyFile, settings: Settings, timeouts: Timeouts | None = None
    ) -> None:
        self.db, self.keys, self.settings = db, keys, settings
        self.timeouts = timeouts or Timeouts()
        self.pace = Pace(settings.mail_rate)
        self.last_error: str | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Look every two seconds until `stop` is set; the letter under way is finished then."""
        back_off = POLL
        try:
            while not stop.is_set():
                error = await asyncio.to_thread(self._send, stop)
                back_off = POLL if error is None else min(back_off * 2, LONGEST_BACK_OFF)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), back_off)
        finally:
            stop.set()

    def _send(self, stop: asyncio.Event) -> str | None:
        """One run in this thread; gives why it failed."""
        error = self._send_to_staff()
        delivery = Delivery(
            self.db,
            self.keys,
            self.settings,
            pace=self.pace,
            timeouts=self.timeouts,
            stopped=stop.is_set,
        )
        try:
            if delivery.waiting().due:
                asyncio.run(delivery.run(wait=False))
        except (RelayRefused, WaveRefused, KeysMissing) as refused:
            error = str(refused)
        except Exception as failure:  # noqa: BLE001  # a worker that ends stops all letters
            # Its name only: the text of a database error quotes the row.
            error = type(failure).__name__
        if error is not None and error != self.last_error:
            log.warning("no letters go out: %s", error)
        self.last_error = error
        return error

    def _send_to_staff(self) -> str | None:
        """The few letters to the console's people, first; what stops them stops no ballot's."""
        try:
            with self.db.reading() as session:
                if not staffmail.is_due(session, self.db.now(session)):
                    return None
            asyncio.run(staffmail.deliver(self.db, self.keys, self.settings, self.timeouts))
        except (RelayRefused, WaveRefused, KeysMissing) as refused:
            return str(refused)
        except Exception as failure:  # noqa: BLE001  # a worker that ends stops all letters
            return type(failure).__name__
        return None
