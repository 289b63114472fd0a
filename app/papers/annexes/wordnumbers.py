"""The numbers that Word puts before paragraphs by itself: they stand nowhere in the text."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True)
class Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass
class Numbers:
    """The lists of a file and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # by abstract list
    lists: dict[str, str] = field(default_factory=dict)  # list → its abstract list
    starts: dict[str, dict[int, int]] = field(default_factory=dict)  # list → where it begins anew
    counts: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[tuple[str, int]] = field(default_factory=set)

    def next(self, number: str, depth: int) -> str:
        """What stands before the next paragraph of a list; "" where there is no such list."""
        kind = self.lists.get(number)
        levels = self.levels.get(kind or "", {})
        level = levels.get(depth)
        if kind is None or level is None or level.form == "none":
            return ""
        if level.form == "bullet":
            return "-"
        counts = self.counts.setdefault(kind, [None] * LEVELS)
        anew = self.starts.get(number, {}).get(depth)
        if anew is not None and (number, depth) not in self.begun:
            self.begun.add((number, depth))
            counts[depth] = anew
        else:
            before = counts[depth]
            counts[depth] = level.start if before is None else before + 1
        counts[depth + 1 :] = [None] * (LEVELS - depth - 1)
        text = level.text
        for place in range(LEVELS):
            sign = f"%{place + 1}"
            if sign in text:
                above = levels.get(place, Level())
                count = counts[place]
                text = text.replace(
                    sign, written(above.start if count is None else count, above.form)
                )
        return text


def read(root: Element | None) -> Numbers:
    """The lists of `word/numbering.xml`."""
    found = Numbers()
    for each in root.iterfind(f"{W}abstractNum") if root is not None else ():
        levels = {}
        for level in each.iterfind(f"{W}lvl"):
            depth = int(level.get(f"{W}ilvl", "0"))
            levels[depth] = Level(
                _value(level, "numFmt") or "decimal",
                _value(level, "lvlText") or "",
                int(_value(level, "start") or 1),
            )
        found.levels[each.get(f"{W}abstractNumId", "")] = levels
    for each in root.iterfind(f"{W}num") if root is not None else ():
        number = each.get(f"{W}numId", "")
        found.lists[number] = _value(each, "abstractNumId") or ""
        for over in each.iterfind(f"{W}lvlOverride"):
            start = _value(over, "startOverride")
            if start:
                depth = int(over.get(f"{W}ilvl", "0"))
                found.starts.setdefault(number, {})[depth] = int(start)
    return found


def _value(element: Element, name: str) -> str | None:
    child = element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def written(count: int, form: str) -> str:
    """A number in a form of Word's."""
    if form in ("upperRoman", "lowerRoman"):
        text, rest = "", count
        for value, sign in ROMAN:
            text += sign * (rest // value)
            rest %= value
        return text if form == "upperRoman" else text.lower()
    if form in ("upperLetter", "lowerLetter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26)
        return letter.upper() if form == "upperLetter" else letter
    return f"{count:02}" if form == "decimalZero" else str(count)
