"""The look of a Word file, and its bytes, which hang on the paper alone."""

import io
import unicodedata
import zipfile
from datetime import UTC, datetime
from typing import cast

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsmap, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from app.papers import wordtables
from app.scores.paper import Paper
from app.text.cleaning import normal

FACE = "Times New Roman"
BODY = Pt(13)
BEGINNING = (1980, 1, 1, 0, 0, 0)  # of time, in a zip file


def safe(text: str) -> str:
    """`text` on one line, NFC, without signs that a file cannot hold or that nobody can see."""
    kept = (" " if sign in "\t\n\r\v\f\x85\u2028\u2029" else sign for sign in text)
    bad = ("Cc", "Cf", "Cs", "Cn")
    visible = "".join(sign for sign in kept if unicodedata.category(sign) not in bad)
    return normal(visible)


def properties(document: WordDocument, paper: Paper, at: datetime) -> None:
    known = document.core_properties
    known.title, known.author = (
        safe(f"{paper.title}. {paper.about}")[:255],
        safe(paper.agency or paper.attached)[:255],
    )
    known.last_modified_by, known.comments, known.language = "", "", "vi-VN"
    known.revision = 1
    # Otherwise these are the day the library's template was made.
    known.created = known.modified = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def styles(document: WordDocument) -> None:
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


def page_numbers(section: Section) -> None:
    """On top of every page but the first."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def count_from_one(section: Section) -> None:
    """Its pages are counted anew."""
    count_on(section)
    kind = OxmlElement("w:pgNumType")
    kind.set(qn("w:start"), "1")
    margins = section._sectPr.find(qn("w:pgMar"))
    margins.addnext(kind)


def count_on(section: Section) -> None:
    """Its pages go on from those before."""
    for kind in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(kind)


def to_fill(hint: str) -> BaseOxmlElement:
    """A place of a document to write in, with what to write about in it until one begins."""
    made = parse_xml(
        f'<w:sdt xmlns:w="{nsmap["w"]}"><w:sdtPr><w:temporary/><w:showingPlcHdr/></w:sdtPr>'
        '<w:sdtContent><w:p><w:pPr><w:ind w:firstLine="567"/><w:jc w:val="both"/></w:pPr>'
        '<w:r><w:rPr><w:i/><w:color w:val="595959"/></w:rPr><w:t/></w:r></w:p></w:sdtContent>'
        "</w:sdt>"
    )
    text = next(made.iter(qn("w:t")))
    text.text = f"[{hint}]"
    return made


def same_bytes(document: WordDocument) -> bytes:
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
