"""Several years in a row: tables, and the means of blocks as lines. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.language import _, decimal
from app.scores import drawings
from app.scores.paper import MISSING, Chart, Column, Table
from app.scores.results import Results
from app.years.line import Values

MOST = len(drawings.DASHES)  # lines of one chart that can be told apart


@dataclass(frozen=True)
class Row:
    name: str
    values: Values


def blocks(results: Results) -> list[Row]:
    """The mean of each block by year."""
    means = results.line.blocks
    return [Row(block.name, means[block.code]) for block in results.index.blocks]


def tables(results: Results) -> Iterator[Table]:
    """Blocks and, list by list, units by year; nothing where there are fewer than three years:
    two stand side by side elsewhere."""
    if not several(results):
        return
    means = tuple(_row(results, row) for row in blocks(results))
    yield Table(_("Trung bình của khối qua các năm, %"), _columns(results, _("Khối")), means)
    for each in results.lists():
        rows = tuple(
            _row(results, Row(unit.name, results.line.units[unit.code])) for unit in each.units
        )
        words = _("{title}: tỷ lệ phần trăm qua các năm").format(
            title=each.title or _("Các cơ quan, đơn vị")
        )
        notes = (_("* Năm ấy không có số liệu, hoặc chưa có đơn vị này."),)
        starred = any(MISSING in row for row in rows)
        yield Table(words, _columns(results, _("Cơ quan")), rows, notes if starred else ())


def several(results: Results) -> bool:
    return results.earlier is not None and len(results.line.years) > 2


def charts(results: Results) -> Iterator[Chart]:
    """The means of blocks as lines."""
    if several(results):
        found = blocks(results)
        for first in range(0, len(found), MOST):
            here = found[first : first + MOST]
            rows = tuple(
                (str(year), tuple(row.values[place] for row in here))
                for place, year in enumerate(results.line.years)
            )
            words = _("Trung bình của khối qua các năm, %")
            yield Chart(words, tuple(row.name for row in here), rows, results.places, lines=True)


def of_unit(results: Results, code: str) -> Table | None:
    """One unit beside the mean of its block, year by year."""
    if not several(results):
        return None
    block = results.index.unit_of[code].block
    rows = (
        _row(results, Row(_("Tỷ lệ %"), results.line.units[code])),
        _row(results, Row(_("Trung bình của khối, %"), results.line.blocks[block])),
    )
    notes = (_("* Năm ấy không có số liệu, hoặc chưa có đơn vị này."),)
    starred = any(MISSING in row for row in rows)
    return Table(_("Qua các năm"), _columns(results, _("Nội dung")), rows, notes if starred else ())


def _columns(results: Results, name: str) -> tuple[Column, ...]:
    years = results.line.years
    return (
        Column(name, 30, number=False),
        *(Column(str(year), max(8, 60 // len(years))) for year in years),
    )


def _row(results: Results, row: Row) -> tuple[str, ...]:
    values = (MISSING if v is None else decimal(v, results.places) for v in row.values)
    return (row.name, *values)


def picture(results: Results, first: int = 0) -> bytes:
    """The means of blocks over the years as a file, so many lines from the `first` on."""
    rows = blocks(results)[first : first + MOST]
    years = [str(year) for year in results.line.years]
    found = (drawings.Line(row.name, row.values) for row in rows)
    title = _("{name}: trung bình của khối qua các năm, %").format(name=results.index.name)
    return drawings.lines(title, years, tuple(found), results.places)
