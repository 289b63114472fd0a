"""/api/v1: the parts of a sheet page by page, what a key may, and every refusal as a problem."""

import importlib.util
import json
import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from app.count import scoresheets
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.papers import export
from app.settings import Settings
from app.staff import connections
from app.staff.connections import Grant
from app.store.db import Database
from app.waves.wave import WaveRefused
from app.web.api import callers, cursors, parts
from app.web.api.parts import NotComparable, Parts, PointsRefused
from app.webhooks import signing
from tests.conftest import Clock
from tests.making.booths import served
from tests.making.consoles import InProcess
from tests.making.kept import Kept, copied, kept
from tests.web.console.test_results import scored_wave
from tests.web.console.test_routes import dump, guards_of
from tests.web.test_api import BASE_URL, CODE
from tests.worker.test_calling import spoil

WAVES = "/api/v1/waves"
WAVE = f"{WAVES}/{CODE}"
CLIENT = Path(__file__).parents[2] / "docs" / "client" / "scoring-client.py"


class Hall:
    """A server of waves that have sheets, and programs that ask it."""

    def __init__(self, world: Kept) -> None:
        self.db, self.clock = world.db, world.clock
        self.app = create_app(world.settings, world.db, world.keys)
        self.client = httpx.Client(transport=InProcess(self.app, in_turn=True), base_url=BASE_URL)

    def key(self, grant: Grant | None = None) -> str:
        with self.db.transaction() as session:
            name, now = f"Khóa {len(connections.issued(session))}", self.db.now(session)
            return connections.make(session, name, "Hà", now, grant)

    def write(self, *lines: str, **values: object) -> None:
        """Write into the database past the program."""
        with self.db.transaction() as session:
            for line in lines:
                session.connection().execute(text(line), values)

    def get(self, path: str, key: str, method: str = "GET", **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, headers=sent | {"authorization": f"Bearer {key}"})

    def post(self, key: str, body: object, path: str = f"{WAVE}/appraised") -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        return self.client.post(path, content=content, headers=headers)

    def sheet(self, code: str = CODE) -> export.Document:
        with self.db.reading() as session:
            return scoresheets.published(session, code)[0]


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kept]:
    def fill(db: Database, keys: KeyFile, _settings: Settings) -> None:
        scored_wave(db, keys, code="la")
        scored_wave(db, keys, code="cu")
        scored_wave(db, keys, "two-blocks")
        scored_wave(db, keys, code="tap-duot", rehearsal=True)

    clock = Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    with kept(request, "sqlite", tmp_path_factory.mktemp("hall"), clock, fill) as world:
        yield world


@pytest.fixture(scope="module")
def hall(world: Kept) -> Hall:
    """For who only looks."""
    return Hall(world)


@pytest.fixture
def own(request: pytest.FixtureRequest, world: Kept, tmp_path: Path) -> Iterator[Hall]:
    """For who writes, or lets time pass."""
    with copied(request, world, tmp_path) as mine:
        yield Hall(mine)


def problem(got: httpx.Response, status: int) -> dict[str, Any]:
    kind = got.headers["content-type"]
    assert (got.status_code, kind) == (status, "application/problem+json"), got.text
    said: dict[str, Any] = got.json()
    assert set(said) - {"errors"} == {"type", "title", "status", "detail"}
    assert (said["type"], said["status"]) == ("about:blank", status)
    assert said["title"].endswith(".")
    assert said["detail"]
    assert got.headers["cache-control"] == "no-store"
    assert "set-cookie" not in got.headers
    assert "access-control-allow-origin" not in got.headers
    return said


def all_pages(hall: Hall, key: str, path: str, kind: str) -> list[dict[str, Any]]:
    found, address = [], path
    while address:
        got = hall.get(address, key)
        assert got.status_code == 200, got.text
        page = got.json()
        found += page[kind]
        following = page["next"]
        linked = got.headers.get("link")
        assert linked == (f'<{following}>; rel="next"' if following else None)
        address = following.removeprefix(BASE_URL) if following else None
    return found


