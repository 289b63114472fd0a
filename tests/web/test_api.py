"""What the scoring system reads: the bytes of the export, for whoever has a live key."""

import json
import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import httpx
import jsonschema
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from app import settings
from app.count import externals, scoresheets
from app.keys.keyfile import KeyFile
from app.papers import export
from app.papers.verify import verify
from app.settings import Settings
from app.staff import connections
from app.store.db import Database
from app.waves import wave as waves
from app.web.api import callers
from tests.commands.test_leaks import Run, found_in, wal_place
from tests.conftest import Clock
from tests.making.blocks import make_wave
from tests.making.booths import Booth, open_booth
from tests.making.consoles import desk_of
from tests.making.running import house, until
from tests.web.console.test_results import scored_wave
from tests.web.console.test_routes import dump, guards_of

CODE = "dot-thu"
WAVE = f"/api/waves/{CODE}"
SCORES = f"{WAVE}/scores"
BASE_URL = "http://127.0.0.1:8000"

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def make_key(db: Database, name: str = "Hệ thống chấm điểm") -> str:
    with db.transaction() as session:
        return connections.make(session, name, "Trần Thu Hà", db.now(session))


def get(booth: Booth, path: str, key: str | None = None, **headers: str) -> httpx.Response:
    """What a program gets that calls an address, with a key if one is given."""
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    if key is not None:
        sent.append((b"authorization", f"Bearer {key}".strip().encode()))
    return booth.visitor().client.get(path, headers=sent)


def is_refused(response: httpx.Response, status: int) -> dict[str, str]:
    """A problem that says what is wrong and what to do, in the words from before v1, too."""
    kind = response.headers["content-type"]
    assert (response.status_code, kind) == (status, "application/problem+json")
    said: dict[str, str] = response.json()
    assert set(said) == {"type", "title", "status", "detail", "error", "remedy"}
    assert (said["error"], said["remedy"]) == (said["title"], said["detail"])
    assert all(said[name].endswith(".") for name in ("error", "remedy"))
    assert (said["type"], said["status"]) == ("about:blank", status)
    assert response.headers["cache-control"] == "no-store"
    return said


@SQLITE
def test_a_right_key_reads_the_very_bytes_of_the_export(
    booth: Booth, db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys)
    clerk = desk_of(db, keys, configured)
    form = clerk.open(f"/quan-tri/dot/{CODE}/xuat-bao-cao").form_to("/json")
    fields = {name: values[0] for name, values in form.values.items()}
    exported = clerk.client.post(form.action, data=fields).content
    got = get(booth, SCORES, make_key(db))
    assert (got.status_code, got.headers["content-type"]) == (200, "application/json")
    assert got.content == exported
    assert verify(got.content).digest == document["digest"]
    assert got.headers["etag"] == f'"{document["digest"]}"'
    assert got.headers["cache-control"] == "no-store"
    assert "content-encoding" not in got.headers


def test_the_list_leads_to_every_wave_that_has_a_sheet(
    booth: Booth, db: Database, keys: KeyFile
) -> None:
    older = scored_wave(db, keys, "two-blocks", code="dot-cu")
    document = scored_wave(db, keys)
    scored_wave(db, keys, code="tap-duot", rehearsal=True)
    make_wave(db, keys, code="dang-thu")
    key = make_key(db)
    listed = get(booth, "/api/waves", key).json()
    assert set(listed) == {"waves"}
    assert [each["code"] for each in listed["waves"]] == [CODE, "dot-cu"]
    assert listed["waves"][0] == {
        "code": CODE,
        "name": "Bộ chỉ số thử: pooled",
        "year": 2024,
        "sheet": 1,
        "digest": document["digest"],
        "opens_at": "2026-03-01T09:00:00+07:00",
        "closed_at": document["closed_at"],
        "issued": 24,
        "counted": 24,
        "address": f"{BASE_URL}{SCORES}",
    }
    for each in listed["waves"]:
        read = get(booth, each["address"].removeprefix(BASE_URL), key)
        assert read.json() == (document if each["code"] == CODE else older)


@SQLITE
def test_before_there_is_a_sheet_the_list_is_empty(booth: Booth, db: Database) -> None:
    assert get(booth, "/api/waves", make_key(db)).json() == {"waves": []}


def test_the_newest_sheet_is_read_unless_another_is_asked_for(
    booth: Booth, db: Database, keys: KeyFile
) -> None:
    first, key = scored_wave(db, keys, "external"), make_key(db)
    with db.transaction() as session:
        percents = {("snv", "2.1"): Fraction("83.64"), ("stc", "2.1"): Fraction(70)}
        externals.put_in(session, waves.load(session, CODE), percents)
        second, _fresh = scoresheets.score(db, session, CODE)
    assert second["sheet"] == 2
    for query, document in (("", second), ("?sheet=1", first), ("?sheet=2", second)):
        got = get(booth, SCORES + query, key)
        assert got.content == export.to_json(document), query
        assert got.headers["etag"] == f'"{document["digest"]}"'
    (listed,) = get(booth, "/api/waves", key).json()["waves"]
    assert (listed["sheet"], listed["digest"]) == (2, second["digest"])
    for query in ("0", "3", "-1", "01x", "", "１", "9" * 400, "1&sheet=3"):
        is_refused(get(booth, f"{SCORES}?sheet={query}", key), 404)


