"""The bytes of a ballot as masks, what each may say, and who is asked the same. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.index.definition import Index
from app.keys.urn import Layout
from app.scores import scoring


@dataclass
class Kind:
    """Ballots that are asked the same: their group, and which bytes may be filled."""

    group: str
    at_launch: bool  # whether the ballot was issued then
    forbidden: int  # 0xff in every byte that must be blank
    units: tuple[str, ...]  # that they rate
    issued: int = 0


def level_codes(index: Index) -> dict[str, frozenset[str]]:
    """The levels each question may be answered with."""
    asked = (*index.scored_questions, *index.choices)
    return {q.code: frozenset(scoring.level_codes(index, q)) for q in asked}


def mask(chosen: Iterable[bool]) -> int:
    """All bits of the chosen bytes, as one number."""
    return int.from_bytes(bytes(255 * choice for choice in chosen), "big")


def unit_masks(layout: Layout) -> dict[str, int]:
    """The bytes about each unit; those about none under ""."""
    return {
        code: mask(unit == code for (_question, unit), _level in layout.columns)
        for code in (*layout.units, "")
    }


def scored_mask(layout: Layout) -> int:
    """The bytes that points come of; the others only ask."""
    choices = {question for question, _unit in layout.choices}
    return mask(question not in choices for (question, _unit), _level in layout.columns)


def group_masks(index: Index, layout: Layout) -> dict[str, int]:
    """The bytes of what each group is asked."""
    return {
        group.code: mask(
            group.code in index.question_of[question].groups
            for (question, _unit), _level in layout.columns
        )
        for group in index.groups
    }
