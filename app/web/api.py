"""What the scoring system reads: score sheets over the network, the very bytes of the JSON export.

For programs: every answer is JSON, a refusal too (`error`, and in `remedy` what to do). A program
sends a key of connection in the header Authorization; nowhere else, since addresses end up in logs.
Looking writes nothing. A wave that is unknown, has no sheet, or is a rehearsal is answered alike.
Reference: docs/scores.md.
"""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from app.bonds.wavefacts import WaveAltered
from app.count import scoresheets
from app.count.tallies import TallyAltered
from app.language import HANOI, _
from app.papers import export
from app.staff import connections
from app.waves import wave as waves
from app.waves.wave import CODE_SIGNS
from app.web import apidocument
from app.web.faults import COMMON, Door, Fault, Refused, by_status
from app.web.house import house_of, wrong

router = APIRouter()
ROOT = "/api"
WAVES = f"{ROOT}/waves"
WAVE = f"{WAVES}/{{code}}"
SCORES = f"{WAVE}/scores"
SCHEMA = f"{ROOT}/scores.schema.json"
DOCUMENT = "/openapi.json"
LOOK = ["GET", "HEAD"]
JSON = "application/json"
BEARER = 'Bearer realm="phieu"'


def caller(request: Request) -> None:
    """The guard: a live key of connection. Only wrong keys are counted, a right one always passes.

    Raises Refused.
    """
    scheme, _space, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(
            401,
            _("Chưa gửi khóa kết nối."),
            _(
                "Gửi khóa ở tiêu đề Authorization, dạng “Bearer KHÓA”. Khóa do chuyên viên tạo ở"
                " trang quản trị, mục Xuất báo cáo."
            ),
            headers={"WWW-Authenticate": BEARER},
        )
    house = house_of(request)
    with house.db.reading() as session:
        if connections.is_live(session, key.strip()):
            return
    if wrong(request):
        raise Refused(
            429,
            _("Có quá nhiều lần gửi sai khóa từ mạng này."),
            _("Đợi một phút rồi thử lại. Khóa kết nối đúng thì lúc nào cũng được nhận."),
            headers={"Retry-After": "60"},
        )
    raise Refused(
        401,
        _("Khóa kết nối không đúng hoặc đã thu hồi."),
        _("Xem lại khóa đã chép đủ chưa, hoặc nhờ chuyên viên tạo khóa mới."),
        headers={"WWW-Authenticate": f'{BEARER}, error="invalid_token"'},
    )


HasKey = Depends(caller)


@router.api_route(WAVES, methods=LOOK, dependencies=[HasKey])
def list_waves(request: Request) -> Response:
    """The waves that have a sheet, the newest first."""
    base_url = house_of(request).settings.base_url
    found = _published(request)
    return JSONResponse({"waves": [_entry(base_url, *each) for each in found]})


Published = tuple[export.Document, datetime]  # with the time its wave opened


def _published(
    request: Request, code: str | None = None, number: int | None = None
) -> list[Published]:
    """See `scoresheets.published`. Raises Refused when one is not as it was made."""
    try:
        with house_of(request).db.reading() as session:
            documents = scoresheets.published(session, code, number)
            return [(each, waves.load(session, each["wave"]).opens_at) for each in documents]
    except (TallyAltered, WaveAltered) as altered:
        raise Refused(503, _("Bảng điểm đã bị sửa ngoài hệ thống."), altered.words) from altered


def _found(request: Request, code: str, number: int | None = None) -> Published:
    """One of them. Raises Refused where there is none."""
    found = _published(request, code, number) if set(code) <= CODE_SIGNS else []
    if not found:
        raise Refused(
            404,
            _("Không có bảng điểm ở địa chỉ này."),
            _("Xem các đợt đã có bảng điểm, và số của bảng mới nhất, ở {address}.").format(
                address=WAVES
            ),
        )
    return found[0]


def _entry(base_url: str, document: export.Document, opened: datetime) -> dict[str, object]:
    content = document["index"]["content"]
    return {
        "code": document["wave"],
        "name": content["index"]["name"],
        "year": int(content["index"]["year"]),
        "sheet": document["sheet"],
        "digest": document["digest"],
        "opens_at": opened.astimezone(HANOI).isoformat(timespec="seconds"),
        "closed_at": document["closed_at"],
        "issued": document["issued"],
        "counted": document["counted"],
        "address": base_url + SCORES.format(code=document["wave"]),
    }


@router.api_route(WAVE, methods=LOOK, dependencies=[HasKey])
def show_wave(request: Request, code: str) -> Response:
    """One wave with its newest sheet in short: names beside all codes."""
    document, opened = _found(request, code)
    content = document["index"]["content"]
    known = {unit["code"]: unit for unit in content["units"]}
    sums = ("points", "max_points", "percent", "exact_percent", "rank", "class")
    return JSONResponse(
        {
            **_entry(house_of(request).settings.base_url, document, opened),
            "ranking": content["rules"]["ranking"],
            **{
                kind: [{"code": each["code"], "name": each["name"]} for each in content[kind]]
                for kind in ("blocks", "components")
            },
            "units": [
                {
                    **{key: known[unit["code"]][key] for key in ("code", "name", "block")},
                    **{key: unit[key] for key in sums},
                }
                for unit in document["units"]
            ],
        }
    )


@router.api_route(SCORES, methods=LOOK, dependencies=[HasKey])
def scores(request: Request, code: str) -> Response:
    """The newest sheet of a wave, or with `?sheet=N` that one; 304 for whoever has it already."""
    number = _number(request.query_params.get("sheet"))
    document, _opened = _found(request, code, number)
    tag = f'"{document["digest"]}"'
    if _knows(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(export.to_json(document), headers={"ETag": tag}, media_type=JSON)


def _number(asked: str | None) -> int | None:
    """The number of a sheet; 0, which none has, for what is no number."""
    if asked is None:
        return None
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0


def _knows(request: Request, tag: str) -> bool:
    """RFC 9110: If-None-Match compares weakly, and a star stands for any."""
    asked = [
        each.strip().removeprefix("W/")
        for line in request.headers.getlist("if-none-match")
        for each in line.split(",")
    ]
    return tag in asked or "*" in asked


@router.api_route(SCHEMA, methods=LOOK)
def schema() -> Response:
    """The shape of a sheet. It is no secret: it ships with the program."""
    return Response(apidocument.schema(), media_type=JSON)


@router.api_route(DOCUMENT, methods=LOOK)
def document(request: Request) -> Response:
    """What can be asked here and what is answered, for programs that write programs."""
    return JSONResponse(apidocument.document(house_of(request).settings.base_url))


def answer(fault: Fault) -> Response:
    """A fault for programs."""
    content = {"error": fault.title, "remedy": fault.remedy}
    return JSONResponse(content, fault.status, fault.headers)


BEGIN = _("Bắt đầu từ {address}.").format(address=WAVES)
INVALID = _("Yêu cầu không hợp lệ.")
DOOR = Door(
    root=ROOT,
    rows={
        **COMMON,
        HTTPException: by_status(
            {
                404: (_("Không có địa chỉ này."), BEGIN),
                405: (_("Địa chỉ này chỉ để đọc."), _("Gọi bằng GET.")),
            },
            (INVALID, BEGIN),
        ),
    },
    draw=lambda _request, fault: answer(fault),
    bare=answer,
    crash=Fault(
        500,
        _("Hệ thống gặp lỗi."),
        _("Đợi vài phút rồi gọi lại; nếu còn lỗi, báo người quản trị máy chủ."),
    ),
    too_long=Fault(431, INVALID, BEGIN),
)
