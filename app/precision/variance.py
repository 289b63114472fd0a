"""From sums over ballots to the variance of a percent: groups as strata. Pure.

    V = Σ over strata  n ÷ (n − 1) · (1 − n ÷ N) · Σ (z − mean of z)²

n are the ballots of a stratum that answer about the unit, N those issued to people who are asked
about it. Stratified sampling without replacement, Särndal, Swensson, Wretman 1992, section 3.7 with
5.5; Lohr 2022, section 9.1. Numbers are exact, so that they do not depend on the order of the urn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from app.precision.student import quantile

# z is kept as a whole number of these parts of a point of percent.
PARTS = 1 << 56


@dataclass
class Sample:
    """Ballots of one group that answer about a unit: how many, and the sums of z and of its
    square, in PARTS. `sound` are those that were issued at the launch."""

    count: int = 0
    sound: int = 0
    first: int = 0
    second: int = 0

    def add(self, z: int, at_launch: bool) -> None:
        self.count += 1
        self.sound += at_launch
        self.first += z
        self.second += z * z

    def join(self, other: "Sample") -> None:
        """Take the ballots of another one."""
        self.count += other.count
        self.sound += other.sound
        self.first += other.first
        self.second += other.second


def joined(sizes: Mapping[str, int], minimum: int) -> list[list[str]] | None:
    """The groups that are one stratum, joined as rule 0 joins cells: those under the minimum
    together, and while they are too few the smallest other with them. None: too few in all."""
    together = [code for code, size in sizes.items() if size < minimum]
    alone = [code for code, size in sizes.items() if size >= minimum]
    if together and sum(sizes[code] for code in together) < minimum:
        if not alone:
            return None
        smallest = min(alone, key=sizes.__getitem__)
        alone.remove(smallest)
        together.append(smallest)
    strata = [[code] for code in alone] + ([together] if together else [])
    return strata or None


@dataclass(frozen=True)
class Spread:
    """The variance of a percent in points of percent, and its degrees of freedom: ballots less
    strata."""

    variance: Fraction
    freedom: int

    @property
    def error(self) -> float:
        """The standard error."""
        return sqrt(self.variance)

    @property
    def margin(self) -> float:
        """Half of the 95 % interval."""
        return quantile(self.freedom) * self.error


def spread(
    groups: Sequence[str],
    samples: Mapping[str, Sample],
    issued: Mapping[str, int],
    minimum: int,
) -> Spread | None:
    """The spread of the total of z; None when too few ballots were issued at the launch. `groups`
    are all groups in the order of the index."""
    present = {
        code: samples[code].sound for code in groups if code in samples and samples[code].count
    }
    # One ballot has no spread.
    strata = joined(present, max(2, minimum))
    if strata is None:
        return None
    found = Fraction(0)
    for each in strata:
        found += _of([samples[code] for code in each], sum(issued[code] for code in each))
    return Spread(found, sum(samples[code].count for code in present) - len(strata))


def _of(samples: Sequence[Sample], issued: int) -> Fraction:
    count = sum(each.count for each in samples)
    first = sum(each.first for each in samples)
    second = sum(each.second for each in samples)
    spread = Fraction(second) - Fraction(first * first, count)
    # A full return leaves nothing to chance.
    left = max(Fraction(0), 1 - Fraction(count, issued))
    return Fraction(count, count - 1) * left * spread / (PARTS * PARTS)
