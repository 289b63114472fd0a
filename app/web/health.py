"""What a supervisor asks: is the process alive, and can it serve.

Anybody may ask, so the answer names no path, no setting and no wave; the log does.
"""

import logging

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.ballots import enquiries
from app.keys.keyfile import KeysMissing
from app.language import _
from app.web.house import house_of

router = APIRouter()
log = logging.getLogger("phieu.ready")
LOOK = ["GET", "HEAD"]


@router.api_route("/alive", methods=LOOK)
async def alive() -> Response:
    """The process answers; nothing else is asked."""
    return PlainTextResponse("ok\n")


@router.api_route("/ready", methods=LOOK)
def ready(request: Request) -> Response:
    """200 when database and keys are there; 503 says which of them lacks."""
    house = house_of(request)
    try:
        with house.db.reading() as session:
            lacking = enquiries.without_keys(session, house.keys)
        house.keys.must_be_there()
        reasons = [_("Thiếu khóa của một đợt điều tra; nhật ký máy chủ ghi rõ.")] if lacking else []
        details = ", ".join(lacking)
    except KeysMissing as error:
        reasons = [_("Thiếu tệp khóa; nhật ký máy chủ ghi rõ.")]
        details = str(error)
    except Exception as error:  # noqa: BLE001, whatever it is, the process is not ready
        reasons = [_("Không dùng được cơ sở dữ liệu; nhật ký máy chủ ghi rõ.")]
        details = type(error).__name__
    if reasons:
        log.warning("not ready: %s %s", reasons[0], details)
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)
