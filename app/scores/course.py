"""What a report says beside its score sheet: the head, when ballots went out, who sent them. Pure.

The document of a sheet is for other programs and has none of it. It does not change once the urn
is open, so the same sheet still gives the same files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.scores.letterhead import Letterhead
from app.scores.turnout import Cell


@dataclass(frozen=True)
class Course:
    """`cells` is None where the rows do not fit what was counted, empty where too few people were
    asked; without a `head` it is guessed."""

    head: Letterhead | None = None
    launched_at: datetime | None = None
    opens_at: datetime | None = None
    cells: Sequence[Cell] | None = None
