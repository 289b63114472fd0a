"""The sheets of a workbook as entries: headings found, rows read, what is strange told.

Pure. Sheets, columns and rows are known by title; case, accents and punctuation do not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from app.index.columns import SPOILED, Cell, CellFault, Column, Layout, address, check, value
from app.index.faults import echo, nearest
from app.index.sheets import ENTRY, EXAMPLE, GUIDE, LAYOUTS
from app.language import _
from app.text.cleaning import clean, folded

# The name of a sheet and its cells: row, column, kind, text (`tables.sheets`).
Page: TypeAlias = tuple[str, Sequence[tuple[int, int, str, str]]]
Grid: TypeAlias = dict[int, dict[int, Cell]]  # the cells that hold something, by row and column


class Spot(NamedTuple):
    """Where something is; row and column count from 0, and -1 is all of them."""

    order: int
    title: str
    row: int = -1
    column: int = -1

    def __str__(self) -> str:
        if self.column >= 0:
            return _("{sheet}, ô {cell}").format(
                sheet=self.title, cell=address(self.row, self.column)
            )
        if self.row >= 0:
            return _("{sheet}, dòng {row}").format(sheet=self.title, row=self.row + 1)
        return self.title


@dataclass
class Entry:
    """One entry: its values by key, and where every key stands or would stand."""

    spot: Spot
    spots: dict[str, Spot]
    values: dict[str, object] = field(default_factory=dict)


class Notes:
    """What is found wrong, in the order found."""

    def __init__(self) -> None:
        self.found: list[tuple[Spot, str]] = []

    def fault(self, spot: Spot, message: str) -> None:
        self.found.append((spot, message))


def grids_of(pages: Iterable[Page], notes: Notes) -> dict[str, Grid]:
    """The cells of each known sheet by its title; unknown ones that hold something are told."""
    titles = {folded(layout.title): layout.title for layout in LAYOUTS}
    grids: dict[str, Grid] = {}
    for order, (name, cells) in enumerate(pages, start=len(LAYOUTS)):
        title = titles.get(folded(name))
        grid: Grid = {}
        for row, column, kind, text in cells:
            if clean(text) or kind in SPOILED:
                grid.setdefault(row, {})[column] = Cell(kind, text)
        if title is None or title in grids:
            if grid and folded(name) != folded(GUIDE):
                notes.fault(Spot(order, echo(name)), strange(name, titles.values()))
        else:
            grids[title] = grid
    return grids


def heading_of(sheet: Spot, titles: Sequence[str], grid: Grid, notes: Notes) -> dict[str, int]:
    """The column of each title; takes the heading, the first row, out of the grid."""
    if not grid:
        return {}
    row = min(grid)
    known = {folded(title): title for title in titles}
    places: dict[str, int] = {}
    heading = grid.pop(row)
    for column, cell in heading.items():
        title = known.get(folded(cell.text))
        here = sheet._replace(row=row, column=column)
        if cell.kind in SPOILED:
            notes.fault(here, SPOILED[cell.kind].format(value=cell.text))
        elif title is None or title in places:
            notes.fault(here, strange(cell.text, titles, _("cột")))
        else:
            places[title] = column
    beside: dict[int, int] = {}
    for number in sorted(grid):
        for column in grid[number].keys() - heading.keys():
            beside.setdefault(column, number)
    for column, number in beside.items():
        message = _("cột này không có tiêu đề ở dòng {row}; hãy xóa cột, hoặc ghi tiêu đề.")
        here = sheet._replace(row=number, column=column)
        notes.fault(here, message.format(row=row + 1))
    return places


def rows_of(layout: Layout, places: Mapping[str, int], grid: Grid, notes: Notes) -> list[Entry]:
    """An entry for each row that has something in a column we know."""
    sheet = sheet_of(layout)
    entries = []
    first = places[layout.columns[0].title]
    for row in sorted(grid):
        cells = grid[row]
        if not cells.keys() & {*places.values()}:
            continue
        entry = Entry(sheet._replace(row=row), {})
        if clean(cells.get(first, Cell("", "")).text).casefold().startswith(EXAMPLE.casefold()):
            message = _("còn là dòng ví dụ; hãy xóa dòng này, hoặc sửa thành dòng thật.")
            notes.fault(entry.spot, message)
            continue
        for column in layout.columns:
            place = places.get(column.title)
            entry.spots[column.key] = entry.spot._replace(column=-1 if place is None else place)
            if place in cells:
                put(entry, column, cells[place], notes)
        entries.append(entry)
    return entries


def keys_of(layout: Layout, places: Mapping[str, int], grid: Grid, notes: Notes) -> Entry:
    """The entry of a sheet that has a row for each key."""
    sheet = sheet_of(layout)
    entry = Entry(sheet, {column.key: sheet for column in layout.columns})
    known = {folded(column.title): column for column in layout.columns}
    left, right, _note = (places.get(title, -1) for title in ENTRY)
    for row in sorted(grid):
        cells = grid[row]
        here = sheet._replace(row=row, column=left)
        kind, title = cells.get(left, Cell("text", ""))
        column = known.get(folded(title))
        if kind in SPOILED:
            notes.fault(here, SPOILED[kind].format(value=title))
        elif column is None or entry.spots[column.key] != sheet:
            titles = [column.title for column in layout.columns]
            if {left, right} & cells.keys():
                notes.fault(here, strange(title, titles, _("mục")))
        else:
            entry.spots[column.key] = here._replace(column=right)
            if right in cells:
                put(entry, column, cells[right], notes)
    for column in layout.columns:
        if column.required and entry.spots[column.key] == sheet:
            message = _("thiếu dòng “{title}”; hãy chép lại từ tệp mẫu.")
            notes.fault(sheet, message.format(title=column.title))
    return entry


def put(entry: Entry, column: Column, cell: Cell, notes: Notes) -> None:
    try:
        check(column, cell)
    except CellFault as fault:
        notes.fault(entry.spots[column.key], str(fault))
    content = value(column, cell)
    if content != "":  # a choice whose word means that the key is left out
        entry.values[column.key] = content


def sheet_of(layout: Layout) -> Spot:
    return Spot(LAYOUTS.index(layout), layout.title)


def strange(name: str, known: Iterable[str], what: str = _("trang")) -> str:
    """What to do about a sheet, column or row that nobody knows, or that stands twice."""
    known = list(known)
    if folded(name) in map(folded, known):
        return _("{what} này có hai lần; hãy xóa một.").format(what=what)
    near = nearest(clean(name), known)
    return _("bộ chỉ số không có {what} “{name}”.{near} Hãy đổi tên hoặc xóa.").format(
        what=what,
        name=echo(clean(name)),
        near=_(" Có phải “{near}”?").format(near=near) if near else "",
    )
