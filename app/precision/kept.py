"""What an opening keeps of how sure its results are: nothing finer than is shown. Pure.

An exact variance would tell which of all ballots that a tally allows were cast; so errors are kept
in hundredths of a point of percent, rounded up, and never 0: that everybody said the same is not
told here either. Of two units only neighbours by rank have the margin of their difference.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

from app.language import exact
from app.precision.response import Agency
from app.precision.variance import Spread


@dataclass(frozen=True)
class UnitError:
    """In points of percent of the survey leaves with data: the standard error, half of the 95 %
    interval, and that of the difference to the unit ranked `below` when the urn was opened."""

    error: Fraction
    margin: Fraction
    below: str = ""
    difference: Fraction | None = None


@dataclass(frozen=True)
class Precision:
    """`one_level` and `agencies` as in `levels` and `response`."""

    units: Mapping[str, UnitError] = field(default_factory=dict)
    one_level: tuple[tuple[str, int | None], ...] = ()
    agencies: tuple[Agency, ...] = ()


def coarse(value: float) -> Fraction:
    """As coarse as it is kept."""
    return max(Fraction(1, 100), Fraction(ceil(round(value * 100, 6)), 100))


def unit_error(own: Spread, below: str = "", difference: Spread | None = None) -> UnitError:
    if difference is None:
        return UnitError(coarse(own.error), coarse(own.margin))
    return UnitError(coarse(own.error), coarse(own.margin), below, coarse(difference.margin))


def written(precision: Precision) -> str:
    """As it is stored; the same always gives the same text."""
    said = {
        "units": {
            code: {
                "error": exact(unit.error),
                "margin": exact(unit.margin),
                **(
                    {}
                    if unit.difference is None
                    else {"below": unit.below, "difference": exact(unit.difference)}
                ),
            }
            for code, unit in precision.units.items()
        },
        "one_level": [list(each) for each in precision.one_level],
        "agencies": [asdict(each) for each in precision.agencies],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def read(text: str) -> Precision:
    """What `written` wrote."""
    said: dict[str, Any] = json.loads(text)
    return Precision(
        {
            code: UnitError(
                Fraction(unit["error"]),
                Fraction(unit["margin"]),
                unit.get("below", ""),
                Fraction(unit["difference"]) if "difference" in unit else None,
            )
            for code, unit in said["units"].items()
        },
        tuple((cell, percent) for cell, percent in said["one_level"]),
        tuple(Agency(**each) for each in said["agencies"]),
    )
