"""Letters to the people of the console: invitation, new password, the head of the log.

The table holds who and what for; the link is made when the letter is sent. One sender takes a
letter at a time, under a lock of its row; what the relay did not take goes again later.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session, col

from app.audit.chain import Head
from app.bonds import accountfacts
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import mail, senders
from app.letters.relay import Connection, Timeouts, greeting
from app.letters.replies import RETRIES, Cut, RelayRefused, unwritten
from app.settings import Settings
from app.staff import accounts
from app.staff import queue as staffqueue
from app.staff.letters import Taken, render
from app.staff.links import LASTS
from app.staff.passwords import is_chosen
from app.store.db import Database, ValueRefused
from app.store.officemodels import Staff, StaffLetter
from app.text.cleaning import email_key
from app.waves import officers
from app.waves import wave as waves

log = logging.getLogger("phieu.staffmail")
CLAIM = timedelta(minutes=5)
RESETS_A_DAY = 6


def queue(session: Session, kind: str, staff_id: int, now: datetime, **facts: object) -> None:
    """One letter, due now."""
    staffqueue.put(session, kind, staff_id, now, **facts)
    if kind == "invitation":
        officers.tell(session, staff_id, now)


def queue_reset(session: Session, email: str, now: datetime) -> None:
    """A way to a new password, if the address has an account, six times a day at most.

    After those still one an hour: a stranger who asks all day long in somebody's name only makes
    sure that a link that holds lies in the mailbox.

    Whatever the address, the same is read, a letter is written down and its row touched once more:
    the time this takes does not tell who has an account.
    """
    connection = session.connection()
    holds = (
        col(Staff.email_key) == email_key(email),
        col(Staff.removed_at).is_(None),
    )
    known = connection.execute(select(col(Staff.id)).where(*holds)).scalar()
    anybody = connection.execute(select(func.min(col(Staff.id)))).scalar()
    if anybody is None:
        return  # before the first account there is nothing to tell
    asked, live = connection.execute(
        select(
            func.count(), func.count().filter(col(StaffLetter.due_at) > now - LASTS["reset"])
        ).where(
            col(StaffLetter.staff_id) == (known or anybody),
            col(StaffLetter.kind) == "reset",
            col(StaffLetter.due_at) > now - timedelta(days=1),
        )
    ).one()
    mine, made = staffqueue.lay_down(session, "reset", known or anybody, now)
    if known is not None and (asked < RESETS_A_DAY or not live):
        staffqueue.bind(session, mine, made)
    else:
        connection.execute(delete(StaffLetter).where(col(StaffLetter.id) == mine))


def queue_heads(session: Session, now: datetime, wave: str, action: str, head: Head) -> None:
    """The head of the log to everyone of the council, to hold against it later; `wave` is empty
    for what was done to the server."""
    for account in accounts.everyone(session):
        if "council" in account.roles:
            queue(session, "head", account.id, now, wave=wave, action=action, head=str(head))


def take(session: Session, now: datetime) -> Taken | None:
    """Claim the next letter that is due. An invitation that was accepted meanwhile does not go, nor
    what this program did not write, nor anything to an account that somebody altered."""
    keys = keys_of(session)
    while (row := _next(session, now)) is not None:
        mine = update(StaffLetter).where(col(StaffLetter.id) == row.id)
        to = accountfacts.look(session, row.staff_id)
        why = _stopped(keys, row, to, now)
        if why:
            session.connection().execute(mine.values(failed_at=now, error=why))
            continue
        attempts = row.attempts + 1
        session.connection().execute(mine.values(claimed_until=now + CLAIM, attempts=attempts))
        facts = json.loads(row.facts)
        return Taken(row.id, row.kind, row.staff_id, facts, attempts, to.name, to.email)
    return None


def _stopped(keys: KeyFile, row: Any, to: Any, now: datetime) -> str:
    """Why a letter does not go; nothing where it does."""
    if not staffqueue.is_sound(keys, row):
        log.error("the letter %d to staff is not as it was queued; it does not go", row.id)
        return _("Thư này đã bị sửa ngoài hệ thống nên không được gửi.")
    if to is None or not accountfacts.is_sound(keys, to):
        return _("Tài khoản này đã bị sửa ngoài hệ thống nên không được gửi thư.")
    if to.removed_at is not None:
        return _("Tài khoản đã xóa.")
    if row.kind == "invitation" and is_chosen(to.password_hash):
        return _("Đã nhận lời mời.")
    if staffqueue.is_old(row, now):
        return _("Thư chờ quá bảy ngày nên không gửi nữa.")
    return ""


def _next(session: Session, now: datetime) -> Any:
    """The next letter that is due, locked."""
    return (
        session.connection()
        .execute(
            select(
                col(StaffLetter.id),
                col(StaffLetter.kind),
                col(StaffLetter.staff_id),
                col(StaffLetter.facts),
                col(StaffLetter.mac),
                col(StaffLetter.attempts),
            )
            .where(
                col(StaffLetter.sent_at).is_(None),
                col(StaffLetter.failed_at).is_(None),
                col(StaffLetter.due_at) <= now,
                or_(col(StaffLetter.claimed_until).is_(None), col(StaffLetter.claimed_until) < now),
            )
            .order_by(col(StaffLetter.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        .first()
    )


def record(session: Session, taken: Taken, now: datetime, error: str, final: bool) -> None:
    """What became of it; `error` is empty when the relay took it."""
    values: dict[str, object] = {"claimed_until": None, "error": error or None}
    if not error:
        values["sent_at"] = now
    elif final or taken.attempts > len(RETRIES):
        values["failed_at"] = now
    else:
        values["due_at"] = now + RETRIES[taken.attempts - 1]
    session.connection().execute(
        update(StaffLetter).where(col(StaffLetter.id) == taken.id).values(values)
    )


def is_due(session: Session, now: datetime) -> bool:
    return (
        session.connection()
        .execute(
            select(col(StaffLetter.id))
            .where(
                col(StaffLetter.sent_at).is_(None),
                col(StaffLetter.failed_at).is_(None),
                col(StaffLetter.due_at) <= now,
            )
            .limit(1)
        )
        .first()
        is not None
    )


def release(session: Session, taken: Taken) -> None:
    """Give a letter back that nobody was asked to take: it was not tried."""
    session.connection().execute(
        update(StaffLetter)
        .where(col(StaffLetter.id) == taken.id)
        .values(claimed_until=None, attempts=taken.attempts - 1)
    )


def sender_of(session: Session, settings: Settings) -> str:
    """PHIEU_MAIL_FROM, else the organiser of the current wave. Raises RelayRefused."""
    wave, organiser = waves.current(session), None
    if wave is not None:
        organiser = waves.index_of(wave)[0].organiser
    try:
        return senders.address(settings.mail_from or (organiser.email if organiser else None))
    except senders.SenderMissing as missing:
        raise RelayRefused(str(missing), temporary=False) from missing


async def deliver(
    db: Database,
    keys: KeyFile,
    settings: Settings,
    timeouts: Timeouts,
    turn: Callable[[], float] = lambda: 0.0,
) -> int:
    """Send what is due; gives how many the relay took. `turn` takes the next turn of the pace and
    tells the seconds until then. Raises RelayRefused."""
    if settings.relay is None:
        return 0
    connection, sent = Connection(settings.relay, greeting(settings.host), timeouts), 0
    with db.reading() as session:
        sender = sender_of(session, settings)
    try:
        while True:
            with db.transaction() as session:
                now = db.now(session)
                taken = take(session, now)
                if taken is None:
                    return sent
                try:
                    message = render(session, keys, settings, sender, taken, now)
                except (ValueError, LookupError):
                    # An address no letter can bear must not keep the others waiting.
                    words = _("Địa chỉ thư không dùng được.")
                    record(session, taken, now, words, final=True)
                    continue
            try:
                await asyncio.sleep(turn())
                error, final = await _send(connection, sender, taken, message)
            except RelayRefused:
                with db.transaction() as session:
                    release(session, taken)
                raise
            _record(db, taken, error, final)
            sent += not error
    finally:
        await connection.close()


def _record(db: Database, taken: Taken, error: str, final: bool) -> None:
    """What became of a letter, whatever the relay said about it."""
    try:
        with db.transaction() as session:
            record(session, taken, db.now(session), error, final)
    except ValueRefused:
        with db.transaction() as session:
            record(session, taken, db.now(session), error and unwritten(), final)


async def _send(
    connection: Connection, sender: str, taken: Taken, message: bytes
) -> tuple[str, bool]:
    """Why the relay did not take it, and whether that is its last word. Raises RelayRefused."""
    try:
        to = mail.mailbox(taken.email)
        reply = await connection.offer(sender, to, message) or await connection.finish()
        if reply.ends_session:
            reply = await connection.offer(sender, to, message) or await connection.finish()
    except Cut:
        return _("Kết nối bị ngắt giữa chừng"), False
    except ValueError:
        return _("Địa chỉ thư không dùng được."), True
    return ("", False) if 200 <= reply.code < 300 else (str(reply), reply.code >= 500)
