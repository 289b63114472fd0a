"""What `more` is made of: what is computed from sheets elsewhere, in one place.

Each part that is not there (None) is answered as what a wave does not have.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.audit import chain
from app.count import appraised, lineages, wholesheets
from app.keys.guard import keys_of
from app.papers.export import Document
from app.store.db import Database, Session
from app.text.table import TableFault
from app.waves import wave as waves
from app.years import compare
from app.years.compare import NothingShared

# (unit, criterion, points as a text)
Given = tuple[str, str, str]


class NotComparable(Exception):
    """Two sheets have nothing in common; the text says so and what to do."""


class PointsRefused(Exception):
    """Appraised points that cannot be taken; `faults` are all that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


@dataclass(frozen=True)
class Parts:
    """`compare(session, today's sheet, the earlier one)` gives phieu.compare/1 or raises
    NotComparable. `whole(session, wave, number or None)` gives a sheet of the whole index, None
    where there is none. `take(db, session, wave, points, who, now)` keeps appraised points in place
    of those before, notes it in the log and gives warnings; it raises PointsRefused, or WaveRefused
    for a wave that takes none."""

    compare: Callable[[Session, Document, Document], dict[str, Any]] | None = None
    whole: Callable[[Session, str, int | None], Document | None] | None = None
    take: (
        Callable[[Database, Session, str, Sequence[Given], str, datetime], Sequence[str]] | None
    ) = None


def whole_sheet(session: Session, code: str, number: int | None) -> Document | None:
    """A sheet of the whole index, the newest without a number."""
    wave = waves.load(session, code)
    made = wholesheets.numbers(session, wave)
    asked = number or (made[-1] if made else 0)
    return wholesheets.document_of(session, wave, asked) if asked in made else None


def compared(session: Session, today: Document, earlier: Document) -> dict[str, Any]:
    """Two sheets side by side, by the lineage that is kept with the wave for just that year."""
    known = lineages.earlier(session, waves.load(session, today["wave"]))
    fits = known is not None and known.sheet["digest"] == earlier["digest"]
    try:
        return compare.document(today, earlier, known.lineage if known and fits else None)
    except NothingShared as refused:
        raise NotComparable(str(refused)) from refused


def take(
    _db: Database, session: Session, code: str, given: Sequence[Given], who: str, now: datetime
) -> list[str]:
    """Appraised points of a program."""
    try:
        table = appraised.entries(given)
        taken = appraised.take(session, waves.load(session, code), table)
    except TableFault as refused:
        # Row 2 of the table is the first of the points.
        words = [f"points[{max(0, each.row - 2)}]: {each.message}" for each in refused.faults]
        raise PointsRefused(words) from refused
    chain.note(session, keys_of(session), now, who, "wave.appraised", code, rows=len(taken.points))
    return [each.message for each in taken.warnings]


PARTS = Parts(compare=compared, whole=whole_sheet, take=take)
