"""The page on which anybody recomputes an exported sheet: as it ships, for who has no file of it.

It asks nothing of this server, which never sees the sheet; its policy is its own, by hash.
"""

import gzip
from functools import cache

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.papers import verifier
from app.web.frame import set_header

router = APIRouter()
PATH = "/kiem-tra"


@router.api_route(PATH, methods=["GET", "HEAD"])
async def show(request: Request) -> Response:
    headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Encoding"}
    content = verifier.page()
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = packed()
    response = Response(content, headers=headers, media_type="text/html; charset=utf-8")
    policy = f"{verifier.policy()}; frame-ancestors 'none'"
    return set_header(response, "content-security-policy", policy)


@cache
def packed() -> bytes:
    return gzip.compress(verifier.page(), 9, mtime=0)
