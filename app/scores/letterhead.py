"""The head of an official paper as Decree 30/2020 has it: two bodies, the sign, the place. Pure.

The file of an index names its organiser alone ("Sở Nội vụ tỉnh Lai Châu"), so the head is guessed
from this name. Where the guess is wrong an officer says better (app/waves/heads.py).
"""

import re
from dataclasses import dataclass

from app.index.definition import Index
from app.language import _
from app.scores.paper import BLANK

# A body, and the place it is of.
OF_PLACE = re.compile(
    r"(?P<body>.+?)\s+(?P<level>tỉnh|thành phố|tp\.?|huyện|quận|thị xã|xã|phường|đặc khu)"
    r"\s+(?P<place>(?!hội\b).+)",
    re.IGNORECASE,
)
COMMITTEE = re.compile(r"(ủy|uỷ) ban nhân dân\b|ubnd\b", re.IGNORECASE)
WITHOUT_SIGN = {"và", "của", "các"}


@dataclass(frozen=True)
class Letterhead:
    """`above` is empty where no body stands above; `sign` is the part of a number after "BC-"."""

    above: str
    agency: str
    sign: str
    place: str

    def number(self, kind: str) -> str:
        """ "Số: ………/BC-SNV"; without a sign it ends at the kind of paper."""
        return _("Số: {blank}/{sign}").format(
            blank="………", sign="-".join(filter(None, (kind, self.sign)))
        )


def of(index: Index) -> Letterhead:
    """What can be told from the organiser's name; dots stand for what it does not tell."""
    return guessed((index.organiser.name if index.organiser else None) or "")


def guessed(name: str) -> Letterhead:
    """The head of a body by its name."""
    if not name:
        return Letterhead("", BLANK, "", "")
    found = OF_PLACE.fullmatch(name)
    body, level, place = found.group("body", "level", "place") if found else (name, "", "")
    if COMMITTEE.match(body):
        return Letterhead("", name, "UBND", place)
    written = level.lower() if level.lower().rstrip(".") != "tp" else _("thành phố")
    above = _("UBND {place}").format(place=f"{written} {place}") if place else BLANK
    return Letterhead(above, body, initials(body), place)


def initials(name: str) -> str:
    """ "Sở Khoa học và Công nghệ" is SKHCN, "Văn phòng UBND" VPUBND."""
    words = COMMITTEE.sub("UBND", name).replace(",", " ").split()
    kept = [word for word in words if word.casefold() not in WITHOUT_SIGN]
    return "".join(word if word.isupper() else word[0].upper() for word in kept)
