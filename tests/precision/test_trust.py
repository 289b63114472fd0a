"""What an insider with the database could try with what is kept of how sure a result is."""

import itertools
import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from app.count.adding import Kind
from app.precision import levels, response
from app.precision.kept import Precision, UnitError, coarse, read, written
from app.precision.levels import Looked
from app.precision.response import Agency, Crossing, by_agency
from app.precision.variance import joined
from tests.making.sheets import make_index
from tests.making.sureness import Ballots, Said, random_ballots

GROUPS = ({"code": "hdnd"}, {"code": "xa"})


def rated(*said: str, group: str = "hdnd", issued: int = 0) -> Ballots:
    """One unit, as many questions as a ballot has signs."""
    leaves = tuple({"code": f"1.{n}", "max_points": "1"} for n in range(1, 1 + len(said[0])))
    index = make_index(groups=GROUPS, leaves=leaves, rules={"min_ballots": "5"})
    kind = Kind(group, True, 0, ("snv",), issued or 2 * len(said))
    return Ballots(
        index, (kind,), tuple(Said(0, each.encode().replace(b".", b"\0")) for each in said)
    )


def test_unanimous_ballots_and_ballots_that_only_add_up_alike_look_the_same() -> None:
    # Were 0 kept, it would tell that all z are one: beside the tally, how each answered both.
    unanimous = rated(*["AA"] * 5).look().precision()
    adding_up = rated(*["AB", "BA"] * 3).look().precision()
    nearly = rated(*["AA"] * 400, "AB", issued=401).look().precision()
    least = UnitError(Fraction(1, 100), Fraction(1, 100))
    assert unanimous.units == adding_up.units == nearly.units == {"snv": least}


def test_under_the_minimum_nothing_is_said_of_a_unit() -> None:
    assert rated(*["AB", "BC"] * 2).look().precision().units == {}
    assert "snv" in rated(*["AB", "BC", "AA", "CC", "DD"]).look().precision().units


def test_who_was_added_after_the_launch_helps_no_unit_to_a_standard_error() -> None:
    ballots = rated("A", "B", "C", "D")
    later = replace(ballots.kinds[0], at_launch=False, issued=4)
    known = tuple(Said(1, each.levels) for each in ballots.said)
    more = replace(ballots, kinds=(*ballots.kinds, later), said=(*ballots.said, *known))
    assert more.look().precision().units == {}


def test_of_one_question_an_error_says_what_the_tally_says() -> None:
    # It follows from the counts of the cell and from how many were issued: nothing is new.
    look = rated(*"AAABBCD", issued=20).look()
    counts, worth = Counter("AAABBCD"), {"A": 1.0, "B": 0.6, "C": 0.2, "D": 0.0}
    mean = sum(worth[level] * n for level, n in counts.items()) / 7
    squares = sum((worth[level] - mean) ** 2 * n for level, n in counts.items())
    spread = look.spreads()["snv"]
    assert spread is not None
    assert spread.error**2 == pytest.approx(100**2 * (1 - 7 / 20) * squares / 6 / 7)


def test_a_small_group_is_not_seen_by_its_variance() -> None:
    # Three of hdnd and two of xa are one stratum: who of them said what makes no difference.
    ballots = rated("A", "B", "C", "D", "A")
    hdnd, xa = (replace(ballots.kinds[0], group=group, issued=6) for group in ("hdnd", "xa"))

    def sure(*kinds: int) -> object:
        said = tuple(Said(kind, one.levels) for kind, one in zip(kinds, ballots.said, strict=True))
        return replace(ballots, kinds=(hdnd, xa), said=said).look().spreads()

    assert sure(0, 0, 0, 1, 1) == sure(1, 0, 1, 0, 0) == sure(0, 1, 0, 1, 0)


@pytest.mark.parametrize(
    ("sizes", "strata"),
    [
        ({"a": 9, "b": 6}, [["a"], ["b"]]),
        ({"a": 9, "b": 4, "c": 3}, [["a"], ["b", "c"]]),
        ({"a": 9, "b": 6, "c": 3}, [["a"], ["c", "b"]]),
        ({"a": 2, "b": 2}, None),
        ({}, None),
    ],
)
def test_strata_are_joined_as_cells_are(
    sizes: dict[str, int], strata: list[list[str]] | None
) -> None:
    assert joined(sizes, 5) == strata


@pytest.mark.parametrize(
    ("exact", "kept"), [(0.0, "1/100"), (1e-9, "1/100"), (0.53, "53/100"), (0.5301, "27/50")]
)
def test_what_is_kept_is_rounded_up_to_hundredths(exact: float, kept: str) -> None:
    assert coarse(exact) == Fraction(kept)


