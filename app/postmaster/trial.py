"""The whole look before a launch: a letter through the relay, and what the DNS says of the sender.

The letter holds no ballot and no link; its receiver sees in its head what their server thinks of
us.
"""

import asyncio
import secrets
from datetime import datetime

from app.language import _
from app.letters import headers, mail
from app.letters.relay import Connection, Timeouts, greeting
from app.letters.replies import Cut, RelayRefused
from app.postmaster import records
from app.postmaster.records import BAD, LOOK, OK, Names, NoAnswer, Word
from app.settings import Relay, Settings

SOON = Timeouts(connect=10, command=20, final=60)


def of_names(names: Names, settings: Settings, sender: str, selector: str = "") -> list[Word]:
    """What the DNS says; that it cannot be asked, where it cannot."""
    relay = settings.relay
    envelope = settings.return_path.filled("0-a") if settings.return_path else sender
    try:
        found = records.all_of(names, sender, envelope, relay.host if relay else "", selector)
    except NoAnswer:
        words = _(
            "Không hỏi được DNS từ máy này, hoặc DNS ấy không biết tên miền trên Internet, nên chưa"
            " biết SPF, DKIM, DMARC. Xem lại mạng, hoặc chạy lệnh này ở máy khác."
        )
        return [Word(LOOK, words)]
    if settings.return_path is None:
        words = _(
            "Chưa đặt PHIEU_BOUNCE_ADDRESS: thư trả lại về {sender}, hệ thống không đọc được và"
            " không biết địa chỉ nào hỏng."
        )
        found.append(Word(LOOK, words.format(sender=sender)))
    return found


def of_relay(settings: Settings, relay: Relay, sender: str, to: str, now: datetime) -> Word:
    """A letter handed over now; or at which step it was refused, and what to do."""
    try:
        content = _letter(sender, mail.mailbox(to), now)
    except ValueError:
        words = _("Địa chỉ {address} không dùng được: xem lại từng ký tự.")
        return Word(BAD, words.format(address=to))
    envelope = settings.return_path.filled("0-a") if settings.return_path else sender
    connection = Connection(relay, greeting(settings.host), SOON)

    async def hand_over() -> str:
        try:
            reply = await connection.offer(envelope, mail.mailbox(to), content)
            reply = reply or await connection.finish()
        finally:
            await connection.close()
        return "" if 200 <= reply.code < 300 else str(reply)

    try:
        refusal = asyncio.run(hand_over())
    except RelayRefused as refused:
        return Word(BAD, str(refused))
    except Cut:
        words = _("Máy chủ thư ngắt giữa chừng hoặc im lặng khi đang nhận thư. Thử lại sau.")
        return Word(BAD, words)
    where = f"{relay.host}:{relay.port}"
    if refusal:
        words = _(
            "Máy chủ thư {where} cho kết nối và nhận người gửi {sender}, nhưng không nhận thư tới"
            " {to}: {answer}. Xem lại địa chỉ ấy; nếu đúng thì hỏi người quản trị máy chủ thư."
        )
        words = words.format(where=where, sender=envelope, to=to, answer=refusal)
        return Word(BAD, words)
    how = _("không mã hóa, trên máy này") if relay.is_loopback and not relay.tls else _("có mã hóa")
    words = _(
        "Máy chủ thư {where} ({how}) nhận người gửi {sender} và đã nhận thư thử tới {to}. Mở thư"
        " ấy, xem nguồn thư: “Authentication-Results” nên có spf=pass, dkim=pass, dmarc=pass."
    )
    return Word(OK, words.format(where=where, how=how, sender=envelope, to=to))


def _letter(sender: str, to: str, now: datetime) -> bytes:
    message_id = f"{secrets.token_hex(16)}@{sender.rpartition('@')[2]}"
    boundary = headers.boundary(message_id)
    text = _(
        "Đây là thư thử của hệ thống Phiếu. Nhận được thư này là máy chủ thư chuyển được thư.\n\n"
        "Ông/Bà không phải làm gì. Người quản trị xem nguồn thư: mục Authentication-Results cho"
        " biết nơi nhận có tin người gửi không.\n"
    )
    lines = [
        headers.field("From", f"<{sender}>"),
        headers.field("To", f"<{to}>"),
        headers.text_field("Subject", _("Thư thử của hệ thống Phiếu")),
        *headers.usual(message_id, now),
        "",
        *mail.part(boundary, "plain", text),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")
