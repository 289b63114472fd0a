"""The map of a block: units by leaves or components, each cell a percent with its shade. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.index.definition import Index
from app.language import decimal
from app.scores import charts, components
from app.scores.workings import percent_of

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """Percent of a leaf's maximum for a unit; `step` 5 (best) to 1, 0 when missing."""

    text: str
    step: int


@dataclass(frozen=True)
class Map:
    """Units × leaves (or components); a cell is None where the leaf does not apply to the unit.

    A leaf comes as code, name, and whether a component begins there.
    """

    title: str
    leaves: tuple[tuple[str, str, bool], ...]
    rows: tuple[tuple[str, str, tuple[Cell | None, ...]], ...]
    means: tuple[Cell, ...] = ()  # of each column, where the map has them


def of(index: Index, title: str, units: Sequence[Document], limits: Sequence[Fraction]) -> Map:
    """The map of some units of a score sheet, in their order; leaves that apply to one of them."""
    cells = [{leaf["code"]: leaf for leaf in unit["criteria"]} for unit in units]
    leaves = [leaf for leaf in index.leaves if any(leaf.code in row for row in cells)]
    heads, before = [], ""
    for leaf in leaves:
        component = index.component_of[leaf.code].code
        heads.append((leaf.code, leaf.name, component != before))
        before = component
    # Of ten thousand cells most say what another one says.
    known: dict[tuple[str | None, str], Cell] = {}

    def cell(leaf: Document | None) -> Cell | None:
        if leaf is None:
            return None
        key = leaf["exact"], leaf["max_points"]
        if key not in known:
            known[key] = _shade(percent_of(leaf), limits)
        return known[key]

    rows = []
    for unit, row in zip(units, cells, strict=True):
        shown = tuple([cell(row.get(leaf.code)) for leaf in leaves])
        rows.append((unit["code"], index.unit_of[unit["code"]].name, shown))
    return Map(title, tuple(heads), tuple(rows))


def of_components(
    index: Index,
    title: str,
    units: Sequence[Document],
    parts: Sequence[Mapping[str, components.Part]],
    limits: Sequence[Fraction],
) -> Map:
    """The map of some units by component, with the mean of each column beneath; `parts` are the
    components of each."""
    means = components.means_of(index, parts)
    heads = tuple((each.code, each.name, False) for each in index.components if each.code in means)
    rows = []
    for unit, part in zip(units, parts, strict=True):
        cells = tuple(
            _shade(part[code].percent, limits) if code in part else None
            for code, _name, _first in heads
        )
        rows.append((unit["code"], index.unit_of[unit["code"]].name, cells))
    beneath = tuple(_shade(means[code], limits) for code, _name, _first in heads)
    return Map(title, heads, tuple(rows), beneath)


def _shade(share: Fraction | None, limits: Sequence[Fraction]) -> Cell:
    if share is None:
        return Cell("*", 0)
    return Cell(decimal(share, 1), charts.step(share, limits))
