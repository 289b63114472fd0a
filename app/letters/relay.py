"""The SMTP relay: kept connections, and the one step after which a letter may have been taken.

`offer` hands over a letter without its final dot: whatever happens until then, the relay has not
taken it. `finish` sends the dot and waits: a 2xx answer means taken, a cut means that nobody
knows. Off loopback nothing is sent in clear, passwords least of all.
"""

import contextlib
import ipaddress
import re
import ssl
from dataclasses import dataclass, replace

import aiosmtplib

from app.language import _
from app.letters.replies import (
    Cut,
    RelayBusy,
    RelayRefused,
    Reply,
    SenderUnwelcome,
    naming_nobody,
    said,
)
from app.settings import Relay

# Answers that mean "log in first", at whatever step they come.
AUTH_CODES = (530, 534, 535, 538)
# Answers to one letter that would be the same to all: we may not send through this relay, or not as
# this sender. Many relays say so only when they hear of the recipient, or at the end.
ABOUT_US = re.compile(
    r"relay(ing)?( access)?\b.{0,20}\b(denied|prohibited|not (allowed|permitted))"
    r"|(unable|not (allowed|permitted|authori[sz]ed)) to relay"
    r"|not owned by user|send as this sender|5\.7\.60\b|not (allowed|authori[sz]ed) to send"
    r"|sender (address )?rejected: (not|access denied|domain not found)|sender verif",
    re.IGNORECASE,
)
# "Closing": after some letters the end of a session, at its beginning a wish to be left alone.
CLOSING = 421
# What talking to a relay ends with; ValueError when it is made to answer a challenge that is none.
FAULTS = (aiosmtplib.SMTPException, OSError, ValueError)


@dataclass(frozen=True)
class Timeouts:
    """Seconds. A relay that checks the content may take its time after the final dot."""

    connect: float = 15
    command: float = 60
    final: float = 180


