"""The points of a unit by component, and what a block has of each component on the mean. Pure.

A component is summed as a unit is (docs/scores.md, rules 5 and 6): over its leaves that have data,
exactly; without any it is None. Rounding is left to whoever shows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.index.definition import Index
from app.index.exact import share_of, total, total_of
from app.index.parts import Component
from app.scores.workings import percent_of

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One component of one unit; `whole` is False where one of its leaves has no data."""

    points: Fraction | None
    percent: Fraction | None
    whole: bool
    max_points: Fraction = Fraction(0)  # of the leaves that have data


def of_unit(index: Index, unit: Document) -> dict[str, Part]:
    """Component code → its part of a unit; a component that does not apply is not there."""
    leaves: dict[str, list[Document]] = {}
    for leaf in unit["criteria"]:
        leaves.setdefault(index.component_of[leaf["code"]].code, []).append(leaf)
    return {code: _part(found) for code, found in leaves.items()}


def _part(leaves: list[Document]) -> Part:
    counted = [leaf for leaf in leaves if leaf["exact"] is not None]
    if not counted:
        return Part(None, None, whole=False)
    parts = tuple([(leaf["exact"], leaf["max_points"]) for leaf in counted])
    points = total_of(tuple([points for points, _most in parts]))
    maximum = total_of(tuple([most for _points, most in parts]))
    return Part(points, share_of(parts), len(counted) == len(leaves), maximum)


def means(index: Index, units: Iterable[Document]) -> dict[str, Fraction | None]:
    """Component code → the mean percent of those units that have one; in the order of the index."""
    return means_of(index, (of_unit(index, unit) for unit in units))


def means_of(index: Index, parts: Iterable[Mapping[str, Part]]) -> dict[str, Fraction | None]:
    """The same from the components of each unit."""
    found: dict[str, list[Fraction]] = {}
    for unit in parts:
        for code, part in unit.items():
            percents = found.setdefault(code, [])
            if part.percent is not None:
                percents.append(part.percent)
    return {
        each.code: total(found[each.code]) / len(found[each.code]) if found[each.code] else None
        for each in scored(index)
        if each.code in found
    }


def leaf_means(units: Iterable[Document]) -> dict[str, Fraction]:
    """Leaf → the mean percent of those units that have one."""
    found: dict[str, list[Fraction]] = {}
    for unit in units:
        for leaf in unit["criteria"]:
            share = percent_of(leaf)
            if share is not None:
                found.setdefault(leaf["code"], []).append(share)
    return {code: total(shares) / len(shares) for code, shares in found.items()}


def scored(index: Index) -> tuple[Component, ...]:
    """The components that have a survey or external leaf."""
    codes = {
        index.component_of[leaf.code].code
        for leaf in index.leaves
        if leaf.method in ("survey", "external")
    }
    return tuple(each for each in index.components if each.code in codes)


def ends(
    index: Index, means: Mapping[str, Fraction | None]
) -> tuple[list[Component], list[Component]]:
    """The components with the highest and with the lowest mean; empty unless they differ."""
    known = {code: mean for code, mean in means.items() if mean is not None}
    if len(set(known.values())) < 2:
        return [], []
    best, worst = max(known.values()), min(known.values())
    return (
        [each for each in index.components if known.get(each.code) == best],
        [each for each in index.components if known.get(each.code) == worst],
    )
