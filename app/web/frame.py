"""The frame around every answer: its headers, its line in the access log, and the last resort.

Plain ASGI. The log line has the route's template, never the path, a query or an address: paths
hold links. A crash is logged without its message, which could hold what a request said.
"""

import base64
import hashlib
import logging
import re
import time
import traceback
from collections.abc import Awaitable, Callable
from html import unescape

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.meters import Meters

access = logging.getLogger("phieu.access")
crash = logging.getLogger("phieu.crash")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
CSP = (b"content-security-policy", POLICY.encode())
HEADERS = (
    # With no-referrer, forms would be sent with "Origin: null".
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000")
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
STYLED = re.compile(r' style="([^"]*)"')
NO_STORE = (b"cache-control", b"no-store")


class Frame:
    """Wraps the app; `last_resort` makes the page that a crash shows."""

    def __init__(
        self,
        app: ASGIApp,
        is_https: bool,
        last_resort: Callable[[Request, Exception], Awaitable[Response]],
        meters: Meters,
    ) -> None:
        self.app = app
        self.headers = (*HEADERS, HSTS) if is_https else HEADERS
        self.last_resort, self.meters = last_resort, meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0
        self.meters.in_flight += 1

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                headers.extend(self.headers)
                if not any(name == CSP[0] for name, _value in headers):
                    headers.append(CSP)
                # Whatever may show an answer, a name or a link stays out of every cache.
                if not any(name == b"cache-control" for name, _value in headers):
                    headers.append(NO_STORE)
            await send(message)

        try:
            await self.app(scope, receive, framed)
        except Exception as error:  # noqa: BLE001, the last resort of every request
            crash.error("%s", _without_message(error))
            if status == 0:
                request = Request(scope, receive)
                await (await self.last_resort(request, error))(scope, receive, framed)
        finally:
            took, route = time.perf_counter() - begun, template(scope)
            self.meters.in_flight -= 1
            self.meters.note(route, scope["method"], status, took)
            access.info("%s %s %d %.1f ms", scope["method"], route, status, took * 1000)


def own_policy(response: Response, *more: str, framed: bool = False, styles: str = "") -> Response:
    """A page with a policy of its own: `more` is allowed, and `styles` (see `style_hashes`); or
    our own pages may frame it (then it neither sends forms nor runs scripts)."""
    policy = "; ".join((POLICY, *more))
    if styles:
        policy = policy.replace("style-src 'self'", f"style-src 'self' {styles}")
    if framed:
        policy = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        policy = policy.replace("form-action 'self'", "form-action 'none'")
        policy = policy.replace("script-src 'self'", "script-src 'none'")
    return set_header(response, "content-security-policy", policy)


def style_hashes(*letters: str) -> str:
    """The style blocks of letters as a policy allows them: these, and no other."""
    blocks = [block for html in letters for block in STYLE.findall(html)]
    sums = [base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() for block in blocks]
    return " ".join(f"'sha256-{each}'" for each in dict.fromkeys(sums))


def styled_by_rules(letter: str) -> str:
    """A letter for a frame of ours, looking the same: its style attributes, which no policy of ours
    allows, as rules of its style block."""
    rules: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return f' data-look="{rules.setdefault(found[1], str(len(rules)))}"'

    html = STYLED.sub(named, letter)
    block = "".join(
        f'[data-look="{name}"] {{ {unescape(rule)} }}\n' for rule, name in rules.items()
    )
    return html.replace("<style>", f"<style>\n{block}", 1)


def template(scope: Scope) -> str:
    """The route's path with its parameters unnamed: /p/{token}."""
    return getattr(scope.get("route"), "path", "-")


def _without_message(error: BaseException) -> str:
    """What failed and where, and of the database its own first line."""
    said = str(getattr(error, "orig", "")).partition("\n")[0]
    lines = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__module__}.{type(error).__qualname__} {said}\n{lines}"


def set_header(response: Response, name: str, value: str) -> Response:
    MutableHeaders(raw=response.raw_headers)[name] = value
    return response
