"""The ballot that a request is about."""

from datetime import datetime

from fastapi import Request

from app.ballots import ballot as ballots
from app.ballots import drafts
from app.ballots.ballot import IndexChanged, OpenBallot
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import DraftState
from app.web.house import house_of

LOOK = ["GET", "HEAD"]
RECEIPT = "bien-nhan"


def noted(request: Request, ballot: OpenBallot) -> OpenBallot:
    """The ballot, which the error pages will know too."""
    request.state.ballot = ballot
    return ballot


def answerable(request: Request, ballot: OpenBallot, now: datetime) -> OpenBallot:
    """A ballot that was begun and can be answered. Raises AlreadyCast, NotOpenYet, WaveClosed."""
    noted(request, ballot)
    if ballot.cast:
        raise drafts.AlreadyCast
    ballot.check_open(now, begun=True)
    return ballot


def opened(request: Request, name: BallotName) -> tuple[OpenBallot, DraftState]:
    """The ballot of a cookie, with its draft. Raises what `answerable` does."""
    house = house_of(request)
    with house.db.plain_reading() as session:
        found = ballots.find(session, name)
        ballot = answerable(request, found, house.db.now(session, found.found_at))
        return ballot, drafts.read(session, house.keys, ballot)


def check_keys(keys: KeyFile, ballot: OpenBallot) -> None:
    """Raises KeysMissing, or IndexChanged when the key file knows another index or urn key."""
    known = keys.wave(ballot.wave)
    if (known.index_digest, known.public_key) != (ballot.index_digest, ballot.public_key):
        raise IndexChanged


def path(code: str) -> str:
    return f"/phieu/{code}"
