"""How a roster file is laid out: its columns under our titles, the rows that are nobody's left out.

Pure. Offices have other words for a title, a heading of two lines, a name in two columns; what is
certain is read so and told, what may be meant in two ways is asked: `chosen` are the columns as an
officer says them. A sheet that was laid out stays as it is when it is laid out again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.language import _
from app.roster import asides
from app.roster.asides import NUMBERED, Aside
from app.roster.columns import BEFORE_GIVEN, GIVEN, NAME, WANTED, is_person
from app.text.cells import is_ours, letters, one_row, spoiled
from app.text.cleaning import clean, shown
from app.text.headings import Rows, Sheet, is_filled, key, sheet_of, spans
from app.text.table import Fault

Chosen = Mapping[int, str]  # place of a column → our title, "" for none
_FIRST, _GIVEN = {key(title) for title in BEFORE_GIVEN}, key(GIVEN)


@dataclass(frozen=True)
class Laid:
    """A sheet under our titles, the rows that were left out of it, and what is in doubt about its
    heading."""

    sheet: Sheet
    asides: tuple[Aside, ...] = ()
    doubts: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Heading:
    """The words over each column, and where they stand: the last of `lines` rows."""

    place: int
    cells: tuple[str, ...]
    lines: int = 1


def lay(rows: Sheet | Rows, chosen: Chosen | None = None) -> Laid:
    """A file as it is read; `chosen`, where it is given, says of every column what it is."""
    sheet = sheet_of(rows, WANTED)
    if sheet.heading is None:
        return Laid(sheet)
    heading = heading_of(sheet)
    found = {title: list(at) for title, at in _places(heading, chosen).items()}
    parts = _name_parts(sheet, heading, found) if chosen is None else None
    if parts:
        found[NAME] = [parts[0]]
    doubts = list(_doubts(sheet, heading, found))
    if chosen is None:  # who chose has seen the rows, and is told of them as left out
        doubts += _people_above(sheet, heading)
    titles = {title: at[0] for title, at in found.items() if len(at) == 1}
    aside = asides.of(sheet.rows, heading.place, titles, heading.lines)
    if chosen is not None:
        # What nobody chose is nothing's, be it under a title that is merged over several columns.
        heading = replace(heading, cells=tuple("" if is_ours(c) else c for c in heading.cells))
    laid = _rewritten(sheet, heading, found, parts, aside)
    told = " ".join(filter(None, [sheet.told, *_told(heading, titles, parts)]))
    return Laid(replace(laid, told=told), tuple(aside), tuple(doubts))


def heading_of(sheet: Sheet) -> Heading:
    """The heading of a sheet, with the line above or below where that makes more of it."""
    at, rows = sheet.heading or 0, sheet.rows
    found = [Heading(at, tuple(rows[at]))]
    for upper in (at - 1, at):
        if 0 <= upper < len(rows) - 1 and not _holds_data(rows[upper + 1]):
            both = _together(rows[upper], rows[upper + 1])
            found.append(Heading(upper + 1, both, lines=2))
    return max(found, key=lambda each: _worth(each.cells))


def _worth(cells: Sequence[str]) -> tuple[int, int]:
    titles = {title for cell in cells if (title := WANTED.title_of(cell))}
    return len(titles & set(WANTED.titles)), len(titles)


def _holds_data(row: Sequence[str]) -> bool:
    return any(
        "@" in cell or sum(map(str.isdecimal, cell)) > 3 for cell in row if not is_ours(cell)
    )


def _together(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Two lines of a heading as one: the lower word where there is one, else the upper."""
    cells, above = [], ""
    for place in range(max(len(upper), len(lower))):
        top = upper[place] if place < len(upper) else ""
        above = above if one_row(top) else "" if is_ours(top) else clean(top)
        low = lower[place] if place < len(lower) else ""
        below = "" if is_ours(low) else clean(low)
        spans = one_row(top) or one_row(upper[place + 1] if place + 1 < len(upper) else "")
        cells.append(_word(above if spans or not below else "", below))
    return tuple(cells)


def _word(above: str, below: str) -> str:
    """A word under one that stands over several columns, or alone."""
    if not below or not above:
        return below or above
    title = WANTED.title_of(above)
    if WANTED.title_of(below) and (key(below) != _GIVEN or title in (None, NAME)):
        return below
    return f"{above} ({below})" if title else f"{above} {below}"


def _places(heading: Heading, chosen: Chosen | None) -> dict[str, list[int]]:
    """Title → the columns that may be it; an own title goes before other words for it."""
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(heading.cells):
        title = WANTED.title_of(cell) if chosen is None else chosen.get(place)
        if title and not (spoiled(cell) and chosen is None):
            found.setdefault(title, []).append(place)
    if chosen is None:
        for title, at in found.items():
            own = [place for place in at if key(heading.cells[place]) == key(title)]
            found[title] = own or at
    return found


def _below(sheet: Sheet, heading: Heading, place: int) -> Iterator[str]:
    for row in sheet.rows[heading.place + 1 :]:
        if place < len(row) and clean(row[place]):
            yield row[place]


def _name_parts(
    sheet: Sheet, heading: Heading, found: Mapping[str, Sequence[int]]
) -> tuple[int, int] | None:
    """The two columns of a name: "Họ đệm" and "Tên", or one title merged over both."""
    names = found.get(NAME, ())
    words = [key(heading.cells[place]) for place in names]
    if len(names) == 2 and words[0] in _FIRST and words[1] == _GIVEN:
        return names[0], names[1]
    if len(names) != 1 or names[0] + 1 >= len(heading.cells):
        return None
    second = names[0] + 1
    if one_row(heading.cells[second]) or (
        heading.lines == 2 and key(heading.cells[second]) == words[0]
    ):
        texts = [clean(each) for each in _below(sheet, heading, second) if not is_ours(each)]
        if texts and all(text.isalpha() for text in texts):
            return names[0], second
    return None


