"""Letters to the people of the console and to trustees go out; what the relay did not take goes
again later."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from app.bounces import marks, taking
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import mail, senders
from app.letters.relay import Connection, Timeouts, greeting
from app.letters.replies import Cut, RelayRefused, Reply, unwritten
from app.settings import Settings
from app.store import upkeep
from app.store.db import Database, Session, ValueRefused
from app.waves import wave as waves


class Taken(Protocol):
    """A letter under way."""

    @property
    def id(self) -> int: ...
    @property
    def email(self) -> str: ...
    @property
    def mac(self) -> bytes: ...


T = TypeVar("T", bound=Taken)


class Box(Protocol[T]):
    """Letters of one kind of people: taken when due, written, and what became of them."""

    def take(self, session: Session, now: datetime) -> T | None: ...
    def render(
        self,
        session: Session,
        keys: KeyFile,
        settings: Settings,
        sender: str,
        taken: T,
        now: datetime,
        /,
    ) -> bytes: ...
    def record(
        self, session: Session, taken: T, now: datetime, error: str, final: bool
    ) -> None: ...
    def release(self, session: Session, taken: T) -> None: ...
    def may_go(self, session: Session, taken: T, now: datetime) -> bool: ...


def _sender(session: Session, settings: Settings, now: datetime) -> str:
    """PHIEU_MAIL_FROM, else the organiser of the current wave. Raises RelayRefused."""
    wave, organiser = waves.current(session, now), None
    if wave is not None:
        organiser = waves.index_of(wave)[0].organiser
    try:
        return senders.address(settings.mail_from or (organiser.email if organiser else None))
    except senders.SenderMissing as missing:
        raise RelayRefused(str(missing), temporary=False) from missing


def _envelope(keys: KeyFile, settings: Settings, sender: str, table: str, taken: Taken) -> str:
    """Where a letter comes back to when it cannot be delivered."""
    if settings.return_path is None:
        return sender
    sent = marks.Sent(taken.id, taken.mac.hex(), taken.email, table)
    return marks.address(settings.return_path, taking.return_key(keys), sent)


async def deliver(
    box: Box[T],
    table: str,
    db: Database,
    keys: KeyFile,
    settings: Settings,
    timeouts: Timeouts,
    turn: Callable[[], float] = lambda: 0.0,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is due; gives how many the relay took. `table` is one of `marks`; `turn` takes the
    next turn of the pace and tells the seconds until then; once `stopped` no other letter is begun.
    Raises RelayRefused, ReadOnly."""
    if settings.relay is None:
        return 0
    connection, sent = Connection(settings.relay, greeting(settings.host), timeouts), 0
    with db.reading() as session:
        sender = _sender(session, settings, db.now(session))
    try:
        while not stopped():
            with db.transaction() as session:
                now = db.now(session)
                taken = box.take(session, now)
                if taken is None:
                    return sent
                try:
                    message = box.render(session, keys, settings, sender, taken, now)
                except (ValueError, LookupError):
                    # An address no letter can bear must not keep the others waiting.
                    words = _("Địa chỉ thư không dùng được.")
                    box.record(session, taken, now, words, final=True)
                    continue
            try:
                await asyncio.sleep(turn())
                envelope = _envelope(keys, settings, sender, table, taken)
                ask = partial(_may_go, box, db, taken)
                error, final = await _send(connection, envelope, taken, message, ask)
            except RelayRefused:
                with upkeep.allowed(), db.transaction() as session:
                    box.release(session, taken)
                raise
            except _NotAnyMore:
                # What becomes of it is seen when it is taken again.
                connection.abandon()
                with upkeep.allowed(), db.transaction() as session:
                    box.release(session, taken)
                continue
            _record(box, db, taken, error, final)
            sent += not error
        return sent
    finally:
        await connection.close()


def _record(box: Box[T], db: Database, taken: T, error: str, final: bool) -> None:
    """What became of a letter, whatever the relay said about it."""
    try:
        with upkeep.allowed(), db.transaction() as session:
            box.record(session, taken, db.now(session), error, final)
    except ValueRefused:
        with upkeep.allowed(), db.transaction() as session:
            box.record(session, taken, db.now(session), error and unwritten(), final)


class _NotAnyMore(Exception):
    """The letter is not to go any more, or somebody else has it."""


def _may_go(box: Box[T], db: Database, taken: T) -> bool:
    with db.reading() as session:
        is_open = upkeep.standing(session) is None
        return is_open and box.may_go(session, taken, db.now(session))


async def _send(
    connection: Connection, sender: str, taken: Taken, message: bytes, ask: Callable[[], bool]
) -> tuple[str, bool]:
    """Why the relay did not take it, and whether that is its last word. `ask`: may the final dot
    follow? Raises RelayRefused, _NotAnyMore."""

    async def hand_over() -> Reply:
        refusal = await connection.offer(sender, to, message)
        if refusal is None and not ask():
            raise _NotAnyMore
        return refusal or await connection.finish()

    try:
        to = mail.mailbox(taken.email)
        reply = await hand_over()
        if reply.ends_session:
            reply = await hand_over()
    except Cut:
        return _("Kết nối bị ngắt giữa chừng"), False
    except ValueError:
        return _("Địa chỉ thư không dùng được."), True
    return ("", False) if 200 <= reply.code < 300 else (str(reply), reply.code >= 500)
