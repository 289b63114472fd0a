"""How each group rates, and how each unit stands with each group: from the cells of a sheet. Pure.

Nothing here is finer than the counts of the sheet (docs/scores.md, rule 0). Groups that are counted
together in one question about a unit are taken together in all questions about it: their cell has
the names of all of them, and beside it neither of them stands alone. Percents follow rules 1 to 5
over survey leaves; a percent from elsewhere was given by no group.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import lcm
from typing import Any

from app.index.definition import Index
from app.index.parts import Question, Scale
from app.language import decimal
from app.scores import charts
from app.scores.narrowing import Narrowing
from app.scores.results import List, Results
from app.scores.workings import NO_OPINION

Document = Mapping[str, Any]
Groups = frozenset[str]
EVERYBODY: Groups = frozenset()


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

    @cached_property
    def ratios(self) -> dict[str, dict[Groups, dict[str, Fraction]]]:
        """Unit → cell → survey leaf → ratio; everybody together is a cell of no name."""
        return {code: self._of_unit(unit) for code, unit in self.results.units.items()}

    def _of_unit(self, unit: Document) -> dict[Groups, dict[str, Fraction]]:
        leaves = [leaf for leaf in unit["criteria"] if "questions" in leaf]
        counted = [each["counts"] or {} for leaf in leaves for each in leaf["questions"]]
        found: dict[Groups, dict[str, Fraction]] = {EVERYBODY: {}}
        for cell in (EVERYBODY, *_cells(counted)):
            ratios = found.setdefault(cell, {})
            for leaf in leaves:
                ratio = self._of_leaf(leaf, cell)
                if ratio is not None:
                    ratios[leaf["code"]] = ratio
        return found

    def _of_leaf(self, leaf: Document, cell: Groups) -> Fraction | None:
        weighed = []
        for each in leaf["questions"]:
            question = self.index.question_of[each["code"]]
            own = {
                key: counts
                for key, counts in (each["counts"] or {}).items()
                if cell == EVERYBODY or set(key.split("+")) <= cell
            }
            weighed.append((question.weight or Fraction(0), _ratio(self.index, question, own)))
        return _mean(weighed)

    def percent(self, unit: str, cell: Groups, leaves: Groups) -> Fraction | None:
        """What share of their maxima some leaves of a unit get from a cell."""
        ratios = self.ratios[unit].get(cell, {})
        maxima = {code: self.index.criterion_of[code].max_points or 0 for code in ratios}
        kept = [code for code in ratios if code in leaves]
        whole = sum((Fraction(maxima[code]) for code in kept), Fraction(0))
        if not whole:
            return None
        return sum((100 * maxima[code] * ratios[code] for code in kept), Fraction(0)) / whole

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
        mean = sum(own, Fraction(0)) / len(own)
        above = mean - sum((share for _own, share in both), Fraction(0)) / len(both)
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


def _cells(counted: Iterable[Mapping[str, object]]) -> list[Groups]:
    """The groups that some question has together, put together until none is in two cells."""
    found: list[Groups] = []
    for key in dict.fromkeys(key for counts in counted for key in counts):
        cell = frozenset(key.split("+"))
        cell = cell.union(*(other for other in found if other & cell))
        found = [other for other in found if not other & cell] + [cell]
    return found


def _ratio(
    index: Index, question: Question, counts: Mapping[str, Mapping[str, int]]
) -> Fraction | None:
    """Rules 1 and 2 over some cells of a question."""
    levels, unit = _weights(index.scale_of[question.scale or ""])
    silent = index.rules.no_opinion == "zero"

    def of(cells: Iterable[Mapping[str, int]]) -> Fraction | None:
        worth = total = 0
        for cell in cells:
            for code, weight in levels:
                worth += cell[code] * weight
                total += cell[code]
            total += cell[NO_OPINION] if silent else 0
        return Fraction(worth, unit * total) if total else None

    if index.rules.weighting == "pooled":
        return of(counts.values())
    return _mean(
        (sum((index.group_of[code].weight for code in key.split("+")), Fraction(0)), of([cell]))
        for key, cell in counts.items()
    )


@cache
def _weights(scale: Scale) -> tuple[tuple[tuple[str, int], ...], int]:
    """The levels of a scale with their weights as whole numbers of a unit: (code, weight), and how
    many of it make 1. Adding fractions ballot by ballot would take a page its time."""
    unit = lcm(*(level.worth.denominator for level in scale.levels))
    return tuple((level.code, int(level.worth * unit)) for level in scale.levels), unit


def _mean(weighed: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    known = [(weight, value) for weight, value in weighed if value is not None]
    if len(known) == 1 and known[0][0]:
        return known[0][1]
    total = sum((weight for weight, _value in known), Fraction(0))
    if not total:
        return None
    return sum((weight * value for weight, value in known), Fraction(0)) / total


def _ranks(shares: Iterable[Fraction | None]) -> dict[Fraction, int]:
    """Percent → rank; equal ones share it: 1, 2, 2, 4."""
    order = sorted((share for share in shares if share is not None), reverse=True)
    return {share: order.index(share) + 1 for share in order}
