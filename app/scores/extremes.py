"""The best and the worst criteria of each block in a report. Pure."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.language import _, decimal
from app.scores.paper import Chart, Column, Part, Table, Text
from app.scores.results import Results

SHOWN = 5
Mean = tuple[str, Fraction]


def of_criteria(results: Results) -> Iterator[Part]:
    """For each block the criteria with the highest and the lowest mean, and their bars."""
    found = False
    for block in results.index.blocks:
        means = results.leaf_means[block.code]
        count = min(SHOWN, len(means) // 2)
        if not count or len(set(means.values())) < 2:
            continue
        found = True
        order = sorted(means.items(), key=lambda each: each[1], reverse=True)
        best, worst = order[:count], order[: -count - 1 : -1]
        for title, chosen in (
            (_("{block}: tiêu chí có tỷ lệ cao nhất"), best),
            (_("{block}: tiêu chí có tỷ lệ thấp nhất"), worst),
        ):
            yield _table(results, title.format(block=block.name), chosen)
        bars = tuple((_named(results, code), (mean,)) for code, mean in (*best, *reversed(worst)))
        caption = _("{block}: tiêu chí cao nhất và thấp nhất, % điểm tối đa")
        yield Chart(caption.format(block=block.name), (_("Tỷ lệ %"),), bars, results.places)
    if not found:
        yield Text(_("Chưa đủ số liệu để so các tiêu chí với nhau."))


def _named(results: Results, code: str) -> str:
    return results.index.criterion_of[code].name


def _table(results: Results, caption: str, means: Sequence[Mean]) -> Table:
    rows = tuple(
        (
            _named(results, code),
            results.index.component_of[code].name,
            decimal(mean, results.places),
        )
        for code, mean in means
    )
    columns = (
        Column(_("Tiêu chí"), 46, number=False),
        Column(_("Chỉ số thành phần"), 30, number=False),
        Column(_("Trung bình %"), 13),
    )
    return Table(caption, columns, rows)
