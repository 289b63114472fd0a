"""The tables of a Word file, and the paragraphs above each.

Part of the process that reads an annex (`reader`), under its limits. What was deleted with tracked
changes is not read, what was inserted is.
"""

import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from app.papers.annexes import wordnumbers
from app.papers.annexes.wordnumbers import Numbers, W

SIGNS = 2_000_000  # in all cells together
TABLES = 200
TWIPS = 360  # of an indent: a quarter of an inch
OFF = ("0", "false", "none", "off")
INSIDE = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


class TooLarge(Exception):
    """More than a table of criteria can have."""


class Reader:
    """A document while it is read, from the top to the bottom."""

    def __init__(self, numbers: Numbers, styles: dict[str, Element], most: tuple[int, int]) -> None:
        self.numbers = numbers
        self.styles = styles
        self.most_rows, self.most_columns = most
        self.signs = SIGNS
        self.tables: list[dict[str, Any]] = []
        self.lead: list[str] = []

    def body(self, parts: Element) -> None:
        for part in parts:
            if part.tag == f"{W}p":
                text, _bold, _indent = self.paragraph(part)
                if text:
                    self.lead.append(text)
            elif part.tag == f"{W}tbl":
                self.table(part)
            elif part.tag in INSIDE:
                self.body(part)

    def table(self, table: Element) -> None:
        if len(self.tables) == TABLES:
            raise TooLarge
        rows: list[list[list[Any]]] = []
        open_: dict[int, tuple[int, int]] = {}  # columns within a merge that goes down
        for number, row in enumerate(_inside(table, f"{W}tr")):
            if number >= self.most_rows:
                raise TooLarge
            rows.append(self.row(row, number, open_))
        width = max(map(len, rows), default=0)
        for each in rows:
            each.extend([["", " ", 0, 0]] * (width - len(each)))
        facts = {"name": "", "lead": self.lead, "hidden_rows": [], "hidden_columns": []}
        self.tables.append({**facts, "rows": rows})
        self.lead = []

    def row(self, row: Element, number: int, open_: dict[int, tuple[int, int]]) -> list[list[Any]]:
        before = row.find(f"{W}trPr/{W}gridBefore")
        cells: list[list[Any]] = [["", " ", 0, 0]] * int(_val(before, "0"))
        for cell in _inside(row, f"{W}tc"):
            place, first = len(cells), (number, len(cells))
            span = max(1, int(_val(cell.find(f"{W}tcPr/{W}gridSpan"), "1")))
            if place + span > self.most_columns:
                raise TooLarge
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            goes_on = merge is not None and _val(merge, "continue") == "continue" and place in open_
            if goes_on:
                first = open_[place]
                cells.append(["", " ", 0, 0, *first])
            else:
                cells.append(self.cell(cell))
            for column in range(place, place + span):
                open_.pop(column, None)
                if merge is not None:
                    open_[column] = first
            cells.extend(["", " ", 0, 0, *first] for _each in range(span - 1))
        return cells

    def cell(self, cell: Element) -> list[Any]:
        texts: list[str] = []
        bold, indent = True, 0
        for part in cell.iter(f"{W}p"):
            text, is_bold, moved = self.paragraph(part)
            if text:
                indent = indent if texts else moved
                texts.append(text)
                bold = bold and is_bold
        text = "\n".join(texts)
        self.signs -= len(text)
        if self.signs < 0:
            raise TooLarge
        return [text, " ", int(bold and bool(texts)), indent]

    def paragraph(self, paragraph: Element) -> tuple[str, bool, int]:
        """Its text with the number that Word puts before it, whether it is bold, how far it is
        moved in."""
        chain = list(self.looks(paragraph.find(f"{W}pPr")))
        text, bold = "", True
        style_bold = next((b for p in chain if (b := p.find(f"{W}rPr/{W}b")) is not None), None)
        for run in _inside(paragraph, f"{W}r"):
            piece = "".join(_pieces(run))
            if piece.strip():
                mark = run.find(f"{W}rPr/{W}b")
                mark = style_bold if mark is None else mark
                bold = bold and mark is not None and _val(mark, "1") not in OFF
            text += piece
        number, depth = self.number(chain)
        shown = f"{number} {text.strip()}".strip()
        moved = next((i for p in chain if (i := p.find(f"{W}ind")) is not None), None)
        left = (
            (moved.get(f"{W}left") or moved.get(f"{W}start") or "0") if moved is not None else "0"
        )
        indent = max(0, int(float(left)) // TWIPS) if not number else depth
        return shown, bold and bool(text.strip()), indent

    def looks(self, own: Element | None) -> Iterator[Element]:
        """The properties of a paragraph, then those of its style and of what that is based on."""
        if own is not None:
            yield own
        name = _val(own.find(f"{W}pStyle"), "") if own is not None else ""
        for _step in range(10):
            style = self.styles.get(name)
            if style is None:
                return
            found = style.find(f"{W}pPr")
            looks = ET.Element("looks")
            looks.extend([] if found is None else list(found))
            letters = style.find(f"{W}rPr")
            looks.extend([] if letters is None else [letters])
            yield looks
            name = _val(style.find(f"{W}basedOn"), "")

    def number(self, chain: list[Element]) -> tuple[str, int]:
        found = next((n for p in chain if (n := p.find(f"{W}numPr")) is not None), None)
        if found is None:
            return "", 0
        depth = min(int(_val(found.find(f"{W}ilvl"), "0")), wordnumbers.LEVELS - 1)
        return self.numbers.next(_val(found.find(f"{W}numId"), "0"), depth), depth


def read(archive: zipfile.ZipFile, most_rows: int, most_columns: int) -> dict[str, Any]:
    """The tables of a document and how many pictures it has. Raises `TooLarge`, and what the XML
    is wrong with."""
    styles = _part(archive, "word/styles.xml")
    named = {
        style.get(f"{W}styleId", ""): style
        for style in (styles.iterfind(f"{W}style") if styles is not None else ())
    }
    numbers = wordnumbers.read(_part(archive, "word/numbering.xml"))
    reader = Reader(numbers, named, (most_rows, most_columns))
    document = _part(archive, "word/document.xml")
    for body in document.iterfind(f"{W}body") if document is not None else ():
        reader.body(body)
    pictures = sum(name.startswith("word/media/") for name in archive.namelist())
    return {"tables": reader.tables, "pictures": pictures}


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    return ET.fromstring(archive.read(name)) if name in archive.namelist() else None  # noqa: S314


def _inside(above: Element, tag: str) -> Iterator[Element]:
    """The parts of a kind, also where they stand in a field or in a tracked insertion."""
    for part in above:
        if part.tag == tag:
            yield part
        elif part.tag in INSIDE or part.tag == f"{W}hyperlink":
            yield from _inside(part, tag)


def _pieces(run: Element) -> Iterator[str]:
    for part in run:
        if part.tag == f"{W}t":
            yield part.text or ""
        elif part.tag in (f"{W}tab", f"{W}br", f"{W}cr"):
            yield " "
        elif part.tag == f"{W}noBreakHyphen":
            yield "-"


def _val(element: Element | None, default: str) -> str:
    return default if element is None else element.get(f"{W}val", default)