def test_the_parts_are_those_of_the_sheet(hall: Hall) -> None:
    document, key = hall.sheet(), hall.key()
    content = document["index"]["content"]
    shown = hall.get(WAVE, key).json()
    assert (shown["digest"], shown["index_digest"]) == (
        document["digest"],
        document["index"]["digest"],
    )
    assert (shown["units"], shown["criteria"]) == (len(content["units"]), len(content["criteria"]))
    for name in ("units", "criteria"):
        address = shown[f"{name}_address"].removeprefix(BASE_URL)
        for limit in (1, 2, 500):
            listed = all_pages(hall, key, f"{address}?limit={limit}", name)
            assert [each["code"] for each in listed] == [each["code"] for each in content[name]]
    for mine, unit in zip(listed_units(hall, key), document["units"], strict=True):
        assert {name: mine[name] for name in mine if name in unit} == {
            name: unit[name] for name in mine if name in unit
        }
    got = hall.get(f"{WAVE}/scores?sheet=1", key)
    assert got.content == export.to_json(document)
    assert got.headers["etag"] == f'"{document["digest"]}"'


def listed_units(hall: Hall, key: str) -> list[dict[str, Any]]:
    return all_pages(hall, key, f"{WAVE}/units", "units")


def test_waves_come_page_by_page_and_only_those_of_the_key(hall: Hall) -> None:
    key = hall.key()
    found = all_pages(hall, key, f"{WAVES}?limit=1", "waves")
    assert [each["code"] for each in found] == [CODE, "cu", "la"]
    assert found[0]["address"] == f"{BASE_URL}{WAVE}/scores"
    few = hall.key(Grant(waves=frozenset(["la", "cu"])))
    for root in (WAVES, "/api/waves"):
        listed = hall.get(root, few).json()["waves"]
        assert [each["code"] for each in listed] == ["cu", "la"]
        assert hall.get(f"{root}/cu/scores", few).status_code == 200
        # Of another wave nothing is said, not even whether it is there.
        told = [hall.get(f"{root}/{code}", few) for code in (CODE, "khong-co")]
        assert [each.status_code for each in told] == [403, 403]
        assert told[0].json() == told[1].json()
        assert 'error="insufficient_scope"' in told[0].headers["www-authenticate"]


def test_who_has_it_already_gets_304_and_nobody_else_keeps_it(hall: Hall) -> None:
    key, tags = hall.key(), set()
    paths = [WAVES, WAVE, f"{WAVE}/units", f"{WAVE}/units?limit=1", f"{WAVE}/criteria"]
    for path in [*paths, f"{WAVE}/scores"]:
        got = hall.get(path, key)
        tag = got.headers["etag"]
        assert tag.startswith('"sha256:')
        assert (got.headers["cache-control"], got.headers["vary"]) == (
            "private, no-cache",
            "Authorization",
        )
        for asked in (tag, f'"x", W/{tag}', "*"):
            known = hall.get(path, key, if_none_match=asked)
            assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
        assert hall.get(path, key, if_none_match='"x"').content == got.content
        head = hall.get(path, key, "HEAD")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(got.content))
        tags.add(tag)
    assert len(tags) == 6


