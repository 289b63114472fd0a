"""What programs are told when something goes wrong: a problem (RFC 9457).

`title` says what happened, `detail` what to do, `errors` what is wrong one by one. The addresses
from before v1 said `error` and `remedy`; whoever reads these there finds them still.
"""

import logging
from collections.abc import Callable

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from app.bonds.ballotfacts import BallotAltered
from app.bonds.wavefacts import WaveAltered
from app.count.tallies import TallyAltered
from app.keys.keyfile import KeysMissing
from app.language import _
from app.store.upkeep import ReadOnly
from app.waves.wave import WaveRefused
from app.web.bounds import TooSlow
from app.web.faults import COMMON, TOO_SLOW, Door, Fault, Rows, by_status, later

ROOT = "/api"
V1 = f"{ROOT}/v1"
LOOK = ["GET", "HEAD"]
JSON = "application/json"
PROBLEM = "application/problem+json"
log = logging.getLogger("phieu.api")

INVALID = _("Yêu cầu không hợp lệ.")
LATER = _("Đợi vài phút rồi gọi lại; nếu còn lỗi, báo người quản trị máy chủ.")


def problem(fault: Fault) -> Response:
    """A fault for programs."""
    return _written(fault, _said(fault))


def problem_as_before(fault: Fault) -> Response:
    """The same with the words from before v1."""
    return _written(fault, {**_said(fault), "error": fault.title, "remedy": fault.remedy})


def _said(fault: Fault) -> dict[str, object]:
    content: dict[str, object] = {
        "type": "about:blank",
        "title": fault.title,
        "status": fault.status,
        "detail": fault.remedy,
    }
    return content | ({"errors": list(fault.faults)} if fault.faults else {})


def _written(fault: Fault, content: dict[str, object]) -> Response:
    return JSONResponse(content, fault.status, fault.headers, media_type=PROBLEM)


def altered(_request: Request, error: Exception) -> Fault:
    """Somebody wrote into the database past this program: told, and nothing of it handed out."""
    words = error.words if isinstance(error, WaveAltered | WaveRefused) else ""
    log.error("not handed out: %s", type(error).__name__)
    return Fault(503, _("Bảng điểm đã bị sửa ngoài hệ thống."), words or LATER)


def refused(_request: Request, error: Exception) -> Fault:
    """What a verb refuses, in its own words."""
    faults = (error.words if isinstance(error, WaveRefused) else str(error)).splitlines()
    return Fault(409, _("Chưa làm được việc này."), faults[0] if faults else LATER, faults[1:])


def upkeep(request: Request, error: Exception) -> Fault:
    """Nothing may be written now."""
    assert isinstance(error, ReadOnly)  # noqa: S101, for the type checker
    words = _("Chưa có gì của lần gửi này được lưu. Gửi lại sau số giây ở tiêu đề Retry-After.")
    return Fault(503, error.standing.words, words, headers=later(request, error))


ROWS: Rows = {
    **COMMON,
    ReadOnly: upkeep,
    TallyAltered: altered,
    WaveAltered: altered,
    BallotAltered: altered,
    WaveRefused: refused,
    KeysMissing: Fault(503, _("Hệ thống tạm thời chưa trả lời được."), LATER),
    TooSlow: Fault(408, f"{TOO_SLOW}.", _("Chưa có gì của lần gửi này được lưu.")),
}


def _door(root: str, draw: Callable[[Fault], Response], other: str) -> Door:
    begin = _("Bắt đầu từ {address}.").format(address=f"{root}/waves")
    said = {
        404: (_("Không có địa chỉ này."), begin),
        405: (_("Địa chỉ này không nhận cách gọi ấy."), other),
    }
    return Door(
        root=root,
        rows={**ROWS, HTTPException: by_status(said, (INVALID, begin))},
        draw=lambda _request, fault: draw(fault),
        bare=draw,
        crash=Fault(500, _("Hệ thống gặp lỗi."), LATER),
        too_long=Fault(431, INVALID, begin),
    )


DOORS = (
    _door(V1, problem, _("Gọi bằng cách ghi ở tiêu đề Allow.")),
    _door(ROOT, problem_as_before, _("Gọi bằng GET.")),
)
