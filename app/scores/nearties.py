"""Units that look alike but are not ranked alike: where their exact percents part. Pure."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import groupby

from app.language import _, decimal, rounded
from app.scores.results import List, Ranked

ORDINALS = (
    *(_("thứ nhất"), _("thứ hai"), _("thứ ba"), _("thứ tư"), _("thứ năm")),
    *(_("thứ sáu"), _("thứ bảy"), _("thứ tám"), _("thứ chín"), _("thứ mười")),
)


def in_words(ranked: List, places: int) -> tuple[str, ...]:
    """A sentence for each row of units of one list that show the same percent with different
    ranks; `places` are the decimals that are shown."""
    return tuple(_sentence(units, places) for units in _alike(ranked.units))


def of_unit(ranked: List, code: str, places: int) -> str:
    """The sentence that one unit is in, empty where it is in none."""
    return next(
        (
            _sentence(units, places)
            for units in _alike(ranked.units)
            if any(unit.code == code for unit in units)
        ),
        "",
    )


def _alike(units: Iterable[Ranked]) -> Iterator[list[Ranked]]:
    known = sorted((unit for unit in units if unit.rank is not None), key=_rank)
    for _percent, rows in groupby(known, key=lambda unit: unit.percent):
        found = list(rows)
        if len({unit.rank for unit in found}) > 1:
            yield found


def _rank(unit: Ranked) -> int:
    return unit.rank or 0


def _sentence(units: list[Ranked], places: int) -> str:
    digits = _parting({unit.exact or Fraction(0) for unit in units}, places)
    figures = "; ".join(
        _("hạng {rank} {unit} {percent}%").format(
            rank=unit.rank, unit=unit.name, percent=decimal(unit.exact or Fraction(0), digits)
        )
        for unit in units
    )
    place = ORDINALS[digits - 1] if digits <= len(ORDINALS) else _("thứ %d") % digits
    return _("Cùng {percent}% nhưng hơn nhau từ số lẻ {place}: {figures}.").format(
        percent=units[0].percent, place=place, figures=figures
    )


def _parting(exact: set[Fraction], places: int) -> int:
    """How many decimals it takes to tell all of them apart."""
    digits = places + 1
    while len({rounded(value, digits) for value in exact}) < len(exact):
        digits += 1
    return digits
