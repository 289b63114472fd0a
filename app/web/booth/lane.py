"""The short way to the pages of a ballot: the same handlers and guards, without what FastAPI does
for handlers that want more than they do.

A route that asks for nothing but its request, texts of its path and guards that read the request
alone can be called straight away. Whatever a handler or a guard raises is seen to outside, as it is
for every route, and so are headers, label and log.
"""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from app.web.booth.opened import LOOK
from app.web.house import house_of

Guard = Callable[[Request], Awaitable[object]]


class Lane(APIRoute):
    """A route that is taken the short way where there is one.

    A page that is only shown is drawn by the event loop itself while no other of these is at work:
    to hand it to a thread and to wait for it there takes as long as to draw it. Where several are,
    threads take turns, and nobody waits for the loop."""

    in_threads = 0

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        self.guards = _guards(self.dependant)
        self.looks = self.methods == set(LOOK)
        self.texts = tuple(each.name for each in self.dependant.path_params)
        # An address of fixed words, with one text at its end or none, is known without a pattern.
        self._start, _brace, rest = path.partition("{")
        self._text = rest.removesuffix("}")
        self._is_plain = self._text.isidentifier() or not rest

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope["path"]
        if not self._is_plain or scope.get("root_path") or path.endswith("\n"):
            return super().matches(scope)
        found = path[len(self._start) :] if path.startswith(self._start) else None
        if found is None or "/" in found or bool(found) != bool(self._text):
            return Match.NONE, {}
        known = {
            "endpoint": self.endpoint,
            "path_params": {self._text: found} if self._text else {},
            "route": self,
        }
        return (Match.FULL if self._answers(scope) else Match.PARTIAL), known

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.guards is None or not self._answers(scope):
            await super().handle(scope, receive, send)
            return
        request = Request(scope, receive, send)
        values: dict[str, Any] = {"request": request}
        for text in self.texts:
            values[text] = scope["path_params"][text]
        for name, guard in self.guards:
            found = await guard(request)
            if name is not None:
                values[name] = found
        response = await self._answer(request, values)
        await response(scope, receive, send)

    async def _answer(self, request: Request, values: dict[str, Any]) -> Response:
        if self.looks and not Lane.in_threads:
            with house_of(request).db.at_once() as waits_for_nobody:
                if waits_for_nobody:
                    return self.endpoint(**values)  # type: ignore[no-any-return]
        Lane.in_threads += 1
        try:
            response: Response = await run_in_threadpool(self.endpoint, **values)
        finally:
            Lane.in_threads -= 1
        return response

    def _answers(self, scope: Scope) -> bool:
        return scope["method"] in (self.methods or ())


def _guards(asked: Dependant) -> tuple[tuple[str | None, Guard], ...] | None:
    """The guards of a route with the names of what they give, if any; None where the route wants
    what only FastAPI makes."""
    texts = all(each.field_info.annotation is str for each in asked.path_params)
    if asked.call is None or iscoroutinefunction(asked.call) or not texts:
        return None
    if not _reads_the_request_alone(asked, also_texts=True):
        return None
    guards = [(each.name, each.call) for each in asked.dependencies]
    if all(
        iscoroutinefunction(each.call) and _reads_the_request_alone(each)
        for each in asked.dependencies
    ):
        return tuple(guards)  # type: ignore[arg-type]
    return None


def _reads_the_request_alone(asked: Dependant, also_texts: bool = False) -> bool:
    others = (
        *(asked.query_params, asked.header_params, asked.cookie_params, asked.body_params),
        *(asked.response_param_name, asked.background_tasks_param_name),
        *(asked.http_connection_param_name, asked.websocket_param_name),
        *(asked.security_scopes_param_name, asked.path_params if not also_texts else None),
        asked.dependencies if not also_texts else None,
    )
    return asked.request_param_name == "request" and not any(others)
