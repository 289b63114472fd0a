"""What is said of intervals: limits, percents from elsewhere, neighbours that are not apart."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from app.precision.kept import Precision, UnitError
from app.precision.margins import Margins, not_apart, summary

ERROR = UnitError(Fraction("0.50"), Fraction("1.00"))


@dataclass(frozen=True)
class Unit:
    code: str
    rank: int | None
    exact: Fraction | None

    @property
    def name(self) -> str:
        return f"Sở {self.code}"


def unit(code: str, percent: str | None, external: bool = False) -> dict[str, Any]:
    """Two leaves of one point, of which the second may be from elsewhere."""
    other = {"percent": "80"} if external else {"questions": []}
    leaves = [{"questions": []}, other]
    return {
        "code": code,
        "exact_percent": percent,
        "max_points": None if percent is None else "2",
        "criteria": [{"max_points": "1", "exact": "1/2"} | leaf for leaf in leaves],
    }


def margins(percents: dict[str, str | None], known: dict[str, UnitError], **more: bool) -> Margins:
    document = {"units": [unit(code, each, **more) for code, each in percents.items()]}
    return Margins(document, Precision(known))


def ranked(*percents: str, ranks: tuple[int, ...] = ()) -> list[Unit]:
    return [
        Unit("abcd"[place], ranks[place] if ranks else place + 1, Fraction(each))
        for place, each in enumerate(percents)
    ]


def test_an_interval_is_cut_off_at_100() -> None:
    found = margins({"a": "199/2"}, {"a": ERROR}).of("a")
    assert found is not None
    assert (found.low, found.high) == (Fraction("98.5"), 100)
    assert (found.shown, found.words) == ("±1,00", "từ 98,50 đến 100,00")
    assert found.whisker.startswith("M98.50 4H100.00")


def test_a_percent_from_elsewhere_makes_the_surveyed_part_smaller() -> None:
    found = margins({"a": "80"}, {"a": ERROR}, external=True).of("a")
    assert found is not None
    assert (found.error, found.half) == (Fraction("0.25"), Fraction("0.5"))


@pytest.mark.parametrize("percent", [None, "80"])
def test_without_a_percent_or_an_error_there_is_no_interval(percent: str | None) -> None:
    known = {"a": ERROR} if percent is None else {}
    assert margins({"a": percent}, known).of("a") is None


def test_neighbours_are_told_apart_by_the_interval_of_their_difference() -> None:
    # Their own intervals lie one upon the other: the same people rate both.
    known = {"a": UnitError(Fraction(1), Fraction(2), "b", Fraction("0.80")), "b": ERROR}
    found = margins({"a": "81", "b": "80"}, known)
    assert [pair.apart for pair in found.pairs(ranked("81", "80"))] == [True]
    assert [pair.apart for pair in found.pairs(ranked("80.8", "80"))] == [False]
    # It is the same difference when an import has turned them round.
    turned = [Unit("b", 1, Fraction(81)), Unit("a", 2, Fraction(80))]
    assert [pair.apart for pair in found.pairs(turned)] == [True]


def test_new_neighbours_are_told_apart_when_their_intervals_lie_apart() -> None:
    found = margins({"a": "83", "b": "80"}, {"a": ERROR, "b": ERROR})
    assert [pair.apart for pair in found.pairs(ranked("82.01", "80"))] == [True]
    assert [pair.apart for pair in found.pairs(ranked("82", "80"))] == [False]


def test_who_shares_a_rank_is_no_pair() -> None:
    found = margins({"a": "80", "b": "80"}, {"a": ERROR, "b": ERROR})
    assert found.pairs(ranked("80", "80", ranks=(1, 1))) == ()


def test_neighbours_in_a_row_are_told_as_one() -> None:
    found = margins(dict.fromkeys("abcd", "80"), dict.fromkeys("abcd", ERROR))
    pairs = found.pairs(ranked("90", "89", "88", "80"))
    assert summary(pairs).startswith("2 trong 3 cặp")
    assert "từ Sở a (hạng 1) đến Sở c (hạng 3)." in not_apart(pairs)
    apart = found.pairs(ranked("90", "80"))
    assert not_apart(apart) == ""
    assert "hơn rõ" in summary(apart)
    assert summary(()) == ""


def test_of_an_earlier_version_nothing_is_known() -> None:
    found = Margins({"units": [unit("a", "80")]}, None)
    assert not found.known
    assert found.of("a") is None
    assert found.pairs(ranked("90", "80")) == ()
