"""A file of other addresses: who, by the address that failed or by name, and what to write to now.

Pure. A row without a new address leaves its person alone: the table is handed out with one row for
everybody, and filled in for some.
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.language import _
from app.roster.columns import NAME
from app.text import records
from app.text.cleaning import ADDRESS, address_fault, clean, email_key, folded
from app.text.headings import Sheet, Wanted
from app.text.table import Fault, Record, Table, TableFault

OLD, NEW = "Địa chỉ cũ", "Địa chỉ mới"
# What such columns are called too.
OLD_TOO, NEW_TOO = ("Email cũ", "Thư cũ", "Email", "Địa chỉ thư"), ("Email mới", "Thư mới")
KNOWN = (NAME, OLD, *OLD_TOO, NEW, *NEW_TOO)


def is_change(row: Sequence[str]) -> bool:
    """Whether a row without a heading has two addresses."""
    return sum("@" in each and bool(ADDRESS.fullmatch(clean(each))) for each in row) > 1


WANTED = Wanted((NEW,), tuple(each for each in KNOWN if each != NEW), is_change)


class Known(NamedTuple):
    """Somebody whose letter failed."""

    id: int
    name: str
    email: str


def read(sheet: Sheet, people: Sequence[Known]) -> dict[int, str]:
    """The other address of each person whom a file has one for. Raises TableFault with all that is
    wrong."""
    table = records.read(sheet, (), KNOWN)
    new = _column(table, (NEW, *NEW_TOO))
    if not new or not (_column(table, (OLD, *OLD_TOO)) or NAME not in table.lacking):
        words = _(
            "Tệp cần cột “{new}”, và cột “{old}” hoặc “{name}” để biết của ai. Tải bảng này về để"
            " có tệp đúng mẫu."
        )
        raise TableFault([Fault(table.row, words.format(new=NEW, old=OLD, name=NAME))])
    found: dict[int, str] = {}
    for record in table.records:
        email = clean(record.cells[new])
        if not email:
            continue
        if problem := address_fault(record.cells[new]):
            table.fault(record, new, problem)
        id_ = _whose(table, record, people)
        if id_ in found and id_ is not None:
            table.fault(record, new, _("Người này có hai dòng trong tệp. Xóa một dòng."))
        elif id_ is not None:
            found[id_] = email
    table.refuse()
    if not found:
        words = _("Cột “{new}” chưa ghi địa chỉ nào.").format(new=new)
        raise TableFault([Fault(table.row, words)])
    return found


def _column(table: Table, titles: Sequence[str]) -> str:
    """The first of some columns that the file has."""
    return next((each for each in titles if each not in table.lacking), "")


def _whose(table: Table, record: Record, people: Sequence[Known]) -> int | None:
    """Whose row it is; None with a fault noted."""
    column = _column(table, (OLD, *OLD_TOO))
    old, name = clean(record.cells.get(column, "")), clean(record.cells.get(NAME, ""))
    if old:
        ids = [each.id for each in people if email_key(each.email) == email_key(old)]
        where, cell = column, old
    else:
        ids = [each.id for each in people if folded(each.name) == folded(name)] if name else []
        where, cell = NAME, name
    if len(ids) == 1:
        return ids[0]
    if not cell:
        words = _("Không ghi địa chỉ cũ hay họ tên, nên không rõ của ai.")
    elif ids:
        words = _("Có {count} người tên như vậy. Ghi địa chỉ cũ để biết là ai.")
    else:
        words = _("Không có trong bảng những người chưa nhận được thư.")
    table.fault(record, where or NAME, words, count=len(ids))
    return None
