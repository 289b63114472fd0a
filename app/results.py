"""What the pages of results show, out of a score sheet: numbers are only formatted. Pure.

A document is `phieu.scores/1` (CONTRACT §6). Everything here keeps its order and its rounding.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app import indexfile
from app.index import Block, Index, ScoreClass
from app.language import decimal

Document = Mapping[str, Any]
STEPS = (Fraction(90), Fraction(80), Fraction(65), Fraction(50))


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
    ballots: int
    width: str  # of the bar, 0 to 100
    missing: tuple[str, ...]
    change: Fraction | None
    exact: Fraction | None


@dataclass(frozen=True)
class List:
    """A block, or all units in one list."""

    title: str
    units: tuple[Ranked, ...]
    mean: str

    @property
    def missing(self) -> list[tuple[tuple[str, ...], list[str]]]:
        """Leaves without data, and the names of the units that miss just these."""
        found: dict[tuple[str, ...], list[str]] = {}
        for unit in self.units:
            if unit.missing:
                found.setdefault(unit.missing, []).append(unit.name)
        return list(found.items())


@dataclass(frozen=True)
class HeatCell:
    """Percent of a leaf's maximum for a unit; `step` 5 (best) to 1; None: does not apply."""

    text: str
    step: int
    exact: Fraction | None
    missing: bool


@dataclass(frozen=True)
class Heat:
    """Units × leaves of one block. A leaf comes with whether a component begins there."""

    title: str
    leaves: tuple[tuple[str, str, bool], ...]
    rows: tuple[tuple[str, str, tuple[HeatCell | None, ...]], ...]


