"""What an index is made of: blocks, units, criteria, scales, groups, questions, and its rules.

Pure.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Organiser:
    name: str | None = None
    unit: str | None = None
    basis: str | None = None
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    notice: str | None = None


@dataclass(frozen=True)
class ScoreClass:
    label: str
    from_percent: Fraction


@dataclass(frozen=True)
class Rules:
    weighting: str = "pooled"  # pooled | groups
    no_opinion: str = "exclude"  # exclude | zero
    own_unit: str = "exclude"  # exclude | allow
    min_ballots: int = 5
    decimals: int = 2
    ranking: str = "blocks"  # blocks | one-list
    paging: str = "component"  # component | question | unit
    choose_units: bool = False
    participation_list: bool = False
    classes: tuple[ScoreClass, ...] = ()


@dataclass(frozen=True)
class Block:
    code: str
    name: str
    not_applicable: tuple[str, ...] = ()
    classes: tuple[ScoreClass, ...] = ()  # instead of those of the rules


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    block: str
    not_applicable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Component:
    code: str
    name: str


@dataclass(frozen=True)
class Criterion:
    code: str
    parent: str
    name: str
    max_points: Fraction | None = None
    method: str | None = None  # survey | appraisal | external on a leaf, None on a node


@dataclass(frozen=True)
class Level:
    code: str
    label: str
    weight: Fraction | None  # None only in a scale that no scored question has

    @property
    def worth(self) -> Fraction:
        """The share of the maximum that the level is worth; 0 where it is only asked for."""
        return self.weight or Fraction(0)


@dataclass(frozen=True)
class Scale:
    code: str
    levels: tuple[Level, ...]
    no_opinion: str


@dataclass(frozen=True)
class Group:
    code: str
    name: str
    weight: Fraction = Fraction(1)
    rates: str = "all"  # all | assigned | own


@dataclass(frozen=True)
class Question:
    """A scored question has criterion, scale and weight; a comment has none of them; a choice
    question, asked and counted and never scored, has a scale, `about` and `most`."""

    code: str
    text: str
    groups: tuple[str, ...]
    criterion: str | None = None
    scale: str | None = None
    weight: Fraction | None = None
    about: str | None = None  # none: asked once | unit: about each unit that the ballot rates
    most: int | None = None  # how many levels may be ticked

    @property
    def is_comment(self) -> bool:
        return self.scale is None

    @property
    def is_choice(self) -> bool:
        return self.about is not None

    @property
    def ticks_several(self) -> bool:
        return (self.most or 1) > 1

    def takes(self, ticks: str) -> bool:
        """Whether these levels may be ticked together: no more than `most`, and "-" alone."""
        return len(ticks) <= (1 if "-" in ticks else self.most or 1)

    @property
    def is_scored(self) -> bool:
        return not (self.is_comment or self.is_choice)
