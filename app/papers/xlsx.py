"""An XLSX workbook on stdin, the cells of its visible sheets as JSON on stdout.

A process of its own, started by `tables` and never imported: a small file can unfold into
gigabytes in the reader, and here that ends this process and nothing else. It writes
`{"fault": "damaged" | "foreign" | "large"}` or what is asked for; without memory it just dies.
Arguments: "tables" for `{"sheets": [{"name", "rows": [["…"]], "kinds": ["…"], "hidden_rows": [4],
"hidden_columns": [1]}], "hidden": ["name"]}`, a sign of `KINDS` for each cell, or "cells" for
`{"sheets": [["name", [[row, column, "kind", "text"]]]]}` without the blank ones; then the most rows
and the most columns.
"""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.papers.sheetmarks import Marks, TooMany

MEMORY = 768 << 20  # bytes of address space; 100,000 people take about half
SECONDS = 20  # of processor time
UNFOLDED = 200 << 20  # bytes all parts of the archive may declare
TEXT = 50_000_000  # signs in all cells together
CELLS, TEXT_OF_MANY = 50_000, 2_000_000  # of the cells of an index

Cell = int | float | str | bool | time | date | datetime | timedelta

# An error's text is its code, that of a piece of a merge the name of the range.
KINDS = {
    " ": "text",
    "n": "number",
    "d": "date",
    "t": "truth",
    "e": "error",
    "f": "formula",  # without a stored result
    "m": "merged",  # not the first of its range
}


class Unreadable(Exception):
    """The workbook cannot be taken; the text is one of the faults above."""


@dataclass
class Grid:
    """A sheet from A1 on: its texts, and a sign of `KINDS` for each."""

    most_rows: int
    most_columns: int
    texts: list[list[str]] = field(default_factory=list)
    kinds: list[list[str]] = field(default_factory=list)

    def add(self, texts: list[str], kinds: list[str]) -> None:
        self.texts.append(texts)
        self.kinds.append(kinds)

    def put(self, row: int, column: int, kind: str, text: str) -> None:
        """Write a cell, also where nothing was read. Raises `Unreadable`."""
        if row >= self.most_rows or column >= self.most_columns:
            raise Unreadable("large")
        while len(self.texts) <= row:
            self.add([], [])
        self._widen(row, column + 1)
        self.texts[row][column], self.kinds[row][column] = text, kind

    def square(self) -> int:
        """Make all rows equally wide; gives how wide."""
        width = max(map(len, self.texts), default=0)
        for row in range(len(self.texts)):
            self._widen(row, width)
        return width

    def _widen(self, row: int, width: int) -> None:
        short = width - len(self.texts[row])
        self.texts[row].extend([""] * short)
        self.kinds[row].extend([" "] * short)


def main() -> None:
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_CPU, SECONDS)
    most = int(sys.argv[2]), int(sys.argv[3])
    try:
        data = sys.stdin.buffer.read()
        answer = {"tables": tables, "cells": cells}[sys.argv[1]](data, *most)
    except Unreadable as fault:
        answer = {"fault": str(fault)}
    except MemoryError:
        answer = {"fault": "large"}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def limit(what: int, most: int) -> None:
    if sys.platform == "linux":  # macOS refuses a limit on address space
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def tables(data: bytes, most_rows: int, most_columns: int) -> dict[str, object]:
    """Every visible sheet as a table. Raises `Unreadable`, `MemoryError`."""
    with opened(data) as (archive, workbook):
        visible, hidden = sheet_names(workbook)
        if not visible:
            raise Unreadable("foreign")
        found, signs = [], TEXT
        for name in visible:
            marks, grid = Marks(archive, name, most_columns), Grid(most_rows, most_columns)
            signs = grid_of(workbook.get_sheet_by_name(name), marks, grid, signs, shown=False)
            facts: dict[str, object] = {
                "name": name,
                "rows": grid.texts,
                "kinds": ["".join(row).rstrip() for row in grid.kinds],
                "hidden_rows": sorted(marks.hidden_rows),
                "hidden_columns": sorted(marks.hidden_columns),
            }
            found.append(facts)
        return {"sheets": found, "hidden": hidden}


