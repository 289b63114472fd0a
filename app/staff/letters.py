"""What letters to the people of the console say: invitation, new password, the head of the log,
what there is to do in a wave.

The link is made when the letter is written, just before it is sent.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters import plain
from app.settings import Settings
from app.staff import accounts
from app.staff.links import LASTS, Links
from app.staff.staff import ADMIN
from app.store.db import Session

HOUR = timedelta(hours=1)
PATHS = {"invitation": "moi", "reset": "dat-lai-mat-khau"}


SUBJECTS = {
    "invitation": _("Mời dùng hệ thống Phiếu"),
    "reset": _("Đặt lại mật khẩu hệ thống Phiếu"),
    "unready": _("Tài khoản hệ thống Phiếu chưa dùng được"),
    "officer": _("Có thêm chuyên viên trong hệ thống Phiếu"),
    "head": _("Mã nhật ký của đợt {wave}"),
    "server": _("Mã nhật ký của hệ thống Phiếu"),
    "proposal": _("Chờ xác nhận: {what} (đợt {wave})"),
    "closed": _("Đã kết thúc thu phiếu, mở được hòm phiếu (đợt {wave})"),
    "scored": _("Đã có bảng điểm số {sheet} (đợt {wave})"),
    "whole": _("Đã có bảng điểm cả bộ chỉ số, số {sheet} (đợt {wave})"),
    "release": _("Chờ Hội đồng xác nhận công bố kết quả (đợt {wave})"),
    "failed": _("{count} thư mời không gửi được (đợt {wave})"),
    "again": _("Thư của hệ thống Phiếu đã gửi lại được"),
}


@dataclass(frozen=True)
class Taken:
    """A letter under way."""

    id: int
    kind: str
    staff_id: int
    facts: dict[str, str]
    attempts: int
    name: str
    email: str
    mac: bytes


def render(
    session: Session, keys: KeyFile, settings: Settings, sender: str, taken: Taken, now: datetime
) -> bytes:
    """The message, text alone, in wire form."""
    link, kind, admins = "", taken.kind, ""
    if kind == "reset" and (without := _without_telephone(session, taken.staff_id)):
        # The mailbox alone gives no password; only who invites can open the way again.
        kind, admins = "unready", without
    elif taken.kind in PATHS:
        token = Links(keys).make(session, taken.kind, taken.staff_id, now)
        link = f"{settings.base_url}/quan-tri/{PATHS[taken.kind]}/{token}"
    words: dict[str, object] = {
        "name": taken.name,
        "link": link,
        "base": settings.base_url,
        "admins": admins,
        "hours": LASTS[taken.kind] // HOUR if taken.kind in PATHS else 0,
        "deed": chain.ACTIONS.get(taken.facts.get("action", ""), ""),
        "wave": "",
        "head": "",
        "record": "",
        "by": "",
        **taken.facts,
    }
    words["page"] = f"{settings.base_url}/quan-tri/dot/{words['wave']}/{words.get('path', '')}"
    said = "server" if kind == "head" and not words["wave"] else kind
    subject = SUBJECTS[said].format_map(words)
    text = plain.text_of(f"staff-{kind}.txt", words)
    number = hmac.digest(keys.derived("staff letters"), str(taken.id).encode(), "sha256")[:16].hex()
    return plain.message(sender, taken.email, subject, number, text, now)


def _without_telephone(session: Session, staff_id: int) -> str:
    """Whom to ask, for an account without a second factor; nothing for one that has it."""
    if accounts.get(session, staff_id).has_second_factor:
        return ""
    admins = [
        account.who
        for account in accounts.everyone(session)
        if ADMIN in account.roles and account.has_second_factor
    ]
    return "\n".join(admins) or _("người quản trị máy chủ của hệ thống Phiếu")
