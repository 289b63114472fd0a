"""What people copy out of a letter, as it comes: a link with signs behind it, a code among words.

Pure. Only what no token and no code can hold is taken away; whether what is left is one of ours,
its signature or check sign says.
"""

import re
import unicodedata

from app.keys.tokens import ALPHABET, CODE_SIGNS, check_sign

# Far more than a letter has around a link or a code; the rest is not read.
MOST_SIGNS = 320

# A ballot's name and its signature. A letter or digit behind it would be a part of something else.
LINK = re.compile(r"[A-Za-z0-9_-]{19}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9])")
# What app/staff/links.py says in parts, and its signature.
STAFF_LINK = re.compile(r"(?:[0-9a-z]{1,64}\.){3,6}[A-Za-z0-9_-]{43}(?![A-Za-z0-9])")

# As letters have it, and as people type it: up to four signs that are no letters between two.
_WRITTEN = re.compile(r"(?<!\w)(?=(\w{4}-\w{4}-\w{4}-\w{4})(?!\w))")
_TYPED = re.compile(rf"(?<![^\W_])(?=((?:[^\W_][\W_]{{0,4}}){{{CODE_SIGNS - 1}}}[^\W_])(?![^\W_]))")
# Letters and digits of the width of Chinese signs, as some keyboards write them.
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


def link_token(text: str, shape: re.Pattern[str] = LINK) -> str:
    """The token at the beginning of what was opened as one; the text itself if none is there.

    Mail programs take the full stop behind a link for a part of it, others break it in the middle.
    """
    signs = _seen(text)
    # In a letter's source, "=" stands where a line was broken.
    found = shape.match(signs) or shape.match(re.sub(r"=?\s+", "", signs))
    return found[0] if found else text


def link_in(text: str) -> str | None:
    """The token of a ballot's link, in a text that was pasted instead of a code."""
    before, path, behind = _seen(text).partition("/p/")
    token = link_token(behind if path else before)
    return token if LINK.fullmatch(token) else None


def tidy(text: str) -> str | None:
    """The access code or receipt in a text as `XXXX-XXXX-XXXX-XXXX`, None if there is none.

    Case, width, blanks, hyphens and whatever words stand around it do not matter.
    """
    for signs in _candidates(text):
        if len(signs) == CODE_SIGNS and set(signs) <= set(ALPHABET):
            digits = [ALPHABET.index(sign) for sign in signs]
            if check_sign(digits[:-1]) == signs[-1]:
                return "-".join(signs[i : i + 4] for i in range(0, CODE_SIGNS, 4))
    return None


def strange_signs(text: str) -> list[str]:
    """The signs of what looks like a code that no code has: O, I, 0 and 1 among them."""
    for signs in _candidates(text):
        if strange := [sign for sign in dict.fromkeys(signs) if sign not in ALPHABET]:
            return strange
    return []


def _candidates(text: str) -> list[str]:
    """Whatever has as many letters and digits as a code, the most likely first."""
    signs = _seen(text).translate(_WIDE).upper()
    found = [*_WRITTEN.findall(signs), *_TYPED.findall(signs)]
    return ["".join(sign for sign in each if sign.isalnum()) for each in found]


def _seen(text: str) -> str:
    """The beginning of a text without what nobody sees: soft hyphens, zero-width signs."""
    return "".join(
        sign for sign in text[:MOST_SIGNS] if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
