"""Which sheet of a file is the table that is wanted, and which of its rows the heading.

Pure. Officers put titles above a heading, a guide before a list, a list on two sheets, and hide
rows by a filter: what was read is told, and what may be meant in two ways is asked.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from app.language import _, number
from app.text.cleaning import clean, folded, shown

Rows: TypeAlias = Sequence[Sequence[str]]
HEAD = 50  # rows that are searched for a heading
LONGEST_TITLE = 200
NAMED = 12  # rows or sheets that a message names
LIKE = 2
BRACKETS = re.compile(r"\([^()]*\)")
WIDE = 3  # cells of a row that may be a heading of other words
INCLUDE, SKIP = "include", "skip"


@dataclass(frozen=True)
class Sheet:
    """A table as it came; `name` is "" for a CSV file, numbers of rows count from 1.

    `kinds` has a sign for each cell of a row that is no text: "n" number, "d" date, "t" truth.
    Once chosen (`pick`) it knows the place of its heading, from 0, and tells what was read; `says`
    is what stands there where its titles have been put into our words.
    """

    rows: Rows
    name: str = ""
    kinds: Sequence[str] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    heading: int | None = None
    told: str = ""
    says: Sequence[str] = ()

    def kind(self, row: int, column: int) -> str:
        """The kind of a cell, from 0; " " for a text."""
        return self.kinds[row][column : column + 1] or " " if row < len(self.kinds) else " "


@dataclass(frozen=True)
class File:
    """A file of tables: the sheets that people see, and the names of those that they do not."""

    sheets: Sequence[Sheet]
    hidden: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Wanted:
    """What a table is known by: titles it must have, titles it may have, and what only its rows
    look like. `synonyms` are other words for a title."""

    titles: Sequence[str]
    more: Sequence[str] = ()
    row: Callable[[Sequence[str]], bool] = lambda _row: False
    synonyms: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def _titles(self) -> dict[str, str]:
        own = {key(title): title for title in (*self.titles, *self.more)}
        return {key(word): title for title, words in self.synonyms.items() for word in words} | own

    def title_of(self, cell: str) -> str | None:
        """The title that a cell of a heading means, whatever stands behind it in brackets."""
        if not cell or len(cell) > LONGEST_TITLE:
            return None
        found = self._titles.get(key(cell))
        return found or self._titles.get(key(BRACKETS.sub(" ", cell)))


class SeveralSheets(Exception):
    """More than one sheet holds a table of this kind; the text, the end of a sentence, names
    them and the remedy."""


class HiddenRows(Exception):
    """Rows are hidden, and nobody has said whether they count; the text tells which."""

    def __init__(self, sheet: str, rows: Sequence[int]) -> None:
        self.rows = tuple(rows)
        words = _("Trang “{sheet}” có {count} dòng đang ẩn hoặc bị lọc mất: {rows}.")
        words = words.format(sheet=shown(sheet), count=number(len(rows)), rows=spans(rows))
        super().__init__(words)


def key(cell: str) -> str:
    """The key of a title: case, accents, spaces and punctuation do not matter."""
    return folded(cell).replace(" ", "") if len(cell) <= LONGEST_TITLE else ""


def is_filled(row: Sequence[str]) -> bool:
    return any(map(clean, row))


def sheet_of(rows: Sheet | Rows, wanted: Wanted) -> Sheet:
    """Rows as a sheet that knows its heading."""
    sheet = rows if isinstance(rows, Sheet) else Sheet(rows)
    place = _likely(sheet.rows, wanted) if sheet.heading is None else sheet.heading
    return replace(sheet, heading=place)


def heading_of(rows: Rows, wanted: Wanted) -> int | None:
    """The place of the heading: the first row with all titles, else that with most of them, else
    the first that is not blank; None when all are."""
    must, may = set(wanted.titles), set(wanted.more)
    best, most = None, (0, 0)
    for place, row in enumerate(rows[:HEAD]):
        found = titles_in(row, wanted)
        here = len(found & must), len(found & may)
        if must and here[0] == len(must):
            return place
        if here[0] and here > most:
            best, most = place, here
    if best is None:
        best = next((place for place, row in enumerate(rows) if is_filled(row)), None)
    return best


def _likely(rows: Rows, wanted: Wanted) -> int | None:
    """`heading_of`, but of a file without any title the first row of several words: what stands
    above a table seldom has more than two."""
    place = heading_of(rows, wanted)
    if place is None or titles_in(rows[place], wanted):
        return place
    wide = (at for at, row in enumerate(rows[:HEAD]) if _words_in(row) >= WIDE)
    return next(wide, place)


def _words_in(row: Sequence[str]) -> int:
    return sum(any(map(str.isalpha, cell)) for cell in row)


def titles_in(row: Sequence[str], wanted: Wanted) -> set[str]:
    """The titles of a table that stand in a row."""
    return {title for cell in row if (title := wanted.title_of(cell)) is not None}


def pick(file: File, wanted: Wanted, hidden: str = "") -> Sheet:
    """The sheet with the table, its heading found and its hidden rows settled: `hidden` is
    INCLUDE, SKIP, or "" when nobody has said. Raises `SeveralSheets`, `HiddenRows`."""
    sheets = [replace(sheet, heading=_likely(sheet.rows, wanted)) for sheet in file.sheets]
    likeness = [_likeness(sheet, wanted) for sheet in sheets]
    like = [sheet for sheet, how in zip(sheets, likeness, strict=True) if how >= LIKE]
    if len(like) > 1:
        words = _(
            "có bảng cần nhập ở nhiều trang: {names}. Gộp vào một trang, hoặc ẩn trang không dùng"
            " (Hide), rồi nhập lại."
        )
        raise SeveralSheets(words.format(names=names_of(sheet.name for sheet in like)))
    chosen = sheets[likeness.index(max(likeness))]
    others = [each.name for each in sheets if each is not chosen and any(map(is_filled, each.rows))]
    return _settled(replace(chosen, told=_told(chosen, others, file.hidden)), hidden)


def _likeness(sheet: Sheet, wanted: Wanted) -> int:
    """How much a sheet is like the wanted table; from LIKE on its rows must not be lost."""
    if sheet.heading is None:
        return -1
    found = len(set(wanted.titles) & titles_in(sheet.rows[sheet.heading], wanted))
    if found > 1 and any(map(is_filled, sheet.rows[sheet.heading + 1 :])):
        return LIKE + found
    return LIKE if any(map(wanted.row, sheet.rows)) else min(found, LIKE - 1)


def _settled(sheet: Sheet, hidden: str) -> Sheet:
    first = (sheet.heading or 0) + 2
    rows = [
        row
        for row in sorted(sheet.hidden_rows)
        if first <= row <= len(sheet.rows) and is_filled(sheet.rows[row - 1])
    ]
    if not rows:
        return sheet
    if hidden == INCLUDE:
        what = _("Nhập cả {count} dòng đang ẩn: {rows}.")
    elif hidden == SKIP:
        what = _("Bỏ qua {count} dòng đang ẩn: {rows}.")
        gone = frozenset(rows)
        kept = [[] if row in gone else cells for row, cells in enumerate(sheet.rows, start=1)]
        sheet = replace(sheet, rows=kept)
    else:
        raise HiddenRows(sheet.name, rows)
    what = what.format(count=number(len(rows)), rows=spans(rows))
    return replace(sheet, told=f"{sheet.told} {what}")


def _told(sheet: Sheet, others: Sequence[str], hidden: Sequence[str]) -> str:
    row = (sheet.heading or 0) + 1
    if not sheet.name:
        return _("Dòng tiêu đề đọc được: dòng {row}.").format(row=row)
    words = _("Đã đọc trang “{sheet}”, dòng tiêu đề là dòng {row}.")
    told = [words.format(sheet=shown(sheet.name), row=row)]
    if others:
        told.append(_("Không đọc trang {names}.").format(names=names_of(others)))
    if hidden:
        told.append(_("Không đọc trang ẩn {names}.").format(names=names_of(hidden)))
    return " ".join(told)


def names_of(names: Iterable[str]) -> str:
    """Names as a message lists them."""
    every = [f"“{shown(name)}”" for name in names]
    return ", ".join(every[:NAMED]) + ("…" if len(every) > NAMED else "")


def spans(rows: Sequence[int]) -> str:
    """Numbers of rows in order, as a message names them: "2–4, 7"."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    words = [f"{first}" if first == last else f"{first}–{last}" for first, last in found]
    return ", ".join(words[:NAMED]) + ("…" if len(words) > NAMED else "")
