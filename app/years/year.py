"""One year to compare: a score sheet, and percents summed over leaves of it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.index import file as indexfile
from app.index.definition import Index
from app.index.exact import share, share_of, total
from app.years.lineage import Lineage

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Year:
    """A sheet to compare: its index, and its units by code."""

    index: Index
    units: Mapping[str, Document]

    @classmethod
    def of(cls, sheet: Document) -> "Year":
        index = indexfile.of_sheet(sheet["index"]["content"])
        return cls(index, {unit["code"]: unit for unit in sheet["units"]})

    def block(self, code: str) -> list[Document]:
        return [self.units[u.code] for u in self.index.units if u.block == code]


@dataclass(frozen=True, eq=False)
class Earlier:
    """A sheet of an earlier year, what its units and criteria became since, and the year before."""

    sheet: Document
    lineage: Lineage | None = None
    before: "Earlier | None" = None


def mean(values: Iterable[Fraction | None]) -> Fraction | None:
    """The mean of the defined values."""
    known = [value for value in values if value is not None]
    return total(known) / len(known) if known else None


def percent(leaves: Iterable[Document]) -> Fraction | None:
    """100·Σ points ÷ Σ maxima of the leaves that have data."""
    counted = [(each["exact"], each["max_points"]) for each in leaves if each["exact"] is not None]
    if len(counted) == 1:
        return share(*counted[0])
    return share_of(tuple(counted))


def percent_of(leaf: Document) -> Fraction | None:
    """The percent of a single leaf; None without data."""
    return share(leaf["exact"], leaf["max_points"])


def of_component(index: Index, units: Iterable[Document], code: str) -> list[Document]:
    """The leaves of units that lie in a component."""
    return [
        leaf
        for unit in units
        for leaf in unit["criteria"]
        if index.component_of[leaf["code"]].code == code
    ]


def of_leaves(units: Iterable[Document], codes: Iterable[str]) -> list[Document]:
    wanted = set(codes)
    return [leaf for unit in units for leaf in unit["criteria"] if leaf["code"] in wanted]
