"""The roster file: who answers, in which group, about which units.

Pure. `read` turns the rows of a table into people, or raises `TableFault` with every bad row;
afterwards each person has one address nobody else has, a group of the index, and something to rate.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.index.definition import Index
from app.language import _
from app.roster.asides import Aside
from app.roster.columns import (
    AGENCY,
    ASSIGNED,
    BY_LETTER,
    CHANNEL,
    EMAIL,
    GROUP,
    LONGEST,
    NAME,
    PHONE,
    POSITION,
    columns_of,
)
from app.roster.layout import Laid, lay
from app.roster.rating import Rating
from app.text import brokencells, domains, phones, records
from app.text.cleaning import address_fault, clean, email_key, folded, has_encoded_word, shown
from app.text.headings import Rows, Sheet, is_filled
from app.text.table import Fault, Record, Table, TableFault

__all__ = [
    "AGENCY", "ASSIGNED", "CHANNEL", "EMAIL", "GROUP", "NAME", "PHONE", "POSITION",
    "Person", "Roster", "email_key", "parted", "read",
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
    """`asides` are the rows that were left out because they are nobody's, `told` what was read."""

    people: tuple[Person, ...]
    warnings: tuple[Fault, ...]
    asides: tuple[Aside, ...] = ()
    told: str = field(default="", compare=False)


def read(index: Index, rows: Sheet | Rows | Laid) -> Roster:
    """The people of a roster file in file order, and what the officer should look at.

    A column that no row needs may be missing. Raises `TableFault` with all faults and remedies.
    """
    laid = rows if isinstance(rows, Laid) else lay(rows)
    if laid.doubts:
        raise TableFault(laid.doubts, told=laid.sheet.told)
    reader = _Reader(index, records.read(laid.sheet, *columns_of(index)))
    brokencells.mark(reader.table, (NAME, GROUP, AGENCY, ASSIGNED, POSITION), name=NAME)
    people = [reader.person(record) for record in reader.table.records]
    reader.rating.must_have_columns()
    reader.look_at_domains(people)
    reader.table.refuse()
    return Roster(tuple(people), tuple(reader.table.warnings), laid.asides, laid.sheet.told)


def parted(index: Index, sheet: Sheet) -> tuple[list[Person], list[int]]:
    """The people of the sound rows of a sheet that was laid out, and the numbers of the others.

    Raises `TableFault` when its heading is at fault.
    """
    bad: set[int] = set()
    rows = list(sheet.rows)
    first = (sheet.heading or 0) + 2
    while any(map(is_filled, rows[first - 1 :])):
        try:
            return list(read(index, Laid(replace(sheet, rows=rows))).people), sorted(bad)
        except TableFault as fault:
            found = {each.row for each in fault.faults}
            if min(found) < first:
                raise
            bad |= found
            rows = [[] if at in bad else row for at, row in enumerate(rows, start=1)]
    return [], sorted(bad)


class _Reader:
    """One pass over a table: which addresses were seen so far, and whom its people rate."""

    def __init__(self, index: Index, rows: Table) -> None:
        self.table = rows
        self.rating = Rating(index, rows)
        self.row_of: dict[str, int] = {}

    def person(self, record: Record) -> Person:
        """The person of a row; worth nothing once the table holds a fault."""
        name = self.text(record, NAME)
        if not any(sign.isalpha() for sign in name):
            self.table.fault(record, NAME, _("Không có tên. Điền họ và tên."))
        email = self.email(record)
        group, agency, assigned = self.rating.read(record)
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

    def look_at_domains(self, people: Sequence[Person]) -> None:
        """Warn of domains that are likely slips, by what many others of the file have."""
        found = [domains.domain_of(person.email) for person in people]
        meant = domains.suspects(Counter(filter(None, found)))
        for record, domain in zip(self.table.records, found, strict=True):
            if domain in meant:
                words = _("Tên miền “{domain}” có vẻ gõ nhầm, có lẽ là “{meant}”.")
                self.table.warn(record, words, domain=shown(domain), meant=meant[domain])

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
