"""The answer of every form of the console: 303 to an address that shows it.

A browser that comes back to a page which a form was answered with has nothing to show: such pages
are stored by nobody. So no page is the answer of a form. A route draws its page as ever; here, the
one place for all routes and all faults, it is kept and the browser sent to where the form stood,
with the mark of the page in the query. There it is shown again by Back, forward and reload, with
all that was typed, to this browser alone; afterwards that address shows what stands there now.

Who is signed in has it in the table of `keptpages`. A stranger takes it along, sealed in a cookie:
whoever floods the door writes nothing into the database. What no form of ours sends is answered as
it is, and so is what cannot be kept: it is rather seen once than never.

Plain ASGI, below the frame.
"""

import logging
from base64 import urlsafe_b64encode
from http.cookies import CookieError, SimpleCookie

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.keys.keyfile import KeyFileLost, KeysMissing
from app.language import moment
from app.staff import keptpages, staff
from app.staff.keptpages import LASTS, SECRET_LASTS, TooLargeToKeep
from app.store.db import DatabaseFault
from app.store.upkeep import ReadOnly
from app.web.console.desk.addresses import LOOK, MARK, ROOT, stood_on, with_query
from app.web.console.desk.cookies import cookie_name
from app.web.console.keptshown import STRANGERS, packed, shown_again, strangers_key
from app.web.frame import CSP
from app.web.house import House, house_of
from app.web.pages import see

log = logging.getLogger("phieu.kept")
# Browsers keep cookies of 4 KB; the page of a way in takes half of it.
LONGEST_COOKIE = 3_600


class SessionOver(Exception):
    """The session that a page was made for has ended since."""


class Kept:
    """Wraps the app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(f"{ROOT}/"):
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        request = Request(scope, receive)
        # A part of a page, which htmx asks for, stands in a page that is there already.
        if request.method == "POST" and "hx-request" not in request.headers:
            answer = _Answer(request, send)
            await self.app(scope, receive, answer.send)
            if answer.is_page:
                response = await to_thread.run_sync(_sent_on, request, answer)
                if response is None:
                    await answer.send_on()
                else:
                    await response(scope, receive, send)
        elif request.method in LOOK and MARK in request.query_params:
            response = await to_thread.run_sync(shown_again, request)
            await response(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class _Answer:
    """What the app answers a form with: a page is held back, all else goes out."""

    def __init__(self, request: Request, out: Send) -> None:
        self.request, self.out = request, out
        self.start: Message = {}
        self.body = b""
        self.is_page = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start, headers = message, Headers(raw=message["headers"])
            self.is_page = (
                headers.get("content-type", "").startswith("text/html")
                and "content-disposition" not in headers
                and _is_of_our_form(self.request, message["status"])
            )
        if not self.is_page:
            await self.out(message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def send_on(self) -> None:
        """The page as it is, after all."""
        await self.out(self.start)
        await self.out({"type": "http.response.body", "body": self.body})

    @property
    def cookies(self) -> list[bytes]:
        """What it sets, as it says it."""
        return [value for name, value in self.start["headers"] if name == b"set-cookie"]

    @property
    def policy(self) -> str:
        """A policy of its own, if it has one; the frame has not said its own yet."""
        return next((v.decode() for n, v in self.start["headers"] if n == CSP[0]), "")


def _is_of_our_form(request: Request, status: int) -> bool:
    """Whether a form of ours can have been answered so; see `faults.not_our_form`."""
    is_ours = not getattr(request.state, "not_our_form", False)
    return is_ours and status != 405 and "endpoint" in request.scope


def _sent_on(request: Request, answer: _Answer) -> Response | None:
    """303 to where the page is shown; None when it cannot be kept."""
    path, query = stood_on(request)
    house, name = house_of(request), cookie_name(house_of(request).settings)
    session = _set_by(answer, name)
    try:
        if session is None:
            response = _taken_along(house, answer, path, query)
        else:
            response = _see(path, query, _kept(house, request, answer, session, path))
    except (
        SessionOver,
        TooLargeToKeep,
        DatabaseFault,
        KeysMissing,
        KeyFileLost,
        ReadOnly,
    ) as error:
        # Its name only: the text of a database error quotes the row.
        log.warning("a page is shown once: %s", type(error).__name__)
        return None
    response.raw_headers.extend((b"set-cookie", value) for value in answer.cookies)
    return response


def _set_by(answer: _Answer, name: str) -> str | None:
    """The session that a page gives its browser: each page of somebody signed in gives one."""
    found: SimpleCookie = SimpleCookie()
    for value in answer.cookies:
        try:
            found.load(value.decode("latin-1"))
        except CookieError:
            continue
    return found[name].value if name in found else None


def _kept(house: House, request: Request, answer: _Answer, cookie: str, path: str) -> str:
    """The mark of the page, in the table. Raises SessionOver, TooLargeToKeep."""
    lasts = SECRET_LASTS if getattr(request.state, "has_secret", False) else LASTS
    with house.db.transaction() as session:
        now = house.db.now(session)
        who = staff.signed_in(session, cookie, now)
        if who is None:
            raise SessionOver
        page = packed(answer.body, answer.policy, moment(who.idle_ends_at))
        return keptpages.keep(session, who, path, page, now, lasts)


def _taken_along(house: House, answer: _Answer, path: str, query: str) -> Response:
    """The page in a cookie of its address. Raises TooLargeToKeep."""
    mark = keptpages.new_mark()
    sealed = keptpages.seal(strangers_key(house), packed(answer.body, answer.policy), mark, path)
    value = urlsafe_b64encode(sealed).decode()
    if len(value) > LONGEST_COOKIE:
        raise TooLargeToKeep
    response = _see(path, query, mark)
    response.set_cookie(
        STRANGERS,
        value,
        max_age=int(LASTS.total_seconds()),
        path=with_query(path, ""),
        secure=house.settings.is_https,
        httponly=True,
        samesite="lax",
    )
    return response


def _see(path: str, query: str, mark: str) -> Response:
    return see(with_query(path, f"{query}&{MARK}={mark}" if query else f"{MARK}={mark}"))
