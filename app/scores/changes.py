"""What changed since an earlier sheet: of each unit, its rank, and each component. Pure.

Compared is percent alone, exactly; a component or leaf is itself by its code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.index.parts import Block, Component
from app.language import _, decimal
from app.scores import components, figures
from app.scores.paper import MISSING, Chart, Column, Items, Part, Table
from app.scores.results import Results

BARS = 20  # of two series in one chart


def rank_before(results: Results, code: str) -> int | None:
    """A unit's earlier rank; None where it was ranked among others, so that ranks do not tell."""
    then, now = results.before, results.index
    unit = then.unit_of.get(code)
    if unit is None or then.rules.ranking != now.rules.ranking:
        return None
    if now.rules.ranking == "blocks" and unit.block != now.unit_of[code].block:
        return None
    rank: int | None = results.earlier[code]["rank"]
    return rank


def moved(now: int | None, then: int | None) -> str:
    """A change of rank; to a lower number is up."""
    if now is None or then is None:
        return MISSING
    return f"▲ {then - now}" if now < then else f"▼ {now - then}" if now > then else "0"


def unit_table(results: Results) -> Table:
    """Percent and rank of each unit, then and now."""
    then, now = figures.years(results.index, results.before)
    rows: list[tuple[str, ...]] = []
    lists = results.lists()
    firsts = {found.units[0].code: found.title for found in lists if len(lists) > 1}
    for unit in (unit for found in lists for unit in found.units):
        if unit.code in firsts:
            rows.append((firsts[unit.code],))  # ranks are told list by list
        before = results.earlier.get(unit.code, {}).get("exact_percent")
        # With the digits of this wave, or the change would not be the difference.
        shown = MISSING if before is None else decimal(before, results.places)
        change = figures.change(unit.change, results.places)[0]
        rank = rank_before(results, unit.code)
        ranks = [MISSING if place is None else str(place) for place in (rank, unit.rank)]
        rows.append(
            (unit.name, shown, unit.percent, change or MISSING, *ranks, moved(unit.rank, rank))
        )
    columns = (
        Column(_("Cơ quan"), 24, number=False),
        *(Column(figures.titled(each), 9) for each in (then, now)),
        Column(_("Tăng, giảm"), 10),
        *(Column(_("Hạng {year}").format(year=each), 9) for each in (then, now)),
        Column(_("Đổi hạng"), 9),
    )
    notes = (_("* Một trong hai lần không có số liệu, hoặc xếp hạng trong danh sách khác."),)
    unknown = any(MISSING in row for row in rows)
    caption = _("Tỷ lệ phần trăm và hạng {then}, {now}; tăng, giảm tính bằng điểm phần trăm")
    words = caption.format(then=then, now=now)
    return Table(words, columns, tuple(rows), notes if unknown else ())


def unit_charts(results: Results) -> Iterator[Chart]:
    """Each unit now and then, list by list."""
    then, now = figures.years(results.index, results.before)
    years = (figures.titled(now), figures.titled(then))
    for each in results.lists():
        bars = []
        for unit in each.units:
            before = results.earlier.get(unit.code, {}).get("exact_percent")
            bars.append((unit.name, (unit.exact, None if before is None else Fraction(before))))
        if any(values[1] is not None for _name, values in bars):
            title = each.title or _("Các cơ quan, đơn vị")
            caption = _("{title}: tỷ lệ phần trăm {then}, {now}")
            words = caption.format(title=title, then=then, now=now)
            for first in range(0, len(bars), BARS):
                rows = tuple(bars[first : first + BARS])
                shown = figures.piece(words, first, BARS, len(bars))
                yield Chart(shown, years, rows, results.places)


@dataclass(frozen=True)
class Field:
    """A component in a block: its mean now and then, how many of its leaves rose of those that
    can be compared."""

    component: Component
    now: Fraction | None
    then: Fraction | None
    rose: int
    compared: int


def fields(results: Results, block: Block) -> list[Field]:
    """The components of a block that the block of the same code had then, too."""
    units = [
        results.earlier[unit.code]
        for unit in results.before.units
        if unit.block == block.code and unit.code in results.earlier
    ]
    then = components.means(results.before, units)
    now = results.component_means[block.code]
    leaves_now = results.leaf_means[block.code]
    leaves_then = components.leaf_means(units)
    found = []
    for component in results.index.components:
        if component.code in now:
            changes = [
                mean - leaves_then[code]
                for code, mean in leaves_now.items()
                if code in leaves_then and results.index.component_of[code] == component
            ]
            rose, compared = figures.rose(changes)
            mean = then.get(component.code)
            found.append(Field(component, now[component.code], mean, rose, compared))
    return found


def component_parts(results: Results) -> Iterator[Part]:
    """A table for each block, and in words how many leaves of a component rose."""
    then, now = figures.years(results.index, results.before)
    for block in results.index.blocks:
        known = [each for each in fields(results, block) if each.then is not None]
        if not known:
            continue
        rows = [_row(results, each) for each in known]
        columns = (
            Column(_("Chỉ số thành phần"), 40, number=False),
            *(Column(figures.titled(each), 13) for each in (then, now)),
            Column(_("Tăng, giảm"), 14),
            Column(_("Tiêu chí tăng"), 12),
        )
        caption = _("{block}: trung bình từng chỉ số thành phần, {then} và {now}")
        words = caption.format(block=block.name, then=then, now=now)
        yield Table(words, columns, tuple(rows))
        rose, compared = figures.rose(
            None if each.now is None or each.then is None else each.now - each.then
            for each in known
        )
        words = _("{block}: {rose} trên {compared} chỉ số thành phần tăng so với {then}.")
        yield Items((words.format(block=block.name, rose=rose, compared=compared, then=then),))


def _row(results: Results, field: Field) -> tuple[str, ...]:
    shown = [
        MISSING if each is None else decimal(each, results.places)
        for each in (field.then, field.now)
    ]
    change = None if field.now is None or field.then is None else field.now - field.then
    return (
        f"{field.component.code}. {field.component.name}",
        *shown,
        figures.change(change, results.places)[0] or MISSING,
        f"{field.rose}/{field.compared}" if field.compared else MISSING,
    )
