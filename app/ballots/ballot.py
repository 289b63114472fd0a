"""A ballot as the booth finds it, by its link or access code, and whether it can be answered.

Everything here runs inside the caller's transaction. Drafts are in `drafts`, casting in `casting`.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.bonds import ballotfacts, erasing, wavefacts
from app.bonds.ballotfacts import BallotAltered
from app.bonds.wavefacts import WaveAltered
from app.index import file as indexfile
from app.index.definition import Index
from app.keys import committee
from app.keys.committee import Committee
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Layout
from app.store.clock import Clock
from app.store.models import Ballot, Draft, Respondent, Wave
from app.store.plain import Access, Statement

__all__ = ["BallotAltered", "WaveAltered"]  # what finding a ballot may come upon

# A ballot begun before a scheduled closing may be cast for this long after it.
GRACE = timedelta(minutes=15)


class LinkUnknown(Exception):
    """No ballot has this link or access code."""


class LinkReplaced(Exception):
    """The ballot has been issued again; a newer letter carries the link that works."""


class LinkRevoked(Exception):
    """The ballot was taken back: its respondent is no longer on the roster."""


class NotOpenYet(Exception):
    """The wave opens later."""


class WaveClosed(Exception):
    """Nothing can be answered or cast any more."""


class IndexChanged(Exception):
    """The stored index, or urn key, is not the one that was launched."""


@lru_cache(maxsize=16)
def launched_index(content: str, digest: str) -> tuple[Index, Layout]:
    """The index of a wave and the layout of its ballots. Raises IndexChanged."""
    index = indexfile.read(json.loads(content))
    if indexfile.digest(index) != digest:
        raise IndexChanged
    return index, Layout(index)


@dataclass(frozen=True)
class OpenBallot:
    """One ballot as the booth sees it. Nothing in it says what was answered."""

    name: BallotName
    bond: bytes  # another one as soon as anything of the ballot is
    cast: bool
    draft: bytes | None = field(repr=False)  # sealed; None before it was begun, and once it is cast
    group: str
    agency: str | None
    assigned: tuple[str, ...]
    wave_id: int
    wave: str
    index_digest: str
    mode: str
    rehearsal: bool
    public_key: bytes
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    unsealed_at: datetime | None
    cancelled_at: datetime | None
    is_reopened: bool  # the wave, for single ballots: all others stay closed
    reopened_until: datetime | None  # this ballot, if it is one of them
    objections_until: datetime | None
    index: Index
    layout: Layout
    contacts_months: int  # after the closing its person is erased
    found_at: datetime | None  # by the database's clock, where the database has one
    is_held: bool = False  # nobody changes its draft before this transaction is over

    @property
    def begun(self) -> bool:
        return self.draft is not None

    @property
    def committee(self) -> Committee | None:
        """Whose keys the urn is sealed to; None in office mode."""
        return committee.read(self.public_key)

    @property
    def is_over(self) -> bool:
        """Whether the wave has closed for this ballot, even if it takes single others again."""
        return self.closed_at is not None or (self.is_reopened and self.reopened_until is None)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units this ballot may rate and has a question about, in file order."""
        asked = {unit for _question, unit in self.everything}
        return tuple(unit for unit in self.index.unit_of if unit in asked)

    @cached_property
    def everything(self) -> tuple[tuple[str, str], ...]:
        """All items of the ballot; of a choice question about none the unit is ""."""
        rated = self.index.rated_units(self.group, self.agency, self.assigned)
        choices = self.index.asked_choices(self.group, rated)
        return (*self.index.asked(self.group, rated), *choices)

    def asked(self, chosen: frozenset[str] | None) -> tuple[tuple[str, str], ...]:
        """The items asked when `chosen` are the units dealt with (None: all)."""
        if chosen is None:
            return self.everything
        wanted = {*chosen, ""}
        return tuple([item for item in self.everything if item[1] in wanted])

    def check_open(self, now: datetime, begun: bool) -> None:
        """Raises NotOpenYet or WaveClosed when nothing can be answered at `now`."""
        if self.cancelled_at is not None or self.closed_at is not None:
            raise WaveClosed
        if self.is_reopened:
            if self.reopened_until is None or now >= self.reopened_until:
                raise WaveClosed
            return
        if now < self.opens_at:
            raise NotOpenYet
        if now >= self.closes_at + (GRACE if begun else timedelta(0)):
            raise WaveClosed


