"""Numbers to the geometry of a chart: bars, their notches, shares, shades. Pure.

Every drawing is 100 wide, so a width is a percent. Nothing here is text of a chart: numbers stand
beside it, in a table or a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from app.index.parts import ScoreClass
from app.language import decimal, rounded

# Where an index has no classes: the cut-offs most provinces use.
USUAL = (Fraction(90), Fraction(80), Fraction(65), Fraction(50))
# From the best step to the worst, by how many limits part them: the best is always the darkest,
# the worst always the one with the thick outline.
STEPS = {0: (1,), 1: (5, 1), 2: (5, 3, 1), 3: (5, 4, 3, 1), 4: (5, 4, 3, 2, 1)}
# Shades of a distribution, by the number of levels: neighbours differ.
SHADES = {1: "1", 2: "14", 3: "124", 4: "1234", 5: "12m34"}


@dataclass(frozen=True)
class Part:
    """One level in the bar of a question. `percent` is whole, for the words beside the bar."""

    label: str
    count: int
    shade: str
    x: str
    width: str
    percent: str


# The shades in words: (step, class or "", lowest percent or "" of the last one).
Key: TypeAlias = tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class Shades:
    """What classes make of a chart: the limits between shades, the marks on a bar, the key."""

    limits: tuple[Fraction, ...]
    notches: str
    key: Key


@cache
def shades(classes: tuple[ScoreClass, ...]) -> Shades:
    """The shades of units with these classes."""
    labels = {each.from_percent: each.label for each in classes}
    limits = limits_of(list(labels))
    steps = STEPS[len(limits)]
    under = [limit for limit in labels if limit < limits[-1]]
    last = (steps[-1], labels[under[0]] if len(under) == 1 else "", "")
    key = (
        *(
            (step, labels.get(limit, ""), decimal(limit, 2).removesuffix(",00"))
            for step, limit in zip(steps, limits, strict=False)
        ),
        last,
    )
    return Shades(limits, notches(limits), key)


def width(share: Fraction | None) -> str:
    """A percent as an attribute of SVG; nothing is drawn for what is missing."""
    return "0" if share is None else rounded(share, 2)


def notches(limits: Sequence[Fraction]) -> str:
    """The path of the marks on a bar."""
    return "".join(f"M{rounded(limit, 2)} 0v8" for limit in limits)


def parts(levels: Sequence[tuple[str, int]]) -> tuple[Part, ...]:
    """The bar of (level, count), best first; all widths are 0 when nobody gave a level."""
    total = sum(count for _label, count in levels) or 1
    shades = SHADES.get(len(levels), "12m34" * (1 + len(levels) // 5))
    found, before = [], 0
    for (label, count), shade in zip(levels, shades, strict=False):
        share = Fraction(100 * count, total)
        start = rounded(Fraction(100 * before, total), 2)
        found.append(Part(label, count, shade, start, width(share), decimal(share, 0)))
        before += count
    return tuple(found)


def limits_of(classes: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The limits between shades, highest first: four at most, those of the classes if any."""
    found = sorted({limit for limit in classes if limit > 0}, reverse=True)
    return tuple(found[:4]) or USUAL


def step(percent: Fraction, limits: Sequence[Fraction]) -> int:
    """Which shade of the heat map, 5 to 1; a limit belongs to the step above it."""
    above, under = percent.numerator, percent.denominator
    # Whole numbers alone: a map has ten thousand cells.
    below = sum(above * limit.denominator < limit.numerator * under for limit in limits)
    return STEPS[len(limits)][below]
