"""What a supervisor asks: is the process alive, and can it serve.

Anybody may ask, so the answer names no path, no setting and no wave; the log does. What another
process would do no better (a relay that takes nothing, a clock, the switch for upgrades) is a
warning: a balancer that took every process out for it would make it worse.
"""

import logging

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.ballots import enquiries
from app.doctor import clocks
from app.keys.keyfile import KeysMissing
from app.language import _
from app.letters import stops
from app.store import soundness, upkeep
from app.store.db import Session
from app.web.house import House, house_of

router = APIRouter()
log = logging.getLogger("phieu.ready")
LOOK = ["GET", "HEAD"]


@router.api_route("/alive", methods=LOOK)
@router.api_route("/health", methods=LOOK)
async def alive() -> Response:
    """The process answers; nothing else is asked."""
    return PlainTextResponse("ok\n")


@router.api_route("/ready", methods=LOOK)
def ready(request: Request) -> Response:
    """200 when database, tables and keys are there; 503 says which of them lacks."""
    house, warnings = house_of(request), list[str]()
    try:
        with house.db.reading() as session:
            reasons, details = _lacking(house, session)
            if not reasons:
                warnings = _warnings(house, session)
        house.keys.must_be_there()
    except KeysMissing as error:
        reasons, details = [_("Thiếu tệp khóa; nhật ký máy chủ ghi rõ.")], str(error)
    except Exception as error:  # noqa: BLE001, whatever it is, the process is not ready
        reasons = [_("Không dùng được cơ sở dữ liệu; nhật ký máy chủ ghi rõ.")]
        details = type(error).__name__
    if reasons:
        log.warning("not ready: %s %s", reasons[0], details)
    answer = {"ready": not reasons, "reasons": reasons, "warnings": [] if reasons else warnings}
    return JSONResponse(answer, 503 if reasons else 200)


def _lacking(house: House, session: Session) -> tuple[list[str], str]:
    """Why nothing can be served, and what only the log says of it."""
    if soundness.tables(session) in (soundness.EMPTY, soundness.BEHIND):
        words = _("Cơ sở dữ liệu chưa được nâng lên phiên bản của chương trình này.")
        return [words], str(soundness.found(session))
    lacking = enquiries.without_keys(session, house.keys)
    reasons = [_("Thiếu khóa của một đợt điều tra; nhật ký máy chủ ghi rõ.")] if lacking else []
    return reasons, ", ".join(lacking)


def _warnings(house: House, session: Session) -> list[str]:
    """What somebody should look at, though everything is served."""
    found = []
    stop = stops.standing(session, stops.OUT)
    if stop is not None and stop.is_alarm:
        found.append(_("Thư không gửi đi được; trang quản trị ghi vì sao."))
    if clocks.wrong(house.db, session):
        found.append(_("Đồng hồ máy chủ sai; “phieu doctor” nói rõ."))
    if upkeep.standing(session) is not None:
        found.append(_("Hệ thống đang bảo trì: chỉ xem được."))
    return found
