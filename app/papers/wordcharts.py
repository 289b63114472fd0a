"""Charts of a Word file: bars that Word draws and an officer can go on working on.

Each has its numbers in a workbook of its own inside the file. What stands beside a bar is a text,
so that it has the comma on every machine.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as FilePart
from docx.oxml import parse_xml
from docx.shared import Length, Mm
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from app.language import decimal, rounded
from app.papers.sheet import NEVER_GUESS, write_text
from app.papers.wordlook import FACE, safe
from app.scores import drawings
from app.scores.paper import Chart

C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
COLOURS = ("1F5A6B", "B9C6CA")
WITH_WHISKERS = "9DBEC8"  # light enough for black on it
BESIDE, HEAD, LEGEND = (7, 10), 12, 8  # millimetres: of a bar by series, around them, of the key
HIGHEST, LINES = 225, 80
MANY = 12  # names
# What tells lines apart on a black and white page.
DASHES = ("solid", "dash", "sysDot", "dashDot")
CATEGORY, VALUE = 111, 112  # ids of the axes


def chart(document: WordDocument, width: Length, part: Chart, number: int, at: datetime) -> None:
    """Draw the chart `number` of a document into a paragraph of its own."""
    package = document.part.package
    made = FilePart(
        PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, b"", package
    )
    book = FilePart(
        PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"),
        CONTENT_TYPE.SML_SHEET,
        _book(part, at),
        package,
    )
    made._blob = _chart(part, made.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)).encode()
    key = document.part.relate_to(made, RELATIONSHIP_TYPE.CHART)
    several = len(part.series) > 1
    high = HEAD + BESIDE[several] * len(part.rows) + (LEGEND if several else 0)
    if part.lines:
        high = LINES
    paragraph = document.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    paragraph.paragraph_format.line_spacing = 1
    paragraph.add_run()._r.append(_drawing(part, key, number, width, Mm(min(high, HIGHEST))))


def _drawing(part: Chart, key: str, number: int, width: int, height: int) -> object:
    words = quoteattr(safe(part.caption))
    return parse_xml(
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        f' xmlns:a="{A}" xmlns:c="{C}" xmlns:r="{R}">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}"'
        f' cy="{height}"/><wp:docPr id="{number}" name="Chart {number}" descr={words}/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{C}"><c:chart r:id="{key}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _book(part: Chart, at: datetime) -> bytes:
    """The numbers: names in the first column, a column for each series."""
    out = io.BytesIO()
    workbook = Workbook(out, {"in_memory": True, **NEVER_GUESS})
    workbook.set_properties({"created": at.replace(tzinfo=None)})
    sheet = workbook.add_worksheet("Sheet1")
    for column, name in enumerate(part.series, start=1):
        write_text(sheet, 0, column, safe(name), None)
    for row, (name, values) in enumerate(part.rows, start=1):
        write_text(sheet, row, 0, safe(name), None)
        for column, value in enumerate(values, start=1):
            if value is not None:
                sheet.write_number(row, column, float(rounded(value, part.places)))
    workbook.close()
    return out.getvalue()


def _chart(part: Chart, book: str) -> str:
    series = "".join(_series(part, place) for place in range(len(part.series)))
    several = len(part.series) > 1
    axes = f'<c:axId val="{CATEGORY}"/><c:axId val="{VALUE}"/>'
    if part.lines:
        plot = (
            '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
            f'{series}<c:marker val="1"/>{axes}</c:lineChart>{_axes(part)}'
        )
    else:
        plot = (
            '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
            f'{series}<c:gapWidth val="{50 if several else 60}"/>{axes}</c:barChart>{_axes(part)}'
        )
    legend = '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>' if several else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}" xmlns:r="{R}"><c:roundedCorners val="0"/>'
        f'<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{plot}</c:plotArea>{legend}'
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'{_letters(part)}<c:externalData r:id="{book}"><c:autoUpdate val="0"/></c:externalData>'
        "</c:chartSpace>"
    )


def _letters(part: Chart) -> str:
    """Smaller ones where there are many names: else a program may leave some out."""
    size = 900 if len(part.rows) > MANY else 1000
    face = f'<a:latin typeface="{FACE}"/><a:cs typeface="{FACE}"/>'
    ink = '<a:solidFill><a:srgbClr val="000000"/></a:solidFill>'
    return (
        f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{size}">{ink}{face}</a:defRPr></a:pPr>'
        '<a:endParaRPr lang="vi-VN"/></a:p></c:txPr>'
    )


def _axes(part: Chart) -> str:
    """Names from the top down; percents from 0 to 100, which the numbers beside the bars tell.
    Lines go from left to right, and their scale begins beneath the lowest."""
    turn, at, across = ("minMax", "b", "l") if part.lines else ("maxMin", "l", "t")
    known = [value for _name, values in part.rows for value in values if value is not None]
    low, high = drawings.scale(known) if part.lines else (0, 100)
    line = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="808080"/></a:solidFill></a:ln>'
    return (
        f'<c:catAx><c:axId val="{CATEGORY}"/><c:scaling><c:orientation val="{turn}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{at}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'{line}</c:spPr><c:crossAx val="{VALUE}"/><c:crosses val="autoZero"/>'
        '<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/>'
        # Else a program may leave names out to gain room.
        '<c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/>'
        f'</c:catAx><c:valAx><c:axId val="{VALUE}"/><c:scaling><c:orientation val="minMax"/>'
        f'<c:max val="{high}"/><c:min val="{low}"/></c:scaling><c:delete val="1"/>'
        f'<c:axPos val="{across}"/>'
        '<c:numFmt formatCode="0" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="none"/><c:crossAx val="{CATEGORY}"/>'
        '<c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )


def _lowest(part: Chart, row: int, place: int) -> bool:
    """Whether a line runs beneath all others at a name; its label stands under it, then."""
    known = [value for value in part.rows[row][1] if value is not None]
    own = part.rows[row][1][place]
    return part.lines and len(known) > 1 and own == min(known) != max(known)


def _series(part: Chart, place: int) -> str:
    column, count = "BCDE"[place], len(part.rows)
    halves = part.halves if place == 0 else ()
    values = [values[place] for _name, values in part.rows]
    names = "".join(
        f'<c:pt idx="{row}"><c:v>{escape(safe(name))}</c:v></c:pt>'
        for row, (name, _values) in enumerate(part.rows)
    )
    points = "".join(
        f'<c:pt idx="{row}"><c:v>{rounded(value, part.places)}</c:v></c:pt>'
        for row, value in enumerate(values)
        if value is not None
    )
    # What stands beside a bar would lie on its whisker.
    usual = "t" if part.lines else "inBase" if halves else "outEnd"
    labels = "".join(
        _label(row, decimal(value, part.places), "b" if _lowest(part, row, place) else usual)
        for row, value in enumerate(values)
        if value is not None
    )
    smooth = '<c:smooth val="0"/>' if part.lines else ""
    return (
        f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx><c:strRef>'
        f'<c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{escape(safe(part.series[place]))}</c:v></c:pt></c:strCache>'
        f"</c:strRef></c:tx>{_look(part, place)}<c:dLbls>{labels}{_shown(usual)}</c:dLbls>"
        f"{_whiskers(halves)}"
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${count + 1}</c:f><c:strCache>"
        f'<c:ptCount val="{count}"/>{names}</c:strCache></c:strRef></c:cat>'
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${count + 1}</c:f><c:numCache>"
        f'<c:formatCode>General</c:formatCode><c:ptCount val="{count}"/>{points}</c:numCache>'
        f"</c:numRef></c:val>{smooth}</c:ser>"
    )


def _look(part: Chart, place: int) -> str:
    """How bars are filled, or a line is drawn."""
    if part.lines:
        fill = _fill(COLOURS[0])
        return (
            f'<c:spPr><a:ln w="28575">{fill}<a:prstDash val="{DASHES[place]}"/></a:ln></c:spPr>'
            f'<c:marker><c:symbol val="circle"/><c:size val="6"/><c:spPr>{fill}</c:spPr></c:marker>'
        )
    whiskers = part.halves and place == 0
    fill = _fill(WITH_WHISKERS if whiskers else COLOURS[place % len(COLOURS)])
    return f'<c:spPr>{fill}</c:spPr><c:invertIfNegative val="0"/>'


def _fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def _whiskers(halves: Sequence[Fraction | None]) -> str:
    """Lines from the lower to the upper limit of an interval."""
    if not any(halves):
        return ""
    points = "".join(
        f'<c:pt idx="{row}"><c:v>{rounded(half or Fraction(0), 2)}</c:v></c:pt>'
        for row, half in enumerate(halves)
    )
    given = f'<c:numLit><c:ptCount val="{len(halves)}"/>{points}</c:numLit>'
    return (
        '<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus>{given}</c:plus><c:minus>{given}</c:minus>"
        '<c:spPr><a:ln w="12700"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'
        "</c:spPr></c:errBars>"
    )


def _shown(where: str) -> str:
    """What labels tell, and where they stand."""
    return (
        f'<c:dLblPos val="{where}"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/>'
        '<c:showBubbleSize val="0"/>'
    )


def _label(row: int, text: str, where: str) -> str:
    return (
        f'<c:dLbl><c:idx val="{row}"/><c:tx><c:rich><a:bodyPr wrap="none"/><a:p><a:r>'
        f'<a:rPr lang="vi-VN"/>'
        f"<a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx>{_shown(where)}</c:dLbl>"
    )
