"""The content of an index as texts, sheet by sheet and row by row, and the cells they stand for.

Pure. `Sheets` holds for each sheet (`app.index.sheets`) its rows as texts by column; a sheet that
is no list has one row. Texts are those of the workbook but for numbers, which have a comma before
their decimals. No text is the same as no key.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from app.index import file as indexfile
from app.index.columns import NO, YES, Column, Layout
from app.index.definition import Index
from app.index.grid import Page
from app.index.sheets import ENTRY, LAYOUTS
from app.language import exact

Content: TypeAlias = Mapping[str, Any]  # as `indexfile.canonical` has it, keys may lack
Row: TypeAlias = dict[str, str]
Sheets: TypeAlias = dict[str, list[Row]]

NUMBERS = ("number", "share", "percent")


def rows(layout: Layout, content: Content) -> Iterator[Content]:
    """The entries of a list by the keys of its columns; of a scale, its levels."""
    if layout.key == "classes":
        yield from content["rules"]["classes"]
        for block in content["blocks"]:
            for each in block.get("classes", ()):
                yield each | {"block": block["code"]}
    elif layout.key == "scales":
        for scale in content["scales"]:
            for number, level in enumerate(scale["levels"]):
                row = {"code": scale["code"]} | {f"levels.{key}": level[key] for key in level}
                yield row if number else row | {"no_opinion": scale["no_opinion"]}
    else:
        yield from content[layout.key]


def shown(column: Column, value: object) -> str:
    """The text of a cell; "" where the key lacks."""
    if column.kind == "flag":
        return "" if value is None else YES if value else NO
    if column.kind == "choice":
        return column.words.get(str(value or ""), "")
    if value is None:
        return ""
    if column.kind in NUMBERS:
        return exact(Fraction(str(value)))
    return "; ".join(value) if isinstance(value, list | tuple) else str(value)


def sheets_of(index: Index) -> Sheets:
    """The texts of a whole index."""
    return of_content(indexfile.canonical(index))


def of_content(content: Content) -> Sheets:
    """The same of its canonical content."""
    return {layout.key: list(_texts(layout, content)) for layout in LAYOUTS}


def _texts(layout: Layout, content: Content) -> Iterator[Row]:
    if layout.is_list:
        for entry in rows(layout, content):
            yield {column.key: _typed(column, entry.get(column.key)) for column in layout.columns}
    elif content.get(layout.key) == {}:
        yield {}  # an organiser of whom nothing is known, not none
    else:
        known: Content = content.get(layout.key) or {}
        yield {column.key: _typed(column, known.get(column.key)) for column in layout.columns}


def _typed(column: Column, value: object) -> str:
    text = shown(column, value)
    return text.replace(".", ",") if column.kind in NUMBERS else text


def pages_of(sheets: Sheets) -> list[Page]:
    """The same as the cells of a workbook: heading in row 0, row n of a sheet in row n + 1."""
    return [(layout.title, _cells(layout, sheets[layout.key])) for layout in LAYOUTS]


def _cells(layout: Layout, found: list[Row]) -> list[tuple[int, int, str, str]]:
    titles = [column.title for column in layout.columns] if layout.is_list else ENTRY
    cells = [(0, place, "text", title) for place, title in enumerate(titles)]
    if layout.is_list:
        for number, row in enumerate(found, start=1):
            for place, column in enumerate(layout.columns):
                if text := row.get(column.key, ""):
                    cells.append((number, place, "text", text))
    elif found and found[0]:
        for number, column in enumerate(layout.columns, start=1):
            cells.append((number, 0, "text", column.title))
            if text := found[0].get(column.key, ""):
                cells.append((number, 1, "text", text))
    return cells
