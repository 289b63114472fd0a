"""Other programs are told of new sheets: each second what is due, one message after the other.

What a message says is read here from the sheet, never from the row that waits: who can write to
the database makes us tell nothing that is not so. Nothing is logged but names of failures.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from urllib.parse import quote

from app.count import scoresheets, wholesheets
from app.count.tallies import TallyAltered
from app.language import _
from app.settings import Settings
from app.store import upkeep
from app.store.db import Database, Session
from app.webhooks import addresses, calls, hooks, posting, signing
from app.webhooks.networks import Outside

log = logging.getLogger("phieu.webhooks")

POLL, LONGEST_BACK_OFF = 1.0, 60.0  # seconds
WHERE = {
    calls.SHEET: "/api/v1/waves/{code}/scores?sheet={number}",
    calls.WHOLE: "/api/v1/waves/{code}/whole?sheet={number}",
}
GONE = 410  # by the specification: nobody there wants to hear more


async def keep(db: Database, settings: Settings, outside: Outside, stop: asyncio.Event) -> None:
    """Tell until `stop` is set, whatever happens to the database meanwhile."""
    back_off, seen = POLL, upkeep.Seen(db)
    while not stop.is_set():
        try:
            await asyncio.to_thread(
                tell_due, db, settings, outside, lambda: stop.is_set() or seen() is not None
            )
            back_off = POLL
        except upkeep.ReadOnly:
            pass  # a moment later it is seen beforehand
        except Exception as error:  # noqa: BLE001  # the next round tries again
            if back_off == POLL:
                log.warning("nobody is told of sheets: %s", type(error).__name__)
            back_off = min(back_off * 2, LONGEST_BACK_OFF)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), back_off)


def tell_due(
    db: Database,
    settings: Settings,
    outside: Outside,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Tell whatever is due now; gives how many messages were taken."""
    taken = 0
    while not stopped():
        with db.reading() as session:
            if not calls.is_due(session, db.now(session)):
                break
        with db.transaction() as session:
            call = calls.take(session, db.now(session))
        if call is None:
            break
        answer, outcome = _attempt(db, settings, outside, call)
        with upkeep.allowed(), db.transaction() as session:
            calls.record(session, call, db.now(session), answer, outcome)
        taken += outcome == "taken"
    return taken


def _attempt(
    db: Database, settings: Settings, outside: Outside, call: calls.Call
) -> tuple[str, str]:
    """What was answered, and what that means; see `calls.record`."""
    with db.reading() as session:
        now = db.now(session)
        hook = hooks.of_id(session, call.hook_id)
        if hook is None or hook.secret is None:
            return _("Địa chỉ này đã bị sửa ngoài hệ thống; đặt lại địa chỉ."), "over"
        if not calls.may_hear(session, hook, call.wave, now):
            return _("Khóa kết nối đã thu hồi hoặc hết hạn"), "over"
        try:
            body = _body(session, settings, call)
        except TallyAltered:
            return _("Bảng điểm đã bị sửa ngoài hệ thống; chưa báo"), "again"
    if body is None:
        return _("Bảng điểm ấy không còn"), "over"
    try:
        place = addresses.read(hook.address)
        head = signing.headers(hook.secret, call.message, int(now.timestamp()), body)
        status = posting.post(place, body, head, outside)
    except (addresses.AddressRefused, posting.NotTaken) as refused:
        return str(refused), "again"
    outcome = "taken" if 200 <= status < 300 else "over" if status == GONE else "again"
    return calls.words(status), outcome


def _body(session: Session, settings: Settings, call: calls.Call) -> bytes | None:
    """What a message says; None where its sheet is none for other programs. Raises TallyAltered."""
    if call.sheet is None:
        return _written(call, {})
    if scoresheets.is_rehearsal(session, call.wave):
        return None
    of = wholesheets if call.kind == calls.WHOLE else scoresheets
    digest = of.digest_of(session, call.wave, call.sheet)
    if digest is None:
        return None
    path = WHERE[call.kind].format(code=quote(call.wave), number=call.sheet)
    facts = {"wave": call.wave, "sheet": call.sheet, "digest": digest}
    return _written(call, facts | {"address": settings.base_url + path})


def _written(call: calls.Call, data: dict[str, object]) -> bytes:
    at = call.made_at.isoformat(timespec="seconds")
    return json.dumps({"type": call.kind, "timestamp": at, "data": data}).encode()
