"""Figures that a page and a paper say alike: shares, changes against an earlier wave. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.index import Criterion, Index
from app.language import _, decimal


def share(part: int, whole: int) -> str:
    """A part in percent, empty where there is no whole."""
    return decimal(Fraction(100 * part, whole), 1) if whole else ""


def change(value: Fraction | None, places: int) -> tuple[str, str]:
    """A change as (sign with number, in words)."""
    if value is None:
        return "", ""
    shown = decimal(abs(value), places)
    if value > 0:
        return f"▲ {shown}", _("điểm phần trăm, tăng")
    if value < 0:
        return f"▼ {shown}", _("điểm phần trăm, giảm")
    return shown, _("điểm phần trăm, không đổi")


def rose(changes: Iterable[Fraction | None]) -> tuple[int, int]:
    """How many changes are a rise, and how many are known."""
    known = [each for each in changes if each is not None]
    return sum(each > 0 for each in known), len(known)


def why_missing(leaf: Mapping[str, Any]) -> str:
    """Why a leaf of a document has no points: an external one has a percent, if only none yet."""
    return _("Chưa nhập tỷ lệ") if "percent" in leaf else _("Không đủ câu trả lời để tính điểm")


@dataclass(frozen=True)
class Changed:
    """The survey and external leaves in which two indexes differ."""

    new: tuple[Criterion, ...]  # another code, name or maximum than before
    gone: tuple[Criterion, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.gone)


def changed(index: Index, before: Index) -> Changed:
    """In what an index differs from an earlier one; such years compare by percent only."""
    then, now = _leaves(before), _leaves(index)
    codes = {leaf.code for leaf in now.values()}
    return Changed(
        tuple(leaf for key, leaf in now.items() if key not in then),
        tuple(leaf for key, leaf in then.items() if key not in now and leaf.code not in codes),
    )


def _leaves(index: Index) -> dict[tuple[str, str, Fraction | None], Criterion]:
    return {
        (leaf.code, leaf.name, leaf.max_points): leaf
        for leaf in index.leaves
        if leaf.method in ("survey", "external")
    }
