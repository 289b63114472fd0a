"""Requests whose work is done where it is asked for, for tests that send one after the other.

Each dependency and each handler is otherwise handed to a thread and back, which takes longer than
what most of them do. What is asked meanwhile from elsewhere goes to threads as ever.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")

_is_at_once: ContextVar[bool] = ContextVar("is_at_once", default=False)
_in_thread, _run = to_thread.run_sync, asyncio.run


def at_once(app: ASGIApp) -> ASGIApp:
    """The app, its work done in the thread of the loop."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        _is_at_once.set(True)
        await app(scope, receive, send)

    return asked


async def run_sync(work: Callable[..., T], *given: Any, **how: Any) -> T:
    if _is_at_once.get():
        return copy_context().run(work, *given)
    return await _in_thread(work, *given, **how)


def in_loop() -> bool:
    """Whether this is called, however deep, by what a loop runs in this thread."""
    with suppress(RuntimeError):
        return asyncio.get_running_loop() is not None
    return False


def beside(work: Callable[[], T]) -> T:
    """Do something that needs a loop of its own in a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def run(work: Coroutine[Any, Any, T], **how: Any) -> T:
    """As `asyncio.run`; beside the loop of a request whose work is done at once."""
    if _is_at_once.get() and in_loop():
        return beside(lambda: _run(work, **how))
    return _run(work, **how)


to_thread.run_sync = run_sync
asyncio.run = run
