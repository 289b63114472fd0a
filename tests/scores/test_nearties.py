"""Units that show the same percent with different ranks: why is said once, and exactly."""

from fractions import Fraction

import pytest

from app.language import decimal
from app.scores import nearties
from app.scores.results import List, Ranked


def ranked(code: str, rank: int | None, exact: str) -> Ranked:
    value = None if rank is None else Fraction(exact)
    shown = "*" if value is None else decimal(value, 2)
    name = f"Sở {code.upper()}"
    return Ranked(code, name, rank, shown, "1", "1", "", "20", "0", (), None, value)


def listed(*units: Ranked) -> List:
    return List("", units, "")


def test_where_the_percents_part_is_named_with_both() -> None:
    found = listed(ranked("a", 1, "89.923"), ranked("b", 2, "89.921"), ranked("c", 3, "80"))
    words = (
        "Cùng 89,92% nhưng hơn nhau từ số lẻ thứ ba: hạng 1 Sở A 89,923%; hạng 2 Sở B 89,921%.",
    )
    assert nearties.in_words(found, 2) == words
    assert nearties.of_unit(found, "b", 2) == words[0]
    assert nearties.of_unit(found, "c", 2) == ""


def test_equal_percents_share_a_rank_and_need_no_word() -> None:
    found = listed(ranked("a", 1, "2/3"), ranked("b", 1, "2/3"), ranked("c", None, "0"))
    assert nearties.in_words(found, 2) == ()


@pytest.mark.parametrize(
    ("exact", "place"),
    [
        (("89.92", "89.9200004"), "thứ bảy"),
        (("89.92", "89.92000000000004"), "thứ 14"),
        # The third would be told apart at the third decimal, the other two only at the fourth.
        (("89.9231", "89.9232", "89.921"), "thứ tư"),
    ],
)
def test_as_many_decimals_are_shown_as_tell_all_apart(exact: tuple[str, ...], place: str) -> None:
    order = sorted(exact, key=Fraction, reverse=True)
    units = [ranked(chr(97 + n), n + 1, each) for n, each in enumerate(order)]
    # A list in another order says the same: by rank.
    (words,) = nearties.in_words(listed(*reversed(units)), 2)
    assert f"từ số lẻ {place}: hạng 1 Sở A" in words
    shown = [part.rsplit(" ", 1)[1] for part in words.rstrip(".").split("; ")]
    assert len(set(shown)) == len(exact)
