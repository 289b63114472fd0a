"""Quick exact numbers are the slow ones to the bit."""

import random
from fractions import Fraction

import pytest

from app.index import exact


@pytest.mark.parametrize("text", ["0", "100", "200/3", "0.5", "-2/6", "79.50"])
def test_a_text_is_read_as_a_fraction_reads_it(text: str) -> None:
    assert exact.fraction(text) == Fraction(text)


def test_a_sum_over_one_denominator_is_the_sum() -> None:
    chance = random.Random(13)
    values = [Fraction(chance.randint(-99, 99), chance.randint(1, 60)) for _n in range(60)]
    assert exact.total(values) == sum(values, Fraction(0))
    assert exact.total([]) == 0


def test_a_share_of_nothing_is_none() -> None:
    assert exact.share("1/3", "0.5") == Fraction(200, 3)
    assert exact.share(None, "1") is None
    assert exact.share("0", "0") is None
