"""What is to be told, when it is tried again, and what became of it.

A sheet is told once to each address: a row for each, made in the transaction that makes the sheet.
An attempt begins with a conditional update, so that of several processes one makes it, and one that
died gives way after a while. The gaps grow; after a day nobody is told any more.
"""

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlmodel import Session, col

from app.language import _
from app.staff import connections
from app.store.webhookmodels import WebhookCall
from app.webhooks import hooks

SHEET, WHOLE, TRIAL = "sheet", "whole", "trial"
# Before the second attempt, the third …; 23 hours and 21 minutes in all.
GAPS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 120, 240, 480, 480))
JITTER = 0.1
LEASE = timedelta(minutes=2)  # longer than an attempt may take
SHOWN = 10  # of each address, and so many trials are kept


@dataclass(frozen=True)
class Call:
    """A message to an address: of a score sheet, of one of the whole index, or a trial."""

    id: int
    hook_id: int
    message: str
    kind: str
    wave: str
    sheet: int | None
    made_at: datetime
    due_at: datetime | None
    attempts: int
    tried_at: datetime | None
    taken_at: datetime | None
    answer: str

    @property
    def is_trial(self) -> bool:
        return self.kind == TRIAL

    @property
    def is_given_up(self) -> bool:
        return self.due_at is None and self.taken_at is None


def tell(session: Session, wave: str, sheet: int, now: datetime, kind: str = SHEET) -> None:
    """A new sheet is there: every address whose key may read the wave is to be told."""
    for hook in hooks.everyone(session):
        if not hook.is_altered and may_hear(session, hook, wave, now):
            _add(session, hook.id, now, kind, wave, sheet)


def may_hear(session: Session, hook: hooks.Hook, wave: str, now: datetime) -> bool:
    """Whether the key of an address is live and reads a wave; "" is a trial, of no wave."""
    key = connections.of_id(session, hook.key_id)
    if key is None or not key.is_live or key.is_altered or key.grant.is_over(now):
        return False
    return wave == "" or key.grant.covers(wave)


def try_out(session: Session, hook_id: int, now: datetime) -> bool:
    """A trial message; False while one is waiting already."""
    trials = select(col(WebhookCall.id), col(WebhookCall.due_at)).where(
        col(WebhookCall.webhook_id) == hook_id, col(WebhookCall.kind) == TRIAL
    )
    found = session.connection().execute(trials.order_by(col(WebhookCall.id).desc())).all()
    if any(row.due_at is not None for row in found):
        return False
    old = [row.id for row in found[SHOWN - 1 :]]
    session.connection().execute(delete(WebhookCall).where(col(WebhookCall.id).in_(old)))
    _add(session, hook_id, now, TRIAL)
    return True


def _add(
    session: Session,
    hook_id: int,
    now: datetime,
    kind: str,
    wave: str = "",
    sheet: int | None = None,
) -> None:
    row = {
        "webhook_id": hook_id,
        "message": f"msg_{secrets.token_hex(12)}",
        "kind": kind,
        "wave": wave,
        "sheet": sheet,
        "made_at": now,
        "due_at": now,
        "attempts": 0,
        "answer": "",
    }
    session.connection().execute(insert(WebhookCall), [row])


def is_due(session: Session, now: datetime) -> bool:
    query = select(col(WebhookCall.id)).where(col(WebhookCall.due_at) <= now).limit(1)
    return session.connection().execute(query).first() is not None


def take(session: Session, now: datetime) -> Call | None:
    """The next one that is due, taken for an attempt of ours; None when nothing is."""
    due = _select().where(col(WebhookCall.due_at) <= now)
    for row in session.connection().execute(due.order_by(col(WebhookCall.due_at))).mappings().all():
        mine = update(WebhookCall).where(
            col(WebhookCall.id) == row["id"], col(WebhookCall.attempts) == row["attempts"]
        )
        values = {"attempts": row["attempts"] + 1, "tried_at": now, "due_at": now + LEASE}
        if session.connection().execute(mine.values(**values)).rowcount == 1:
            return _said({**row, **values})
    return None


def record(session: Session, call: Call, now: datetime, answer: str, outcome: str) -> None:
    """What became of an attempt: `taken`, `again` (later, or never after a day), `over`."""
    values: dict[str, object] = {"answer": answer, "due_at": None}
    if outcome == "taken":
        values["taken_at"] = now
    elif outcome == "again" and call.attempts <= len(GAPS) and not call.is_trial:
        gap = GAPS[call.attempts - 1]
        values["due_at"] = now + gap * random.uniform(1 - JITTER, 1)  # noqa: S311, no secret
    mine = update(WebhookCall).where(
        col(WebhookCall.id) == call.id, col(WebhookCall.attempts) == call.attempts
    )
    session.connection().execute(mine.values(**values))


def last(session: Session, hook_id: int) -> list[Call]:
    """The last ones of an address, the newest first."""
    query = _select().where(col(WebhookCall.webhook_id) == hook_id)
    rows = session.connection().execute(query.order_by(col(WebhookCall.id).desc()).limit(SHOWN))
    return [_said(row) for row in rows.mappings()]


def words(status: int) -> str:
    """What the console says of an answer."""
    if 200 <= status < 300:
        return _("Đã nhận ({status})").format(status=status)
    if 300 <= status < 400:
        return _("Máy ấy chuyển sang địa chỉ khác ({status}); hệ thống không đi theo").format(
            status=status
        )
    return _("Máy ấy từ chối ({status})").format(status=status)


def _select() -> Any:
    columns: Any = WebhookCall.__table__.columns  # type: ignore[attr-defined]
    return select(*columns)


def _said(row: RowMapping | dict[str, Any]) -> Call:
    rest = {key: row[key] for key in row if key != "webhook_id"}
    return Call(hook_id=row["webhook_id"], **rest)
