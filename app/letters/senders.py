"""Whom letters come from: the mailbox the relay hears of, and the name a reader sees."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

from app.index.definition import Index
from app.index.parts import Organiser
from app.language import _


@dataclass(frozen=True)
class Sender:
    """Whom the relay hears of (`address`), and whom a reader sees and answers."""

    address: str
    name: str
    reply_to: str | None


class SenderMissing(Exception):
    """There is no address to send from; the text says what to do."""


def address(given: str | None) -> str:
    """The mailbox that letters come from. Raises SenderMissing."""
    found = parseaddr(given or "")[1]
    if not (given or "").isprintable() or not re.fullmatch(r"[!-;=?-~]+@[!-;=?-~]+", found):
        raise SenderMissing(
            _(
                "Chưa có địa chỉ người gửi, hoặc địa chỉ không đúng: “{address}”. Đặt"
                " PHIEU_MAIL_FROM, ví dụ PHIEU_MAIL_FROM=phieu@tinh.gov.vn, rồi gửi lại."
            ).format(address=given or "")
        )
    return found


def of(index: Index, mail_from: str | None) -> Sender:
    """The sender of a wave's letters: PHIEU_MAIL_FROM, else the organiser. Raises SenderMissing."""
    organiser = index.organiser or Organiser()
    mailbox = address(mail_from or organiser.email)
    return Sender(mailbox, organiser.name or mailbox, organiser.email)
