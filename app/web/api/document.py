"""/openapi.json: what programs ask and what is answered, in the words of OpenAPI 3.1.

True by test: every address stands here and no other, and real answers, refusals too, fit what is
said of them. The sheet is described by the schema that ships with the program.
"""

from app.web.api.door import JSON, PROBLEM, V1
from app.web.api.shapes import (
    CODE,
    CURSOR,
    EARLIER,
    KNOWN,
    LIMIT,
    SHEET,
    TEXT,
    Part,
    ref,
    schema,
    schemas,
)

__all__ = ["document", "schema"]

VERSION = "1"
ANYWHERE = {
    "414": "The address is too long.",
    "431": "The headers are too long.",
    "500": "A fault of the server.",
    "503": "The server cannot answer now, or what it holds was altered past it.",
}
KEYED = {
    "401": "No key, a wrong one, one that was revoked, or one whose time is over.",
    "429": "Too many wrong keys from this network; a right one always passes.",
}
OF_WAVE = {"403": "The key is for other waves, or only to read."}
NONE = {"404": "No sheet, and no page of it, there; of unknown waves, drafts and rehearsals alike."}
UNREADABLE = {"422": "A parameter or the body is not as described."}
POSTED = {
    "409": "The points do not fit the wave: unknown codes, above the maximum; nothing is taken.",
    "408": "The body did not come in time.",
    "413": "The body is larger than 2 MB.",
    "415": "The body is no application/json.",
}


def document(base_url: str) -> Part:
    """The whole document, for the server at `base_url`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Phieu: scores",
            "version": VERSION,
            "description": "Score sheets of surveys, for the scoring system. Looking changes"
            " nothing; every refusal is a problem (RFC 9457). Numbers that are strings are exact.",
        },
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "paths": {**_v1(), **_old()},
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of connection, made at the console.",
                }
            },
            "schemas": schemas(),
        },
    }


def _v1() -> Part:
    wave, paged = f"{V1}/waves/{{code}}", [LIMIT, CURSOR, KNOWN]
    of_wave = OF_WAVE | NONE
    return {
        f"{V1}/waves": _look(
            "The waves that have a sheet and that the key covers, the newest first.",
            ref("Waves"),
            paged,
            UNREADABLE | {"404": "No page there."},
            turned=True,
        ),
        wave: _look(
            "One wave: its newest sheet in short, with the names of blocks and components.",
            ref("Wave"),
            [CODE, KNOWN],
            of_wave,
        ),
        f"{wave}/units": _look(
            "The units of a sheet with name, points, rank and class, in the order of the index.",
            ref("Units"),
            [CODE, SHEET, *paged],
            of_wave | UNREADABLE,
            turned=True,
        ),
        f"{wave}/criteria": _look(
            "The criteria of a sheet's index, in its order.",
            ref("Criteria"),
            [CODE, SHEET, *paged],
            of_wave | UNREADABLE,
            turned=True,
        ),
        f"{wave}/scores": _look(
            "The newest sheet of a wave, or that of a number: the very bytes of the JSON export."
            " ETag is its digest in quotes.",
            ref("Sheet"),
            [CODE, SHEET, KNOWN],
            of_wave | UNREADABLE,
        ),
        f"{wave}/compare": _look(
            "The newest sheet of a wave beside that of an earlier one (phieu.compare/1).",
            ref("Comparison"),
            [CODE, EARLIER, KNOWN],
            of_wave | UNREADABLE | {"409": "The two waves have nothing in common, or are one."},
        ),
        f"{wave}/whole": _look(
            "The sheet of the whole index, survey and appraised points (phieu.whole/1).",
            ref("Whole"),
            [CODE, SHEET, KNOWN],
            of_wave | UNREADABLE,
        ),
        f"{wave}/appraised": {"post": _post()},
        f"{V1}/openapi.json": _look("This document.", {"type": "object"}, free=True),
    }


def _old() -> Part:
    """The addresses from before v1."""
    wave, known = "/api/waves/{code}", OF_WAVE | NONE
    paths = {
        "/api/waves": _look(
            "The waves that have a sheet, the newest first.", ref("OldWaves"), refusal="OldProblem"
        ),
        wave: _look(
            "One wave: its newest sheet in short, with the names of all units, blocks and"
            " components.",
            ref("OldWave"),
            [CODE],
            known,
            refusal="OldProblem",
        ),
        f"{wave}/scores": _look(
            "The newest sheet of a wave, or that of a number.",
            ref("Sheet"),
            [CODE, SHEET, KNOWN],
            known,
            refusal="OldProblem",
        ),
    }
    for deeds in paths.values():
        for deed in deeds.values():
            deed["deprecated"] = True
    schema_path = _look(
        "The JSON Schema of a sheet.", {"type": "object"}, refusal="OldProblem", free=True
    )
    return {**paths, "/api/scores.schema.json": schema_path}


def _look(
    words: str,
    answer: Part,
    asked: list[Part] | None = None,
    refusals: Part | None = None,
    *,
    refusal: str = "Problem",
    turned: bool = False,
    free: bool = False,
) -> Part:
    """GET and HEAD of an address; `free` is one that wants no key, `turned` one with pages."""
    tagged = KNOWN in (asked or [])
    headers: Part = {"Cache-Control": {"schema": TEXT}}
    headers |= {"ETag": {"required": True, "schema": TEXT}} if tagged else {}
    linked = {"Link": {"description": "rel=next: the next page", "schema": TEXT}} if turned else {}
    responses: Part = {
        "200": {"description": words, "content": _json(answer), "headers": headers | linked}
    }
    if tagged:
        responses["304"] = {"description": "It is the one that is known.", "headers": headers}
    told = ANYWHERE | (refusals or {}) | ({} if free else KEYED)
    deed: Part = {"description": words, "responses": responses | _refusals(told, refusal)}
    deed |= {"parameters": asked} if asked else {}
    deed |= {"security": []} if free else {}
    # HEAD answers the same without a body.
    bare = {
        status: {key: value for key, value in each.items() if key != "content"}
        for status, each in deed["responses"].items()
    }
    return {"get": deed, "head": deed | {"responses": bare}}


def _post() -> Part:
    words = "Appraised points, in place of all that the wave had before. Wants a key that writes."
    told = ANYWHERE | KEYED | OF_WAVE | UNREADABLE | POSTED
    told |= {"404": "No wave there that takes appraised points."}
    answer = {"description": "What was taken.", "content": _json(ref("Taken"))}
    return {
        "description": words,
        "parameters": [CODE],
        "requestBody": {"required": True, "content": _json(ref("Given"))},
        "responses": {"200": answer, **_refusals(told, "Problem")},
    }


def _refusals(told: Part, name: str) -> Part:
    headers: Part = {
        "401": {"WWW-Authenticate": {"required": True, "schema": TEXT}},
        "403": {"WWW-Authenticate": {"required": True, "schema": TEXT}},
        "429": {"Retry-After": {"required": True, "schema": TEXT}},
    }
    return {
        status: {
            "description": words,
            "content": {PROBLEM: {"schema": ref(name)}},
            **({"headers": headers[status]} if status in headers else {}),
        }
        for status, words in sorted(told.items())
    }


def _json(schema: Part) -> Part:
    return {JSON: {"schema": schema}}
