"""What holds for every index and every tally, and a second computation in whole numbers."""

import random
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.index import file as indexfile
from app.index.parts import Group
from app.scores.scoring import Counts, Tally, cells, score
from tests.making.sheets import Case, cases, together

REAL = Path(__file__).parents[2] / "questionnaires" / "lai-chau-2022.toml"

# Enough for every branch; more are a matter of time, not of kind.
sheets = settings(max_examples=60, deadline=None)


def shuffled(mapping: Any, chance: random.Random) -> Any:
    """The same mapping in another order, inner ones too."""
    items = [(k, shuffled(v, chance) if isinstance(v, dict) else v) for k, v in mapping.items()]
    chance.shuffle(items)
    return dict(items)


@sheets
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_matter(case: Case, chance: random.Random) -> None:
    other = Case(
        case.index,
        shuffled(case.answers, chance),
        shuffled(case.external, chance),
        shuffled(case.later, chance),
    )
    assert repr(other.tally.counts) == repr(case.tally.counts)  # the order within cells, too
    assert other.sheet == case.sheet


@sheets
@given(cases(), st.data())
def test_more_of_the_best_level_never_lowers_a_percent(case: Case, data: st.DataObject) -> None:
    tally = case.tally
    kept = [(item, cell) for item, found in tally.counts.items() for cell in found or ()]
    if not kept:
        return
    (item, cell), extra = data.draw(st.sampled_from(kept)), data.draw(st.integers(1, 9))
    more: dict[str, dict[str, int]] = {
        key: dict(n) for key, n in (tally.counts[item] or {}).items()
    }
    more[cell]["A"] += extra
    worse = score(case.index, tally, case.external)
    better = score(case.index, replace(tally, counts={**tally.counts, item: more}), case.external)
    for before, after in zip(worse.units, better.units, strict=True):
        if before.percent is not None:
            assert after.percent is not None
            assert after.percent >= before.percent


@sheets
@given(cases(weighting="groups"), st.fractions(min_value="1/100", max_value=100))
def test_group_weights_scale_out(case: Case, factor: Fraction) -> None:
    def heavier(group: Group) -> Group:
        return replace(group, weight=group.weight * factor)

    index = replace(case.index, groups=tuple(map(heavier, case.index.groups)))
    assert score(index, case.tally, case.external) == case.sheet


@sheets
@given(cases())
def test_percents_stay_within_0_to_100_and_nothing_missing_is_nought(case: Case) -> None:
    for unit in case.sheet.units:
        assert unit.percent is None or 0 <= unit.percent <= 100
        for leaf in unit.leaves:
            assert (leaf.code in unit.missing) == (leaf.ratio is None)
            assert (leaf.points is None) == (leaf.ratio is None or unit.reason is not None)


@sheets
@given(cases())
def test_every_answer_is_in_exactly_one_cell_and_no_cell_is_under_the_minimum(case: Case) -> None:
    minimum = case.index.rules.min_ballots
    for item, found in case.tally.counts.items():
        given_ = {g: sum(n.values()) for g, n in case.said(item).items() if any(n.values())}
        if found is None:
            assert sum(at_launch(case, item).values()) < minimum
            continue
        members = [code for cell in found for code in cell.split("+")]
        assert sorted(members) == sorted(given_)
        assert sum("+" in cell for cell in found) <= 1
        for cell, numbers in found.items():
            total = sum(given_[code] for code in cell.split("+"))
            assert sum(numbers.values()) == total >= minimum


def at_launch(case: Case, item: tuple[str, str]) -> dict[str, int]:
    """How many answers each group gave on ballots that were issued at the launch."""
    return {group: sum(said.values()) for group, said in case.answers.get(item, {}).items()}


@settings(sheets, max_examples=150)
@given(cases())
def test_whoever_added_people_and_knows_what_they_say_learns_of_no_fewer_than_the_minimum(
    case: Case,
) -> None:
    """Taken from what is published, the answers of later ballots leave in every cell either those
    of enough people whom nobody added, or nothing."""
    for item, found in case.tally.counts.items():
        for cell, numbers in (found or {}).items():
            left = dict(numbers)
            for group in cell.split("+"):
                for level, number in case.later.get(item, {}).get(group, {}).items():
                    left[level] -= number
            of_them = sum(at_launch(case, item).get(group, 0) for group in cell.split("+"))
            assert min(left.values()) >= 0
            assert sum(left.values()) == of_them >= case.index.rules.min_ballots


