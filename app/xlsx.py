"""An XLSX workbook on stdin, the cells of its first visible sheet as JSON on stdout.

A process of its own, started by `workbook` and never imported: a small file can unfold into
gigabytes in the reader, and here that ends this process and nothing else. It writes
`{"rows": [["…"]]}` or `{"fault": "damaged" | "foreign" | "large"}`; without memory it just dies.
Arguments: the most rows and the most columns; then "sheets" for every visible sheet, as
`{"sheets": [["name", [[row, column, "kind", "text"]]]]}` without the blank cells.
"""

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MEMORY = 768 << 20  # bytes of address space; 100,000 people take about half
SECONDS = 20  # of processor time
UNFOLDED = 200 << 20  # bytes all parts of the archive may declare
TEXT = 50_000_000  # signs in all cells together
CELLS, TEXT_OF_MANY = 50_000, 2_000_000  # where every sheet is read

Cell = int | float | str | bool | time | date | datetime | timedelta

CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)")
STYLE = re.compile(rb'\bs="(\d+)"')
TYPE = re.compile(rb'\bt="(\w+)"')
PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
LITERAL = re.compile(r'"[^"]*"|\\.')


class Unreadable(Exception):
    """The workbook cannot be taken; the text is one of the faults above."""


def main() -> None:
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_CPU, SECONDS)
    most_rows, most_columns = int(sys.argv[1]), int(sys.argv[2])
    try:
        data = sys.stdin.buffer.read()
        answer: dict[str, object] = (
            {"sheets": sheets(data, most_rows, most_columns)}
            if sys.argv[3:] == ["sheets"]
            else {"rows": cells(data, most_rows, most_columns)}
        )
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


def cells(data: bytes, most_rows: int, most_columns: int) -> list[list[str]]:
    """The text of every cell from A1 on. Raises `Unreadable`, `MemoryError`."""
    with opened(data) as (archive, workbook):
        name = next(visible(workbook), None)
        if name is None:
            raise Unreadable("foreign")
        percents = percent_cells(archive, name)
        found, signs = [], 0
        for number, first, values in sheet(workbook, name, most_rows, most_columns):
            row = [""] * first + [
                percent(value) if (number, column) in percents else text(value)
                for column, value in enumerate(values, start=first)
            ]
            signs += sum(map(len, row))
            if signs > TEXT:
                raise Unreadable("large")
            found.append(row)
        return found


def sheets(
    data: bytes, most_rows: int, most_columns: int
) -> list[tuple[str, list[tuple[int, int, str, str]]]]:
    """The cells of every visible sheet, without blanks. Raises `Unreadable`, `MemoryError`."""
    with opened(data) as (archive, workbook):
        found, count, signs = [], 0, 0
        for name in visible(workbook):
            here: list[tuple[int, int, str, str]] = []
            percents, errors = percent_cells(archive, name), error_cells(archive, name)
            for number, first, values in sheet(workbook, name, most_rows, most_columns):
                for column, value in enumerate(values, start=first):
                    place = number, column
                    kind, shown = known(value, place in percents)
                    if place in errors:
                        kind = "error"
                    if not shown and kind == "text":
                        continue
                    here.append((*place, kind, shown))
                    count, signs = count + 1, signs + len(shown)
                    if count > CELLS or signs > TEXT_OF_MANY:
                        raise Unreadable("large")
            found.append((name, here))
        return found


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
    except BaseException as error:  # a panic of the reader is no Exception
        raise Unreadable("damaged") from error


def visible(workbook: CalamineWorkbook) -> Iterator[str]:
    """The names of the sheets that people see."""
    for meta in workbook.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible:
            yield meta.name


def sheet(
    workbook: CalamineWorkbook, name: str, most_rows: int, most_columns: int
) -> Iterator[tuple[int, int, list[Cell]]]:
    """Number, first column and values of each row, from row 0 on."""
    page = workbook.get_sheet_by_name(name)
    if page.start is None or page.end is None:
        return
    if page.end[0] >= most_rows or page.end[1] >= most_columns:
        raise Unreadable("large")
    first = page.start[1]  # the reader leaves blank columns at the left out, blank rows above not
    for number, values in enumerate(page.iter_rows()):
        yield number, first, values


def known(value: Cell, in_percent: bool) -> tuple[str, str]:
    """The kind of a value and its text; a number as Excel shows it, in 15 digits."""
    if isinstance(value, bool):
        return "truth", text(value)
    if isinstance(value, int | float):
        rounded = Decimal(f"{value:.15g}")
        return "number", plain(rounded * 100) + "%" if in_percent else plain(rounded)
    return "text" if isinstance(value, str) else "date", text(value)


def text(value: Cell) -> str:
    """A cell as people wrote it: 83.64, 912345678, 2023-02-20."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return plain(Decimal(repr(value)))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return str(value)


def percent(value: Cell) -> str:
    """A cell formatted as percent holds a hundredth of what people wrote: 0.8364 is 83.64%."""
    if isinstance(value, float):
        return plain(Decimal(repr(value)) * 100) + "%"
    return text(value)


def plain(value: Decimal) -> str:
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def percent_cells(archive: zipfile.ZipFile, name: str) -> set[tuple[int, int]]:
    """Row and column, from 0, of the cells formatted as percent, which the reader does not tell."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = ET.fromstring(archive.read("xl/styles.xml"))  # noqa: S314 - limited process
    formats = {
        each.get("numFmtId"): LITERAL.sub("", each.get("formatCode", ""))
        for each in styles.iterfind("{*}numFmts/{*}numFmt")
    } | {"9": "0%", "10": "0.00%"}
    marked = {
        str(number).encode()
        for number, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf"))
        if "%" in formats.get(style.get("numFmtId"), "")
    }
    if not marked:
        return set()
    return marked_cells(archive, name, STYLE, marked)


def error_cells(archive: zipfile.ZipFile, name: str) -> set[tuple[int, int]]:
    """Row and column, from 0, of the cells with #N/A and its like, which read as blank."""
    return marked_cells(archive, name, TYPE, {b"e"})


def marked_cells(
    archive: zipfile.ZipFile, name: str, mark: re.Pattern[bytes], wanted: Container[bytes]
) -> set[tuple[int, int]]:
    """The cells of a sheet whose attribute `mark` has one of some values."""
    places = set()
    for cell in CELL.finditer(archive.read(sheet_part(archive, name))):
        found, place = mark.search(cell[1]), PLACE.search(cell[1])
        if found and place and found[1] in wanted:
            places.add((int(place[2]) - 1, column_number(place[1])))
    return places


def sheet_part(archive: zipfile.ZipFile, name: str) -> str:
    """The path of a sheet inside the archive."""
    workbook = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    key = next(
        value
        for each in workbook.iterfind("{*}sheets/{*}sheet")
        if each.get("name") == name
        for attribute, value in each.items()
        if attribute.endswith("}id")
    )
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = next(each.get("Target", "") for each in links if each.get("Id") == key)
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


if __name__ == "__main__":
    main()
