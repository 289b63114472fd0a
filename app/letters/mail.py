"""A letter as it goes over the wire: its words from templates/letters, its headers and parts.

`render` is cheap and reads no clock; talking to the relay is in `relay`.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.folders import folder
from app.index.definition import Index
from app.index.parts import Organiser
from app.keys.tokens import Tokens
from app.language import LANGUAGE, _, translations
from app.letters import headers, texts
from app.letters.facts import LetterFacts, words_of
from app.letters.senders import Sender
from app.letters.texts import Wording
from app.text.cleaning import LONGEST_ADDRESS

TEMPLATES = folder("templates") / "letters"


@dataclass(frozen=True)
class Letterhead:
    """What all letters of one wave share, and the parts of a letter that most people's share."""

    index: Index
    tokens: Tokens
    sender: Sender
    base_url: str
    wording: Wording = field(default_factory=Wording)
    forms: dict[tuple[object, ...], "Form"] = field(default_factory=dict, compare=False)

    def form(self, facts: LetterFacts) -> "Form":
        """The parts with gaps for what is one person's, each kind of letter rendered once.

        Rendering both templates for every letter took 0.5 of the 0.6 ms that a letter costs.
        """
        who = (facts.group, facts.agency, facts.assigned)
        key = (facts.kind, *who, facts.closes_at, facts.cancel_reason)
        if key not in self.forms:
            self.forms[key] = form_of(facts, self.index, f"{self.base_url}/", self.wording)
        return self.forms[key]


@dataclass(frozen=True)
class Form:
    """Both parts of a letter, with the words of GAPS where one person's belong."""

    text: str
    html: str
    subject: str = ""

    def filled(self, own: Mapping[str, str]) -> "Form":
        """With one person's words in the gaps."""
        text, html, subject = self.text, self.html, self.subject
        for word, gap in GAPS.items():
            text, subject = text.replace(gap, own[word]), subject.replace(gap, own[word])
            html = html.replace(gap, escape(own[word]))
        return Form(text, html.replace(TO_READ, breakable(own["link"])), subject)


def breakable(link: str) -> str:
    """A link as HTML to be read, which may break: on a telephone it is wider than the page."""
    return "<wbr>".join(escape(link[at : at + 24]) for at in range(0, len(link), 24))


def render(
    facts: LetterFacts,
    letterhead: Letterhead,
    now: datetime,
    test_code: str = "",
    test_link: str = "",
) -> bytes:
    """The whole message in wire form: CRLF line ends, no line over 998 bytes, ASCII only.

    A letter with a `test_code` is a test; its button leads to `test_link`, for there is no ballot.
    Raises ValueError when the address or the Message-ID is none.
    """
    tokens, base, sender = letterhead.tokens, letterhead.base_url, letterhead.sender
    no_reminders = f"{base}/khong-nhac/{tokens.no_reminders(facts.ballot)}"
    own = {
        "name": headers.one_line(facts.name),
        "link": test_link or f"{base}/p/{tokens.link(facts.ballot)}",
        "code": tokens.access_code(facts.ballot),
        "no_reminders": no_reminders,
    }
    form = letterhead.form(facts).filled(own)
    text, html = form.text, form.html
    if test_code:
        note = _(
            "THƯ THỬ. Mã để nhập lại trên trang Phát phiếu: {code}. Nút trong thư mở trang xem thử"
            " phiếu của nhóm này."
        ).format(code=test_code)
        text, html = f"{note}\n\n{text}", html.replace(MAIN, f"{MAIN}<p>{escape(note)}</p>", 1)
    lines = [
        f"From: {headers.encoded_once(sender.name, 'From')}\r\n <{sender.address}>",
        headers.mailbox_field("To", facts.name, mailbox(facts.email)),
        headers.text_field("Subject", form.subject),
        *headers.usual(facts.message_id, now),
    ]
    boundary = headers.boundary(facts.message_id)
    if sender.reply_to:
        lines.append(headers.field("Reply-To", f"<{mailbox(sender.reply_to)}>"))
    if facts.kind not in SUBJECTS:
        lines.append(headers.field("List-Unsubscribe", f"<{no_reminders}>"))
        if base.startswith("https://"):  # RFC 8058 knows no other
            lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    lines += ["", *part(boundary, "plain", text), *part(boundary, "html", html)]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode("ascii")


