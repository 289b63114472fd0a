"""What a supervisor asks: is the process alive, and can it serve."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app import enquiries
from app.keys import KeysMissing
from app.language import _
from app.web.pages import house_of

router = APIRouter()
LOOK = ["GET", "HEAD"]


@router.api_route("/alive", methods=LOOK)
async def alive() -> Response:
    """The process answers; nothing else is asked."""
    return PlainTextResponse("ok\n")


@router.api_route("/ready", methods=LOOK)
def ready(request: Request) -> Response:
    """200 when database and keys are there; 503 names what lacks, for whoever runs the server."""
    house = house_of(request)
    try:
        with house.db.reading() as session:
            lacking = enquiries.without_keys(session, house.keys)
        house.keys.must_be_there()
        reasons = [
            _("Thiếu khóa của đợt {code} trong tệp khóa của tiến trình này.").format(code=code)
            for code in lacking
        ]
    except KeysMissing as error:
        reasons = [str(error)]
    except Exception as error:  # noqa: BLE001, whatever it is, the process is not ready
        reasons = [_("Không dùng được cơ sở dữ liệu ({kind}).").format(kind=type(error).__name__)]
    return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)