def _doubts(sheet: Sheet, heading: Heading, found: dict[str, list[int]]) -> Iterator[Fault]:
    """Titles for which several columns may be meant; of those that hold nothing none is."""
    for title, at in found.items():
        if len(at) < 2 or all(key(heading.cells[place]) == key(title) for place in at):
            continue
        filled = [
            place
            for place in at
            if not all(map(NUMBERED.fullmatch, map(clean, _below(sheet, heading, place))))
        ]
        if len(filled) == 1:
            found[title] = filled
            continue
        words = _(
            "Các cột {columns} đều có thể là “{title}”. Chọn một cột, hoặc ghi đúng “{title}” làm"
            " tiêu đề của cột ấy."
        )
        names = ", ".join(f"{letters(place)} “{shown(heading.cells[place])}”" for place in at)
        yield Fault(heading.place + 1, words.format(columns=names, title=title))


def _people_above(sheet: Sheet, heading: Heading) -> Iterator[Fault]:
    above = sheet.rows[: heading.place + 1 - heading.lines]
    people = [place + 1 for place, row in enumerate(above) if is_person(row)]
    if people:
        words = _(
            "Phía trên dòng tiêu đề có dòng giống một người: {rows}. Chọn lại dòng tiêu đề, hoặc"
            " chuyển những dòng ấy xuống dưới."
        )
        yield Fault(heading.place + 1, words.format(rows=spans(people)))


def _rewritten(
    sheet: Sheet,
    heading: Heading,
    found: Mapping[str, Sequence[int]],
    parts: tuple[int, int] | None,
    aside: Sequence[Aside],
) -> Sheet:
    """The sheet under our titles, its numbers of rows as they were."""
    title_at = {at[0]: title for title, at in found.items() if len(at) == 1}
    head = [_titled(cell, title_at.get(place), found) for place, cell in enumerate(heading.cells)]
    gone = {each.row for each in aside}
    rows = [[] if number in gone else list(row) for number, row in enumerate(sheet.rows, start=1)]
    if parts:
        head[parts[1]] = ""
        for row in rows[heading.place + 1 :]:
            _join(row, *parts)
    if heading.lines == 2:
        rows[heading.place - 1] = []
    rows[heading.place] = head
    says = () if head == list(sheet.rows[heading.place]) else heading.cells
    return replace(sheet, rows=rows, heading=heading.place, says=says)


def _titled(cell: str, title: str | None, found: Mapping[str, Sequence[int]]) -> str:
    """What stands over a column: our title, or its own word where it is not read as one."""
    if title is not None:
        return cell if key(cell) == key(title) else title
    own = next((each for each in found if key(each) == key(cell)), None)
    return f"{cell} ({_('không dùng')})" if own and len(found[own]) == 1 else cell


def _join(row: list[str], first: int, second: int) -> None:
    if second >= len(row):
        return
    before, given = row[first], row[second]
    row[second] = ""
    if spoiled(before) or spoiled(given):
        row[first] = before if spoiled(before) else given
    else:
        row[first] = " ".join(filter(None, map(clean, (before, given))))


def _told(
    heading: Heading, titles: Mapping[str, int], parts: tuple[int, int] | None
) -> Iterator[str]:
    """What was read otherwise than it stands."""
    if heading.lines == 2:
        words = _("Tiêu đề gồm hai dòng {first} và {last}.")
        yield words.format(first=heading.place, last=heading.place + 1)
    if parts:
        words = _("Họ và tên ghép từ hai cột {first}, {second}.")
        yield words.format(first=letters(parts[0]), second=letters(parts[1]))
    read = _("“{cell}” là {title}")
    renamed = [
        read.format(cell=shown(heading.cells[place]), title=title)
        for title, place in titles.items()
        if key(heading.cells[place]) != key(title) and not (parts and title == NAME)
    ]
    if renamed:
        yield _("Đọc cột {columns}.").format(columns="; ".join(renamed))


@dataclass(frozen=True)
class Column:
    """A column of a file as it came: what stands over it, what it is taken for ("" for nothing),
    and what stands in it first."""

    place: int
    words: str
    title: str
    first: tuple[str, ...]

    @property
    def letter(self) -> str:
        return letters(self.place)


def columns_of(sheet: Sheet) -> list[Column]:
    """The columns of a file that is not laid out; those without anything are left out."""
    if sheet.heading is None:
        return []
    heading = heading_of(sheet)
    title_at = {at[0]: title for title, at in _places(heading, None).items() if len(at) == 1}
    found = []
    for place in range(max(map(len, sheet.rows), default=0)):
        cell = heading.cells[place] if place < len(heading.cells) else ""
        words = "" if is_ours(cell) else clean(cell)
        below = (shown(each, 40) for each in _below(sheet, heading, place) if not is_ours(each))
        if first := tuple(islice(below, 2)):
            found.append(Column(place, words, title_at.get(place, ""), first))
    return found


def is_worth_asking(sheet: Sheet) -> bool:
    """Whether a file has columns that an officer could choose among."""
    return sheet.heading is not None and any(map(is_filled, sheet.rows[sheet.heading + 1 :]))
