"""A request asked again while the database is away, and never where something of it may stay."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from starlette.types import Message, Receive, Scope, Send

from app.store import trying
from app.web.again import MOST, Again

GONE = OperationalError("SELECT", {}, psycopg.OperationalError("server closed the connection"))


class App:
    """Away so many times, then there. `before` is what a request does of which something stays."""

    def __init__(self, away: int, before: Callable[[], None] = lambda: None) -> None:
        self.away, self.before = away, before
        self.bodies: list[bytes] = []
        self.raises = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.bodies.append(body)
        scope["route"] = "one of ours"
        scope["state"]["tries"] = scope["state"].get("tries", 0) + 1
        assert scope["state"]["tries"] == 1, "each try begins anew"
        # Handlers run in threads.
        status = await asyncio.to_thread(self.work)
        if self.raises and status != 200:
            raise GONE
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})

    def work(self) -> int:
        if len(self.bodies) > self.away:
            return 200
        self.before()
        trying.note_fault(GONE)
        return 503


def ask(
    app: App, method: str = "POST", path: str = "/x", body: bytes = b"form", **more: Any
) -> int:
    """The status of the one answer."""
    parts: list[Message] = [
        {"type": "http.request", "body": body[:2], "more_body": True},
        {"type": "http.request", "body": body[2:]},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "http", "method": method, "path": path}
    again = Again(app, lambda path: path == "/phieu/x", **more)
    asyncio.run(again(scope, receive, send))
    assert scope["route"] == "one of ours", "the frame is told"
    first, second = sent
    assert second["body"] == b"page"
    return int(first["status"])


@pytest.mark.parametrize("raises", [False, True])
def test_a_form_is_read_again_from_its_beginning_until_the_database_is_there(raises: bool) -> None:
    app = App(away=3)
    app.raises = raises
    assert ask(app) == 200
    assert app.bodies == [b"form"] * 4


def test_who_has_waited_long_enough_hears_that_it_is_away() -> None:
    app = App(away=99)
    assert ask(app, patience=0.3) == 503
    assert 1 < len(app.bodies) < 5


def committed() -> None:
    trying.note_commit()


def nobody_knows() -> None:
    trying.note_fault(GONE, committing=True)


@pytest.mark.parametrize("before", [committed, nobody_knows])
def test_nothing_is_done_twice_that_may_be_there(before: Callable[[], None]) -> None:
    app = App(1, before)
    assert ask(app) == 503
    assert len(app.bodies) == 1
    for method, path in (("GET", "/x"), ("POST", "/phieu/x")):
        assert ask(App(1, before), method, path) == 200


def test_a_form_too_long_to_be_kept_is_read_once() -> None:
    app = App(away=1)
    assert ask(app, body=b"x" * (MOST + 1)) == 503
    assert app.bodies == [b"x" * (MOST + 1)]


def test_a_fault_of_our_own_is_no_reason_to_ask_again() -> None:
    class Broken(App):
        def work(self) -> int:
            trying.note_fault(ValueError())
            trying.note_fault(OperationalError("INSERT", {}, psycopg.errors.DiskFull("no room")))
            trying.note_fault(OperationalError(None, {}, sqlite3.OperationalError("disk is full")))
            return 500

    app = Broken(9)
    assert ask(app) == 500
    assert len(app.bodies) == 1
