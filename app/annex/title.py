"""How an index is called and of which year it is, as the lines above its table say."""

import re
from collections.abc import Iterator, Sequence

from app.annex import headings
from app.annex.source import Table
from app.text.cleaning import clean, folded
from app.text.syllables import is_plausible

LONGEST = 250
YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
PLACES, AFTER_PLACE = ("tỉnh", "phố"), ("năm", "và", "của", "trực", "thuộc")
TITLE = re.compile(r"\b(chi so|tieu chi)\b")


def name_of(tables: Sequence[Table]) -> str:
    """The first line above a table that names an index or criteria; "" where none does."""
    found = [text for text in _above(tables) if TITLE.search(folded(text)) and len(text) <= LONGEST]
    return calm(found[0]) if found else ""


def year_of(tables: Sequence[Table], file: str, now: int) -> int:
    """The year that the title names, else any line above, else the file; else this year."""
    lines = list(_above(tables))
    titles = [text for text in lines if TITLE.search(folded(text))]
    for text in (*titles, *lines, file):
        if found := YEAR.findall(text):
            return int(found[-1])
    return now


def calm(text: str) -> str:
    """A text in capitals as it is written in a sentence; abbreviations stay."""
    if not text.isupper() or len(text.split()) < 2:
        return text
    words, in_place = [], 0
    for word in text.split():
        quiet = _calm(word)
        in_place = 0 if quiet in AFTER_PLACE else in_place
        words.append(quiet[:1].upper() + quiet[1:] if in_place else quiet)
        # The name of a province has two or three words, and a comma behind it at times.
        in_place = 3 if quiet in PLACES else max(0, in_place - 1) * (word[-1:] not in ",;)")
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def _calm(word: str) -> str:
    bare = word.strip('(),.;:“”"')
    return word.lower() if len(bare) < 2 or is_plausible(bare) else word


def _above(tables: Sequence[Table]) -> Iterator[str]:
    for table in tables:
        yield from table.lead
        heading = headings.find(table)
        for row in table.rows[: heading.row if heading else 0]:
            for cell in row:
                if cell.text.strip():
                    yield clean(cell.text)
