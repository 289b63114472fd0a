"""Several years in a row: each unit and each block by year, through all lineages. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from app.years import origins, year
from app.years.year import Earlier, Year

Values = tuple[Fraction | None, ...]


@dataclass(frozen=True)
class Line:
    """The years, oldest first, and percents in their order; None where a year has none."""

    years: tuple[int, ...]
    units: dict[str, Values]
    blocks: dict[str, Values]


def of(now: Year, earlier: Earlier | None) -> Line:
    """This year and those before it. Of several sheets of one year the newest alone is shown."""
    newer = now
    came: dict[str, tuple[str, ...]] = {code: (code,) for code in now.units}
    years, parts, seen = [now], [came], earlier
    while seen is not None:
        older = Year.of(seen.sheet)
        became = origins.of_units(seen.lineage, newer.index, older.index).of
        came = {
            code: tuple(dict.fromkeys(each for part in before for each in became[part]))
            for code, before in came.items()
        }
        if older.index.year < years[-1].index.year:
            years.append(older)
            parts.append(came)
        newer, seen = older, seen.before
    rows = list(zip(years, parts, strict=True))[::-1]
    return Line(
        tuple(found.index.year for found, _parts in rows),
        {code: tuple(_unit(found, part[code]) for found, part in rows) for code in now.units},
        {
            block.code: tuple(
                year.mean(_unit(found, (u["code"],)) for u in found.block(block.code))
                for found, _parts in rows
            )
            for block in now.index.blocks
        },
    )


def _unit(found: Year, codes: tuple[str, ...]) -> Fraction | None:
    return year.percent(leaf for code in codes for leaf in found.units[code]["criteria"])
