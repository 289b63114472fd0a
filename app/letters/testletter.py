"""A letter to the officer's own mailbox, at once: does the relay take it, does it look right?"""

import asyncio
import secrets
from datetime import datetime

from app.index.definition import Index
from app.index.estimate import USUALLY_ASSIGNED
from app.keys.keyfile import KeyFile
from app.keys.tokens import ALPHABET, BallotName
from app.language import _
from app.letters import mail, senders
from app.letters.facts import LetterFacts
from app.letters.mail import Letterhead
from app.letters.relay import Connection, Timeouts, greeting
from app.letters.replies import Cut, RelayRefused
from app.letters.texts import Wording
from app.settings import Settings
from app.text.cleaning import shown

SOON = Timeouts(connect=8, command=10, final=20)
SIGNS = 6


class TestRefused(Exception):
    """The test letter did not go; the text says why and what to do."""


def new_code() -> str:
    """What the officer reads in the test letter and types back: six signs none of which is taken
    for another."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(SIGNS))


def facts_of(
    index: Index, group: str, name: str, email: str, closes_at: datetime, kind: str = "invitation"
) -> LetterFacts:
    """A letter of no ballot, as somebody of a group would get it."""
    own = index.group_of[group].rates == "own"
    return LetterFacts(
        kind=kind,
        message_id=f"{secrets.token_hex(16)}@localhost",
        ballot=BallotName(bytes(12), 0),
        name=name,
        email=email,
        group=group,
        agency=index.units[0].code if own else None,
        assigned=tuple(index.unit_of)[:USUALLY_ASSIGNED],
        closes_at=closes_at,
    )


def preview(facts: LetterFacts, index: Index, base_url: str, wording: Wording) -> mail.Form:
    """Both parts and the subject as their reader will see them, with a made-up link."""
    own = {
        "name": facts.name,
        "link": f"{base_url}/p/…",
        "code": "XXXX-XXXX-XXXX-XXXX",
        "no_reminders": f"{base_url}/khong-nhac/…",
    }
    return mail.form_of(facts, index, f"{base_url}/", wording).filled(own)


def send(
    settings: Settings,
    keys: KeyFile,
    index: Index,
    wording: Wording,
    facts: LetterFacts,
    code: str,
    preview_at: str,
) -> None:
    """Hand the letter over now; its button leads to the preview of the group's ballot.

    Raises TestRefused; no transaction may be open."""
    if settings.relay is None:
        raise TestRefused(_("Chưa đặt máy chủ thư; nhờ người quản trị máy chủ đặt PHIEU_SMTP_URL."))
    try:
        sender = senders.of(index, settings.mail_from)
        head = Letterhead(index, keys.tokens, sender, settings.base_url, wording)
        content = mail.render(
            facts,
            head,
            datetime.now().astimezone(),
            test_code=code,
            test_link=f"{settings.base_url}{preview_at}",
        )
        to = mail.mailbox(facts.email)
    except senders.SenderMissing as error:
        raise TestRefused(str(error)) from error
    except ValueError as error:
        raise TestRefused(
            _("Địa chỉ thư {address} không dùng được. Sửa địa chỉ rồi thử lại.").format(
                address=shown(facts.email)
            )
        ) from error
    connection = Connection(settings.relay, greeting(settings.host), SOON)

    async def hand_over() -> str:
        try:
            reply = await connection.offer(sender.address, to, content) or await connection.finish()
        finally:
            await connection.close()
        return "" if 200 <= reply.code < 300 else str(reply)

    try:
        refusal = asyncio.run(hand_over())
    except RelayRefused as refused:
        raise TestRefused(str(refused)) from refused
    except Cut as cut:
        raise TestRefused(
            _("Máy chủ thư ngắt giữa chừng hoặc không trả lời. Thử lại sau ít phút.")
        ) from cut
    if refusal:
        raise TestRefused(
            _("Máy chủ thư không nhận thư này: {answer}. Xem lại địa chỉ và người gửi.").format(
                answer=refusal
            )
        )
