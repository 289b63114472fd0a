"""What the council has released of a wave: a page for everybody, and the sheet as files.

No session and no cookie. A wave that is unknown and one of which nothing is released are answered
alike, so that nobody learns that there is a result. The page is made once for each sheet and kept;
whoever has it already is told so. It shows nothing finer than the score sheet.
"""

import gzip
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from app.count import course, releasing, scoresheets
from app.papers import export
from app.scores.press import Press
from app.scores.results import Results
from app.store.db import Database
from app.waves import wave as waves
from app.waves.wave import CODE_SIGNS
from app.web.booth.letterhead import Letterhead
from app.web.house import house_of
from app.web.pages import draw

router = APIRouter()
PATH = "/ket-qua/{code}"
LOOK = ["GET", "HEAD"]
KINDS = {"json": "application/json", "csv": "text/csv"}


@dataclass(frozen=True)
class Kept:
    """Bytes as they are sent, and packed."""

    content: bytes
    packed: bytes
    tag: str
    kind: str


@router.api_route(f"{PATH}.json", methods=LOOK)
def show_json(request: Request, code: str) -> Response:
    """The released sheet, the very bytes of the export."""
    return _answer(request, code, "json")


@router.api_route(f"{PATH}.csv", methods=LOOK)
def show_csv(request: Request, code: str) -> Response:
    return _answer(request, code, "csv")


@router.api_route(PATH, methods=LOOK)
def show(request: Request, code: str) -> Response:
    """The page."""
    return _answer(request, code, "html")


def _answer(request: Request, code: str, what: str) -> Response:
    db = house_of(request).db
    found = None
    if set(code) <= CODE_SIGNS:
        with db.reading() as session:
            found = releasing.of_code(session, code)
    if found is None:
        raise HTTPException(404)
    kept = _made(db, code, *found, what)
    # Taken back it is gone from every cache: each asks first whether it still holds.
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "ETag": kept.tag}
    if _knows(request, kept.tag):
        return Response(status_code=304, headers=headers)
    if what != "html":
        name = f"{code}-bang-diem-{found[1].sheet}.{what}"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    content = kept.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = kept.packed
    return Response(content, headers=headers, media_type=kept.kind)


@lru_cache(32)
def _made(db: Database, code: str, wave_id: int, released: releasing.Released, what: str) -> Kept:
    """A sheet never changes, so what is made of it is kept."""
    with db.reading() as session:
        wave = waves.load(session, code)
        document = scoresheets.document_of(session, wave_id, released.sheet)
        told = course.of(session, wave)
    if what == "html":
        content = page(Press(Results(document), told), released.at).encode()
    else:
        content = export.write(what, document)
    # Weak, as it is sent packed or not.
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Kept(content, gzip.compress(content, 6, mtime=0), tag, KINDS.get(what, "text/html"))


def page(press: Press, released_at: datetime | None = None) -> str:
    """The page of a sheet; without a time it is a preview of it."""
    index = press.results.index
    return draw(
        "press/page.html",
        {
            "head": Letterhead.of(index),
            "press": press,
            "results": press.results,
            "index": index,
            "document": press.results.document,
            "released_at": released_at,
            "preview": released_at is None,
        },
    )


def _knows(request: Request, tag: str) -> bool:
    """RFC 9110: If-None-Match, compared weakly."""
    asked = [
        each.strip().removeprefix("W/")
        for line in request.headers.getlist("if-none-match")
        for each in line.split(",")
    ]
    return tag.removeprefix("W/") in asked or "*" in asked
