"""What a request may take before anything is done with it: so long an address and headers, and so
much time for its body.

Plain ASGI. What is longer is refused unread, since cookies and addresses are taken apart before a
guard is asked, and some of that takes the square of their length.
"""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_ADDRESS, LONGEST_HEAD = 8 * 1024, 16 * 1024  # bytes, as proxies have them too
# A body may take so many seconds, and one more for each so many bytes that have come: the form of
# a respondent passes on the slowest telephone, a list of ten megabytes on a slow line.
GRACE, RATE = 20.0, 8 * 1024


class TooSlow(Exception):
    """The body of a request does not come on; its connection is closed after the answer."""


class Bounds:
    """Wraps the app; `refused` makes the answer to an address or headers too long."""

    def __init__(
        self,
        app: ASGIApp,
        refused: Callable[[Request, int], Response],
        grace: float = GRACE,
        rate: float = RATE,
    ) -> None:
        self.app, self.refused = app, refused
        self.grace, self.rate = grace, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif status := too_long(scope):
            await self.refused(Request(scope), status)(scope, receive, send)
        else:
            body = Body(receive, send, self.grace, self.rate)
            await self.app(scope, body.receive, body.send)


def too_long(scope: Scope) -> int:
    """The status that says what is too long; 0 when nothing is."""
    address = max(len(scope.get("raw_path") or b""), len(scope["path"]))
    if address + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414
    head = sum(len(name) + len(value) for name, value in scope["headers"])
    return 431 if head > LONGEST_HEAD else 0


class Body:
    """The body of one request, waited for no longer than is fair. `receive` raises TooSlow."""

    def __init__(self, receive: Receive, send: Send, grace: float, rate: float) -> None:
        self._receive, self._send = receive, send
        self._grace, self._rate = grace, rate
        self._until: float | None = None
        self._whole = self._slow = False

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        if self._until is None:
            self._until = asyncio.get_running_loop().time() + self._grace
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            self._slow = True
            raise TooSlow from error
        self._until += len(message.get("body", b"")) / self._rate
        self._whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self._slow and message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await self._send(message)