class Results:
    """A document with the look-ups its pages need."""

    def __init__(self, document: Document, earlier: Document | None = None) -> None:
        self.document = document
        self.index: Index = indexfile.read(document["index"]["content"])
        self.units = {unit["code"]: unit for unit in document["units"]}
        self.earlier = {unit["code"]: unit for unit in (earlier or {"units": []})["units"]}
        self.changed = _changed(self.index, earlier)

    @property
    def places(self) -> int:
        return self.index.rules.decimals

    def lists(self, order: str = "") -> tuple[List, ...]:
        """The ranking, per block or in one list; `order` is "", "ten" or "phieu"."""
        if self.index.rules.ranking == "one-list":
            return (self._list("", [unit.code for unit in self.index.units], order),)
        return tuple(
            self._list(block.name, self.codes_of(block), order) for block in self.index.blocks
        )

    def codes_of(self, block: Block) -> list[str]:
        return [unit.code for unit in self.index.units if unit.block == block.code]

    def _list(self, title: str, codes: list[str], order: str) -> List:
        ranked = [self.ranked(code) for code in codes]
        known = [each.exact for each in ranked if each.exact is not None]
        mean = decimal(sum(known, Fraction(0)) / len(known), self.places) if known else ""
        ranked.sort(key=lambda each: (each.rank is None, each.rank or 0))
        if order == "ten":
            ranked.sort(key=lambda each: each.name)
        elif order == "phieu":
            ranked.sort(key=lambda each: -each.ballots)
        return List(title, tuple(ranked), mean)

    def ranked(self, code: str) -> Ranked:
        unit = self.units[code]
        exact = None if unit["exact_percent"] is None else Fraction(unit["exact_percent"])
        before = self.earlier.get(code, {}).get("exact_percent")
        return Ranked(
            code=code,
            name=self.index.unit_of[code].name,
            rank=unit["rank"],
            percent=self._shown(unit["percent"]),
            points=self._shown(unit["points"]),
            max_points=_plain(unit["max_points"]),
            label=unit["class"] or "",
            ballots=unit["ballots"],
            width="0" if exact is None else f"{float(exact):.2f}",
            missing=tuple(unit["missing"]),
            change=None if before is None or exact is None else exact - Fraction(before),
            exact=exact,
        )

    def _shown(self, value: str | None) -> str:
        return "*" if value is None else decimal(value, self.places)

    def points_of(self, leaf: Document) -> str:
        return self._shown(leaf["points"])

    def heats(self) -> tuple[Heat, ...]:
        """One map per block: leaves that apply to some unit of it."""
        return tuple(self._heat(block) for block in self.index.blocks if self.codes_of(block))

    def _heat(self, block: Block) -> Heat:
        codes = self.codes_of(block)
        cells = {
            code: {leaf["code"]: leaf for leaf in self.units[code]["criteria"]} for code in codes
        }
        leaves = [
            leaf for leaf in self.index.leaves if any(leaf.code in cells[code] for code in codes)
        ]
        heads, before = [], ""
        for leaf in leaves:
            component = self.index.component_of[leaf.code].code
            heads.append((leaf.code, leaf.name, component != before))
            before = component
        rows = tuple(
            (
                code,
                self.index.unit_of[code].name,
                tuple(self._cell(cells[code].get(leaf.code)) for leaf in leaves),
            )
            for code in codes
        )
        return Heat(block.name, tuple(heads), rows)

    def _cell(self, leaf: Document | None) -> HeatCell | None:
        if leaf is None:
            return None
        share = percent_of(leaf)
        if share is None:
            return HeatCell("*", 0, None, True)
        return HeatCell(decimal(share, 1), self.step(share), share, False)

    def step(self, percent: Fraction) -> int:
        """Which of five shades: by the classes of the index, else by 90, 80, 65 and 50."""
        limits = self.limits()
        for place, limit in enumerate(limits[:4]):
            if percent >= limit:
                return 5 - place
        return max(1, 5 - min(4, len(limits)))

    def limits(self) -> tuple[Fraction, ...]:
        """The limits between the shades, the highest first."""
        classes = sorted((each.from_percent for each in self.index.rules.classes), reverse=True)
        return tuple(limit for limit in classes if limit > 0) or STEPS

    def key(self) -> list[tuple[int, str, str]]:
        """The shades in words: (step, label, from)."""
        classes: list[ScoreClass] = sorted(
            self.index.rules.classes, key=lambda each: each.from_percent, reverse=True
        )
        labels = {each.from_percent: each.label for each in classes}
        return [
            (5 - place, labels.get(limit, ""), decimal(limit, 0))
            for place, limit in enumerate(self.limits()[:4])
        ]

    def leaf(self, unit: str, criterion: str) -> Document | None:
        """One leaf of one unit."""
        found = self.units.get(unit, {"criteria": []})["criteria"]
        return next((leaf for leaf in found if leaf["code"] == criterion), None)

    def distribution(self, question: str, unit: str | None = None) -> Counter[str]:
        """How often each level was given to a question, about one unit or all together."""
        total: Counter[str] = Counter()
        for each in self.document["units"]:
            if unit in (None, each["code"]):
                for leaf in each["criteria"]:
                    for asked in leaf.get("questions", ()):
                        if asked["code"] == question and asked["counts"] is not None:
                            for cell in asked["counts"].values():
                                total.update(cell)
        return total


def percent_of(leaf: Document) -> Fraction | None:
    """What share of its maximum a leaf has, in percent, exact."""
    if leaf["exact"] is None or Fraction(leaf["max_points"]) == 0:
        return None
    return 100 * Fraction(leaf["exact"]) / Fraction(leaf["max_points"])


def _plain(value: str | None) -> str:
    """A maximum as it stands, with a comma."""
    return "" if value is None else value.replace(".", ",")


def _changed(index: Index, earlier: Document | None) -> bool:
    """Whether an earlier index had other survey leaves or maxima: then years compare with care."""
    if earlier is None:
        return False
    before = indexfile.read(earlier["index"]["content"])

    def leaves(of: Index) -> set[tuple[str, str, Fraction | None]]:
        return {
            (leaf.code, leaf.name, leaf.max_points)
            for leaf in of.leaves
            if leaf.method in ("survey", "external")
        }

    return leaves(index) != leaves(before)
