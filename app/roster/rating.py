"""Whom somebody of a roster rates: group, own agency, and the units given to them.

Pure.
"""

import re
from collections.abc import Iterator

from app.index.definition import Index
from app.index.names import Names
from app.index.names import units as units_of
from app.language import _
from app.roster.columns import AGENCY, ASSIGNED, GROUP, MOST_STRANGE, NEEDED, needs
from app.text.cells import FORMULA, REMEDIES
from app.text.cleaning import clean, shown
from app.text.table import Fault, Record, Table


class Rating:
    """The cells of a table that say whom its people rate, and the look-ups all rows share."""

    def __init__(self, index: Index, rows: Table) -> None:
        self.index = index
        self.table = rows
        self.units = units_of(index)
        self.groups = Names({group.code: group.name for group in index.groups})
        self.first_of: dict[str, int] = {}  # the first row of each group
        self.asked_about = {
            group.code: {unit for _question, unit in index.asked(group.code, index.unit_of)}
            for group in index.groups
        }

    def read(self, record: Record) -> tuple[str, str | None, tuple[str, ...]]:
        """Group, own agency and assigned units of a row; notes a fault where nothing is rated.

        Worth nothing once the table holds a fault.
        """
        sound_so_far = len(self.table.faults)
        group, agency = self.group(record), self.agency(record)
        assigned = self.assigned(record, group)
        if len(self.table.faults) == sound_so_far and not self.is_lacking(record, group):
            self.something_to_rate(record, group, agency, assigned)
        return group, agency, assigned

    def is_lacking(self, record: Record, group: str) -> bool:
        """Whether a cell that this row needs is spoiled, or its column is not there at all."""
        if record.spoiled & {GROUP, AGENCY, ASSIGNED}:
            return True
        self.first_of.setdefault(group, record.row)
        return any(needs(self.index, group, column) for column in self.table.lacking & NEEDED)

    def must_have_columns(self) -> None:
        """Note each column that is not there although some row needs it."""
        for column in sorted(self.table.lacking & NEEDED):
            for group, row in self.first_of.items():
                if needs(self.index, group, column):
                    missing = _(
                        "Thiếu cột “{column}”, mà dòng {row} thuộc nhóm “{group}” cần cột ấy. Thêm"
                        " cột này vào dòng tiêu đề."
                    )
                    words = missing.format(column=column, row=row, group=group)
                    self.table.faults.append(Fault(self.table.row, words))
                    break

    def group(self, record: Record) -> str:
        cell = record.cells[GROUP]
        found = self.groups.find(clean(cell))
        if len(found) == 1:
            return found[0]
        if not clean(cell):
            problem = _("Để trống. Điền một trong các nhóm: {groups}.")
        elif found:
            problem = _("Có nhiều nhóm như vậy. Điền đúng mã: {groups}.")
        else:
            problem = _("Không có nhóm này. Dùng một trong các nhóm: {groups}.")
        groups = ", ".join(found or self.index.group_of)
        guess = "" if found else self.groups.guess(cell)
        self.table.fault(record, GROUP, problem + "{guess}", groups=groups, guess=guess)
        return ""

    def agency(self, record: Record) -> str | None:
        """The unit that is the own agency, or None, with a warning if it looks like a unit."""
        cell = record.cells.get(AGENCY, "")
        if AGENCY in record.spoiled:
            return None
        found = self.units.find(clean(cell))
        if len(found) > 1:
            many = _("Có nhiều đơn vị như vậy. Điền đúng mã: {units}.")
            self.table.fault(record, AGENCY, many, units=", ".join(found))
        if found:
            return found[0]
        if re.match("=[^?]", clean(cell)):
            self.table.fault(record, AGENCY, REMEDIES[FORMULA])
        elif re.search(r"\d", cell) and not any(map(str.isalpha, cell)):
            number = _("Chỉ có số, không phải mã đơn vị nào. Điền mã đơn vị hoặc tên cơ quan.")
            self.table.fault(record, AGENCY, number)
        near = self.units.resembling(cell)
        if near is not None:
            resembles = _(
                "Cơ quan “{agency}” gần giống {unit}. Nếu là một, sửa lại thành “{code}”, "
                "để người này không đánh giá cơ quan mình."
            )
            unit = self.units.described(near)
            self.table.warn(record, resembles.format(agency=shown(cell), unit=unit, code=near))
        return None

    def assigned(self, record: Record, group: str) -> tuple[str, ...]:
        """The units in the cell, each once. A group that does not rate `assigned` has none."""
        cell = record.cells.get(ASSIGNED, "")
        if ASSIGNED in record.spoiled:
            return ()
        if group and self.index.group_of[group].rates != "assigned":
            if clean(cell):
                # Whom the group rates stands in the index; a column filled for all is no harm.
                ignored = _(
                    "Nhóm “{group}” không đánh giá theo danh sách giao; cột Đơn vị đánh giá của "
                    "dòng này được bỏ qua."
                )
                self.table.warn(record, ignored, group=group)
            return ()
        units: dict[str, None] = {}
        strange = 0
        for part in self.parts(cell):
            found = self.units.find(part)
            if len(found) == 1:
                units[found[0]] = None
                continue
            if found:
                problem = _("Có nhiều đơn vị tên “{unit}”. Điền đúng mã: {units}.")
            else:
                problem = _("Không có đơn vị “{unit}”. Điền mã đơn vị, ngăn cách bằng dấu “;”.")
            values = {"unit": shown(part), "units": ", ".join(found)}
            values["guess"] = "" if found else self.units.guess(part)
            self.table.fault(record, ASSIGNED, problem + "{guess}", **values)
            if (strange := strange + 1) == MOST_STRANGE:
                break
        return tuple(units)

    def parts(self, cell: str) -> Iterator[str]:
        """The units a cell lists. A comma parts only where that finds one: names hold commas."""
        for part in filter(None, map(clean, re.split(r"[;\r\n]", cell))):
            pieces = [clean(piece) for piece in part.split(",")]
            if not self.units.find(part) and any(map(self.units.find, pieces)):
                yield from filter(None, pieces)
            else:
                yield part

    def something_to_rate(
        self, record: Record, group: str, agency: str | None, assigned: tuple[str, ...]
    ) -> None:
        """Note a fault if a ballot of this person would ask nothing."""
        rates = self.index.group_of[group].rates
        units = self.index.rated_units(group, agency, assigned)
        if any(unit in self.asked_about[group] for unit in units):
            return
        column, guess = ASSIGNED if rates == "assigned" else AGENCY, ""
        if rates == "own" and agency is None:
            guess = self.units.guess(record.cells.get(AGENCY, ""))
            problem = _(
                "Nhóm “{group}” chỉ đánh giá cơ quan mình, mà đây không phải mã hay tên một đơn "
                "vị. Điền mã đơn vị."
            )
        elif rates == "assigned" and not assigned:
            problem = _("Để trống. Nhóm “{group}” cần ít nhất một đơn vị. Điền mã đơn vị.")
        elif units:
            column = GROUP
            problem = _(
                "Nhóm “{group}” không có câu hỏi chấm điểm nào về {units}, nên không còn gì để "
                "đánh giá. Đổi nhóm hoặc đơn vị, hoặc xóa dòng này."
            )
        else:
            problem = _(
                "Chỉ có cơ quan của chính người này, nên không còn đơn vị nào để đánh giá. "
                "Thêm đơn vị khác hoặc xóa dòng này."
            )
        names = ", ".join(units[:5]) + ("…" if len(units) > 5 else "")
        values = {"group": group, "units": names, "guess": guess}
        self.table.fault(record, column, problem + "{guess}", **values)