def test_pages_go_on_with_their_sheet_when_a_newer_one_is_made(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = hall.key()
    first = hall.get(f"{WAVE}/units?limit=1", key).json()
    following = first["next"].removeprefix(BASE_URL)
    assert hall.get(following, key).json()["sheet"] == first["sheet"] == 1
    told = problem(hall.get(f"{following}&sheet=2", key), 404)
    assert "một bảng điểm khác" in told["detail"]
    # A newer sheet does not stand between two pages: the cursor names the one it is of.
    assert cursors.made("stc", 1) != cursors.made("stc", 2)
    problem(hall.get(f"{WAVE}/units?cursor={cursors.made('snv', 2)}", key), 404)


def test_what_cannot_be_read_is_a_422(hall: Hall) -> None:
    key = hall.key()
    unlike = ["", "%00", "é", "....", "A" * 4000, cursors.made("snv", 1) + "="]
    unknown = [
        *("x", "AAAA", cursors.made("khong-co", 1), cursors.made("snv")),
        urlsafe_b64encode(b"01.snv").decode().rstrip("="),
        urlsafe_b64encode(b"\xff\xfe").decode().rstrip("="),
    ]
    for status, garbage in ((422, unlike), (404, unknown)):
        for each in garbage:
            told = problem(hall.get(f"{WAVE}/units?cursor={each}", key), status)
            assert "Bắt đầu lại từ trang đầu" in told["detail"], each
    problem(hall.get(f"{WAVES}?cursor={cursors.made('snv', 1)}", key), 404)
    for query in ("limit=0", "limit=501", f"limit={'9' * 500}", "limit=-1", "limit=1.5", "limit="):
        problem(hall.get(f"{WAVE}/criteria?{query}", key), 422)
    assert "500" in problem(hall.get(f"{WAVES}?limit=501", key), 422)["detail"]
    for query in ("sheet=0", "sheet=x", "sheet=１", "sheet=1&sheet=1", "limit=1&limit=1"):
        problem(hall.get(f"{WAVE}/units?{query}", key), 422)
    problem(hall.get(f"{WAVE}/scores?sheet=2", key), 404)


def test_unscored_waves_and_rehearsals_are_answered_like_unknown_ones(hall: Hall) -> None:
    key = hall.key()
    for path in ("", "/units", "/criteria", "/scores", "/compare", "/whole"):
        told = [
            problem(hall.get(f"{WAVES}/{code}{path}", key), 404)
            for code in ("tap-duot", "khong-co", "%00", "a" * 300)
        ]
        assert all(each == told[0] for each in told)


def test_a_key_that_is_revoked_in_the_middle_of_the_pages_is_refused_there(own: Hall) -> None:
    key = own.key()
    following = own.get(f"{WAVE}/units?limit=1", key).json()["next"].removeprefix(BASE_URL)
    with own.db.transaction() as session:
        connections.revoke(session, connections.issued(session)[0].id, own.db.now(session))
    got = own.get(following, key)
    assert "đã thu hồi" in problem(got, 401)["title"]
    assert 'error="invalid_token"' in got.headers["www-authenticate"]


def test_a_key_whose_time_is_over_is_told_so_and_no_guess(own: Hall) -> None:
    key = own.key(Grant(expires_at=own.clock.now + timedelta(hours=1)))
    assert own.get(WAVES, key).status_code == 200
    own.clock.move(hours=1)
    said = [problem(own.get(WAVES, key), 401)["title"] for _time in range(3)]
    assert set(said) == {"Khóa kết nối đã hết hạn."}


def test_a_row_that_says_more_than_we_granted_opens_nothing(own: Hall) -> None:
    key = own.key(Grant(waves=frozenset(["khac"]), expires_at=own.clock.now + timedelta(hours=1)))
    for change in (
        "waves = ''",
        "scope = 'write'",
        "expires_at = NULL",
        "mac = NULL, waves = '', expires_at = NULL",
    ):
        own.write(
            "CREATE TABLE kept AS SELECT * FROM connection_key",
            f"UPDATE connection_key SET {change}",
        )
        problem(own.get(WAVES, key), 401)
        with own.db.reading() as session:
            assert connections.issued(session)[0].is_altered
        own.write(
            "DELETE FROM connection_key",
            "INSERT INTO connection_key SELECT * FROM kept",
            "DROP TABLE kept",
        )
        assert own.get(WAVES, key).status_code == 200


def test_keys_from_before_they_had_a_scope_go_on_reading_everything(own: Hall) -> None:
    key = own.key()
    with own.db.reading() as session:
        old = connections._held(session, connections._hash(key), connections.FREE)
        id_ = connections.issued(session)[0].id
    mine = "UPDATE connection_key SET {} WHERE id = :id_"
    own.write(mine.format("key_hash = :old, mac = NULL"), old=old, id_=id_)
    for path in ("/api/waves", WAVES, f"{WAVE}/scores"):
        assert own.get(path, key).status_code == 200
    problem(own.post(key, {}), 403)
    own.write(mine.format("scope = 'write'"), id_=id_)
    problem(own.post(key, {}), 401)


def test_the_last_use_is_noted_once_a_minute_by_the_clock(own: Hall) -> None:
    key = own.key()
    before = dump(own.db)
    for path in (WAVES, WAVE, f"{WAVE}/units", f"{WAVE}/criteria", f"{WAVE}/scores"):
        own.get(path, key)
    assert dump(own.db) == before, "looking writes nothing"
    limits = own.app.state.house.limits

    def used() -> object:
        limits.write_down()
        with own.db.reading() as session:
            return connections.issued(session)[0].used_at

    first = own.clock.now
    assert used() == first
    own.clock.move(seconds=59)
    own.get(WAVES, key)
    assert used() == first
    own.clock.move(seconds=2)
    own.get(WAVES, key)
    assert used() == own.clock.now


def test_every_fault_is_a_problem(own: Hall) -> None:
    key, client = own.key(), own.client
    for path in ("/api/v1", "/api/v1/", "/api/v1/khong-co", f"{WAVE}/", f"{WAVES}/"):
        assert "/api/v1/waves" in problem(client.get(path), 404)["detail"]
    for path, method in (*((WAVES, each) for each in ("POST", "PUT", "OPTIONS", "PATCH")),):
        got = client.request(method, path, headers={"authorization": f"Bearer {key}"})
        problem(got, 405)
        assert set(got.headers["allow"].split(", ")) == {"GET", "HEAD"}
    got = client.get(f"{WAVE}/appraised")
    problem(got, 405)
    assert got.headers["allow"] == "POST"
    problem(client.get(f"{WAVES}?cursor={'x' * 9000}"), 414)
    problem(client.get(WAVES, headers={"if-none-match": "x" * 17_000}), 431)
    for _time in range(61):
        got = own.get(WAVES, "sai")
    problem(got, 429)
    assert got.headers["retry-after"] == "60"
    # Rows altered past the program: nothing of them is handed out, and it is said in JSON.
    spoil(own.db)
    for path in (WAVES, WAVE, f"{WAVE}/units", f"{WAVE}/scores", f"{WAVE}/compare"):
        assert "đã bị sửa ngoài hệ thống" in problem(own.get(path, key), 503)["title"]
    got = own.get("/api/waves", key)
    assert (got.status_code, got.headers["content-type"]) == (503, "application/problem+json")
    assert got.json()["error"] == got.json()["title"]
    own.write("ALTER TABLE connection_key RENAME TO away")
    got = own.get(WAVES, key)
    assert "connection_key" not in got.text
    assert problem(got, got.status_code)["title"] == "Hệ thống gặp lỗi."


def test_every_address_has_its_guard(hall: Hall) -> None:
    free = {"/api/v1/openapi.json"}
    for route in hall.app.routes:
        if isinstance(route, APIRoute) and route.path.startswith("/api/v1/"):
            guards = guards_of(route)
            assert (callers.caller in guards) is (route.path not in free), route.path
            assert (callers.reader in guards) is ("{code}" in route.path), route.path
            assert (callers.writer in guards) is (route.methods == {"POST"}), route.path


class Part:
    """What `parts` wants, made up."""

    def __init__(self, document: export.Document) -> None:
        self.document, self.taken = document, []  # type: ignore[var-annotated]

    def compare(self, _session: object, today: Any, earlier: Any) -> dict[str, Any]:
        if earlier["wave"] == "la":
            raise NotComparable("Hai đợt không có gì chung.")
        return {"wave": today["wave"], "earlier": earlier["wave"]}

    def whole(self, _session: object, code: str, number: int | None) -> export.Document | None:
        return {**self.document, "wave": code} if number in (None, 1) else None

    def take(self, _db: object, _session: object, *rest: Any) -> list[str]:
        code, given, who, _now = rest
        if code == "huy":
            raise WaveRefused("Đợt huy đã hủy. Tạo đợt mới với mã khác.")
        wrong = [f"{unit}: không có đơn vị này." for unit, _leaf, _points in given if unit == "la"]
        if wrong:
            raise PointsRefused(wrong)
        self.taken.append((code, list(given), who))
        return ["Chưa có điểm của stc."]


def test_a_wave_is_compared_with_the_one_before_or_the_one_asked_for(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PARTS", Parts(compare=Part(hall.sheet()).compare))
    key, path = hall.key(), f"{WAVE}/compare"
    assert hall.get(path, key).json() == {"wave": CODE, "earlier": "cu"}
    assert hall.get(f"{WAVES}/cu/compare?earlier={CODE}", key).json()["earlier"] == CODE
    tag = hall.get(path, key).headers["etag"]
    assert hall.get(path, key, if_none_match=tag).status_code == 304
    assert "gì chung" in problem(hall.get(f"{path}?earlier=la", key), 409)["detail"]
    problem(hall.get(f"{path}?earlier={CODE}", key), 409)
    problem(hall.get(f"{path}?earlier=khong-co", key), 404)
    problem(hall.get(f"{WAVES}/la/compare", key), 404)
    # A key compares nothing that it does not cover, and finds no other wave that way.
    few = hall.key(Grant(waves=frozenset([CODE, "la"])))
    problem(hall.get(f"{path}?earlier=cu", few), 403)
    problem(hall.get(path, few), 409)


def test_the_whole_index_is_read_like_a_sheet(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    document, key = hall.sheet(), hall.key()
    problem(hall.get(f"{WAVE}/whole", key), 404)
    monkeypatch.setattr(parts, "PARTS", Parts(whole=Part(document).whole))
    got = hall.get(f"{WAVE}/whole?sheet=1", key)
    assert got.headers["etag"] == f'"{document["digest"]}"'
    assert got.content == export.to_json(document)
    problem(hall.get(f"{WAVE}/whole?sheet=2", key), 404)


def test_appraised_points_are_taken_as_they_are_written(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = hall.sheet()
    reads, part = hall.key(), Part(document)
    writes = hall.key(Grant("write", frozenset([CODE, "tap-duot"])))
    row = {"unit": "snv", "criterion": "1.1", "points": "1.25"}
    monkeypatch.setattr(parts, "PARTS", Parts())
    problem(hall.post(writes, {"points": [row]}), 404)
    monkeypatch.setattr(parts, "PARTS", Parts(take=part.take))
    body = b'{"points": [{"unit": "snv", "criterion": "1.1", "points": "1.10"}]}'
    got = hall.post(writes, body)
    assert got.json() == {"wave": CODE, "taken": 1, "warnings": ["Chưa có điểm của stc."]}
    assert got.headers["cache-control"] == "no-store"
    assert part.taken == [(CODE, [("snv", "1.1", "1.10")], part.taken[0][2])]
    assert "chỉ để đọc" in problem(hall.post(reads, body), 403)["title"]
    problem(hall.post(writes, body, f"{WAVES}/khac/appraised"), 403)
    problem(hall.post(writes, body, f"{WAVES}/tap-duot/appraised"), 404)
    told = problem(hall.post(writes, {"points": [row, row | {"unit": "la"}]}), 409)
    assert told["errors"] == ["la: không có đơn vị này."]
    for wrong in (
        *(b"", b"x", b"\xff", b"[]", b"{}", b"null", b"NaN", b"[" * 100_000, b'{"points": {}}'),
        *({"points": []}, {"points": [row], "x": 1}, {"points": [row] * 20_001}),
        *({"points": [each]} for each in (None, [], {}, row | {"x": 1}, row | {"points": 1.25})),
        *({"points": [row | {"points": each}]} for each in ("", "1,25", "2 .34", "-1", "1e3", "١")),
        *({"points": [row | {"unit": each}]} for each in (1, None, "\0", "\ud800")),
    ):
        problem(hall.post(writes, wrong), 422)
    problem(hall.post(writes, b" " * (2 * 1024 * 1024 + 1)), 413)
    headers = {"authorization": f"Bearer {writes}"}
    problem(hall.client.post(f"{WAVE}/appraised", data=row, headers=headers), 415)
    assert len(part.taken) == 1


def client_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scoring_client", CLIENT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_example_client_fetches_and_verifies(hall: Hall, tmp_path: Path) -> None:
    document, key, file = hall.sheet(), hall.key(), tmp_path / "sheet.json"
    with served(hall.app) as url:

        def run(sent: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-S", str(CLIENT), url, CODE, str(file)],
                env={**os.environ, "PHIEU_KEY": sent},
                capture_output=True,
                text=True,
                check=False,
            )

        refused = run("sai")
        assert (refused.returncode, file.exists()) == (1, False)
        assert refused.stderr.startswith("401 Khóa kết nối không đúng")
        assert run(key).stdout == "a new sheet\n"
        assert file.read_bytes() == export.to_json(document)
        assert run(key).stdout == "nothing new\n"
    client = client_module()
    assert client.digest(document) == document["digest"]
    assert client.digest(document | {"cast": 1}) != document["digest"]
    secret, body = signing.new_secret(), b'{"type": "sheet"}'
    headers = signing.headers(secret, "msg_1", 1000, body)
    assert client.is_ours(secret, headers, body, 1200)
    assert not client.is_ours(secret, headers, body, 1301), "a message that is played again"
    assert not client.is_ours(secret, headers, body + b" ", 1000)
    assert not client.is_ours(signing.new_secret(), headers, body, 1000)
