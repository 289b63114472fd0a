"""The addresses from before v1: score sheets over the network, the very bytes of the JSON export.

They go on as they were. Looking writes nothing. Reference: docs/api.md.
"""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.papers import export
from app.web.api import sheets, tags
from app.web.api.callers import AnyKey, HasKey
from app.web.api.door import JSON, LOOK, ROOT
from app.web.house import house_of

router = APIRouter()
WAVES = f"{ROOT}/waves"
WAVE = f"{WAVES}/{{code}}"
SCORES = f"{WAVE}/scores"


@router.api_route(WAVES, methods=LOOK)
def list_waves(request: Request, key: AnyKey) -> Response:
    """The waves that have a sheet, the newest first."""
    address = house_of(request).settings.base_url + SCORES
    those = [each for each in sheets.published(request) if key.grant.covers(each[0]["wave"])]
    return JSONResponse({"waves": [sheets.entry(*each, address) for each in those]})


@router.api_route(WAVE, methods=LOOK, dependencies=[HasKey])
def show_wave(request: Request, code: str) -> Response:
    """One wave with its newest sheet in short: names beside all codes."""
    document, opened = sheets.found(request, code, address=WAVES)
    address = house_of(request).settings.base_url + SCORES
    return JSONResponse(
        {
            **sheets.entry(document, opened, address),
            "ranking": document["index"]["content"]["rules"]["ranking"],
            **sheets.named(document, "blocks", "components"),
            "units": sheets.units(document),
        }
    )


@router.api_route(SCORES, methods=LOOK, dependencies=[HasKey])
def scores(request: Request, code: str) -> Response:
    """The newest sheet of a wave, or with `?sheet=N` that one; 304 for whoever has it already."""
    number = _number(request.query_params.get("sheet"))
    document, _opened = sheets.found(request, code, number, WAVES)
    tag = f'"{document["digest"]}"'
    if tags.knows(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(export.to_json(document), headers={"ETag": tag}, media_type=JSON)


def _number(asked: str | None) -> int | None:
    """The number of a sheet; 0, which none has, for what is no number."""
    if asked is None:
        return None
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
