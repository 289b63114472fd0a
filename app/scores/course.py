"""What a report says beside its score sheet: the head, when ballots went out, who sent them. Pure.

The document of a sheet is for other programs and has none of it. It does not change once the urn
is open, so the same sheet still gives the same files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.precision.kept import Precision
from app.scores.keyholders import Keyholders
from app.scores.letterhead import Letterhead
from app.scores.turnout import Cell


@dataclass(frozen=True)
class Course:
    """`cells` is empty where groups may not be told, None where nothing is known of them; without a
    `head` it is guessed. `precision` is None where an earlier version opened the urn, too."""

    head: Letterhead | None = None
    launched_at: datetime | None = None
    opens_at: datetime | None = None
    cells: Sequence[Cell] | None = None
    precision: Precision | None = None
    held_by: Keyholders | None = None  # of committee mode
