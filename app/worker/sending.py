"""Sending: what is due in the outbox goes out, by `phieu send` or beside `phieu serve`."""

import asyncio
import contextlib
import fcntl
import logging
import time
from collections.abc import Callable
from logging import ERROR, WARNING
from typing import Protocol

from app.ballots import copies
from app.bounces import marks
from app.keys.keyfile import KeyFile, KeysMissing
from app.letters.attempts import Pace, SendResult
from app.letters.relay import Timeouts
from app.letters.replies import RelayRefused
from app.settings import Settings
from app.staff import outbox as staffbox
from app.store.db import Database
from app.store.upkeep import ReadOnly, Seen
from app.trustees import outbox as trusteebox
from app.waves import mailstops
from app.waves.wave import WaveRefused
from app.worker import staffdelivery
from app.worker.delivery import CONNECTIONS, Delivery

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
    """Deliver every letter that is due now, those just asked for too, also those that other senders
    drop meanwhile, and beside them those to the console's people.

    `progress` is told how many of how many are through. Raises RelayRefused when the relay takes
    nothing from us; then no letter is lost or counted as tried.
    """

    copies.give(db, settings.host)
    delivery = Delivery(
        db,
        keys,
        settings,
        pace=Pace(settings.mail_rate),
        progress=progress,
        connections=connections,
        timeouts=timeouts or Timeouts(),
    )
    beside = _Beside(delivery)
    try:
        result = asyncio.run(beside.run(wait=True))
        if beside.refused is not None:
            raise beside.refused
    except RelayRefused as refused:
        _tell(db, beside, refused)
        raise
    _tell(db, beside, None)
    return result


def _tell(db: Database, beside: "_Beside", failure: Exception | None) -> None:
    """Let all know that letters go, or that none do."""
    if beside.sent or beside.delivery.result.sent:
        mailstops.goes(db)
    if failure is not None:
        mailstops.stopped(db, _said(failure), failure)


class _Beside:
    """A run over the outbox, and beside it the few letters to the console's people and to trustees.

    They wait behind no launch, whenever they come: they have a connection of their own and the
    next turn of the pace. What stops them stops no ballot's letter; `refused` says what did.
    """

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.refused: Exception | None = None
        self.sent = 0

    async def run(self, wait: bool) -> SendResult:
        over = asyncio.Event()
        beside = asyncio.create_task(self._to_staff(over))
        try:
            if not (wait or self.delivery.waiting().due):
                return self.delivery.result
            return await self.delivery.run(wait)
        finally:
            # Not cancelled: of a letter cut off after its dot nobody would know.
            over.set()
            await beside

    async def _to_staff(self, over: asyncio.Event) -> None:
        """Look at once and every two seconds; the letter under way is finished when it is over."""
        back_off = POLL
        while True:
            try:
                await self._send()
                self.refused, back_off = None, POLL
            except Exception as failure:  # noqa: BLE001  # the ballots' letters go on
                self.refused, back_off = failure, min(back_off * 2, LONGEST_BACK_OFF)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), back_off)
            if over.is_set():
                return

    async def _send(self) -> None:
        of = self.delivery
        with of.db.reading() as session:
            now = of.db.now(session)
            to_staff, to_trustees = staffbox.is_due(session, now), trusteebox.is_due(session, now)
        facts = of.db, of.keys, of.settings, of.timeouts, self._turn, of.stopped
        if to_staff:
            self.sent += await staffdelivery.deliver(staffbox, marks.STAFF, *facts)
        if to_trustees:
            self.sent += await staffdelivery.deliver(trusteebox, marks.TRUSTEE, *facts)

    def _turn(self) -> float:
        return self.delivery.pace.ahead(time.monotonic())


class Turn(Protocol):
    """What one process at a time does."""

    keys: KeyFile

    async def run(self, stop: asyncio.Event) -> None: ...


async def take_turns(worker: Turn, stop: asyncio.Event, name: str = "worker") -> None:
    """Do what `worker` does until `stop` is set, whatever happens to relay and database.

    Of several processes with one key file one does it at a time, so that the rate holds for all.
    """
    path = worker.keys.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.{name}").open("w") as turn:
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
        self.upkeep = Seen(db)
        self.looks: dict[str, float] = {}  # when there was a look last, by the machine's clock

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
        self.looks["letters"] = time.time()
        error, why = None, None
        delivery = Delivery(
            self.db,
            self.keys,
            self.settings,
            pace=self.pace,
            timeouts=self.timeouts,
            stopped=lambda: stop.is_set() or self.upkeep() is not None,
        )
        beside = _Beside(delivery)
        try:
            if self.upkeep() is not None:
                return None
            asyncio.run(beside.run(wait=False))
            why = beside.refused
        except Exception as failure:  # noqa: BLE001  # a worker that ends stops all letters
            why = failure
        if isinstance(why, ReadOnly):
            why = None  # what was under way is handed back; the others wait
        if why is not None:
            error = _said(why)
            if error != self.last_error:
                for_good = isinstance(why, RelayRefused) and not why.temporary
                log.log(ERROR if for_good else WARNING, "no letters go out: %s", error)
        self.last_error = error
        try:
            _tell(self.db, beside, why)
        except ReadOnly:
            pass  # the next run that may write tells it
        except Exception as failure:  # noqa: BLE001  # the next run tells it
            log.warning("how letters go is not written down: %s", type(failure).__name__)
        return error


def _said(failure: Exception) -> str:
    """A refusal in its words; of anything else the name: a database error quotes the row."""
    refusals = (RelayRefused, WaveRefused, KeysMissing)
    return str(failure) if isinstance(failure, refusals) else type(failure).__name__
