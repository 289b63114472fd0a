"""Telephone numbers as spreadsheets leave them: the nought in front eaten, a country before it.

Pure. A number is changed only where there is no doubt what it was.
"""

import re

from app.text.cleaning import clean

# Mobile numbers have nine digits behind the nought, numbers of offices and homes ten.
EATEN = re.compile(r"[35789]\d{8}|2\d{9}", re.ASCII)
ABROAD = re.compile(r"(?:\+84|0084|84(?=\d{9}$))0?([1-9]\d{8,9})", re.ASCII)
POWER = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE | re.ASCII)
TYPED = re.compile(r"=?\"?'?(\+?[\d .()-]*?\d)\"?", re.ASCII)
FRACTION = re.compile(r"(?<=\d{8})[.,]0+$", re.ASCII)
WHOLE = re.compile(r"0\d+|1[89]00\d+|\+\d+|\d{1,7}", re.ASCII)  # hotlines have no nought


def mended(text: str) -> str:
    """A telephone number with its nought; as it was typed where nothing is wrong or certain."""
    plain = _typed(clean(text))
    bare = _digits(plain)
    abroad = ABROAD.fullmatch(bare)
    if abroad:
        return f"0{abroad[1]}"
    return f"0{bare}" if EATEN.fullmatch(bare) else plain


def is_cut(text: str) -> bool:
    """Whether a number, once mended, still lacks something: its nought, or its last digits."""
    bare = _digits(text)
    return bool(POWER.fullmatch(text) or (bare.isdecimal() and not WHOLE.fullmatch(bare)))


def _typed(text: str) -> str:
    """What was typed, out of what makes a program take it for a text (="0912…", '0912…, =0912…) or
    for a number (912000333.0, 9.12000333E+08 with all digits)."""
    power = POWER.fullmatch(text)
    if power and len(digits := power[1] + (power[2] or "")) == int(power[3]) + 1:
        return digits
    found = TYPED.fullmatch(text)
    return FRACTION.sub("", found[1]) if found else text


def _digits(text: str) -> str:
    return re.sub(r"[ .()-]", "", text)
