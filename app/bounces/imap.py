"""Messages out of a mailbox on a mail server.

Only what nobody has read is looked at. A bounce that was understood is deleted there: it may hold
our letter with its link. All else stays, as read. Off loopback nothing goes in clear.
"""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Callable

from app.bounces.mailbox import BouncesUnread
from app.bounces.report import LARGEST
from app.language import _
from app.letters.replies import said
from app.settings import Inbox, is_loopback

TIMEOUT = 30.0  # seconds for each answer
MOST = 500  # messages of one look; the others wait for the next


def look(inbox: Inbox, take: Callable[[bytes], bool], timeout: float = TIMEOUT) -> None:
    """Show what has come in to `take`, which says whether it may be deleted. Raises
    BouncesUnread."""
    where = f"{inbox.host}:{inbox.port}"
    try:
        server = _connected(inbox, timeout)
    except (OSError, imaplib.IMAP4.error) as error:
        words = _(
            "Không kết nối được hộp thư trả lại {where} ({reason}). Xem lại PHIEU_BOUNCE_IMAP và"
            " máy chủ thư."
        )
        raise BouncesUnread(words.format(where=where, reason=_reason(error))) from error
    try:
        try:
            server.login(inbox.user, inbox.password)
        except imaplib.IMAP4.error as error:
            words = _(
                "Hộp thư trả lại {where} không cho đăng nhập ({reason}). Xem lại tên và mật khẩu"
                " trong PHIEU_BOUNCE_IMAP."
            )
            raise BouncesUnread(words.format(where=where, reason=_reason(error))) from error
        if server.select(f'"{inbox.folder}"')[0] != "OK":
            words = _(
                "Hộp thư trả lại {where} không có thư mục {folder}. Sửa phần cuối của"
                " PHIEU_BOUNCE_IMAP."
            )
            raise BouncesUnread(words.format(where=where, folder=inbox.folder))
        _take_all(server, take)
    except (OSError, imaplib.IMAP4.error) as error:
        words = _("Đang đọc hộp thư trả lại {where} thì hỏng ({reason}); sẽ đọc lại.")
        raise BouncesUnread(words.format(where=where, reason=_reason(error))) from error
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _connected(inbox: Inbox, timeout: float) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if inbox.tls:
        return imaplib.IMAP4_SSL(inbox.host, inbox.port, ssl_context=context, timeout=timeout)
    server = imaplib.IMAP4(inbox.host, inbox.port, timeout=timeout)
    if not is_loopback(inbox.host):
        server.starttls(context)
    return server


def _take_all(server: imaplib.IMAP4, take: Callable[[bytes], bool]) -> None:
    found = server.uid("SEARCH", "UNSEEN")[1]
    uids = found[0].split()[:MOST] if found and found[0] else []
    deleted = []
    for uid in (each.decode("ascii") for each in uids):
        # Without the flag: whoever is stopped here comes upon it again.
        parts = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")[1]
        raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
        if take(raw):
            server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)")
            deleted.append(uid)
        else:
            server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
    if deleted and "UIDPLUS" in server.capabilities:
        server.uid("EXPUNGE", ",".join(deleted))
    elif deleted:
        server.expunge()


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return _("quá thời gian chờ")
    text = getattr(error, "strerror", None) or str(error)
    return said(re.sub(r"^b'(.*)'$", r"\1", text)) or type(error).__name__
