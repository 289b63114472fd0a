"""The items of an index as masks over the bytes of a ballot, and what each may say. Pure."""

from collections.abc import Iterable

from app.index.definition import Index
from app.keys.urn import Layout
from app.scores import scoring


def level_codes(index: Index) -> dict[str, frozenset[str]]:
    """The levels each question may be answered with."""
    return {q.code: frozenset(scoring.level_codes(index, q)) for q in index.scored_questions}


def mask(chosen: Iterable[bool]) -> int:
    """All bits of the bytes of chosen items, as one number."""
    return int.from_bytes(bytes(255 * choice for choice in chosen), "big")


def unit_masks(layout: Layout) -> dict[str, int]:
    """The items about each unit."""
    return {code: mask(unit == code for _question, unit in layout.items) for code in layout.units}


def group_masks(index: Index, layout: Layout) -> dict[str, int]:
    """The items that each group is asked."""
    return {
        group.code: mask(
            group.code in index.question_of[question].groups for question, _unit in layout.items
        )
        for group in index.groups
    }
