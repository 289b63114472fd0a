"""The map of a block: units by leaves, each cell a percent with its shade. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app import charts
from app.index import Index
from app.language import decimal
from app.workings import percent_of

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """Percent of a leaf's maximum for a unit; `step` 5 (best) to 1, 0 when missing."""

    text: str
    step: int


@dataclass(frozen=True)
class Map:
    """Units × leaves; a cell is None where the leaf does not apply to the unit.

    A leaf comes as code, name, and whether a component begins there.
    """

    title: str
    leaves: tuple[tuple[str, str, bool], ...]
    rows: tuple[tuple[str, str, tuple[Cell | None, ...]], ...]


def of(index: Index, title: str, units: Sequence[Document], limits: Sequence[Fraction]) -> Map:
    """The map of some units of a score sheet, in their order; leaves that apply to one of them."""
    cells = [{leaf["code"]: leaf for leaf in unit["criteria"]} for unit in units]
    leaves = [leaf for leaf in index.leaves if any(leaf.code in row for row in cells)]
    heads, before = [], ""
    for leaf in leaves:
        component = index.component_of[leaf.code].code
        heads.append((leaf.code, leaf.name, component != before))
        before = component
    rows = []
    for unit, row in zip(units, cells, strict=True):
        shown = tuple(_cell(row.get(leaf.code), limits) for leaf in leaves)
        rows.append((unit["code"], index.unit_of[unit["code"]].name, shown))
    return Map(title, tuple(heads), tuple(rows))


def _cell(leaf: Document | None, limits: Sequence[Fraction]) -> Cell | None:
    if leaf is None:
        return None
    share = percent_of(leaf)
    if share is None:
        return Cell("*", 0)
    return Cell(decimal(share, 1), charts.step(share, limits))
