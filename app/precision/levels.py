"""Ballots that answer everything with one and the same level, as a share per group. Pure.

For people to review a group's return, never for a score. A ballot is looked at when it answers
ANSWERS questions or more with a level; a group when it has LEAST such ballots of those issued at
the launch, smaller ones together. A share that stands for fewer than HIDDEN ballots, or for all but
fewer than HIDDEN, is not told: it would tell of a few, or of everybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.precision.variance import joined

ANSWERS = 10
LEAST = 10
HIDDEN = 5
NO_LEVEL = b"\0-"


@dataclass
class Looked:
    """Ballots of a group that answer enough, and those of them that know one level only."""

    ballots: int = 0
    alike: int = 0

    def add(self, levels: bytes) -> None:
        """One ballot, a byte for each item."""
        said = levels.translate(None, NO_LEVEL)
        if len(said) >= ANSWERS:
            self.ballots += 1
            self.alike += said.count(said[0]) == len(said)

    def join(self, other: "Looked") -> None:
        """Take the ballots of another one."""
        self.ballots += other.ballots
        self.alike += other.alike


def shares(
    groups: Sequence[str], looked: Mapping[str, Looked]
) -> tuple[tuple[str, int | None], ...]:
    """(cell, whole percent, None where it is not told); nothing where all together are too few.
    A cell is the groups that are counted together, in the order of `groups`, joined by "+"."""
    sizes = {code: looked[code].ballots for code in groups if code in looked}
    cells = joined({code: size for code, size in sizes.items() if size}, LEAST)
    found = []
    for cell in cells or ():
        codes = sorted(cell, key=groups.index)
        ballots = sum(looked[code].ballots for code in codes)
        alike = sum(looked[code].alike for code in codes)
        told = min(alike, ballots - alike) >= HIDDEN
        percent = (200 * alike + ballots) // (2 * ballots) if told else None
        found.append((groups.index(codes[0]), "+".join(codes), percent))
    return tuple((cell, percent) for _place, cell, percent in sorted(found))
