"""The rows of a roster file that were refused: what a page shows of them, and what is kept.

Pure. Row numbers are those of the file. What is kept is packed, since ten thousand bad rows are
three megabytes; nothing of it belongs into a log or a cookie.
"""

import json
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.language import _, number
from app.roster.columns import EMAIL, NAME
from app.roster.layout import Laid, lay
from app.text import table
from app.text.cleaning import clean
from app.text.headings import Rows, Sheet, is_filled
from app.text.table import Fault

ROW, REASON = _("Dòng trong tệp"), _("Lý do")
LONGEST_CELL = 32_000  # Excel takes a little more


@dataclass(frozen=True)
class BadRow:
    """One row, its cells under the heading of the file, and all that is wrong with it."""

    row: int
    cells: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class BadRows:
    """The bad rows of a file in its order.

    `heading_faults` are those of the heading. `kinds` are how many faults are of one kind, the most
    frequent first; `sound` how many rows have none; `told` is which part of the file was read.
    """

    file: str
    heading: tuple[str, ...]
    heading_faults: tuple[str, ...]
    rows: tuple[BadRow, ...]
    kinds: tuple[tuple[str, int], ...]
    sound: int
    told: str = ""

    def name(self, row: BadRow) -> str:
        """Who it is, for a page; "" when the cell is empty."""
        return self._cell(row, NAME)

    def email(self, row: BadRow) -> str:
        return self._cell(row, EMAIL)

    def _cell(self, row: BadRow, title: str) -> str:
        place = table.place_of(self.heading, title)
        return "" if place is None or place >= len(row.cells) else clean(row.cells[place])

    @property
    def sheet(self) -> list[list[str]]:
        """The heading and every bad row with its reasons: a list that can be mended and sent."""
        head = [*self.heading, ROW, REASON]
        body = [[*row.cells, number(row.row), " ".join(row.reasons)] for row in self.rows]
        return [head, *body]


def of(rows: Sheet | Rows | Laid, faults: Sequence[Fault], file: str, told: str = "") -> BadRows:
    """What is wrong with a file of which this sheet was read."""
    sheet = (rows if isinstance(rows, Laid) else lay(rows)).sheet
    at, found = sheet.heading, sheet.rows
    heading = _own(found[at]) if at is not None else ()
    first = at + 2 if at is not None else len(found) + 2
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        if fault.row >= first:
            reasons.setdefault(fault.row, []).append(fault.message)
    bad = tuple(
        BadRow(row, _cut(found[row - 1], len(heading)), tuple(told))
        for row, told in reasons.items()
    )
    of_heading = tuple(fault.message for fault in faults if fault.row < first)
    filled = sum(map(is_filled, found[first - 1 :]))
    kinds = Counter(fault.kind for fault in faults if fault.row >= first)
    sound = 0 if of_heading else filled - len(bad)
    return BadRows(file, heading, of_heading, bad, tuple(kinds.most_common()), sound, told)


def _own(heading: Sequence[str]) -> tuple[str, ...]:
    """The heading without the columns that a sheet of bad rows was given by us."""
    places = [table.place_of(heading, title) for title in (ROW, REASON)]
    end = min((place for place in places if place is not None), default=len(heading))
    return tuple(heading[:end])


def _cut(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(cell[:LONGEST_CELL] for cell in [*cells, *[""] * width][:width])


def pack(bad: BadRows) -> bytes:
    """Bad rows as they are kept."""
    rows = [(each.row, each.cells, each.reasons) for each in bad.rows]
    whole = (bad.file, bad.heading, bad.heading_faults, rows, bad.kinds, bad.sound, bad.told)
    return zlib.compress(json.dumps(whole, ensure_ascii=False).encode())


def unpack(packed: bytes) -> BadRows:
    """Bad rows as they were packed."""
    file, heading, heading_faults, rows, kinds, sound, *told = json.loads(zlib.decompress(packed))
    return BadRows(
        file,
        tuple(heading),
        tuple(heading_faults),
        tuple(BadRow(row, tuple(cells), tuple(reasons)) for row, cells, reasons in rows),
        tuple((kind, count) for kind, count in kinds),
        sound,
        *told,  # what was kept by an earlier version has none
    )
