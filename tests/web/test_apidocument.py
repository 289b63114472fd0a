"""/openapi.json is true: it has the addresses there are, and real answers fit what it says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from app.audit import chain
from app.count import wholesheets
from app.keys.keyfile import KeyFile
from app.papers.verify import verify
from app.settings import Settings
from app.staff import connections
from app.store.db import Database
from tests.conftest import Clock
from tests.making.booths import Booth, open_booth
from tests.web.console.test_results import scored_wave
from tests.web.test_api import CODE, SCORES, WAVE, get, make_key

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
V1 = f"/api/v1/waves/{CODE}"
DOCS = Path(__file__).parents[2] / "docs" / "scores.md"


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def said(booth: Booth) -> dict[str, Any]:
    got = booth.visitor().client.get("/openapi.json")
    assert (got.status_code, got.headers["content-type"]) == (200, "application/json")
    found: dict[str, Any] = got.json()
    return found


def fits(document: dict[str, Any], address: str, got: httpx.Response, method: str = "get") -> None:
    """An answer is one of those that stand at its address, and has the shape that is told there."""
    answers = document["paths"][address][method]["responses"]
    assert str(got.status_code) in answers, (address, got.status_code)
    told = answers[str(got.status_code)]
    for name, said in told.get("headers", {}).items():
        assert name in got.headers or not said.get("required"), (address, name)
    if "content" not in told:
        assert got.content == b""
        return
    (kind,) = told["content"]
    assert got.headers["content-type"] == kind
    schema = told["content"][kind]["schema"] | {"components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(got.json())


@SQLITE
def test_its_addresses_are_those_there_are(booth: Booth) -> None:
    document = said(booth)
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "http://127.0.0.1:8000"}]
    routes = [each for each in booth.app.routes if isinstance(each, APIRoute)]
    there = {each.path: each.methods for each in routes if each.path.startswith("/api")}
    assert there == {
        path: {method.upper() for method in methods} for path, methods in document["paths"].items()
    }
    for path, methods in document["paths"].items():
        for deed in methods.values():
            named = {each["name"] for each in deed.get("parameters", []) if each["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))
            assert ("401" in deed["responses"]) is (deed.get("security") != [])


@SQLITE
def test_every_part_that_is_named_is_there(booth: Booth) -> None:
    document = said(booth)
    named = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named == set(document["components"]["schemas"])
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@SQLITE
@pytest.mark.parametrize("name", ["two-blocks", "external", "one-list"])
def test_real_answers_fit(booth: Booth, db: Database, keys: KeyFile, name: str) -> None:
    document, key = said(booth), make_key(db)
    fits(document, "/api/waves", get(booth, "/api/waves", key))
    scored_wave(db, keys, name)
    for address, path in {
        "/api/waves": "/api/waves",
        "/api/waves/{code}": WAVE,
        "/api/waves/{code}/scores": SCORES,
        "/api/scores.schema.json": "/api/scores.schema.json",
        "/api/v1/waves": "/api/v1/waves",
        "/api/v1/waves/{code}": V1,
        "/api/v1/waves/{code}/units": f"{V1}/units?limit=1",
        "/api/v1/waves/{code}/criteria": f"{V1}/criteria?limit=1",
        "/api/v1/waves/{code}/scores": f"{V1}/scores?sheet=1",
        "/api/v1/openapi.json": "/api/v1/openapi.json",
    }.items():
        got = get(booth, path, key)
        assert got.status_code == 200
        fits(document, address, got)
    tag = get(booth, SCORES, key).headers["etag"]
    for root in ("/api", "/api/v1"):
        got = get(booth, f"{root}/waves/{CODE}/scores", key, if_none_match=tag)
        assert got.status_code == 304
        fits(document, f"{root}/waves/{{code}}/scores", got)
    # Names stand beside all codes, numbers are those of the sheet.
    sheet, wave = get(booth, SCORES, key).json(), get(booth, WAVE, key).json()
    assert (wave["issued"], wave["counted"]) == (sheet["issued"], sheet["counted"])
    for short, unit in zip(wave["units"], sheet["units"], strict=True):
        named = next(u for u in sheet["index"]["content"]["units"] if u["code"] == short["code"])
        assert (short["name"], short["block"]) == (named["name"], named["block"])
        for each in ("code", "percent", "exact_percent", "rank", "class", "points", "max_points"):
            assert short[each] == unit[each]


@SQLITE
def test_refusals_fit(booth: Booth, db: Database, keys: KeyFile) -> None:
    document, key = said(booth), make_key(db)
    keyed = [
        address
        for address, deeds in document["paths"].items()
        if "get" in deeds and deeds["get"].get("security") != []
    ]
    assert len(keyed) == 10
    for address in keyed:
        path = address.format(code=CODE)
        fits(document, address, get(booth, path))
        fits(document, address, get(booth, path, "sai"))
        if "{" in address:
            got = get(booth, path, key)
            assert got.status_code == 404
            fits(document, address, got)
    client = booth.visitor("203.0.113.7").client
    for _time in range(61):
        got = client.get("/api/waves", headers={"authorization": "Bearer sai"})
    assert got.status_code == 429
    fits(document, "/api/waves", got)
    with db.transaction() as session:
        session.connection().execute(text("ALTER TABLE sheet RENAME TO away"))
    got = get(booth, "/api/waves", key)
    assert got.status_code in (500, 503)
    fits(document, "/api/waves", got)
    fits(document, "/api/v1/waves", get(booth, "/api/v1/waves", key))


@SQLITE
def test_points_handed_in_make_a_whole_sheet_and_their_answers_fit(
    booth: Booth, db: Database, keys: KeyFile
) -> None:
    scored_wave(db, keys, "external")
    document, wave = said(booth), "/api/v1/waves/{code}"
    with db.transaction() as session:
        grant = connections.Grant(connections.WRITE)
        key = connections.make(session, "Ghi", "Hà", db.now(session), grant)
    client = booth.visitor().client

    def hand_in(*given: tuple[str, str]) -> httpx.Response:
        rows = [{"unit": unit, "criterion": "1.0", "points": points} for unit, points in given]
        headers = {"authorization": f"Bearer {key}"}
        return client.post(f"{V1}/appraised", json={"points": rows}, headers=headers)

    for status, got in (
        (409, hand_in(("la", "1"), ("snv", "9999"))),
        (422, hand_in(("snv", "1,5"))),
        (200, hand_in(("snv", "1.5"), ("stc", "4"))),
    ):
        assert got.status_code == status
        fits(document, f"{wave}/appraised", got, "post")
    with db.transaction() as session:
        (line,) = chain.lines(session, "wave.appraised")
        whole, _new = wholesheets.make(db, session, CODE)
    assert (line.who, line.facts) == ("khóa kết nối “Ghi”", {"rows": 2})
    assert hand_in(("la", "1"), ("snv", "9999")).json()["errors"][0].startswith("points[0]: ")
    got = get(booth, f"{V1}/whole", key)
    assert got.json() == whole
    assert got.headers["etag"] == f'"{whole["digest"]}"'
    fits(document, f"{wave}/whole", got)


def test_the_sample_in_the_docs_is_a_whole_sheet() -> None:
    (sample,) = re.findall(r"```json\n(\{\n \"format\".*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    known = verify(sample.encode())
    assert (known.wave, known.sheet, known.units) == ("cchc-2025", 1, 2)


@SQLITE
def test_two_waves_side_by_side_fit(booth: Booth, db: Database, keys: KeyFile) -> None:
    scored_wave(db, keys, "external", "nam-truoc")
    scored_wave(db, keys, "external")
    document, key = said(booth), make_key(db)
    got = get(booth, f"{V1}/compare?earlier=nam-truoc", key)
    assert got.status_code == 200
    assert {each["change"] for each in got.json()["units"]} == {"0"}
    fits(document, "/api/v1/waves/{code}/compare", got)
