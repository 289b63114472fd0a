"""How much each answer counts in the percent of a unit: the linearised variable of a ballot. Pure.

The percent of a unit over its survey leaves is a sum of ratios of totals (rules 1 to 5 of
docs/scores.md). Its Taylor linearisation (Särndal, Swensson, Wretman 1992, sections 5.5 to 5.7)
gives each answer a number; the sum of these over the answers of a ballot is z, and the variance of
the percent is that of the total of z. Over all counted ballots z adds up to 0.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from app.index.definition import Index
from app.index.parts import Question

NO_OPINION = "-"

# Cell key (group codes joined by "+") → level code → number; None by rule 0.
Cells: TypeAlias = Mapping[str, Mapping[str, int]] | None
# Group → question → level code → what one such answer adds to z, in points of percent.
Effects: TypeAlias = dict[str, dict[str, dict[str, Fraction]]]


def effects(index: Index, unit: str, counts: Mapping[tuple[str, str], Cells]) -> Effects | None:
    """What each answer about a unit adds to z; None where no survey leaf of it has data."""
    found: list[tuple[Question, Fraction]] = []  # with its share of all survey points
    maximum = Fraction(0)
    for leaf in index.scored_leaves(index.unit_of[unit]):
        if leaf.method != "survey":
            continue
        defined = [
            question
            for question in index.questions_of_leaf[leaf.code]
            if _divisor(index, question, counts[question.code, unit])
        ]
        weights = sum((question.weight or Fraction(0) for question in defined), Fraction(0))
        if weights:
            points = leaf.max_points or Fraction(0)
            maximum += points
            found += [(each, points * (each.weight or 0) / weights) for each in defined]
    if not maximum:
        return None
    made: Effects = {}
    for question, share in found:
        cells = counts[question.code, unit] or {}
        of_cells = _effects(index, question, cells, 100 * share / maximum)
        for key, of_levels in zip(cells, of_cells, strict=True):
            for group in key.split("+"):
                made.setdefault(group, {})[question.code] = of_levels
    return made


def _worth(index: Index, question: Question) -> dict[str, Fraction]:
    """The levels that count in the divisor of a question, and what each is worth."""
    scale = index.scale_of[question.scale or ""]
    worth = {level.code: level.worth for level in scale.levels}
    if index.rules.no_opinion == "zero":
        worth[NO_OPINION] = Fraction(0)
    return worth


def _sums(index: Index, question: Question, cells: Cells) -> list[tuple[Fraction, int]]:
    """Dividend and divisor of each cell of a question."""
    worth = _worth(index, question)
    return [
        (
            sum((value * levels[code] for code, value in worth.items()), Fraction(0)),
            sum(levels[code] for code in worth),
        )
        for levels in (cells or {}).values()
    ]


def _divisor(index: Index, question: Question, cells: Cells) -> Fraction:
    """What the sum over cells is divided by (rule 2); 0 where a question has no data."""
    sums = _sums(index, question, cells)
    if index.rules.weighting == "pooled":
        return Fraction(sum(n for _sum, n in sums))
    weighed = (_weight(index, key) for key, (_sum, n) in zip(cells or {}, sums, strict=True) if n)
    return sum(weighed, Fraction(0))


def _weight(index: Index, key: str) -> Fraction:
    return sum((index.group_of[code].weight for code in key.split("+")), Fraction(0))


def _effects(
    index: Index, question: Question, cells: Mapping[str, Mapping[str, int]], share: Fraction
) -> list[dict[str, Fraction]]:
    """For each cell of a question that has a `share` in the percent: level → its effect."""
    worth, sums = _worth(index, question), _sums(index, question, cells)
    divisor = _divisor(index, question, cells)
    if index.rules.weighting == "pooled":
        ratio = sum((s for s, _n in sums), Fraction(0)) / divisor
        return [{k: share * (value - ratio) / divisor for k, value in worth.items()}] * len(sums)
    return [
        {
            k: share * _weight(index, key) / divisor * (value - s / n) / n
            for k, value in worth.items()
        }
        if n
        else {}
        for key, (s, n) in zip(cells, sums, strict=True)
    ]
