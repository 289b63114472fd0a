"""The return path of a letter: an address of ours that names the letter, and signs that it does.

Pure. A server that cannot deliver writes there. The mark is the letter's number with a MAC over it,
what is its own (a ballot's letter has its Message-ID) and the address it went to, under the key
file: it tells nobody whose ballot the letter is about, and cannot be made by whoever did not see
the letter. The sign between number and MAC tells of which table the letter is. Of a letter that
went to another address since, it fits no more. In small letters and digits, as some servers change
the case of what stands before the "@" (which is why it is no itsdangerous token).
"""

import base64
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.settings import ReturnPath
from app.text.cleaning import email_key

SIGNS = 20  # of 5 bits: 100 of them
BALLOT, STAFF, TRUSTEE = "-", ".", "_"  # whom a letter is to, or what it is about
MARK = r"([0-9a-z]{1,12})([-._])([a-z2-7]{20})"
MOST = 20  # marks of one message that are tried


@dataclass(frozen=True)
class Sent:
    """What a mark is of: a letter and where it went."""

    id: int
    own: str
    email: str
    table: str = BALLOT


def mark(key: bytes, sent: Sent) -> str:
    """The mark of a letter; `key` is of the key file, for return paths alone."""
    text = f"{sent.id}\n{sent.own}\n{email_key(sent.email)}"
    if sent.table != BALLOT:
        text += f"\n{sent.table}"
    digest = hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")
    signed = base64.b32encode(digest)[:SIGNS].decode().lower()
    return f"{_digits(sent.id)}{sent.table}{signed}"


def address(path: ReturnPath, key: bytes, sent: Sent) -> str:
    """Where the bounce of a letter is to go."""
    return path.filled(mark(key, sent))


def fits(key: bytes, sent: Sent, found: str) -> bool:
    return hmac.compare_digest(mark(key, sent), found)


def found_in(path: ReturnPath, raw: bytes) -> Iterator[tuple[int, str, str]]:
    """The marks in a message, each with number and table of the letter it says it is of; mostly
    one, in whom the message is to. Each is to be held to its letter (`fits`)."""
    before, behind = (re.escape(each) for each in (path.before, path.behind))
    pattern = re.compile(rf"(?<![\w.+-]){before}{MARK}{behind}(?![\w.-]*\w)")
    text = raw.decode("latin-1").lower()
    seen = dict.fromkeys((each[1], each[2], each[3]) for each in pattern.finditer(text))
    for number, table, signed in list(seen)[:MOST]:
        yield int(number, 36), table, f"{number}{table}{signed}"


def _digits(number: int) -> str:
    signs = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = signs[digit] + text
    return text or "0"
