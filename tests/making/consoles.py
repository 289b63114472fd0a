"""The console in tests: somebody signed in, codes of the second factor, uploads."""

import asyncio
import itertools
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import httpx
from fastapi import FastAPI

from app.keys.keyfile import KeyFile
from app.main import create_app
from app.settings import Settings
from app.staff import accounts, factors, passwords, sessions, staff
from app.store.db import Database, Session
from app.web.console.desk.cookies import cookie_name
from tests.making.at_once import at_once, beside, in_loop
from tests.making.html import FormOf, Values, Visitor, words

_numbers = itertools.count(1)


class Loop(asyncio.Runner):
    """An event loop that goes with its thread."""

    def __del__(self) -> None:
        self.close()


_loops = threading.local()


def loop_of_thread() -> Loop:
    """To make a loop, and threads in it, takes longer than many a request."""
    if not hasattr(_loops, "loop"):
        _loops.loop = Loop()
    loop: Loop = _loops.loop
    return loop


class InProcess(httpx.BaseTransport):
    """An app without a server: each request by itself, in a context of its own. `person`, who sends
    them, may touch each before it goes; `in_turn`: they come one after the other, see `at_once`."""

    def __init__(
        self,
        app: FastAPI,
        person: Callable[[httpx.Request], None] = lambda _request: None,
        *,
        in_turn: bool = False,
    ) -> None:
        self.app = app
        self.inner = httpx.ASGITransport(
            at_once(app) if in_turn else app, raise_app_exceptions=False
        )
        self.person = person

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.person(request)

        async def answer() -> httpx.Response:
            sent = httpx.Request(
                request.method, request.url, headers=request.headers, content=request.content
            )
            response = await self.inner.handle_async_request(sent)
            content = await response.aread()
            return httpx.Response(response.status_code, headers=response.headers, content=content)

        def answered() -> httpx.Response:
            return loop_of_thread().run(answer(), context=Context())

        return beside(answered) if in_loop() else answered()


@dataclass
class Clerk(Visitor):
    """Somebody of the console with a browser, signed in."""

    staff_id: int = 0
    secret: bytes = b""
    db: Database | None = None
    used: int = 0
    works_on: bool = True

    def _take(self, response: httpx.Response) -> "Clerk":
        super()._take(response)
        if response.headers.get("content-type", "").startswith("text/html"):
            found = re.search(r"phieu (wave|send|keys|staff)\b", response.text)
            assert not found, f"{self.path} names a command: whoever reads pages has no shell"
        return self

    def sit_down(self, name: str, cookie: str) -> None:
        """Sign in without the door; as a browser does, it forgets the session before."""
        jar = self.client.cookies.jar
        for each in [each for each in jar if each.name == name]:
            jar.clear(each.domain, each.path, each.name)
        self.client.cookies.set(name, cookie, domain=self.client.base_url.host)

    def code(self) -> str:
        """A code of the second factor not used yet; three in a row at most."""
        assert self.db is not None
        with self.db.reading() as session:
            step = int(self.db.now(session).timestamp()) // staff.STEP
        first = max(step - 1, self.used + 1)
        assert first <= step + 1, "move the clock by half a minute for another code"
        self.used = first
        return staff.code_at(self.secret, first)

    def upload(
        self,
        form: FormOf,
        files: Mapping[str, tuple[str, bytes]],
        values: Values | None = None,
        button: str | None = None,
    ) -> "Clerk":
        """Send a form with files as multipart."""
        data = form.values
        for name, value in (values or {}).items():
            data[name] = [value] if isinstance(value, str) else list(value)
        pressed = form.button(button)
        if pressed.get("name"):
            data[pressed.get("name", "")] = [pressed.get("value", "")]
        for name in files:
            data.pop(name, None)
        self._take(
            self.client.post(
                self._local(form.action),
                data=data,
                files=dict(files),
                headers=self.from_here,
                follow_redirects=True,
            )
        )
        return self

    def press(self, button: str, values: Values | None = None) -> "Clerk":
        """Press a button, in whichever form of the page it is."""
        fitting = [form for form in self.forms if button in map(words, form.buttons)]
        assert fitting, f"no button {button!r} on {self.path}: {self.text[:300]}"
        self.send(fitting[0], values, button)
        return self

    def form_to(self, action: str) -> FormOf:
        """The form of the page that is sent to an address (its end is enough)."""
        fitting = [form for form in self.forms if form.action.partition("?")[0].endswith(action)]
        assert fitting, f"no form to {action} among {[form.action for form in self.forms]}"
        return fitting[0]


