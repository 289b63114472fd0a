"""The public record of a wave, for whoever knows its code: a page, and what programs keep.

A draft and a rehearsal have none, and nobody learns from the answer that there is such a wave.
"""

import hashlib

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from app.bonds.wavefacts import WaveAltered
from app.language import _
from app.record import entries, held, lines
from app.record.entries import Document
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.web.booth.letterhead import Letterhead
from app.web.booth.opened import LOOK
from app.web.faults import Refused
from app.web.house import house_of
from app.web.pages import draw

router = APIRouter()
# Everybody is shown the same.
HEADERS = {"Cache-Control": "public, max-age=60"}
HTML, JSON = "text/html; charset=utf-8", "application/json"


@router.api_route("/cong-khai/{code}.json", methods=LOOK)
def document(request: Request, code: str) -> Response:
    """The record as programs keep it."""
    found, _head, _ended = _read(request, code)
    return _answer(request, entries.to_json(found), JSON)


@router.api_route("/cong-khai/{code}", methods=LOOK)
def show(request: Request, code: str) -> Response:
    """The record line by line, with what each line proves."""
    found, head, ended = _read(request, code)
    values = {
        "head": head,
        "code": code,
        "lines": lines.lines(found),
        "from_launch": bool(found["entries"]) and found["entries"][0]["what"] == "launch",
        "ended": ended,
        "key": found["key"],
        "address": f"{house_of(request).settings.base_url}/cong-khai/{code}",
    }
    return _answer(request, draw("ballot/record.html", values).encode(), HTML)


def _read(request: Request, code: str) -> tuple[Document, Letterhead, bool]:
    try:
        try:
            return _read_once(request, code)
        except WaveAltered:
            # Or an entry came between the look at the rows and the one at the key file.
            return _read_once(request, code)
    except WaveRefused:
        raise HTTPException(404) from None
    except WaveAltered as altered:
        raise Refused(
            503,
            _("Sổ công khai tạm thời không đọc được"),
            _(
                "Dữ liệu của đợt này không còn như hệ thống ghi, nên không đưa ra. Ai đã giữ một"
                " bản sổ xin giữ lại, và báo cơ quan tổ chức."
            ),
        ) from altered


def _read_once(request: Request, code: str) -> tuple[Document, Letterhead, bool]:
    with house_of(request).db.reading() as session:
        wave = waves.load(session, code)
        found = held.record(session, wave)
        if found is None:
            raise HTTPException(404)
        index, _layout = waves.index_of(wave)
        return found, Letterhead.of(index), held.has_ended(session, wave)


def _answer(request: Request, content: bytes, kind: str) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {**HEADERS, "ETag": tag}
    asked = ",".join(request.headers.getlist("if-none-match")).split(",")
    known = [each.strip().removeprefix("W/") for each in asked]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kind)
