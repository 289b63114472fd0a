"""What an installation has to reach: its relay, and itself by the address that stands in links.

Nothing is sent: the relay hears who would send, and no letter.
"""

import asyncio
import fcntl
import json
import ssl
import time
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from app.doctor.finding import BAD, GOOD, LOOK, Finding
from app.language import _, number
from app.letters import senders
from app.letters.relay import Connection, Timeouts, greeting
from app.letters.replies import RelayRefused
from app.settings import Settings, is_loopback

PATIENCE = 10.0  # seconds
SOON = Timeouts(connect=PATIENCE, command=PATIENCE, final=PATIENCE)
ENDS_SOON = timedelta(days=14)
LARGEST = 64 * 1024


def of_relay(settings: Settings) -> Finding:
    """Whether the relay lets us in and takes our sender."""
    about, relay = _("Máy chủ thư"), settings.relay
    if relay is None:
        remedy = _("Đặt PHIEU_SMTP_URL, ví dụ smtps://ten:mat-khau@mail.tinh.gov.vn")
        return Finding(BAD, about, _("Chưa đặt; không thư nào gửi đi được."), remedy)
    where = f"{relay.host}:{relay.port}"
    try:
        sender = senders.address(settings.mail_from)
    except senders.SenderMissing as missing:
        # A wave has a sender of its own.
        return Finding(LOOK, about, _("{where}: chưa thử.").format(where=where), str(missing))
    connection = Connection(relay, greeting(settings.host), SOON)
    try:
        asyncio.run(connection.knock(sender))
    except RelayRefused as refused:
        words = _("{where} không nhận thư của hệ thống.").format(where=where)
        return Finding(BAD, about, words, str(refused))
    words = _("{where} cho vào và nhận người gửi {sender}. Thử cả đường thư: “phieu mail test”.")
    return Finding(GOOD, about, words.format(where=where, sender=sender))


def of_sender(key_file: Path) -> Finding:
    """Whether some process of this machine has the turn to send."""
    about, path = _("Tiến trình gửi thư"), key_file.with_name(f"{key_file.name}.worker")
    remedy = _(
        "Xem “systemctl status phieu” và “journalctl -u phieu”; khởi động lại dịch vụ. Nếu dịch vụ"
        " chạy ở máy khác thì chạy lệnh này ở máy ấy."
    )
    with suppress(FileNotFoundError), path.open() as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return Finding(GOOD, about, _("Đang chạy trên máy này."))
    return Finding(BAD, about, _("Không tiến trình nào trên máy này đang gửi thư."), remedy)


def of_address(settings: Settings, trusted: ssl.SSLContext | None = None) -> Finding:
    """The address in links, asked as a respondent's browser would: name, TLS, proxy, this program
    behind it. `trusted`: who may sign certificates, in place of the system's own list."""
    about, parts = _("Địa chỉ web"), urlsplit(settings.base_url)
    host, base = parts.hostname or "", settings.base_url
    remedy = _(
        "Xem DNS của tên miền, tường lửa, máy chủ web đứng trước (mẫu trong docs/operations.md) và"
        " “systemctl status phieu”. Máy này không ra được mạng ngoài thì thử từ máy khác."
    )
    context = trusted or ssl.create_default_context()
    connection = (
        HTTPSConnection(host, parts.port, timeout=PATIENCE, context=context)
        if settings.is_https
        else HTTPConnection(host, parts.port, timeout=PATIENCE)
    )
    left = None
    try:
        connection.connect()
        if isinstance(connection.sock, ssl.SSLSocket):
            left = _left(connection.sock)
        connection.request("GET", f"{parts.path}/ready", headers={"Connection": "close"})
        answer = connection.getresponse()
        status, body = answer.status, answer.read(LARGEST)
    except ssl.SSLCertVerificationError as error:
        words = _("{base}: trình duyệt không tin chứng thư ({why}).")
        words = words.format(base=base, why=error.verify_message)
        renew = _("Gia hạn hoặc thay chứng thư ở máy chủ web đứng trước.")
        return Finding(BAD, about, words, renew)
    except (OSError, HTTPException) as error:
        words = _("Không mở được {base} ({why}).").format(base=base, why=type(error).__name__)
        return Finding(BAD, about, words, remedy)
    finally:
        connection.close()
    return _answered(base, status, body, left, remedy, local=is_loopback(host))


def _left(connected: ssl.SSLSocket) -> timedelta | None:
    """How long the certificate is good for."""
    ends = (connected.getpeercert() or {}).get("notAfter")
    if not isinstance(ends, str):
        return None
    return timedelta(seconds=ssl.cert_time_to_seconds(ends) - time.time())


def _answered(
    base: str, status: int, body: bytes, left: timedelta | None, remedy: str, *, local: bool
) -> Finding:
    about = _("Địa chỉ web")
    try:
        said = json.loads(body)
        reasons = [str(each) for each in (*said["reasons"], *said["warnings"])]
    except (ValueError, KeyError, TypeError):
        words = _("{base} trả lời {status}, nhưng không phải chương trình này.")
        return Finding(BAD, about, words.format(base=base, status=status), remedy)
    if status != 200:
        words = _("{base} chưa sẵn sàng: {reasons}")
        words = words.format(base=base, reasons=" ".join(reasons))
        return Finding(BAD, about, words, remedy)
    if left is not None and left < ENDS_SOON:
        words = _("Chứng thư của {base} còn {days} ngày.")
        words = words.format(base=base, days=number(left.days))
        return Finding(LOOK, about, words, _("Xem vì sao chứng thư chưa tự gia hạn."))
    if local:
        words = _("{base}: đường dẫn trong thư chỉ mở được trên máy này.").format(base=base)
        return Finding(LOOK, about, words, _("Đặt PHIEU_BASE_URL=https://tên-miền của tỉnh."))
    return Finding(GOOD, about, _("{base} mở được và sẵn sàng.").format(base=base))
