"""Who kept the key of an urn, as papers and pages say it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.language import _, moment
from app.scores.paper import MISSING, Column, Table


@dataclass(frozen=True)
class Holder:
    """One trustee: their place, what they are called, the print of their key, when they handed in
    what they opened."""

    place: int
    called: str
    print: str
    handed_at: datetime | None = None


@dataclass(frozen=True)
class Keyholders:
    """The trustees of a wave, and how many of them open its urn."""

    need: int
    those: Sequence[Holder]

    @property
    def words(self) -> str:
        words = _("{number} ủy viên giữ khóa, phải có {need} người cùng mở")
        return words.format(number=len(self.those), need=self.need)


def table(held_by: Keyholders, opened: bool) -> Table:
    """The trustees one by one; `opened`: with when each opened."""
    columns = [
        Column(_("Số"), 1, centred=True),
        Column(_("Ủy viên giữ khóa"), 4, number=False),
        Column(_("Mã nhận dạng khóa"), 4, number=False),
        *([Column(_("Gửi phần khóa lúc"), 4, number=False)] if opened else []),
    ]
    rows = [
        (
            *(str(each.place), each.called, each.print),
            *([moment(each.handed_at) if each.handed_at else MISSING] if opened else []),
        )
        for each in held_by.those
    ]
    notes = (_("* Không cần mở: đã đủ người."),) if opened else ()
    return Table(_("Ủy viên giữ khóa"), tuple(columns), tuple(rows), notes)
