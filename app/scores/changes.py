"""What changed since an earlier sheet: of each unit, its rank, and each component. Pure.

The numbers are those of the comparison (docs/compare.md).
"""

from collections.abc import Iterator

from app.language import _, decimal
from app.scores import figures
from app.scores.paper import MISSING, Chart, Column, Items, Part, Table
from app.scores.results import Results
from app.years.rows import ComponentRow, LeafRow

BARS = 15  # of two series in one chart: a higher one not every program draws well


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
        row = results.comparison.units[unit.code]
        # With the digits of this wave, or the change would not be the difference.
        shown = MISSING if row.earlier is None else decimal(row.earlier, results.places)
        change = figures.change(row.change, results.places)[0]
        rank = row.earlier_rank
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
            row = results.comparison.units[unit.code]
            bars.append((unit.name, (row.percent, row.earlier)))
        if any(values[1] is not None for _name, values in bars):
            title = each.title or _("Các cơ quan, đơn vị")
            caption = _("{title}: tỷ lệ phần trăm {then}, {now}")
            words = caption.format(title=title, then=then, now=now)
            for first in range(0, len(bars), BARS):
                rows = tuple(bars[first : first + BARS])
                shown = figures.piece(words, first, BARS, len(bars))
                yield Chart(shown, years, rows, results.places)


def component_parts(results: Results) -> Iterator[Part]:
    """A table for each block, and in words how many leaves of a component rose."""
    then, now = figures.years(results.index, results.before)
    for block in results.index.blocks:
        found = results.comparison.components_of(block.code)
        known = [each for each in found if each.earlier_mean is not None]
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
        rose, compared = figures.rose(each.change for each in known)
        words = _("{block}: {rose} trên {compared} chỉ số thành phần tăng so với {then}.")
        yield Items((words.format(block=block.name, rose=rose, compared=compared, then=then),))


def _row(results: Results, field: ComponentRow) -> tuple[str, ...]:
    shown = [
        MISSING if each is None else decimal(each, results.places)
        for each in (field.earlier_mean, field.mean)
    ]
    return (
        f"{field.code}. {_name(results, field.code)}",
        *shown,
        figures.change(field.change, results.places)[0] or MISSING,
        f"{field.criteria_rose}/{field.criteria_compared}" if field.criteria_compared else MISSING,
    )


def _name(results: Results, component: str) -> str:
    return next(each.name for each in results.index.components if each.code == component)


# What a leaf is beside the one it came from, by its status.
STATUSES = {
    "new": _("mới, không so được"),
    "changed": _("đã đổi"),
    "moved": _("đổi chỗ"),
    "same": "",
}


def leaf_tables(results: Results) -> Iterator[Table]:
    """The mean of each block in each leaf, then and now; leaves that are not those of then."""
    then, now = figures.years(results.index, results.before)
    for block in results.index.blocks:
        rows = [row for row in results.comparison.leaves if row.block == block.code]
        if all(row.change is None for row in rows):
            continue
        noted = any(STATUSES[row.status] for row in rows)
        columns = (
            Column(_("Tiêu chí"), 38, number=False),
            *(Column(figures.titled(each), 12) for each in (then, now)),
            Column(_("Tăng, giảm"), 13),
            *([Column(_("Ghi chú"), 16, number=False)] if noted else []),
        )
        caption = _("{block}: trung bình từng tiêu chí, {then} và {now}")
        shown = tuple(_leaf(results, row)[: len(columns)] for row in rows)
        starred = any(MISSING in row for row in shown)
        notes = (_("* Một trong hai lần không có số liệu, hoặc tiêu chí mới."),) if starred else ()
        yield Table(caption.format(block=block.name, then=then, now=now), columns, shown, notes)


def _leaf(results: Results, row: LeafRow) -> tuple[str, ...]:
    means = (row.earlier_mean, row.mean)
    return (
        f"{row.code} {results.index.criterion_of[row.code].name}",
        *(MISSING if each is None else decimal(each, results.places) for each in means),
        figures.change(row.change, results.places)[0] or MISSING,
        STATUSES[row.status],
    )
