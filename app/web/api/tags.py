"""What a program has already: strong ETags, and If-None-Match.

The tag of a sheet is its digest. That of anything else is the SHA-256 of its bytes: these turn on
the sheet, and on how this version of the program writes.
"""

import hashlib
import json

from fastapi import Request
from starlette.responses import Response

from app.web.api.door import JSON

# Kept by the program that asked, and by nobody on the way; used again only when it still holds.
HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}


def tagged(
    request: Request,
    content: bytes,
    tag: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The content, or 304 for whoever has it."""
    named = f'"{tag or f"sha256:{hashlib.sha256(content).hexdigest()}"}"'
    told = {**HEADERS, **(headers or {}), "ETag": named}
    if knows(request, named):
        return Response(status_code=304, headers=told)
    return Response(content, headers=told, media_type=JSON)


def written(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def knows(request: Request, tag: str) -> bool:
    """RFC 9110: If-None-Match compares weakly, and a star stands for any."""
    asked = [
        each.strip().removeprefix("W/")
        for line in request.headers.getlist("if-none-match")
        for each in line.split(",")
    ]
    return tag in asked or "*" in asked
