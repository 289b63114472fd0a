"""The quantile of Student's t that a 95 % interval needs. Pure.

By the closed form of the distribution for a whole number of degrees of freedom (Abramowitz, Stegun
1964, 26.7.3 and 26.7.4), inverted by bisection; from FEW on by the expansion around the normal
quantile (26.7.5), which is right to nine digits there.
"""

from functools import lru_cache
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist

FEW = 150


@lru_cache(1024)
def quantile(freedom: int) -> float:
    """The t with 95 % of the distribution between -t and t."""
    if freedom < FEW:
        low, high = 0.0, 13.0
        for _step in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if _between(middle, freedom) < 0.95 else (low, middle)
        return high
    x, n = NormalDist().inv_cdf(0.975), freedom
    return (
        x
        + (x**3 + x) / (4 * n)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * n**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * n**3)
        + (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / (92160 * n**4)
    )


def _between(t: float, freedom: int) -> float:
    """How much lies between -t and t."""
    angle = atan(t / sqrt(freedom))
    if freedom == 1:
        return 2 * angle / pi
    odd = freedom % 2
    term = total = cos(angle) if odd else 1.0
    for step in range(2 + odd, freedom - 1, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        total += term
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
