"""Texts as people type them: cleaned, folded for comparison, and e-mail addresses judged.

Pure. Every text that is normalised comes through `normal`, which cuts first. What `clean` returns
is safe in a letter's headers and on a page: one line, NFC, without control, bidirectional or
invisible signs. Vietnamese is otherwise left as it was written.
"""

import re
import unicodedata
from typing import Literal, TypeAlias

from app.language import _
from app.text import addressfaults

# RFC 5321's dot-string, the form of every mailbox in use; quoted local parts, address literals and
# domains without a dot are no public mailboxes. ASCII only: other local parts need SMTPUTF8, which
# the relays of agencies do not speak. "?" is a letter that an encoding lost.
ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{1,58}[a-z0-9]|[a-z]{2,63})",
    re.IGNORECASE | re.ASCII,
)
LONGEST_LOCAL, LONGEST_ADDRESS, LONGEST_CELL = 64, 254, 1_000

# Đ has no canonical decomposition, and Ð (eth) looks the same and is typed for it.
PLAIN_D = str.maketrans("đð", "dd")

# Normalising sorts the marks of a letter, and takes the square of their number for it. UAX #15
# allows 30 in a row (Stream-Safe Text Format); no language needs ten.
MOST_MARKS = 30
Form: TypeAlias = Literal["NFC", "NFD", "NFKC"]
# All but letters, digits, white space and ASCII: a row of marks is a row of these.
ROW = re.compile(rf"[^\w\s!-~]{{{MOST_MARKS + 1},}}")
# Of class 0 themselves, they fall apart into marks (the two letters in NFKC only).
HIDDEN_MARKS = "\u0f73\u0f75\u0f81"
MARK_LETTERS = str.maketrans({"\uff9e": "\u3099", "\uff9f": "\u309a"})


def normal(text: str, form: Form = "NFC") -> str:
    """`text` in a normal form, in a time that grows with its length only.

    Of marks in a row the 31st and later are left out: nobody writes them and nobody sees them, so
    a text is worth more without them than refused.
    """
    if text.isascii():
        return text
    if form == "NFKC":
        text = text.translate(MARK_LETTERS)
    # What falls apart, or is sorted behind another letter's mark, may make a row longer again.
    return ROW.sub(_cut, unicodedata.normalize(form, ROW.sub(_cut, text)))


def _cut(row: re.Match[str]) -> str:
    kept, marks = [], 0
    for sign in row[0]:
        is_mark = unicodedata.combining(sign) or sign in HIDDEN_MARKS
        marks = marks + 1 if is_mark else 0
        if marks <= MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def clean(text: str) -> str:
    """`text` on one line: NFC, single spaces, no control, bidi, zero-width or lone surrogate."""
    if not text.isprintable():
        text = text.translate({ord(sign): _visible(sign) for sign in set(text)})
    return " ".join(normal(text).split())


def _visible(sign: str) -> str:
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign


def same(text: str) -> str:
    """The key under which two writings of one name are the same: spaces and case do not count."""
    return clean(clean(text).casefold())


def folded(text: str) -> str:
    """Words of plain letters and digits: no case, accents or punctuation ("Sở GD&ĐT": so gd dt)."""
    plain = normal(clean(text).casefold(), "NFD").translate(PLAIN_D)
    return " ".join(
        re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    )


def shown(text: str, most: int = 60) -> str:
    """`text` as a message quotes it: cleaned and cut."""
    cleaned = clean(text[: MOST_MARKS * most])
    return cleaned if len(cleaned) <= most else cleaned[: most - 1] + "…"


def has_encoded_word(text: str) -> bool:
    """Whether a mail program could decode a part of `text` (RFC 2047), for one into a new line."""
    return "=?" in text


def email_key(email: str) -> str:
    """The key under which an address stands once: NFC, case-insensitive, no space around."""
    return same(email)


def address_fault(text: str) -> str | None:
    """Why no letter reaches the address in a cell, with the remedy; None if `clean(text)` is one.

    The form only: whether the mailbox exists shows when a letter is sent.
    """
    # Spaces around are harmless; what is longer than this has an address nowhere.
    email = clean(text) if len(text) <= LONGEST_CELL else ""
    if not email:
        if len(text) > LONGEST_CELL:
            return _("Địa chỉ quá dài. Hỏi lại người này.")
        return _("Để trống. Điền địa chỉ thư của người này.")
    if len(email.partition("@")[0]) > LONGEST_LOCAL or len(email) > LONGEST_ADDRESS:
        return _("Địa chỉ quá dài. Hỏi lại người này.")
    if ADDRESS.fullmatch(email):
        if email not in text:
            return _("Địa chỉ có ký tự ẩn bên trong. Gõ lại bằng tay.")
        return None
    return addressfaults.reason(email, ADDRESS.fullmatch)


def search_text(*texts: str) -> str:
    """What a search box looks through: folded, in one line."""
    return folded(" ".join(texts))