def desk_of(
    db: Database, keys: KeyFile, configured: Settings, *roles: str, name: str = ""
) -> Clerk:
    """A fresh member of staff, signed in, with a client of a fresh app. Default role: officer."""
    staff_id, secret = make_staff(db, keys, *(roles or ("officer",)), name=name)
    clerk = stranger(db, keys, configured)
    clerk.staff_id, clerk.secret = staff_id, secret
    clerk.sit_down(cookie_name(configured), new_session(db, staff_id))
    return clerk


def stranger(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    """A browser without a session."""
    app, name = create_app(configured, db, keys), cookie_name(configured)

    def work_on(request: httpx.Request) -> None:
        """Whatever time a test lets pass, its person has looked at a page meanwhile."""
        cookie = clerk.client.cookies.get(name, "")
        if clerk.works_on and keys.path.exists() and cookie.count(".") == 2:
            with db.reading() as session:
                fresh = sessions.renewed(keys, cookie, db.now(session))
            request.headers["cookie"] = request.headers["cookie"].replace(cookie, fresh)

    client = httpx.Client(
        transport=InProcess(app, work_on, in_turn=True), base_url=configured.base_url
    )
    clerk = Clerk(client, path="/quan-tri", db=db)
    return clerk


def make_staff(db: Database, keys: KeyFile, *roles: str, name: str = "") -> tuple[int, bytes]:
    """A member of staff with a confirmed second factor; gives id and secret."""
    place, secret = next(_numbers), os.urandom(20)
    email = f"can-bo-{place}-{uuid4().hex[:6]}@vi-du.vn"
    if not keys.path.exists():
        # An office has its key file before its first wave; a test may begin with the wave.
        with keys.changing(anew=True):
            pass
    with db.transaction() as session:
        now, called = db.now(session), name or f"Cán bộ {place}"
        return employ(session, keys, called, email, roles, secret, now), secret


def employ(
    session: Session,
    keys: KeyFile,
    name: str,
    email: str,
    roles: Sequence[str],
    secret: bytes,
    now: datetime,
) -> int:
    """An account with a telephone, as the console makes it step by step."""
    staff_id = accounts.add(session, email, name, roles, now)
    factors.use_secret(session, keys, staff_id, secret, 0, now)
    return staff_id


def choose_password(session: Session, staff_id: int, password: str) -> None:
    accounts.use_password(session, staff_id, passwords.hashed(password))


def new_session(db: Database, staff_id: int) -> str:
    with db.transaction() as session:
        return staff.begin_session(session, staff_id, db.now(session))


def cookie_of(db: Database, keys: KeyFile, configured: Settings, *roles: str) -> tuple[str, str]:
    """Name and value of a session's cookie, for a real browser."""
    staff_id, _secret = make_staff(db, keys, *roles, name="Trần Thu Hà")
    return cookie_name(configured), new_session(db, staff_id)


def code_of(clerk: Clerk) -> str:
    return clerk.code()


def upload(
    clerk: Clerk,
    form: FormOf,
    files: Mapping[str, tuple[str, bytes]],
    values: Values | None = None,
    button: str | None = None,
) -> Clerk:
    return clerk.upload(form, files, values, button)
