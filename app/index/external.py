"""The file of external leaves: the percent each unit got elsewhere (SIPAS, PCI …).

Pure. `read_external` raises `TableFault` with every bad row, or returns exact percents of leaves
that are external and apply to their unit.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from app.index.definition import Index
from app.index.names import Names
from app.index.names import units as units_of
from app.language import _
from app.text import brokencells, records
from app.text.cleaning import clean
from app.text.headings import Rows, Sheet, Wanted, sheet_of
from app.text.table import Fault, Record, Table

UNIT, CRITERION, PERCENT = "Đơn vị", "Tiêu chí", "Tỷ lệ"
WANTED = Wanted((UNIT, CRITERION, PERCENT))
NUMBER = re.compile(r"([+-]?[0-9]{1,30})(?:[.,]([0-9]{1,30}))?( ?%)?")


@dataclass(frozen=True)
class External:
    """(unit code, criterion code) → percent, 0 to 100, exact as written; what to look at."""

    percents: dict[tuple[str, str], Fraction]
    warnings: tuple[Fault, ...]


def read_external(index: Index, rows: Sheet | Rows) -> External:
    """The percents of a file.

    Raises `TableFault` with every fault of every row, each with its remedy.
    """
    filled = records.read(sheet_of(rows, WANTED), WANTED.titles)
    brokencells.mark(filled, (UNIT, CRITERION))
    units = units_of(index)
    criteria = Names({leaf.code: leaf.name for leaf in index.leaves if leaf.method == "external"})
    percents: dict[tuple[str, str], Fraction] = {}
    row_of: dict[tuple[str, str], int] = {}
    for record in filled.records:
        unit = unit_in(units, filled, record)
        criterion = _criterion(index, criteria, filled, record)
        percent = _percent(filled, record)
        if unit is None or criterion is None:
            continue
        if not index.applies(criterion, index.unit_of[unit]):
            outside = _("Tiêu chí này không áp dụng cho đơn vị “{unit}”. Xóa dòng này.")
            filled.fault(record, CRITERION, outside.format(unit=unit))
        first = row_of.setdefault((unit, criterion), record.row)
        if first != record.row:
            twice = _("Đơn vị và tiêu chí trùng với dòng {row}. Xóa một trong hai dòng.")
            filled.fault(record, CRITERION, twice.format(row=first))
        if percent is not None:
            percents[unit, criterion] = percent
    filled.refuse()
    return External(percents, tuple(filled.warnings))


def is_number(filled: Table, record: Record, column: str) -> bool:
    """Whether Excel keeps a code as a number, so that nobody knows what was typed; noted."""
    if record.kinds.get(column) != "n":
        return False
    number = _(
        "Excel giữ mã này như một số, nên số 0 ở đầu hay ở cuối (1.10 khác 1.1) có thể đã mất. Định"
        " dạng ô là Văn bản (Text) rồi gõ lại mã."
    )
    filled.fault(record, column, number)
    return True


def unit_in(units: Names, filled: Table, record: Record) -> str | None:
    """The code of a row's unit; None where there is none, which is noted."""
    cell = record.cells[UNIT]
    if is_number(filled, record, UNIT):
        return None
    found = units.find(clean(cell))
    if len(found) == 1:
        return found[0]
    if not clean(cell):
        problem = _("Để trống. Điền mã đơn vị.")
    elif found:
        problem = _("Có nhiều đơn vị như vậy. Điền đúng mã: {units}.").format(
            units=", ".join(found)
        )
    else:
        problem = _("Không có đơn vị này. Điền mã đơn vị.") + units.guess(cell)
    filled.fault(record, UNIT, problem)
    return None


def _criterion(index: Index, criteria: Names, filled: Table, record: Record) -> str | None:
    cell = record.cells[CRITERION]
    text = clean(cell)
    if is_number(filled, record, CRITERION):
        return None
    found = criteria.find(text)
    if len(found) == 1:
        return found[0]
    codes = ", ".join(criteria.name_of)
    if not criteria.name_of:
        problem = _("Bộ chỉ số không có tiêu chí nào lấy từ kết quả khác. Không cần nhập tệp này.")
    elif not text:
        problem = _("Để trống. Điền một trong các mã: {codes}.")
    elif found:
        problem = _("Có nhiều tiêu chí như vậy. Điền đúng mã: {codes}.")
        codes = ", ".join(found)
    elif text in index.criterion_of or text in {one.code for one in index.components}:
        problem = _(
            "Tiêu chí này không lấy điểm từ kết quả khác (external). "
            "Dùng một trong các mã: {codes}."
        )
    else:
        # Excel makes 1.1 of 1.10 and a date of 2.4.1 unless the column is text.
        problem = _(
            "Không có tiêu chí này. Dùng một trong các mã: {codes}. Nếu Excel tự đổi mã thành số "
            "hay ngày, định dạng cột là Văn bản (Text) rồi gõ lại."
        )
    filled.fault(record, CRITERION, problem.format(codes=codes))
    return None


def _percent(filled: Table, record: Record) -> Fraction | None:
    text = clean(record.cells[PERCENT])
    match = NUMBER.fullmatch(text)
    if not text:
        problem = _("Để trống. Điền tỷ lệ từ 0 đến 100, hoặc xóa dòng nếu chưa có kết quả.")
    elif match is None:
        problem = _("Không phải số. Viết tỷ lệ từ 0 đến 100, ví dụ 83,64.")
    else:
        percent = Fraction(f"{match[1]}.{match[2] or 0}")
        if not 0 <= percent <= 100:
            problem = _("Ngoài khoảng 0 đến 100. Viết tỷ lệ phần trăm, ví dụ 83,64.")
        elif 0 < percent <= 1 and not match[3]:
            # 0.79 is what a cell holds that was meant as 79 %.
            problem = _(
                "Không rõ là phần trăm hay phần của 1. Viết kèm dấu %: 79 % là bảy mươi chín phần"
                " trăm, 0,79 % là chưa đến một."
            )
        else:
            return percent
    filled.fault(record, PERCENT, problem)
    return None
