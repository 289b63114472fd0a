"""The bad rows of a roster file mended one by one: their fields, and the sheet afterwards.

Pure. The sheet is one that was laid out; numbers of rows are those of the file.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from app.index.definition import Index
from app.index.names import Names
from app.roster.badrows import BadRow, BadRows
from app.roster.columns import (
    AGENCY,
    ASSIGNED,
    CHANNEL,
    EMAIL,
    GROUP,
    NAME,
    PHONE,
    POSITION,
)
from app.text import domains, table
from app.text.cells import MERGED, is_ours
from app.text.cleaning import clean
from app.text.headings import Sheet

FIELDS = (NAME, EMAIL, GROUP, AGENCY, ASSIGNED, POSITION, PHONE, CHANNEL)
BEFORE = re.compile(r"^[^:“]+(?: “[^”]*”)?: ")  # the column and what stands there
RANGE = re.compile(r"([A-Z]{1,3})(\d+):([A-Z]{1,3})\d+")


@dataclass(frozen=True)
class Field:
    """A cell of a bad row to be mended: its title and what is put in for a beginning. `faults` are
    what is wrong with it, `offered` what may be meant."""

    title: str
    value: str
    faults: tuple[str, ...] = ()
    offered: str = ""


@dataclass(frozen=True)
class Mendable:
    """A bad row with its fields, and what is wrong with none of them."""

    row: int
    fields: tuple[Field, ...]
    faults: tuple[str, ...]
    name: str


def mendable(index: Index, bad: BadRows, row: BadRow, sheet: Sheet) -> Mendable:
    """A bad row as a form has it."""
    groups = groups_of(index)
    places = places_in(bad.heading)
    told = {title: _about(title, row.reasons) for title in places}
    fields = []
    for title, place in places.items():
        cell = row.cells[place] if place < len(row.cells) else ""
        value = above(sheet, cell) if is_ours(cell) else clean(cell)
        if title == GROUP and len(found := groups.find(value)) == 1:
            value = found[0]
        offered = (domains.mended(value) or "") if title == EMAIL else ""
        faults = tuple(BEFORE.sub("", each, count=1) for each in told[title])
        fields.append(Field(title, value, faults, offered))
    placed = {reason for reasons in told.values() for reason in reasons}
    rest = tuple(reason for reason in row.reasons if reason not in placed)
    return Mendable(row.row, tuple(fields), rest, bad.name(row))


def groups_of(index: Index) -> Names:
    return Names({group.code: group.name for group in index.groups})


def places_in(heading: Sequence[str]) -> dict[str, int]:
    """The columns of a heading that can be mended."""
    found = {title: table.place_of(heading, title) for title in FIELDS}
    return {title: place for title, place in found.items() if place is not None}


def _about(title: str, reasons: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in reasons if each.startswith((f"{title}: ", f"{title} “")))


def above(sheet: Sheet, cell: str) -> str:
    """What stands in the first cell of the merged range that a cell is a piece of."""
    found = RANGE.fullmatch(clean(cell[len(MERGED) :])) if cell.startswith(f"{MERGED} ") else None
    if found is None or found[1] != found[3]:
        return ""
    row, column = int(found[2]) - 1, _number(found[1])
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    text = cells[column] if column < len(cells) else ""
    return "" if is_ours(text) else clean(text)


def _number(letters: str) -> int:
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def unknown_groups(index: Index, bad: BadRows) -> list[tuple[str, int]]:
    """What stands for a group in bad rows and is none, with how many rows have it."""
    place = places_in(bad.heading).get(GROUP)
    if place is None:
        return []
    groups = groups_of(index)
    cells = Counter(clean(row.cells[place]) for row in bad.rows if not is_ours(row.cells[place]))
    return [(cell, rows) for cell, rows in cells.most_common() if len(groups.find(cell)) != 1]


def mended(
    sheet: Sheet, typed: Mapping[int, Mapping[str, str]], dropped: Collection[int] = ()
) -> Sheet:
    """The sheet with what was typed, row by row and title by title; dropped rows are blank."""
    heading = list(sheet.rows[sheet.heading or 0])
    places = places_in(heading)
    rows, kinds = list(sheet.rows), list(sheet.kinds)
    for number, fields in typed.items():
        row = [*rows[number - 1], *[""] * len(heading)][: len(heading)]
        for title in fields.keys() & places.keys():
            row[places[title]] = fields[title]
        rows[number - 1] = row
    for number in dropped:
        rows[number - 1] = []
    for number in (*typed, *dropped):
        if number <= len(kinds):
            kinds[number - 1] = ""  # what was typed is text
    return replace(sheet, rows=rows, kinds=kinds)


def regrouped(sheet: Sheet, meant: Mapping[str, str]) -> Sheet:
    """The sheet with other groups, by what stood there."""
    place = places_in(sheet.rows[sheet.heading or 0])[GROUP]
    rows = [list(row) for row in sheet.rows]
    for row in rows[(sheet.heading or 0) + 1 :]:
        if place < len(row):
            row[place] = meant.get(clean(row[place]), row[place])
    return replace(sheet, rows=rows)
