"""What the pages of results show, out of a score sheet: numbers are only formatted. Pure.

A document is `phieu.scores/1` (CONTRACT §6). Everything here keeps its order and its rounding;
None stays None, and becomes "*" on a page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from app.index import file as indexfile
from app.index.definition import Index
from app.index.exact import total
from app.index.parts import Block
from app.language import decimal, points
from app.scores import charts, components, figures, heatmap
from app.scores.answers import Answers
from app.scores.workings import percent_of
from app.text.order import name_key
from app.years import line
from app.years.comparison import Comparison
from app.years.year import Earlier, Year

Document = Mapping[str, Any]
# How a ranking may be sorted; all but names begin with the largest.
ORDERS = ("", "ten", "diem", "so-voi", "phieu")


@dataclass(frozen=True)
class Ranked:
    """One unit in its list. `change` is in points of percent against an earlier sheet."""

    code: str
    name: str
    rank: int | None
    percent: str
    points: str
    max_points: str
    label: str
    ballots: str
    width: str  # of the bar, 0 to 100
    missing: tuple[str, ...]
    change: Fraction | None
    exact: Fraction | None


@dataclass(frozen=True)
class List:
    """A block, or all units in one list. `mean` is empty when no unit has a percent; `among` is how
    many units the list has where only some are shown."""

    title: str
    units: tuple[Ranked, ...]
    mean: str
    among: int = 0

    @property
    def missing(self) -> list[tuple[tuple[str, ...], list[str]]]:
        """Leaves without data, and the names of the units that miss just these."""
        found: dict[tuple[str, ...], list[str]] = {}
        for unit in self.units:
            if unit.missing:
                found.setdefault(unit.missing, []).append(unit.name)
        return list(found.items())

    def are_all(self, names: Sequence[str]) -> bool:
        """Whether these are all units of a list of several, so that they are told as one."""
        return len(names) == len(self.units) > 1


class Results:
    """A document with the look-ups its pages need. It never changes, so what is made is kept."""

    def __init__(self, document: Document, earlier: Earlier | None = None) -> None:
        self.document = document
        self.index: Index = _index_of(document)
        self.units = {unit["code"]: unit for unit in document["units"]}
        self.earlier = earlier
        then = Year(self.index, {}) if earlier is None else Year.of(earlier.sheet)
        self.before = then.index
        # Without an earlier year nothing was before, and nothing is asked of it.
        self.comparison = Comparison(
            Year(self.index, self.units), then, earlier.lineage if earlier else None
        )
        self.changed = figures.changed(self.comparison)
        self.answers = Answers(document, self.index)

    @property
    def places(self) -> int:
        return self.index.rules.decimals

    def lists(self, order: str = "") -> tuple[List, ...]:
        """The ranking, per block or in one list; `order` is one of ORDERS."""
        if self.index.rules.ranking == "one-list":
            return (self._list("", list(self.units), order),)
        lists = (self._list(b.name, self.codes_of(b), order) for b in self.index.blocks)
        return tuple(each for each in lists if each.units)

    def list_of(self, code: str) -> List:
        """The list that a unit is ranked in."""
        return next(each for each in self.lists() if code in {unit.code for unit in each.units})

    def codes_of(self, block: Block) -> list[str]:
        return [unit.code for unit in self.index.units if unit.block == block.code]

    def _list(self, title: str, codes: Sequence[str], order: str) -> List:
        ranked = [self.ranked[code] for code in codes]
        known = [each.exact for each in ranked if each.exact is not None]
        mean = decimal(total(known) / len(known), self.places) if known else ""
        ranked.sort(key=_by_rank)
        if order == "ten":
            ranked.sort(key=lambda each: name_key(each.name))
        elif order in ORDERS[2:]:
            ranked.sort(key=lambda each: self._sorted_by(each, order), reverse=True)
        return List(title, tuple(ranked), mean)

    def _sorted_by(self, unit: Ranked, order: str) -> tuple[bool, Fraction]:
        """What is missing comes last."""
        stated = self.units[unit.code]
        value = {
            "diem": None if stated["points"] is None else Fraction(stated["points"]),
            "so-voi": unit.change,
            # Those that are too few to be told are not told by their order, either.
            "phieu": figures.told(stated["ballots"], self.index.rules.min_ballots),
        }[order]
        return value is not None, Fraction(value or 0)

    @cached_property
    def ranked(self) -> dict[str, Ranked]:
        return {code: self._ranked(code) for code in self.units}

    def _ranked(self, code: str) -> Ranked:
        unit = self.units[code]
        exact = None if unit["exact_percent"] is None else Fraction(unit["exact_percent"])
        return Ranked(
            code=code,
            name=self.index.unit_of[code].name,
            rank=unit["rank"],
            percent=self._shown(unit["percent"]),
            points=self._shown(unit["points"]),
            max_points="" if unit["max_points"] is None else points(unit["max_points"]),
            label=unit["class"] or "",
            ballots=figures.ballots(unit["ballots"], self.index.rules.min_ballots),
            width=charts.width(exact),
            missing=tuple(unit["missing"]),
            change=None if self.earlier is None else self.comparison.units[code].change,
            exact=exact,
        )

    def _shown(self, value: str | None) -> str:
        return "*" if value is None else decimal(value, self.places)

    def points_of(self, leaf: Document) -> str:
        return self._shown(leaf["points"])

    def percent_of(self, leaf: Document) -> str:
        share = percent_of(leaf)
        return "*" if share is None else decimal(share, self.places)

    def width_of(self, leaf: Document) -> str:
        return charts.width(percent_of(leaf))

    @cached_property
    def line(self) -> line.Line:
        """This year and those before it."""
        return line.of(self.comparison.now, self.earlier)

    @cached_property
    def heats(self) -> tuple[heatmap.Map, ...]:
        """One map per block, units by rank, leaf by leaf."""
        return tuple(
            heatmap.of(self.index, title, units, self.shades_of(units[0]["code"]).limits)
            for title, units in self._mapped()
        )

    @cached_property
    def fields(self) -> tuple[heatmap.Map, ...]:
        """The same by component."""
        maps = []
        for title, units in self._mapped():
            parts = [self.parts[unit["code"]] for unit in units]
            limits = self.shades_of(units[0]["code"]).limits
            maps.append(heatmap.of_components(self.index, title, units, parts, limits))
        return tuple(maps)

    def _mapped(self) -> Iterator[tuple[str, list[Document]]]:
        """Each block that has units, these by rank."""
        order = sorted(self.ranked.values(), key=_by_rank)
        for block in self.index.blocks:
            codes = set(self.codes_of(block))
            if codes:
                yield block.name, [self.units[each.code] for each in order if each.code in codes]

    @cached_property
    def parts(self) -> dict[str, dict[str, components.Part]]:
        """Unit → component → what it has of it."""
        return {code: components.of_unit(self.index, unit) for code, unit in self.units.items()}

    def shades_of(self, unit: str) -> charts.Shades:
        """The shades of a unit, by the classes of its block."""
        return self._shades[self.index.unit_of[unit].block]

    @cached_property
    def _shades(self) -> dict[str, charts.Shades]:
        rules = self.index.rules
        return {b.code: charts.shades(b.classes or rules.classes) for b in self.index.blocks}

    def shades_among(self, units: Iterable[str]) -> charts.Shades | None:
        """The shades that some units have in common; None where their blocks differ."""
        found = {self.shades_of(unit) for unit in units}
        return found.pop() if len(found) == 1 else None

    def legend(self, only: str = "") -> tuple[tuple[str, charts.Key], ...]:
        """The shades in words: (names of the blocks that have these, or "" for all; key). `only`:
        the code of a block."""
        found: dict[charts.Shades, list[str]] = {}
        for block in self.index.blocks:
            codes = self.codes_of(block)
            if codes and only in ("", block.code):
                found.setdefault(self.shades_of(codes[0]), []).append(block.name)
        alone = len(found) == 1
        return tuple(("" if alone else "; ".join(names), each.key) for each, names in found.items())

    @cached_property
    def means(self) -> dict[tuple[str, str], str]:
        """(block, leaf) → the mean percent of its units that have one."""
        return {
            (block, leaf): decimal(mean, self.places)
            for block, means in self.leaf_means.items()
            for leaf, mean in means.items()
        }

    @cached_property
    def component_means(self) -> dict[str, dict[str, Fraction | None]]:
        """Block → component → the mean percent of its units that have one."""
        return {
            block.code: components.means_of(
                self.index, [self.parts[u] for u in self.codes_of(block)]
            )
            for block in self.index.blocks
        }

    @cached_property
    def leaf_means(self) -> dict[str, dict[str, Fraction]]:
        """Block → leaf → the mean percent of its units that have one."""
        return {
            block.code: components.leaf_means(self.units[code] for code in self.codes_of(block))
            for block in self.index.blocks
        }

    def part(self, unit: str, component: str) -> dict[str, str]:
        """One component of one unit as it is shown, with the mean of its block."""
        own = self.parts[unit][component]
        mean = self.component_means[self.index.unit_of[unit].block][component]
        shown = {"points": own.points, "percent": own.percent, "mean": mean}
        return {
            "max_points": points(own.max_points) if own.points is not None else "",
            **{
                name: "*" if value is None else decimal(value, self.places)
                for name, value in shown.items()
            },
        }

    def leaf(self, unit: str, criterion: str) -> Document | None:
        """One leaf of one unit."""
        found = self.units.get(unit, {"criteria": []})["criteria"]
        return next((leaf for leaf in found if leaf["code"] == criterion), None)


def _by_rank(unit: Ranked) -> tuple[bool, int]:
    return unit.rank is None, unit.rank or 0


def _index_of(document: Document) -> Index:
    return indexfile.of_sheet(document["index"]["content"])
