"""Results narrowed to a block, a class, a component; no number becomes another by it. Pure."""

from dataclasses import dataclass, replace
from functools import cached_property

from app.index.definition import Index
from app.index.parts import Component
from app.scores import components
from app.scores.heatmap import Map
from app.scores.results import List, Results

UNCLASSED = "-"


@dataclass(frozen=True)
class Narrowing:
    """Codes of a block and of a component, the label of a class; empty: all of them."""

    block: str = ""
    component: str = ""
    label: str = ""

    def __bool__(self) -> bool:
        return bool(self.block or self.component or self.label)

    def of(self, index: Index) -> "Narrowing":
        """What of it there is in an index."""
        choices = Choices(index)
        return Narrowing(
            self.block if self.block in dict(choices.blocks) else "",
            self.component if self.component in dict(choices.components) else "",
            self.label if self.label in (*choices.labels, UNCLASSED) and choices.labels else "",
        )

    def keeps(self, results: Results, code: str) -> bool:
        """Whether a unit is one of those."""
        block, label = results.index.unit_of[code].block, results.ranked[code].label
        return self.block in ("", block) and self.label in ("", label or UNCLASSED)

    def lists(self, results: Results, order: str = "") -> tuple[List, ...]:
        """The ranking. Ranks and means stay those of the whole list."""
        found = []
        for each in results.lists(order):
            kept = tuple(unit for unit in each.units if self.keeps(results, unit.code))
            if kept:
                found.append(replace(each, units=kept, among=len(each.units)))
        return tuple(found)

    def leaves(self, index: Index) -> frozenset[str]:
        """The leaves of the component, or all."""
        return frozenset(
            leaf.code
            for leaf in index.leaves
            if self.component in ("", index.component_of[leaf.code].code)
        )

    def heats(self, results: Results) -> tuple[Map, ...]:
        """The maps leaf by leaf."""
        return self._maps(results, results.heats, self.leaves(results.index))

    def fields(self, results: Results) -> tuple[Map, ...]:
        """The maps by component."""
        kept = {self.component} if self.component else {c.code for c in results.index.components}
        return self._maps(results, results.fields, frozenset(kept))

    def _maps(
        self, results: Results, maps: tuple[Map, ...], columns: frozenset[str]
    ) -> tuple[Map, ...]:
        found = []
        for each in maps:
            places = [n for n, (code, *_rest) in enumerate(each.leaves) if code in columns]
            rows = tuple(
                (code, name, tuple(cells[n] for n in places))
                for code, name, cells in each.rows
                if self.keeps(results, code)
            )
            if rows and places:
                # A mean is of the whole block, and stands only beneath the whole of it.
                whole = each.means and len(rows) == len(each.rows)
                means = tuple(each.means[n] for n in places) if whole else ()
                heads = tuple(each.leaves[n] for n in places)
                found.append(Map(each.title, heads, rows, means))
        return tuple(found)


@dataclass(frozen=True)
class Choices:
    """What can be chosen of an index: (code, name), and labels from the best."""

    index: Index

    @cached_property
    def blocks(self) -> tuple[tuple[str, str], ...]:
        there = {unit.block for unit in self.index.units}
        return tuple((each.code, each.name) for each in self.index.blocks if each.code in there)

    @cached_property
    def components(self) -> tuple[tuple[str, str], ...]:
        found: tuple[Component, ...] = components.scored(self.index)
        return tuple((each.code, f"{each.code}. {each.name}") for each in found)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return self.index.class_labels