def part(boundary: str, kind: str, text: str) -> tuple[str, ...]:
    """One part, in base64: whatever the words, its lines are short and nothing is broken."""
    encoded = base64.encodebytes(text.encode()).decode().rstrip("\n")
    return (
        f"--{boundary}",
        f"Content-Type: text/{kind}; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        encoded.replace("\n", "\r\n"),
    )


# Random, so that no name and no text of an index can hold one.
GAPS = {word: secrets.token_hex(16) for word in ("name", "link", "code", "no_reminders")}
TO_READ = secrets.token_hex(16)  # the link once more, where it is read and not pressed
MAIN = '<div role="main">'


def form_of(facts: LetterFacts, index: Index, front: str, wording: Wording) -> Form:
    words = {**GAPS, **words_of(facts, index, front)}
    said = texts.fill(words, wording.salutations.get(facts.group, texts.USUAL_GREETING))
    kind = "invitation" if facts.kind in ("copy", "reopened") else facts.kind
    subject = texts.fill(words, wording.subjects.get(kind) or usual_subject(kind, index))
    # A later closing changes nothing of why somebody is asked.
    told = "invitation" if kind == "extended" else kind
    body = wording.bodies.get(told) or usual_body(index)
    words |= {
        "greeting": said,
        "subject": subject,
        "opening": texts.paragraphs(texts.fill(words, body)),
        "rehearsal": wording.rehearsal,
        "link_to_read": TO_READ,
    }
    if wording.rehearsal:
        subject = _("[PHIẾU THỬ] {subject}").format(subject=subject)
    name = facts.kind if facts.kind in SUBJECTS else "invitation"
    templates = _templates()
    return Form(
        tidy(templates.get_template(f"{name}.txt").render(words)),
        templates.get_template(f"{name}.html").render(words),
        subject,
    )


def tidy(text: str) -> str:
    """A text part with one blank line where its template left several."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def usual_body(index: Index) -> str:
    """The usual opening of a letter about an index, with its words in braces."""
    return texts.usual_body(bool((index.organiser or Organiser()).basis))


def usual_subject(kind: str, index: Index) -> str:
    """The usual subject of a letter about an index, with its words in braces."""
    if index.is_asked_alone:
        return NAMED_SUBJECTS.get(kind) or texts.SUBJECTS_BY_NAME[kind]
    return SUBJECTS.get(kind) or texts.USUAL_SUBJECTS[kind]


def places(facts: LetterFacts, index: Index) -> dict[str, str]:
    """What each word in braces becomes in a letter."""
    words = {**GAPS, **words_of(facts, index, ""), "name": facts.name}
    return {place: texts.fill(words, f"{{{place}}}") for place in texts.PLACES}


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(translations)  # type: ignore[attr-defined]
    environment.globals["language"] = LANGUAGE
    return environment


# The letters that have words of their own.
SUBJECTS = {
    "cancellation": _("Đợt đánh giá cải cách hành chính năm {năm} đã hủy"),
    "moved": _("Địa chỉ nhận phiếu đánh giá cải cách hành chính năm {năm} đã được sửa"),
    "removed": _("Ông/Bà không còn trong danh sách đánh giá cải cách hành chính năm {năm}"),
    "closing": _("Phiếu đánh giá cải cách hành chính năm {năm} đã được ghi nhận hay chưa"),
}
NAMED_SUBJECTS = {
    "cancellation": _("Đã hủy đợt điều tra: {tên bộ chỉ số}"),
    "moved": _("Địa chỉ nhận phiếu điều tra đã được sửa: {tên bộ chỉ số}"),
    "removed": _("Ông/Bà không còn trong danh sách điều tra: {tên bộ chỉ số}"),
    "closing": _("Phiếu điều tra đã được ghi nhận hay chưa: {tên bộ chỉ số}"),
}


def mailbox(address: str) -> str:
    """An address for header and envelope, an international domain in its ASCII form.

    Raises ValueError for what could be no mailbox or more than one.
    """
    if len(address) > LONGEST_ADDRESS:
        raise ValueError("too long")  # before the domain is encoded, which takes the square of it
    local, _at, domain = address.rpartition("@")
    ascii_domain = domain.encode("idna").decode()
    plain = re.fullmatch(r"[!-~]+", local) and re.fullmatch(r"[!-~]+", ascii_domain)
    if not plain or re.search(r'[<>()\[\]:;,"\\]', local + ascii_domain):
        raise ValueError("not a plain mailbox")
    mailbox = f"{local}@{ascii_domain}"
    if len(mailbox) > LONGEST_ADDRESS:
        raise ValueError("longer than any mailbox")
    return mailbox
