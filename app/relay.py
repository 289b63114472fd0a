"""The SMTP relay: kept connections, and the one step after which a letter may have been taken.

`offer` hands over a letter without its final dot: whatever happens until then, the relay has not
taken it. `finish` sends the dot and waits: a 2xx answer means taken, a cut means that nobody
knows. Off loopback nothing is sent in clear, passwords least of all.
"""

import contextlib
import ipaddress
import re
import ssl
from dataclasses import dataclass
from datetime import timedelta

import aiosmtplib

from app.language import _
from app.settings import Relay

# When a letter goes again that was not taken, from one attempt to the next; then it has failed.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
# Answers that mean "log in first", at whatever step they come.
AUTH_CODES = (530, 534, 535, 538)


@dataclass(frozen=True)
class Timeouts:
    """Seconds. A relay that checks the content may take its time after the final dot."""

    connect: float = 15
    command: float = 60
    final: float = 180


@dataclass(frozen=True)
class Reply:
    """What the relay answered about one letter."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {' '.join(self.text.split())}"[:200]


class RelayRefused(Exception):
    """The relay takes no letter from us at all now; the text says why and what to do.

    `temporary` is whether waiting may help.
    """

    def __init__(self, text: str, temporary: bool) -> None:
        super().__init__(text)
        self.temporary = temporary


class Cut(Exception):
    """The connection was lost (`stalled`: or fell silent) in the middle of a letter."""

    def __init__(self, stalled: bool) -> None:
        super().__init__(stalled)
        self.stalled = stalled


class Connection:
    """One kept connection, opened when it is first needed and again after a cut."""

    def __init__(self, relay: Relay, greeting: str, timeouts: Timeouts) -> None:
        self.relay = relay
        self.sender = ""
        self.timeouts = timeouts
        self._unfinished = False  # a MAIL that RSET has to take back
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

        Raises RelayRefused, or Cut when the connection breaks after the relay took the sender.
        """
        self.sender = sender
        await self._say_mail()
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
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._cut(error) from error
        return None

    async def finish(self) -> Reply:
        """Send the final dot and wait. Raises Cut: nobody knows whether the letter is taken."""
        try:
            answer = await self._client.execute_command(b".", timeout=self.timeouts.final)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._cut(error) from error
        self._unfinished = False
        return self._refusal(answer.code, answer.message)

    def abandon(self) -> None:
        """Break off without a final dot: the relay throws away what it has of the letter."""
        self._client.close()
        self._unfinished = False

    async def close(self) -> None:
        if self._client.is_connected and not self._unfinished:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit(timeout=5)
        self._client.close()

    async def _say_mail(self) -> None:
        """MAIL, on a fresh connection if the kept one has gone stale. Raises RelayRefused."""
        if self._client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                if self._unfinished:
                    await self._client.rset()
                self._unfinished = False
                await self._client.mail(self.sender)
                return
            self._client.close()
        try:
            await self._client.connect(timeout=self.timeouts.connect)
            await self._client.mail(self.sender)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._client.close()
            raise self._refused(error) from error

    def _cut(self, error: Exception) -> Cut:
        self._client.close()
        self._unfinished = False
        return Cut(stalled=isinstance(error, TimeoutError))

    def _refusal(self, code: int, text: str) -> Reply:
        if code in AUTH_CODES:
            raise self._refused(aiosmtplib.SMTPAuthenticationError(code, text))
        return Reply(code, text)

    def _refused(self, error: Exception) -> RelayRefused:
        """Why nothing can be sent, and the remedy."""
        where = f"{self.relay.host}:{self.relay.port}"
        answer, temporary = "", True
        if isinstance(error, aiosmtplib.SMTPResponseException):
            answer, temporary = str(Reply(error.code, error.message)), 400 <= error.code < 500
        if temporary and answer:
            text = _(
                "Máy chủ thư {where} tạm ngừng nhận thư: {answer}. Thư còn nguyên, gửi lại sau."
            )
        elif isinstance(error, aiosmtplib.SMTPAuthenticationError):
            text = _(
                "Máy chủ thư {where} không cho đăng nhập: {answer}. Xem lại tên và mật khẩu trong"
                " PHIEU_SMTP_URL rồi gửi lại; thư còn nguyên."
            )
        elif isinstance(error, aiosmtplib.SMTPSenderRefused):
            text = _(
                "Máy chủ thư {where} không nhận người gửi {sender}: {answer}. Xem lại"
                " PHIEU_MAIL_FROM rồi gửi lại; thư còn nguyên."
            )
        elif answer:
            text = _(
                "Máy chủ thư {where} từ chối kết nối: {answer}. Hỏi người quản trị máy chủ thư rồi"
                " gửi lại; thư còn nguyên."
            )
        elif isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
            text = _(
                "Không lập được kênh mã hóa với máy chủ thư {where}: {reason}. Xem lại chứng thư"
                " của máy chủ thư rồi gửi lại; thư còn nguyên."
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
        return RelayRefused(
            text.format(
                where=where, answer=answer, sender=self.sender, reason=_plain_reason(error)
            ),
            temporary,
        )


def _plain_reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return _("quá thời gian chờ")
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    return (getattr(cause, "strerror", None) or str(cause)).partition("\n")[0][:200]


def _stuffed(content: bytes) -> bytes:
    """Content as DATA carries it: a dot in front of every line that begins with one (RFC 5321)."""
    return re.sub(rb"(?m)^\.", b"..", content)


def greeting(host: str) -> str:
    """How we name ourselves to a relay: the host of our pages, an address in brackets."""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"
    return host.encode("idna").decode()
