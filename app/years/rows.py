"""The rows of a comparison: units, blocks, components, leaves. Pure; None is undefined."""

from dataclasses import dataclass
from fractions import Fraction


def difference(now: Fraction | None, then: Fraction | None) -> Fraction | None:
    return None if now is None or then is None else now - then


@dataclass(frozen=True)
class UnitRow:
    code: str
    percent: Fraction | None
    earlier: Fraction | None
    rank: int | None
    earlier_rank: int | None
    status: str  # same | new | renamed | merged | split

    @property
    def change(self) -> Fraction | None:
        return difference(self.percent, self.earlier)


@dataclass(frozen=True)
class BlockRow:
    code: str
    mean: Fraction | None
    earlier_mean: Fraction | None
    rose: int
    fell: int
    even: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    gap: Fraction | None

    @property
    def change(self) -> Fraction | None:
        return difference(self.mean, self.earlier_mean)

    @property
    def compared(self) -> int:
        return self.rose + self.fell + self.even


@dataclass(frozen=True)
class LeafRow:
    code: str
    block: str
    mean: Fraction | None
    earlier_mean: Fraction | None
    status: str  # new | changed | moved | same

    @property
    def change(self) -> Fraction | None:
        return difference(self.mean, self.earlier_mean)


@dataclass(frozen=True)
class ComponentRow:
    code: str
    block: str
    mean: Fraction | None
    earlier_mean: Fraction | None
    criteria_rose: int
    criteria_compared: int

    @property
    def change(self) -> Fraction | None:
        return difference(self.mean, self.earlier_mean)
