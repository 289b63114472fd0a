"""The letters to the people of the console that are due, and what became of them.

One sender takes a letter at a time, under a lock of its row.
"""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from app.bonds import accountfacts
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters.replies import RETRIES
from app.staff import queue as staffqueue
from app.staff.letters import Taken
from app.staff.passwords import is_chosen
from app.store.staffmodels import StaffLetter

log = logging.getLogger("phieu.staffmail")
CLAIM = timedelta(minutes=5)


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
    if staffqueue.is_over(row, now):
        return _("Việc trong thư không còn chờ.")
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
