"""The short way to the pages of a ballot answers byte for byte as the long way through FastAPI."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError

from app.ballots.saving import TICKET
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store import upkeep
from app.store.db import POOL, Database
from app.store.plain import Plain
from app.web.booth import booth as pages
from app.web.booth import links, returned
from app.web.booth.lane import Lane
from app.web.forms import FromHere
from tests.conftest import Clock
from tests.making.booths import Booth, answers, cast, open_booth, walk
from tests.making.html import Visitor
from tests.store.test_upkeep import switch_off, switch_on

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLAIN = {"content-type": "application/x-www-form-urlencoded"}


class BothWays(httpx.BaseTransport):
    """Sends each request the long way and the short way, so that nothing comes of it, and compares
    the answers and what the log has of them; then the short way in earnest."""

    def __init__(self, patch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture) -> None:
        self.inner = httpx.HTTPTransport(verify=False)
        self.patch, self.log = patch, log
        self.compared = 0

    def close(self) -> None:
        self.inner.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        with self.patch.context() as patch:
            patch.setattr(Plain, "commit", undone)
            short = self.answer(request)
            patch.setattr(Lane, "handle", APIRoute.handle)
            patch.setattr(Lane, "matches", APIRoute.matches)
            assert self.answer(request) == short, (request.method, request.url.path)
        self.compared += 1
        response = self.inner.handle_request(request)
        response.read()
        self.logged()
        return response

    def answer(self, request: httpx.Request) -> tuple[Any, ...]:
        response = self.inner.handle_request(request)
        headers = [each for each in response.headers.raw if each[0].lower() != b"date"]
        body = response.read()
        return response.status_code, headers, body, self.logged()

    def logged(self) -> list[str]:
        """Method, route and status in the line of an answer, which is written when that is out."""
        deadline = time.monotonic() + 10
        lines: list[str] = []
        while not lines and time.monotonic() < deadline:
            lines = [each.getMessage() for each in self.log.records if each.name == "phieu.access"]
            time.sleep(0.001)
        self.log.clear()
        return [line.rsplit(" ", 2)[0] for line in lines]


def undone(plain: Plain) -> None:
    Plain.before_commit(plain)
    plain._borrowed.rollback()


@pytest.fixture
def booth(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Booth]:
    caplog.set_level(logging.INFO, "phieu.access")
    monkeypatch.setattr(upkeep, "SEEN_FOR", 0.0)
    # What is sent back is veiled with something fresh each time.
    monkeypatch.setattr(returned, "os", SimpleNamespace(urandom=bytes))
    monkeypatch.setattr(returned, "time", SimpleNamespace(time=lambda: 1_770_000_000.0))
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> BothWays:
    return BothWays(monkeypatch, caplog)


def visitor(booth: Booth, both: BothWays) -> Visitor:
    client = httpx.Client(base_url=booth.url, transport=both, timeout=30)
    booth.clients.append(client)
    return Visitor(client)


@pytest.mark.parametrize("index", ["pooled", "comments", "choices", "tree"])
def test_a_whole_ballot_with_all_its_pages(booth: Booth, both: BothWays, index: str) -> None:
    guest = visitor(booth, both).open(booth.link(booth.ballot(index)))
    read = guest.client.get("/phieu/mau-phieu", params={"thu": guest.path.rpartition("/")[2]})
    assert read.status_code == 200
    guest.submit()
    first = guest.path
    guest.submit()  # nothing answered: pointed out
    visited = walk(guest, place=1)
    for path in ("/phieu", "/phieu/cac-phan", "/phieu/mau-phieu", first, "/phieu/co-quan"):
        guest.open(path)
        guest.client.head(path)
    guest.open(f"{first}?xem-lai").submit(answers(guest))
    guest.open(first)
    autosaving = {"x-phieu-autosave": "1", **PLAIN}
    ticket = [(TICKET, guest.form.values[TICKET][0])]
    guest.post(first, [*ticket, (".den", "truoc")])
    guest.open(first)
    guest.client.post(first, content=b"", headers=autosaving)
    guest.open("/phieu/xem-lai")
    receipt = cast(guest)
    for path in ("/phieu/bien-nhan", "/phieu", "/phieu/xem-lai", first, "/phieu/cac-phan"):
        guest.open(path)
        assert guest.receipt == receipt, path
    assert both.compared > 20 + len(visited)


def test_whatever_may_go_wrong(booth: Booth, both: BothWays, clock: Clock) -> None:
    wave, (first, second, third, *_rest) = booth.wave("comments")
    stranger = visitor(booth, both)
    token = booth.link(first)
    for path in (
        *("/phieu", "/phieu/xem-lai", "/phieu/bien-nhan", "/phieu/phan-1", "/phieu/khong-co"),
        *(f"{token}x", f"{token}.", f"{token}/", f"{token}/them", "/p/", "/p", "/phieu/"),
        *("/phieu/a/b", "/phieu%0A", "/phieu/%0A", "/p/%2F", "/phieu/phan-1%0A", "/khong-nhac/x/y"),
    ):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            stranger.client.request(method, path, headers=PLAIN)
    guest = visitor(booth, both).open(token).submit()
    path, ticket = guest.path, guest.form.values[TICKET][0]
    other = visitor(booth, both).open(booth.link(second)).submit()
    for client, fields, headers in (
        (guest.client, f"{TICKET}={ticket}&q9.x=A", PLAIN),  # no such question
        (guest.client, f"{TICKET}=x", PLAIN),
        (guest.client, "", PLAIN),
        (guest.client, f"{TICKET}={ticket}", {"content-type": "text/plain"}),
        (guest.client, f"{TICKET}={ticket}", {**PLAIN, "sec-fetch-site": "cross-site"}),
        (guest.client, f"{TICKET}={ticket}", {**PLAIN, "origin": "https://khac.vn"}),
        (guest.client, f"{TICKET}={ticket}&a=%FF", PLAIN),
        (other.client, f"{TICKET}={ticket}", PLAIN),
        (stranger.client, f"{TICKET}={ticket}", PLAIN),
    ):
        for where in (path, "/phieu/xem-lai", "/phieu/gop-y", token):
            client.post(where, content=fields.encode(), headers=headers)
    guest.client.get("/phieu", params={"dai": "x" * 9000})
    reader = visitor(booth, both).open(booth.link(third)).submit()
    switch_on(booth.db, 30)
    reader.submit(answers(reader))
    visitor(booth, both).open(token)
    switch_off(booth.db)
    walk(guest.open(path))
    booth.change(wave, closes_at=wave.closes_at + timedelta(days=1))  # past the key file
    guest.open(path)
    booth.change(wave, closes_at=wave.closes_at)
    guest.open("/phieu/xem-lai")
    clock.now = wave.closes_at + timedelta(days=2)
    guest.submit()
    for where in (path, token, "/phieu/cac-phan"):
        guest.open(where)
    assert both.compared > 150


@SQLITE
def test_a_database_that_is_away(
    booth: Booth, both: BothWays, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = visitor(booth, both).open(booth.link(booth.ballot())).submit()
    path = guest.path

    def away(*_what: object) -> None:
        raise OperationalError("SELECT", None, Exception("away"))

    for name in ("plain_reading", "plain_transaction", "reading"):
        monkeypatch.setattr(Database, name, away)
    assert guest.client.get(path).status_code == 503
    assert guest.client.get("/phieu").status_code == 503


def test_every_page_of_a_ballot_is_taken_the_short_way() -> None:
    routes = [route for module in (links, pages) for route in module.router.routes]
    assert all(isinstance(route, Lane) for route in routes)
    long = {route.path for route in routes if isinstance(route, Lane) and route.guards is None}
    assert long == set()


def test_a_route_that_wants_what_only_fastapi_makes_goes_the_long_way() -> None:
    router = APIRouter(route_class=Lane)

    @router.get("/so/{number}")
    def a_number(request: Request, number: int) -> None: ...

    @router.get("/hoi")
    def a_query(request: Request, tim: str = "") -> None: ...

    @router.get("/cho")
    async def on_the_loop(request: Request) -> None: ...

    @router.get("/khong")
    def no_request() -> None: ...

    @router.get("/day/{text}", dependencies=[FromHere])
    def guarded(request: Request, text: str) -> None: ...

    guards = [route.guards for route in router.routes if isinstance(route, Lane)]
    assert guards[:4] == [None] * 4
    assert guards[4] is not None
    assert [name for name, _guard in guards[4]] == [None]


@SQLITE
def test_a_page_is_drawn_by_the_loop_while_nobody_else_is_at_work(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    opened = pages.opened

    def noted(*asked: Any) -> Any:
        drawn.append(threading.current_thread().name)
        return opened(*asked)

    monkeypatch.setattr(pages, "opened", noted)
    guest = booth.started(booth.ballot())
    (loop,) = set(drawn)
    with monkeypatch.context() as patch:
        patch.setattr(Lane, "in_threads", 1)
        guest.open(guest.path)
    assert drawn.pop() != loop
    guest.open(guest.path)
    assert drawn.pop() == loop
    assert Lane.in_threads == 0


@SQLITE
def test_the_loop_waits_for_no_connection_that_threads_have(booth: Booth) -> None:
    guest = booth.started(booth.ballot())
    with ExitStack() as stack:
        for _connection in range(POOL):
            stack.enter_context(booth.db.plain_reading())
        stack.enter_context(booth.db._writing)
        assert guest.open(guest.path).status == 200
        with booth.db.at_once() as first, booth.db.at_once() as second:
            assert (first, second) == (True, False)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nothing_that_goes_to_another_process_is_waited_for_on_the_loop(db: Database) -> None:
    with db.at_once() as can:
        assert not can
