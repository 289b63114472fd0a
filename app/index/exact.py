"""Exact numbers quickly: out of the texts of a sheet, and summed over one denominator.

Pure. What comes out is the same to the bit as with `Fraction(text)` and `sum`, whose steps cost a
page of ten thousand cells most of its time.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import lcm


@lru_cache(16384)
def fraction(text: str) -> Fraction:
    """The number of a text such as "200/3", "100" or "0.5"."""
    above, _slash, below = text.partition("/")
    if above.isdecimal() and (below or "1").isdecimal():
        return Fraction(int(above), int(below or 1))
    return Fraction(text)


@lru_cache(16384)
def share(points: str | None, maximum: str) -> Fraction | None:
    """Points in percent of a maximum; None where there are none, or nothing to divide by."""
    if points is None or not fraction(maximum):
        return None
    return 100 * fraction(points) / fraction(maximum)


@lru_cache(4096)
def share_of(parts: tuple[tuple[str, str], ...]) -> Fraction | None:
    """100·Σ points ÷ Σ maxima of parts as (points, maximum), in texts; None with nothing to divide
    by. The same parts are asked for by unit, by block and by year."""
    maximum = total_of(tuple([most for _points, most in parts]))
    points = total_of(tuple([points for points, _most in parts]))
    return 100 * points / maximum if maximum else None


@lru_cache(4096)
def total_of(texts: tuple[str, ...]) -> Fraction:
    """The sum of numbers in texts."""
    return total([fraction(text) for text in texts])


def total(values: Iterable[Fraction]) -> Fraction:
    """The sum, reduced once."""
    known = list(values)
    below = lcm(*{value.denominator for value in known})
    return Fraction(sum(value.numerator * (below // value.denominator) for value in known), below)
