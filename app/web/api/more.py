"""/api/v1: two years compared, the sheet of the whole index, and appraised points handed in."""

import json
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.language import _
from app.papers import export
from app.waves import wave as waves
from app.waves.wave import CODE_SIGNS, WaveRefused
from app.web.api import cursors, parts, sheets, tags
from app.web.api.callers import MayWrite, WaveKey, WriteKey, beyond
from app.web.api.door import JSON, LOOK
from app.web.api.shapes import GIVEN_CODE, GIVEN_POINTS
from app.web.api.v1 import WAVE
from app.web.faults import Refused
from app.web.house import house_of

router = APIRouter()
COMPARE, WHOLE, APPRAISED = f"{WAVE}/compare", f"{WAVE}/whole", f"{WAVE}/appraised"
LARGEST, MOST = 2 * 1024 * 1024, 20_000  # bytes; points
SHAPES = {
    "unit": re.compile(GIVEN_CODE),
    "criterion": re.compile(GIVEN_CODE),
    "points": re.compile(GIVEN_POINTS),
}


@router.api_route(COMPARE, methods=LOOK)
def compare(request: Request, code: str, key: WaveKey) -> Response:
    """The newest sheet beside that of an earlier wave: `?earlier=CODE`, else the wave before."""
    asked = cursors.one(request, "earlier")
    if asked is not None and not key.grant.covers(asked):
        raise beyond()
    today, _opened = sheets.found(request, code)
    if asked == code:
        title = _("Hai đợt này không so được.")
        raise Refused(409, title, _("Một đợt không so với chính nó. Ghi earlier là mã đợt khác."))
    if asked is not None:
        earlier = sheets.found(request, asked)[0]
    else:
        those = [document for document, _opened in sheets.published(request)]
        older = those[[each["wave"] for each in those].index(code) + 1 :]
        before = [each for each in older if key.grant.covers(each["wave"])]
        if not before:
            raise _nothing(_("Không có đợt nào trước đợt này để so."))
        earlier = before[0]
    part = parts.PARTS.compare
    if part is None:
        raise _nothing(_("Không có bản so sánh nào ở địa chỉ này."))
    try:
        with house_of(request).db.reading() as session:
            compared = part(session, today, earlier)
    except parts.NotComparable as refused:
        raise Refused(409, _("Hai đợt này không so được."), str(refused)) from refused
    return tags.tagged(request, tags.written(compared))


@router.api_route(WHOLE, methods=LOOK)
def whole(request: Request, code: str, key: WaveKey) -> Response:
    """The newest sheet of the whole index of a wave, or with `?sheet=N` that one."""
    number, document = cursors.sheet_asked(request), None
    if parts.PARTS.whole is not None and set(code) <= CODE_SIGNS:
        with house_of(request).db.reading() as session:
            if _is_for_programs(session, code):
                document = parts.PARTS.whole(session, code, number)
    if document is None:
        raise _nothing(_("Không có bảng điểm cả bộ chỉ số ở địa chỉ này."))
    return tags.tagged(request, export.to_json(document), document["digest"])


def _is_for_programs(session: Any, code: str) -> bool:
    try:
        return not waves.load(session, code).rehearsal
    except WaveRefused:
        return False


async def points(request: Request) -> list[parts.Given]:
    """The points of the body. Raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Refused(415, _("Nội dung gửi lên không phải JSON."), _("Gửi application/json."))
    found, size = [], 0
    async for part in request.stream():
        found.append(part)
        size += len(part)
        if size > LARGEST:
            raise Refused(
                413, _("Nội dung gửi lên lớn quá."), _("Gửi nhiều nhất 2 MB, 20.000 điểm.")
            )
    return _points(b"".join(found))


def _points(body: bytes) -> list[parts.Given]:
    try:
        said = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise cursors.unreadable(
            _("Không đọc được JSON trong nội dung. Xem lại cách viết.")
        ) from None
    rows = said.get("points") if isinstance(said, dict) and set(said) == {"points"} else None
    if not isinstance(rows, list) or not rows or len(rows) > MOST:
        raise cursors.unreadable(
            _('Nội dung phải là {{"points": […]}} với 1 đến {most} mục.').format(most=MOST)
        )
    faults, given = [], []
    for place, row in enumerate(rows):
        if not _is_row(row):
            words = _(
                'points[{place}]: mỗi mục là {{"unit": "mã", "criterion": "mã", "points": "1.25"}},'
                " điểm là chuỗi có dấu chấm."
            )
            faults.append(words.format(place=place))
        else:
            given.append((row["unit"], row["criterion"], row["points"]))
    if faults:
        raise Refused(422, _("Yêu cầu không hợp lệ."), faults[0], faults)
    return given


def _is_row(row: object) -> bool:
    if not isinstance(row, dict) or set(row) != SHAPES.keys():
        return False
    return all(
        isinstance(row[key], str) and shape.fullmatch(row[key]) for key, shape in SHAPES.items()
    )


Points = Annotated[list[parts.Given], Depends(points)]


@router.post(APPRAISED, dependencies=[MayWrite])
def appraised(request: Request, code: str, key: WriteKey, given: Points) -> Response:
    """Appraised points, in place of all that were there before. What is wrong is told all at once,
    and nothing is taken then."""
    house, take = house_of(request), parts.PARTS.take
    try:
        with house.db.transaction() as session:
            if take is None or not set(code) <= CODE_SIGNS or not _is_for_programs(session, code):
                raise _nothing(_("Không có đợt nào nhận điểm thẩm định ở địa chỉ này."))
            now = house.db.now(session)
            who = _("khóa kết nối “{name}”").format(name=key.name)
            warnings = take(house.db, session, code, given, who, now)
    except parts.PointsRefused as refused:
        raise Refused(
            409,
            _("Điểm thẩm định có lỗi, chưa có điểm nào được nhận."),
            refused.faults[0],
            refused.faults,
        ) from refused
    taken = {"wave": code, "taken": len(given), "warnings": list(warnings)}
    return Response(tags.written(taken), media_type=JSON)


def _nothing(title: str) -> Refused:
    return Refused(
        404, title, _("Xem các đợt đã có bảng điểm ở {address}.").format(address="/api/v1/waves")
    )