def cells(data: bytes, most_rows: int, most_columns: int) -> dict[str, object]:
    """The cells of every visible sheet, without blanks. Raises `Unreadable`, `MemoryError`."""
    with opened(data) as (archive, workbook):
        found, count, signs = [], 0, TEXT_OF_MANY
        for name in sheet_names(workbook)[0]:
            marks, grid = Marks(archive, name, most_columns), Grid(most_rows, most_columns)
            signs = grid_of(workbook.get_sheet_by_name(name), marks, grid, signs, shown=True)
            here = [
                (number, column, KINDS[kind], text)
                for number, (texts, kinds) in enumerate(zip(grid.texts, grid.kinds, strict=True))
                for column, (text, kind) in enumerate(zip(texts, kinds, strict=True))
                if text or kind != " "
            ]
            count += len(here)
            if count > CELLS:
                raise Unreadable("large")
            found.append((name, here))
        return {"sheets": found}


@contextmanager
def opened(data: bytes) -> Iterator[tuple[zipfile.ZipFile, CalamineWorkbook]]:
    """The archive and the workbook in it; whatever goes wrong inside means a damaged file."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("damaged") from error
    if sum(part.file_size for part in archive.infolist()) > UNFOLDED:
        raise Unreadable("large")
    if "[Content_Types].xml" not in archive.namelist() or "xl/workbook.bin" in archive.namelist():
        raise Unreadable("foreign")
    try:
        yield archive, CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (Unreadable, MemoryError):
        raise
    except TooMany as error:
        raise Unreadable("large") from error
    except BaseException as error:  # a panic of the reader is no Exception
        raise Unreadable("damaged") from error


def sheet_names(workbook: CalamineWorkbook) -> tuple[list[str], list[str]]:
    """The names of the sheets that people see, and of those they do not."""
    sheets = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    visible = [meta.name for meta in sheets if meta.visible == SheetVisibleEnum.Visible]
    return visible, [meta.name for meta in sheets if meta.name not in visible]


def grid_of(sheet: CalamineSheet, marks: Marks, grid: Grid, signs: int, shown: bool) -> int:
    """Fill in the grid of a sheet; numbers as they are stored, or with the 15 digits that Excel
    shows. Gives how many of `signs` are left. Raises `Unreadable`."""
    if sheet.start is not None and sheet.end is not None:
        if sheet.end[0] >= grid.most_rows or sheet.end[1] >= grid.most_columns:
            raise Unreadable("large")
        first = sheet.start[1]  # the reader leaves blank columns at the left out, not rows above
        for number, values in enumerate(sheet.iter_rows()):
            texts, kinds = [""] * first, [" "] * first
            for column, value in enumerate(values, start=first):
                place = number, column
                if place in marks.formulas and not marks.lacks(value):
                    marks.formulas.discard(place)
                texts.append(text_of(value, place in marks.percents, shown))
                kinds.append(kind_of(value))
            signs -= sum(map(len, texts))
            if signs < 0:
                raise Unreadable("large")
            grid.add(texts, kinds)
    # The reader gives blanks for these, and leaves out rows that have nothing else.
    for place in marks.formulas:
        grid.put(*place, "f", "=")
    for place, text in marks.errors.items():
        grid.put(*place, "e", text.strip())
    filled = [any(map(str.strip, texts)) for texts in grid.texts]
    for place, text in marks.pieces(filled, grid.square()):
        grid.put(*place, "m", text)
    return signs


def kind_of(value: Cell) -> str:
    if isinstance(value, str):
        return " "
    if isinstance(value, bool):
        return "t"
    return "n" if isinstance(value, int | float) else "d"


def text_of(value: Cell, in_percent: bool = False, shown: bool = False) -> str:
    """A cell as people wrote it: 83.64, 912345678, 2023-02-20.

    One formatted as percent holds a hundredth of what they wrote: 0.8364 is 83.64%.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        number = Decimal(f"{value:.15g}" if shown else repr(value))
        return plain(number * 100) + "%" if in_percent else plain(number)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return str(value)


def plain(value: Decimal) -> str:
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


if __name__ == "__main__":
    main()
