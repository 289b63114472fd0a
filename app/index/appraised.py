"""The file of appraised points: what the council gave each unit on the leaves it appraises.

Pure. Two layouts are read: one row per unit and leaf (`Đơn vị`, `Tiêu chí`, `Điểm`), or one row per
unit and one column per leaf, as the form that we hand out. Either may have a column `Người đứng
đầu`. `read_appraised` raises `TableFault` with every bad row, or returns exact points, each of a
leaf that is appraised, applies to its unit and has no fewer points.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.index.appraisedcells import ABSENT, HEAD, Cells, Leaves, leaves
from app.index.definition import Index
from app.index.external import CRITERION, UNIT, unit_in
from app.index.parts import Criterion, Unit
from app.language import _
from app.text import brokencells, garbled, records
from app.text.cells import letters, one_row, spoiled
from app.text.cleaning import clean, shown
from app.text.headings import Rows, Sheet, Wanted, is_filled, key, sheet_of, titles_in
from app.text.table import Fault, Record, Table, TableFault

POINTS, NAME, MOST = "Điểm", "Tên đơn vị", "Điểm tối đa"
LISTED = (UNIT, CRITERION, POINTS)
# Other words for a title, the likelier first; taken where its own is not there.
SYNONYMS = {
    UNIT: ("Mã đơn vị", "Mã cơ quan", "Cơ quan", "Tên cơ quan", "Cơ quan, đơn vị", NAME),
    CRITERION: ("Mã tiêu chí", "Tiêu chí thành phần"),
    POINTS: ("Điểm thẩm định", "Điểm đạt"),
    HEAD: ("Thủ trưởng", "Họ tên người đứng đầu"),
}
NAMED = 8  # units that a warning names


__all__ = ["HEAD", "leaves"]  # of its cells


@dataclass(frozen=True)
class Appraised:
    """(unit code, leaf code) → points, exact as written; unit code → name of its head."""

    points: dict[tuple[str, str], Fraction]
    heads: dict[str, str]
    warnings: tuple[Fault, ...]


def leaves_of(index: Index, unit: Unit) -> tuple[Criterion, ...]:
    """The appraised leaves that apply to a unit, in file order."""
    return tuple(leaf for leaf in leaves(index) if index.applies(leaf.code, unit))


def missing(
    index: Index, known: Mapping[tuple[str, str], Fraction]
) -> dict[Unit, tuple[Criterion, ...]]:
    """The leaves that units have no points on yet; a unit that has all is not there."""
    found = {
        unit: tuple(leaf for leaf in leaves_of(index, unit) if (unit.code, leaf.code) not in known)
        for unit in index.units
    }
    return {unit: left for unit, left in found.items() if left}


def wanted(index: Index) -> Wanted:
    """What a table of appraised points is known by."""
    known = Leaves(index)

    def is_heading(row: Sequence[str]) -> bool:
        titles = titles_in(row, found)
        return UNIT in titles and (CRITERION in titles or any(map(known.titled, row)))

    found = Wanted((UNIT,), (CRITERION, POINTS, HEAD), synonyms=SYNONYMS)
    return replace(found, row=is_heading)


def read_appraised(index: Index, rows: Sheet | Rows) -> Appraised:
    """The points of a file, in either layout.

    Raises `TableFault` with every fault of every row, each with its remedy.
    """
    cells = Cells(index)
    sheet = _in_our_words(sheet_of(rows, wanted(index)))
    if not cells.leaves.name_of:
        none = _("Bộ chỉ số không có tiêu chí nào chấm bằng thẩm định. Không cần nhập tệp này.")
        raise TableFault([Fault(1, none)], told=sheet.told)
    heading = sheet.rows[sheet.heading] if sheet.heading is not None else ()
    titles = {key(cell) for cell in heading}
    if key(CRITERION) in titles or key(POINTS) in titles or not heading:
        filled = _list(cells, sheet)
    else:
        filled = _matrix(cells, sheet)
    filled.refuse()
    left = missing(index, cells.points)
    return Appraised(cells.points, cells.heads, (*filled.warnings, *_incomplete(left, filled)))


def _in_our_words(sheet: Sheet) -> Sheet:
    """A sheet whose heading has our titles where it had other words for them."""
    if sheet.heading is None:
        return sheet
    heading = list(sheet.rows[sheet.heading])
    keys = [key(cell) for cell in heading]
    for title, words in SYNONYMS.items():
        if key(title) not in keys:
            there = (keys.index(key(word)) for word in words if key(word) in keys)
            place = next(there, None)
            if place is not None:
                heading[place] = title
    rows = [*sheet.rows[: sheet.heading], heading, *sheet.rows[sheet.heading + 1 :]]
    return replace(sheet, rows=rows, says=sheet.rows[sheet.heading])


def _incomplete(left: Mapping[Unit, tuple[Criterion, ...]], filled: Table) -> Iterator[Fault]:
    """What is not appraised yet, in one warning for units that lack the same."""
    alike: dict[tuple[Criterion, ...], list[str]] = {}
    for unit, lacking in left.items():
        alike.setdefault(lacking, []).append(unit.name)
    for lacking, names in alike.items():
        words = _("Chưa có điểm thẩm định, nên chưa có kết quả cả bộ: {units}; tiêu chí {codes}.")
        named = "; ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
        codes = ", ".join(leaf.code for leaf in lacking)
        yield Fault(filled.row, words.format(units=named, codes=codes))


def _list(cells: Cells, sheet: Sheet) -> Table:
    """A row per unit and leaf."""
    filled = records.read(sheet, LISTED, (HEAD,))
    brokencells.mark(filled, (UNIT, CRITERION, HEAD), HEAD)
    row_of: dict[tuple[str, str], int] = {}
    for record in filled.records:
        unit = unit_in(cells.units, filled, record)
        leaf = cells.leaf(filled, record)
        if unit is not None:
            cells.head(filled, record, unit)
        if unit is None or leaf is None:
            cells.given(filled, record, POINTS, leaf)
            continue
        first = row_of.setdefault((unit, leaf), record.row)
        if first != record.row:
            twice = _("Đơn vị và tiêu chí trùng với dòng {row}. Xóa một trong hai dòng.")
            filled.fault(record, CRITERION, twice.format(row=first))
        if not cells.index.applies(leaf, cells.index.unit_of[unit]):
            outside = _("Tiêu chí này không áp dụng cho đơn vị “{unit}”. Xóa dòng này.")
            filled.fault(record, CRITERION, outside.format(unit=unit))
        if not clean(record.cells[POINTS]):
            empty = _("Để trống. Điền điểm, hoặc xóa dòng nếu chưa thẩm định.")
            filled.fault(record, POINTS, empty)
        cells.take(filled, record, POINTS, unit, leaf)
    return filled


def _matrix(cells: Cells, sheet: Sheet) -> Table:
    """A row per unit, a column per leaf."""
    at = sheet.heading or 0
    filled = Table(at + 1, sheet.told)
    places = _places(cells, filled, sheet, at)
    for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
        mine = [row[place] for place in places.values() if place < len(row)]
        if sum(map(one_row, row)) > 1:
            words, values = spoiled(next(filter(one_row, row))) or ("", {})
            filled.faults.append(Fault(number, words.format(**values)))
        elif is_filled(mine):
            filled.take(sheet, number, places)
    columns = [title for title in (UNIT, HEAD) if title in places]
    brokencells.mark(filled, columns, HEAD)
    row_of: dict[str, int] = {}
    for record in filled.records:
        if key(record.cells[UNIT]) == key(MOST):
            cells.maxima(filled, record)
            continue
        unit = unit_in(cells.units, filled, record)
        if unit is None:
            continue
        first = row_of.setdefault(unit, record.row)
        if first != record.row:
            twice = _("Đơn vị trùng với dòng {row}. Xóa một trong hai dòng.")
            filled.fault(record, UNIT, twice.format(row=first))
        cells.head(filled, record, unit)
        _row(cells, filled, record, unit)
    if not row_of and not filled.faults:
        none = _("Không có dòng nào dưới dòng tiêu đề. Điền danh sách rồi nhập lại.")
        raise TableFault([Fault(at + 1, none)], filled.warnings, filled.told)
    return filled


def _row(cells: Cells, filled: Table, record: Record, unit: str) -> None:
    """The points of a unit; what is left out is not appraised yet."""
    for leaf in cells.leaves.name_of:
        if clean(record.cells.get(leaf, "")) not in ABSENT:
            if not cells.index.applies(leaf, cells.index.unit_of[unit]):
                outside = _("Tiêu chí này không áp dụng cho đơn vị “{unit}”. Xóa điểm ở ô này.")
                filled.fault(record, leaf, outside.format(unit=unit))
            cells.take(filled, record, leaf, unit, leaf)


def _places(cells: Cells, filled: Table, sheet: Sheet, at: int) -> dict[str, int]:
    """The columns of a matrix: `Đơn vị`, `Người đứng đầu` and leaves by their codes."""
    heading, places, strange = sheet.rows[at], dict[str, int](), []
    own = {key(title): title for title in (UNIT, HEAD)}
    faults: list[str] = []
    for place, cell in enumerate(heading):
        text = clean(cell)
        title = own.get(key(text)) or cells.leaves.titled(text)
        column = _("Cột {letter} “{title}”:").format(letter=letters(place), title=shown(cell))
        if words := _untitled(cells, text, title, sheet.kind(at, place), places):
            faults.append(f"{column} {words}")
        elif title is not None:
            places[title] = place
        elif text and not spoiled(cell) and key(text) != key(NAME):
            strange.append(shown(cell))
    if UNIT not in places:
        lacking = _("Thiếu cột “{column}”. Thêm cột này vào dòng tiêu đề.").format(column=UNIT)
        faults.insert(0, next(filter(None, map(garbled.fault, heading)), lacking))
    if not faults and not places.keys() & cells.leaves.name_of.keys():
        none = _(
            "Không thấy điểm của tiêu chí nào. Dòng tiêu đề cần có các cột Đơn vị, Tiêu chí,"
            " Điểm; hoặc cột Đơn vị và mỗi tiêu chí thẩm định một cột ghi mã: {codes}."
        )
        faults.append(none.format(codes=", ".join(cells.leaves.name_of)))
    if strange:
        names = ", ".join(f"“{name}”" for name in strange)
        words = _("Các cột không dùng đến, được bỏ qua: {columns}.").format(columns=names)
        filled.of_heading(words)
    if faults:
        found = [Fault(at + 1, words) for words in faults]
        raise TableFault(found, filled.warnings, records.stands(filled.told, sheet.says or heading))
    return places


def _untitled(
    cells: Cells, text: str, title: str | None, kind: str, places: Mapping[str, int]
) -> str:
    """What is wrong with the title of a column, beside those found before; "" when nothing is."""
    if text and kind in ("n", "d"):
        return _(
            "Excel giữ mã này như một số hay ngày, nên mã có thể đã khác (1.10 khác 1.1). Định dạng"
            " ô là Văn bản (Text) rồi gõ lại mã."
        )
    if title in places:
        return _("có hai lần. Xóa hoặc đổi tên một cột.")
    return "" if title else cells.foreign(text)
