"""The roster file: who answers, in which group, about which units.

Pure. `read` turns the rows of a table into people, or raises `TableFault` with every bad row;
afterwards each person has one address nobody else has, a group of the index, and something to rate.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app import table
from app.cleaning import address_fault, clean, email_key, has_encoded_word, shown
from app.index import Index
from app.language import _
from app.names import Names
from app.table import Fault, Record, Table

__all__ = ["Person", "Roster", "email_key", "read"]

NAME, EMAIL, GROUP = "Họ và tên", "Email", "Nhóm"
AGENCY, ASSIGNED = "Cơ quan", "Đơn vị đánh giá"
POSITION, PHONE = "Chức vụ", "Điện thoại"
LONGEST = {NAME: 200, AGENCY: 300, POSITION: 200, PHONE: 50}
# In one cell; one with more of them holds no list of units, and each is compared with every name.
MOST_STRANGE = 10


@dataclass(frozen=True)
class Person:
    """One row: codes of the index, and texts cleaned for letters and pages.

    `agency` is the unit that is the own agency, None for any other; `agency_text` what the file
    says. `assigned` are unit codes as the file orders them, empty unless the group rates
    `assigned`.
    """

    name: str
    email: str
    group: str
    agency: str | None
    agency_text: str
    position: str
    phone: str
    assigned: tuple[str, ...]


@dataclass(frozen=True)
class Roster:
    people: tuple[Person, ...]
    warnings: tuple[Fault, ...]


def read(index: Index, rows: Sequence[Sequence[str]]) -> Roster:
    """The people of a roster file in file order, and what the officer should look at.

    Raises `TableFault` with every fault of every row, each with its remedy.
    """
    assigning = any(group.rates == "assigned" for group in index.groups)
    required, known = [NAME, EMAIL, GROUP, AGENCY], [POSITION, PHONE]
    (required if assigning else known).append(ASSIGNED)
    reader = _Reader(index, table.read(rows, required, known))
    people = [reader.person(record) for record in reader.table.records]
    reader.table.refuse()
    return Roster(tuple(people), tuple(reader.table.warnings))


class _Reader:
    """One pass over a table: what was seen so far, and the look-ups all rows share."""

    def __init__(self, index: Index, rows: Table) -> None:
        self.index = index
        self.table = rows
        self.units = Names({unit.code: unit.name for unit in index.units})
        self.groups = Names({group.code: group.name for group in index.groups})
        self.row_of: dict[str, int] = {}
        self.asked_about = {
            group.code: {unit for _question, unit in index.asked(group.code, index.unit_of)}
            for group in index.groups
        }

    def person(self, record: Record) -> Person:
        """The person of a row; worth nothing once the table holds a fault."""
        name = self.text(record, NAME)
        if not any(sign.isalpha() for sign in name):
            self.table.fault(record, NAME, _("Không có tên. Điền họ và tên."))
        email = self.email(record)
        sound_so_far = len(self.table.faults)
        group, agency = self.group(record), self.agency(record)
        assigned = self.assigned(record, group)
        if len(self.table.faults) == sound_so_far:
            self.something_to_rate(record, group, agency, assigned)
        return Person(
            name=name,
            email=email,
            group=group,
            agency=agency,
            agency_text=self.text(record, AGENCY),
            position=self.text(record, POSITION),
            phone=self.text(record, PHONE),
            assigned=assigned,
        )

    def text(self, record: Record, column: str) -> str:
        cleaned = clean(record.cells.get(column, ""))
        if len(cleaned) > LONGEST[column]:
            long = _("Dài {length} ký tự, tối đa {most}. Viết ngắn lại.")
            most = LONGEST[column]
            self.table.fault(record, column, long, length=len(cleaned), most=most)
        if has_encoded_word(cleaned):
            # Decoded by a mail program, such a text can end a header and begin another.
            self.table.fault(record, column, _("Có đoạn mã hóa “=?”. Gõ lại bằng chữ thường."))
        return cleaned

    def email(self, record: Record) -> str:
        cell = record.cells[EMAIL]
        problem = address_fault(cell)
        if problem:
            self.table.fault(record, EMAIL, problem)
        email = clean(cell)
        first = self.row_of.setdefault(email_key(email), record.row) if "@" in email else record.row
        if first != record.row:
            twice = _("Trùng với dòng {row}. Một người chỉ có một phiếu: xóa một trong hai dòng.")
            self.table.fault(record, EMAIL, twice, row=first)
        return email

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
        cell = record.cells[AGENCY]
        found = self.units.find(clean(cell))
        if len(found) > 1:
            many = _("Có nhiều đơn vị như vậy. Điền đúng mã: {units}.")
            self.table.fault(record, AGENCY, many, units=", ".join(found))
        if found:
            return found[0]
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
        if group and self.index.group_of[group].rates != "assigned":
            if clean(cell):
                # Whom the group rates stands in the index; a column filled for all is no harm.
                ignored = _(
                    "Nhóm “{group}” không đánh giá theo danh sách giao; cột Đơn vị đánh giá của "
                    "dòng này được bỏ qua."
                )
                self.table.warn(record, ignored.format(group=group))
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
            strange += 1
            if strange == MOST_STRANGE:
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
            guess = self.units.guess(record.cells[AGENCY])
            problem = _(
                "Nhóm “{group}” chỉ đánh giá cơ quan mình, mà đây không phải mã hay tên một đơn "
                "vị. Điền mã đơn vị."
            )
        elif rates == "assigned" and not assigned:
            problem = _("Để trống. Nhóm “{group}” cần ít nhất một đơn vị. Điền mã đơn vị.")
        elif units:
            column = GROUP
            problem = _(
                "Nhóm “{group}” không có câu hỏi nào về {units}, nên không còn gì để đánh giá. "
                "Đổi nhóm hoặc đơn vị, hoặc xóa dòng này."
            )
        else:
            problem = _(
                "Chỉ có cơ quan của chính người này, nên không còn đơn vị nào để đánh giá. "
                "Thêm đơn vị khác hoặc xóa dòng này."
            )
        names = ", ".join(units[:5]) + ("…" if len(units) > 5 else "")
        values = {"group": group, "units": names, "guess": guess}
        self.table.fault(record, column, problem + "{guess}", **values)
