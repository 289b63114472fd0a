"""Rows of an index typed anew: blank ones go, codes that are changed are followed, and what two
people typed at once is put together where that loses nothing.

Pure.
"""

import re
from collections.abc import Mapping, Sequence

from app.index.columns import Layout
from app.index.rows.texts import NUMBERS, Row, Sheets
from app.index.sheets import LAYOUT_OF, LAYOUTS
from app.language import _

# Where the codes of a list are named: (sheet, column) by the list.
NAMED_IN: Mapping[str, Sequence[tuple[str, str]]] = {
    "blocks": (("units", "block"), ("classes", "block")),
    "units": (("organiser", "unit"),),
    "components": (("criteria", "parent"),),
    "criteria": (
        *(("criteria", "parent"), ("questions", "criterion")),
        *(("blocks", "not_applicable"), ("units", "not_applicable")),
    ),
    "scales": (("questions", "scale"),),
    "groups": (("questions", "groups"),),
}
GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")  # 1.000 is a thousand here, and one in a file


def tidy(sheets: Sheets) -> Sheets:
    """Without rows that hold nothing, and with the line ends of a file."""
    return {
        layout.key: [
            {key: value.replace("\r\n", "\n") for key, value in row.items()}
            for row in sheets[layout.key]
            if not layout.is_list or any(map(str.strip, row.values()))
        ]
        for layout in LAYOUTS
    }


def followed(before: Sheets, after: Sheets, key: str, origins: Sequence[int | None]) -> Sheets:
    """`after`, where rows of the list `key` have come from those of `before` at `origins`: what
    named a code that was changed names the new one."""
    if key not in NAMED_IN:
        return after
    left = {row.get("code", "").strip() for row in after[key]}
    renamed: dict[str, str] = {}
    for row, origin in zip(after[key], origins, strict=True):
        was = "" if origin is None else before[key][origin].get("code", "").strip()
        now = row.get("code", "").strip()
        if was and now and was not in left:
            renamed[was] = now
    if not renamed:
        return after
    made = {name: [dict(row) for row in rows] for name, rows in after.items()}
    for sheet, column in NAMED_IN[key]:
        for row in made[sheet]:
            if named := row.get(column):
                row[column] = _renamed(named, renamed)
    return made


def _renamed(text: str, renamed: Mapping[str, str]) -> str:
    codes = [code.strip() for code in re.split("[;,\n]", text)]
    if not any(code in renamed for code in codes):
        return text
    return "; ".join(renamed.get(code, code) for code in codes)


def merged(base: Sheets, mine: Sheets, theirs: Sheets) -> tuple[Sheets, list[str]]:
    """Both changes of `base`; where both changed the same, mine, and the titles of those sheets."""
    made: Sheets = {}
    clashes = []
    for layout in LAYOUTS:
        key = layout.key
        rows, clean = _merged(layout, base[key], mine[key], theirs[key])
        made[key] = rows
        if not clean:
            clashes.append(layout.title)
    return made, clashes


def _merged(
    layout: Layout, base: list[Row], mine: list[Row], theirs: list[Row]
) -> tuple[list[Row], bool]:
    if mine in (base, theirs):
        return theirs, True
    if theirs == base:
        return mine, True
    if not len(base) == len(mine) == len(theirs):
        return mine, False
    rows: list[Row] = []
    for old, my, their in zip(base, mine, theirs, strict=True):
        row = dict(their)
        for key in my.keys() | their.keys() | old.keys():
            was, here, there = (each.get(key, "") for each in (old, my, their))
            if here in (was, there):
                continue
            if there != was or old.get("code") != their.get("code"):
                return mine, False
            row[key] = here
        rows.append(row)
    return rows, True


def doubtful(sheets: Sheets) -> list[tuple[str, int, str, str]]:
    """Numbers that can be read in two ways: sheet, row, column and what to do."""
    found = []
    for key, rows in sheets.items():
        numbers = [column.key for column in LAYOUT_OF[key].columns if column.kind in NUMBERS]
        for place, row in enumerate(rows):
            for column in numbers:
                text = row.get(column, "").strip()
                if GROUPED.fullmatch(text):
                    message = _("“{text}” đọc được hai cách; hãy ghi {whole}, hoặc {part}.")
                    whole, part = text.replace(".", ""), text.replace(".", ",", 1)
                    words = message.format(text=text, whole=whole, part=part)
                    found.append((key, place, column, words))
    return found
