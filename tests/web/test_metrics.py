"""The figures for Prometheus: who may read them, what they never say, how they tell no cast."""

import re
from collections.abc import Iterator
from dataclasses import replace

import prometheus_client
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.keys.keyfile import KeyFile
from app.letters import queue
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.web import metrics
from app.web.meters import RESPONDENTS, STEPS, Meters
from tests.conftest import Clock
from tests.making.booths import Booth, answers, cast, open_booth, walk

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORD = "mot-tu-du-dai-de-khong-ai-doan-ra"


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, replace(configured, metrics_token=WORD), clock) as booth:
        yield booth


def read(booth: Booth) -> str:
    answer = booth.visitor().client.get("/metrics", headers={"authorization": f"Bearer {WORD}"})
    assert answer.status_code == 200, answer.text
    return answer.text


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Every figure of ours but the reading of them, by its name and labels."""
    return {
        (sample.name, *sorted(f"{k}={v}" for k, v in sample.labels.items() if k != "process")): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("phieu_") and sample.labels.get("route") != "/metrics"
    }


def change(before: str, after: str) -> dict[tuple[str, ...], float]:
    then, now = figures(before), figures(after)
    assert set(then) <= set(now)
    return {name: now[name] - then.get(name, 0) for name in now if now[name] != then.get(name, 0)}


@SQLITE
def test_the_figures_are_there_for_nobody_unless_a_word_is_set(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    assert configured.metrics_token is None
    with open_booth(db, keys, configured, clock) as booth:
        client = booth.visitor().client
        for said in ("", "Bearer", "Bearer None", f"Bearer {WORD}"):
            headers = {"authorization": said} if said else {}
            assert client.get("/metrics", headers=headers).status_code == 404, said


@SQLITE
@pytest.mark.parametrize(
    "said",
    ["", WORD, f"Basic {WORD}", f"Bearer {WORD[:-1]}", f"Bearer {WORD}x", "Bearer \u00e9\u00ff"],
)
def test_the_figures_are_not_there_for_who_does_not_say_the_word(booth: Booth, said: str) -> None:
    client = booth.visitor().client
    headers = {"authorization": said.encode("latin-1")} if said else {}
    missing = client.get("/khong-co-trang-nay")
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer.text) == (404, missing.text)
    # Nor from this machine's proxy, whoever it says that it speaks for.
    behind = {**headers, "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1"}
    assert client.get("/metrics", headers=behind).status_code == 404


def test_nothing_that_anybody_sent_stands_there(booth: Booth) -> None:
    wave, (first, second, *_rest) = booth.wave("comments", code="dot-kin-dao")
    visitor = booth.visitor("203.0.113.77").open(booth.link(first)).submit()
    receipt = cast(visitor)
    code = booth.keys.tokens.access_code(first)
    token = booth.link(first).removeprefix("/p/")
    client = visitor.client
    visitor.open("/").submit({"ma": code})
    visitor.open("/tra-cuu").submit({"bien-nhan": receipt})
    odd = (
        *(f"/p/{token}", f"/p/{token}x", f"/P/{token}", f"//p/{token}", f"/{code}", f"/{token}/"),
        *(f"/phieu/{token}", f"/static/{token}", f"/api/v1/waves/{token}", f"/ket-qua/{token}"),
        *(f"/khong-nhac/{token}", f"/giu-khoa/{token}", f"/quan-tri/{token}", "/%2e%2e/" + token),
        *(f"/?ma={code}", "/nguyen.van.an@vi-du.vn", f"/quan-tri/dot/{token}?ten=Nguyen-Van-An"),
    )
    for path in odd:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
            client.request(method, path, headers={"user-agent": "Trinh-duyet-rieng/7.7"})
    # A method of its own: the server does not even read on.
    assert client.request("MA-" + code, "/").status_code == 400
    booth.visitor("203.0.113.77").open(booth.link(second)).submit()
    text = read(booth)
    numbers = [first.number, second.number]
    secrets = [
        *(token, token[:16], token.upper(), code, code.replace("-", ""), receipt),
        *("203.0.113.77", "127.0.0.1", "nguyen.van.an", "vi-du.vn", "Nguyen", "Trinh-duyet"),
        *("Xin cảm ơn", wave.code, *(number.hex() for number in numbers)),
        *map(str, (int.from_bytes(number, "big") for number in numbers)),
        str(booth.keys.path),
    ]
    assert [secret for secret in secrets if secret in text] == []
    # What may stand there, and nothing else: a template of a route, a method, a status, a state.
    templates = {str(getattr(route, "path", "")) for route in booth.app.routes} | {RESPONDENTS}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            for name, value in sample.labels.items():
                assert name in ("process", "route", "method", "status", "le", "state", "job"), name
                if name == "route":
                    assert value in templates, value
                elif name in ("method", "status", "state", "job"):
                    assert re.fullmatch(r"-|[A-Z]{3,7}|[a-z]+|\d{3}|\dxx", value), value


def test_a_cast_looks_like_a_saved_page(booth: Booth) -> None:
    """The attack: look before and after each post of a ballot, and tell the one that casts."""
    visitor = booth.started(booth.ballot("comments"))
    before = read(booth)
    visitor.submit(answers(visitor))
    saved = change(before, read(booth))
    walk(visitor)
    before = read(booth)
    visitor.submit()
    assert visitor.receipt is not None
    assert change(before, read(booth)) == saved
    assert saved[("phieu_requests_total", "method=-", f"route={RESPONDENTS}", "status=2xx")] == 2


@SQLITE
def test_a_receipt_that_has_files_of_pages_asked_for_again_is_not_told_by_them(
    booth: Booth,
) -> None:
    before = read(booth)
    client = booth.visitor().client
    page = client.get("/")
    found = re.findall(r'"(/static/[^"]+)"', page.text)
    between = read(booth)
    assert found
    for path in found:
        assert client.get(path).status_code == 200
    assert change(between, read(booth)) == {}
    assert change(before, between) != {}


def test_a_reminder_that_a_cast_takes_out_of_the_outbox_is_not_missed(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "LETTERS_EVERY", 0.0)
    wave, ballots = booth.wave("comments")
    assert wave.id is not None
    with booth.db.transaction() as session:
        later = booth.db.now(session)
        queue.queue(session, wave.id, "reminder", [b.number for b in ballots], later, "vi-du.vn")
    visitor = booth.started(ballots[0])
    walk(visitor)
    before, rows = read(booth), len(booth.dump()["letter"])
    assert ("phieu_letters", "state=queued") in figures(before)
    visitor.submit()
    assert visitor.receipt is not None
    assert len(booth.dump()["letter"]) == rows - 1
    told = {name for name in change(before, read(booth)) if name[0] == "phieu_letters"}
    assert told == set()


@SQLITE
def test_other_pages_are_told_apart_by_their_templates(booth: Booth) -> None:
    client = booth.visitor().client
    client.get("/alive")
    client.request("POST", "/alive")
    client.get("/cong-khai/khong-co")
    found = figures(read(booth))
    for route, method, status in (
        ("/alive", "GET", "200"),
        ("/alive", "POST", "405"),
        ("/quan-tri", "GET", "303"),
    ):
        name = ("phieu_requests_total", f"method={method}", f"route={route}", f"status={status}")
        assert found.get(name) == (None if route == "/quan-tri" else 1), name
    assert found[("phieu_database_connections", "state=most")] == 4
    assert found[("phieu_requests_in_flight",)] == 1  # the reading itself


def test_a_method_of_somebodys_own_is_no_label() -> None:
    meters = Meters(["/p/{token}"], ["/static/{name}"])
    meters.note("/alive", "NGUYEN-VAN-AN", 200, 0.001)
    meters.note("/static/{name}", "GET", 200, 0.001)
    meters.note("/p/{token}", "NGUYEN-VAN-AN", 200, 60.0)
    samples = [sample for family in meters.collect() for sample in family.samples]
    labels = [value for sample in samples for value in sample.labels.values()]
    assert "NGUYEN-VAN-AN" not in labels
    assert "/static/{name}" not in labels
    slow = {
        sample.labels["le"]: sample.value
        for sample in samples
        if sample.labels.get("route") == RESPONDENTS and "le" in sample.labels
    }
    assert slow == {**dict.fromkeys(map(str, STEPS), 0.0), "+Inf": 1.0}


@SQLITE
def test_each_app_has_figures_of_its_own_and_the_process_none(
    booth: Booth, db: Database, keys: KeyFile, configured: Settings
) -> None:
    other = create_app(configured, db, keys)
    booth.visitor().client.get("/alive")
    told = prometheus_client.generate_latest(other.state.registry).decode()
    assert 'route="/alive"' not in told
    assert "phieu" not in prometheus_client.generate_latest().decode()


@SQLITE
def test_who_works_by_the_clock_says_when_it_last_looked(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    app = create_app(configured, db, keys, with_worker=True)
    house = app.state.house
    assert house.worker is not None
    house.looks["housekeeping"] = 1_000_000_000.0
    house.worker.last_error = "Nguyen Van An <an@vi-du.vn>"
    told = prometheus_client.generate_latest(app.state.registry).decode()
    assert 'phieu_worker_look_timestamp_seconds{job="housekeeping"} 1e+09' in told
    assert "phieu_sender_refused 1.0" in told
    assert "vi-du.vn" not in told
