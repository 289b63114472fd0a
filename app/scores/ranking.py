"""The ranking of a report: who leads, how many of each class, and all units by rank. Pure."""

from collections import Counter
from collections.abc import Iterator

from app.language import _, decimal
from app.precision.margins import Margins, meaning
from app.scores import figures, nearties, sureness
from app.scores.course import Course
from app.scores.figures import joined, see_below
from app.scores.paper import MISSING, Chart, Column, Heading, Part, Table, Text
from app.scores.results import List, Results

BARS = 15  # in one chart: two of them fill a page


def parts(results: Results, course: Course) -> Iterator[Part]:
    """Each list: who leads, the mean, how many of each class, and all units by rank."""
    margins = Margins(results.document, course.precision)
    if margins.known:
        yield Text(meaning())
    for each in results.lists():
        if each.title:
            yield Heading(each.title, 2)
        yield Text(_summary(results, each))
        if results.index.class_labels:
            yield Text(_classes(results, each))
        yield _table(results, each, margins)
        for words in sureness.of_ranking(margins, each):
            yield Text(words)
        for words in nearties.in_words(each, results.places):
            yield Text(words)
        yield from _charts(results, each, margins)


def _charts(results: Results, each: List, margins: Margins) -> Iterator[Chart]:
    shown = [unit for unit in each.units if unit.exact is not None]
    bars = [(unit.name, (unit.exact,)) for unit in shown]
    known = [margins.of(unit.code) for unit in shown]
    halves = [None if margin is None else margin.half for margin in known]
    caption = each.title or results.index.name
    for first in range(0, len(bars), BARS):
        words = _("{title}: tỷ lệ phần trăm theo hạng").format(title=caption)
        words = figures.piece(words, first, BARS, len(bars))
        here = slice(first, first + BARS)
        spread = tuple(halves[here]) if margins.known else ()
        yield Chart(words, (_("Tỷ lệ %"),), tuple(bars[here]), results.places, spread)


def _summary(results: Results, each: List) -> str:
    first = [unit for unit in each.units if unit.rank == 1]
    if not first:
        return _("{count} đơn vị, chưa đơn vị nào tính được tỷ lệ.").format(count=len(each.units))
    words = _("{count} đơn vị, trung bình {mean}%. Dẫn đầu là {names} ({percent}%).")
    return words.format(
        count=len(each.units),
        mean=each.mean,
        names=joined(unit.name for unit in first),
        percent=first[0].percent,
    )


def _classes(results: Results, each: List) -> str:
    found = Counter(unit.label for unit in each.units if unit.label)
    counts = [
        _("{label} {count} đơn vị").format(label=label, count=found[label])
        for label in results.index.class_labels
        if found[label]
    ]
    left = len(each.units) - sum(found.values())
    if left:
        counts.append(_("chưa xếp loại {count} đơn vị").format(count=left))
    return _("Xếp loại: {classes}.").format(classes="; ".join(counts))


def _table(results: Results, each: List, margins: Margins) -> Table:
    index = results.index
    mixed = not each.title and len({unit.block for unit in index.units}) > 1
    classed = bool(index.class_labels)
    columns = [
        Column(_("Hạng"), 7, centred=True),
        Column(_("Cơ quan"), 20 if mixed else 27, number=False),
        *([Column(_("Khối"), 15, number=False)] if mixed else []),
        Column(_("Tỷ lệ %"), 8),
        *([Column(_("Sai số ±"), 8)] if margins.known else []),
        Column(_("Điểm"), 8),
        Column(_("Tối đa"), 7),
        *([Column(_("Loại"), 12, number=False)] if classed else []),
        Column(_("Số phiếu"), 7),
    ]
    rows = []
    for unit in each.units:
        margin = margins.of(unit.code)
        block = index.block_of[index.unit_of[unit.code].block].name
        rows.append(
            (
                MISSING if unit.rank is None else str(unit.rank),
                unit.name,
                *([block] if mixed else []),
                unit.percent,
                *([decimal(margin.half, 2) if margin else MISSING] if margins.known else []),
                unit.points + ("*" if unit.missing and unit.rank else ""),
                unit.max_points or MISSING,
                *([unit.label or MISSING] if classed else []),
                unit.ballots,
            )
        )
    starred = any(MISSING in cell for row in rows for cell in row)
    caption = _("Xếp hạng theo tỷ lệ phần trăm")
    return Table(caption, tuple(columns), tuple(rows), (see_below(),) if starred else ())
