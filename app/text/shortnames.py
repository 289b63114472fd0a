"""Which office a text means that is not its name: a usual short form, a part, one with more around.

Pure. The nearest is told, never taken: whether "Sở KH" is one office or another is for people to
say. What a district or a commune has of the same name is none of the province's, unless the text
says whose it is ("Phòng Nội vụ huyện" is not Sở Nội vụ).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeAlias

from app.text.cleaning import clean, folded
from app.text.nametree import Node, ends, grow
from app.text.offices import Text, cut, expanded, level, marked, read

KEPT = 20_000  # texts of which the answer is kept
OF_PROVINCE = "so"  # the word that only offices of a province begin with
# Words before a name that people leave out: "Y tế", "Bản Bo".
KINDS = {"so", "ban", "cuc", "xa", "phuong", "huyen"}
BEFORE = {"phong", "ubnd", "dan"}  # "Văn phòng Ban Dân tộc", "UBND xã Bản Bo"
MARKED = {"xa", "phuong", "huyen", "quan"}
# How sure a match is, the surest first.
BY_CODE, WHOLE, WITHIN, PART, REST = range(5)


@dataclass(frozen=True)
class Office:
    """A name to be found: what it is in words, and by which of them it is looked for."""

    code: str
    order: int
    name: tuple[str, ...]
    level: int
    is_part: bool = False  # the name lacks words in the middle
    is_rest: bool = False  # the name lacks its first words

    @property
    def is_so(self) -> bool:
        return self.name[0] == OF_PROVINCE and not self.is_rest


@dataclass(frozen=True)
class Span:
    """Words of a text from `start` to before `end`, `wrong` of them misspelt; `is_closed` when a
    name can end there."""

    start: int
    end: int
    wrong: int
    is_closed: bool


# Misspelt words, how sure, the share of the name that is untold, less the words told, less those
# told with their very accents, order, code.
Match: TypeAlias = tuple[int, int, float, int, int, int, str]


class Offices:
    """Offices by code, and their `place`: the province, in plain words."""

    def __init__(self, name_of: Mapping[str, str], place: str = "") -> None:
        self.name_of = name_of
        self.place = tuple(folded(place).split())
        self._known: dict[str, str | None] = {}

    def nearest(self, text: str) -> str | None:
        """The code of the office that `text` most likely means; None when it means none."""
        if text not in self._known:
            if len(self._known) > KEPT:
                self._known.clear()
            self._known[text] = self._nearest(read(text))
        return self._known[text]

    @cached_property
    def _codes(self) -> dict[str, str]:
        """Codes as they are said: "snv", "sonv" (Sở NV), "ttt" (Thanh tra tỉnh)."""
        codes: dict[str, str] = {}
        for code, name in reversed(list(self.name_of.items())):
            plain, first = folded(code).replace(" ", ""), expanded(name).split()[:1]
            codes[plain] = code
            if first and plain[:1] == first[0][:1] and len(plain) > 1:
                codes[first[0] + plain[1:]] = code
        for code, name in self.name_of.items():
            if "tinh" in folded(name).split():  # "TTT": a word that the names here are without
                codes.setdefault("".join(word[0] for word in expanded(name).split()) + "t", code)
        return codes

    @cached_property
    def _misspelt(self) -> dict[str, set[str]]:
        """The codes of names that are written without blanks and lack one letter."""
        found: dict[str, set[str]] = defaultdict(set)
        for code, name in self.name_of.items():
            for less in cut(expanded(name).replace(" ", "")):
                found[less].add(code)
        return found

    @cached_property
    def _tree(self) -> Node[Office]:
        """The words of all names, the shortest name first where several go on."""
        offices = [
            office
            for order, (code, name) in enumerate(self.name_of.items())
            for office in _offices(code, order, name)
        ]
        offices.sort(key=lambda office: (len(office.name), office.order))
        return grow(
            (office.name, office, not (office.is_rest or office.is_part)) for office in offices
        )

    @cached_property
    def _marked(self) -> dict[str, frozenset[str]]:
        return {code: marked(clean(name)) for code, name in self.name_of.items()}

    @cached_property
    def _endings(self) -> Mapping[tuple[str, ...], list[str]]:
        """Codes by the last two words of their names."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for code, name in self.name_of.items():
            found[tuple(expanded(name).split()[-2:])].append(code)
        return found

    def _nearest(self, text: Text) -> str | None:
        said = _without_province(text.words)
        code = self._codes.get("".join(said))
        if code is not None and len("".join(said)) > 2:
            # "Cẩm Giàng" is the code of Cẩm Giang, too.
            alike = [other for other in self._endings.get(said[-2:], ()) if other != code]
            return max((code, *alike), key=lambda each: self._told(text, each))
        best = min(self._matches(text), default=None)
        if best is not None:
            return best[-1]
        compact = "".join(said)
        if len(compact) < 6:
            return None
        codes = {code for less in cut(compact) for code in self._misspelt.get(less, ())}
        return min(codes, key=list(self.name_of).index) if len(codes) == 1 else None

    def _told(self, text: Text, code: str) -> int:
        """How many words of an office's name a text has with their very accents."""
        return len(self._marked[code] & text.marked)

    def _matches(self, text: Text) -> Iterator[Match]:
        for start in range(len(text.words)):
            for place, node, wrong in ends(self._tree, text.words, start):
                span = Span(start, place, wrong, self._is_closed(text, place))
                # The first that a beginning tells is the one of which it tells most.
                beginning = (office for office in node.beyond if _may_be(office, text))
                for office in (*node.ending, *islice(beginning, 1)):
                    how = _how(text, span, node.depth, office)
                    if how is not None and _may_be(office, text):
                        absent = 1 - node.depth / len(office.name) + office.is_part
                        told, code = self._told(text, office.code), office.code
                        yield wrong, how, absent, -node.depth, -told, office.order, code

    def _is_closed(self, text: Text, place: int) -> bool:
        """Whether a name can end here: nothing, the province or a new part follows."""
        if place == len(text.words) or place in text.parted:
            return True
        return self._is_province(text.words[place:])

    def _is_province(self, words: tuple[str, ...]) -> bool:
        return words[:1] == ("tinh",) or (words == self.place != ())


