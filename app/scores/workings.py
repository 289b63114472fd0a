"""The sum behind a number of a score sheet, as somebody with pencil and paper would write it. Pure.

Made from the counts alone, by code of its own (docs/scores.md, rules 1 to 5): that it ends at the
number of the sheet is tested, and a reader can check it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.index.definition import Index
from app.index.exact import share
from app.index.parts import Level, Question
from app.language import _, number, points

NO_OPINION = "-"
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Working:
    """Lines of a sum and what it ends at, None where there is nothing to divide by."""

    lines: tuple[str, ...]
    result: Fraction | None


def of_question(index: Index, question: Question, counts: Counts | None) -> Working:
    """The ratio of one question about one unit: rules 1 and 2."""
    if counts is None:
        return Working((), None)
    levels = list(index.scale_of[question.scale or ""].levels)
    if index.rules.no_opinion == "zero":
        levels.append(Level(NO_OPINION, "", Fraction(0)))
    if index.rules.weighting == "pooled":
        together = {
            level.code: sum(cell[level.code] for cell in counts.values()) for level in levels
        }
        line, ratio = _ratio(levels, together)
        return Working((line,), ratio)
    lines, weighed = [], []
    for key, cell in counts.items():
        groups = [index.group_of[code] for code in key.split("+")]
        line, ratio = _ratio(levels, cell)
        lines.append(f"{', '.join(group.name for group in groups)}: {line}")
        weighed.append((sum((group.weight for group in groups), Fraction(0)), ratio))
    line, ratio = _mean(weighed)
    return Working((*lines, line) if len(lines) > 1 else tuple(lines), ratio)


def _ratio(levels: Iterable[Level], counts: Mapping[str, int]) -> tuple[str, Fraction | None]:
    """Levels by their weights, over all who gave one."""
    given = [(counts[level.code], level.worth) for level in levels]
    worth = sum((count * weight for count, weight in given), Fraction(0))
    total = sum(count for count, _weight in given)
    sums = " + ".join(f"{number(count)} × {points(weight)}" for count, weight in given)
    divisor = " + ".join(number(count) for count, _weight in given)
    line = f"({sums}) ÷ ({divisor}) = {points(worth)} ÷ {number(total)}"
    if not total:
        return _("{line}: không có mức nào được chọn, nên không có tỷ lệ").format(line=line), None
    return f"{line} = {points(worth / total)}", worth / total


def of_leaf(index: Index, leaf: Mapping[str, Any]) -> Working:
    """From the ratios of its questions, or an imported percent, to the points of a leaf: 3, 4."""
    maximum = Fraction(leaf["max_points"])
    if "percent" in leaf:
        if leaf["percent"] is None:
            return Working((), None)
        ratio: Fraction | None = Fraction(leaf["percent"]) / 100
        lines = []
    else:
        ratios = [
            (question.weight or Fraction(0), of_question(index, question, each["counts"]).result)
            for each in leaf["questions"]
            for question in [index.question_of[each["code"]]]
        ]
        line, ratio = _mean(ratios)
        lines = [line] if len(ratios) > 1 else []
    if ratio is None:
        return Working(tuple(lines), None)
    worth = maximum * ratio
    lines.append(
        _("Điểm = điểm tối đa × tỷ lệ = {maximum} × {ratio} = {worth}").format(
            maximum=points(maximum), ratio=points(ratio), worth=points(worth)
        )
    )
    return Working(tuple(lines), worth)


def _mean(weighed: Iterable[tuple[Fraction, Fraction | None]]) -> tuple[str, Fraction | None]:
    """The weighted mean of what is defined, in words."""
    defined = [(weight, value) for weight, value in weighed if value is not None]
    total = sum((weight for weight, _value in defined), Fraction(0))
    if not total:
        return _("Không có tỷ lệ nào để lấy trung bình"), None
    sums = " + ".join(f"{points(weight)} × {points(value)}" for weight, value in defined)
    divisor = " + ".join(points(weight) for weight, _value in defined)
    mean = sum((weight * value for weight, value in defined), Fraction(0)) / total
    words = _("Trung bình theo trọng số: ({sums}) ÷ ({divisor}) = {mean}")
    return words.format(sums=sums, divisor=divisor, mean=points(mean)), mean


def of_unit(unit: Mapping[str, Any]) -> Working:
    """From the points of its leaves to the percent of a unit: rule 5."""
    counted = [leaf for leaf in unit["criteria"] if leaf["exact"] is not None]
    worth = sum((Fraction(leaf["exact"]) for leaf in counted), Fraction(0))
    maximum = sum((Fraction(leaf["max_points"]) for leaf in counted), Fraction(0))
    if unit["reason"] or not maximum:
        return Working((), None)
    percent = 100 * worth / maximum
    words = _("Tỷ lệ = 100 × tổng điểm ÷ tổng điểm tối đa = 100 × {worth} ÷ {maximum} = {percent}")
    line = words.format(worth=points(worth), maximum=points(maximum), percent=points(percent))
    return Working((line,), percent)


def percent_of(leaf: Mapping[str, Any]) -> Fraction | None:
    """What share of its maximum a leaf has, in percent, exact."""
    return share(leaf["exact"], leaf["max_points"])
