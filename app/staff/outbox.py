"""The letters to the people of the console that are due, and what became of them."""

import json
import logging
from datetime import datetime
from typing import Any

from sqlmodel import Session, col

from app.bonds import accountfacts
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import errands
from app.staff import queue as staffqueue
from app.staff.letters import Taken
from app.staff.letters import render as render
from app.staff.passwords import is_chosen
from app.store.staffmodels import StaffLetter

log = logging.getLogger("phieu.staffmail")


def take(session: Session, now: datetime) -> Taken | None:
    """Claim the next letter that is due. An invitation that was accepted meanwhile does not go, nor
    what this program did not write, nor anything to an account that somebody altered."""
    keys = keys_of(session)
    while (row := errands.due(session, StaffLetter, now, col(StaffLetter.staff_id))) is not None:
        to = accountfacts.look(session, row.staff_id)
        if why := _stopped(keys, row, to, now):
            errands.stop(session, StaffLetter, row.id, now, why)
            continue
        attempts = errands.claim(session, StaffLetter, row, now)
        facts = json.loads(row.facts)
        return Taken(row.id, row.kind, row.staff_id, facts, attempts, to.name, to.email, row.mac)
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


def may_go(session: Session, taken: Taken, now: datetime) -> bool:
    """Whether a letter in hand is still to go, to this address; asked before its final dot."""
    keys, of = keys_of(session), col(StaffLetter.staff_id)
    row = errands.held(session, StaffLetter, taken.id, taken.attempts, of)
    if row is None:
        return False
    to = accountfacts.look(session, row.staff_id)
    return not _stopped(keys, row, to, now) and bool(to.email == taken.email)


def record(session: Session, taken: Taken, now: datetime, error: str, final: bool) -> None:
    """What became of it; `error` is empty when the relay took it."""
    errands.record(session, StaffLetter, taken.id, taken.attempts, now, error, final)


def not_arrived(session: Session) -> dict[int, errands.NotArrived]:
    """To whom of the console the last letter did not come."""
    return errands.not_arrived(session, StaffLetter, col(StaffLetter.staff_id))


def is_due(session: Session, now: datetime) -> bool:
    return errands.is_due(session, StaffLetter, now)


def release(session: Session, taken: Taken) -> None:
    """Give a letter back that nobody was asked to take: it was not tried."""
    errands.release(session, StaffLetter, taken.id, taken.attempts)
