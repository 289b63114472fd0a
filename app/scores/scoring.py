"""From answers to points: the cells of a tally, and the score sheet of an index and a tally.

Pure: no I/O, no clock, and every number is a `Fraction`. The rule numbers are those of
docs/scores.md. None stands for a value that is undefined; it is never 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol, TypeAlias

from app.index.definition import Index
from app.index.parts import Criterion, Level, Question, ScoreClass, Unit

NO_OPINION = "-"
NO_DATA = "no-data"

# Cell key (group codes joined by "+") or group code → level code, NO_OPINION too → number.
Counts: TypeAlias = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Tally:
    """What the urn held: the finest that is kept of it."""

    counts: Mapping[tuple[str, str], Counts | None]  # (question, unit) → cells, None by rule 0
    # unit → ballots that give it a level anywhere; None: too few to be told
    ballots: Mapping[str, int | None]


@dataclass(frozen=True)
class QuestionScore:
    code: str
    counts: Counts | None
    ratio: Fraction | None  # r(q,u), 0 to 1 for weights of 0 to 1


@dataclass(frozen=True)
class LeafScore:
    code: str
    method: str  # survey | external
    max_points: Fraction
    ratio: Fraction | None  # r(c,u)
    points: Fraction | None
    percent: Fraction | None  # as imported; None on a survey leaf
    questions: tuple[QuestionScore, ...]


@dataclass(frozen=True)
class UnitScore:
    """Points, maximum and percent are all None when `reason` says why there are none."""

    code: str
    ballots: int | None  # None: too few to be told
    points: Fraction | None
    max_points: Fraction | None  # of the leaves with data
    percent: Fraction | None
    scaled: Fraction | None
    rank: int | None
    class_label: str | None
    reason: str | None
    missing: tuple[str, ...]  # leaves without data
    leaves: tuple[LeafScore, ...]


@dataclass(frozen=True)
class ScoreSheet:
    units: tuple[UnitScore, ...]  # in the order of the index


def cells(
    index: Index, question: Question, by_group: Counts, sizes: Mapping[str, int] | None = None
) -> dict[str, dict[str, int]] | None:
    """The counts of one question about one unit that may be kept and shown (rule 0).

    `by_group` holds the answers of each group; absent levels count 0. `sizes` tells how many of
    them, per group, are of ballots issued at the launch (None: all are); an absent group has 0.
    The result has every level of every cell, cells in the order of [[groups]]; None when all
    together are under the minimum.
    """
    answers = {code: sum(levels.values()) for code, levels in by_group.items()}
    present = [group.code for group in index.groups if answers.get(group.code)]
    # Whoever adds people after the launch knows what they say. What is theirs is counted, and is
    # nothing to hide behind: without it every cell would still be large enough.
    size = answers if sizes is None else {code: sizes.get(code, 0) for code in present}
    minimum = index.rules.min_ballots
    together = [code for code in present if size[code] < minimum]
    alone = [code for code in present if size[code] >= minimum]
    if together and sum(size[code] for code in together) < minimum:
        if not alone:
            return None
        # min() keeps the first of equals, which is the earlier group. One is always enough.
        together.append(min(alone, key=size.__getitem__))
    if not present:
        return None
    kept: dict[str, list[str]] = {}  # a group alone, or "" for those together → groups in order
    for code in present:
        kept.setdefault("" if code in together else code, []).append(code)
    levels = level_codes(index, question)
    return {
        "+".join(codes): {
            level: sum(by_group[code].get(level, 0) for code in codes) for level in levels
        }
        for codes in kept.values()
    }


def level_codes(index: Index, question: Question) -> tuple[str, ...]:
    """The codes an answer to a scored question may have: its scale's levels, then "-"."""
    return (*(level.code for level in _levels(index, question)), NO_OPINION)


def _levels(index: Index, question: Question) -> tuple[Level, ...]:
    return index.scale_of[question.scale or ""].levels  # a comment has none, and is never asked for


def score(index: Index, tally: Tally, external: Mapping[tuple[str, str], Fraction]) -> ScoreSheet:
    """The score sheet (rules 1 to 7). `external`: (unit, leaf) → the imported percent, exact."""
    return ScoreSheet(_ranked(index, [_unit(index, u, tally, external) for u in index.units]))


class Surveyed(Protocol):
    """Whatever has surveyed points, of a unit as it is scored or read back from its sheet."""

    @property
    def points(self) -> Fraction | None: ...

    @property
    def max_points(self) -> Fraction | None: ...


def whole_percent(unit: Surveyed, appraised: Fraction, max_appraised: Fraction) -> Fraction | None:
    """The percent of appraised and surveyed points together; None without surveyed ones.

    Rule 8 of docs/scores.md.
    """
    if unit.points is None or unit.max_points is None:
        return None
    return _ratio(100 * (appraised + unit.points), max_appraised + unit.max_points)


