"""The draft of a ballot until it is cast: begun, read, changed; sealed under the wave's secret.

Everything here runs inside the caller's transaction. Casting is in `casting`.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import LargeBinary, bindparam, insert, select, update
from sqlmodel import col

from app.ballots.ballot import OpenBallot
from app.keys.keyfile import KeyFile
from app.keys.urn import DraftState, Spoiled, decrypt_draft, encrypt_draft
from app.store import upkeep
from app.store.models import Ballot, Draft
from app.store.plain import Access, Statement

log = logging.getLogger("phieu.ballots")


class AlreadyCast(Exception):
    """The ballot is in the urn; there is no draft any more."""


class NotBegun(Exception):
    """The ballot has no draft: "Bắt đầu" has not been pressed."""


_IS_CAST = Statement(select(col(Ballot.cast)).where(col(Ballot.number) == bindparam("number")))
_OF_BALLOT = select(col(Draft.sealed)).where(col(Draft.ballot_number) == bindparam("number"))
_DRAFT, _DRAFT_TO_CHANGE = Statement(_OF_BALLOT), Statement(_OF_BALLOT.with_for_update())
# Two devices may begin at once, or one cast meanwhile: then there is nothing to do.
_BEGIN = Statement(
    insert(Draft).from_select(
        ["ballot_number", "sealed"],
        select(col(Ballot.number), bindparam("sealed_draft", type_=LargeBinary())).where(
            col(Ballot.number) == bindparam("number"),
            col(Ballot.issue) == bindparam("issue"),
            col(Ballot.cast).is_(False),
            ~select(Draft.ballot_number)  # type: ignore[call-overload]
            .where(col(Draft.ballot_number) == bindparam("number"))
            .exists(),
        ),
    )
)
_TO_KEEP = (
    update(Draft)
    .where(col(Draft.ballot_number) == bindparam("number"))
    .values(sealed=bindparam("sealed_draft"))
)
_KEEP, _KEEP_UNLESS = Statement(_TO_KEEP), Statement(_TO_KEEP.where(~upkeep.STANDS))


def start(session: Access, keys: KeyFile, ballot: OpenBallot, now: datetime) -> None:
    """Begin a ballot: an empty draft, unless there is one. Raises NotOpenYet, WaveClosed."""
    if ballot.cast or ballot.begun:
        return
    ballot.check_open(now, begun=False)
    secret = keys.wave(ballot.wave).secret
    sealed = encrypt_draft(secret, ballot.name, ballot.layout, DraftState())
    _BEGIN.run(
        session,
        {"number": ballot.name.number, "issue": ballot.name.issue, "sealed_draft": sealed},
    )


def read(session: Access, keys: KeyFile, ballot: OpenBallot) -> DraftState:
    """The draft as it was when the ballot was found. Raises AlreadyCast, NotBegun."""
    if ballot.cast:
        raise AlreadyCast
    if ballot.draft is not None:
        return _decrypted(keys, ballot, ballot.draft)
    return opened(session, keys, ballot, lock=False)


def change(
    session: Access,
    keys: KeyFile,
    ballot: OpenBallot,
    now: datetime,
    change: Callable[[DraftState], DraftState],
) -> DraftState:
    """Replace the draft by `change(draft)`; what `change` raises leaves it as it was.

    Raises NotOpenYet, WaveClosed, AlreadyCast, NotBegun.
    """
    if ballot.cast:
        raise AlreadyCast
    ballot.check_open(now, begun=True)
    before = opened(session, keys, ballot, lock=True)
    after = change(before)
    if after != before:
        secret = keys.wave(ballot.wave).secret
        sealed = encrypt_draft(secret, ballot.name, ballot.layout, after)
        values = {"number": ballot.name.number, "sealed_draft": sealed}
        upkeep.write_last(session, _KEEP, _KEEP_UNLESS, values)
    return after


def opened(session: Access, keys: KeyFile, ballot: OpenBallot, lock: bool) -> DraftState:
    """The draft, with its row locked until the commit if `lock`. Raises AlreadyCast, NotBegun."""
    if ballot.is_held and ballot.draft is not None:
        return _decrypted(keys, ballot, ballot.draft)
    number = {"number": ballot.name.number}
    sealed = (_DRAFT_TO_CHANGE if lock else _DRAFT).scalar(session, number)
    if sealed is None:
        raise AlreadyCast if _IS_CAST.scalar(session, number) else NotBegun
    return _decrypted(keys, ballot, sealed)


def _decrypted(keys: KeyFile, ballot: OpenBallot, sealed: bytes) -> DraftState:
    try:
        return decrypt_draft(keys.wave(ballot.wave).secret, ballot.name, ballot.layout, sealed)
    except Spoiled:
        # Another ballot's or issue's: nobody reads it so, and its owner begins anew.
        log.error("a draft of %s was written past this program; it counts as empty", ballot.wave)
        return DraftState()
