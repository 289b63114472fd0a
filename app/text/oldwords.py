"""Words in an encoding before Unicode: none as they stand, and Vietnamese syllables read by it.

Pure.
"""

import re
from dataclasses import dataclass

from app.text.oldcodes import DECODERS, viqr
from app.text.syllables import LETTERS, TONES, is_plausible, is_syllable

LONGEST = 2_000  # signs looked at: far more than a name has, and old encodings show early
SEVEN_BITS = "VIQR"
MARKED_APART = ("VNI", "Windows-1258")  # two vowels stand where one has its tone
SIGNS = LETTERS | set("\u0302\u0306\u031b" + TONES)
COMMON = ("TCVN3", "VNI", "Windows-1258")
WORD = re.compile(r"[^\x00-,./:-@\[-`{-~]+")
OUTER = "-'“”‘’–—…•"
# A capital within a word of small letters.
DISPLACED = re.compile(r"[a-zà-öø-ÿ][À-ÖØ-Þ]|\w[À-ÖØ-Þ]\w*[a-zß-öø-ÿ]")
PINYIN = re.compile("[lnLN]ü")
SEVEN = re.compile(r"[A-Za-z][A-Za-z^(+`'?~.]*")
SEVEN_SIGNS = re.compile(r"[aeoAEO]\^|[aA]\(|[ouOU]\+")


def is_unicode(text: str) -> bool:
    """Whether a text has letters of Vietnamese that no encoding before Unicode shows."""
    return any(sign > "\xff" and sign in LETTERS for sign in text[:LONGEST])


@dataclass
class _Case:
    """How the words of a text speak for one encoding: beyond doubt, weakly, at all, against."""

    sure: int = 0
    weak: int = 0
    could: int = 0
    against: int = 0

    @property
    def weight(self) -> int:
        return self.sure + self.weak - self.against

    def holds(self, enough: int, seen: bool, mixed: bool) -> bool:
        """Whether the text is in this encoding: where `enough` weak words tell so, where it was
        `seen` beside, and not for words that are sound where it is `mixed` with Unicode."""
        if self.sure + self.weak:
            return (self.sure > 0 or self.weak >= enough or seen) and self.weight > 0
        return seen and not mixed and self.could > 0 and not self.against


def codes_of(text: str, seen: frozenset[str]) -> tuple[str, ...]:
    if text.isascii():
        return (SEVEN_BITS,) if _is_viqr(text, SEVEN_BITS in seen) else ()
    words = [word.strip(OUTER) for word in WORD.findall(text)]
    words = [word for word in words if word[1:] or word.isalpha()]  # "a · b" is three
    native = {word: _is_native(word) for word in words}
    if not seen and all(native[word] or word.isascii() for word in words):
        return ()
    # One word of three may be foreign in the name of a foreigner, but not beside syllables only.
    unicode = is_unicode(text)
    alone = sum(native.values()) == len(native) - 1 >= 2 and not unicode
    foreign = {word: native[word] for word in words if not word.isascii()}
    cases = {code: _case(code, foreign) for code in DECODERS}
    held = {
        code: case
        for code, case in cases.items()
        if case.holds(1 if alone else 2, code in seen, mixed=unicode)
    }
    best = max((case.weight for case in held.values()), default=0)
    codes = [code for code, case in held.items() if case.weight == best]
    return tuple(code for code in codes if code in COMMON) or tuple(codes)


def _is_native(word: str) -> bool:
    return SIGNS.issuperset(word) and is_plausible(word) and not DISPLACED.search(word)


def _case(code: str, native: dict[str, bool]) -> _Case:
    case = _Case()
    for word, is_native in native.items():
        read = DECODERS[code](word)
        changed = read.lower() != word.lower()
        fits = changed and is_syllable(read)
        if is_native:
            case.could += fits
            case.against += changed and not fits
        elif not fits:
            case.against += 1
        elif _is_no_word(word) or (code in MARKED_APART and SIGNS.issuperset(word)):
            case.sure += 1
        elif not PINYIN.fullmatch(word):
            case.weak += 1
    return case


def _is_no_word(word: str) -> bool:
    """Whether a word is written in no language: a capital or a sign within."""
    return bool(DISPLACED.search(word)) or any(
        sign > "\x7f" and (not sign.isalpha() or sign in "ªºµ") for sign in word
    )


def _is_viqr(text: str, seen: bool) -> bool:
    if ")" in text:
        return False
    marked = [word for word in SEVEN.findall(text) if SEVEN_SIGNS.search(word) and len(word) > 3]
    if seen and not marked:
        marked = [word for word in SEVEN.findall(text) if not word.isalpha()]
    return any(is_syllable(viqr(word)) or is_syllable(viqr(word.rstrip(".?'"))) for word in marked)
