"""Warnings of an index that somebody has looked at and keeps as they are, one by one.

What was kept holds for this very index: another one asks again.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from app.index.faults import Fault
from app.index.faultwords import in_words
from app.language import moment
from app.preparation.checks import Warned
from app.preparation.steps import keep, of
from app.store.models import Wave
from app.store.officemodels import Preparation
from app.waves.wave import hold_draft, id_of


def warned(digest: str, warnings: Iterable[Fault]) -> list[Warned]:
    """The warnings of the index of this digest, in order, none of them kept yet."""
    return [
        Warned(
            _key(digest, str(each)),
            str(in_words(each)),
            of_organiser=each.place == "[organiser]",
        )
        for each in warnings
    ]


def _key(digest: str, words: str) -> str:
    return hashlib.sha256(f"{digest}\0{words}".encode()).hexdigest()[:32]


def with_kept(row: Preparation, found: Iterable[Warned]) -> list[Warned]:
    """The same, each with who keeps it."""
    kept = _kept(row)
    return [replace(each, kept=kept.get(each.key, "")) for each in found]


def _kept(row: Preparation) -> dict[str, str]:
    """Who keeps what; nothing where this program wrote nothing."""
    try:
        return {str(key): str(who) for key, who in json.loads(row.warned).items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def keep_one(session: Session, wave: Wave, asked: Warned, who: str, now: datetime) -> bool:
    """Keep one warning as it is; False when somebody has kept it before. Raises WaveRefused."""
    hold_draft(session, wave)
    row = of(session, id_of(wave))
    kept = _kept(row)
    if asked.key in kept:
        return False
    row.warned = json.dumps(kept | {asked.key: f"{who}, {moment(now)}"}, ensure_ascii=False)
    keep(session, row)
    return True
