"""The table: what was measured, as a multiple of something bare of the same run, beside what is
asked for. As Markdown.

Milliseconds of two days or two machines are not compared with each other; multiples are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

# Worse than what is asked for by more than half needs a word on why.
TOLERATED = 1.5
# The CPU of one answer of the bare framework (tests/load/hello.py).
HELLOS = "hellos"
SECONDS = {"s": 1.0, "ms": 1e-3}


@dataclass(frozen=True)
class Row:
    """One figure, in `unit` and as a `multiple` of something; `must`, `goal` and `today` are in
    that multiple, or in the figure's own unit where there is none."""

    work: str
    figure: float
    unit: str
    must: float | None = None
    goal: float | None = None
    today: str = ""
    multiple: float | None = None
    of: str = ""
    more_is_better: bool = False
    note: str = ""

    def in_hellos(self, hello: float) -> "Row":
        """A row of time that is compared with nothing else, compared with a bare answer."""
        if self.multiple is not None or self.unit not in SECONDS:
            return self
        return replace(self, multiple=self.figure * SECONDS[self.unit] / hello, of=HELLOS)

    @property
    def judged(self) -> float:
        return self.figure if self.multiple is None else self.multiple

    @property
    def times_worse(self) -> float | None:
        """How many times worse than it must be; under 1 it is better."""
        if self.must is None:
            return None
        return self.must / self.judged if self.more_is_better else self.judged / self.must

    @property
    def verdict(self) -> str:
        times = self.times_worse
        if times is None:
            return self.note
        if times > TOLERATED:
            word = f"**{times:.1f} times worse than asked**"
        elif self.goal is not None and self._reaches(self.goal):
            word = "goal"
        elif times <= 1:
            word = "as asked"
        else:
            word = "near"
        return f"{word}; {self.note}" if self.note else word

    def _reaches(self, bound: float) -> bool:
        return self.judged >= bound if self.more_is_better else self.judged <= bound


def shown(value: float | None, unit: str) -> str:
    """Three figures are plenty."""
    if value is None:
        return "–"
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def markdown(rows: Iterable[Row]) -> str:
    head = ["work", "measured", "multiple", "must", "goal", "today", ""]
    cells = []
    for row in rows:
        unit = row.unit if row.multiple is None else row.of
        figures = shown(row.figure, row.unit), shown(row.multiple, row.of)
        asked = shown(row.must, unit), shown(row.goal, unit)
        cells.append([row.work, *figures, *asked, row.today or "–", row.verdict])
    widths = [max(len(line[place]) for line in [head, *cells]) for place in range(len(head))]
    lines = [head, ["-" * width for width in widths], *cells]
    return "\n".join(
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) + " |"
        for line in lines
    )
