"""Two years side by side, exactly: units, blocks, components and leaves by percent. Pure.

A component or a block is itself by its code; units and leaves by their lineage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from functools import cached_property

from app.index.definition import Index
from app.index.parts import Criterion, Rules
from app.years import origins, year
from app.years.lineage import Lineage
from app.years.rows import BlockRow, ComponentRow, LeafRow, UnitRow, difference
from app.years.year import Year

SCORED = ("survey", "external")
# What of the rules changes neither points nor ranks.
ASIDE = ("decimals", "paging", "choose_units", "participation_list")


class Comparison:
    """A year beside an earlier one. Sheets never change, so what is made is kept."""

    def __init__(self, now: Year, then: Year, lineage: Lineage | None = None) -> None:
        self.now, self.then = now, then
        self.came = origins.of_units(lineage, now.index, then.index)
        self.leaves_came = origins.of_leaves(lineage, now.index, then.index)

    @property
    def shares_nothing(self) -> bool:
        return not any(self.came.of.values()) and not any(self.leaves_came.of.values())

    @property
    def gone(self) -> tuple[str, ...]:
        return self.came.gone

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The keys of the rules that differ, of those that touch points, ranks and classes."""
        now, then = self.now.index.rules, self.then.index.rules
        return tuple(
            each.name
            for each in fields(Rules)
            if each.name not in ASIDE and getattr(now, each.name) != getattr(then, each.name)
        )

    @cached_property
    def units(self) -> dict[str, UnitRow]:
        return {code: self._unit(code) for code in self.now.units}

    def _unit(self, code: str) -> UnitRow:
        unit, came = self.now.units[code], self.came.of[code]
        return UnitRow(
            code=code,
            percent=_exact(unit),
            earlier=self._earlier(self._parts(code)),
            rank=unit["rank"],
            earlier_rank=self._rank(code, came),
            status=self._status(code, came),
        )

    @staticmethod
    def _earlier(parts: Sequence[year.Document]) -> Fraction | None:
        """What the parts have together; one alone says it."""
        if len(parts) == 1:
            return _exact(parts[0])
        return year.percent(leaf for part in parts for leaf in part["criteria"])

    def _rank(self, code: str, came: Sequence[str]) -> int | None:
        """The earlier rank; None where it was ranked among others, so that ranks do not tell."""
        now, then = self.now.index, self.then.index
        if len(came) != 1 or now.rules.ranking != then.rules.ranking:
            return None
        blocks = now.unit_of[code].block, then.unit_of[came[0]].block
        if now.rules.ranking == "blocks" and blocks[0] != blocks[1]:
            return None
        rank: int | None = self.then.units[came[0]]["rank"]
        return rank

    def _status(self, code: str, came: Sequence[str]) -> str:
        if not came:
            return "new"
        if len(came) > 1:
            return "merged"
        if code in self.came.split:
            return "split"
        return "same" if came[0] == code else "renamed"

    @cached_property
    def blocks(self) -> dict[str, BlockRow]:
        return {block.code: self._block(block.code) for block in self.now.index.blocks}

    def _block(self, code: str) -> BlockRow:
        rows = [self.units[unit["code"]] for unit in self.now.block(code)]
        known = {row.code: row.percent for row in rows if row.percent is not None}
        high, low = max(known.values(), default=None), min(known.values(), default=None)
        changes = [row.change for row in rows if row.change is not None]
        return BlockRow(
            code=code,
            mean=year.mean(known.values()),
            earlier_mean=year.mean(_exact(unit) for unit in self.then.block(code)),
            rose=sum(each > 0 for each in changes),
            fell=sum(each < 0 for each in changes),
            even=sum(each == 0 for each in changes),
            first=tuple(each for each, percent in known.items() if percent == high),
            last=tuple(each for each, percent in known.items() if percent == low),
            gap=difference(high, low),
        )

    @cached_property
    def leaves(self) -> tuple[LeafRow, ...]:
        """A row for each scored leaf and each block where some unit has it."""
        now, then = self._leaf_means(self.now, {}), self._leaf_means(self.then, self._became)
        return tuple(
            LeafRow(code, block.code, now[code, block.code], then.get((code, block.code)), status)
            for code, status in self.leaf_status.items()
            for block in self.now.index.blocks
            if (code, block.code) in now
        )

    @cached_property
    def _became(self) -> dict[str, list[str]]:
        """Earlier leaf → the leaves of this year that came from it; none: it is gone."""
        found: dict[str, list[str]] = {code: [] for code in self.leaves_came.then}
        for code, came in self.leaves_came.of.items():
            for each in came:
                found[each].append(code)
        return found

    @staticmethod
    def _leaf_means(
        found: Year, became: Mapping[str, Sequence[str]]
    ) -> dict[tuple[str, str], Fraction | None]:
        """(leaf, block) → the mean percent of the block's units in it; under the codes that
        leaves became."""
        percents: dict[tuple[str, str], list[Fraction | None]] = {}
        for unit in found.index.units:
            leaves: dict[str, list[year.Document]] = {}
            for leaf in found.units[unit.code]["criteria"]:
                for code in became.get(leaf["code"], (leaf["code"],)):
                    leaves.setdefault(code, []).append(leaf)
            for code, parts in leaves.items():
                # Nearly all came from one leaf, and there are five thousand.
                one = year.percent_of(parts[0]) if len(parts) == 1 else year.percent(parts)
                percents.setdefault((code, unit.block), []).append(one)
        return {key: year.mean(values) for key, values in percents.items()}

    @cached_property
    def leaf_status(self) -> dict[str, str]:
        """Scored leaf → new | changed | moved | same."""
        return {
            leaf.code: self._leaf_status(leaf)
            for leaf in self.now.index.leaves
            if leaf.method in SCORED
        }

    def _leaf_status(self, leaf: Criterion) -> str:
        came = self.leaves_came.of[leaf.code]
        if not came:
            return "new"
        several = len(came) > 1 or leaf.code in self.leaves_came.split
        now, then = self.now.index, self.then.index
        if several or made_of(now, leaf) != made_of(then, then.criterion_of[came[0]]):
            return "changed"
        component = now.component_of[leaf.code].code == then.component_of[came[0]].code
        return "same" if component and came[0] == leaf.code else "moved"

    @cached_property
    def components(self) -> tuple[ComponentRow, ...]:
        """A row for each scored component and each block where some unit has it."""
        index = self.now.index
        now, then = _component_means(self.now), _component_means(self.then)
        changes: dict[tuple[str, str], list[Fraction]] = {}
        for row in self.leaves:
            if row.change is not None:
                key = index.component_of[row.code].code, row.block
                changes.setdefault(key, []).append(row.change)
        return tuple(
            ComponentRow(
                *key,
                now[key],
                then.get(key),
                criteria_rose=sum(each > 0 for each in changes.get(key, ())),
                criteria_compared=len(changes.get(key, ())),
            )
            for component in index.components
            for key in ((component.code, block.code) for block in index.blocks)
            if key in now
        )

    def components_of(self, block: str) -> list[ComponentRow]:
        return [row for row in self.components if row.block == block]

    def unit_leaf(self, unit: str, leaf: str) -> Fraction | None:
        """The earlier percent of a unit in a leaf, of the parts that both came from."""
        return year.percent(year.of_leaves(self._parts(unit), self.leaves_came.of[leaf]))

    def unit_component(self, unit: str, component: str) -> Fraction | None:
        """The earlier percent of a unit in the component of the same code."""
        return year.percent(year.of_component(self.then.index, self._parts(unit), component))

    def _parts(self, unit: str) -> list[year.Document]:
        return [self.then.units[part] for part in self.came.of[unit]]


def made_of(index: Index, leaf: Criterion) -> tuple[object, ...]:
    """What makes a leaf's points: maximum, method, and what is asked of whom on which scale. The
    order of questions and groups changes no point, nor do the codes of questions."""
    asked = sorted(index.questions_of_leaf[leaf.code], key=lambda each: (each.text, each.code))
    questions = [
        (each.text, each.weight, set(each.groups), index.scale_of[each.scale or ""].levels)
        for each in asked
    ]
    return leaf.max_points, leaf.method, questions


def _exact(unit: year.Document) -> Fraction | None:
    percent = unit["exact_percent"]
    return None if percent is None else Fraction(percent)


def _component_means(found: Year) -> dict[tuple[str, str], Fraction | None]:
    """(component, block) → the mean percent of the block's units in it."""
    percents: dict[tuple[str, str], list[Fraction | None]] = {}
    for unit in found.index.units:
        leaves: dict[str, list[year.Document]] = {}
        for leaf in found.units[unit.code]["criteria"]:
            leaves.setdefault(found.index.component_of[leaf["code"]].code, []).append(leaf)
        for code, parts in leaves.items():
            percents.setdefault((code, unit.block), []).append(year.percent(parts))
    return {key: year.mean(values) for key, values in percents.items()}
