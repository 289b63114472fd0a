"""/openapi.json: what `/api` is asked and what it answers, in the words of OpenAPI 3.1.

True by test: every address of `api` stands here and no other, and real answers, refusals too, fit
what is said of them. The sheet is described by the schema that ships with the program.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from app.papers import export

Part = dict[str, Any]
VERSION = "1"
DEFS, COMPONENTS = "#/$defs/", "#/components/schemas/"
FEW = "null where too few ballots say anything (docs/scores.md, rule 0)"


@cache
def schema() -> bytes:
    """The JSON Schema of a sheet, as it ships."""
    return Path(export.__file__).with_name("scores.schema.json").read_bytes()


def document(base_url: str) -> Part:
    """The whole document, for the server at `base_url`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Phieu: scores",
            "version": VERSION,
            "description": "Score sheets of surveys, for the scoring system. Looking changes"
            " nothing; every refusal is JSON, too. Numbers that are strings are exact decimals.",
        },
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "paths": {
            "/api/waves": _path("The waves that have a sheet, the newest first.", _ref("Waves")),
            "/api/waves/{code}": _path(
                "One wave: its newest sheet in short, with the names of all units, blocks and"
                " components.",
                _ref("Wave"),
                [_CODE],
            ),
            "/api/waves/{code}/scores": _path(
                "The newest sheet of a wave, or that of a number: the very bytes of the JSON"
                " export. ETag is its digest in quotes.",
                _ref("Sheet"),
                [_CODE, _SHEET, _KNOWN],
                tagged=True,
            ),
            "/api/scores.schema.json": _path(
                "The JSON Schema of a sheet.", {"type": "object"}, free=True
            ),
        },
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of connection, made at the console.",
                }
            },
            "schemas": _schemas(),
        },
    }


def _path(
    words: str,
    answer: Part,
    asked: list[Part] | None = None,
    tagged: bool = False,
    free: bool = False,
) -> Part:
    """GET and HEAD of an address; `free` is one that wants no key."""
    tag = {"ETag": {"schema": {"type": "string"}}} if tagged else {}
    refusals = {"500": "A fault of the server.", "503": "The server cannot answer now."}
    if not free:
        refusals |= {
            "401": "No key, a wrong one, or one that was revoked.",
            "429": "Too many wrong keys from this network; a right one always passes.",
        }
    if asked:
        refusals["404"] = "No sheet there; of unknown waves, drafts and rehearsals alike."
    responses: Part = {"200": {"description": words, "content": _json(answer), "headers": tag}}
    if tagged:
        responses["304"] = {"description": "It is the one that is known.", "headers": tag}
    responses |= {
        status: {"description": said, "content": _json(_ref("Refusal"))}
        for status, said in sorted(refusals.items())
    }
    deed: Part = {"description": words, "responses": responses}
    deed |= {"parameters": asked} if asked else {}
    deed |= {"security": []} if free else {}
    # HEAD answers the same without a body.
    bare = {
        status: {key: value for key, value in each.items() if key != "content"}
        for status, each in responses.items()
    }
    return {"get": deed, "head": deed | {"responses": bare}}


def _json(schema: Part) -> Part:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> Part:
    return {"$ref": COMPONENTS + name}


_TEXT: Part = {"type": "string"}
_WORDS: Part = {"type": "string", "minLength": 1}
_MOMENT: Part = {"type": "string", "format": "date-time"}
_DIGEST: Part = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_CODE: Part = {
    "name": "code",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
}
_SHEET: Part = {
    "name": "sheet",
    "in": "query",
    "description": "The number of a sheet; without it the newest.",
    "schema": {"type": "integer", "minimum": 1},
}
_KNOWN: Part = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the sheet that the caller has already.",
    "schema": _TEXT,
}


def _object(**properties: Part) -> Part:
    """An object of just these keys."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _list(items: Part) -> Part:
    return {"type": "array", "items": items}


def _schemas() -> Part:
    known = {
        "code": _WORDS,
        "name": _WORDS,
        "year": {"type": "integer"},
        "sheet": {"type": "integer", "minimum": 1},
        "digest": _DIGEST,
        "opens_at": _MOMENT,
        "closed_at": _MOMENT,
        "issued": {"type": "integer", "minimum": 0},
        "counted": {"type": "integer", "minimum": 0},
        "address": {"type": "string", "format": "uri"},
    }
    number = {"type": ["string", "null"], "description": FEW}
    named = _object(code=_WORDS, name=_WORDS)
    unit = _object(
        code=_WORDS,
        name=_WORDS,
        block=_WORDS,
        **dict.fromkeys(("points", "max_points", "percent", "exact_percent"), number),
        rank={"type": ["integer", "null"], "description": "within the block, or of all units"},
        **{"class": {"type": ["string", "null"]}},
    )
    sheet = json.loads(schema().replace(DEFS.encode(), f"{COMPONENTS}Sheet-".encode()))
    parts = {f"Sheet-{name}": part for name, part in sheet.pop("$defs").items()}
    for key in ("$schema", "$id"):
        del sheet[key]
    return {
        "Waves": _object(waves=_list(_ref("Entry"))),
        "Entry": _object(**known),
        "Wave": _object(
            **known,
            ranking={"enum": ["blocks", "one-list"]},
            blocks=_list(named),
            components=_list(named),
            units=_list(unit),
        ),
        "Refusal": _object(error=_WORDS, remedy=_WORDS),
        "Sheet": sheet,
        **parts,
    }
