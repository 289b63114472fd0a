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
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph

from app.language import _
from app.papers import wordcharts, wordtables
from app.papers.wordlines import line, rule
from app.papers.wordlook import (
    BODY,
    count_from_one,
    count_on,
    page_numbers,
    properties,
    safe,
    same_bytes,
    styles,
    to_fill,
)
from app.scores.paper import (
    MOTTO,
    SIGNED,
    STATE,
    Chart,
    Facts,
    Fill,
    Heading,
    Items,
    Lines,
    Paper,
    Part,
    Table,
    Text,
)

SMALL = Pt(11)
# What Decree 30/2020 asks of an official paper.
TOP, LEFT, RIGHT = Mm(20), Mm(30), Mm(15)
PAGE = (Mm(210), Mm(297))
ACROSS = Mm(15)  # left and right of a page across


def to_docx(paper: Paper, at: datetime) -> bytes:
    """The file of a paper, dated `at` (aware) in its properties."""
    return of_several([paper], at)


def of_several(papers: Sequence[Paper], at: datetime) -> bytes:
    """One file of several papers, each on pages of its own that are counted from 1."""
    document = Document()
    properties(document, papers[0], at)
    styles(document)
    writer = Writer(document, at)
    page_numbers(document.sections[0])
    for place, paper in enumerate(papers):
        section = document.add_section() if place else document.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = PAGE
        section.top_margin = section.bottom_margin = TOP
        section.left_margin, section.right_margin = LEFT, RIGHT
        section.different_first_page_header_footer = True
        if len(papers) > 1:
            count_from_one(section)
        writer.width = Length(PAGE[0] - LEFT - RIGHT)
        _write(writer, paper)
    return same_bytes(document)


def _write(writer: "Writer", paper: Paper) -> None:
    if paper.agency:
        writer.letterhead(paper)
    else:
        writer.label(paper)
    writer.title(paper)
    writer.parts(paper.parts)
    if paper.signers:
        writer.signatures(paper)
    if paper.annex:
        across = writer.document.add_section()
        across.orientation = WD_ORIENT.LANDSCAPE
        across.page_width, across.page_height = PAGE[1], PAGE[0]
        across.left_margin = across.right_margin = ACROSS
        across.different_first_page_header_footer = False
        count_on(across)
        writer.width = Length(PAGE[1] - 2 * ACROSS)
        writer.parts(paper.annex)
        # After a table that fills its page the gap would make another one.
        writer.document.paragraphs[-1].paragraph_format.line_spacing = Pt(1)


class Writer:
    """A document filled from the top; `width` is that of the text on the present page."""

    def __init__(self, document: WordDocument, at: datetime) -> None:
        self.document, self.at = document, at
        self.width = Length(0)
        self.charts = 0

    def letterhead(self, paper: Paper) -> None:
        """Two bodies and the number to the left, state and day to the right, rules beneath."""
        made = wordtables.invisible(self.document, self.width, (44, 56), rows=2)
        (left, right), (number, dated) = (row.cells for row in made.rows)
        if paper.above:
            line(left, paper.above, capitals=True, first=True)
        line(left, paper.agency, bold=True, capitals=True, first=not paper.above)
        rule(left, 22)
        line(right, STATE, bold=True, first=True)
        line(right, MOTTO, bold=True, size=BODY)
        rule(right, 20)
        line(number, paper.number, size=BODY, first=True)
        if paper.dated:
            line(dated, paper.place_and_day, size=BODY, first=True).runs[0].italic = True

    def label(self, paper: Paper) -> None:
        """What stands at the top of a form that is part of another paper."""
        if paper.label:
            label = self._centred(paper.label)
            label.alignment = ALIGN.RIGHT
            label.paragraph_format.space_after = Pt(2)
        if paper.attached:
            attached = self._centred(paper.attached, bold=False)
            attached.runs[0].italic = True
            attached.runs[0].font.size = BODY

    def title(self, paper: Paper) -> None:
        big = self._centred(paper.title, capitals=True)
        big.paragraph_format.space_before = Pt(18)
        big.paragraph_format.space_after = Pt(0)
        self._centred(paper.about).paragraph_format.space_after = Pt(2)
        rule(self.document, 65)
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
            Chart: self._chart,
            Fill: self._fill,
            Lines: self._lines,
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

    def _fill(self, part: Fill) -> None:
        """A place to write in; what it says goes when one begins."""
        self.document.element.body.insert_element_before(to_fill(safe(part.hint)), "w:sectPr")

    def _lines(self, part: Lines) -> None:
        for _each in range(part.count):
            paragraph = self.document.add_paragraph("\t")
            stops = paragraph.paragraph_format.tab_stops
            stops.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)

    def _caption(self, text: str) -> None:
        caption = self.document.add_paragraph(safe(text))
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_before = Pt(6)
        caption.paragraph_format.space_after = Pt(3)
        caption.runs[0].bold = True

    def _chart(self, part: Chart) -> None:
        self._caption(part.caption)
        self.charts += 1
        wordcharts.chart(self.document, self.width, part, self.charts, self.at)

    def _table(self, part: Table) -> None:
        if part.caption:
            self._caption(part.caption)
        wordtables.table(self.document, self.width, part, safe)
        for note in part.notes:
            paragraph = self.document.add_paragraph(safe(note), wordtables.STYLES[11])
            paragraph.paragraph_format.space_before = Pt(3)
        self._gap()

    def _gap(self) -> None:
        gap = self.document.add_paragraph()
        gap._p.style = wordtables.STYLES[11]
        gap.paragraph_format.line_spacing = Pt(8)

    def signatures(self, paper: Paper) -> None:
        """Who gets it and who signs, side by side, on the page where the text ends."""
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        columns = len(paper.signers) + bool(paper.sent_to)
        found = wordtables.invisible(self.document, self.width, (100 // columns,) * columns)
        cells = list(found.rows[0].cells)
        if paper.sent_to:
            cell = cells.pop(0)
            run = line(cell, _("Nơi nhận:"), bold=True, first=True, centred=False).runs[0]
            run.italic = True
            for text in paper.sent_to:
                line(cell, f"- {text}", size=SMALL, centred=False)
        for cell, who in zip(cells, paper.signers, strict=True):
            line(cell, who, bold=True, size=BODY, capitals=bool(paper.sent_to), first=True)
            line(cell, SIGNED, size=SMALL).runs[0].italic = True
            for _blank in range(4):
                line(cell, "", size=BODY)
