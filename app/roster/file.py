"""The roster file: who answers, in which group, about which units.

Pure. `read` turns the rows of a table into people, or raises `TableFault` with every bad row;
afterwards each person has one address nobody else has, a group of the index, and something to rate.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.index.definition import Index
from app.index.names import Names
from app.index.names import units as units_of
from app.language import _
from app.roster.columns import (
    AGENCY,
    ASSIGNED,
    BY_LETTER,
    CHANNEL,
    EMAIL,
    GROUP,
    LONGEST,
    MOST_STRANGE,
    NAME,
    NEEDED,
    PHONE,
    POSITION,
    WANTED,
    columns_of,
    needs,
)
from app.text import brokencells, phones, table
from app.text.cells import FORMULA, REMEDIES
from app.text.cleaning import address_fault, clean, email_key, folded, has_encoded_word, shown
from app.text.headings import Rows, Sheet, sheet_of
from app.text.table import Fault, Record, Table

__all__ = [
    "AGENCY", "ASSIGNED", "CHANNEL", "EMAIL", "GROUP", "NAME", "PHONE", "POSITION",
    "Person", "Roster", "email_key", "read",
]  # fmt: skip


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


def read(index: Index, rows: Sheet | Rows) -> Roster:
    """The people of a roster file in file order, and what the officer should look at.

    A column that no row needs may be missing. Raises `TableFault` with all faults and remedies.
    """
    reader = _Reader(index, table.read(sheet_of(rows, WANTED), *columns_of(index)))
    brokencells.mark(reader.table, (NAME, GROUP, AGENCY, ASSIGNED, POSITION), name=NAME)
    people = [reader.person(record) for record in reader.table.records]
    reader.must_have_columns()
    reader.table.refuse()
    return Roster(tuple(people), tuple(reader.table.warnings))


class _Reader:
    """One pass over a table: what was seen so far, and the look-ups all rows share."""

    def __init__(self, index: Index, rows: Table) -> None:
        self.index = index
        self.table = rows
        self.units = units_of(index)
        self.groups = Names({group.code: group.name for group in index.groups})
        self.row_of: dict[str, int] = {}
        self.first_of: dict[str, int] = {}  # the first row of each group
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
        if len(self.table.faults) == sound_so_far and not self.is_lacking(record, group):
            self.something_to_rate(record, group, agency, assigned)
        return Person(
            name=name,
            email=email,
            group=group,
            agency=agency,
            agency_text=self.text(record, AGENCY),
            position=self.text(record, POSITION),
            phone=self.phone(record),
            assigned=assigned,
        )

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

    def phone(self, record: Record) -> str:
        """The telephone number, with what a spreadsheet did to it undone where that is certain."""
        if PHONE in record.spoiled:
            return ""
        cell = clean(record.cells.get(PHONE, ""))
        phone = phones.mended(cell)
        if phone != cell:
            mended = _("Điện thoại “{cell}” được đọc thành “{phone}”.")
            self.table.warn(record, mended, cell=shown(cell), phone=shown(phone))
        elif phones.is_cut(cell):
            cut = _("Điện thoại “{cell}” có vẻ mất số, không đoán được. Xem lại số này.")
            self.table.warn(record, cut, cell=shown(cell))
        return self.text(record, PHONE, phone)

    def channel(self, record: Record) -> bool:
        """Whether a letter is the way to this person, the only one there is so far."""
        if folded(record.cells.get(CHANNEL, "")) in ("", folded(BY_LETTER)):
            return True
        other = _(
            "Chưa phát phiếu được qua kênh này. Để trống hoặc ghi “{letter}” và điền địa chỉ thư,"
            " hoặc xóa dòng này."
        )
        self.table.fault(record, CHANNEL, other, letter=BY_LETTER)
        return False

    def text(self, record: Record, column: str, text: str | None = None) -> str:
        cleaned = clean(record.cells.get(column, "")) if text is None else text
        if len(cleaned) > LONGEST[column]:
            long = _("Dài {length} ký tự, tối đa {most}. Viết ngắn lại.")
            self.table.fault(record, column, long, length=len(cleaned), most=LONGEST[column])
        if has_encoded_word(cleaned):
            # Decoded by a mail program, such a text can end a header and begin another.
            self.table.fault(record, column, _("Có đoạn mã hóa “=?”. Gõ lại bằng chữ thường."))
        return cleaned

    def email(self, record: Record) -> str:
        cell = record.cells[EMAIL]
        by_letter = self.channel(record)
        problem = address_fault(cell) if by_letter or clean(cell) else None
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
