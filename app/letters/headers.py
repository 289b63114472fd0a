"""The head of a letter: fields in lines of 76 signs, encoded words of 75 (RFC 2047, RFC 5322).

Pure. Only what is one piece, a long address or link, makes a longer line: a blank within it is
read as part of it by some, and RFC 2369 forbids it.
"""

import re
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import cache

from app.language import HANOI

LONGEST_LINE, LONGEST_WORD = 76, 75
# What stands in a row of the database begins no line of its own.
MESSAGE_ID = re.compile(r"[\w.+=-]{1,100}@[!-;=?-~]{1,253}", re.ASCII)


def field(name: str, *pieces: str) -> str:
    """A field whose pieces stay whole; a line ends before one that has room on the next alone."""
    lines = [f"{name}:"]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) > LONGEST_LINE >= 1 + len(piece):
            lines.append("")
        lines[-1] += f" {piece}"
    return "\r\n".join(lines)


def mailbox_field(name: str, words: str, address: str) -> str:
    """A field with one mailbox: somebody's name, and the address on a line of its own."""
    return f"{name}: {encoded(words, name)}\r\n <{address}>"


def text_field(name: str, text: str) -> str:
    return f"{name}: {encoded(text, name)}"


def usual(message_id: str, now: datetime) -> tuple[str, ...]:
    """What every letter of ours has after its subject. Raises ValueError for no Message-ID."""
    if not MESSAGE_ID.fullmatch(message_id):
        raise ValueError("not a Message-ID")
    return (
        f"Date: {format_datetime(now.astimezone(HANOI))}",
        field("Message-ID", f"<{message_id}>"),
        "Auto-Submitted: auto-generated",
        "Content-Language: vi",
        "MIME-Version: 1.0",
        field("Content-Type", "multipart/alternative;", f'boundary="{boundary(message_id)}"'),
    )


def boundary(message_id: str) -> str:
    """What stands between the parts; RFC 2046 allows 70 signs."""
    return f"=_{message_id.partition('@')[0][:60]}"


def encoded(text: str, name: str) -> str:
    """`text` in encoded words, so that commas, quotes or encoded words in it stay text."""
    # The blank before a further line is not counted in.
    words = Header(one_line(text), "utf-8", maxlinelen=LONGEST_WORD, header_name=name)
    return words.encode(linesep="\r\n")


encoded_once = cache(encoded)


def one_line(text: str) -> str:
    """Without controls: decoded by a reader's program a line end could begin another header."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)
