"""The head of the papers, as an officer has written it.

It is kept in the log: the newest line of it holds, checked as any line is, and tells who wrote it.
A head written for one organiser is none of another's.
"""

from datetime import datetime

from sqlmodel import Session

from app.audit import chain
from app.index.definition import Index
from app.keys.guard import keys_of
from app.scores import letterhead
from app.scores.letterhead import Letterhead

ACTION = "paper.head"


def of(session: Session, index: Index) -> Letterhead:
    """The head for an index: as it was written, else as its organiser's name tells.

    Raises ChainBroken.
    """
    line = chain.last(session, keys_of(session), ACTION, "")
    guessed = letterhead.of(index)
    if line is None or line.facts.get("organiser") != organiser(index):
        return guessed
    said = {name: str(line.facts.get(name) or "") for name in ("above", "agency", "sign", "place")}
    return Letterhead(**said)


def guess(index: Index) -> Letterhead:
    """The head as the organiser's name tells."""
    return letterhead.of(index)


def keep(session: Session, who: str, now: datetime, index: Index, head: Letterhead) -> None:
    """Write another head down."""
    facts = {
        "organiser": organiser(index),
        "above": head.above,
        "agency": head.agency,
        "sign": head.sign,
        "place": head.place,
    }
    chain.note(session, keys_of(session), now, who, ACTION, **facts)


def organiser(index: Index) -> str:
    return (index.organiser.name if index.organiser else None) or ""
