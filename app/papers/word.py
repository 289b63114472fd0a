"""A paper as a Word file, in the look of Vietnamese official papers: A4, Times New Roman.

Owns the file: styles, letterhead, tables, page numbers. The same paper always gives the same bytes.
Every text stands as a text, never as a field or a link, without control or invisible signs; the
one field is the page number. Word's own headings are used, so that an officer can go on writing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.language import _
from app.papers import wordtables
from app.papers.wordlook import BODY, page_numbers, properties, safe, same_bytes, styles
from app.scores.paper import MOTTO, SIGNED, STATE, Facts, Heading, Items, Paper, Part, Table, Text

SMALL = Pt(11)
# What Decree 30/2020 asks of an official paper.
TOP, LEFT, RIGHT = Mm(20), Mm(30), Mm(15)
PAGE = (Mm(210), Mm(297))
ACROSS = Mm(15)  # left and right of a page across


def to_docx(paper: Paper, at: datetime) -> bytes:
    """The file of a paper, dated `at` (aware) in its properties."""
    document = Document()
    properties(document, paper, at)
    styles(document)
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.top_margin = section.bottom_margin = TOP
    section.left_margin, section.right_margin = LEFT, RIGHT
    page_numbers(section)
    writer = Writer(document, PAGE[0] - LEFT - RIGHT)
    writer.letterhead(paper)
    writer.title(paper)
    writer.parts(paper.parts)
    writer.signatures(paper)
    if paper.annex:
        across = document.add_section()
        across.orientation = WD_ORIENT.LANDSCAPE
        across.page_width, across.page_height = PAGE[1], PAGE[0]
        across.left_margin = across.right_margin = ACROSS
        across.different_first_page_header_footer = False
        writer.width = Length(PAGE[1] - 2 * ACROSS)
        writer.parts(paper.annex)
    return same_bytes(document)


class Writer:
    """A document filled from the top; `width` is that of the text on the present page."""

    def __init__(self, document: WordDocument, width: int) -> None:
        self.document = document
        self.width = Length(width)

    def letterhead(self, paper: Paper) -> None:
        """Agency and number to the left, the state to the right, short rules beneath."""
        left, right = wordtables.invisible(self.document, self.width, (42, 58)).rows[0].cells
        _line(left, paper.agency, bold=True, capitals=True, first=True)
        _rule(left, 12)
        _line(left, paper.number)
        _line(right, STATE, bold=True, first=True)
        _line(right, MOTTO, bold=True, size=BODY)
        _rule(right, 22)
        if paper.dated:
            _line(right, _("…………, ngày …… tháng …… năm ………"), size=BODY).runs[0].italic = True

    def title(self, paper: Paper) -> None:
        big = self._centred(paper.title, capitals=True)
        big.paragraph_format.space_before = Pt(18)
        big.paragraph_format.space_after = Pt(0)
        self._centred(paper.about).paragraph_format.space_after = Pt(2)
        _rule(self.document, 65)
        if paper.warning:
            self._centred(paper.warning)
        if paper.addressee:
            self._centred(paper.addressee, bold=False).paragraph_format.space_before = Pt(6)

    def _centred(self, text: str, capitals: bool = False, bold: bool = True) -> Paragraph:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = ALIGN.CENTER
        run = paragraph.add_run(safe(text))
        run.font.size, run.font.all_caps, run.bold = Pt(14), capitals, bold
        return paragraph

    def parts(self, parts: Sequence[Part]) -> None:
        draw: dict[type[Part], Callable[[Any], object]] = {
            Heading: self._heading,
            Text: self._text,
            Items: self._items,
            Facts: self._facts,
            Table: self._table,
        }
        for part in parts:
            draw[type(part)](part)

    def _heading(self, part: Heading) -> None:
        self.document.add_heading(safe(part.text), part.level)

    def _text(self, part: Text) -> Paragraph:
        paragraph = self.document.add_paragraph(safe(part.text))
        paragraph.alignment = ALIGN.JUSTIFY
        paragraph.paragraph_format.first_line_indent = Mm(10)
        return paragraph

    def _items(self, part: Items) -> None:
        for text in part.texts:
            self._text(Text(f"- {text}"))

    def _facts(self, part: Facts) -> None:
        if part.codes:
            rows = [(safe(name), safe(code)) for name, code in part.rows]
            wordtables.codes(self.document, self.width, rows)
            self._gap()
            return
        for name, value in part.rows:
            self._text(Text(f"- {name}: {value}")).paragraph_format.space_after = Pt(2)

    def _table(self, part: Table) -> None:
        caption = self.document.add_paragraph(safe(part.caption))
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_before = Pt(6)
        caption.paragraph_format.space_after = Pt(3)
        caption.runs[0].bold = True
        wordtables.table(self.document, self.width, part, safe)
        for note in part.notes:
            paragraph = self.document.add_paragraph(safe(note), wordtables.STYLES[11])
            paragraph.paragraph_format.space_before = Pt(3)
        self._gap()

    def _gap(self) -> None:
        gap = self.document.add_paragraph(style=wordtables.STYLES[11])
        gap.paragraph_format.line_spacing = Pt(8)

    def signatures(self, paper: Paper) -> None:
        """Who gets it and who signs, side by side, on the page where the text ends."""
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        columns = len(paper.signers) + bool(paper.sent_to)
        found = wordtables.invisible(self.document, self.width, (100 // columns,) * columns)
        cells = list(found.rows[0].cells)
        if paper.sent_to:
            cell = cells.pop(0)
            run = _line(cell, _("Nơi nhận:"), bold=True, first=True, centred=False).runs[0]
            run.italic = True
            for text in paper.sent_to:
                _line(cell, f"- {text}", size=SMALL, centred=False)
        for cell, who in zip(cells, paper.signers, strict=True):
            _line(cell, who, bold=True, size=BODY, capitals=bool(paper.sent_to), first=True)
            _line(cell, SIGNED, size=SMALL).runs[0].italic = True
            for _blank in range(4):
                _line(cell, "", size=BODY)


def _line(
    cell: _Cell,
    text: str,
    bold: bool = False,
    size: Length = Pt(12),  # noqa: B008 - a number
    capitals: bool = False,
    first: bool = False,
    centred: bool = True,
) -> Paragraph:
    """A line of a borderless cell; the first one is there already."""
    paragraph: Paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.style = wordtables.STYLES[11]
    paragraph.alignment = ALIGN.CENTER if centred else ALIGN.LEFT
    run = paragraph.add_run(safe(text))
    run.bold, run.font.size, run.font.all_caps = bold, size, capitals
    return paragraph


def _rule(place: _Cell | WordDocument, aside: int) -> None:
    """A short rule in the middle, so many millimetres from both sides."""
    paragraph = place.add_paragraph(style=wordtables.STYLES[11])
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm(aside)
    shape.space_before, shape.line_spacing, shape.space_after = Pt(4), Pt(4), Pt(4)
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )
