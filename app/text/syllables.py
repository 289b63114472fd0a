"""Whether letters are a Vietnamese syllable: what tells words from a broken encoding.

Pure. Vietnamese words are single syllables of a closed form, a beginning and a rime, so a text that
is none and becomes one when read in another encoding was written in it.
"""

import re
import unicodedata
from functools import lru_cache

# Grave, acute, tilde, hook, dot below. Circumflex, breve and horn belong to the letter.
TONES = "\u0300\u0301\u0303\u0309\u0323"
OF_STOPS = "\u0301\u0323"
UNTONED_STOP = "-"
MARKED = {
    "a\u0302": "â",
    "a\u0306": "ă",
    "e\u0302": "ê",
    "o\u0302": "ô",
    "o\u031b": "ơ",
    "u\u031b": "ư",
}
LONGEST = 7  # "nghiêng"
SIGNS = 30  # of a word: no syllable has as many, all its marks apart

BEGINNING = "(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
OPEN = (
    "ai?|a[ouy]|[âê]u|ây|[eê]|eo|i|i[auê]|iêu|o|o[aei]|oa[ioy]|oeo|ô|ôi|ơ|ơi|u|u[aâêiơy]|uây"
    "|uôi|uy[au]|ư|ư[aiu]|ươ[iu]|y|yêu"
)
NASAL = (
    "(?:[aăâeêioôơuư]|iê|yê|oă|oa|oe|uâ|uê|uyê|uô|ươ)[mn]|oong|uyn"
    "|(?:[aăâeioôuư]|iê|yê|oă|oa|uâ|uô|ươ)ng|(?:[aêiy]|oa|uê|uy)nh"
)
STOPPED = (
    "(?:[aăâeêioôơuư]|iê|yê|oă|oa|oe|uâ|uê|uyê|uô|ươ|uy)[pt]|ooc"
    "|(?:[aăâeioôuư]|iê|oă|oa|uâ|uô|ươ)c|(?:[aêiy]|oa|uê|uy)ch"
)
SYLLABLE = re.compile(f"{BEGINNING}(?:{OPEN}|{NASAL}|(?P<stopped>{STOPPED}))")


def _apart(sign: str) -> tuple[str, str]:
    """A small letter without its tone, and the tone."""
    parts = unicodedata.decomposition(sign).split()
    if len(parts) != 2 or not parts[0].isalnum():
        return sign, ""
    letter, mark = (chr(int(part, 16)) for part in parts)
    base, tone = _apart(letter)
    return (base, tone + mark) if mark in TONES else (MARKED.get(base + mark, sign), tone)


SMALL = "abcdefghijklmnopqrstuvwxyzđð" + "".join(
    map(chr, (*range(0xE0, 0x1B1), *range(0x1EA1, 0x1EFA)))
)
APART = {sign: _apart(sign) for sign in SMALL}
PLAIN, VOWELS = {*"abcdefghijklmnopqrstuvwxyzđð"}, {*"aeiouy", *MARKED.values()}
LETTERS = frozenset(
    form
    for sign, (base, _tone) in APART.items()
    if sign in PLAIN or base in VOWELS
    for form in (sign, sign.upper())
)


def is_syllable(word: str) -> bool:
    """Whether `word` is a whole syllable with a tone it can have, whatever case and composition."""
    tones = _tones(word)
    return tones is not None and tones != UNTONED_STOP


def is_plausible(word: str) -> bool:
    """Whether people could have typed `word`: a syllable, or one whose tone was forgotten."""
    return _tones(word) is not None


@lru_cache(maxsize=4096)
def _tones(word: str) -> str | None:
    """The tone of a syllable; None when the word is none, or cannot have such a tone."""
    toneless, tones = _parted(word)
    match = SYLLABLE.fullmatch(toneless)
    if match is None or len(tones) > 1:
        return None
    # A syllable that ends in a stop is never without a tone, and has only two of them.
    if match["stopped"]:
        return (tones or UNTONED_STOP) if tones in OF_STOPS else None
    return tones


def _parted(word: str) -> tuple[str, str]:
    """The word in small letters without its tones, and the tones; "" when it is too long."""
    if len(word) > SIGNS:
        return "", ""
    letters: list[str] = []
    tones = ""
    for sign in word.lower():
        if sign in TONES:
            tones += sign
        elif letters and letters[-1] + sign in MARKED:
            letters[-1] = MARKED[letters[-1] + sign]
        else:
            letter, tone = APART.get(sign, (sign, ""))
            letters.append(letter)
            tones += tone
    toneless = "".join(letters).replace("ð", "đ")
    return (toneless, tones) if len(toneless) <= LONGEST else ("", "")
