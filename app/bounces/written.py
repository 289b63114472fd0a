"""What older servers write in words: the notice before the copy of our letter, and its addresses.

Pure. A server that keeps to no form still names the address it could not reach, and says why beside
it.
"""

import re
from collections.abc import Iterator
from email import message_from_string
from email.message import Message

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,250}\w")
LONGEST_NOTICE, LONGEST_SAID = 20_000, 1_000
# Here the copy of the letter begins; what stands in it is ours, and nobody's answer.
_COPY = re.compile(
    r"^\W{0,10}("
    r"(this is|here follows|here is|below is|below this line is|included is|the following is)"
    r" (a |the )?(copy|headers?)"
    r"|(the )?(headers? of the )?original (message|e-?mail)"
    r"|your (original )?message (reads|follows)"
    r"|unsent message|message header|returned (message|mail)|text follows"
    r"|(return-path|received|dkim-signature|message-id|mime-version|x-originating-ip) ?:"
    r"|-{3,80}.{0,40}\b(copy|header|original|unsent)s?\b"
    r"|from \S{1,80}@\S{1,80}\s.{0,40}\d\d:\d\d)",
    re.IGNORECASE | re.MULTILINE,
)
_OURS = re.compile(
    r"^(mailer-daemon|postmaster|mailmaster|root|double-bounce|no-?reply)@", re.IGNORECASE
)


def notice(message: Message) -> str:
    """What the server itself says: its texts, up to the copy of the letter."""
    found = []
    for part in own_parts(message):
        # Of parts without what stands between them the mail package makes one.
        if (
            part.get_content_maintype() not in ("text", "multipart")
            or part.get_content_subtype() == "rfc822-headers"
        ):
            continue
        text = decoded(part)
        if part.get_content_subtype() == "html":
            text = re.sub(r"(?i)<style[^<>]*>[^<]*", " ", text[: 10 * LONGEST_NOTICE])
            text = re.sub(r"<(?![^\s<>]{1,200}@)[^<>]{0,2000}>", " ", text)
            text = re.sub(r"\s+", " ", text)
        found.append(text)
        if len(found) > 2:
            break
    text = "\n".join(found)[:LONGEST_NOTICE]
    for copy in _COPY.finditer(text):
        if ADDRESS.search(text[: copy.start()]) or copy.start() > 400:
            return text[: copy.start()]
    return text


def own_parts(message: Message) -> Iterator[Message]:
    """The parts of a message, those of a message within it left out."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from own_parts(part)
    else:
        yield message


def decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return payload.decode("latin-1")


def returned(message: Message) -> Message | None:
    """The head of our letter, if it came back with the message."""
    for part in own_parts(message):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            payload = part.get_payload()
            if isinstance(payload, list) and payload and isinstance(payload[0], Message):
                return payload[0]
        if kind in ("text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers"):
            return message_from_string(decoded(part))
    return None


def mailboxes(text: str) -> list[str]:
    """The addresses in a text, in their order; those of servers only where there are no others."""
    found: dict[str, str] = {}
    for each in ADDRESS.finditer(text):
        name = each[0].strip("'`.=")
        if "@" in name:
            found.setdefault(name.lower(), name)
    people = [name for name in found.values() if not _OURS.match(name)]
    return people or list(found.values())


def beside(text: str, address: str, others: list[str]) -> str:
    """What is said about an address: from its first mention to that of the next one."""
    low = text.lower()
    at = low.find(address.lower())
    if at < 0:
        return ""
    ends = [low.find(each.lower(), at + len(address)) for each in others if each != address]
    end = min((each for each in ends if each > 0), default=len(text))
    return text[at + len(address) : min(end, at + LONGEST_SAID)]