@sheets
@given(cases(), st.data())
def test_no_number_of_later_ballots_opens_a_cell_that_was_shut(
    case: Case, data: st.DataObject
) -> None:
    """Answers that are added later never part what lay together, nor show what was withheld."""
    item = data.draw(st.sampled_from(case.index.items))
    question = case.index.question_of[item[0]]
    by_group = case.answers.get(item, {})
    before = cells(case.index, question, by_group)
    more = {g: {"A": data.draw(st.integers(0, 30))} for g in question.groups}
    after = cells(case.index, question, together(by_group, more), at_launch(case, item))
    assert (after is None) == (before is None)
    for cell in after or {}:
        members = set(cell.split("+")) & {g for g, said in by_group.items() if any(said.values())}
        # Each cell of before lies whole in one of now, or whole outside of it.
        for known in before or {}:
            assert set(known.split("+")) <= members or not set(known.split("+")) & members


# A second computation, straight from the rules in docs/scores.md: whole numbers only, each ratio a
# pair (numerator, denominator) that is never reduced, the index in its canonical JSON form.

Ratio = tuple[int, int]


def pair(text: str) -> Ratio:
    above, _bar, below = text.partition("/")
    return int(above), int(below or 1)


def plus(a: Ratio, b: Ratio) -> Ratio:
    return a[0] * b[1] + b[0] * a[1], a[1] * b[1]


def times(a: Ratio, b: Ratio) -> Ratio:
    return a[0] * b[0], a[1] * b[1]


def over(a: Ratio, b: Ratio) -> Ratio | None:
    return None if b[0] == 0 else (a[0] * b[1], a[1] * b[0])


def total(ratios: Iterable[Ratio]) -> Ratio:
    result = (0, 1)
    for ratio in ratios:
        result = plus(result, ratio)
    return result


def weighted(pairs: Iterable[tuple[Ratio, Ratio | None]]) -> Ratio | None:
    known = [(w, value) for w, value in pairs if value is not None]
    return over(total(times(w, value) for w, value in known), total(w for w, _value in known))


def by_rule_0(raw: Any, by_group: Any, launched: Any) -> Any:
    """Cells as lists of group codes, found by joining until nothing is too small; `launched` are
    the answers that decide it."""
    order = [group["code"] for group in raw["groups"]]
    least = int(raw["rules"]["min_ballots"])
    size = {code: sum(launched.get(code, {}).values()) for code in order}
    if sum(size.values()) < least:
        return None
    found = [[code] for code in order if size[code] >= least]
    small = [code for code in order if size[code] < least and any(by_group.get(code, {}).values())]
    while small and sum(size[code] for code in small) < least:
        fewest = min(sum(size[code] for code in cell) for cell in found)
        joining = next(cell for cell in found if sum(size[code] for code in cell) == fewest)
        found.remove(joining)
        small += joining
    return {
        "+".join(sorted(cell, key=order.index)): [by_group[code] for code in cell]
        for cell in (*found, small)
        if cell
    }


def question_ratio(raw: Any, question: Any, found: Any) -> Ratio | None:
    if found is None:
        return None
    scale = next(s for s in raw["scales"] if s["code"] == question["scale"])
    weight = {level["code"]: pair(level["weight"]) for level in scale["levels"]}
    group = {g["code"]: pair(g["weight"]) for g in raw["groups"]}

    def points_and_number(groups: list[Any]) -> tuple[Ratio, Ratio]:
        points = total(times(weight[k], (g[k], 1)) for g in groups for k in weight)
        number = sum(g[k] for g in groups for k in weight)
        if raw["rules"]["no_opinion"] == "zero":
            number += sum(g["-"] for g in groups)
        return points, (number, 1)

    if raw["rules"]["weighting"] == "pooled":
        return over(*points_and_number([g for groups in found.values() for g in groups]))
    return weighted(
        (total(group[code] for code in cell.split("+")), over(*points_and_number(groups)))
        for cell, groups in found.items()
    )


