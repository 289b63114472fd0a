"""How long a ballot takes, and until when it may be sent, in the words of letters. Pure."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.index.definition import Index
from app.language import HANOI, WEEKDAYS, _, day, moment

ANSWERS_A_MINUTE = 12
# With `choose_units` nobody rates all; the estimate is for so many.
USUAL_UNITS = 6
# Whom a roster assigns units to gets about so many; provinces give 8 to 12.
USUALLY_ASSIGNED = 8


@dataclass(frozen=True)
class Estimate:
    """How much a ballot asks: its units, and the minutes for `counted` of them."""

    units: tuple[str, ...]
    counted: int
    minutes: int


def estimate(
    index: Index, group: str, agency: str | None, assigned: tuple[str, ...] = ()
) -> Estimate:
    """Answers ÷ 12, rounded up; where units may be chosen, for six of them (UX "Letter")."""
    rated = index.rated_units(group, agency, assigned)
    asked = Counter(index.answers_asked(group, rated))
    asked.update(unit for _question, unit in index.asked_choices(group, rated))
    once = asked.pop("", 0)
    asked = Counter({unit: asked[unit] for unit in index.unit_of if unit in asked})
    counted = min(len(asked), USUAL_UNITS) if index.rules.choose_units else len(asked)
    answers = once + asked.total() * counted / max(len(asked), 1)
    return Estimate(tuple(asked), counted, max(1, math.ceil(answers / ANSWERS_A_MINUTE)))


def deadline(closes_at: datetime) -> str:
    """The closing in words. It is exclusive: midnight is the end of the day before."""
    local = closes_at.astimezone(HANOI)
    if local.hour or local.minute or local.second:
        return moment(closes_at)
    last = local - timedelta(seconds=1)
    return _("hết {weekday}, ngày\u00a0{day}").format(
        weekday=WEEKDAYS[last.weekday()], day=day(last)
    )
