"""What pages and papers say of how sure a percent is: intervals, and pairs not told apart. Pure.

A percent from elsewhere is taken as it is: it moves the percent of a unit, and its weight makes the
part that was surveyed smaller. Two units are told apart when 0 lies outside the 95 % interval of
their difference. That is known of neighbours by rank as it was when the urn was opened; where
external percents have changed the order since, two are told apart when their intervals lie apart,
which never says too much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

from app.language import _, decimal
from app.precision.kept import Precision, coarse

Document = Mapping[str, Any]


class Ranked(Protocol):
    """A unit in its list, as `app.scores.results` has it."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def rank(self) -> int | None: ...
    @property
    def exact(self) -> Fraction | None: ...


@dataclass(frozen=True)
class Margin:
    """In points of percent: the standard error, half of the 95 % interval, and its limits."""

    error: Fraction
    half: Fraction
    low: Fraction
    high: Fraction

    @property
    def shown(self) -> str:
        return f"±{decimal(self.half, 2)}"

    @property
    def words(self) -> str:
        """The interval."""
        return _("từ {low} đến {high}").format(low=decimal(self.low, 2), high=decimal(self.high, 2))

    @property
    def whisker(self) -> str:
        """The path of a drawing 100 wide and 8 high."""
        low, high = (f"{float(each):.2f}" for each in (self.low, self.high))
        return f"M{low} 4H{high}M{low} 1v6M{high} 1v6"


@dataclass(frozen=True)
class Pair:
    """Two neighbours by rank, and whether these ballots tell them apart."""

    upper: Ranked
    lower: Ranked
    apart: bool


class Margins:
    """Of the units of a document; `precision` is None where an earlier version opened the urn."""

    def __init__(self, document: Document, precision: Precision | None) -> None:
        self.known = precision is not None
        self._kept = precision.units if precision else {}
        self._found: dict[str, Margin | None] = {}
        self._shares = {unit["code"]: _share(unit) for unit in document["units"]}
        self._percents = {
            unit["code"]: Fraction(unit["exact_percent"])
            for unit in document["units"]
            if unit["exact_percent"] is not None
        }

    def of(self, code: str) -> Margin | None:
        """None where too few ballots rate a unit, or nothing is known."""
        if code not in self._found:
            self._found[code] = self._of(code)
        return self._found[code]

    def _of(self, code: str) -> Margin | None:
        kept, percent = self._kept.get(code), self._percents.get(code)
        share = self._shares.get(code)
        if kept is None or percent is None or not share:
            return None
        error, half = coarse(float(kept.error * share)), coarse(float(kept.margin * share))
        low, high = max(Fraction(0), percent - half), min(Fraction(100), percent + half)
        return Margin(error, half, low, high)

    def pairs(self, units: Sequence[Ranked]) -> tuple[Pair, ...]:
        """The neighbours of a list, from the top; those who share a rank are no pair."""
        ranked = sorted((each for each in units if each.rank), key=lambda each: each.rank or 0)
        return tuple(
            Pair(upper, lower, apart)
            for upper, lower in pairwise(ranked)
            if upper.rank != lower.rank and (apart := self._apart(upper, lower)) is not None
        )

    def _apart(self, upper: Ranked, lower: Ranked) -> bool | None:
        first, second = self.of(upper.code), self.of(lower.code)
        if first is None or second is None or upper.exact is None or lower.exact is None:
            return None
        return upper.exact - lower.exact > self._between(upper.code, lower.code, first, second)

    def _between(self, upper: str, lower: str, first: Margin, second: Margin) -> Fraction:
        """Half of the 95 % interval of a difference, or more."""
        share = self._shares[upper]
        for one, other in ((upper, lower), (lower, upper)):
            kept = self._kept[one]
            if kept.difference is None or kept.below != other or share is None:
                continue
            if share == self._shares[lower]:
                return kept.difference * share
        return first.half + second.half


def _share(unit: Document) -> Fraction | None:
    """How much of the maximum of a unit was surveyed, of the leaves that have data."""
    if unit["max_points"] in (None, "0"):
        return None
    surveyed = (
        leaf["max_points"]
        for leaf in unit["criteria"]
        if "questions" in leaf and leaf["exact"] is not None
    )
    return _part(tuple(surveyed), unit["max_points"])


@lru_cache(256)
def _part(surveyed: tuple[str, ...], maximum: str) -> Fraction:
    """The same for all units of a block, mostly: a page asks for each."""
    return sum(map(Fraction, surveyed), Fraction(0)) / Fraction(maximum)


def not_apart(pairs: Sequence[Pair]) -> str:
    """The pairs that the ballots do not tell apart, neighbours in a row as one; empty for none."""
    runs: list[list[Ranked]] = []
    for pair in pairs:
        if pair.apart:
            continue
        if runs and runs[-1][-1].code == pair.upper.code:
            runs[-1].append(pair.lower)
        else:
            runs.append([pair.upper, pair.lower])
    if not runs:
        return ""
    return _(
        "Với số phiếu này chưa đủ để nói cơ quan xếp trên hơn cơ quan xếp ngay dưới: {runs}."
    ).format(runs="; ".join(map(_run, runs)))


def _run(units: Sequence[Ranked]) -> str:
    words = _("{first} (hạng {top}) và {last} (hạng {bottom})")
    if len(units) > 2:
        words = _("từ {first} (hạng {top}) đến {last} (hạng {bottom})")
    first, last = units[0], units[-1]
    return words.format(first=first.name, top=first.rank, last=last.name, bottom=last.rank)


def summary(pairs: Sequence[Pair]) -> str:
    """How many neighbours are told apart."""
    close = sum(not pair.apart for pair in pairs)
    if not pairs:
        return ""
    if not close:
        return _("Cơ quan xếp trên đều hơn rõ cơ quan xếp ngay dưới.")
    return _(
        "{close} trong {all} cặp cơ quan xếp liền nhau chưa phân biệt được bằng số phiếu này."
    ).format(close=close, all=len(pairs))


def unknown() -> str:
    """What is said of a wave that an earlier version opened."""
    return _(
        "Hòm phiếu của đợt này được mở bằng phiên bản chưa tính sai số. Phiếu không được lưu lại,"
        " nên không tính thêm được."
    )


def meaning() -> str:
    """What an interval is, in plain words."""
    return _(
        "Sai số (±) là nửa khoảng tin cậy 95%: không phải ai nhận phiếu cũng trả lời, và nếu những"
        " người khác trong cùng danh sách trả lời thì tỷ lệ sẽ khác đi một chút. Cứ 100 khoảng tính"
        " như vậy thì chừng 95 khoảng chứa tỷ lệ mà cả danh sách sẽ cho. Sai số không cho biết danh"
        " sách có được chọn đúng người hay không, và người không trả lời có nghĩ khác hay không."
    )
