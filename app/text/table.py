"""A table people filled in: its rows by column, and what is wrong with it.

Pure. Rows come as text cells (`tables.table`); row numbers are those of the file, so that the
officer finds them in Excel. Blank rows count and are skipped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.language import _
from app.text.cells import is_ours, spoiled
from app.text.cleaning import shown
from app.text.headings import Sheet, key


@dataclass(frozen=True)
class Fault:
    """What is wrong in one row and what to do about it; also used for warnings.

    Faults of one `kind` differ only in what stands in the row; it is "" for the heading's, and for
    warnings that are settled one by one.
    """

    row: int
    message: str
    kind: str = field(default="", compare=False)

    def __str__(self) -> str:
        return _("Dòng {row}: {message}").format(row=self.row, message=self.message)


class TableFault(Exception):
    """A table of which nothing was taken: every fault, in row order, and the warnings beside;
    `told` says what was read of the file."""

    def __init__(
        self, faults: Sequence[Fault], warnings: Sequence[Fault] = (), told: str = ""
    ) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.row))
        self.warnings = tuple(warnings)
        self.told = told
        super().__init__("\n".join([*([told] if told else []), *map(str, self.faults)]))


@dataclass(frozen=True)
class Record:
    """One row below the heading: its cells as they stand, by column title.

    Of the columns in `spoiled` nothing more is to be said; `kinds` has those that are no text
    ("n" for a number).
    """

    row: int
    cells: dict[str, str]
    kinds: Mapping[str, str] = field(default_factory=dict)
    spoiled: frozenset[str] = frozenset()


@dataclass
class Table:
    """The rows of a sound heading; faults and warnings grow while the rows are read.

    `lacking` are the optional columns that the file does not have.
    """

    row: int = 1
    told: str = ""
    lacking: frozenset[str] = frozenset()
    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(self, record: Record, column: str, message: str, **values: object) -> None:
        """Note a fault in a cell: the column, what stands there, and `message` with its values."""
        if column not in record.spoiled:
            self._note(record.row, column, record.cells.get(column, ""), message, values)

    def _note(
        self, row: int, column: str, cell: str, message: str, values: Mapping[str, object]
    ) -> None:
        value = shown(cell)
        place = _("{column} “{value}”").format(column=column, value=value) if value else column
        words = message.format(**values) if values else message
        text = _("{place}: {message}").format(place=place, message=words)
        kind = _("{column}: {reason}").format(column=column, reason=kind_of(message))
        self.faults.append(Fault(row, text, kind))

    def warn(self, record: Record, message: str, **values: object) -> None:
        """Note what to look at; one `kind` for all rows when there are values."""
        text = message.format(**values) if values else message
        self.warnings.append(Fault(record.row, text, kind_of(message) if values else ""))

    def of_heading(self, message: str) -> None:
        self.warnings.append(Fault(self.row, message, message))

    def refuse(self) -> None:
        """Raise `TableFault` if any row was bad."""
        if self.faults:
            raise TableFault(self.faults, self.warnings, self.told)

    def take(self, sheet: Sheet, number: int, places: Mapping[str, int]) -> None:
        """Take a row, its number from 1. A cell without a content of its own is a fault here."""
        row = sheet.rows[number - 1]
        cells = {title: _bare(row[at]) if at < len(row) else "" for title, at in places.items()}
        kinds = {title: sheet.kind(number - 1, at) for title, at in places.items()}
        gone = set()
        for title, cell in cells.items():
            why = spoiled(cell, kinds[title])
            if why:
                gone.add(title)
                self._note(number, title, "" if is_ours(cell) else cell, *why)
        self.records.append(Record(number, cells, kinds, frozenset(gone)))


def place_of(heading: Sequence[str], title: str) -> int | None:
    """The place of a column, found as `records.read` finds it."""
    wanted = key(title)
    return next((place for place, cell in enumerate(heading) if key(cell) == wanted), None)


def kind_of(message: str) -> str:
    """The first sentence of a message, what differs from row to row left out."""
    return re.sub(r"\{\w+\}", "…", message).partition(". ")[0].rstrip(".")


def _bare(cell: str) -> str:
    """A cell without the apostrophe by which people have Excel keep a text."""
    return cell[1:] if cell.startswith("'") and not cell.endswith("'") else cell
