"""A table people filled in: its heading, its rows by column, and what is wrong with it.

Pure. Rows come as text cells (`tables.table`); row numbers are those of the file, so that the
officer finds them in Excel. Blank rows count and are skipped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.language import _
from app.text import garbled
from app.text.cells import MERGED, is_ours, letters, spoiled
from app.text.cleaning import clean, shown
from app.text.headings import Sheet, is_filled, key, names_of


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
        kind = _("{column}: {reason}").format(column=column, reason=_kind(message))
        self.faults.append(Fault(row, text, kind))

    def warn(self, record: Record, message: str, **values: object) -> None:
        """Note what to look at; one `kind` for all rows when there are values."""
        text = message.format(**values) if values else message
        self.warnings.append(Fault(record.row, text, _kind(message) if values else ""))

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


def read(sheet: Sheet, required: Sequence[str], known: Sequence[str] = ()) -> Table:
    """The records under the heading of a sheet.

    Columns are found by title in any order; case, accents, spaces and punctuation do not matter.
    Raises `TableFault` when the heading lacks or repeats a column, or nothing stands below it.
    """
    if sheet.heading is None:
        titles = ", ".join(required)
        empty = _("Tệp trống. Dòng đầu cần có các cột: {columns}.").format(columns=titles)
        raise TableFault([Fault(1, empty)], told=sheet.told)
    at, heading = sheet.heading, sheet.rows[sheet.heading]
    table = Table(at + 1, sheet.told)
    places = _places(table, sheet, heading, required, known)
    table.lacking = frozenset(known) - places.keys()
    for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
        if not is_filled(row):
            continue
        table.take(sheet, number, places)
        if is_filled(row[len(heading) :]):
            # Taken as it is, the end of a list of units would be lost without a word.
            beyond = _('Dòng có nhiều ô hơn dòng tiêu đề. Đặt ô có dấu ngăn cách trong dấu “"”.')
            table.faults.append(Fault(number, beyond, _kind(beyond)))
    _look_beside(table, sheet, heading, set(places.values()))
    if not table.records:
        none = _("Không có dòng nào dưới dòng tiêu đề. Điền danh sách rồi nhập lại.")
        raise TableFault([Fault(at + 1, none)], table.warnings, table.told)
    return table


def place_of(heading: Sequence[str], title: str) -> int | None:
    """The place of a column, found as `read` finds it."""
    wanted = key(title)
    return next((place for place, cell in enumerate(heading) if key(cell) == wanted), None)


def _kind(message: str) -> str:
    """The first sentence of a message, what differs from row to row left out."""
    return re.sub(r"\{\w+\}", "…", message).partition(". ")[0].rstrip(".")


def _bare(cell: str) -> str:
    """A cell without the apostrophe by which people have Excel keep a text."""
    return cell[1:] if cell.startswith("'") and not cell.endswith("'") else cell


def _places(
    table: Table,
    sheet: Sheet,
    heading: Sequence[str],
    required: Sequence[str],
    known: Sequence[str],
) -> dict[str, int]:
    titles = {key(title): title for title in (*required, *known)}
    places: dict[str, int] = {}
    faults, strange = [], []
    for place, cell in enumerate(heading):
        title = titles.get(key(cell))
        if title is None:
            strange += [shown(cell)] if clean(cell) and not spoiled(cell) else []
        elif title in places:
            twice = _("Cột “{column}” có hai lần. Xóa hoặc đổi tên một cột.").format(column=title)
            faults.append(Fault(table.row, twice))
        else:
            places[title] = place
            if place in sheet.hidden_columns:
                hidden = _("Cột {letter}, “{column}”, đang ẩn trong tệp; vẫn được đọc.")
                table.of_heading(hidden.format(letter=letters(place), column=title))
    broken = [(cell, problem) for cell in heading if (problem := garbled.fault(cell))]
    if broken and not places.keys() >= set(required):
        # One reason, not one missing column after the other.
        cell, problem = broken[0]
        text = _("Tiêu đề “{title}”: {problem}").format(title=shown(cell), problem=problem)
        raise TableFault([Fault(table.row, text)], table.warnings, stands(table.told, heading))
    for title in required:
        if title not in places:
            text = _("Thiếu cột “{column}”. Thêm cột này vào dòng tiêu đề.").format(column=title)
            faults.append(Fault(table.row, text))
    if strange:
        names = ", ".join(f"“{name}”" for name in strange)
        table.of_heading(_("Các cột không dùng đến, được bỏ qua: {columns}.").format(columns=names))
    if faults:
        raise TableFault(faults, table.warnings, stands(table.told, heading))
    return places


def stands(told: str, heading: Sequence[str]) -> str:
    """What was read of a file, with what stands in the row that was taken for the heading."""
    texts = names_of(cell for cell in heading if clean(cell))
    if not told or not texts:
        return told
    words = _("Dòng ấy ghi: {texts}.").format(texts=texts)
    return f"{told} {words}"


def _look_beside(table: Table, sheet: Sheet, heading: Sequence[str], used: set[int]) -> None:
    """Tell of what stands in columns without a title: it is read by nobody."""
    for place, cell in enumerate(heading):
        if key(cell) and not spoiled(cell):
            continue
        below = (row[place] for row in sheet.rows[table.row :] if place < len(row))
        if not any(cell and clean(cell) for cell in below):
            continue
        first = place
        while first and heading[first].startswith(MERGED):
            first -= 1
        if first in used:
            merged = _(
                "Ô tiêu đề “{column}” gộp nhiều cột, nên không rõ cột {letter} là gì. Bỏ gộp ô, rồi"
                " ghi tiêu đề cho từng cột hoặc xóa cột thừa."
            )
            words = merged.format(column=shown(heading[first]), letter=letters(place))
            table.faults.append(Fault(table.row, words))
        else:
            untitled = _("Cột {letter} không có tiêu đề, được bỏ qua.")
            table.of_heading(untitled.format(letter=letters(place)))
