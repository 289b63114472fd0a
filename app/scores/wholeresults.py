"""What pages and papers of the whole index show, out of the document of a whole sheet. Pure.

Per unit, and per component of it, four numbers as provinces lay them out: ĐTXHH, thẩm định, their
sum, and the sum in percent of the maxima of what has points. Sums are of exact values, so that they
may miss the sum of what is shown by one in the last place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from app.index import file as indexfile
from app.index.definition import Index
from app.index.parts import Component
from app.language import _, decimal, points
from app.scores import components
from app.scores.whole import NOT_APPRAISED, Surveyed, surveyed

Document = Mapping[str, Any]
EXACT_SUMS = _(
    "Tổng tính từ giá trị chính xác, nên có thể lệch 0,01 so với cộng các số đã làm tròn."
)


@dataclass(frozen=True)
class Four:
    """Survey, appraisal, sum and percent, exact: None is missing, and `applies` tells of each of
    the first two whether there is such a part at all."""

    survey: Fraction | None
    appraised: Fraction | None
    total: Fraction | None
    percent: Fraction | None
    applies: tuple[bool, bool]

    def shown(self, places: int) -> tuple[str, str, str, str]:
        """As texts: "*" for what is missing, "" for what does not apply."""
        surveys, appraises = self.applies
        either = surveys or appraises
        return (
            _text(self.survey, places) if surveys else "",
            _text(self.appraised, places) if appraises else "",
            _text(self.total, places) if either else "",
            _text(self.percent, places) if either else "",
        )


@dataclass(frozen=True)
class Row:
    """One unit in its list; `bars` are widths of appraisal and survey, together the percent."""

    code: str
    name: str
    head: str
    rank: int | None
    label: str
    four: Four
    max_points: Fraction | None
    fields: Mapping[str, Four]  # by component
    reason: str | None
    missing: tuple[str, ...]
    bars: tuple[str, str]


@dataclass(frozen=True)
class List:
    """A block, or all units in one list; those without a result come last."""

    title: str
    rows: tuple[Row, ...]
    mean: Fraction | None


class Whole:
    """A document of a whole sheet with the look-ups its pages need; `heads`: unit → name."""

    def __init__(self, document: Document, heads: Mapping[str, str] | None = None) -> None:
        self.document = document
        self.survey: Document = document["survey"]["content"]
        self.index: Index = indexfile.read(self.survey["index"]["content"])
        self.heads = heads or {}
        self.surveys = {unit["code"]: unit for unit in self.survey["units"]}

    @property
    def places(self) -> int:
        return self.index.rules.decimals

    @cached_property
    def is_classed(self) -> bool:
        """Whether any unit may be classed."""
        return any(map(self.index.classes_of, self.index.unit_of))

    @cached_property
    def has_heads(self) -> bool:
        return bool(self.heads)

    @cached_property
    def lists(self) -> tuple[List, ...]:
        """The ranking, per block or in one list."""
        index = self.index
        if index.rules.ranking == "one-list":
            return (self._list("", list(self.rows.values())),)
        found = (
            (block, [row for row in self.rows.values() if index.unit_of[row.code].block == code])
            for code, block in index.block_of.items()
        )
        return tuple(self._list(block.name, rows) for block, rows in found if rows)

    @staticmethod
    def _list(title: str, rows: list[Row]) -> List:
        known = [row.four.percent for row in rows if row.four.percent is not None]
        rows.sort(key=lambda row: (row.rank is None, row.rank or 0))
        mean = sum(known, Fraction(0)) / len(known) if known else None
        return List(title, tuple(rows), mean)

    @cached_property
    def components(self) -> tuple[Component, ...]:
        """The components that some unit has points of."""
        there = {code for row in self.rows.values() for code in row.fields}
        return tuple(each for each in self.index.components if each.code in there)

    @cached_property
    def rows(self) -> dict[str, Row]:
        return {unit["code"]: self._row(unit) for unit in self.document["units"]}

    def _row(self, unit: Document) -> Row:
        code, known = unit["code"], surveyed(self.surveys[unit["code"]])
        given = [leaf["points"] for leaf in unit["criteria"]]
        sums = None if None in given else sum(map(Fraction, given), Fraction(0))
        total, percent = _fraction(unit["exact_points"]), _fraction(unit["exact_percent"])
        most = _fraction(unit["max_points"])
        four = Four(known.points, sums, total, percent, (True, bool(given)))
        return Row(
            code=code,
            name=self.index.unit_of[code].name,
            head=self.heads.get(code, ""),
            rank=unit["rank"],
            label=unit["class"] or "",
            four=four,
            max_points=most,
            fields=self._fields(unit),
            reason=unit["reason"],
            missing=tuple(unit["missing"]),
            bars=(_width(sums, most), _width(known.points, most))
            if total is not None
            else ("", ""),
        )

    def _fields(self, unit: Document) -> dict[str, Four]:
        surveys = components.of_unit(self.index, self.surveys[unit["code"]])
        given: dict[str, list[Document]] = {}
        for leaf in unit["criteria"]:
            given.setdefault(self.index.component_of[leaf["code"]].code, []).append(leaf)
        found: dict[str, Four] = {}
        for component in self.index.components:
            part, leaves = surveys.get(component.code), given.get(component.code, [])
            if part or leaves:
                mine = Surveyed(part.points, part.max_points) if part else Surveyed(None, None)
                found[component.code] = _four(mine, leaves, surveys=part is not None)
        return found

    def lacking(self, each: List) -> list[str]:
        """Why units of a list have no result, a sentence for those alike."""
        alike: dict[tuple[str | None, tuple[str, ...]], list[str]] = {}
        for row in each.rows:
            if row.reason:
                missing = row.missing if row.reason == NOT_APPRAISED else ()
                alike.setdefault((row.reason, missing), []).append(row.name)
        return [_why(reason, missing, names) for (reason, missing), names in alike.items()]

    def why(self, row: Row) -> str:
        """Why a unit has no result; "" where it has one."""
        return _why(row.reason, row.missing, [row.name]) if row.reason else ""

    def maxima(self, code: str) -> tuple[Fraction | None, Fraction | None]:
        """Of what was surveyed, and of what is appraised."""
        stated = next(unit for unit in self.document["units"] if unit["code"] == code)
        most = surveyed(self.surveys[code]).max_points
        return most, _fraction(stated["max_appraised"])

    def number(self, value: Fraction | None) -> str:
        return _text(value, self.places)

    @staticmethod
    def maximum(value: Fraction | None) -> str:
        return "*" if value is None else points(value)


def _four(survey: Surveyed, leaves: list[Document], surveys: bool) -> Four:
    """A component: over the maxima of what has points; without a sum while some is to come."""
    given = [leaf["points"] for leaf in leaves]
    sums = None if None in given or not given else sum(map(Fraction, given), Fraction(0))
    most = sum((Fraction(leaf["max_points"]) for leaf in leaves), survey.max_points or Fraction(0))
    known = [value for value in (survey.points, sums) if value is not None]
    total = None if None in given or not known else sum(known, Fraction(0))
    percent = 100 * total / most if total is not None and most else None
    return Four(survey.points, sums, total, percent, (surveys, bool(leaves)))


def _why(reason: str | None, missing: tuple[str, ...], names: list[str]) -> str:
    if reason == NOT_APPRAISED:
        words = _("* {units}: chưa có điểm thẩm định của tiêu chí {codes}, nên chưa có kết quả.")
        return words.format(units="; ".join(names), codes=", ".join(missing))
    words = _("* {units}: không có số liệu điều tra, nên không có kết quả cả bộ.")
    return words.format(units="; ".join(names))


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _text(value: Fraction | None, places: int) -> str:
    return "*" if value is None else decimal(value, places)


def _width(value: Fraction | None, most: Fraction | None) -> str:
    """The width of a part of a bar that is 100 at the maximum."""
    return f"{float(100 * (value or 0) / most):.2f}" if most else "0"
