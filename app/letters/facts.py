"""What one letter says and nobody else's does, and the words that come of it."""

import re
from dataclasses import dataclass
from datetime import datetime

from app.index.definition import Index
from app.index.estimate import Estimate, deadline, estimate
from app.index.parts import Organiser
from app.keys.tokens import BallotName
from app.language import _, ngettext


@dataclass(frozen=True)
class LetterFacts:
    """What one letter says and nobody else's does. `kind` as in the letter table."""

    kind: str
    message_id: str
    ballot: BallotName
    name: str
    email: str
    group: str
    agency: str | None
    assigned: tuple[str, ...]
    closes_at: datetime
    cancel_reason: str | None = None


def words_of(facts: LetterFacts, index: Index, front: str) -> dict[str, object]:
    """What the words of a letter's templates become, but for the gaps of its reader."""
    guess = estimate(index, facts.group, facts.agency, facts.assigned)
    return {
        "kind": facts.kind,
        "year": index.year,
        "index": index.name,
        "organiser": index.organiser or Organiser(),
        "dial": _dial((index.organiser or Organiser()).phone or ""),
        "group": index.group_of[facts.group].name,
        "units": _units(index, guess.units),
        "time": _time(index, guess),
        "deadline": deadline(facts.closes_at),
        "front": front,
        "listed": index.rules.participation_list,
        "reason": facts.cancel_reason or "",
    }


def _dial(phone: str) -> str:
    """A telephone number as a link dials it; empty unless it is one number."""
    digits = re.sub(r"[ .()\u00a0-]", "", phone)
    if re.fullmatch(r"0\d{8,10}", digits):
        return f"+84{digits[1:]}"
    return digits if re.fullmatch(r"\+\d{8,15}", digits) else ""


def _units(index: Index, units: tuple[str, ...]) -> str:
    if len(units) == 1:
        return index.unit_of[units[0]].name
    return _("{count} cơ quan, đơn vị").format(count=len(units))


def _time(index: Index, guess: Estimate) -> str:
    minutes = ngettext("{count} phút", "{count} phút", guess.minutes).format(count=guess.minutes)
    if not index.rules.choose_units or guess.counted == len(guess.units):
        return _("khoảng {minutes}").format(minutes=minutes)
    return _("khoảng {minutes} cho {count} cơ quan").format(minutes=minutes, count=guess.counted)
