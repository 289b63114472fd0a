"""The codes and names of units, groups or criteria, found by what people write in a file.

Pure. Only a code or a whole name is a match; all that merely resembles one is a question to the
officer, because a guess could let somebody rate the own agency.
"""

import re
from difflib import get_close_matches
from functools import cached_property

from app.cleaning import folded, same, shown
from app.language import _

ABBREVIATIONS = {
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "vp": "van phong",
    "vpubnd": "van phong uy ban nhan dan",
    "bql": "ban quan ly",
    "kkt": "khu kinh te",
    "ptnt": "phat trien nong thon",
    "tbxh": "thuong binh xa hoi",
}
# High enough that "Phòng Nội vụ" is not taken for "Sở Nội vụ"; a typing error stays above it.
RESEMBLING = 0.85
# To compare texts takes the product of their lengths: the beginning of one tells enough, and of so
# many different ones that are all strange nobody reads the guesses.
LONGEST, MOST_GUESSES = 300, 2_000


class Names:
    """Code → name of one kind of thing, with the ways to find a code."""

    def __init__(self, name_of: dict[str, str]) -> None:
        self.name_of = name_of
        self._resembling: dict[str, str | None] = {}
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

    @cached_property
    def _expanded(self) -> dict[str, str]:
        return {expanded(name): code for code, name in reversed(self.name_of.items())}

    @cached_property
    def _by_length(self) -> list[tuple[str, str]]:
        """Folded names of two words or more, the longest first, with their codes."""
        names = ((folded(name), code) for code, name in self.name_of.items())
        return sorted((pair for pair in names if " " in pair[0]), key=lambda pair: -len(pair[0]))

    @cached_property
    def _initials(self) -> dict[str, str]:
        """Codes by the usual short forms: "S.N.V", "Sở NN&PTNT" (so + nnptnt), "SNNPTNT"."""
        short = {folded(code).replace(" ", ""): code for code in self.name_of}
        for code, name in self.name_of.items():
            words = [word for word in folded(name).split() if word != "va"]
            letters = "".join(word[0] for word in words)
            if len(words) > 2:
                short.setdefault(words[0] + letters[1:], code)
                short.setdefault(letters, code)
        return short

    def find(self, text: str) -> tuple[str, ...]:
        """The codes `text` stands for: an exact code first, else code or name in any case.

        None is a stranger; several mean that only the exact code will do.
        """
        if text in self.name_of:
            return (text,)
        return tuple(self._codes.get(same(text), ()))

    def nearest(self, text: str) -> str | None:
        """The code an unknown `text` was most likely meant to be, to be named in a message."""
        key = folded(text[:LONGEST])
        if key not in self._nearest:
            if len(self._nearest) >= MOST_GUESSES:
                return None
            found = get_close_matches(key, self._near, n=1)
            self._nearest[key] = self._near[found[0]] if found else self.resembling(key)
        return self._nearest[key]

    def resembling(self, text: str) -> str | None:
        """The code whose thing a free `text` almost names: misspelt, cut short, or with more."""
        key = folded(text[:LONGEST])
        if key not in self._resembling:
            self._resembling[key] = self._resemblance(key)
        return self._resembling[key]

    def _resemblance(self, key: str) -> str | None:
        short = self._initials.get(key.replace(" ", ""))
        if short is not None or not key:
            return short
        long = expanded(key)
        if long in self._expanded:
            return self._expanded[long]
        for name, code in self._by_length:
            # "Phòng CCHC, Sở Nội vụ" is in the unit; "Sở Giao thông" is short for it.
            if f" {name} " in f" {key} " or (key.count(" ") > 1 and name.startswith(f"{key} ")):
                return code
        found = get_close_matches(long, self._expanded, n=1, cutoff=RESEMBLING)
        return self._expanded[found[0]] if found else None

    def described(self, code: str) -> str:
        """ "snv" as a message shows it: “snv” (Sở Nội vụ)."""
        return _("“{code}” ({name})").format(code=code, name=shown(self.name_of[code]))

    def guess(self, text: str) -> str:
        """The end of a fault about an unknown `text`: " Có phải “snv” (Sở Nội vụ)?", or nothing."""
        code = self.nearest(text)
        return " " + _("Có phải {what}?").format(what=self.described(code)) if code else ""


def expanded(name: str) -> str:
    """A folded name with its abbreviations written out and its province left out.

    "Văn phòng Uỷ ban nhân dân tỉnh Lai Châu" and "VP UBND tỉnh" become one.
    """
    words = [ABBREVIATIONS.get(word, word) for word in folded(name).split() if word != "va"]
    return re.sub(r"(?<=\S) tinh( .*)?$", "", " ".join(words))
