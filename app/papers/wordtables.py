"""Tables of a Word file: bordered ones with a heading on every page, and invisible ones.

Cells are written straight into their rows: the library looks a table through for each cell, which
takes seconds for a province of 124 communes.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length
from docx.table import Table as WordTable
from docx.table import _Cell, _Row

from app.scores.paper import Column, Table

# Beyond so many columns letters get smaller, to keep "100,00" on one line.
WIDE, WIDEST = 9, 16
# Point sizes and the styles of cells: of a style, so that empty cells are as low as the others.
STYLES = {size: f"Table{size}" for size in (11, 10, 9, 8)}
# A table of no more rows stays on one page.
SMALL = 12


def invisible(document: WordDocument, width: Length, shares: Sequence[int]) -> WordTable:
    """One row of cells without borders, which no page break parts."""
    return _made(document, width, shares, rows=1, style="Normal Table")


def codes(document: WordDocument, width: Length, rows: Sequence[tuple[str, str]]) -> None:
    """Names and their long codes."""
    made = _made(document, width, (25, 75), len(rows), "Table Grid")
    for row, (name, code) in zip(made.rows, rows, strict=True):
        left, right = _cells(made, row)
        _write(left, name, 10)
        _write(right, code, 9)
    _together(made)


def table(document: WordDocument, width: Length, part: Table, safe: Callable[[str], str]) -> None:
    """A table with borders; its heading stands on every page it reaches."""
    count = len(part.columns)
    size = 8 if count > WIDEST else 10 if count > WIDE else 11
    heads = 2 if part.spans else 1
    shares = [column.width for column in part.columns]
    made = _made(document, width, shares, heads + len(part.rows), "Table Grid")
    if count > WIDE:
        _tight(made)
    for row in made.rows[:heads]:
        _repeat(row)
    if part.spans:
        _spans(made, part.spans, size, safe)
    for cell, column in zip(_cells(made, made.rows[heads - 1]), part.columns, strict=True):
        if part.spans and column is part.columns[0]:
            continue
        _head(cell, safe(column.title), size)
    for row, texts in zip(made.rows[heads:], part.rows, strict=True):
        _fill(_cells(made, row), part.columns, map(safe, texts), size)
    if len(part.rows) <= SMALL:
        _together(made)


def _fill(
    cells: Sequence[_Cell], columns: Sequence[Column], texts: Iterable[str], size: int
) -> None:
    for cell, column, text in zip(cells, columns, texts, strict=True):
        _write(cell, text, size, ALIGN.RIGHT if column.number else ALIGN.LEFT)


def _made(
    document: WordDocument, width: Length, shares: Sequence[int], rows: int, style: str
) -> WordTable:
    made: WordTable = document.add_table(rows, len(shares), style)
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    places = [width * share // sum(shares) for share in accumulate(shares)]
    widths = [Length(end - start) for start, end in zip([0, *places], places, strict=False)]
    for column, column_width in zip(made.columns, widths, strict=True):
        column.width = column_width
    for row in made.rows:
        _whole(row)
        for cell, cell_width in zip(_cells(made, row), widths, strict=True):
            cell.width = cell_width
    return made


def _cells(made: WordTable, row: _Row) -> list[_Cell]:
    return [_Cell(cell, made) for cell in row._tr.tc_lst]


def _spans(
    made: WordTable,
    spans: Sequence[tuple[str, int]],
    size: int,
    safe: Callable[[str], str],
) -> None:
    """The upper row of a heading: titles over several columns; the first goes down over two."""
    upper, lower = (_cells(made, row) for row in made.rows[:2])
    first = 0
    for place, (title, count) in enumerate(spans):
        cell = upper[first].merge(lower[0] if place == 0 else upper[first + count - 1])
        _head(cell, safe(title), size)
        first += count


def _head(cell: _Cell, text: str, size: int) -> None:
    _write(cell, text, size, ALIGN.CENTER)
    cell.paragraphs[0].runs[0].bold = True
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E6EEF0")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _write(cell: _Cell, text: str, size: int, align: ALIGN = ALIGN.LEFT) -> None:
    paragraph = cell.paragraphs[0]
    # By its name the library would look through all styles, for each cell.
    paragraph._p.style = STYLES[size]
    paragraph.alignment = align
    paragraph.add_run(text)


def _repeat(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _together(made: WordTable) -> None:
    for row in made.rows[:-1]:
        for cell in _cells(made, row):
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _tight(made: WordTable) -> None:
    """Less room beside the texts of a wide table."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "40")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = made._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        look.addprevious(margins)
    else:
        properties.append(margins)
