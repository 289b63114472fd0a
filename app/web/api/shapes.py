"""The shapes of what is answered, in the words of OpenAPI 3.1."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from app.papers import export
from app.web.api import cursors

Part = dict[str, Any]
DEFS, COMPONENTS = "#/$defs/", "#/components/schemas/"
SHEET_NAME = "urn:phieu:scores:1"  # what other schemas call that of a sheet
FEW = "null where too few ballots say anything (docs/scores.md, rule 0)"


@cache
def schema() -> bytes:
    """The JSON Schema of a sheet, as it ships."""
    return Path(export.__file__).with_name("scores.schema.json").read_bytes()


@cache
def whole_schema() -> bytes:
    """That of a sheet of the whole index."""
    return Path(export.__file__).with_name("whole.schema.json").read_bytes()


@cache
def compare_schema() -> bytes:
    """That of two years side by side."""
    return Path(export.__file__).with_name("compare.schema.json").read_bytes()


def ref(name: str) -> Part:
    return {"$ref": COMPONENTS + name}


TEXT: Part = {"type": "string"}
WORDS: Part = {"type": "string", "minLength": 1}
COUNT: Part = {"type": "integer", "minimum": 0}
PLACE: Part = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
ADDRESS: Part = {"type": "string", "format": "uri"}
MOMENT: Part = {"type": "string", "format": "date-time"}
DIGEST: Part = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
EXACT: Part = {"type": ["string", "null"], "pattern": "^-?[0-9]+(/[0-9]+)?$"}


def asked(name: str, where: str, shape: Part, words: str = "", required: bool = False) -> Part:
    said = {"description": words} if words else {}
    return {"name": name, "in": where, "required": required, "schema": shape, **said}


CODE = asked("code", "path", {**TEXT, "pattern": "^[A-Za-z0-9_-]{1,64}$"}, "", True)
SHEET = asked("sheet", "query", PLACE, "The number of a sheet; without it the newest.")
KNOWN = asked("If-None-Match", "header", TEXT, "The ETag of what the caller has already.")
LIMIT = asked(
    "limit",
    "query",
    {"type": "integer", "minimum": 1, "maximum": cursors.MOST, "default": cursors.USUAL},
    "How many at most.",
)
CURSOR = asked(
    "cursor",
    "query",
    {**TEXT, "pattern": f"^{cursors.CURSOR.pattern}$"},
    "Where to go on, from `next` of the page before; nothing made up.",
)
EARLIER = asked(
    "earlier",
    "query",
    {**TEXT, "pattern": "^[A-Za-z0-9_-]{1,64}$"},
    "The wave to compare with; without it the one before.",
)


def made(**properties: Part) -> Part:
    """An object of just these keys."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def listed(items: Part) -> Part:
    return {"type": "array", "items": items}


def _page(kind: str, name: str) -> Part:
    parts = {"wave": WORDS, "sheet": PLACE, "digest": DIGEST, kind: listed(ref(name))}
    return made(**parts, next=NEXT)


GIVEN_CODE, GIVEN_POINTS = r"[A-Za-z0-9._-]{1,64}", r"[0-9]{1,30}(\.[0-9]{1,30})?"
NEXT: Part = {"type": ["string", "null"], "description": "Address of the next page; null: none."}


def schemas() -> Part:
    known = {
        "code": WORDS,
        "name": WORDS,
        "year": {"type": "integer"},
        "sheet": PLACE,
        "digest": DIGEST,
        "opens_at": MOMENT,
        "closed_at": MOMENT,
        "issued": COUNT,
        "counted": COUNT,
        "address": ADDRESS,
    }
    ranking: Part = {"enum": ["blocks", "one-list"]}
    number = {"type": ["string", "null"], "description": FEW}
    named = made(code=WORDS, name=WORDS)
    unit: Part = {
        "code": WORDS,
        "name": WORDS,
        "block": WORDS,
        **dict.fromkeys(("points", "max_points", "percent", "exact_percent"), number),
        "rank": {"type": ["integer", "null"], "description": "within the block, or of all units"},
        "class": {"type": ["string", "null"]},
    }
    more: Part = {
        "scaled": number,
        "ballots": {"type": ["integer", "null"], "description": FEW},
        "reason": {"enum": [None, "no-data"]},
        "missing": listed(WORDS),
    }
    problem = {"type": WORDS, "title": WORDS, "status": COUNT, "detail": WORDS}
    old = problem | {"error": WORDS, "remedy": WORDS}
    sheet, parts = _shipped("Sheet", schema())
    whole, whole_parts = _shipped("Whole", whole_schema())
    comparison, comparison_parts = _shipped("Comparison", compare_schema())
    code = {**TEXT, "pattern": f"^{GIVEN_CODE}$"}
    given = made(unit=code, criterion=code, points={**TEXT, "pattern": f"^{GIVEN_POINTS}$"})
    return {
        "Waves": made(waves=listed(ref("Entry")), next=NEXT),
        "Entry": made(**known),
        "Wave": made(
            **known,
            units_address=ADDRESS,
            criteria_address=ADDRESS,
            index_digest=DIGEST,
            ranking=ranking,
            blocks=listed(named),
            components=listed(named),
            units=COUNT,
            criteria=COUNT,
        ),
        "Unit": made(**unit, **more),
        "Units": _page("units", "Unit"),
        "Criterion": made(
            code=WORDS,
            parent=WORDS,
            name=WORDS,
            max_points={"type": ["string", "null"]},
            method={"enum": [None, "survey", "appraisal", "external"]},
        ),
        "Criteria": _page("criteria", "Criterion"),
        "Comparison": comparison,
        "Whole": whole,
        "Given": made(
            points={**listed(given), "minItems": 1, "maxItems": 20_000},
        ),
        "Taken": made(wave=WORDS, taken=COUNT, warnings=listed(TEXT)),
        "Problem": _problem(problem),
        "OldWaves": made(waves=listed(ref("Entry"))),
        "OldWave": made(
            **known,
            ranking=ranking,
            blocks=listed(named),
            components=listed(named),
            units=listed(made(**unit)),
        ),
        "OldProblem": _problem(old),
        "Sheet": sheet,
        **parts,
        **whole_parts,
        **comparison_parts,
    }


def _shipped(name: str, written: bytes) -> tuple[Part, Part]:
    """A schema that ships with the program as a component, and its parts as others."""
    text = written.decode().replace(DEFS, f"{COMPONENTS}{name}-")
    shape = json.loads(text.replace(SHEET_NAME, f"{COMPONENTS}Sheet"))
    parts = {f"{name}-{part}": said for part, said in shape.pop("$defs", {}).items()}
    for key in ("$schema", "$id"):
        shape.pop(key, None)
    return shape, parts


def _problem(keys: Part) -> Part:
    shape = made(**keys)
    shape["properties"] = keys | {"errors": listed(WORDS)}
    return shape
