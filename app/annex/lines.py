"""The rows of all tables as lines: number, name, points, words on the method, looks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.annex import headings, marks, words
from app.annex.headings import Heading
from app.annex.marks import Mark
from app.annex.source import Cell, Table
from app.language import _
from app.text.cleaning import clean, folded

THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}(?!\d)")
POINTS = re.compile(r"(\d{1,4}(?:[.,]\d{1,4})?)\s*(?:điểm|đ)?", re.IGNORECASE)
IN_NAME = re.compile(
    r"\s*[(\[–-]?\s*(?:tối đa\s*:?\s*)?(\d{1,3}(?:[.,]\d{1,3})?)\s*điểm\s*[)\]]?\s*[.:]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """A row that has something. `level` is that of its column, None where all names stand in one;
    `points` are None where none can be read, and `unread` is then what stands there."""

    id: int
    where: str
    mark: Mark
    name: str
    points: Fraction | None = None
    survey: Fraction | None = None
    appraisal: Fraction | None = None
    ticks: frozenset[str] = frozenset()  # methods whose column has a tick
    method: str = ""  # the words of the column of methods
    level: int | None = None
    bold: bool = False
    indent: int = 0
    hidden: bool = False
    lead: bool = False  # a paragraph above a table
    kept_number: bool = False  # Excel holds the mark as a number: 1.10 is 1.1
    was_date: bool = False  # Excel made a date of the mark
    unread: str = ""


def number(text: str, kind: str = " ") -> Fraction | None:
    """Points as people write them: 2,5; 10 điểm; 1.000. None for what is none. Of a number ("n")
    the point is no mark of thousands."""
    bare = clean(text).strip("()")
    if kind != "n" and THOUSANDS.match(bare):
        bare = bare.replace(".", "")
    found = POINTS.fullmatch(bare)
    return Fraction(found[1].replace(",", ".")) if found else None


def read(tables: Sequence[Table]) -> list[Line]:
    """The lines of all tables that have a heading, or go on from one that has."""
    found: list[Line] = []
    heading: Heading | None = None
    for place, table in enumerate(tables):
        own = headings.find(table)
        if own is not None:
            heading = own
        elif heading is None or not _goes_on(table, heading):
            continue
        first = own.first if own else 0
        found.extend(_of_table(table, place, replace(heading, first=first)))
    return [replace(line, id=number) for number, line in enumerate(found, start=1)]


def _goes_on(table: Table, heading: Heading) -> bool:
    """Whether a table without a heading has the columns of the one before."""
    widths = {len(row) for row in table.rows}
    return not table.lead and widths == {len(heading.roles)}


def _of_table(table: Table, place: int, heading: Heading) -> Iterator[Line]:
    inner = list(_rows(table, heading))
    lead = _lead(table)
    if lead and not any(line.mark.kind in ("I", "field") for line in inner):
        yield lead
    yield from inner


def _rows(table: Table, heading: Heading) -> Iterator[Line]:
    current: dict[int, str] = {}  # by level, the name that goes on
    for row in range(heading.first, len(table.rows)):
        if _is_repeated(table, row, heading):
            continue
        for line in _of_row(table, row, heading):
            if line.level is not None and line.points is None:
                # A page begins with the names again that were current on the one before.
                if current.get(line.level) == folded(line.name):
                    continue
                current = {level: name for level, name in current.items() if level < line.level}
                current[line.level] = folded(line.name)
            yield line


def _is_repeated(table: Table, row: int, heading: Heading) -> bool:
    """Whether a row is the heading again, as a page of its own begins with it."""
    texts = [folded(table.shown(row, column)) for column in range(len(heading.roles))]
    pairs = zip(texts, map(folded, heading.titles), strict=False)
    same = sum(bool(text) and text == title for text, title in pairs)
    return not any(texts) or same > 1


def _lead(table: Table) -> Line | None:
    """The field that a paragraph above a table names: "I. CẢI CÁCH THỂ CHẾ (10 điểm)"."""
    for text in reversed(table.lead[-3:]):
        mark, name = marks.parted(text)
        if mark.kind in ("I", "field", "A", "1") and name:
            name, points = _without_points(name)
            where = _("{table}, đoạn phía trên").format(table=table.name)
            return Line(0, where, mark, name, points, bold=True, lead=True, level=0)
    return None


def _of_row(table: Table, row: int, heading: Heading) -> Iterator[Line]:
    where = _("{table}, dòng {row}").format(table=table.name, row=row + 1)
    number_at = heading.column("number")
    cell = table.cell(row, number_at) if number_at is not None else Cell()
    mark = marks.read(cell.text, cell.kind) if cell.of is None else marks.NONE
    names = [(place, _name_cell(table, row, place)) for place in heading.levels]
    names = [(place, found) for place, found in names if found.text.strip()]
    # Merged from the column of numbers on: "I. CẢI CÁCH THỂ CHẾ" over the whole row.
    if not names and mark == marks.NONE and cell.of is None and cell.text.strip():
        names = [(heading.levels[0], cell)]
    if not names:
        names = [(heading.levels[-1], Cell())]
    line = _with_points(Line(0, where, mark, ""), table, row, heading)
    if not names[0][1].text and line.points is None and mark == marks.NONE and not line.unread:
        return
    line = replace(
        line,
        hidden=row + 1 in table.hidden_rows,
        kept_number=cell.kind == "n",
        was_date=cell.kind == "d",
    )
    several = len(heading.levels) > 1
    for order, (place, found) in enumerate(names):
        own, name = marks.parted(found.text)
        name, in_name = _without_points(name)
        last = order == len(names) - 1
        here = line if last else Line(0, where, marks.NONE, "", hidden=line.hidden)
        if several and here.mark.kind != str(heading.levels.index(place) + 1):
            here = replace(here, mark=marks.NONE)  # a running number of the rows
        if own != marks.NONE and (here.mark == marks.NONE or several):
            here = replace(here, mark=own, kept_number=False, was_date=False)
        elif own != marks.NONE and own != here.mark:
            name = clean(found.text)
        if here.points is None and in_name is not None:
            here = replace(here, points=in_name)
        yield replace(
            here,
            name=name,
            level=heading.levels.index(place) if several else None,
            bold=found.bold,
            indent=found.indent + (len(found.text) - len(found.text.lstrip(" \u00a0\t"))) // 2,
        )


def _name_cell(table: Table, row: int, column: int) -> Cell:
    """The cell of a name; of a merged range only its first row names anything."""
    cell = table.cell(row, column)
    if cell.of is None:
        return cell
    top, left = cell.of
    first = table.cell(top, left)
    return first if top == row and marks.read(first.text) == marks.NONE else Cell()


def _with_points(line: Line, table: Table, row: int, heading: Heading) -> Line:
    values: dict[str, Fraction | None] = {}
    ticks, unread = set(), ""
    for role in ("points", "survey", "appraisal"):
        place = heading.column(role)
        cell = table.cell(row, place) if place is not None else Cell()
        text = clean(cell.text) if cell.of is None else ""
        if text.endswith("%"):
            text = ""
        value = number(text, cell.kind)
        values[role] = value
        if value is None and role != "points" and words.is_tick(text):
            ticks.add(role)
        elif value is None and role == "points" and folded(text):
            unread = text
    texts = [clean(table.shown(row, place)) for place in heading.columns("method")]
    points = values["points"]
    parts = [part for part in (values["survey"], values["appraisal"]) if part is not None]
    if points is None and parts:
        points = sum(parts, Fraction(0))
    return replace(
        line,
        points=points,
        survey=values["survey"],
        appraisal=values["appraisal"],
        ticks=frozenset(ticks),
        method=" ".join(filter(None, texts)),
        unread=unread if points is None else "",
    )


def _without_points(name: str) -> tuple[str, Fraction | None]:
    """A name without the points at its end: "Cải cách thể chế (10 điểm)"."""
    found = IN_NAME.search(name)
    if found is None or found.start() == 0:
        return name, None
    return name[: found.start()].rstrip(" :.–-"), Fraction(found[1].replace(",", "."))
