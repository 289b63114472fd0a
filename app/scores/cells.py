"""The cells of a tally: which counts may be kept and shown (rule 0). Pure.

A cell is a group, or several small ones together. Nothing finer is kept of what the urn held.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.index.definition import Index
from app.index.parts import Level, Question

NO_OPINION = "-"

# Cell key (group codes joined by "+") or group code → level code, NO_OPINION too → number.
Counts: TypeAlias = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Chosen:
    """What was said to a choice question: how many ballots answered, by cell, and what they
    ticked. Of several ticks of a ballot each counts at its level."""

    answers: Mapping[str, int]
    counts: Counts


def cells(
    index: Index, question: Question, by_group: Counts, sizes: Mapping[str, int] | None = None
) -> dict[str, dict[str, int]] | None:
    """The counts of one question about one unit that may be kept and shown.

    `by_group` holds the answers of each group; absent levels count 0. `sizes` tells how many of
    them, per group, are of ballots issued at the launch (None: all are); an absent group has 0.
    The result has every level of every cell, cells in the order of [[groups]]; None when all
    together are under the minimum.
    """
    answers = {code: sum(levels.values()) for code, levels in by_group.items()}
    together = _together(index, answers, sizes)
    return None if together is None else _added(index, question, by_group, together)


def chosen(
    index: Index,
    question: Question,
    by_group: Counts,
    answers: Mapping[str, int],
    sizes: Mapping[str, int] | None = None,
) -> Chosen | None:
    """The same of a choice question, to which so many ballots of each group gave `answers`."""
    together = _together(index, answers, sizes)
    if together is None:
        return None
    said = {"+".join(codes): sum(answers[code] for code in codes) for codes in together}
    return Chosen(said, _added(index, question, by_group, together))


def _together(
    index: Index, answers: Mapping[str, int], sizes: Mapping[str, int] | None
) -> list[list[str]] | None:
    """The groups of each cell; None when all together are under the minimum."""
    present = [group.code for group in index.groups if answers.get(group.code)]
    # Whoever adds people after the launch knows what they say. What is theirs is counted, and is
    # nothing to hide behind: without it every cell would still be large enough.
    size = answers if sizes is None else {code: sizes.get(code, 0) for code in present}
    minimum = index.rules.min_ballots
    together = [code for code in present if size[code] < minimum]
    alone = [code for code in present if size[code] >= minimum]
    if together and sum(size[code] for code in together) < minimum:
        if not alone:
            return None
        # min() keeps the first of equals, which is the earlier group. One is always enough.
        together.append(min(alone, key=size.__getitem__))
    if not present:
        return None
    kept: dict[str, list[str]] = {}  # a group alone, or "" for those together → groups in order
    for code in present:
        kept.setdefault("" if code in together else code, []).append(code)
    return list(kept.values())


def _added(
    index: Index, question: Question, by_group: Counts, together: Iterable[list[str]]
) -> dict[str, dict[str, int]]:
    levels = level_codes(index, question)
    return {
        "+".join(codes): {
            level: sum(by_group[code].get(level, 0) for code in codes) for level in levels
        }
        for codes in together
    }


def level_codes(index: Index, question: Question) -> tuple[str, ...]:
    """The codes an answer to a question may have: its scale's levels, then "-"."""
    return (*(level.code for level in levels_of(index, question)), NO_OPINION)


def levels_of(index: Index, question: Question) -> tuple[Level, ...]:
    return index.scale_of[question.scale or ""].levels  # a comment has none, and is never asked for
