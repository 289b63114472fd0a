"""A table people filled in: its heading, its rows by column, and what is wrong with it.

Pure. Rows come as text cells (`workbook.rows`); row numbers are those of the file, so that the
officer finds them in Excel. Blank rows count and are skipped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app import garbled
from app.cleaning import clean, folded, shown
from app.language import _


@dataclass(frozen=True)
class Fault:
    """What is wrong in one row and what to do about it; also used for warnings.

    Faults of one `kind` differ only in what stands in the row; it is "" for the heading's.
    """

    row: int
    message: str
    kind: str = field(default="", compare=False)

    def __str__(self) -> str:
        return _("Dòng {row}: {message}").format(row=self.row, message=self.message)


class TableFault(Exception):
    """A table of which nothing was taken: every fault, in row order, and the warnings beside."""

    def __init__(self, faults: Sequence[Fault], warnings: Sequence[Fault] = ()) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.row))
        self.warnings = tuple(warnings)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Record:
    """One row below the heading: its cells as they stand, by column title.

    Of the columns in `spoiled` nothing more is to be said.
    """

    row: int
    cells: dict[str, str]
    spoiled: frozenset[str] = frozenset()


@dataclass
class Table:
    """The rows of a sound heading; faults and warnings grow while the rows are read."""

    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def fault(self, record: Record, column: str, message: str, **values: object) -> None:
        """Note a fault in a cell: the column, what stands there, and `message` with its values."""
        if column in record.spoiled:
            return
        value = shown(record.cells.get(column, ""))
        place = _("{column} “{value}”").format(column=column, value=value) if value else column
        words = message.format(**values) if values else message
        text = _("{place}: {message}").format(place=place, message=words)
        kind = _("{column}: {reason}").format(column=column, reason=_kind(message))
        self.faults.append(Fault(record.row, text, kind))

    def warn(self, record: Record, message: str) -> None:
        self.warnings.append(Fault(record.row, message))

    def refuse(self) -> None:
        """Raise `TableFault` if any row was bad."""
        if self.faults:
            raise TableFault(self.faults, self.warnings)


def read(
    rows: Sequence[Sequence[str]], required: Sequence[str], known: Sequence[str] = ()
) -> Table:
    """The records under the heading, which is the first row that is not blank.

    Columns are found by title in any order; case, accents, spaces and punctuation do not matter.
    Raises `TableFault` when the heading lacks or repeats a column, or nothing stands below it.
    """
    at = heading_of(rows)
    if at is None:
        titles = ", ".join(required)
        empty = _("Tệp trống. Dòng đầu cần có các cột: {columns}.").format(columns=titles)
        raise TableFault([Fault(1, empty)])
    heading = rows[at]
    table = Table()
    places = _places(table, heading, at + 1, required, known)
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        if not _filled(row):
            continue
        cells = {title: row[place] if place < len(row) else "" for title, place in places.items()}
        table.records.append(Record(number, cells))
        if _filled(row[len(heading) :]):
            # Taken as it is, the end of a list of units would be lost without a word.
            beyond = _('Dòng có nhiều ô hơn dòng tiêu đề. Đặt ô có dấu ngăn cách trong dấu “"”.')
            table.faults.append(Fault(number, beyond, _kind(beyond)))
    if not table.records:
        none = _("Không có dòng nào dưới dòng tiêu đề. Điền danh sách rồi nhập lại.")
        raise TableFault([Fault(at + 1, none)], table.warnings)
    return table


def heading_of(rows: Sequence[Sequence[str]]) -> int | None:
    """The place of the heading: the first row that is not blank."""
    return next((place for place, row in enumerate(rows) if _filled(row)), None)


def place_of(heading: Sequence[str], title: str) -> int | None:
    """The place of a column, found as `read` finds it."""
    wanted = _title(title)
    return next((place for place, cell in enumerate(heading) if _title(cell) == wanted), None)


def _kind(message: str) -> str:
    """The first sentence of a message, what differs from row to row left out."""
    return re.sub(r"\{\w+\}", "…", message).partition(". ")[0].rstrip(".")


def _filled(row: Sequence[str]) -> bool:
    return any(clean(cell) for cell in row)


def _places(
    table: Table, heading: Sequence[str], row: int, required: Sequence[str], known: Sequence[str]
) -> dict[str, int]:
    titles = {_title(title): title for title in (*required, *known)}
    places: dict[str, int] = {}
    faults, strange = [], []
    for place, cell in enumerate(heading):
        title = titles.get(_title(cell))
        if title is None:
            strange += [shown(cell)] if clean(cell) else []
        elif title in places:
            twice = _("Cột “{column}” có hai lần. Xóa hoặc đổi tên một cột.").format(column=title)
            faults.append(Fault(row, twice))
        else:
            places[title] = place
    broken = [(cell, problem) for cell in heading if (problem := garbled.fault(cell))]
    if broken and not places.keys() >= set(required):
        # One reason, not one missing column after the other.
        cell, problem = broken[0]
        text = _("Tiêu đề “{title}”: {problem}").format(title=shown(cell), problem=problem)
        raise TableFault([Fault(row, text)], table.warnings)
    for title in required:
        if title not in places:
            text = _("Thiếu cột “{column}”. Thêm cột này vào dòng tiêu đề.").format(column=title)
            faults.append(Fault(row, text))
    if strange:
        names = ", ".join(f"“{name}”" for name in strange)
        ignored = _("Các cột không dùng đến, được bỏ qua: {columns}.").format(columns=names)
        table.warnings.append(Fault(row, ignored))
    if faults:
        raise TableFault(faults, table.warnings)
    return places


def _title(cell: str) -> str:
    return folded(cell).replace(" ", "")
