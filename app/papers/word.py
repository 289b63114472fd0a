"""A paper as a Word file, in the look of Vietnamese official papers: A4, Times New Roman.

Owns the file: styles, letterhead, tables, page numbers. The same paper always gives the same bytes.
Every text stands as a text, never as a field or a link, without control or invisible signs; the
one field is the page number. Word's own headings are used, so that an officer can go on writing.
"""

import io
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.language import _
from app.papers import wordtables
from app.scores.paper import MOTTO, SIGNED, STATE, Facts, Heading, Items, Paper, Part, Table, Text
from app.text.cleaning import normal

FACE = "Times New Roman"
BODY, SMALL = Pt(13), Pt(11)
# What Decree 30/2020 asks of an official paper.
TOP, LEFT, RIGHT = Mm(20), Mm(30), Mm(15)
PAGE = (Mm(210), Mm(297))
ACROSS = Mm(15)  # left and right of a page across
BEGINNING = (1980, 1, 1, 0, 0, 0)  # of time, in a zip file


def to_docx(paper: Paper, at: datetime) -> bytes:
    """The file of a paper, dated `at` (aware) in its properties."""
    document = Document()
    _properties(document, paper, at)
    _styles(document)
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.top_margin = section.bottom_margin = TOP
    section.left_margin, section.right_margin = LEFT, RIGHT
    _page_numbers(section)
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
    return _same_bytes(document)


def safe(text: str) -> str:
    """`text` on one line, NFC, without signs that a file cannot hold or that nobody can see."""
    kept = (" " if sign in "\t\n\r\v\f\x85\u2028\u2029" else sign for sign in text)
    bad = ("Cc", "Cf", "Cs", "Cn")
    visible = "".join(sign for sign in kept if unicodedata.category(sign) not in bad)
    return normal(visible)


def _properties(document: WordDocument, paper: Paper, at: datetime) -> None:
    known = document.core_properties
    known.title, known.author = (
        safe(f"{paper.title}. {paper.about}")[:255],
        safe(paper.agency)[:255],
    )
    known.last_modified_by, known.comments, known.language = "", "", "vi-VN"
    known.revision = 1
    # Otherwise these are the day the library's template was made.
    known.created = known.modified = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _styles(document: WordDocument) -> None:
    """Word's own styles, in the look of the paper."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:val"), "vi-VN")
    normal = _style(document, "Normal", BODY)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.1
    for name, size, before in (("Heading 1", Pt(14), Pt(12)), ("Heading 2", BODY, Pt(6))):
        style = _style(document, name, size, bold=True)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = before
        style.paragraph_format.space_after = Pt(6)
        style.paragraph_format.keep_with_next = True
    for points, name in wordtables.STYLES.items():
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = normal
        table = _style(document, name, Pt(points))
        table.paragraph_format.space_before = table.paragraph_format.space_after = Pt(1)
        table.paragraph_format.line_spacing = 1.0


def _style(document: WordDocument, name: str, size: Length, bold: bool = False) -> ParagraphStyle:
    style = cast(ParagraphStyle, document.styles[name])
    style.font.name, style.font.size, style.font.bold = FACE, size, bold
    # The template's headings take their face from its theme, which comes before any name.
    faces = style.element.rPr.rFonts
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        faces.attrib.pop(qn(f"w:{kind}Theme"), None)
        faces.set(qn(f"w:{kind}"), FACE)
    return style


def _page_numbers(section: Section) -> None:
    """On top of every page but the first."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


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


def _same_bytes(document: WordDocument) -> bytes:
    """The file without the picture of the library's template and the time of its writing."""
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
    written, out = io.BytesIO(), io.BytesIO()
    document.save(written)
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            target.writestr(
                zipfile.ZipInfo(entry.filename, BEGINNING),
                source.read(entry),
                zipfile.ZIP_DEFLATED,
            )
    return out.getvalue()
