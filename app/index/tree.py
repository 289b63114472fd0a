"""An index as a tree to read: components, criteria and leaves with their maxima per block.

Pure. A leaf that does not apply to a block has no maximum there; a node's maximum is the sum of its
leaves'.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.index.definition import Index
from app.index.parts import Block, Component, Criterion


@dataclass(frozen=True)
class Branch:
    """One row. `maxima` go by block, None where nothing below applies; `method` is of a leaf."""

    depth: int
    code: str
    name: str
    method: str | None
    questions: int
    maxima: tuple[Fraction | None, ...]


@dataclass(frozen=True)
class Sums:
    """What a block adds up to: all points, and those of survey and external leaves."""

    block: Block
    units: int
    whole: Fraction
    survey: Fraction


def branches(index: Index) -> tuple[Branch, ...]:
    """Every component, criterion and leaf, in file order, children after their parent."""
    return tuple(_below(index, None, 0))


def _below(index: Index, parent: str | None, depth: int) -> Iterator[Branch]:
    nodes: Sequence[Component | Criterion] = (
        index.components if parent is None else _children(index, parent)
    )
    for node in nodes:
        below = _leaves_of(index, node.code)
        leaf = below[0] if below == (node.code,) else None
        method = index.criterion_of[leaf].method if leaf else None
        questions = sum(len(index.questions_of_leaf[code]) for code in below)
        maxima = tuple(_maximum(index, below, block) for block in index.blocks)
        yield Branch(depth, node.code, node.name, method, questions, maxima)
        if leaf is None:
            yield from _below(index, node.code, depth + 1)


def _children(index: Index, parent: str) -> list[Criterion]:
    return [criterion for criterion in index.criteria if criterion.parent == parent]


def _leaves_of(index: Index, code: str) -> tuple[str, ...]:
    leaves = {leaf.code for leaf in index.leaves}
    if code in leaves:
        return (code,)
    found: list[str] = []
    for child in _children(index, code):
        found.extend(_leaves_of(index, child.code))
    return tuple(found)


def _maximum(index: Index, leaves: tuple[str, ...], block: Block) -> Fraction | None:
    points = [
        index.criterion_of[code].max_points or Fraction(0)
        for code in leaves
        if code not in block.not_applicable
    ]
    return sum(points, Fraction(0)) if points else None


def sums(index: Index) -> tuple[Sums, ...]:
    """The sums of each block, in file order."""
    return tuple(_sums(index, block) for block in index.blocks)


def _sums(index: Index, block: Block) -> Sums:
    counted = [leaf for leaf in index.leaves if leaf.code not in block.not_applicable]
    whole = sum((leaf.max_points or Fraction(0) for leaf in counted), Fraction(0))
    surveyed = [leaf for leaf in counted if leaf.method in ("survey", "external")]
    survey = sum((leaf.max_points or Fraction(0) for leaf in surveyed), Fraction(0))
    units = sum(unit.block == block.code for unit in index.units)
    return Sums(block, units, whole, survey)