@SQLITE
def test_whoever_has_the_sheet_already_gets_no_second_copy(
    booth: Booth, db: Database, keys: KeyFile
) -> None:
    scored_wave(db, keys)
    key = make_key(db)
    tag = get(booth, SCORES, key).headers["etag"]
    for asked in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        got = get(booth, SCORES, key, if_none_match=asked)
        assert (got.status_code, got.content, got.headers["etag"]) == (304, b"", tag), asked
    for asked in ('"x"', tag.strip('"'), ""):
        assert get(booth, SCORES, key, if_none_match=asked).status_code == 200, asked
    is_refused(get(booth, SCORES, if_none_match=tag), 401)


@SQLITE
def test_head_tells_what_get_would(booth: Booth, db: Database, keys: KeyFile) -> None:
    scored_wave(db, keys)
    key, client = make_key(db), booth.visitor().client
    for path in (SCORES, "/api/waves", "/api/scores.schema.json"):
        headers = {"authorization": f"Bearer {key}"}
        got, head = client.get(path, headers=headers), client.head(path, headers=headers)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag"):
            assert head.headers.get(name) == got.headers.get(name), path
    assert client.head(SCORES).status_code == 401


@SQLITE
def test_the_schema_needs_no_key_and_describes_the_sheets(
    booth: Booth, db: Database, keys: KeyFile
) -> None:
    got = get(booth, "/api/scores.schema.json")
    assert got.headers["content-type"] == "application/json"
    assert got.content == (Path(export.__file__).parent / "scores.schema.json").read_bytes()
    scored_wave(db, keys)
    jsonschema.Draft202012Validator(got.json()).validate(get(booth, SCORES, make_key(db)).json())


def test_without_a_live_key_in_its_place_nothing_is_read(
    booth: Booth, db: Database, keys: KeyFile
) -> None:
    scored_wave(db, keys)
    key, other = make_key(db), make_key(db, "Hệ thống khác")
    for path in ("/api/waves", WAVE, SCORES, "/api/waves/khong-co/scores"):
        for sent in ({}, {"authorization": f"Basic {key}"}, {"authorization": key}, {"x-key": key}):
            got = booth.visitor().client.get(path, headers=sent)
            assert "tiêu đề Authorization" in is_refused(got, 401)["remedy"]
            assert got.headers["www-authenticate"] == 'Bearer realm="phieu"'
        for query in (f"?key={key}", f"?access_token={key}", f"?authorization=Bearer%20{key}"):
            is_refused(get(booth, path + query), 401)
        for wrong in (key[:-1], key + "x", key.swapcase(), "", "*", "é" * 40):
            got = get(booth, path, wrong)
            assert "không đúng hoặc đã thu hồi" in is_refused(got, 401)["error"]
            assert 'error="invalid_token"' in got.headers["www-authenticate"]
        # A cookie of the console is no key.
        cookie = f"phieu-quan-tri={key}"
        is_refused(get(booth, path, cookie=cookie), 401)
    with db.transaction() as session:
        (mine,) = [each for each in connections.issued(session) if each.name != "Hệ thống khác"]
        assert connections.revoke(session, mine.id, db.now(session))
        assert not connections.revoke(session, mine.id, db.now(session))
    is_refused(get(booth, SCORES, key), 401)
    assert get(booth, SCORES, other).status_code == 200


@SQLITE
def test_unknown_unscored_and_trial_waves_are_answered_alike(
    booth: Booth, db: Database, keys: KeyFile
) -> None:
    scored_wave(db, keys, rehearsal=True)
    make_wave(db, keys, code="dang-thu")
    key = make_key(db)
    codes = (CODE, "dang-thu", "khong-co", "%00", "%C3%A9", "a" * 300, "..", "%27")
    said = [is_refused(get(booth, f"/api/waves/{code}/scores", key), 404) for code in codes[:4]]
    assert all(each == said[0] for each in said)
    assert "/api/waves" in said[0]["remedy"]
    for code in codes[4:]:
        is_refused(get(booth, f"/api/waves/{code}/scores", key), 404)
    for each in codes[:4]:
        assert is_refused(get(booth, f"/api/waves/{each}", key), 404) == said[0]
    # Whoever asks for a sheet by its number learns no more.
    assert is_refused(get(booth, f"{SCORES}?sheet=1", key), 404) == said[0]


