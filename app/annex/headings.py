"""Where a table of criteria begins, and what each of its columns is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.annex import words
from app.annex.source import Table
from app.text.cleaning import folded

MOST_ABOVE = 200  # rows that are searched for a heading
LONGEST = 150  # signs of a title
NAMES = ("name", "field", "criterion", "sub")


@dataclass(frozen=True)
class Heading:
    """`roles` says what each column is: "number", "name", "level0" to "level2", "points", "survey",
    "appraisal", "method", or "" for what is not read. `first` is the row below."""

    row: int
    first: int
    roles: tuple[str, ...]
    titles: tuple[str, ...]

    def column(self, role: str) -> int | None:
        return self.roles.index(role) if role in self.roles else None

    def columns(self, role: str) -> list[int]:
        return [place for place, each in enumerate(self.roles) if each == role]

    @property
    def levels(self) -> list[int]:
        """The columns of names, the outermost first; one where all names stand in one."""
        return [
            place
            for role in ("name", "level0", "level1", "level2")
            for place in self.columns(role)[:1]
        ]


def find(table: Table) -> Heading | None:
    """The heading of a table, or None where it has no column of names beside one of points,
    methods or numbers."""
    for row in range(min(len(table.rows), MOST_ABOVE)):
        titles = _titles(table, row, row)
        if not _is_heading(list(map(role_of, titles))):
            continue
        last = row
        while last < row + 2 and _goes_on(table, row, last + 1, titles):
            last += 1
        longer = _titles(table, row, last)
        if _is_heading(list(map(role_of, longer))):
            titles = longer
        else:  # what stands below is no part of it
            last = row
        first = last + 1
        if _is_counting(table, first):
            first += 1
        return Heading(row, first, _settled(list(map(role_of, titles))), tuple(titles))
    return None


def _titles(table: Table, first: int, last: int) -> list[str]:
    width = max((len(table.rows[row]) for row in range(first, last + 1)), default=0)
    found = []
    for column in range(width):
        texts: list[str] = []
        for row in range(first, last + 1):
            text = " ".join(table.shown(row, column).split())
            if text and text not in texts and column not in table.hidden_columns:
                texts.append(text)
        found.append(" ".join(texts))
    return found


def role_of(title: str) -> str:
    """What a column of this title is."""
    plain = folded(title) if len(title) <= LONGEST else ""
    if not plain:
        return ""
    if plain in words.NUMBER:
        return "number"
    surveys, appraises = words.SURVEY.search(plain), words.APPRAISED.search(plain)
    if words.METHOD.search(plain) or (surveys and appraises):
        return "method"
    if words.NAME.search(plain) and not words.POINTS.search(plain):
        return _name_role(plain)
    if surveys:
        return "survey"
    if words.GIVEN.search(plain):
        return ""
    if appraises:
        return "appraisal"
    return "points" if words.POINTS.search(plain) or plain == "diem" else ""


def _name_role(plain: str) -> str:
    parts = "tieu chi thanh phan" in plain
    rest = plain.replace("tieu chi thanh phan", " ").replace("chi so thanh phan", " linh vuc ")
    fields, criteria = "linh vuc" in rest, "tieu chi" in rest
    if fields + criteria + parts > 1 or not (fields or criteria or parts):
        return "name"
    return "field" if fields else "criterion" if criteria else "sub"


def _is_heading(roles: Sequence[str]) -> bool:
    others = {role for role in roles if role and role not in NAMES}
    return any(role in NAMES for role in roles) and bool(others - {"method"} or len(others) > 1)


def _goes_on(table: Table, first: int, row: int, titles: Sequence[str]) -> bool:
    """Whether a row belongs to the heading above: merged with it, or blank where numbers and names
    stand."""
    if row >= len(table.rows):
        return False
    own = [cell for cell in table.rows[row] if cell.text.strip() and cell.of is None]
    if not own or any(cell.kind == "n" or cell.text.strip()[:1].isdigit() for cell in own):
        return False
    for column, title in enumerate(titles):
        if role_of(title) in (*NAMES, "number"):
            cell = table.cell(row, column)
            above = cell.of is not None and first <= cell.of[0] < row
            if not above and cell.text.strip():
                return _is_heading(list(map(role_of, _titles(table, row, row))))
    return True


def _is_counting(table: Table, row: int) -> bool:
    """A row that numbers the columns: (1) (2) (3), or A B 1 2."""
    texts = [folded(cell.text) for cell in table.rows[row]] if row < len(table.rows) else []
    filled = [text for text in texts if text]
    numbers = [int(text) for text in filled if text.isdigit()]
    letters = [text for text in filled if text.isalpha()]
    steps = all(after == before + 1 for before, after in pairwise(numbers))
    return (
        len(filled) > 2
        and len(numbers) > 1
        and numbers[0] < 4
        and steps
        and len(numbers) + len(letters) == len(filled)
        and all(len(text) == 1 for text in letters)
    )


def _settled(roles: list[str]) -> tuple[str, ...]:
    """Several columns of names are levels, from left to right; of others the first counts."""
    named = [place for place, role in enumerate(roles) if role in NAMES]
    levels = [place for place in named if roles[place] != "name"]
    if len(levels) + bool(len(named) > len(levels)) > 1 and levels:
        used = named if len(levels) < 2 else levels
        for place in named:
            roles[place] = f"level{used.index(place)}" if place in used[:3] else ""
    else:
        for place in named:
            roles[place] = "name" if place == named[0] else ""
    for role in ("number", "points", "survey", "appraisal"):
        for place in [place for place, each in enumerate(roles) if each == role][1:]:
            roles[place] = ""
    return tuple(roles)
