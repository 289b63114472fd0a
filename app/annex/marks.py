"""Numbers of rows as people write them: I, 1, 1.1, a), –, "Lĩnh vực 1"."""

import re
from dataclasses import dataclass

ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
ROMANS = r"(?=[IVXL])(?:XL|L?X{0,4})(?:IX|IV|V?I{0,4})"
BULLETS = "-–—+*•●▪◦○■♦➢✓\uf0b7\uf02d"
FIELD = re.compile(
    rf"(?:lĩnh vực|phần|chương|mục|chỉ số thành phần)\s+(?:thứ\s+)?(\d{{1,2}}|{ROMANS})\b",
    re.IGNORECASE,
)
DOTTED = re.compile(rf"({ROMANS}|\d{{1,3}})((?:[.,]\d{{1,3}}){{0,5}})")
LETTER = re.compile(r"[a-zđA-ZĐ]")
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
# At the beginning of a name: a whole number wants a sign behind it, or "5 điều" were one.
BEFORE = re.compile(
    rf"(?P<mark>(?:{ROMANS}|\d{{1,3}})(?:[.,]\d{{1,3}}){{1,5}}|(?:{ROMANS}|\d{{1,2}}|[a-zđA-Z])(?=\s?[.):/]|\s?[-–]\s))"
    rf"\s?[.):/–-]*\s+(?P<rest>\S.*)",
    re.DOTALL,
)
DASHED = re.compile(rf"(?P<mark>[{re.escape(BULLETS)}])\s*(?P<rest>\S.*)", re.DOTALL)
NAMED = re.compile(
    rf"(?P<mark>{FIELD.pattern})\s?[.):–-]*\s*(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True)
class Mark:
    """The number of a row: `kind` says of which form, `parts` are its numbers, `text` as it
    stands. The kind of no number is ""."""

    kind: str = ""
    parts: tuple[int, ...] = ()
    text: str = ""


NONE = Mark()


def roman(text: str) -> int:
    values = [ROMAN[sign] for sign in text.casefold()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)


def read(text: str, kind: str = " ") -> Mark:
    """The mark that a cell holds and nothing else; `NONE` for other texts."""
    shown = " ".join(text.split())
    bare = shown.strip("()[] ").rstrip(".):/ ").strip()
    if not bare:
        bullet = shown[:1]
        return Mark(bullet, (), shown) if bullet and bullet in BULLETS else NONE
    if kind == "d" and (date := DATE.match(bare)):
        return Mark("2", (int(date[3]), int(date[2])), f"{int(date[3])}.{int(date[2])}")
    if bare in BULLETS:
        return Mark(bare, (), shown)
    if found := FIELD.fullmatch(bare):
        return Mark("field", (_number(found[1]),), shown)
    if found := DOTTED.fullmatch(bare):
        rest = tuple(int(part) for part in re.split("[.,]", found[2]) if part)
        first = _number(found[1])
        if not found[1].isdigit():
            return Mark("I" if not rest else str(len(rest) + 1), (first, *rest), shown)
        return Mark(str(len(rest) + 1), (first, *rest), shown)
    if LETTER.fullmatch(bare):
        letter = "A" if bare.isupper() else "a"
        return Mark(letter, (ord(bare.casefold()) - ord("a") + 1,), shown)
    return NONE


def _number(text: str) -> int:
    return int(text) if text.isdigit() else roman(text)


def parted(text: str) -> tuple[Mark, str]:
    """The mark at the beginning of a name, and the name without it."""
    shown = " ".join(text.split())
    for form in (NAMED, BEFORE, DASHED):
        if found := form.fullmatch(shown):
            mark = read(found["mark"])
            if mark != NONE:
                return mark, found["rest"].strip() or shown
    return NONE, shown