class Connection:
    """One kept connection, opened when it is first needed and again after a cut."""

    def __init__(self, relay: Relay, greeting: str, timeouts: Timeouts) -> None:
        self.relay = relay
        self.sender = ""
        self.timeouts = timeouts
        self._unfinished = False  # a MAIL that RSET has to take back
        self._carried = 0  # letters answered on this connection
        self._client = aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.user,
            password=relay.password,
            local_hostname=greeting,
            timeout=timeouts.command,
            use_tls=relay.tls,
            # Never "if the relay offers it": somebody in between could strike the offer out.
            start_tls=not relay.tls and not relay.is_loopback,
        )

    async def offer(self, sender: str, recipient: str, content: bytes) -> Reply | None:
        """Hand over a letter but for its final dot. A `Reply` refuses it, None means `finish`.

        A relay may end a session after some letters, with a word or without: a fresh connection
        takes the letter then. Raises RelayRefused, or Cut when the connection breaks after the
        relay took the sender.
        """
        self.sender = sender
        while True:
            await self._say_mail()
            is_fresh = not self._carried
            try:
                refusal = await self._hand_over(recipient, content)
            except Cut as cut:
                if is_fresh or cut.stalled:
                    raise
                continue
            if refusal is None:
                return None
            if is_fresh or refusal.code != CLOSING:
                self._carried += 1
                return refusal

    async def knock(self, sender: str) -> None:
        """Say who would send, and leave again. Raises RelayRefused."""
        self.sender = sender
        try:
            await self._say_mail()
        finally:
            await self.close()

    async def _hand_over(self, recipient: str, content: bytes) -> Reply | None:
        self._unfinished = True
        try:
            answer = await self._client.execute_command(b"RCPT", f"TO:<{recipient}>".encode())
            if 200 <= answer.code < 300:
                answer = await self._client.execute_command(b"DATA")
            if answer.code != 354:
                return self._refusal(answer.code, answer.message)
            if self._client.protocol is None:
                raise Cut(stalled=False)
            self._client.protocol.write(_stuffed(content))
        except FAULTS as error:
            raise self._cut(error) from error
        return None

    async def finish(self) -> Reply:
        """Send the final dot and wait. Raises Cut: nobody knows whether the letter is taken."""
        if not self._client.is_connected:
            raise self._cut(None)  # the dot never left
        try:
            answer = await self._client.execute_command(b".", timeout=self.timeouts.final)
        except FAULTS as error:
            raise self._cut(error, begun=True) from error
        self._unfinished = False
        reply = self._refusal(answer.code, answer.message)
        if reply.code == CLOSING and self._carried:
            return replace(reply, ends_session=True)
        self._carried += 1
        return reply

    def abandon(self) -> None:
        """Break off without a final dot: the relay throws away what it has of the letter."""
        self._client.close()
        self._unfinished = False

    async def close(self) -> None:
        if self._client.is_connected and not self._unfinished:
            with contextlib.suppress(*FAULTS):
                await self._client.quit(timeout=5)
        self._client.close()

    async def _say_mail(self) -> None:
        """MAIL, on a fresh connection if the kept one has gone stale. Raises RelayRefused."""
        if self._client.is_connected:
            with contextlib.suppress(*FAULTS):
                if self._unfinished:
                    await self._client.rset()
                self._unfinished = False
                await self._client.mail(self.sender)
                return
            self._client.close()
        self._carried = 0
        try:
            await self._client.connect(timeout=self.timeouts.connect)
            await self._client.mail(self.sender)
        except FAULTS as error:
            self._client.close()
            raise self._refused(error) from error

    def _cut(self, error: Exception | None, begun: bool = False) -> Cut:
        self._client.close()
        self._unfinished = False
        return Cut(stalled=isinstance(error, TimeoutError), begun=begun)

    def _refusal(self, code: int, text: str) -> Reply:
        if code in AUTH_CODES:
            to_all = naming_nobody(text, self.sender)
            raise self._refused(aiosmtplib.SMTPAuthenticationError(code, to_all))
        if 500 <= code < 600 and ABOUT_US.search(text):
            to_all = naming_nobody(text, self.sender)
            refused = self._refused(aiosmtplib.SMTPSenderRefused(code, to_all, self.sender))
            raise SenderUnwelcome(str(refused), Reply(code, text))
        return Reply(code, text)

    def _refused(self, error: Exception) -> RelayRefused:
        """Why nothing can be sent, and the remedy."""
        where = f"{self.relay.host}:{self.relay.port}"
        code, answer, temporary = 0, "", True
        if isinstance(error, aiosmtplib.SMTPResponseException):
            code, answer = error.code, str(Reply(error.code, error.message))
            temporary = 400 <= code < 500
        if temporary and answer:
            text = _(
                "Máy chủ thư {where} tạm ngừng nhận thư: {answer}. Thư còn nguyên, gửi lại sau."
            )
        elif isinstance(error, aiosmtplib.SMTPAuthenticationError) and 500 <= code < 600:
            text = _(
                "Máy chủ thư {where} không cho đăng nhập: {answer}. Xem lại tên và mật khẩu trong"
                " PHIEU_SMTP_URL rồi gửi lại; thư còn nguyên."
            )
        elif isinstance(error, aiosmtplib.SMTPSenderRefused) and 500 <= code < 600:
            text = _(
                "Máy chủ thư {where} không nhận người gửi {sender}: {answer}. Xem lại"
                " PHIEU_MAIL_FROM (và PHIEU_BOUNCE_ADDRESS nếu có) rồi gửi lại; thư còn nguyên."
            )
        elif 500 <= code < 600:
            text = _(
                "Máy chủ thư {where} từ chối kết nối: {answer}. Hỏi người quản trị máy chủ thư rồi"
                " gửi lại; thư còn nguyên."
            )
        elif isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
            temporary = not any(
                isinstance(each, ssl.SSLCertVerificationError) for each in (error, error.__cause__)
            )
            text = _(
                "Không lập được kênh mã hóa với máy chủ thư {where}: {reason}. Xem lại chứng thư"
                " của máy chủ thư rồi gửi lại; thư còn nguyên."
            )
        elif answer or isinstance(error, ValueError):
            text = _(
                "Máy chủ {where} trả lời không như một máy chủ thư ({reason}). Xem lại tên máy và"
                " cổng trong PHIEU_SMTP_URL rồi gửi lại; thư còn nguyên."
            )
        elif isinstance(error, OSError):
            text = _(
                "Không kết nối được máy chủ thư {where}, hoặc máy chủ không trả lời ({reason}). Xem"
                " lại PHIEU_SMTP_URL và máy chủ thư rồi gửi lại; thư còn nguyên."
            )
        else:
            temporary = False
            text = _(
                "Máy chủ thư {where} thiếu điều cần có để gửi an toàn ({reason}). Ngoài máy này"
                " thư chỉ đi qua kênh mã hóa: bật STARTTLS và đăng nhập trên máy chủ thư, hoặc dùng smtps://."
            )
        words = text.format(
            where=where,
            answer=answer,
            sender=self.sender,
            reason=answer or _plain_reason(error),
        )
        return RelayBusy(words) if temporary else RelayRefused(words, temporary=False)


def _plain_reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return _("quá thời gian chờ")
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    return said((getattr(cause, "strerror", None) or str(cause)).partition("\n")[0])


def _stuffed(content: bytes) -> bytes:
    """Content as DATA carries it: a dot in front of every line that begins with one (RFC 5321)."""
    return re.sub(rb"(?m)^\.", b"..", content)


def greeting(host: str) -> str:
    """How we name ourselves to a relay: the host of our pages, an address in brackets."""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"
    return host.encode("idna").decode()
