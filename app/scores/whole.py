"""Appraised and surveyed points of each unit joined into the whole index (docs/scores.md, rule 8).

Pure, and exact: every number is a `Fraction`. A unit has a whole result when its survey has data
and every appraised leaf that applies to it has points; till then `reason` says what is lacking.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from app.index.appraised import leaves_of
from app.index.definition import Index
from app.scores import scoring
from app.scores.scoring import NO_DATA

NOT_APPRAISED = "not-appraised"

Document = Mapping[str, Any]
Points = Mapping[tuple[str, str], Fraction]  # (unit, leaf) → appraised points


@dataclass(frozen=True)
class Surveyed:
    """What the survey gave a unit, exactly; both None without data."""

    points: Fraction | None
    max_points: Fraction | None


@dataclass(frozen=True)
class WholeLeaf:
    code: str
    max_points: Fraction
    points: Fraction | None


@dataclass(frozen=True)
class WholeUnit:
    """`points` and all below are None when `reason` says why there are none; `appraised` is None
    while a leaf of `missing` has no points."""

    code: str
    survey: Surveyed
    appraised: Fraction | None
    max_appraised: Fraction
    leaves: tuple[WholeLeaf, ...]
    missing: tuple[str, ...]
    reason: str | None  # no-data | not-appraised
    points: Fraction | None = None
    max_points: Fraction | None = None
    percent: Fraction | None = None
    rank: int | None = None
    class_label: str | None = None


def surveyed(unit: Document) -> Surveyed:
    """The exact points of a unit in the document of a score sheet."""
    if unit["reason"] is not None:
        return Surveyed(None, None)
    exact = [Fraction(leaf["exact"]) for leaf in unit["criteria"] if leaf["exact"] is not None]
    return Surveyed(sum(exact, Fraction(0)), Fraction(unit["max_points"]))


def join(index: Index, survey: Document, appraised: Points) -> tuple[WholeUnit, ...]:
    """The whole index of each unit of a score sheet, in the order of the index."""
    rows = {unit["code"]: unit for unit in survey["units"]}
    units = [_unit(index, code, surveyed(rows[code]), appraised) for code in index.unit_of]
    ranks = scoring.ranks(index, {unit.code: unit.percent for unit in units})
    return tuple(replace(unit, rank=ranks.get(unit.code)) for unit in units)


def _unit(index: Index, code: str, survey: Surveyed, appraised: Points) -> WholeUnit:
    leaves = tuple(
        WholeLeaf(leaf.code, leaf.max_points or Fraction(0), appraised.get((code, leaf.code)))
        for leaf in leaves_of(index, index.unit_of[code])
    )
    missing = tuple(leaf.code for leaf in leaves if leaf.points is None)
    given = sum((leaf.points for leaf in leaves if leaf.points is not None), Fraction(0))
    maximum = sum((leaf.max_points for leaf in leaves), Fraction(0))
    reason = NO_DATA if survey.points is None else NOT_APPRAISED if missing else None
    sums = None if missing else given
    bare = WholeUnit(code, survey, sums, maximum, leaves, missing, reason)
    if missing or survey.points is None or survey.max_points is None:
        return bare
    percent = scoring.whole_percent(survey, given, maximum)
    return replace(
        bare,
        points=given + survey.points,
        max_points=maximum + survey.max_points,
        percent=percent,
        class_label=scoring.class_label(index.classes_of(code), percent),
    )
