"""The tables of a file: cells as people see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Place = tuple[int, int]  # row and column, from 0


@dataclass(frozen=True)
class Cell:
    """A cell: its text, "n" for a number, "d" for a date, how it looks; `of` is the place of the
    first cell of the merged range that it is a later part of."""

    text: str = ""
    kind: str = " "
    bold: bool = False
    indent: int = 0
    of: Place | None = None


BLANK = Cell()


@dataclass(frozen=True)
class Table:
    """A sheet, or a table of a text with the paragraphs above it (`lead`)."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    lead: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    of_text: bool = False  # one of the tables of a text, which go on from one another

    def cell(self, row: int, column: int) -> Cell:
        cells = self.rows[row] if 0 <= row < len(self.rows) else ()
        return cells[column] if 0 <= column < len(cells) else BLANK

    def shown(self, row: int, column: int) -> str:
        """What people read at a place: in a merged range, what its first cell holds."""
        cell = self.cell(row, column)
        return self.cell(*cell.of).text if cell.of else cell.text


def packed(tables: Sequence[Table]) -> list[dict[str, Any]]:
    """Tables as plain values."""
    return [
        {
            "name": table.name,
            "lead": list(table.lead),
            "rows": [[_packed(cell) for cell in row] for row in table.rows],
            "hidden_rows": sorted(table.hidden_rows),
            "hidden_columns": sorted(table.hidden_columns),
            "of_text": table.of_text,
        }
        for table in tables
    ]


def _packed(cell: Cell) -> str | list[Any]:
    if cell == Cell(cell.text):
        return cell.text
    return [cell.text, cell.kind, int(cell.bold), cell.indent, *(cell.of or ())]


def unpacked(tables: Sequence[dict[str, Any]]) -> tuple[Table, ...]:
    return tuple(
        Table(
            table["name"],
            tuple(tuple(map(_unpacked, row)) for row in table["rows"]),
            tuple(table["lead"]),
            frozenset(table["hidden_rows"]),
            frozenset(table["hidden_columns"]),
            table["of_text"],
        )
        for table in tables
    )


def _unpacked(value: str | list[Any]) -> Cell:
    if isinstance(value, str):
        return Cell(value)
    text, kind, bold, indent, *of = value
    return Cell(text, kind, bool(bold), indent, (of[0], of[1]) if of else None)
