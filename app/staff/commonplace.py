"""Passwords that guessers try first: what of one is not in every list.

Pure but for its list, common_passwords.txt: a phrase a line, Vietnamese with its accents. It is
known as people type it: without accents, or as Telex and VNI write them where no such program runs.
"""

import unicodedata
from functools import cache
from pathlib import Path

from app.text.cleaning import folded, normal

LIST = Path(__file__).with_name("common_passwords.txt")
# No list has longer ones; and what is long costs long to take apart.
LONGEST = 40
SHORTEST_WORD = 3
# Signs beside each other on a keyboard, or in the order that everybody knows: four of them.
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qwerasdfzxcv1234",
)
IN_A_ROW = 4
LEET_SIGNS = str.maketrans("@$!|", "asii")  # before punctuation goes
LEET = (str.maketrans("013457", "oleast"), str.maketrans("013457", "oieast"))
# What each mark is typed as; "=" is the letter once more.
TELEX = {"\u0302": "=", "\u031b": "w", "\u0306": "w", "đ": "d"}
VNI = {"\u0302": "6", "\u031b": "7", "\u0306": "8", "đ": "9"}
TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VNI_TONES = {"\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5"}


def own_signs(password: str) -> float:
    """How many letters of a password are its owner's own; a digit is worth half a letter.

    Words of the list, rows of the keyboard, repetitions and punctuation are nobody's own, nor are
    digits in place of letters. More than LONGEST signs are all their owner's.
    """
    plain = _once(folded(password.translate(LEET_SIGNS)).replace(" ", ""))
    if len(plain) > LONGEST:
        return float(len(plain))
    ways = {plain, *(plain.translate(digits) for digits in LEET)}
    words, longest = _words()
    least = [0.0]
    for end in range(1, len(plain) + 1):
        sign = plain[end - 1]
        again = end > 1 and sign == plain[end - 2]
        cost = least[end - 1] + (0 if again else 0.5 if sign.isdecimal() else 1)
        for start in range(max(0, end - longest), end - SHORTEST_WORD + 1):
            if least[start] < cost and any(way[start:end] in words for way in ways):
                cost = least[start]
        least.append(cost)
    return least[-1]


def _once(text: str) -> str:
    """What is said several times over, said once."""
    period = (text + text).find(text, 1)
    return text[:period] if 0 < period < len(text) else text


@cache
def _words() -> tuple[frozenset[str], int]:
    """Every spelling of every phrase, and the length of the longest."""
    found = set()
    for line in LIST.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            found |= _spellings(line)
    for row in ROWS:
        for way in (row, row[::-1]):
            for start in range(len(way) - IN_A_ROW + 1):
                found |= {way[start:end] for end in range(start + IN_A_ROW, len(way) + 1)}
    return frozenset(found), max(map(len, found))


def _spellings(phrase: str) -> set[str]:
    """Without accents, in Telex, and in VNI with the digits at each of their places."""
    syllables = [_parts(each) for each in phrase.lower().split()]
    plain = folded(phrase).replace(" ", "")
    telex = "".join(_typed(parts, TELEX, TELEX_TONES, False) for parts in syllables)
    vni = [
        "".join(_typed(parts, VNI, VNI_TONES, at) for parts in syllables) for at in (True, False)
    ]
    late = "".join(_late(parts) for parts in syllables)
    return {plain, telex, *vni, late}


def _parts(syllable: str) -> list[tuple[str, str]]:
    """The letters of a syllable, each with its marks; the stroke of đ is one."""
    parts: list[tuple[str, str]] = []
    for sign in normal(syllable, "NFD"):
        if unicodedata.combining(sign) and parts:
            parts[-1] = parts[-1][0], parts[-1][1] + sign
        else:
            parts.append(("d", "đ") if sign == "đ" else (sign, ""))
    return parts


def _typed(
    parts: list[tuple[str, str]], marks: dict[str, str], tones: dict[str, str], at_once: bool
) -> str:
    """A syllable as its keys are pressed, its tone at the vowel or at the end."""
    letters = tone = ""
    for sign, over in parts:
        letters += sign + "".join(marks.get(each, "").replace("=", sign) for each in over)
        found = "".join(tones.get(each, "") for each in over)
        letters, tone = (letters + found, tone) if at_once else (letters, tone + found)
    return letters + tone


def _late(parts: list[tuple[str, str]]) -> str:
    """VNI with all digits at the end of the syllable."""
    over = "".join(marks for _sign, marks in parts)
    digits = "".join(VNI.get(each, "") for each in over)
    return (
        "".join(sign for sign, _marks in parts)
        + digits
        + "".join(VNI_TONES.get(each, "") for each in over)
    )
