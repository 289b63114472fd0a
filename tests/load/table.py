"""The table: what was measured beside the three columns of the design, as Markdown."""

from collections.abc import Iterable
from dataclasses import dataclass

# Worse than the floor by more than half needs a word on why.
TOLERATED = 1.5


@dataclass(frozen=True)
class Row:
    """One figure. `floor` and `goal` are in `unit`; `today` is as the design has it."""

    work: str
    figure: float
    unit: str
    floor: float | None = None
    goal: float | None = None
    today: str = ""
    more_is_better: bool = False
    note: str = ""

    @property
    def times_worse(self) -> float | None:
        """How many times worse than the floor; under 1 it is better."""
        if self.floor is None:
            return None
        worse, better = self.figure, self.floor
        return better / worse if self.more_is_better else worse / better

    @property
    def verdict(self) -> str:
        times = self.times_worse
        if times is None:
            return self.note
        if times > TOLERATED:
            word = f"**{times:.1f} times worse than the floor**"
        elif self.goal is not None and self._reaches(self.goal):
            word = "goal"
        elif times <= 1:
            word = "floor"
        else:
            word = "near the floor"
        return f"{word}; {self.note}" if self.note else word

    def _reaches(self, bound: float) -> bool:
        return self.figure >= bound if self.more_is_better else self.figure <= bound


def shown(value: float | None, unit: str) -> str:
    """Three figures are plenty."""
    if value is None:
        return "–"
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def markdown(rows: Iterable[Row]) -> str:
    head = ["work", "measured", "floor", "goal", "today", ""]
    cells = [
        [
            row.work,
            shown(row.figure, row.unit),
            shown(row.floor, row.unit),
            shown(row.goal, row.unit),
            row.today or "–",
            row.verdict,
        ]
        for row in rows
    ]
    widths = [max(len(line[place]) for line in [head, *cells]) for place in range(len(head))]
    lines = [head, ["-" * width for width in widths], *cells]
    return "\n".join(
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) + " |"
        for line in lines
    )
