"""An index as an Excel workbook: reading one, with every fault by sheet and cell.

`read_book(write_book(index))` is the same index, with the same digest. What the cells mean is
judged by `indexfile`, once; here stands only where everything is. docs/index-excel.md tells the
rules. A file of another kind, of too many rows or hostile is refused by `tables`.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from app.index import file as indexfile
from app.index.columns import Layout
from app.index.definition import Index
from app.index.entries import FORMAT
from app.index.faults import Fault, IndexFault, echo, entry_place, nearest
from app.index.faultwords import in_words
from app.index.grid import (
    Entry,
    Grid,
    Notes,
    Page,
    Spot,
    grids_of,
    heading_of,
    keys_of,
    rows_of,
    sheet_of,
)
from app.index.sheets import ENTRY, LAYOUT_OF, LAYOUTS
from app.language import _
from app.papers import tables
from app.papers.indextemplate import template, write_book

__all__ = ["in_words", "read_book", "read_file", "read_sheets", "template", "write_book"]


def read_file(data: bytes, name: str) -> Index:
    """The index of a file, workbook or text. Raises `IndexFault`."""
    return read_book(data, name) if tables.is_workbook(data, name) else indexfile.parse(data)


def read_book(data: bytes, name: str) -> Index:
    """The index of a workbook; `name` is what the file is called. Raises `IndexFault`."""
    try:
        pages = tables.sheets(data, name)
    except tables.UnreadableTable as refused:
        place = _("Tệp “{name}”").format(name=name)
        raise IndexFault([Fault(place, refused.message)]) from refused
    return read_sheets(pages)


def read_sheets(pages: Iterable[Page]) -> Index:
    """The index of the sheets of a workbook (`tables.sheets`). Raises `IndexFault`."""
    index, found = look_through(pages)
    if index is None:
        raise IndexFault(Fault(str(spot), message) for spot, message in found)
    return index


def look_through(
    pages: Iterable[Page], named: Callable[[Spot], str] = str
) -> tuple[Index | None, list[tuple[Spot, str]]]:
    """The index of such sheets, or None and every fault in the order of sheets, rows and columns.
    `named` says how messages call a place."""
    book = Book(named)
    grids = grids_of(pages, book.notes)
    for layout in LAYOUTS:
        if layout.title in grids:
            book.take(layout, grids[layout.title])
        else:
            message = _("thiếu trang này, hoặc trang đang bị ẩn; hãy chép lại từ tệp mẫu.")
            book.lose(layout, message)
    return book.index()


class Book:
    """A workbook while it is read: its content so far, its places, and what is wrong."""

    def __init__(self, named: Callable[[Spot], str] = str) -> None:
        self.named = named
        self.raw: dict[str, Any] = {"format": FORMAT, "rules": {}}
        self.spots: dict[str, Spot] = {}  # by the place as `indexfile` tells it
        self.notes = Notes()
        self.classes: list[Entry] = []
        self.silent: set[str] = set()  # places without an answer because of what is lost

    def index(self) -> tuple[Index | None, list[tuple[Spot, str]]]:
        """The index, or every fault in the order of sheets, rows and columns."""
        self.classes_of_blocks()
        told = {spot for spot, _message in self.notes.found}
        places = {place: self.named(spot) for place, spot in self.spots.items()}
        try:
            index = indexfile.read(self.raw)
        except IndexFault as faults:
            for fault in faults.faults:
                spot = self.spots[fault.place]
                if spot not in told and fault.place not in self.silent:
                    self.notes.fault(spot, in_words(fault, places).message)
        else:
            if not self.notes.found:
                return index, []
        self.notes.found.sort(key=lambda pair: pair[0])
        return None, self.notes.found

    def lose(self, layout: Layout, message: str) -> None:
        """Tell what keeps a whole sheet from being read, once and for everything in it."""
        sheet = sheet_of(layout)
        self.notes.fault(sheet, message)
        self.spots |= dict.fromkeys((f"[{layout.key}]", f"[[{layout.key}]]"), sheet)
        if layout.key in ("blocks", "criteria"):
            self.silent |= {"[index], max_points", "[index], survey_points"}

    def take(self, layout: Layout, grid: Grid) -> None:
        """Read a sheet into `raw` and `spots`."""
        titles = [column.title for column in layout.columns] if layout.is_list else ENTRY
        places = heading_of(sheet_of(layout), titles, grid, self.notes)
        required = (c.title for c in layout.columns if c.required) if layout.is_list else ENTRY[:2]
        missing = [title for title in required if title not in places]
        if missing:
            names = ", ".join(f"“{title}”" for title in missing)
            message = _("thiếu cột {names}; hãy chép lại dòng tiêu đề từ tệp mẫu.")
            self.lose(layout, message.format(names=names))
        elif layout.is_list:
            self.take_list(layout, rows_of(layout, places, grid, self.notes))
        else:
            self.take_table(layout, keys_of(layout, places, grid, self.notes))

    # The content of the index file

    def take_table(self, layout: Layout, entry: Entry) -> None:
        self.place(f"[{layout.key}]", entry)
        empty = layout.key == "organiser" and not entry.values
        # No rows at all are an organiser of whom nothing is known, blank ones are none.
        if not empty or all(spot == entry.spot for spot in entry.spots.values()):
            self.raw[layout.key] = {**self.raw.get(layout.key, {}), **entry.values}

    def take_list(self, layout: Layout, entries: list[Entry]) -> None:
        title, hint = f"[[{layout.key}]]", "code"
        self.spots[title] = sheet_of(layout)
        told = {spot for spot, _message in self.notes.found}
        times = Counter(entry.values.get("code") for entry in entries)
        for entry in entries:
            # 1.1 that may be 1.10 stands in for itself, but not beside a real 1.1.
            if entry.spots.get("code") in told and times[entry.values.get("code")] > 1:
                entry.values.pop("code", None)
        if layout.key == "scales":
            self.raw["scales"] = self.scales(entries)
            return
        if layout.key == "classes":
            self.classes = entries  # of all blocks or of one: the blocks come later
            return
        self.raw[layout.key] = [entry.values for entry in entries]
        for number, entry in enumerate(entries, start=1):
            self.place(entry_place(title, number, entry.values.get(hint)), entry)

    def classes_of_blocks(self) -> None:
        """Each class to the rules, or to the block whose code stands beside it."""
        blocks: dict[object, tuple[str, dict[str, Any]]] = {}
        for number, block in enumerate(self.raw.get("blocks", ()), start=1):
            code = block.get("code")
            blocks.setdefault(code, (entry_place("[[blocks]]", number, code), block))
        lost = "blocks" not in self.raw  # a sheet that cannot be read has been told
        self.raw["rules"]["classes"] = []
        for entry in self.classes:
            code = entry.values.pop("block", None)
            place, owner = blocks.get(code, ("[rules]", self.raw["rules"]))
            if code is not None and code not in blocks and not lost:
                near = nearest(str(code), [str(each) for each in blocks])
                message = _("không có mã “{code}” ở trang “{sheet}”.{near} Hãy sửa mã.")
                guess = _(" Có phải “{near}”?").format(near=near) if near else ""
                words = message.format(code=echo(code), sheet=LAYOUT_OF["blocks"].title, near=guess)
                self.notes.fault(entry.spots["block"], words)
            owner.setdefault("classes", []).append(entry.values)
            title = f"{place}, classes"
            number, hint = len(owner["classes"]), entry.values.get("label")
            self.place(entry_place(title, number, hint), entry)
            self.spots.setdefault(title, entry.spot)

    def place(self, place: str, entry: Entry) -> None:
        self.spots[place] = entry.spot
        self.spots |= {f"{place}, {key}": spot for key, spot in entry.spots.items()}

    def scales(self, entries: list[Entry]) -> list[dict[str, object]]:
        """The scales out of their levels: one for each code, in the order of first rows."""
        levels_of: dict[object, list[Entry]] = {}
        code: object = None
        told = {spot for spot, _message in self.notes.found}
        for entry in entries:
            if "code" not in entry.values and entry.spots["code"] not in told:
                message = _("đang để trống; hãy ghi mã thang đo ở mọi dòng của thang đo.")
                self.notes.fault(entry.spots["code"], message)
            code = entry.values.get("code", code)
            levels_of.setdefault(code, []).append(entry)
        return [
            self.scale(number, code, rows)
            for number, (code, rows) in enumerate(levels_of.items(), start=1)
        ]

    def scale(self, number: int, code: object, rows: list[Entry]) -> dict[str, object]:
        texts = [row for row in rows if "no_opinion" in row.values]
        for row in texts[1:]:
            if row.values["no_opinion"] != texts[0].values["no_opinion"]:
                message = _("khác với {first}; mỗi thang đo chỉ có một câu này.")
                first = self.named(texts[0].spots["no_opinion"])
                self.notes.fault(row.spots["no_opinion"], message.format(first=first))
        place = entry_place("[[scales]]", number, code)
        self.place(place, rows[0])
        self.spots[f"{place}, levels"] = rows[0].spot
        levels = []
        for position, row in enumerate(rows, start=1):
            keys = {key: key.removeprefix("levels.") for key in row.spots if "." in key}
            level = {keys[key]: row.values[key] for key in keys if key in row.values}
            spots = {keys[key]: row.spots[key] for key in keys}
            levels.append(level)
            title = entry_place(f"{place}, levels", position, level.get("code"))
            self.place(title, Entry(row.spot, spots))
        scale: dict[str, object] = {"levels": levels} | ({} if code is None else {"code": code})
        if texts:
            scale["no_opinion"] = texts[0].values["no_opinion"]
            self.spots[f"{place}, no_opinion"] = texts[0].spots["no_opinion"]
        return scale