def unit_by_hand(raw: Any, unit: Any, case: Case) -> dict[str, Any]:
    block = next(b for b in raw["blocks"] if b["code"] == unit["block"])
    left_out = {*block["not_applicable"], *unit["not_applicable"]}
    ratios: dict[str, Ratio | None] = {}
    survey = []
    for leaf in raw["criteria"]:
        code = leaf["code"]
        if code in left_out or leaf["method"] == "appraisal":
            continue
        if leaf["method"] == "external":
            percent = case.external.get((unit["code"], code))
            ratios[code] = None if percent is None else over(pair(str(percent)), (100, 1))
            continue
        asked = [q for q in raw["questions"] if q["criterion"] == code]
        ratios[code] = weighted(
            (
                pair(q["weight"]),
                question_ratio(raw, q, by_rule_0(raw, case.said(item), case.answers.get(item, {}))),
            )
            for q in asked
            for item in [(q["code"], unit["code"])]
        )
        survey.append(ratios[code])
    missing = [code for code, ratio in ratios.items() if ratio is None]
    if all(ratio is None for ratio in survey):
        return {"missing": missing, "points": None, "max": None, "percent": None, "leaves": {}}
    maximum = {leaf["code"]: pair(leaf["max_points"]) for leaf in raw["criteria"]}
    leaves = {code: times(maximum[code], ratio) for code, ratio in ratios.items() if ratio}
    points, most = total(leaves.values()), total(maximum[code] for code in leaves)
    percent = over(times((100, 1), points), most)
    return {"missing": missing, "points": points, "max": most, "percent": percent, "leaves": leaves}


def same(value: Fraction | None, ratio: Ratio | None) -> bool:
    if value is None or ratio is None:
        return value is None and ratio is None
    return value.numerator * ratio[1] == ratio[0] * value.denominator


def rank_by_hand(raw: Any, hands: dict[str, Any], unit: Any) -> int | None:
    own = hands[unit["code"]]["percent"]
    if own is None:
        return None
    rivals = [
        hands[other["code"]]["percent"]
        for other in raw["units"]
        if raw["rules"]["ranking"] == "one-list" or other["block"] == unit["block"]
    ]
    return 1 + sum(p is not None and p[0] * own[1] > own[0] * p[1] for p in rivals)


@settings(sheets, max_examples=150)
@given(cases())
def test_a_second_computation_in_whole_numbers_gives_the_same_sheet(case: Case) -> None:
    raw = indexfile.canonical(case.index)
    hands = {u["code"]: unit_by_hand(raw, u, case) for u in raw["units"]}
    for unit, found in zip(raw["units"], case.sheet.units, strict=True):
        hand = hands[unit["code"]]
        assert found.code == unit["code"]
        assert list(found.missing) == hand["missing"]
        assert same(found.points, hand["points"])
        assert same(found.max_points, hand["max"])
        assert same(found.percent, hand["percent"])
        scaled = hand["percent"] and times(hand["percent"], pair(raw["index"]["survey_points"]))
        assert same(found.scaled, scaled and over(scaled, (100, 1)))
        assert found.rank == rank_by_hand(raw, hands, unit)
        assert found.class_label == class_by_hand(raw, hand["percent"])
        for leaf in found.leaves:
            assert same(leaf.points, hand["leaves"].get(leaf.code))


def class_by_hand(raw: Any, percent: Ratio | None) -> str | None:
    if percent is None:
        return None
    best = None
    for entry in sorted(raw["rules"]["classes"], key=lambda entry: Fraction(entry["from"])):
        bound = pair(entry["from"])
        if bound[0] * percent[1] <= percent[0] * bound[1]:
            best = entry["label"]
    return best


def test_a_whole_tally_of_the_real_index_scores_as_one_by_one() -> None:
    """Units do not touch each other: each scored alone has the points it has among all."""
    real_index = indexfile.parse(REAL.read_text("utf-8"))
    chance = random.Random(2022)
    counts: dict[tuple[str, str], Counts | None] = {}
    for code, unit in real_index.items:
        question = real_index.question_of[code]
        levels = [level.code for level in real_index.scale_of[question.scale or ""].levels]
        by_group = {g: {k: chance.randrange(9) for k in [*levels, "-"]} for g in question.groups}
        counts[code, unit] = cells(real_index, question, by_group)
    together = score(real_index, Tally(counts, {}), {})
    for unit in together.units:
        alone = {item: found for item, found in counts.items() if item[1] == unit.code}
        apart = score(real_index, Tally(alone, {}), {})
        found = next(other for other in apart.units if other.code == unit.code)
        assert replace(found, rank=unit.rank) == unit
        assert sum(other.points is not None for other in apart.units) == 1