# What of a wave decides over its ballots.
_FACTS = (
    *("index_digest", "mode", "rehearsal", "public_key"),
    *("opens_at", "closes_at", "closed_at", "unsealed_at", "cancelled_at"),
    *("reopened_until", "objections_until"),
)
_COLUMNS = (
    *ballotfacts.COLUMNS,
    Ballot.cast,
    col(Draft.sealed).label("draft"),
    Clock().label("found_at"),
    Wave.id,
    Wave.code,
    *(getattr(Wave, name) for name in _FACTS),
)
_WITH_WAVE = (
    select(*_COLUMNS)
    .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
    .join(Wave, col(Wave.id) == col(Ballot.wave_id))
)
_FOUND = _WITH_WAVE.outerjoin(Draft, col(Draft.ballot_number) == col(Ballot.number))
_BY_NUMBER = Statement(_FOUND.where(col(Ballot.number) == bindparam("number")))
_TO_CHANGE = Statement(
    _WITH_WAVE.join(Draft, col(Draft.ballot_number) == col(Ballot.number))
    .where(col(Ballot.number) == bindparam("number"))
    .with_for_update(of=Draft)
)
_BY_CODE = Statement(_FOUND.where(col(Ballot.code_mac) == bindparam("code_mac")))
_INDEX = Statement(select(col(Wave.index_content)).where(col(Wave.id) == bindparam("wave")))
_indexes: dict[tuple[int, str], tuple[Index, Layout]] = {}


def find(session: Access, name: BallotName) -> OpenBallot:
    """The ballot of a link or cookie.

    Raises LinkUnknown, LinkReplaced, LinkRevoked, IndexChanged, BallotAltered, WaveAltered.
    """
    return _current(session, name, _sound(session, _BY_NUMBER, {"number": name.number}))


def find_to_change(session: Access, name: BallotName) -> OpenBallot:
    """The same, its draft held until the commit if there is one: what is found of it is still so
    when it is changed, once, in this transaction."""
    try:
        row = _sound(session, _TO_CHANGE, {"number": name.number})
    except LinkUnknown:  # it has no draft, or another's cast has just taken it
        return find(session, name)
    return _current(session, name, row, is_held=True)


def _current(session: Access, name: BallotName, row: Any, is_held: bool = False) -> OpenBallot:
    if name.issue > row.issue:
        raise LinkUnknown
    if name.issue < row.issue:
        raise LinkReplaced if row.removed_at is None else LinkRevoked
    return _open_ballot(session, row, is_held)


def find_by_code(session: Session, code_mac: bytes) -> OpenBallot:
    """The ballot of an access code, found by its `Tokens.code_mac`.

    Raises LinkUnknown, IndexChanged, BallotAltered, WaveAltered.
    """
    row, keys = _sound(session, _BY_CODE, {"code_mac": code_mac}), keys_of(session)
    own = keys.tokens.access_code(BallotName(row.number, row.issue))
    if keys.tokens.code_mac(own) != code_mac:
        # Somebody put the MAC of his own code beside another one's ballot.
        raise BallotAltered
    return _open_ballot(session, row)


def _sound(session: Access, query: Statement, what: dict[str, object]) -> Any:
    """The row of a ballot, as the key file knows it.

    What another process commits between the reading of the row and that of the key file looks
    altered: it is read once more before that is said. Raises LinkUnknown, BallotAltered,
    WaveAltered.
    """
    try:
        return _read(session, query, what)
    except (BallotAltered, WaveAltered):
        return _read(session, query, what)


def _read(session: Access, query: Statement, what: dict[str, object]) -> Any:
    row = query.first(session, what)
    if row is None:
        raise LinkUnknown
    _must_be_sound(keys_of(session), row)
    return row


def _must_be_sound(keys: KeyFile, row: Any) -> None:
    """Raises BallotAltered or WaveAltered unless all that decides is as the key file knows it."""
    if names := wavefacts.differing(keys, row.code, row, _FACTS):
        raise WaveAltered(row.code, names)
    ballotfacts.must_be_sound(keys, row.code, row)


def _reopened(keys: KeyFile, row: Any) -> datetime | None:
    """Until when a ballot that was issued anew after the closing may be cast; None for others."""
    if row.reopened_until is None:
        return None
    issue, until = wavefacts.reopened(keys, row.code).get(row.number.hex(), (0, None))
    return until if issue == row.issue else None


def _open_ballot(session: Access, row: Any, is_held: bool = False) -> OpenBallot:
    key = (row.id, row.index_digest)
    if key not in _indexes:
        content = _INDEX.scalar(session, {"wave": row.id})
        _indexes[key] = launched_index(content, row.index_digest)
    index, layout = _indexes[key]
    return OpenBallot(
        name=BallotName(row.number, row.issue),
        bond=row.bond,
        cast=row.cast,
        draft=row.draft,
        group=row.group,
        agency=row.agency,
        assigned=tuple(row.assigned.split()),
        wave_id=row.id,
        wave=row.code,
        index_digest=row.index_digest,
        mode=row.mode,
        rehearsal=row.rehearsal,
        public_key=row.public_key,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        unsealed_at=row.unsealed_at,
        cancelled_at=row.cancelled_at,
        is_reopened=row.reopened_until is not None,
        reopened_until=_reopened(keys_of(session), row),
        objections_until=row.objections_until,
        index=index,
        layout=layout,
        contacts_months=erasing.contacts_months(keys_of(session), row.code),
        found_at=row.found_at and row.found_at.astimezone(UTC),
        is_held=is_held,
    )
