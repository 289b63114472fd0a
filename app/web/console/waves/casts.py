"""What came in of a wave: by group, and day by day, as the hourly notes have it.

Once the wave is over its last day ends with the count of all ballots (`counts`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from app.index.definition import Index
from app.language import HANOI, WEEKDAYS, _, day_month, decimal
from app.store.models import Wave
from app.waves import notes
from app.waves.notes import ALL, Note

SHORT = (_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN"))  # beneath a bar


@dataclass(frozen=True)
class Row:
    """A group, or several small ones together."""

    name: str
    issued: int
    cast: int
    percent: str
    width: str


@dataclass(frozen=True)
class Day:
    """What came in on one day, and until its end."""

    day: date
    weekday: str
    short: str
    written: str  # 02/3
    count: int
    total: int
    percent: str


def rows_of(index: Index, noted: list[Note]) -> list[Row]:
    """The last notes as rows of a table, in index order, the whole last."""
    of = {note.cell: note for note in noted}
    rows = [_row(name, of[cell]) for cell, name in names_of(index, noted)]
    return [*rows, _row(_("Tất cả"), of[ALL])] if ALL in of else rows


def _row(name: str, note: Note) -> Row:
    share = Fraction(100 * note.cast, note.issued) if note.issued else Fraction(0)
    return Row(name, note.issued, note.cast, decimal(share, 1), f"{float(share):.2f}")


def names_of(index: Index, latest: list[Note]) -> list[tuple[str, str]]:
    """The cells of the last notes in index order, each with the names of its groups."""
    order = {group.code: place for place, group in enumerate(index.groups)}
    cells = sorted(
        (note.cell for note in latest if note.cell != ALL),
        key=lambda cell: order.get(cell.partition("+")[0], 0),
    )
    names = {group.code: group.name for group in index.groups}
    return [(cell, "; ".join(names.get(each, each) for each in cell.split("+"))) for cell in cells]


def totals_of(wave: Wave, noted: list[Note]) -> dict[date, dict[str, int]]:
    """How many had cast by the end of each day that was noted, in the cells of the last note.

    Cells are only ever put together: what was noted apart before is added up.
    """
    found: dict[date, dict[str, int]] = {}
    for note in noted:
        found.setdefault(notes.day_of(wave, note.at), {})[note.cell] = note.cast
    last = {note.cell: set(note.cell.split("+")) for note in noted if note.at == noted[-1].at}
    return {
        day: {
            cell: sum(cast for part, cast in cells.items() if set(part.split("+")) <= groups)
            for cell, groups in last.items()
        }
        for day, cells in found.items()
    }


def days_of(wave: Wave, noted: list[Note]) -> list[Day]:
    """Casts day by day of Hà Nội, from the last note of each day; gaps of notes are 0 days."""
    whole = [note for note in noted if note.cell == ALL]
    if not whole:
        return []
    last = {notes.day_of(wave, note.at): note for note in whole}
    issued, before, found = whole[-1].issued, 0, []
    each = min(wave.opens_at.astimezone(HANOI).date(), min(last))
    while each <= max(last):
        total = last[each].cast if each in last else before
        found.append(_day(each, max(total - before, 0), total, issued))
        before, each = total, each + timedelta(days=1)
    return found


def _day(when: date, count: int, total: int, issued: int) -> Day:
    share = decimal(Fraction(100 * total, issued), 1) if issued else "0"
    weekday = when.weekday()
    written = day_month(when)
    return Day(when, WEEKDAYS[weekday], SHORT[weekday], written, count, total, share)
