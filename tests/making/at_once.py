"""Requests whose work is done where it is asked for, for tests that send one after the other.

Each dependency and each handler is otherwise handed to a thread and back, which takes longer than
what most of them do. What is asked meanwhile from elsewhere goes to threads as ever.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
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


def run(work: Coroutine[Any, Any, T], **how: Any) -> T:
    """As `asyncio.run`; in a thread of its own where a loop runs already."""
    if not _is_at_once.get():
        return _run(work, **how)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_run, work, **how).result()


to_thread.run_sync = run_sync
asyncio.run = run
