"""One run over the outbox: several connections carry letters, and their final dots take turns.

One transaction records what became of the letter before and begins the next one (`ledger`); then
its dot is sent and answered. So at any instant the fate of one letter at most is unknown, and a
kill costs at most one repeat. The price is one commit a letter, paid while the other connections
carry theirs up to the dot.

A run has an event loop of its own, in which the database is spoken to directly: a commit is on the
way of every letter anyway, and handing each to a thread made a run twice as long. It is asyncio's
own loop, which reads what has arrived before it looks at timers: a commit that takes long makes no
relay late. No address and no token is ever logged.
"""

import asyncio
import logging
import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import backlog, mail, outbox
from app.letters.attempts import (
    RELAY,
    Pace,
    SendResult,
    after_cut,
    after_reply,
    after_unwelcome,
    pause_after,
    put_off,
)
from app.letters.outbox import Claimed, Outcome
from app.letters.relay import Connection, Timeouts, greeting
from app.letters.replies import Cut, RelayBusy, RelayRefused, Reply, SenderUnwelcome
from app.settings import Settings
from app.store import upkeep
from app.store.db import Database
from app.worker.ledger import Ledger
from app.worker.letterheads import Letterheads

log = logging.getLogger("phieu.mail")

CONNECTIONS = 4
BATCH = 100
# Short, since whoever starts again after a kill waits for it; renewed while its holder lives.
LEASE = timedelta(seconds=10)
PATIENCE = 30.0  # seconds, with a database that has gone away


