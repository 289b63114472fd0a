"""A bounce read: which addresses a server speaks of, and what became of each.

Pure: bytes in, findings out. RFC 3464 is read here, and what older servers write in words; behind
that stands flufl.bounce, which knows hosts that write as nobody else does. Whatever comes in may be
forged or broken: nothing here raises, and nothing here is believed (`marks` says whose bounce it
is).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from flufl.bounce import all_failures

from app.bounces import written
from app.bounces.verdicts import DEAD, DELAYED, STATUS, verdict

LARGEST = 1_000_000  # bytes of a message that are read
MOST = 50  # addresses of one message
LONGEST_SAID = 300
LONGEST_KNOWN = 15_000


@dataclass(frozen=True)
class Finding:
    """What became of one address: a verdict, the status if there was one, and what was said."""

    address: str
    verdict: str
    status: str = ""
    said: str = ""


@dataclass(frozen=True)
class Report:
    """What a message tells; `is_reply`: a person's program answered, or somebody complains, which
    is no bounce."""

    findings: tuple[Finding, ...] = ()
    is_reply: bool = False


def read(raw: bytes) -> Report:
    """What a message says about the addresses of a letter."""
    try:
        message = message_from_bytes(raw[:LARGEST])
        if _is_reply(message):
            return Report(is_reply=True)
        notice = written.notice(message)
        blocks = _recipients(message)
        found = list(_standard(blocks, notice))
        if not any(_action(fields) in ARRIVED for fields in blocks):
            found = found or list(_in_words(message, notice)) or list(_known(message, notice))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError):
        # The mail package stumbles over some heads and charsets.
        return Report()
    return Report(tuple({each.address.lower(): each for each in found}.values())[:MOST])


_REPLY_SUBJECT = re.compile(
    r"^\s*(auto(matic|mated|matische)?[ -]?(reply|response|answer|antwort)|out of (the )?office"
    r"|vacation|away from|on holiday|trả lời tự động|tự động trả lời|vắng mặt|nghỉ phép)",
    re.IGNORECASE,
)
_NO_BOUNCE = ("feedback-report", "disposition-notification")


def _is_reply(message: Message) -> bool:
    kind = str(message.get_param("report-type") or "").lower()
    if kind in _NO_BOUNCE or any(
        part.get_content_type() == "message/feedback-report" for part in written.own_parts(message)
    ):
        return True
    if message.get_content_type() == "multipart/report" or message.get("X-Failed-Recipients"):
        return False
    auto, precedence = (str(message.get(n, "")).lower() for n in ("Auto-Submitted", "Precedence"))
    return (
        ("auto-replied" in auto and not _from_server(message))
        or precedence in ("auto_reply", "auto-reply")
        or message.get("X-Autoreply") is not None
        or bool(_REPLY_SUBJECT.search(_header(message, "Subject")))
    )


def _from_server(message: Message) -> bool:
    sender = parseaddr(_header(message, "From"))[1].lower()
    empty = str(message.get("Return-Path", "")).strip() == "<>"
    return empty or not sender or sender.startswith(("mailer-daemon", "postmaster", "post_master"))


def _header(message: Message, name: str) -> str:
    value = next((str(v) for key, v in message.raw_items() if key.lower() == name.lower()), "")
    value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return value


# RFC 3464

ARRIVED = ("delivered", "relayed", "expanded")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")


def _recipients(message: Message) -> list[dict[str, str]]:
    """What a delivery status has of each recipient: fields, their names in small letters."""
    blocks = list(_blocks(message))
    inner = written.returned(message)
    if not blocks and inner is not None and inner.get_content_type() == "multipart/report":
        blocks = list(_blocks(inner))  # sent on by a gateway
    return blocks


def _action(fields: dict[str, str]) -> str:
    return (fields.get("action", "").split() or [""])[0].lower()


def _standard(blocks: list[dict[str, str]], notice: str) -> Iterator[Finding]:
    found = []
    for fields in blocks:
        named = [fields.get(f"{name}-recipient", "") for name in ("original", "final", "x-actual")]
        address = next((each for each in map(_typed, named) if each), "")
        action = _action(fields)
        status = _status(fields.get("status", ""))
        if not address or action in ARRIVED or status[:1] == "2":
            continue
        said = fields.get("diagnostic-code", "")
        if category := fields.get("x-powermta-bouncecategory"):
            said = f"{said} ({category})"
        found.append((address, action, status, said))
        if len(found) == MOST:
            break
    addresses = [each[0] for each in found]
    for address, action, status, said in found:
        near = written.beside(notice, address, addresses) if len(found) > 1 else notice
        alone = _finding(address, action, status, said, "")
        # Beside the others of a notice it may stand too near to what is said of them.
        certain = len(found) > 1 and alone.verdict == DEAD
        yield alone if certain else _finding(address, action, status, said, near)


def _blocks(message: Message) -> Iterator[dict[str, str]]:
    parts = list(written.own_parts(message))
    for part in parts:
        if part.get_content_type() in _STATUS_PARTS:
            payload = part.get_payload()
            inner = payload if isinstance(payload, list) else []
            # Encoded, or without the empty line that ends its head.
            text = "\n\n".join(str(each) for each in inner) or written.decoded(part)
            yield from _fields(text)
            return
    for part in parts:
        # Sent on by somebody, it is quoted.
        text = re.sub(r"^> ?", "", written.decoded(part), flags=re.MULTILINE)
        if _FINAL.search(text):
            yield from _fields(text)


_FINAL = re.compile(r"^(final|original)-recipient\s*:", re.IGNORECASE | re.MULTILINE)


def _apart(block: str) -> list[str]:
    """A block for each recipient, where a server left out the empty line between them."""
    several = len(re.findall(r"^final-recipient *:", block, re.IGNORECASE | re.MULTILINE)) > 1
    return re.split(r"\n(?=final-recipient *:)", block, flags=re.IGNORECASE) if several else [block]


def _fields(text: str) -> Iterator[dict[str, str]]:
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    for block in (each for blocked in blocks for each in _apart(blocked)):
        start = re.search(r"^[A-Za-z-]+:", block, re.MULTILINE)
        if start and _FINAL.search(block):
            fields = message_from_string(block[start.start() :])
            yield {name.lower(): " ".join(str(said).split()) for name, said in fields.items()}


def _typed(value: str) -> str:
    """The address of `rfc822; name@host`."""
    found = written.mailboxes(value.rpartition(";")[2])
    return found[0] if found else ""


def _status(said: str) -> str:
    found = STATUS.search(said)
    return found[0] if found else ""


def _finding(address: str, action: str, status: str, said: str, notice: str) -> Finding:
    """A finding out of fields, where these say little with the words of the notice."""
    inner = _status(said)
    if inner and (not status or status.endswith(".0.0") or inner[0] == status[0]):
        status = inner  # gateways put a general one before the answer they had
    judged = verdict(action, status, said, notice)
    shown = re.sub(r"^[\w-]{1,20};\s*", "", said) or notice
    return Finding(
        address, judged, status or _status(notice), " ".join(shown.split())[:LONGEST_SAID]
    )


# Words


def _in_words(message: Message, notice: str) -> Iterator[Finding]:
    """The addresses of a notice that are not ours; of a notice without one, that of our letter."""
    letter = written.returned(message)
    named = written.mailboxes(_header(message, "X-Failed-Recipients"))
    ours = {
        name.lower()
        for head in (message, letter)
        if head is not None
        for field in (
            "From",
            "Sender",
            "Reply-To",
            "Return-Path",
            *(("To", "Cc") if head is message else ()),
        )
        for name in written.mailboxes(_header(head, field))
    }
    found = named or [each for each in written.mailboxes(notice) if each.lower() not in ours]
    if asked := _ENVELOPE.search(notice):
        found, notice = [asked[1]], notice.replace(asked[1], "")
    if not found and letter is not None:
        found = written.mailboxes(_header(letter, "To"))[:1]
    if not _from_server(message) and not named and not _SUBJECT.search(_header(message, "Subject")):
        return
    found = found[:MOST]
    for address in found:
        near = written.beside(notice, address, found) if len(found) > 1 else notice
        yield _finding(address, "failed", _status(near), "", near)


_ENVELOPE = re.compile(rf"mail from: .*\n\s*rcpt to: ({written.ADDRESS.pattern})", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver|deliver|fail|return|bounce|reject|notif|error|không gửi được|trả lại", re.IGNORECASE
)


def _known(message: Message, notice: str) -> Iterator[Finding]:
    """What flufl.bounce finds, with the words that stand beside the address."""
    if len(notice) > LONGEST_KNOWN:
        return  # none of these hosts writes so much
    temporary, permanent = all_failures(message)
    for address in sorted(temporary - permanent):
        yield Finding(address.decode("latin-1"), DELAYED)
    names = [address.decode("latin-1") for address in sorted(permanent)]
    for name in names:
        near = written.beside(notice, name, names)
        yield _finding(name, "failed", _status(near), "", near)
