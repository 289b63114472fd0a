"""What is wrong in an index file: faults with their places, gathered before any is raised.

Pure. `Faults` is the one list a reading fills; asking it whether a place is already at fault keeps
one mistake from being told twice.
"""

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.language import _

ECHO = 60  # the longest piece of a file that a message repeats
SUGGESTIONS = 100  # faults after which a bad file gets no more of the slow "Có phải …?"
CANDIDATES = 2000  # known words, more than which are not searched for a like one


@dataclass(frozen=True)
class Fault:
    """One thing to put right: where it is, and in Vietnamese what it is and what to do."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class IndexFault(Exception):
    """An index file cannot be used; `faults` holds everything that is wrong in it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def echo(value: object) -> str:
    """A piece of the file as a message can safely show it: short, no invisible signs."""
    text = str(value)[: ECHO + 1]
    shown = "".join(sign if sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in text)
    return shown if len(text) <= ECHO else shown[:ECHO] + "…"


def entry_place(title: str, number: int, hint: object) -> str:
    """Where an entry of a list stands: `[[units]] số 3 (stc)`, counted from 1."""
    place = _("{title} số {number}").format(title=title, number=number)
    return f"{place} ({echo(hint)})" if isinstance(hint, str) and hint else place


class Faults:
    """The faults found so far, in the order found."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.places: set[str] = set()

    def add(self, place: str, message: str) -> None:
        self.found.append(Fault(place, message))
        self.places.add(place)

    def __contains__(self, place: str) -> bool:
        """Whether something was found wrong at exactly this place."""
        return place in self.places

    def suggestion(self, word: str, known: Collection[str]) -> str:
        """ " Có phải “stc”?" with the nearest of the known words, or "" when none is near."""
        if len(self.found) >= SUGGESTIONS:
            return ""
        near = nearest(word, known)
        return _(" Có phải “{near}”?").format(near=echo(near)) if near else ""


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word most like `word`, whatever the case; None when none is alike."""
    if len(word) > ECHO or len(known) > CANDIDATES:
        return None
    by_folded = {other.strip().casefold(): other for other in known}
    alike = difflib.get_close_matches(word.strip().casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[alike[0]] if alike else None
