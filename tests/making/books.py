"""Workbooks of an index as tests need them: the small index written, with cells changed."""

import re
from functools import cache
from typing import Any

import pytest

from app.index import file as indexfile
from app.index.definition import Index
from app.index.faults import IndexFault
from app.index.grid import Page
from app.papers import indexbook, xlsx
from tests.making.small_index import make_raw

GONE = None


def pages_of(data: bytes) -> list[Page]:
    """What the reader gives; here in the same process, for speed."""
    return xlsx.cells(data, 5_000, 50)["sheets"]  # type: ignore[return-value]


@cache
def small_pages() -> tuple[tuple[str, dict[tuple[int, int], tuple[str, str]]], ...]:
    data = indexbook.write_book(indexfile.read(make_raw()))
    return tuple(
        (title, {(row, column): (kind, text) for row, column, kind, text in cells})
        for title, cells in pages_of(data)
    )


def place(cell: str) -> tuple[int, int]:
    """ "C2" as row and column from 0; one letter."""
    found = re.fullmatch(r"([A-Z])(\d+)", cell)
    assert found
    return int(found[2]) - 1, ord(found[1]) - ord("A")


def small_book(changes: dict[str, object]) -> list[Page]:
    """The small index with `{"Đơn vị!C2": "x"}`: text, number, (kind, text), or GONE.

    A row's or a sheet's name alone ("Đơn vị!3", "Đơn vị") can be GONE, too.
    """
    sheets = {title: dict(cells) for title, cells in small_pages()}
    for name, value in changes.items():
        title, _sign, cell = name.partition("!")
        if not cell:
            del sheets[title]
            continue
        cells = sheets.setdefault(title, {})
        if cell.isdigit():
            for spot in [spot for spot in cells if spot[0] == int(cell) - 1]:
                del cells[spot]
        elif value is GONE:
            del cells[place(cell)]
        else:
            kind: Any = "text" if isinstance(value, str) else "number"
            cells[place(cell)] = value if isinstance(value, tuple) else (kind, str(value))
    return [
        (title, [(*spot, *cells[spot]) for spot in sorted(cells)])
        for title, cells in sheets.items()
    ]


def read(changes: dict[str, object]) -> Index:
    return indexbook.read_sheets(small_book(changes))


def faults_of(changes: dict[str, object]) -> list[str]:
    """Every fault as an officer reads it."""
    with pytest.raises(IndexFault) as caught:
        read(changes)
    return [str(fault) for fault in caught.value.faults]