def _unit(
    index: Index, unit: Unit, tally: Tally, external: Mapping[tuple[str, str], Fraction]
) -> UnitScore:
    leaves = tuple(
        _external_leaf(leaf, external.get((unit.code, leaf.code)))
        if leaf.method == "external"
        else _survey_leaf(index, leaf, unit, tally)
        for leaf in index.scored_leaves(unit)
    )
    bare = UnitScore(
        code=unit.code,
        ballots=tally.ballots.get(unit.code),
        points=None,
        max_points=None,
        percent=None,
        scaled=None,
        rank=None,
        class_label=None,
        reason=NO_DATA,
        missing=tuple(leaf.code for leaf in leaves if leaf.ratio is None),
        leaves=tuple(replace(leaf, points=None) for leaf in leaves),
    )
    if all(leaf.ratio is None for leaf in leaves if leaf.method == "survey"):
        return bare
    points = sum((leaf.points for leaf in leaves if leaf.points is not None), Fraction(0))
    maximum = sum((leaf.max_points for leaf in leaves if leaf.ratio is not None), Fraction(0))
    percent = _ratio(100 * points, maximum)
    return replace(
        bare,
        points=points,
        max_points=maximum,
        percent=percent,
        scaled=None if percent is None else percent * index.survey_points / 100,
        class_label=class_label(index.classes_of(unit.code), percent),
        reason=None,
        leaves=leaves,
    )


def _external_leaf(leaf: Criterion, percent: Fraction | None) -> LeafScore:
    return _leaf(leaf, None if percent is None else percent / 100, percent, ())


def _survey_leaf(index: Index, leaf: Criterion, unit: Unit, tally: Tally) -> LeafScore:
    questions = index.questions_of_leaf[leaf.code]
    scores = tuple(
        QuestionScore(question.code, counts, _question_ratio(index, question, counts))
        for question in questions
        for counts in [tally.counts.get((question.code, unit.code))]
    )
    weights = (question.weight or Fraction(0) for question in questions)
    return _leaf(leaf, _mean(zip(weights, (s.ratio for s in scores), strict=True)), None, scores)


def _leaf(
    leaf: Criterion,
    ratio: Fraction | None,
    percent: Fraction | None,
    questions: tuple[QuestionScore, ...],
) -> LeafScore:
    maximum = leaf.max_points or Fraction(0)  # every leaf has one
    points = None if ratio is None else maximum * ratio
    return LeafScore(leaf.code, leaf.method or "", maximum, ratio, points, percent, questions)


def _question_ratio(index: Index, question: Question, counts: Counts | None) -> Fraction | None:
    """r(q,u), rules 1 and 2."""
    if counts is None:
        return None
    weights = {level.code: level.worth for level in _levels(index, question)}
    if index.rules.no_opinion == "zero":
        weights[NO_OPINION] = Fraction(0)
    sums = {
        key: (
            sum((weight * levels[code] for code, weight in weights.items()), Fraction(0)),
            sum(levels[code] for code in weights),
        )
        for key, levels in counts.items()
    }
    if index.rules.weighting == "pooled":
        return _ratio(
            sum((s for s, _n in sums.values()), Fraction(0)), sum(n for _s, n in sums.values())
        )
    return _mean(
        (sum((index.group_of[code].weight for code in key.split("+")), Fraction(0)), _ratio(s, n))
        for key, (s, n) in sums.items()
    )


def _mean(weighted: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """The weighted mean of the defined values among (weight, value)."""
    defined = [(weight, value) for weight, value in weighted if value is not None]
    total = sum((weight * value for weight, value in defined), Fraction(0))
    return _ratio(total, sum((weight for weight, _value in defined), Fraction(0)))


def _ratio(dividend: Fraction, divisor: Fraction | int) -> Fraction | None:
    return dividend / divisor if divisor else None


def class_label(classes: Iterable[ScoreClass], percent: Fraction | None) -> str | None:
    """The class with the highest `from` that the exact percent reaches."""
    if percent is None:
        return None
    reached = [c for c in classes if c.from_percent <= percent]
    return max(reached, key=lambda c: c.from_percent).label if reached else None


def _ranked(index: Index, units: list[UnitScore]) -> tuple[UnitScore, ...]:
    """The units with their ranks by exact percent (rule 7): equal values share one, 1, 2, 2, 4."""
    found = ranks(index, {unit.code: unit.percent for unit in units})
    return tuple(replace(unit, rank=found.get(unit.code)) for unit in units)


def ranks(index: Index, percents: Mapping[str, Fraction | None]) -> dict[str, int]:
    """The rank of each unit that has a percent, in its list."""
    tables: dict[str, list[Fraction]] = {}
    for unit, percent in percents.items():
        if percent is not None:
            tables.setdefault(_table(index, unit), []).append(percent)
    known: dict[tuple[str, Fraction], int] = {}
    for table, values in tables.items():
        for rank, value in enumerate(sorted(values, reverse=True), start=1):
            known.setdefault((table, value), rank)
    return {
        unit: known[_table(index, unit), percent]
        for unit, percent in percents.items()
        if percent is not None
    }


def _table(index: Index, unit: str) -> str:
    """The list a unit is ranked in: its block, or the one list of all."""
    return index.unit_of[unit].block if index.rules.ranking == "blocks" else ""
