"""The mailbox of the demo: an SMTP server on this machine that keeps what it is handed, in memory.

No letter of the demo can reach anybody: every one ends here.
"""

import asyncio
import re
import threading
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Received:
    """A letter as it came in. `number` counts from 1 in the order of arrival."""

    number: int
    recipient: str
    content: bytes

    def header(self, name: str) -> str:
        """A header as people read it."""
        headers = BytesHeaderParser(policy=policy.default).parsebytes(self.content)
        return str(headers[name])

    @property
    def date(self) -> datetime:
        return parsedate_to_datetime(self.header("Date"))

    @property
    def text(self) -> str:
        return self._part("text/plain")

    @property
    def html(self) -> str:
        return self._part("text/html")

    def _part(self, kind: str) -> str:
        # The parser of policy.default took three times as long.
        for part in message_from_bytes(self.content, policy=policy.compat32).walk():
            if part.get_content_type() == kind:
                content = part.get_payload(decode=True)
                return content.decode() if isinstance(content, bytes) else ""
        return ""

    def token(self, base_url: str) -> str:
        """The token of the ballot link, from its line of the text part; "" when it has none."""
        found = re.search(rf"^{re.escape(base_url)}/p/(\S+)$", self.text, re.MULTILINE)
        return found[1] if found else ""


class Mailbox:
    """Everybody's mail, from `open` to `close`; the server has a thread of its own."""

    def __init__(self) -> None:
        self._letters: list[Received] = []
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        opening = self._loop.create_server(lambda: SMTP(self, loop=self._loop), HOST, 0)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd looks for
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        with self._lock:
            for recipient in envelope.rcpt_tos:
                number = len(self._letters) + 1
                self._letters.append(
                    Received(number, recipient, content if isinstance(content, bytes) else b"")
                )
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def letters(self) -> list[Received]:
        """Every letter, the first that came first."""
        with self._lock:
            return list(self._letters)

    def letter(self, number: int) -> Received | None:
        with self._lock:
            return self._letters[number - 1] if 0 < number <= len(self._letters) else None

    def clear(self) -> None:
        with self._lock:
            self._letters.clear()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        if not self._loop.is_running():
            self._loop.close()
