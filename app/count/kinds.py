"""The ballots of a wave before its urn is opened: what each is asked, and its receipts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import ballotfacts
from app.count.expected import EARLIER, UNCAST, Expected
from app.count.masks import Kind, group_masks, mask, unit_masks
from app.index.definition import Index
from app.keys import tokens
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.keys.urn import Layout
from app.store.models import Ballot, Respondent, Wave
from app.waves.alterations import BallotsAltered, Scan

BATCH = 250
# A ballot is issued anew by hand, once or twice.
ISSUES_OF_ALTERED = 100


@dataclass
class Issued:
    """All that were issued, by the rows that are sound."""

    number: int
    later: int  # of these, after the launch
    altered: int  # of these, declared void: their rows were altered, or are gone
    cast: int
    expected: Expected = field(repr=False)
    kinds: list[Kind] = field(default_factory=list)


def issued(session: Session, wave: Wave, index: Index, layout: Layout, keys: KeyFile) -> Issued:
    """All that were issued. Raises BallotsAltered while a ballot is not as it was issued and not
    declared void."""
    scan, found = Scan(session, keys, wave), Issued(0, 0, 0, 0, Expected(()))
    found.expected = Expected(_receipts(session, wave, index, layout, keys, scan, found))
    if wrong := scan.found(session):
        raise BallotsAltered(wave.code, wrong)
    found.number, found.later, found.altered = scan.issued, scan.issued_later, scan.lost
    return found


def _receipts(
    session: Session,
    wave: Wave,
    index: Index,
    layout: Layout,
    keys: KeyFile,
    scan: Scan,
    found: Issued,
) -> Iterator[tuple[bytes, int]]:
    """The receipts of cast ballots with their kinds, those of replaced issues, and those that
    ballots not cast would have; kinds and cast ballots are told to `found`."""
    kinds = found.kinds
    known: dict[tuple[str, str | None, str, bool], int] = {}
    of_unit, of_group = unit_masks(layout), group_masks(index, layout)
    everything = mask(True for _column in layout.columns)
    receipt_key = keys.receipt_key(wave.code)

    def receipt(number: bytes, issue: int) -> bytes:
        return tokens.receipt(receipt_key, wave.code, BallotName(number, issue)).encode()

    rows = session.connection().execute(
        select(*ballotfacts.COLUMNS, col(Ballot.cast))
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id),
        execution_options={"yield_per": BATCH},
    )
    for row in rows:
        number, _whose, issue, at_launch, group, agency, assigned, *_more, cast = row
        is_sound = scan.see(row)
        # What the issue of an altered one is may be altered, too.
        for old in range(1, issue if is_sound else ISSUES_OF_ALTERED):
            yield receipt(number, old), EARLIER
        if not is_sound:
            continue
        key = (group, agency, assigned, at_launch)
        if key not in known:
            known[key] = len(kinds)
            # What is about no unit is asked of everybody of the group.
            units = (*index.rated_units(group, agency, assigned.split()), "")
            rated = reduce(or_, (of_unit[unit] for unit in units), 0)
            kinds.append(Kind(group, at_launch, everything ^ (of_group[group] & rated), units))
        kinds[known[key]].issued += 1
        found.cast += cast
        yield receipt(number, issue), known[key] if cast else UNCAST