def test_nothing_but_hundredths_is_kept_of_random_waves() -> None:
    for seed in range(10):
        kept = random_ballots(seed).look().precision()
        assert read(written(kept)) == kept
        for unit in kept.units.values():
            for value in (unit.error, unit.margin, unit.difference or Fraction(1)):
                assert (100 * value).denominator == 1
                assert value > 0
        # Of all pairs only neighbours by rank: one difference for each unit at most.
        assert all(unit.below != code for code, unit in kept.units.items())


def looked(ballots: int, alike: int) -> Looked:
    return Looked(ballots, alike)


@pytest.mark.parametrize(
    ("alike", "told"), [(0, None), (4, None), (5, 25), (15, 75), (16, None), (20, None)]
)
def test_a_share_that_stands_for_few_or_for_nearly_all_is_not_told(
    alike: int, told: int | None
) -> None:
    assert levels.shares(["xa"], {"xa": looked(20, alike)}) == (("xa", told),)


def test_groups_of_few_ballots_are_looked_at_together() -> None:
    groups = ["a", "b", "c"]
    found = {"a": looked(30, 6), "b": looked(4, 3), "c": looked(8, 3)}
    assert levels.shares(groups, found) == (("a", 20), ("b+c", 50))
    assert levels.shares(groups, {"b": looked(4, 3)}) == ()


def test_a_ballot_of_one_level_has_ten_answers_and_no_other_level() -> None:
    one = Looked()
    for said in (b"A" * 10, b"A" * 12 + b"-\0-", b"A" * 9 + b"B", b"A" * 9 + b"-" * 5, b"-" * 20):
        one.add(said)
    assert (one.ballots, one.alike) == (3, 2)


def test_whoever_was_added_later_is_in_no_share() -> None:
    ballots = rated(*["A" * 10] * 10)
    later = replace(ballots.kinds[0], at_launch=False)
    assert ballots.look().precision().one_level == (("hdnd", None),)
    assert replace(ballots, kinds=(later,)).look().precision().one_level == ()


def crossing(cell: str, agency: str, issued: int, cast: int = 0, left: int = -1) -> Crossing:
    return Crossing(cell, agency, issued, cast, issued if left < 0 else left)


def test_an_agency_less_a_group_never_leaves_one_person() -> None:
    # All of group "so" but one are of stc: so less stc would be about that one.
    found = [crossing("so", "stc", 12), crossing("so", "snv", 1), crossing("xa", "snv", 20)]
    assert by_agency(found) == ()
    # With eleven others in the group it is told, and they are told together.
    found[1] = crossing("so", "snv", 11)
    assert by_agency(found) == (Agency("snv", 31, 0), Agency("stc", 12, 0))


def test_the_others_are_ten_or_none_in_each_group() -> None:
    found = [
        crossing("so", "stc", 12, 7),
        crossing("so", "syt", 15, 9),
        crossing("so", "sxd", 3, 1),
        crossing("xa", "", 40, 20),
    ]
    # The three would be alone: the smaller of the two agencies joins them.
    assert by_agency(found) == (Agency("syt", 15, 9), Agency("", 55, 28))


def test_an_agency_of_which_few_are_left_on_the_list_is_not_told() -> None:
    found = [crossing("so", "stc", 12, 7, left=9), crossing("so", "syt", 15, 9)]
    assert by_agency(found) == ()
    found.append(crossing("so", "sxd", 1))
    assert by_agency(found) == (Agency("syt", 15, 9), Agency("", 13, 7))


def test_every_sum_and_difference_of_groups_and_agencies_is_about_ten_or_more() -> None:
    dice = random.Random(13)
    for _round in range(60):
        found = [
            crossing(cell, agency, dice.choice((0, 0, 1, 9, 10, 14, 30)))
            for cell in "xyz"
            for agency in ("", "a", "b", "c")
        ]
        told = [agency.code for agency in by_agency(found) if agency.code]
        sizes = Counter({(each.cell, each.agency): each.issued for each in found})
        cells = {cell for cell, _agency in sizes if sum(sizes[cell, a] for a in ("", *"abc"))}
        for chosen in itertools.product((False, True), repeat=len(told)):
            taken = {code for code, yes in zip(told, chosen, strict=True) if yes}
            for cell in cells:
                inside = sum(sizes[cell, code] for code in taken)
                outside = sum(sizes[cell, code] for code in ("", *"abc") if code not in taken)
                assert not told or inside == 0 or inside >= response.LEAST
                assert not told or outside == 0 or outside >= response.LEAST


def test_an_empty_precision_is_read_back() -> None:
    assert read(written(Precision())) == Precision()
