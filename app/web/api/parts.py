"""What `more` is made of: what is computed from sheets elsewhere, in one place.

Each part that is not there (None) is answered as what a wave does not have.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.papers.export import Document
from app.store.db import Database, Session

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


PARTS = Parts()
