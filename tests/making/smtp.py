"""A real SMTP server in a thread, which keeps what it takes and misbehaves where it is told to."""

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

# What a script may answer beside a reply line ("550 no", or the bytes of one), seconds to stall, or
# None to go on.
CUT = object()

# In this order: the message is kept between "dot" (its end was seen) and "kept" (no answer yet).
STEPS = ("connect", "auth", "mail", "rcpt", "data", "dot", "kept", "answered")

Script = Callable[[str, str], object]
Line = str | bytes


@dataclass(frozen=True)
class Kept:
    """One message the server took."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        content: str = part.get_content()
        return content


@dataclass
class SmtpServer:
    """`script(step, recipient)` is asked at each of STEPS; users log in with `password`."""

    script: Script = lambda _step, _recipient: None
    password: str | None = None
    tls: ssl.SSLContext | None = None  # offered by STARTTLS
    kept: list[Kept] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    encrypted: bool = False  # some message came through TLS
    transports: set[asyncio.BaseTransport] = field(default_factory=set)
    letters_a_session: int = 0  # after which it says 421, at the step that follows; 0: never
    session_ends_at: str = "rcpt"
    fixed: dict[str, Line] = field(default_factory=dict)  # replies to "EHLO" and "QUIT"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, recipient: str) -> list[Kept]:
        return [kept for kept in self.kept if kept.recipient == recipient]

    async def handle_DATA(self, smtp: SMTP, session: Session, envelope: Envelope) -> bytes:  # noqa: N802
        assert isinstance(smtp, _Smtp)
        self.encrypted = self.encrypted or session.ssl is not None
        reply = await smtp.step("dot")
        if reply is None:
            content = envelope.content
            assert isinstance(content, bytes)
            sender, recipient = envelope.mail_from or "", envelope.rcpt_tos[0]
            self.kept.append(Kept(sender, recipient, content))
            reply = await smtp.step("kept")
        reply = b"250 OK" if reply is None else reply
        raw = reply if isinstance(reply, bytes) else reply.encode()
        smtp.is_leaving = raw.startswith(b"421")
        return raw

    def authenticate(
        self, _smtp: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password, handled=False)


class _Smtp(SMTP):
    """aiosmtpd's server with a script at each step."""

    def __init__(self, server: SmtpServer, loop: asyncio.AbstractEventLoop) -> None:
        self.kept_by = server
        self.is_leaving = False
        self.carried = 0
        super().__init__(
            server,
            loop=loop,
            hostname="relay.vi-du.vn",
            tls_context=server.tls,
            authenticator=server.authenticate if server.password else None,
            auth_require_tls=False,
            auth_exclude_mechanism=None if server.password else ["LOGIN", "PLAIN"],
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.kept_by.transports.add(transport)
        super().connection_made(transport)

    async def step(self, name: str) -> Line | None:
        """Ask the script; the reply line it wants, or None to go on."""
        most = self.kept_by.letters_a_session
        if name == self.kept_by.session_ends_at and 0 < most <= self.carried:
            return "421 4.7.0 enough for this session"
        self.carried += name == "kept"
        recipients = self.envelope.rcpt_tos if self.envelope else []
        action = self.kept_by.script(name, recipients[0] if recipients else "")
        if action is CUT:
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
            await asyncio.sleep(3600)  # until the lost connection cancels this
        if isinstance(action, int | float):
            await asyncio.sleep(action)
            return None
        return action if action is None or isinstance(action, bytes) else str(action)

    async def _answer(self, reply: Line) -> None:
        """Say a reply, and hang up where it says so."""
        raw = reply if isinstance(reply, bytes) else reply.encode()
        await self.push(raw)
        if raw.startswith(b"421") and self.transport is not None:
            self.transport.close()

    async def _scripted(self, name: str, go_on: Callable[[Any], Any], arg: Any) -> None:
        reply = await self.step(name)
        if reply is None:
            await go_on(arg)
            return
        await self._answer(reply)

    async def _handle_client(self) -> None:
        self.kept_by.connections += 1
        reply = await self.step("connect")
        if reply is None:
            await super()._handle_client()
        else:
            await self._answer(reply)
            self._writer.close()

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802
        await self._fixed("EHLO", super().smtp_EHLO, arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        await self._fixed("QUIT", super().smtp_QUIT, arg)

    async def _fixed(self, verb: str, go_on: Callable[[Any], Any], arg: Any) -> None:
        if verb in self.kept_by.fixed:
            await self._answer(self.kept_by.fixed[verb])
        else:
            await go_on(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        await self._scripted("auth", super().smtp_AUTH, arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        await self._scripted("mail", super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        assert self.envelope is not None
        # The script is to know to whom already now.
        self.envelope.rcpt_tos.append((arg or "").removeprefix("TO:").strip("<> "))
        reply = await self.step("rcpt")
        self.envelope.rcpt_tos.clear()
        if reply is None:
            await super().smtp_RCPT(arg)
            return
        await self._answer(reply)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        await self._scripted("data", super().smtp_DATA, arg)
        if self.is_leaving and self.transport is not None:
            self.transport.close()
        await self.step("answered")


@contextmanager
def smtp_server(
    script: Script | None = None,
    *,
    password: str | None = None,
    tls: ssl.SSLContext | None = None,
    port: int = 0,
) -> Iterator[SmtpServer]:
    """A server on loopback, on a free port unless told otherwise, until the block ends."""
    server = SmtpServer(password=password, tls=tls)
    if script is not None:
        server.script = script
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        listener = await loop.create_server(lambda: _Smtp(server, loop), "127.0.0.1", port)
        server.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await done.wait()
        listener.close()
        for transport in server.transports:
            transport.close()
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await asyncio.sleep(0)

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
