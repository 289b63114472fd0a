"""A request that finds the database away is asked again for some seconds: while a standby takes its
primary's place, a page comes late and not with a fault.

Plain ASGI. Nothing is done twice that was done: where a commit came through, or nobody knows, only
requests are asked again that may be sent twice by anybody (looking, and what a ballot's pages
send: a second cast gives the first one's receipt). All others hear that something went wrong, as
before, and look what became of it.
"""

import asyncio
import random
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.store import trying

PATIENCE = 10.0  # seconds
PAUSES = (0.1, 0.2, 0.4, 0.8)  # seconds between tries, the last one for all others
MOST = 256 * 1024  # bytes of a form that are kept to be read again
FAULTS = (500, 503)
LOOK = ("GET", "HEAD")


class Again:
    """Wraps the app; `may_twice` tells of a path whether what it takes may come twice."""

    def __init__(
        self, app: ASGIApp, may_twice: Callable[[str], bool], patience: float = PATIENCE
    ) -> None:
        self.app, self.may_twice, self.patience = app, may_twice, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        clock = asyncio.get_running_loop().time
        until, tries, asked = clock() + self.patience, 0, dict(scope)
        body = _Kept(receive)
        twice = scope["method"] in LOOK or self.may_twice(scope["path"])
        while True:
            pause = PAUSES[min(tries, len(PAUSES) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311
            tries += 1

            def wanted(attempt: trying.Attempt, pause: float = pause) -> bool:
                """Whether an answer is let go, for a later one."""
                return (
                    attempt.is_away
                    and (twice or attempt.left_nothing)
                    and body.is_whole
                    and clock() + pause < until
                )

            inner = {**asked, "state": dict(asked.get("state", {}))}
            try:
                is_answered = await self._once(inner, body, send, wanted)
            finally:
                # What the frame tells of a request: its route.
                scope.update(inner)
            if is_answered:
                return
            await asyncio.sleep(pause)
            body.begin()

    async def _once(
        self,
        scope: Scope,
        body: "_Kept",
        send: Send,
        wanted: Callable[[trying.Attempt], bool],
    ) -> bool:
        """Ask once. False: the database was away, nothing has been answered, and it may be asked
        again."""
        is_let_go = is_begun = False
        with trying.attempt() as attempt:

            async def answer(message: Message) -> None:
                nonlocal is_let_go, is_begun
                if message["type"] == "http.response.start":
                    is_let_go = message["status"] in FAULTS and wanted(attempt)
                    is_begun = not is_let_go
                if not is_let_go:
                    await send(message)

            try:
                await self.app(scope, body, answer)
            except Exception:
                if is_begun or not wanted(attempt):
                    raise
                is_let_go = True
        return not is_let_go


class _Kept:
    """The body of a request, kept as it is read, and read from its beginning again."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept: list[Message] = []
        self._place = self._size = 0
        self.is_whole = True  # whether all that was read is kept

    async def __call__(self) -> Message:
        if self._place < len(self._kept):
            self._place += 1
            return self._kept[self._place - 1]
        message = await self._receive()
        if message["type"] == "http.request" and self.is_whole:
            self._size += len(message.get("body", b""))
            self.is_whole = self._size <= MOST
            self._kept.append(message)
            self._place += 1
            if not self.is_whole:
                self._kept.clear()
                self._place = 0
        return message

    def begin(self) -> None:
        self._place = 0
