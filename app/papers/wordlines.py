"""Lines of a borderless cell of a Word file, and short rules."""

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.papers import wordtables
from app.papers.wordlook import safe


def line(
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
    paragraph._p.style = wordtables.STYLES[11]
    paragraph.alignment = ALIGN.CENTER if centred else ALIGN.LEFT
    run = paragraph.add_run(safe(text))
    run.bold, run.font.size, run.font.all_caps = bold, size, capitals
    return paragraph


def rule(place: _Cell | WordDocument, aside: int) -> None:
    """A short rule in the middle, so many millimetres from both sides."""
    paragraph = place.add_paragraph()
    paragraph._p.style = wordtables.STYLES[11]
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
