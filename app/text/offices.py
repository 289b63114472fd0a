"""Names of offices and texts that tell of them, in plain words.

Pure. What the words of a text can stand for is for `nametree`, which office it means for
`shortnames`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.text.cleaning import clean, folded

ABBREVIATIONS = {
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "vp": "van phong",
    "vpubnd": "van phong uy ban nhan dan",
    "bql": "ban quan ly",
    "kkt": "khu kinh te",
    "kcn": "khu cong nghiep",
    "ptnt": "phat trien nong thon",
    "tbxh": "thuong binh xa hoi",
}
LONGEST = 300  # signs of a text: what the roster takes
MOST_WORDS = 40
BELONGING = {"thuoc", "truc"}
JOINING = {"va", "cua", "cac", *BELONGING}
WORD = re.compile(r"[^\W_]+")
# "Cơ sở" and "trụ sở" are no office.
NO_OFFICE = re.compile(r"\b(?:cơ sở|trụ sở|co so)\b")
PARTING = re.compile(r"[,;()/:–—\n]|\s-\s")
COMMUNE, DISTRICT, PROVINCE = 1, 2, 3
# By words with their accents: "xã" is a commune, "xa" and "xã hội" are not.
LEVELS = (
    (COMMUNE, re.compile(r"\b(xã(?! hội)|phường|thị trấn|đặc khu)\b")),
    (DISTRICT, re.compile(r"\b(huyện|quận|thị xã|thành phố|(?<!sở )tp(?= \w{2}))\b")),
)
PLAIN_LEVELS = (
    (COMMUNE, re.compile(r"\b(xa(?! hoi)|(?<!dia )phuong|thi tran|dac khu)\b")),
    (DISTRICT, re.compile(r"\b(huyen|thi xa|thanh pho)\b")),
)


@dataclass(frozen=True)
class Text:
    """A text in plain words; `parted` are the places a part of it ends before, `level` whose body
    it tells of, `marked` its words with their accents."""

    words: tuple[str, ...]
    parted: frozenset[int]
    level: int
    marked: frozenset[str] = frozenset()


def read(text: str) -> Text:
    """A text as it is compared with names; what is beyond all measure is left out."""
    cleaned = clean(text[: 4 * LONGEST])[:LONGEST].casefold()
    cleaned = NO_OFFICE.sub("không", cleaned)
    plain = folded(cleaned).split()
    found = list(WORD.finditer(cleaned))
    if len(found) != len(plain):  # marks that stand alone part words
        found = []
    words: list[str] = []
    parted = set()
    for place, word in enumerate(plain[:MOST_WORDS]):
        before = cleaned[found[place - 1].end() : found[place].start()] if found and place else ""
        if (len(before) > 1 and PARTING.search(before)) or word in BELONGING:
            parted.add(len(words))
        if word not in JOINING:
            words.append(word)
    return Text(tuple(words), frozenset(parted), level(cleaned), marked(cleaned))


def marked(text: str) -> frozenset[str]:
    """The words of a text with their accents, by which Cẩm Giang is not Cẩm Giàng."""
    return frozenset(WORD.findall(text.casefold()))


def level(text: str) -> int:
    """The level of the lowest body that a text tells of."""
    spaced = " ".join(WORD.findall(text.casefold()))
    levels = PLAIN_LEVELS if spaced.isascii() else LEVELS
    return next((number for number, found in levels if found.search(spaced)), PROVINCE)


def expanded(name: str) -> str:
    """A folded name with its abbreviations written out and its province left out.

    "Văn phòng Uỷ ban nhân dân tỉnh Lai Châu" and "VP UBND tỉnh" become one.
    """
    words = [ABBREVIATIONS.get(word, word) for word in folded(name).split() if word != "va"]
    return re.sub(r"(?<=\S) tinh( .*)?$", "", " ".join(words))


@lru_cache(maxsize=4096)
def cut(word: str) -> frozenset[str]:
    """A word, and it without each of its letters."""
    return frozenset((word, *(word[:place] + word[place + 1 :] for place in range(len(word)))))


def is_like(word: str, other: str) -> bool:
    """Whether two words differ by a letter, or two neighbours changed places."""
    if min(len(word), len(other)) < 2 or max(len(word), len(other)) < 3:
        return False
    return abs(len(word) - len(other)) < 2 and not cut(word).isdisjoint(cut(other))
