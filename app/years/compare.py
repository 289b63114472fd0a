"""The comparison of two score sheets as JSON, `phieu.compare/1` (docs/compare.md). Pure."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.language import _
from app.years.comparison import Comparison
from app.years.lineage import Lineage
from app.years.year import Year

FORMAT = "phieu.compare/1"


class NothingShared(ValueError):
    """Two sheets have no unit and no criterion in common; the message says what to do."""

    def __init__(self, wave: str, earlier: str) -> None:
        super().__init__(
            _(
                "Đợt {wave} và đợt {earlier} không có cơ quan nào và tiêu chí nào chung, nên không"
                " so được. Chọn đợt khác, hoặc lập bảng nối năm."
            ).format(wave=wave, earlier=earlier)
        )


def document(
    today: Mapping[str, Any], earlier: Mapping[str, Any], lineage: Lineage | None = None
) -> dict[str, Any]:
    """The comparison of two score sheets as JSON; exact numbers as in canonical JSON.

    Raises NothingShared.
    """
    found = Comparison(Year.of(today), Year.of(earlier), lineage)
    if found.shares_nothing:
        raise NothingShared(today["wave"], earlier["wave"])
    return {
        "format": FORMAT,
        "wave": today["wave"],
        "earlier": earlier["wave"],
        "rules": list(found.rules),
        "units": [
            _plain(row, "code percent earlier change rank earlier_rank status")
            for row in found.units.values()
        ],
        "gone": list(found.gone),
        "blocks": [
            _plain(row, "code mean earlier_mean change rose fell even first last gap")
            for row in found.blocks.values()
        ],
        "components": [
            _plain(row, "code block mean earlier_mean change criteria_rose criteria_compared")
            for row in found.components
        ],
        "leaves": [
            _plain(row, "code block mean earlier_mean change status") for row in found.leaves
        ],
    }


def _plain(row: object, keys: str) -> dict[str, Any]:
    return {key: _value(getattr(row, key)) for key in keys.split()}


def _value(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
