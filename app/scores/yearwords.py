"""What changed since an earlier sheet, in the sentences that reports contain. Pure.

Numbers are those of the comparison (docs/compare.md); nothing is said where there is none.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from app.index.parts import Block
from app.language import _, decimal
from app.scores import components, figures
from app.scores.figures import joined
from app.scores.results import Results
from app.years.rows import BlockRow, ComponentRow


def of_block(results: Results, block: Block) -> Iterator[str]:
    """Rise and fall, the mean, the first and the last, the best and the worst component, and how
    many criteria of each component rose."""
    row = results.comparison.blocks[block.code]
    for words in (
        _moves(results, row),
        _mean(results, row),
        _ends(results, row),
        _best_and_worst(results, block),
    ):
        if words:
            yield f"{block.name}: {words}"
    words = _("“{component}” {rose} trên {compared} tiêu chí")
    rose = [
        words.format(
            component=_component(results, row.code),
            rose=row.criteria_rose,
            compared=row.criteria_compared,
        )
        for row in results.comparison.components_of(block.code)
        if row.criteria_compared
    ]
    if rose:
        said = _("{block}: số tiêu chí tăng của từng chỉ số thành phần: {rose}.")
        yield said.format(block=block.name, rose="; ".join(rose))


def _moves(results: Results, row: BlockRow) -> str:
    if not row.compared:
        return ""
    then, _now = figures.years(results.index, results.before)
    words = _("{rose} đơn vị tăng, {fell} đơn vị giảm so với {then}.")
    if row.even:
        words = _("{rose} đơn vị tăng, {fell} đơn vị giảm, {even} đơn vị giữ nguyên so với {then}.")
    return words.format(rose=row.rose, fell=row.fell, even=row.even, then=then)


def _mean(results: Results, row: BlockRow) -> str:
    if row.mean is None:
        return ""
    then, _now = figures.years(results.index, results.before)
    mean = decimal(row.mean, results.places)
    if row.change is None:
        words = _("trung bình {mean}%; {then} không có số liệu của khối này.")
        return words.format(mean=mean, then=then)
    words = _("trung bình {mean}%, {change} so với {then}.")
    return words.format(mean=mean, change=change(results, row.change), then=then)


def _ends(results: Results, row: BlockRow) -> str:
    if row.gap is None or not row.gap:
        return ""
    words = _("đứng đầu là {first} ({high}%), cuối là {last} ({low}%), chênh {gap} điểm phần trăm.")
    units = results.comparison.units
    return words.format(
        first=_units(results, row.first),
        high=_shown(results, units[row.first[0]].percent),
        last=_units(results, row.last),
        low=_shown(results, units[row.last[0]].percent),
        gap=decimal(row.gap, results.places),
    )


def _best_and_worst(results: Results, block: Block) -> str:
    best, worst = components.ends(results.index, results.component_means[block.code])
    if not best:
        return ""
    row_of = {row.code: row for row in results.comparison.components_of(block.code)}
    words = _("chỉ số thành phần cao nhất là {best}; thấp nhất là {worst}.")
    return words.format(
        best=joined(_measured(results, row_of[each.code]) for each in best),
        worst=joined(_measured(results, row_of[each.code]) for each in worst),
    )


def _measured(results: Results, row: ComponentRow) -> str:
    name, mean = _component(results, row.code), _shown(results, row.mean)
    if row.change is None:
        return _("“{name}” ({mean}%)").format(name=name, mean=mean)
    words = _("“{name}” ({mean}%, {change})")
    return words.format(name=name, mean=mean, change=change(results, row.change))


def change(results: Results, value: Fraction) -> str:
    """A change of percent in words."""
    if not value:
        return _("không đổi")
    words = _("tăng {number} điểm phần trăm") if value > 0 else _("giảm {number} điểm phần trăm")
    return words.format(number=decimal(abs(value), results.places))


def of_units(results: Results) -> Iterator[str]:
    """What became of units: new, gone, renamed, merged, split; and who cannot be compared."""
    years, then = results.comparison, results.before.unit_of
    found: dict[str, list[str]] = {}
    for code, row in years.units.items():
        found.setdefault(row.status, []).append(code)
    if new := found.get("new"):
        yield _("Đơn vị mới, không so được: {names}.").format(names=_units(results, new))
    if years.gone:
        names = "; ".join(then[code].name for code in years.gone)
        yield _("Đơn vị không còn: {names}.").format(names=names)
    for code in years.units:
        yield from _became(results, code)
    without = [c for c, row in years.units.items() if row.status != "new" and row.change is None]
    if without:
        words = _("Không so được vì một trong hai lần không có số liệu: {names}.")
        yield words.format(names=_units(results, without))


def of_unit(results: Results, code: str) -> Iterator[str]:
    """The same of one unit."""
    if results.comparison.units[code].status == "new":
        then, _now = figures.years(results.index, results.before)
        yield _("Đơn vị mới, không so được với {then}.").format(then=then)
    yield from _became(results, code)


def _became(results: Results, code: str) -> Iterator[str]:
    words = {
        "renamed": _("{now} trước là {then}."),
        "merged": _("{now} gộp từ {then}."),
        "split": _("{now} tách từ {then}, nên so với {then}."),
    }.get(results.comparison.units[code].status)
    if words:
        names = [results.before.unit_of[each].name for each in results.comparison.came.of[code]]
        yield words.format(now=results.index.unit_of[code].name, then=joined(names))


def _units(results: Results, codes: Sequence[str]) -> str:
    return "; ".join(results.index.unit_of[code].name for code in codes)


def _component(results: Results, code: str) -> str:
    return next(each.name for each in results.index.components if each.code == code)


def _shown(results: Results, value: Fraction | None) -> str:
    return "" if value is None else decimal(value, results.places)


def all_of(results: Results) -> Iterable[tuple[str, tuple[str, ...]]]:
    """(block, its sentences) for each block that has any."""
    for block in results.index.blocks:
        said = tuple(of_block(results, block))
        if said:
            yield block.name, said
