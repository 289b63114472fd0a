"""/api/v1: the waves that have a sheet; of a sheet its units, its criteria, and itself, the very
bytes of the JSON export. Looking writes nothing but when a key was used. Reference: docs/api.md."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.papers import export
from app.web.api import cursors, sheets, tags
from app.web.api.callers import AnyKey, HasKey
from app.web.api.door import LOOK, V1
from app.web.house import house_of

router = APIRouter()
WAVES = f"{V1}/waves"
WAVE = f"{WAVES}/{{code}}"
UNITS, CRITERIA, SCORES = f"{WAVE}/units", f"{WAVE}/criteria", f"{WAVE}/scores"


@router.api_route(WAVES, methods=LOOK)
def list_waves(request: Request, key: AnyKey) -> Response:
    """The waves that have a sheet, the newest first."""
    asked, base_url = cursors.asked(request), house_of(request).settings.base_url
    those = [each for each in sheets.published(request) if key.grant.covers(each[0]["wave"])]
    page, last = cursors.cut(asked, [document["wave"] for document, _opened in those], False)
    entries = [sheets.entry(*each, base_url + SCORES) for each in those[page]]
    following = cursors.following(base_url + WAVES, asked, last)
    return tags.tagged(
        request,
        tags.written({"waves": entries, "next": following}),
        headers=cursors.link(following),
    )


@router.api_route(WAVE, methods=LOOK, dependencies=[HasKey])
def show_wave(request: Request, code: str) -> Response:
    """One wave: its newest sheet in short, blocks and components by name, and how many units and
    criteria there are."""
    document, opened = sheets.found(request, code)
    base_url, content = house_of(request).settings.base_url, document["index"]["content"]
    addresses = {"units_address": UNITS, "criteria_address": CRITERIA}
    shown = {
        **sheets.entry(document, opened, base_url + SCORES),
        **{name: base_url + each.format(code=code) for name, each in addresses.items()},
        "index_digest": document["index"]["digest"],
        "ranking": content["rules"]["ranking"],
        **sheets.named(document, "blocks", "components"),
        "units": len(content["units"]),
        "criteria": len(content["criteria"]),
    }
    return tags.tagged(request, tags.written(shown))


@router.api_route(UNITS, methods=LOOK, dependencies=[HasKey])
def list_units(request: Request, code: str) -> Response:
    """The units of a sheet with name, points, rank and class, in the order of the index."""
    asked = cursors.asked(request)
    document, _opened = sheets.found(request, code, asked.sheet)
    units = sheets.units(document, "scaled", "ballots", "reason", "missing")
    return _page(request, asked, document, UNITS, "units", units)


@router.api_route(CRITERIA, methods=LOOK, dependencies=[HasKey])
def list_criteria(request: Request, code: str) -> Response:
    """The criteria of a sheet's index, in its order: `parent` is a component or a criterion; a leaf
    has a method."""
    asked = cursors.asked(request)
    document, _opened = sheets.found(request, code, asked.sheet)
    keys = ("code", "parent", "name", "max_points", "method")
    criteria = [
        {key: each.get(key) for key in keys} for each in document["index"]["content"]["criteria"]
    ]
    return _page(request, asked, document, CRITERIA, "criteria", criteria)


def _page(
    request: Request,
    asked: cursors.Asked,
    document: export.Document,
    route: str,
    kind: str,
    items: list[dict[str, Any]],
) -> Response:
    code, number = document["wave"], document["sheet"]
    page, last = cursors.cut(asked, [each["code"] for each in items], True)
    address = house_of(request).settings.base_url + route.format(code=code)
    following = cursors.following(address, asked, last, number)
    shown = {
        "wave": code,
        "sheet": number,
        "digest": document["digest"],
        kind: items[page],
        "next": following,
    }
    return tags.tagged(request, tags.written(shown), headers=cursors.link(following))


@router.api_route(SCORES, methods=LOOK, dependencies=[HasKey])
def scores(request: Request, code: str) -> Response:
    """The newest sheet of a wave, or with `?sheet=N` that one; 304 for whoever has it already."""
    document, _opened = sheets.found(request, code, cursors.sheet_asked(request))
    return tags.tagged(request, export.to_json(document), document["digest"])
