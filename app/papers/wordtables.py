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
from docx.shared import Length, Mm
from docx.table import Table as WordTable
from docx.table import _Cell, _Row

from app.scores.paper import Column, Table

# Beyond so many columns letters get smaller, to keep "100,00" on one line.
WIDE, WIDEST = 9, 16
NARROW = 6  # beyond so many there is less room beside the texts
# Point sizes and the styles of cells: of a style, so that empty cells are as low as the others.
STYLES = {size: f"Table{size}" for size in (11, 10, 9, 8)}
GRID = "TableGrid"  # the style by its code: a name is looked up each time
# A table of no more rows stays on one page.
SMALL = 12
# Of a longer one so many at its ends are not left alone.
FEW = 2
BY_HAND = Mm(9)  # how high a row is that is written in by hand


def invisible(
    document: WordDocument, width: Length, shares: Sequence[int], rows: int = 1
) -> WordTable:
    """Rows of cells without borders, which no page break parts."""
    return _made(document, width, shares, rows, style=None)


def codes(document: WordDocument, width: Length, rows: Sequence[tuple[str, str]]) -> None:
    """Names and their long codes."""
    made = _made(document, width, (25, 75), len(rows), GRID)
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
    made = _made(document, width, shares, heads + len(part.rows), GRID)
    if count > NARROW:
        _tight(made, 40 if count > WIDE else 70)
    for row in made.rows[:heads]:
        _repeat(row)
    if part.spans:
        _spans(made, part.spans, size, safe)
    for cell, column in zip(_cells(made, made.rows[heads - 1]), part.columns, strict=True):
        if part.spans and column is part.columns[0]:
            continue
        _head(cell, safe(column.title), size)
    for row, texts in zip(made.rows[heads:], part.rows, strict=True):
        if len(texts) < count:
            _across(made, row, safe(texts[0]), size)
            continue
        _fill(_cells(made, row), part.columns, map(safe, texts), size)
        if part.tall:
            row.height = BY_HAND
    if len(part.rows) <= SMALL:
        _together(made)
    else:
        _together(made, heads + FEW, FEW)


def _fill(
    cells: Sequence[_Cell], columns: Sequence[Column], texts: Iterable[str], size: int
) -> None:
    for cell, column, text in zip(cells, columns, texts, strict=True):
        align = ALIGN.CENTER if column.centred else ALIGN.RIGHT if column.number else ALIGN.LEFT
        _write(cell, text, size, align)


def _across(made: WordTable, row: _Row, text: str, size: int) -> None:
    """One text over the whole row, which belongs to what follows."""
    first, *others = row._tr.tc_lst
    first.width = Length(sum(each.width or 0 for each in (first, *others)))
    for other in others:
        row._tr.remove(other)
    first.grid_span = 1 + len(others)
    cell = _Cell(first, made)
    _write(cell, text, size)
    cell.paragraphs[0].paragraph_format.keep_with_next = True
    _shade(cell, "F4F7F8")


def _made(
    document: WordDocument, width: Length, shares: Sequence[int], rows: int, style: str | None
) -> WordTable:
    made: WordTable = document.add_table(rows, len(shares))
    made._tbl.tblStyle_val = style
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
    _shade(cell, "E6EEF0")


def _shade(cell: _Cell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


SIDES = {ALIGN.LEFT: "left", ALIGN.CENTER: "center", ALIGN.RIGHT: "right"}
# Names as the library has them, which it would look up for each cell.
PROPERTIES, STYLE, SIDE, RUN, TEXT, VALUE = (
    qn(f"w:{name}") for name in ("pPr", "pStyle", "jc", "r", "t", "val")
)
KEPT_SPACES = "{http://www.w3.org/XML/1998/namespace}space"


def _write(cell: _Cell, text: str, size: int, align: ALIGN = ALIGN.LEFT) -> None:
    """A text into an empty cell."""
    paragraph = cell._tc.p_lst[0]
    made = paragraph.makeelement
    properties, run, written = made(PROPERTIES), made(RUN), made(TEXT)
    properties.append(made(STYLE, {VALUE: STYLES[size]}))
    properties.append(made(SIDE, {VALUE: SIDES[align]}))
    written.text = text
    if text != text.strip():
        written.set(KEPT_SPACES, "preserve")
    run.append(written)
    paragraph.extend((properties, run))


def _repeat(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _together(made: WordTable, first: int | None = None, last: int = 0) -> None:
    """Keep all rows on one page, or so many at the beginning and at the end."""
    rows = list(made.rows)[:-1]
    kept = rows if first is None else [*rows[:first], *rows[len(rows) - last :]]
    for row in kept:
        for cell in _cells(made, row):
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _tight(made: WordTable, room: int) -> None:
    """Less room beside the texts of a wide table, in twentieths of a point."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(room))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = made._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        look.addprevious(margins)
    else:
        properties.append(margins)
