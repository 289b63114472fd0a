"""The records of a table that people filled in: found under its heading, each cell by its column.

Pure.
"""

from collections.abc import Sequence

from app.language import _
from app.text import garbled
from app.text.cells import MERGED, letters, spoiled
from app.text.cleaning import clean, shown
from app.text.headings import Sheet, is_filled, key, names_of
from app.text.table import Fault, Table, TableFault, kind_of


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
            table.faults.append(Fault(number, beyond, kind_of(beyond)))
    _look_beside(table, sheet, heading, set(places.values()))
    if not table.records:
        none = _("Không có dòng nào dưới dòng tiêu đề. Điền danh sách rồi nhập lại.")
        raise TableFault([Fault(at + 1, none)], table.warnings, table.told)
    return table


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
        raise TableFault(
            [Fault(table.row, text)], table.warnings, stands(table.told, sheet.says or heading)
        )
    for title in required:
        if title not in places:
            text = _("Thiếu cột “{column}”. Thêm cột này vào dòng tiêu đề.").format(column=title)
            faults.append(Fault(table.row, text))
    if strange:
        names = ", ".join(f"“{name}”" for name in strange)
        table.of_heading(_("Các cột không dùng đến, được bỏ qua: {columns}.").format(columns=names))
    if faults:
        raise TableFault(faults, table.warnings, stands(table.told, sheet.says or heading))
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