def _offices(code: str, order: int, name: str) -> Iterator[Office]:
    words = tuple(expanded(name).split())
    if not words:
        return
    of_level = level(name)
    yield Office(code, order, words, of_level)
    if words[0] == OF_PROVINCE:
        for place in range(2, len(words) - 1):
            part = (OF_PROVINCE, *words[place:])
            yield Office(code, order, part, of_level, is_part=True)
    if words[0] in KINDS and len(words) > 2:
        yield Office(code, order, words[1:], of_level, is_rest=True)
    for place in range(1, len(words) - 1):
        if words[place] in MARKED and of_level < 3:
            yield Office(code, order, words[place:], of_level, is_rest=True)


def _without_province(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[: words.index("tinh")] if "tinh" in words[1:] else words


def _may_be(office: Office, text: Text) -> bool:
    return office.is_so or text.level >= office.level


def _how(text: Text, span: Span, done: int, office: Office) -> int | None:
    """How sure the words of a span mean an office of which `done` words are told; None when not."""
    letters = sum(map(len, text.words[span.start : span.end]))
    if done < len(office.name):
        return PART if span.is_closed and _is_enough(span, letters, done, office) else None
    if office.is_rest or office.is_part:
        told = letters > 2 if office.is_rest else span.end - span.start > 1
        first = span.start == 0 or office.is_part
        how = REST if office.is_rest else PART
        return how if told and first and span.is_closed and not span.wrong else None
    if span.wrong > 1 + (len(office.name) > 3):
        return None
    if span.start == 0 and span.is_closed:
        return WHOLE
    if office.is_so:
        return WITHIN
    return WITHIN if not span.wrong and _stands_out(text, span, letters, office) else None


def _stands_out(text: Text, span: Span, letters: int, office: Office) -> bool:
    """Whether the name of an office can be nothing else in a text with more words."""
    if len(office.name) > 3:
        return span.is_closed or span.start == 0
    parted = span.start in text.parted or text.words[span.start - 1] in BEFORE
    return letters > 2 and span.is_closed and (parted or text.words[span.end :][:1] == ("tinh",))


def _is_enough(span: Span, letters: int, done: int, office: Office) -> bool:
    """Whether the beginning of a name tells which it is."""
    if office.is_rest or office.is_part or span.wrong:
        return False
    if office.is_so:
        return done > 1 and letters > len(OF_PROVINCE) + 1
    return span.start == 0 and done > 2 and 2 * done > len(office.name)
