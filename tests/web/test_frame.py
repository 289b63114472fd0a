"""The frame around every answer: headers, cookie, log, crash. No link and no address in a log."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError

from app.keys.keyfile import KeyFile
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.web.booth.posted import guest, posted
from app.web.forms import from_here, plain_fields
from tests.conftest import Clock
from tests.making.booths import Booth, answers, cast, open_booth, served
from tests.making.html import Visitor

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


@SQLITE
def test_every_page_of_a_ballot_is_strict_and_stays_out_of_caches(booth: Booth) -> None:
    visitor = booth.started(booth.ballot())
    headers = visitor.response.headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert "strict-transport-security" not in headers
    packed = visitor.client.get(visitor.path, headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in packed.headers


@SQLITE
def test_the_cookie_is_for_this_session_and_out_of_reach_of_scripts(booth: Booth) -> None:
    visitor = booth.visitor()
    response = visitor.client.post(booth.link(booth.ballot()))
    assert response.status_code == 303
    name, _equals, attributes = response.headers["set-cookie"].partition("=")
    assert name == "phieu"
    assert set(attributes.lower().split("; ")[1:]) == {"httponly", "path=/", "samesite=lax"}


@SQLITE
def test_on_https_the_cookie_is_bound_to_the_host(booth: Booth, configured: Settings) -> None:
    secure = replace(configured, base_url="https://phieu.vi-du.vn")
    with served(create_app(secure, booth.db, booth.keys)) as url:
        ballot = booth.ballot()
        response = booth.visitor().client.post(url + booth.link(ballot))
    name, _equals, attributes = response.headers["set-cookie"].partition("=")
    assert name == "__Host-phieu"
    assert set(attributes.lower().split("; ")[1:]) == {
        "httponly",
        "path=/",
        "samesite=lax",
        "secure",
    }
    assert response.headers["strict-transport-security"] == "max-age=31536000"


def test_the_log_has_no_link_no_code_no_receipt_and_no_address(
    booth: Booth, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ballot = booth.ballot("comments")
    visitor = booth.visitor("203.0.113.77").open(booth.link(ballot)).submit()
    code = booth.keys.tokens.access_code(ballot)
    visitor.submit(answers(visitor), "Quay lại")
    receipt = cast(visitor.open("/phieu"))
    visitor.open("/").submit({"ma": code})
    visitor.open("/tra-cuu").submit({"bien-nhan": receipt})
    visitor.open(f"/khong-nhac/{booth.keys.tokens.no_reminders(ballot)}").submit()
    visitor.open("/p/duong-dan-sai")
    lines = [
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith(("httpx", "httpcore"))  # the visitor's own
    ]
    ours = [record.getMessage() for record in caplog.records if record.name == "phieu.access"]
    assert any(line.startswith("GET /p/{token} 200 ") for line in ours)
    assert any(line.startswith("POST /phieu/{code} 303 ") for line in ours)
    log = "\n".join(lines)
    token = booth.link(ballot).removeprefix("/p/")
    for secret in (token, token[:16], code, receipt, "203.0.113.77", "duong-dan-sai", "Xin cảm ơn"):
        assert secret not in log


@SQLITE
def test_a_crash_shows_a_page_and_logs_no_message(
    booth: Booth, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ballot = booth.ballot()
    link = booth.link(ballot)

    def crash() -> None:
        raise RuntimeError(link)

    monkeypatch.setattr(booth.db, "plain_reading", crash)
    response = booth.visitor().client.get(link)
    assert response.status_code == 500
    assert "Hệ thống gặp lỗi" in response.text
    assert "vẫn còn" in response.text
    (record,) = [each for each in caplog.records if each.name == "phieu.crash"]
    assert "RuntimeError" in record.getMessage()
    assert link not in caplog.text


# A limit on pages is SQLite's own.
@SQLITE
def test_a_full_disk_is_a_page_and_loses_nothing(
    booth: Booth, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = booth.started(booth.ballot("comments"))
    path, before = visitor.path, booth.dump()

    def fill(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA query_only=ON")

    from sqlalchemy import event

    booth.db.engine.dispose()
    event.listen(booth.db.engine, "connect", fill)
    visitor.submit(answers(visitor))
    assert visitor.status == 503
    assert "vẫn còn" in visitor.text
    assert OperationalError.__name__ in caplog.text
    event.remove(booth.db.engine, "connect", fill)
    booth.db.engine.dispose()
    assert booth.dump() == before
    assert visitor.open(path).submit(answers(visitor)).status == 200


OPEN_TO_ALL = {
    "/p/{token}": "the link is the right to it",
    "/khong-nhac/{token}": "the link is the right to it",
    "/p/{token}/{_behind:path}": "the link is the right to it",
    "/khong-nhac/{token}/{_behind:path}": "the link is the right to it",
    "/phieu/mau-phieu": "the link of a letter is the right to it, or the cookie",
    "/": "front page",
    "/gui-lai": "what its form is answered with, about nobody",
    "/giu-khoa/{token}": "the link is the right to it",
    "/ket-qua/{code}": "what the council has released, to everybody",
    "/ket-qua/{code}.json": "the same as a file",
    "/ket-qua/{code}.csv": "the same as a file",
    "/tra-cuu": "anyone may look a receipt up",
    "/tra-cuu/ket-qua": "the same, shown",
    "/cong-khai/{code}": "public: the same for everybody, about nobody",
    "/cong-khai/{code}.json": "the same, for programs",
    "/static/{name}": "style sheet",
    "/kiem-tra": "a page as it ships; it never asks us anything",
    "/alive": "supervisor",
    "/health": "supervisor",
    "/ready": "supervisor",
    "/metrics": "the word of the settings is the right to it, see test_metrics",
    "/openapi.json": "what /api is asked and answers",
}


@SQLITE
def test_every_route_has_a_guard(booth: Booth) -> None:
    # Those of the console are in console/test_routes, those of the scoring system in test_api.
    routes = [
        route
        for route in booth.app.routes
        if isinstance(route, APIRoute) and not route.path.startswith(("/quan-tri", "/api"))
    ]
    assert len(routes) > 10
    for route in routes:
        guards = {dependency.call for dependency in route.dependant.dependencies}
        if route.methods & {"POST"}:
            assert guards & {posted, plain_fields, from_here} or route.path.startswith(
                "/khong-nhac"
            )
        elif route.path not in OPEN_TO_ALL:
            assert guest in guards, route.path


@SQLITE
def test_a_page_that_is_not_there_is_a_page(booth: Booth) -> None:
    visitor: Visitor = booth.visitor()
    for path in ("/khong-co", "/phieu/", "/p", "/redoc", "/docs", "/favicon.ico"):
        assert visitor.open(path).status == 404
        assert visitor.title.startswith("Lỗi:")
