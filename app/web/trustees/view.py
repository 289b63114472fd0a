"""What a trustee's page shows: which step is due, and what they need for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.store.db import Session
from app.store.models import Wave
from app.trustees import body, shares
from app.trustees.body import Body, Trustee
from app.trustees.shares import Standing
from app.waves.closing import is_final
from app.waves.wave import index_of

# The steps, as the page calls them.
KEY, KEYS, TRIAL, LAUNCH, CLOSE, OPEN, HANDED, DONE, CANCELLED = (
    *("key", "wait-keys", "trial", "wait-launch", "wait-close"),
    *("open", "handed", "done", "cancelled"),
)


@dataclass(frozen=True)
class View:
    """The page of one trustee."""

    wave: Wave
    index: Index
    body: Body
    mine: Trustee
    step: str
    standing: Sequence[Standing]
    rows: int  # of the urn
    token: str

    @property
    def opened_by(self) -> int:
        """How many have handed in."""
        return sum(each.handed_at is not None for each in self.standing)


def of(session: Session, keys: KeyFile, wave: Wave, name: BallotName, now: datetime) -> View:
    """The page of the trustee that a link names. Raises WaveRefused."""
    index, _layout = index_of(wave)
    found = body.must_be(session, wave)
    mine = found.of(name.number)
    standing = shares.standing(session, wave)
    step = _step(wave, found, mine, standing, now)
    rows = shares.rows(session, wave)
    return View(wave, index, found, mine, step, standing, rows, keys.tokens.trustee(name))


def _step(
    wave: Wave, found: Body, mine: Trustee, standing: Sequence[Standing], now: datetime
) -> str:
    if wave.cancelled_at is not None:
        return CANCELLED
    if wave.unsealed_at is not None:
        return DONE
    if wave.launched_at is None:
        if mine.key is None:
            return KEY
        if found.trial is None or found.trial_of != wave.index_digest:
            return KEYS
        return LAUNCH if mine.tried_at else TRIAL
    if not is_final(wave, now):
        return CLOSE
    return OPEN if standing[mine.place - 1].handed_at is None else HANDED
