"""Names of people as lists have them: a title before the name, all in capitals, all in small
letters.

Pure. What a name would be without is told, never taken: "Ông Thị Hoa" is a name, too.
"""

import re

from app.text.cleaning import clean

# With a dot or without: "ThS.", "Bs", "PGS.TS."; in words only whole ones.
SHORT = r"(?:PGS|GS|TSKH|TS|ThS|Th\.S|BS|BSCK|BSNT|DS|DSCK|KS|KTS|CN|LS|NCS|NGƯT|NSƯT|TTƯT|CK)"
WORDS = (
    r"ông/bà|ông|bà|anh|chị|đ/c|đồng chí|thạc sĩ|thạc sỹ|tiến sĩ|tiến sỹ|bác sĩ|bác sỹ|kỹ sư|kĩ sư"
    r"|cử nhân|dược sĩ|dược sỹ|giáo sư|phó giáo sư|luật sư|đại tá|thượng tá|trung tá|thiếu tá"
    r"|thiếu tướng"
)
TITLE = re.compile(
    rf"^(?:{SHORT}\.?(?:CK)? ?(?:I{{1,2}}|[12])?(?:[.,/ -]\s*)|(?:{WORDS})(?:[.:,]| )\s*)",
    re.IGNORECASE,
)
BEHIND = re.compile(r"\s*[,(]\s*(?:ông|bà|ThS|TS|PGS|GS|BS|KS|CN)\.?\s*\)?$", re.IGNORECASE)
PIECE = re.compile(r"[^\W\d_]+")


def tidied(name: str) -> str:
    """A name without its titles, each word with one capital; the name itself where it is tidy."""
    plain = clean(name)
    while True:
        shorter = BEHIND.sub("", TITLE.sub("", plain, count=1)).strip()
        if shorter == plain or len(shorter.split()) < 2:
            break
        plain = shorter
    if any(map(str.isdecimal, plain)):
        return plain  # nobody's name; what it is, is told elsewhere
    return " ".join(map(_word, plain.split(" ")))


def _word(word: str) -> str:
    """A word with a capital in front, unless it mixes small letters and capitals as it likes."""
    if word.isupper() or word.islower():
        return PIECE.sub(lambda piece: piece[0][0].upper() + piece[0][1:].lower(), word)
    return word