@SQLITE
def test_60_wrong_keys_a_minute_are_enough_and_a_right_one_always_passes(
    booth: Booth, db: Database
) -> None:
    key = make_key(db)
    client, neighbour = booth.visitor("203.0.113.7").client, booth.visitor("203.0.113.8").client

    def ask(who: httpx.Client, sent: str | None) -> httpx.Response:
        return who.get("/api/waves", headers={} if sent is None else {"authorization": sent})

    assert {ask(client, None).status_code for _ in range(70)} == {401}, "no key is no guess"
    statuses = [ask(client, f"Bearer sai-{n}").status_code for n in range(62)]
    assert statuses == [401] * 60 + [429] * 2
    got = ask(client, "Bearer sai")
    assert "Đợi một phút" in is_refused(got, 429)["remedy"]
    assert got.headers["retry-after"] == "60"
    assert ask(client, f"Bearer {key}").status_code == 200
    assert ask(client, f"bearer {key}").status_code == 200
    assert ask(neighbour, "Bearer sai").status_code == 401


@SQLITE
def test_what_is_no_address_here_is_said_in_json(booth: Booth, db: Database) -> None:
    client = booth.visitor().client
    for path in ("/api", "/api/", "/api/khong-co", f"{SCORES}/", "/api/waves/"):
        assert "/api/waves" in is_refused(client.get(path), 404)["remedy"]
    for path in ("/api/waves", SCORES, "/api/scores.schema.json"):
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            got = client.request(method, path, headers={"authorization": "Bearer x"})
            assert is_refused(got, 405)["remedy"] == "Gọi bằng GET."
            assert set(got.headers["allow"].split(", ")) == {"GET", "HEAD"}


@SQLITE
def test_a_crash_is_said_in_json_without_a_reason(
    booth: Booth, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    key = make_key(db)
    with db.transaction() as session:
        session.connection().execute(text("ALTER TABLE connection_key RENAME TO away"))
    got = get(booth, SCORES, key)
    assert got.status_code in (500, 503)
    said = is_refused(got, got.status_code)
    assert said["error"] == "Hệ thống gặp lỗi."
    assert "connection_key" not in got.text
    assert key not in caplog.text


@SQLITE
def test_every_address_has_the_guard_and_only_looks(booth: Booth) -> None:
    routes = [
        each
        for each in booth.app.routes
        if isinstance(each, APIRoute)
        and each.path.startswith("/api/")
        and not each.path.startswith("/api/v1/")
    ]
    assert len(routes) == 4
    for route in routes:
        assert route.methods == {"GET", "HEAD"}
        assert (callers.caller in guards_of(route)) is (route.path != "/api/scores.schema.json")


@SQLITE
def test_looking_writes_nothing(booth: Booth, db: Database, keys: KeyFile) -> None:
    scored_wave(db, keys)
    key = make_key(db)
    before = dump(db)
    for sent in (key, None, "sai"):
        for path in ("/api/waves", WAVE, SCORES, f"{SCORES}?sheet=1", "/api/scores.schema.json"):
            get(booth, path, sent)
    assert dump(db) == before


def test_a_key_is_nowhere_but_with_whom_it_was_shown_to(
    tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with house(tmp_path, database_url) as home:
        begun = ("", 0) if home.db.is_sqlite else wal_place(home)
        scored_wave(home.db, home.keys)
        clerk = desk_of(home.db, home.keys, settings.read(home.environment))
        clerk.open("/quan-tri/ket-noi").submit(
            {"ten-khoa": "Chấm điểm", "ma-xac-thuc": clerk.code()}
        )
        (key,) = [each.text for each in clerk.tree.iter("code") if each.get("id") == "khoa"]
        assert key
        clerk.open("/quan-tri/ket-noi")
        clerk.open("/quan-tri/nhat-ky")
        assert "Tạo khóa kết nối" in clerk.text
        assert key not in clerk.response.text
        ours = [each for each in caplog.records if not each.name.startswith(("httpx", "httpcore"))]
        assert key not in "\n".join(each.getMessage() for each in ours)
        with home.serving() as server:
            for sent, path, status in (
                (key, SCORES, 200),
                (key, "/api/waves/khong-co/scores", 404),
                (f"{key}x", SCORES, 401),
                ("sai", f"{SCORES}?key={key}", 401),
                (key, f"/api/{key}", 404),
            ):
                url = f"http://127.0.0.1:{server.port}{path}"
                got = httpx.get(url, headers={"authorization": f"Bearer {sent}"}, verify=False)
                assert got.status_code == status
                assert key not in got.text
            with home.db.reading() as session:
                wave = waves.load(session, CODE)
            run = Run(home, wave, server.log, begun)
            run.checkpoint()
            # A request is logged after its answer has gone out: the last line may still be coming.
            until(lambda: b"GET - 404" in run.log.read_bytes(), "the last request is logged")
            log, stored = run.log.read_bytes(), run.stored() + run.journal() + run.dump()
        assert b"GET /api/waves/{code}/scores 200" in log
        # The search works: what may be there is found.
        assert found_in(stored, ["Chấm điểm"]) == ["Chấm điểm"]
        assert found_in(log + stored, [key]) == []


@SQLITE
def test_refusals_are_small(booth: Booth) -> None:
    assert len(get(booth, "/api/waves").content) < 500
    assert json.loads(get(booth, "/api/waves").content)["error"] == "Chưa gửi khóa kết nối."