@dataclass
class Delivery:
    """One run over what is due. `progress` is told how many of how many letters are through."""

    db: Database
    keys: KeyFile
    settings: Settings
    pace: Pace
    connections: int = CONNECTIONS
    timeouts: Timeouts = field(default_factory=Timeouts)
    progress: Callable[[int, int], None] | None = None
    stopped: Callable[[], bool] = lambda: False

    def __post_init__(self) -> None:
        self._ledger = Ledger(self.db, self.progress)
        self._name = secrets.token_hex(8)
        self._broken = False  # a carrier has failed; the others stop where they are
        self._cuts = 0  # in a row
        self._letterheads = Letterheads(self.db, self.keys, self.settings)
        self._queue: deque[Claimed] = deque()
        self._claiming = asyncio.Lock()
        self._carrying = 0  # how many have a connection, or hope for one

    @property
    def result(self) -> SendResult:
        """What became of letters so far."""
        return self._ledger.result

    def waiting(self) -> backlog.Waiting:
        with self.db.reading() as session:
            return backlog.waiting(session, self.db.now(session))

    async def run(self, wait: bool) -> SendResult:
        left = self.waiting()
        self._ledger.total = left.due + left.claimed * wait
        renewing = asyncio.create_task(self._renew())
        try:
            # The queue may hold what a carrier gave back when the others were done.
            while left.due or self._queue or (wait and left.claimed):
                if left.due or self._queue:
                    await self._carry_all()
                else:
                    await asyncio.sleep(0.2)
                if self.stopped():
                    break
                left = self.waiting()
        finally:
            renewing.cancel()
            await self._settle_up()
        return replace(self.result, later=left.later)

    async def _carry_all(self) -> None:
        carriers = [asyncio.create_task(self._carry()) for _number in range(self.connections)]
        try:
            await asyncio.wait(carriers)
        except asyncio.CancelledError:
            # Letters whose dot is out still get their answer.
            self._broken = True
            await asyncio.wait(carriers, timeout=5)
            raise
        errors = [error for carrier in carriers if (error := carrier.exception())]
        if errors:
            raise errors[0]

    async def _carry(self) -> None:
        relay = self.settings.relay
        if relay is None:
            raise RelayRefused(
                _(
                    "Chưa đặt máy chủ thư. Đặt PHIEU_SMTP_URL, ví dụ"
                    " smtp://người-dùng:mật-khẩu@máy:587, rồi gửi lại."
                ),
                temporary=False,
            )
        name = greeting(self.settings.host)
        connection = Connection(relay, name, self.timeouts)
        self._carrying += 1
        try:
            while (letter := await self._take()) is not None:
                await self._deliver(connection, letter)
        except RelayBusy:
            # It may take fewer connections than these: the others go on while there is one.
            if self._carrying == 1:
                self._broken = True
                self.pace.slow_down(RELAY)
                raise
        except BaseException:
            self._broken = True
            raise
        finally:
            self._carrying -= 1
            await connection.close()

    async def _take(self) -> Claimed | None:
        """The next letter whose turn has come, None when nothing is left or sending stops."""
        async with self._claiming:
            while not (self._broken or self.stopped()):
                if not self._queue:
                    self._queue.extend(self._claim())
                    if not self._queue:
                        return None
                now = time.monotonic()
                place, wait = self.pace.first(now, (each.domain for each in self._queue))
                if wait <= 0:
                    letter = self._queue[place]
                    del self._queue[place]
                    self.pace.take(letter.domain, now)
                    return letter
                await asyncio.sleep(min(wait, 0.5))
        return None

    def _claim(self) -> list[Claimed]:
        # With a slow pace not so many that the last of them waits long after its claim.
        rate = self.settings.mail_rate
        most = BATCH if rate is None else min(BATCH, max(self.connections, math.ceil(2 * rate)))
        with self.db.transaction() as session:
            now = self.db.now(session)
            return outbox.claim(session, now, self._name, now + LEASE, most)

    async def _deliver(self, connection: Connection, letter: Claimed) -> None:
        try:
            letterhead = self._letterheads.of(letter.wave_id)
            try:
                to = mail.mailbox(letter.facts.email)
                content = mail.render(letter.facts, letterhead, datetime.now().astimezone())
            except (ValueError, LookupError):
                # A letter that cannot be written holds up no other.
                await self._ledger.note(
                    Outcome(letter, "failed", error=_("Địa chỉ thư không dùng được."))
                )
                return
            sender = self._letterheads.envelope(letter, letterhead)
            refusal = await connection.offer(sender, to, content)
            if refusal is None:
                await self._finish(connection, letter)
            else:
                await self._ledger.note(after_reply(letter, refusal, begun=False))
                self._heed(letter, refusal)
        except SenderUnwelcome as refused:
            await self._ledger.note(self._after_unwelcome(letter, refused))
            if not self.result.sent:
                raise
        except Cut:
            await self._ledger.note(after_cut(letter, begun=False))
            self._count_cut()
        except BaseException:
            # It goes back, unless its dot is out: that is known to the database.
            self._queue.appendleft(letter)
            raise

    def _after_unwelcome(self, letter: Claimed, refused: SenderUnwelcome) -> Outcome:
        """From a relay that has taken letters of ours in this run it is said of this one."""
        if self.result.sent:
            return after_reply(letter, refused.reply, begun=False)
        return after_unwelcome(letter, refused)

    async def _finish(self, connection: Connection, letter: Claimed) -> None:
        """The final dot, in turn: see the top of this module."""
        async with self._ledger.turn():
            if self._broken:
                self._queue.append(letter)
            before = time.monotonic()
            if self._broken or not self._ledger.commit(letter):
                connection.abandon()
                return
            if time.monotonic() - before > LEASE.total_seconds():
                # Stalled since: what was asked then, and the claim, may hold no more.
                connection.abandon()
                again = "uncertain" if letter.repeat else "queued"
                self._ledger.add(Outcome(letter, again, timedelta(0), counted=False))
                return
            try:
                reply = await connection.finish()
            except Cut as cut:
                self._ledger.add(after_cut(letter, cut.begun))
                # The next dot would fall silent just as long.
                self._count_cut(enough=cut.stalled)
                return
            except SenderUnwelcome as refused:
                self._ledger.add(self._after_unwelcome(letter, refused))
                if self.result.sent:
                    return
                raise RelayRefused(str(refused), temporary=False) from refused
            except RelayRefused:
                # It took nothing: the letter was not tried, and goes when this is mended.
                again = "uncertain" if letter.repeat else "queued"
                self._ledger.add(Outcome(letter, again, timedelta(0), counted=False))
                raise
            self._ledger.add(after_reply(letter, reply, begun=True))
        self._heed(letter, reply)

    def _heed(self, letter: Claimed, reply: Reply) -> None:
        """Leave a domain alone that asks for it, and be slower with it afterwards."""
        self._cuts = 0
        if 200 <= reply.code < 300:
            self.pace.speed_up(letter.domain)
        pause = pause_after(letter, reply)
        if pause is None:
            return
        self.pace.slow_down(letter.domain)
        waiting = [each for each in self._queue if each.domain == letter.domain]
        self._queue = deque(each for each in self._queue if each.domain != letter.domain)
        with upkeep.allowed(), self.db.transaction() as session:
            until = self.db.now(session) + pause
            outbox.pause_domain(session, letter.domain, until, put_off(letter, reply))
            outbox.release(session, waiting, until, put_off(letter, reply))

    def _count_cut(self, enough: bool = False) -> None:
        self._cuts += 1
        if enough or self._cuts >= 2 * self.connections:
            raise RelayRefused(
                _(
                    "Máy chủ thư ngắt kết nối hoặc im lặng nhiều lần liền. Thư còn nguyên, gửi lại"
                    " sau."
                ),
                temporary=True,
            )

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            try:
                with upkeep.allowed(), self.db.transaction() as session:
                    outbox.renew(session, self._name, self.db.now(session) + LEASE)
            except Exception as error:  # noqa: BLE001  # the next renewal may do; a late one is safe
                log.warning("claims not renewed: %s", type(error).__name__)

    async def _settle_up(self) -> None:
        """Record what is known and give back what was not begun, once the database can be had."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._ledger.commit(None)
                with upkeep.allowed(), self.db.transaction() as session:
                    outbox.release(session, self._queue, self.db.now(session))
                return
            except Exception as error:  # noqa: BLE001  # nothing is lost: the claims run out
                log.warning("results not recorded: %s", type(error).__name__)
                if time.monotonic() > until:
                    return
            await asyncio.sleep(1)
