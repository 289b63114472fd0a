"""How long the web server waits for the head of a request, and how much of one it keeps.

uvicorn ends a connection on which nothing comes, but not one on which a sign comes now and then,
and keeps headers of any length. Bodies are timed in web/bounds.py, where what a form may take is
known; here only one that nobody reads any more.
"""

import asyncio
import sys

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n"
    b"cache-control: no-store\r\n\r\n"
)
LONG = SLOW.replace(b"408 Request Timeout", b"431 Request Header Fields Too Large")
MOST_FILES = 65_536


class Listening(HttpToolsProtocol):
    """One connection. There is no moment at which it waits for its peer without an end."""

    head_seconds = 15.0  # from the connection, or the first byte after an answer, to the whole head
    unread_seconds = 60.0  # for the rest of a body that was refused
    head_bytes = 32 * 1024

    _timer: asyncio.TimerHandle | None = None
    _head: int | None = None  # bytes of the head that is coming, None while none is

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is None and not self._busy:
            # uvicorn's own timer ends with the first byte, whatever that is.
            unread = self._last is not None and self._last.more_body
            self._wait(self.unread_seconds if unread else self.head_seconds)
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > self.head_bytes:
                self._end(LONG)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._wait(self.head_seconds)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._head is not None:  # what follows a body are trailers, which nobody reads
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head = None
        self._stop()
        super().on_headers_complete()

    @property
    def _last(self) -> RequestResponseCycle | None:
        return self.cycle  # None before the first request, whatever uvicorn's types say

    @property
    def _busy(self) -> bool:
        return self._last is not None and not self._last.response_complete

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._timer = self.loop.call_later(seconds, self._too_slow)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        if self._busy:  # with the answer to an earlier request of this connection
            self._wait(self.head_seconds)
        else:
            # Browsers open connections in store: to these there is nothing to say.
            self._end(SLOW if self._head else b"")

    def _end(self, answer: bytes) -> None:
        self._stop()
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()


def open_wide() -> None:
    """Let this process and its workers hold as many connections as the system permits, so that
    some hundred idle ones keep nobody out in the seconds before they are cut."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
