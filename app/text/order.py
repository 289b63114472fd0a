"""The order of Vietnamese names in every list: keys that are compared sign by sign.

Pure. The rule is that of dictionaries (Vũ Xuân Lương, Vietnam Lexicography Centre:
vietunicode.sourceforge.net/charset/quytacABC_en.html): letters a ă â b c d đ … x y, with f j w z
where the Latin alphabet has them; tones ngang huyền hỏi ngã sắc nặng; syllable by syllable, in each
the letters before the tone; small letters before capitals where all else is the same. CLDR's "vi"
has the same letters and tones, but looks at the letters of the whole text before any tone. By tên,
then họ, that would put Bùi Hòa between An Hoa and Cao Hoa: people of one name would not stand
together.

A tone belongs to its syllable, so that "Hoà" and "Hòa" are one name. A number counts by its value:
"Phường 2" stands before "Phường 10", as people count them. Spaces and punctuation only part words.

A key is printable ASCII, so that Python, SQLite (BINARY) and PostgreSQL (COLLATE "C") order it
alike: the table of respondents keeps it in columns, and neither database has to know Vietnamese.
When the rule changes, a migration has to fill these columns anew.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from app.text.cleaning import clean, normal

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"

# The signs of a key, the lower one first. A word is its letters and numbers, NO_LETTER, its tones,
# then NO_WORD or WORD; behind NO_WORD stand the capitals. Where two keys part, both have a sign of
# one kind there, or one of them has no more.
NO_WORD, WORD = "!", '"'
NO_LETTER, NUMBER = "#", "$"
SMALL, CAPITAL = "&", "'"
LETTER_KEYS = {letter: chr(ord("A") + place) for place, letter in enumerate(ALPHABET)}
TONE_KEYS = {tone: chr(ord("1") + place) for place, tone in enumerate(TONES)}
# Letters and marks that are not Vietnamese come after those that are.
OTHER_LETTER, OTHER_MARK = "~", "9"

# A letter and its mark that are a letter of their own, in the alphabet or in an encoding: eth is
# typed for đ, and the b of the Ê Đê has a stroke that Unicode does not take off.
OWN = {normal(letter, "NFD"): letter for letter in "ăâêôơư"}
STROKES = {"ð": ("đ", ""), "ƀ": ("b", "\u0335")}
# What is said behind a name: "Lê Thị Mai (Sở Y tế)", "Trần Văn An - Phó Giám đốc".
BEHIND = re.compile(r"[(\[,;/]| [-–—] ")
# A number, or a letter with its marks; a mark may stand alone.
PART = re.compile(r"(?P<number>\d+)|(?=.)(?P<letter>[^\W_]?)(?P<marks>\W*)")


def name_key(text: str) -> str:
    """The key of what is read from its first word on: an agency, a group, a place."""
    return _key(_words(clean(text)))


def person_key(name: str) -> str:
    """The key of a person: the last word of the name first (tên), then họ and đệm as they stand."""
    name = clean(name)
    behind = BEHIND.search(name, 1)
    end = behind.start() if behind else len(name)
    words = _words(name[:end])
    return _key([*words[-1:], *words[:-1], *_words(name[end:])])


def places(names: Iterable[str], key: Callable[[str], str] = name_key) -> dict[str, int]:
    """Each name with its place among them, from 0, for a table that the browser sorts."""
    in_order = sorted(set(names), key=lambda name: (key(name), name))
    return {name: place for place, name in enumerate(in_order)}


def _key(words: Sequence[tuple[str, str]]) -> str:
    capitals = "".join(capitals for _key, capitals in words)
    return WORD.join(key for key, _capitals in words) + NO_WORD + capitals.rstrip(SMALL)


def _words(text: str) -> list[tuple[str, str]]:
    parted = "".join(
        sign if sign.isalnum() or unicodedata.combining(sign) else " " for sign in text
    )
    return [_word(word) for word in parted.split()]


@lru_cache(8192)
def _word(word: str) -> tuple[str, str]:
    """The key of a word, and which of its letters are capitals. Names are made of few syllables."""
    letters, tones, capitals = [], [], []
    for part in PART.finditer(normal(word, "NFD")):
        if part["number"]:
            letters.append(_number(part["number"]))
            continue
        small = part["letter"].casefold()
        letter, marks = _letter(small, part["marks"])
        letters += [LETTER_KEYS.get(each) or OTHER_LETTER + _code(each) for each in letter]
        tones += [TONE_KEYS.get(mark) or OTHER_MARK + _code(mark) for mark in marks]
        capitals.append(SMALL if part["letter"] == small else CAPITAL)
    return "".join([*letters, NO_LETTER, *tones]), "".join(capitals)


def _letter(small: str, marks: str) -> tuple[str, str]:
    """The letter of the alphabet that a letter and its marks are, and the marks that are left."""
    letter, stroke = STROKES.get(small, (small, ""))
    for mark in marks:
        if letter + mark in OWN:
            return OWN[letter + mark], marks.replace(mark, "", 1)
    return letter, stroke + marks


def _number(digits: str) -> str:
    """A number by its value: how many digits (0 to 8, 90 to 98, 990 …), then the digits."""
    value = "".join(str(unicodedata.decimal(digit)) for digit in digits).lstrip("0")
    nines, rest = divmod(len(value), 9)
    return NUMBER + "9" * nines + str(rest) + value


def _code(sign: str) -> str:
    return f"{ord(sign):06x}"
