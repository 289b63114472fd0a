"""How each group rates, and how each unit stands with each group: from the cells of a sheet. Pure.

Nothing here is finer than the counts of the sheet (docs/scores.md, rule 0). Groups that are counted
together in one question about a unit are taken together in all questions about it: their cell has
the names of all of them, and beside it neither of them stands alone. Percents follow rules 1 to 5
over survey leaves; a percent from elsewhere was given by no group.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, NamedTuple, TypeAlias

from app.index.exact import total
from app.language import decimal
from app.scores import charts
from app.scores.narrowing import Narrowing
from app.scores.results import List, Results
from app.scores.workings import NO_OPINION

Document = Mapping[str, Any]
Groups = frozenset[str]
EVERYBODY: Groups = frozenset()


class Said(NamedTuple):
    """What a cell says to a question: its weight, and a sum of levels over a count, in whole
    numbers of one unit."""

    groups: Groups
    weight: int
    worth: int
    answers: int


Asked: TypeAlias = tuple[Fraction, list[Said]]


@dataclass(frozen=True)
class Stand:
    """A unit with one cell: its percent, its place among the units of its list, its shade."""

    percent: str
    rank: int
    step: int


@dataclass(frozen=True)
class Rated:
    """What one cell gave the units of a list: mean, lowest and highest; and by how much the mean
    is above (▲) or below that of everybody about the same units."""

    name: str
    joined: bool
    units: int
    share: Fraction
    mean: str
    width: str
    lowest: str
    highest: str
    above: Fraction


@dataclass(frozen=True)
class Table:
    """A list of units by cells. A unit has None where that cell is not one of its own."""

    title: str
    cells: tuple[tuple[str, bool], ...]  # name, whether it is of several groups
    rows: tuple[tuple[str, str, str, tuple[Stand | None, ...]], ...]  # code, name, of everybody
    rated: tuple[Rated, ...]
    limits: tuple[Fraction, ...]  # of the classes that all these units have; else none

    @property
    def notches(self) -> str:
        return charts.notches(self.limits)


class ByGroup:
    """The cells of a sheet, put together unit by unit. A sheet never changes, so what is made is
    kept."""

    def __init__(self, results: Results) -> None:
        self.results, self.index = results, results.index
        self._known: dict[str, tuple[Groups, int]] = {}

    @cached_property
    def ratios(self) -> dict[str, dict[Groups, dict[str, Fraction]]]:
        """Unit → cell → survey leaf → ratio; everybody together is a cell of no name."""
        return {code: self._of_unit(unit) for code, unit in self.results.units.items()}

    def _of_unit(self, unit: Document) -> dict[Groups, dict[str, Fraction]]:
        leaves = [
            (leaf["code"], [self._asked(each) for each in leaf["questions"]])
            for leaf in unit["criteria"]
            if "questions" in leaf
        ]
        counted = [part.groups for _leaf, asked in leaves for _w, parts in asked for part in parts]
        found: dict[Groups, dict[str, Fraction]] = {EVERYBODY: {}}
        for cell in (EVERYBODY, *_cells(dict.fromkeys(counted))):
            ratios = found.setdefault(cell, {})
            for leaf, asked in leaves:
                ratio = self._of_leaf(asked, cell)
                if ratio is not None:
                    ratios[leaf] = ratio
        return found

    def _of_leaf(self, asked: Iterable[Asked], cell: Groups) -> Fraction | None:
        return _mean(
            (
                weight,
                self._ratio([part for part in parts if cell == EVERYBODY or part.groups <= cell]),
            )
            for weight, parts in asked
        )

    def _asked(self, entry: Document) -> Asked:
        """A question about a unit: its weight, and what each of its cells says."""
        question = self.index.question_of[entry["code"]]
        levels, unit = self._levels[question.scale or ""]
        parts = []
        for key, counts in (entry["counts"] or {}).items():
            groups, weight = self._cell(key)
            worth = count = 0
            for code, value in levels:
                worth += counts[code] * value
                count += counts[code]
            if self.index.rules.no_opinion == "zero":
                count += counts[NO_OPINION]
            parts.append(Said(groups, weight, worth, unit * count))
        return question.weight or Fraction(0), parts

    @cached_property
    def _levels(self) -> dict[str, tuple[list[tuple[str, int]], int]]:
        """The levels of each scale with their weights as whole numbers of a unit: (code, weight),
        and how many of it make 1. Adding fractions cell by cell would take a page its time."""
        found = {}
        for scale in self.index.scales:
            unit = lcm(*(level.worth.denominator for level in scale.levels))
            found[scale.code] = [(each.code, int(each.worth * unit)) for each in scale.levels], unit
        return found

    def _cell(self, key: str) -> tuple[Groups, int]:
        """The groups of a cell, and their weight as a whole number of a unit."""
        if key not in self._known:
            below = lcm(*(group.weight.denominator for group in self.index.groups))
            groups = frozenset(key.split("+"))
            weight = total(self.index.group_of[code].weight for code in groups)
            self._known[key] = groups, int(weight * below)
        return self._known[key]

    def _ratio(self, parts: Sequence[Said]) -> Fraction | None:
        """Rules 1 and 2 over some cells of a question."""
        known = [part for part in parts if part.answers]
        if self.index.rules.weighting == "pooled":
            count = sum(part.answers for part in known)
            return Fraction(sum(part.worth for part in known), count) if count else None
        whole = sum(part.weight for part in known)
        if not whole:
            return None
        below = lcm(*(part.answers for part in known))
        above = sum(part.weight * part.worth * (below // part.answers) for part in known)
        return Fraction(above, below * whole)

    def percent(self, unit: str, cell: Groups, leaves: Groups) -> Fraction | None:
        """What share of their maxima some leaves of a unit get from a cell."""
        ratios = self.ratios[unit].get(cell, {})
        kept = [(self._maxima[code], ratio) for code, ratio in ratios.items() if code in leaves]
        whole = total(most for most, _ratio in kept)
        if not whole:
            return None
        return 100 * total(most * ratio for most, ratio in kept) / whole

    @cached_property
    def _maxima(self) -> dict[str, Fraction]:
        return {leaf.code: leaf.max_points or Fraction(0) for leaf in self.index.leaves}

    def tables(self, narrowing: Narrowing) -> tuple[Table, ...]:
        """A table for each list of the ranking, of what is asked for."""
        leaves = narrowing.leaves(self.index)
        found = (self._table(each, narrowing, leaves) for each in self.results.lists())
        return tuple(each for each in found if each.rows)

    def _table(self, ranked: List, narrowing: Narrowing, leaves: Groups) -> Table:
        percents = {
            unit.code: {
                cell: share
                for cell in self.ratios[unit.code]
                if (share := self.percent(unit.code, cell, leaves)) is not None
            }
            for unit in ranked.units
        }
        shown = [each for each in ranked.units if narrowing.keeps(self.results, each.code)]
        cells = self._ordered({cell for each in shown for cell in percents[each.code]})
        places = {cell: _ranks(of.get(cell) for of in percents.values()) for cell in cells}
        rows = []
        for unit in shown:
            of = percents[unit.code]
            limits = self.results.shades_of(unit.code).limits
            stands = tuple(
                None if cell not in of else _stand(of[cell], places[cell], limits) for cell in cells
            )
            rows.append((unit.code, unit.name, self._shown(of.get(EVERYBODY)), stands))
        rated = tuple(self._rated(cell, percents.values()) for cell in cells)
        heads = tuple((self.name(cell), len(cell) > 1) for cell in cells)
        shades = self.results.shades_among(unit.code for unit in ranked.units)
        limits = shades.limits if shades else ()
        return Table(ranked.title, heads, tuple(rows), rated, limits)

    def _rated(self, cell: Groups, percents: Iterable[Mapping[Groups, Fraction]]) -> Rated:
        both = [(of[cell], of[EVERYBODY]) for of in percents if cell in of and EVERYBODY in of]
        own = [share for share, _all in both]
        mean = total(own) / len(own)
        above = mean - total(share for _own, share in both) / len(both)
        lowest, highest = self._shown(min(own)), self._shown(max(own))
        width = charts.width(mean)
        name, joined = self.name(cell), len(cell) > 1
        return Rated(name, joined, len(own), mean, self._shown(mean), width, lowest, highest, above)

    def _ordered(self, cells: Iterable[Groups]) -> list[Groups]:
        """Groups alone before those together, as the index has them."""
        places = {group.code: place for place, group in enumerate(self.index.groups)}
        named = [cell for cell in cells if cell != EVERYBODY]
        return sorted(named, key=lambda cell: (len(cell) > 1, sorted(places[g] for g in cell)))

    def name(self, cell: Groups) -> str:
        return "; ".join(group.name for group in self.index.groups if group.code in cell)

    def _shown(self, share: Fraction | None) -> str:
        return "*" if share is None else decimal(share, 1)


def _stand(share: Fraction, places: Mapping[Fraction, int], limits: Sequence[Fraction]) -> Stand:
    return Stand(decimal(share, 1), places[share], charts.step(share, limits))


def _cells(counted: Iterable[Groups]) -> list[Groups]:
    """The groups that some question has together, put together until none is in two cells."""
    found: list[Groups] = []
    for each in counted:
        cell = each.union(*(other for other in found if other & each))
        found = [other for other in found if not other & cell] + [cell]
    return found


def _mean(weighed: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    known = [(weight, value) for weight, value in weighed if value is not None]
    if len(known) == 1 and known[0][0]:
        return known[0][1]
    whole = total(weight for weight, _value in known)
    return total(weight * value for weight, value in known) / whole if whole else None


def _ranks(shares: Iterable[Fraction | None]) -> dict[Fraction, int]:
    """Percent → rank; equal ones share it: 1, 2, 2, 4."""
    found: dict[Fraction, int] = {}
    known = (share for share in shares if share is not None)
    for place, share in enumerate(sorted(known, reverse=True), start=1):
        found.setdefault(share, place)
    return found
