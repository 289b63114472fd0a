"""Whether the maxima of an index file add up, block by block and node by node.

Pure. Published tables do not always add up, so a fault gives both sums. A sum that an earlier
fault leaves open is not judged.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from fractions import Fraction

from app.index.definition import Index
from app.index.entries import METHODS, Places
from app.index.faults import Faults, echo
from app.index.parts import Criterion
from app.language import _, exact

NOTHING = Fraction(0)


def check(index: Index, places: Places, faults: Faults) -> None:
    """Note every maximum that differs from the sum of what stands below it."""
    in_place = list(zip(places["criteria"], index.criteria, strict=True))
    looped = any(
        f"{place}, parent" in faults and item.parent in index.criterion_of
        for place, item in in_place
    )
    if not index.blocks or looped:  # in a loop nobody can tell the leaves
        return
    largest = largest_blocks(index)
    if unsure_blocks(index, places, faults).intersection(largest):
        return
    check_blocks(index, largest, faults)
    sound = not any(
        f"{place}, parent" in faults or f"{place}, code" in faults for place, _item in in_place
    )
    if sound and all(leaf.max_points is not None for leaf in index.leaves):
        check_nodes(index, largest, places["criteria"], faults)


def unsure_blocks(index: Index, places: Places, faults: Faults) -> set[str]:
    """The blocks that may be smaller or larger than their sums say, because of a fault."""
    unknown = {leaf.code for leaf in index.leaves if leaf.max_points is None}
    if any(unknown.intersection(block.not_applicable) for block in index.blocks):
        return {block.code for block in index.blocks}
    return {
        block.code
        for place, block in zip(places["blocks"], index.blocks, strict=True)
        if f"{place}, not_applicable" in faults
    }


def largest_blocks(index: Index) -> list[str]:
    """The codes of the blocks with the largest maximum."""
    sums = block_sums(index, index.leaves)
    largest = max(sums.values())
    return [block for block, points in sums.items() if points == largest]


def block_sums(index: Index, leaves: Iterable[Criterion]) -> dict[str, Fraction]:
    """The maxima of some leaves, summed over those that apply to each block."""
    points: dict[str, Fraction] = defaultdict(Fraction)
    for leaf in leaves:
        points[leaf.code] += leaf.max_points or NOTHING
    total = sum(points.values(), NOTHING)
    return {
        block.code: total
        - sum((points.get(code, NOTHING) for code in {*block.not_applicable}), NOTHING)
        for block in index.blocks
    }


def check_blocks(index: Index, largest: list[str], faults: Faults) -> None:
    """max_points and survey_points are those of the largest block; tied blocks must agree."""

    def agree(key: str, stated: Fraction, leaves: Collection[Criterion]) -> None:
        place = f"[index], {key}"
        open_ = any(leaf.max_points is None for leaf in leaves)
        sums = block_sums(index, leaves)
        if open_ or "[index]" in faults or place in faults:
            return
        if any(sums[block] != stated for block in largest):
            found = ", ".join(f"{echo(block)} {exact(sums[block])}" for block in largest[:10])
            message = _(
                "ghi {stated}, nhưng các tiêu chí tính vào {key} cộng lại theo khối là: {found}. "
                "Hãy sửa số này, hoặc sửa max_points, method, not_applicable ở tiêu chí và khối."
            )
            faults.add(place, message.format(stated=exact(stated), key=key, found=found))

    agree("max_points", index.max_points, index.leaves)
    if all(leaf.method in METHODS for leaf in index.leaves):
        surveyed = [leaf for leaf in index.leaves if leaf.method != "appraisal"]
        agree("survey_points", index.survey_points, surveyed)


def check_nodes(index: Index, largest: list[str], places: list[str], faults: Faults) -> None:
    """A node's stated maximum is the sum of all its leaves, or of those of the largest block.

    Published tables print either where a leaf does not count for every block.
    """
    leaves = {leaf.code for leaf in index.leaves}
    excluded = {frozenset[str]()} | {frozenset(index.block_of[b].not_applicable) for b in largest}
    sums = [node_sums(index, codes) for codes in excluded]
    for place, node in zip(places, index.criteria, strict=True):
        found = [each[node.code] for each in sums]
        if node.code in leaves or node.max_points is None or node.max_points in found:
            continue
        message = _(
            "ghi {stated}, nhưng các tiêu chí con cộng lại là {found}. "
            "Hãy sửa max_points ở đây hoặc ở tiêu chí con."
        )
        shown = " / ".join(sorted({exact(points) for points in found})[:10])
        faults.add(
            f"{place}, max_points", message.format(stated=exact(node.max_points), found=shown)
        )


def node_sums(index: Index, excluded: Collection[str]) -> dict[str, Fraction]:
    """The maxima of the leaves below each criterion, without the excluded; the tree is sound."""
    children: dict[str, list[Criterion]] = defaultdict(list)
    for criterion in index.criteria:
        children[criterion.parent].append(criterion)
    roots = {component.code for component in index.components}
    order = [child for root in roots for child in children[root]]
    for criterion in order:  # grows: parents before children
        order.extend(children[criterion.code])
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for criterion in reversed(order):
        if not children[criterion.code] and criterion.code not in excluded:
            sums[criterion.code] = criterion.max_points or NOTHING
        sums[criterion.parent] += sums[criterion.code]
    return sums
