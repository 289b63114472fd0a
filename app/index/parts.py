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
    weight: Fraction


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
    """A scored question has criterion, scale and weight; a comment (`is_comment`) has none."""

    code: str
    text: str
    groups: tuple[str, ...]
    criterion: str | None = None
    scale: str | None = None
    weight: Fraction | None = None

    @property
    def is_comment(self) -> bool:
        return self.scale is None
