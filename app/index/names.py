"""The codes and names of units, groups or criteria, found by what people write in a file.

Pure. Only a code or a whole name is a match; all that merely resembles one is a question to the
officer, because a guess could let somebody rate the own agency.
"""

import re
from difflib import get_close_matches
from functools import cached_property

from app.index.definition import Index
from app.language import _
from app.text.cleaning import folded, same, shown
from app.text.offices import expanded
from app.text.shortnames import Offices

__all__ = ["Names", "expanded", "units"]

LONGEST = 100  # signs of a text that is compared letter by letter
GUESSES = 300  # different texts, after which a bad file gets no more of the slow "Có phải …?"
PLACE = re.compile(r"\b(?:tỉnh|thành phố)((?: [^\W\d_]+)+)", re.IGNORECASE)


class Names:
    """Code → name of one kind of thing, with the ways to find a code."""

    def __init__(self, name_of: dict[str, str], place: str = "") -> None:
        self.name_of = name_of
        self._offices = Offices(name_of, place)
        self._nearest: dict[str, str | None] = {}

    @cached_property
    def _codes(self) -> dict[str, list[str]]:
        """Codes by every key they answer to: the code and the name, case and spaces apart."""
        codes: dict[str, list[str]] = {}
        for code, name in self.name_of.items():
            for key in {same(code), same(name)}:
                codes.setdefault(key, []).append(code)
        return codes

    @cached_property
    def _near(self) -> dict[str, str]:
        return {
            key: code
            for code, name in reversed(self.name_of.items())
            for key in (folded(name), folded(code))
        }

    def find(self, text: str) -> tuple[str, ...]:
        """The codes `text` stands for: an exact code first, else code or name in any case.

        None is a stranger; several mean that only the exact code will do.
        """
        if text in self.name_of:
            return (text,)
        return tuple(self._codes.get(same(text), ()))

    def nearest(self, text: str) -> str | None:
        """The code an unknown `text` was most likely meant to be, to be named in a message."""
        text = text[:LONGEST]
        if text not in self._nearest:
            self._nearest[text] = self.resembling(text) or self._alike(text)
        return self._nearest[text]

    def _alike(self, text: str) -> str | None:
        if len(self._nearest) > GUESSES:
            return None
        alike = get_close_matches(folded(text), self._near, n=1)
        return self._near[alike[0]] if alike else None

    def resembling(self, text: str) -> str | None:
        """The code whose thing a free `text` almost names: misspelt, cut short, or with more."""
        return self._offices.nearest(text)

    def described(self, code: str) -> str:
        """ "snv" as a message shows it: “snv” (Sở Nội vụ)."""
        return _("“{code}” ({name})").format(code=code, name=shown(self.name_of[code]))

    def guess(self, text: str) -> str:
        """The end of a fault about an unknown `text`: " Có phải “snv” (Sở Nội vụ)?", or nothing."""
        code = self.nearest(text)
        return " " + _("Có phải {what}?").format(what=self.described(code)) if code else ""


def units(index: Index) -> Names:
    """The units of an index, whose province people may leave out or add."""
    told = [index.organiser.name or ""] if index.organiser else []
    places = (PLACE.search(text) for text in (*told, index.name))
    place = next((found[1] for found in places if found), "")
    capital = [word for word in place.split() if word[:1].isupper()]
    return Names({unit.code: unit.name for unit in index.units}, " ".join(capital))
