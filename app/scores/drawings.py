"""Charts: their geometry on a page, and as SVG files that stand alone, with their words. Pure.

A file has no style sheet and no script: colours and sizes are attributes, ink on white, so that it
looks alike in a report, in a browser and on paper. Texts are texts; nothing is drawn that is not
also in a table of the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from app.language import rounded

INK, ACCENT, GROUND, EDGE = "#1b1f24", "#0f5f6e", "#dddddd", "#6b7278"
# Of levels, the first the darkest; as many as a ballot has.
SHADES = (ACCENT, "#97c8d0", "#cbe3e7", "#eaf4f5", "#ffffff", "#e0e0e0", "#b8b8b8", "#8a8a8a")
FONT = "Segoe UI, Roboto, Noto Sans, Arial, sans-serif"
WIDE, SIDE = 960, 24


@dataclass(frozen=True)
class Column:
    """One column: two labels beneath, what stands above it, how high it is."""

    label: str
    short: str
    text: str
    value: int


@dataclass(frozen=True)
class Chart:
    """Columns and a dashed line from the height at the left edge to that at the right one."""

    columns: tuple[Column, ...]
    top: Fraction
    line: tuple[Fraction, Fraction]

    def height(self, value: Fraction | int, room: int = 100) -> str:
        """How high something is drawn in a room; a little is left above the highest."""
        return rounded(Fraction(value) * room * 96 / 100 / self.top, 1)

    def level(self, value: Fraction | int, room: int = 100) -> str:
        """The same from the top."""
        return rounded(room - Fraction(self.height(value, room)), 1)


@dataclass(frozen=True)
class Row:
    """One bar across: name, share in percent (None: nothing is drawn), the text behind it, and the
    limits of its interval."""

    name: str
    share: Fraction | None
    text: str
    limits: tuple[Fraction, Fraction] | None = None


def columns(title: str, chart: Chart, notes: Sequence[str] = ()) -> bytes:
    """A chart of columns as a file."""
    floor, room, step = 330, 240, Fraction(WIDE - 2 * SIDE, max(1, len(chart.columns)))
    beneath = [line for note in notes for line in _lines(note, 110)]
    drawn, words = [], []
    for place, each in enumerate(chart.columns):
        left, middle = SIDE + step * place, SIDE + step * place + step / 2
        height = chart.height(each.value, room)
        at = rounded(floor - Fraction(height), 1)
        drawn.append(_rect(left + step * 15 / 100, at, step * 70 / 100, height, ACCENT))
        if each.text:
            words.append(_text(each.text, middle, Fraction(at) - 8, 13, "middle"))
        words.append(_text(each.label, middle, floor + 20, 13, "middle"))
        words.append(_text(each.short, middle, floor + 38, 13, "middle"))
    ends = [rounded(floor - Fraction(chart.height(value, room)), 1) for value in chart.line]
    line = f'd="M{SIDE} {ends[0]}L{WIDE - SIDE} {ends[1]}" fill="none"'
    drawn += [
        f'<path d="M{SIDE} {floor}H{WIDE - SIDE}" stroke="{EDGE}"/>',
        f'<path {line} stroke="#ffffff" stroke-width="6"/>',
        f'<path {line} stroke="{INK}" stroke-width="2" stroke-dasharray="8 6"/>',
        *words,
        *(_text(each, SIDE, floor + 66 + 20 * n, 14) for n, each in enumerate(beneath)),
    ]
    return _file(title, drawn, floor + 66 + 20 * len(beneath))


@dataclass(frozen=True)
class Stack:
    """One bar across of several parts: its name, the shares of the parts, the text behind it."""

    name: str
    shares: tuple[Fraction, ...]
    text: str


def stacks(
    title: str, levels: Sequence[str], bars: Iterable[Stack], notes: Sequence[str] = ()
) -> bytes:
    """Distributions as a file: the first level on the left, each in a shade of its own."""
    name, room, at, drawn = 330, 480, 72, []
    for level, shade in zip(levels, SHADES, strict=False):
        drawn += [_part(SIDE, at - 4, 14, shade), _text(level, SIDE + 22, at + 8, 14)]
        at += 22
    at += 12
    for each in bars:
        lines = _lines(each.name, 40)
        middle, left = at + 9 * len(lines), Fraction(SIDE + name)
        drawn += [_text(line, SIDE, at + 14 + 18 * n, 14) for n, line in enumerate(lines)]
        for share, shade in zip(each.shares, SHADES, strict=False):
            drawn.append(_part(left, middle - 6, share * room / 100, shade))
            left += share * room / 100
        drawn.append(_text(each.text, SIDE + name + room + 12, middle + 6, 14))
        at += 18 * len(lines) + 10
    for line in (line for note in notes for line in _lines(note, 110)):
        drawn.append(_text(line, SIDE, at + 20, 14))
        at += 20
    return _file(title, drawn, at + 24)


def _part(left: Fraction | int, top: int, width: Fraction | int, shade: str) -> str:
    at, wide = rounded(Fraction(left), 1), rounded(Fraction(width), 1)
    size = f'x="{at}" y="{top}" width="{wide}" height="14"'
    return f'<rect {size} fill="{shade}" stroke="{ACCENT}"/>'


def rows(
    title: str, bars: Iterable[Row], limits: Sequence[Fraction] = (), notes: Sequence[str] = ()
) -> bytes:
    """A chart of bars across as a file: 0 to 100 percent, a mark at each limit."""
    name, room, drawn, at = 330, 480, [], 72
    for each in bars:
        lines = _lines(each.name, 40)
        middle = at + 9 * len(lines)
        drawn += [_text(line, SIDE, at + 14 + 18 * n, 14) for n, line in enumerate(lines)]
        drawn.append(_rect(SIDE + name, middle - 6, room, "14", GROUND))
        if each.share is not None:
            width = each.share * room / 100
            drawn.append(_rect(SIDE + name, middle - 6, width, "14", ACCENT))
        drawn += [
            f'<path d="M{rounded(SIDE + name + limit * room / 100, 1)} {middle - 6}v14"'
            ' stroke="#ffffff" stroke-width="2"/>'
            for limit in limits
        ]
        if each.limits is not None:
            low, high = (SIDE + name + end * room / 100 for end in each.limits)
            drawn += _whisker(low, high, middle + 1)
        drawn.append(_text(each.text, SIDE + name + room + 12, middle + 6, 14))
        at += 18 * len(lines) + 10
    for line in (line for note in notes for line in _lines(note, 110)):
        drawn.append(_text(line, SIDE, at + 20, 14))
        at += 20
    return _file(title, drawn, at + 24)


def _whisker(left: Fraction, right: Fraction, middle: int) -> list[str]:
    """A line from one limit to the other, on a lighter one so that it is seen on a bar."""
    ends = [rounded(each, 1) for each in (left, right)]
    caps = "".join(f"M{each} {middle - 5}v10" for each in ends)
    path = f'<path d="M{ends[0]} {middle}H{ends[1]}{caps}" fill="none"'
    return [
        f'{path} stroke="#ffffff" stroke-width="6"/>',
        f'{path} stroke="{INK}" stroke-width="2"/>',
    ]


def _file(title: str, drawn: Sequence[str], tall: int) -> bytes:
    heading = _lines(title, 80)
    # The more lines the title has, the more room is above.
    above = 24 * (len(heading) - 1)
    head = [_text(line, SIDE, 36 + 24 * n, 18, weight="600") for n, line in enumerate(heading)]
    size = f'width="{WIDE}" height="{tall + above}" viewBox="0 0 {WIDE} {tall + above}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family={quoteattr(FONT)}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDE}" height="{tall + above}" fill="#ffffff"/>',
        *head,
        f'<g transform="translate(0 {above})">',
        *drawn,
        "</g></svg>",
    ]
    return ("\n".join(parts) + "\n").encode()


def _lines(text: str, most: int) -> list[str]:
    """A text in lines of at most so many signs, broken at spaces."""
    found = [""]
    for word in text.split(" "):
        if found[-1] and len(found[-1]) + len(word) >= most:
            found.append(word)
        else:
            found[-1] = f"{found[-1]} {word}".strip()
    return found


def _rect(left: Fraction | int, top: object, width: Fraction | int, height: str, fill: str) -> str:
    at, wide = rounded(Fraction(left), 1), rounded(Fraction(width), 1)
    return f'<rect x="{at}" y="{top}" width="{wide}" height="{height}" fill="{fill}"/>'


def _text(
    text: str,
    left: Fraction | int,
    base: Fraction | int,
    size: int,
    anchor: str = "start",
    weight: str = "400",
) -> str:
    at = f'x="{rounded(Fraction(left), 1)}" y="{rounded(Fraction(base), 1)}"'
    look = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{INK}"'
    return f"<text {at} {look}>{escape(text)}</text>"
