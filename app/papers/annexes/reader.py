"""An annex on stdin, Excel or Word, its tables as JSON on stdout.

A process of its own, started by `tables` and never imported, under the limits of `xlsx`. It writes
`{"fault": "damaged" | "foreign" | "large"}`, or `{"kind": "word" | "book", "pictures": how many,
"tables": [{"name", "lead": ["…"], "rows": [[cell]], "hidden_rows", "hidden_columns"}]}`; a cell is
text, kind, whether it is bold, its indent and, in a merged range, row and column of the first.
"""

import io
import json
import resource
import sys
import zipfile
from typing import Any

from app.papers.annexes import wordtables
from app.papers.annexes.sheetlooks import Looks
from app.papers.sheetmarks import place_of
from app.papers.xlsx import (
    MEMORY,
    SECONDS,
    UNFOLDED,
    Grid,
    Unreadable,
    grid_of,
    limit,
    opened,
    sheet_names,
)

SIGNS = 2_000_000  # in all cells together
WORD = "word/document.xml"


def main() -> None:
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_CPU, SECONDS)
    answer: dict[str, Any]
    try:
        answer = annex(sys.stdin.buffer.read(), int(sys.argv[2]), int(sys.argv[3]))
    except Unreadable as fault:
        answer = {"fault": str(fault)}
    except MemoryError:
        answer = {"fault": "large"}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def annex(data: bytes, most_rows: int, most_columns: int) -> dict[str, Any]:
    """The tables of a file. Raises `Unreadable`, `MemoryError`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("damaged") from error
    if WORD not in archive.namelist():
        return book(data, most_rows, most_columns)
    if sum(part.file_size for part in archive.infolist()) > UNFOLDED:
        raise Unreadable("large")
    try:
        found = wordtables.read(archive, most_rows, most_columns)
    except wordtables.TooLarge as error:
        raise Unreadable("large") from error
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("damaged") from error
    return {"kind": "word", **found}


def book(data: bytes, most_rows: int, most_columns: int) -> dict[str, Any]:
    """Every visible sheet of a workbook. Raises `Unreadable`, `MemoryError`."""
    with opened(data) as (archive, workbook):
        found, signs = [], SIGNS
        for name in sheet_names(workbook)[0]:
            looks, grid = Looks(archive, name, most_columns), Grid(most_rows, most_columns)
            signs = grid_of(workbook.get_sheet_by_name(name), looks, grid, signs, shown=True)
            rows = [
                [cell(grid, looks, row, column) for column in range(len(texts))]
                for row, texts in enumerate(grid.texts)
            ]
            while rows and not any(each[0].strip() for each in rows[-1]):
                rows.pop()
            facts = {
                "name": name,
                "lead": [],
                "rows": rows,
                "hidden_rows": sorted(row + 1 for row in looks.hidden_rows),
                "hidden_columns": sorted(looks.hidden_columns),
            }
            found.append(facts)
        return {"kind": "book", "pictures": 0, "tables": found}


def cell(grid: Grid, looks: Looks, row: int, column: int) -> list[Any]:
    text, kind = grid.texts[row][column], grid.kinds[row][column]
    if kind == "m":
        return ["", " ", 0, 0, *place_of(text.replace("$", "").partition(":")[0])]
    place = row, column
    if kind in "ef":  # an error, a formula without a result: there is nothing to read
        text = ""
    return [
        text,
        kind if kind in "nd" else " ",
        int(place in looks.bold),
        looks.indents.get(place, 0),
    ]


if __name__ == "__main__":
    main()
