"""How many of those who were asked have answered, by the agency they belong to. Pure.

Agencies and groups part the same people in two ways, so that a number of the one less a number of
the other could be about a single person. Therefore an agency stands for itself only where it has
no, or ten and more, people in each cell of groups, and so do all others together: whatever is added
or taken off, what is left are ten people or more, or none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LEAST = 10


@dataclass(frozen=True)
class Crossing:
    """The people of one agency ("" for none) in one cell of groups: ballots issued and received,
    and people who are still on the list."""

    cell: str
    agency: str
    issued: int
    cast: int
    left: int


@dataclass(frozen=True)
class Agency:
    """`code` is "" for all others together."""

    code: str
    issued: int
    cast: int


def by_agency(crossings: Iterable[Crossing]) -> tuple[Agency, ...]:
    """The agencies that may be told, in the order of their codes, and the others together; none
    where no agency may."""
    found = [each for each in crossings if each.issued]
    few = {each.agency for each in found if min(each.issued, each.left) < LEAST}
    told = {each.agency for each in found} - few - {""}
    while told and (lacking := _lacking(found, told)):
        # Whoever joins has ten or more in that cell.
        in_cell = [each for each in found if each.cell == lacking and each.agency in told]
        if not in_cell:
            return ()
        told.remove(min(in_cell, key=lambda each: (each.issued, each.agency)).agency)
    if not told:
        return ()
    rows = [_sum(code, [each for each in found if each.agency == code]) for code in sorted(told)]
    others = [each for each in found if each.agency not in told]
    return (*rows, *([_sum("", others)] if others else []))


def _lacking(found: Iterable[Crossing], told: set[str]) -> str | None:
    """A cell of groups with some, but fewer than ten, people who are of none of these agencies."""
    sizes: dict[str, tuple[int, int]] = {}
    for each in found:
        if each.agency not in told:
            issued, left = sizes.get(each.cell, (0, 0))
            sizes[each.cell] = issued + each.issued, left + each.left
    return next((cell for cell, both in sorted(sizes.items()) if min(both) < LEAST), None)


def _sum(code: str, rows: Iterable[Crossing]) -> Agency:
    rows = list(rows)
    return Agency(code, sum(each.issued for each in rows), sum(each.cast for each in rows))
