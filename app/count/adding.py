"""The count: open the urn into memory and add it up, twice; look at it once more.

Nothing is written here. Whole ballots live only in a batch in memory, in this process or in those
of a crew; what leaves this module is sums, comments and the hashes of receipts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from itertools import islice

from sqlmodel import Session

from app.count import externals, kinds, sums
from app.count.crew import Alone, Crew
from app.count.masks import Kind, level_codes
from app.count.part import HASH, Job, Sums
from app.count.secondlook import SecondLook
from app.count.sums import CountsDiffer
from app.count.tallies import TallyAltered
from app.index.definition import Index
from app.keys.inorder import InOrder
from app.keys.keyfile import KeyFile
from app.keys.seals import Opens
from app.keys.urn import Layout
from app.precision.kept import Precision
from app.scores import cells, scoring
from app.store.models import Wave
from app.trustees import shares
from app.trustees.files import urn_digest_of
from app.urn import rows as urnrows

BATCH = 250  # rows that go to one process at once

Progress = Callable[[int, int], None]


class UrnDiffers(Exception):
    """The urn is not what the ballots say it should be; nothing may be written."""


class UrnChanged(UrnDiffers):
    """The sealed rows are not those that were there at closing."""


@dataclass
class Count:
    """What opening an urn gives. `tally` is in cells; `receipts` are their hashes."""

    issued: int = 0
    issued_later: int = 0  # of these, after the launch
    altered: int = 0  # of these, declared void: their rows were altered, or are gone
    cast: int = 0
    counted: int = 0
    void: int = 0
    foreign: int = 0
    urn_digest: str = ""
    receipts: InOrder = field(default_factory=lambda: InOrder(HASH), compare=False)
    comments: list[tuple[str, str]] = field(default_factory=list)
    by_group: Counter[str] = field(default_factory=Counter)  # counted, issued at the launch
    tally: scoring.Tally = field(default_factory=lambda: scoring.Tally({}, {}))
    kinds: list[Kind] = field(default_factory=list)
    # Who opened it, for the second look.
    crew: Crew = field(default_factory=Alone, compare=False, repr=False)


def count_urn(
    session: Session,
    wave: Wave,
    index: Index,
    layout: Layout,
    keys: KeyFile,
    progress: Progress | None = None,
    crew: Crew | None = None,
) -> Count:
    """Open and count the urn of a closed wave. Raises UrnChanged, UrnDiffers, BallotsAltered,
    CrewLost.

    A ballot counts when its receipt is that of a ballot that is cast, in its current issue, and
    was not seen before; others are void (an earlier issue, or declared so) or foreign (not ours).
    How it counts is what it was issued for: of a row that says otherwise nothing is believed.
    """
    crew = crew or Alone()
    issued = kinds.issued(session, wave, index, layout, keys)
    opener, cover = opener_of(session, wave, layout, keys), keys.cover(wave.code)
    crew.start(Job(index, opener, cover, issued.expected, issued.kinds))
    _hand_out(session, wave, crew, "count", progress)
    found, *others = crew.ask("counted")
    for other in others:
        found.join(other)
    if _is_double(found.seen, len(issued.expected)):
        # A row that stands there twice went to two of them; one alone sees it the second time.
        return count_urn(session, wave, index, layout, keys, progress)
    count = Count(
        issued.number,
        issued.later,
        issued.altered,
        issued.cast,
        found.counted,
        found.void,
        found.foreign,
        urn_digest_of(_hashes(found.hashes)),
        comments=found.comments,
        by_group=found.by_group,
        kinds=issued.kinds,
        crew=crew,
    )
    if count.urn_digest != wave.urn_digest:
        raise UrnChanged
    if count.counted != count.cast or found.spoiled or found.unmarked:
        raise UrnDiffers
    # All of them were found.
    count.receipts = InOrder(HASH, (sha256(each).digest() for each in issued.expected.counted()))
    count.tally = _tally(index, layout, found)
    return count


def _is_double(seen: Iterable[int], entries: int) -> bool:
    """Whether an entry was seen more than once."""
    was = bytearray(entries)
    for entry in seen:
        if was[entry]:
            return True
        was[entry] = 1
    return False


def _hashes(joined: bytearray) -> Iterable[bytes]:
    return (bytes(joined[at : at + HASH]) for at in range(0, len(joined), HASH))


def _hand_out(
    session: Session, wave: Wave, crew: Crew, method: str, progress: Progress | None
) -> None:
    """All rows of the urn, in one order, a batch at a time."""
    total, done = urnrows.number(session, wave), 0
    rows = urnrows.stored(session, wave, BATCH)
    while batch := list(islice(rows, BATCH)):
        crew.hand(method, batch)
        done += len(batch)
        if progress is not None and len(batch) == BATCH:
            progress(done, total)
    if progress is not None:
        progress(total, total)


def _tally(index: Index, layout: Layout, found: Sums) -> scoring.Tally:
    try:
        said = sums.by_item(found.groups, layout, level_codes(index))
    except CountsDiffer as error:
        raise UrnDiffers from error
    few = index.rules.min_ballots
    return scoring.Tally(
        {
            item: scoring.cells(
                index, index.question_of[item[0]], said[item].by_group, said[item].at_launch
            )
            for item in layout.items
        },
        # Who was added later makes no number of few a number of enough.
        {
            unit.code: found.at_launch[unit.code] + found.later[unit.code]
            if found.at_launch[unit.code] >= few
            else None
            for unit in index.units
        },
        {
            item: cells.chosen(
                index,
                index.question_of[item[0]],
                said[item].by_group,
                said[item].answers,
                said[item].at_launch,
            )
            for item in layout.choices
        },
    )


def precision(
    session: Session,
    wave: Wave,
    index: Index,
    layout: Layout,
    count: Count,
    progress: Progress | None = None,
) -> Precision:
    """What is kept of how sure a count is, out of the same urn.

    Raises UrnDiffers when what is seen now is not what was counted, and CrewLost.
    """
    empty = SecondLook(index, layout, count.tally, _external(session, wave), count.kinds)
    count.crew.ask("begin_look", empty)
    _hand_out(session, wave, count.crew, "look", progress)
    look, *others = count.crew.ask("looked")
    for other in others:
        look.join(other)
    if look.ballots != count.counted or not look.adds_up:
        raise UrnDiffers
    found: Precision = look.precision()
    return found


def _external(session: Session, wave: Wave) -> Mapping[tuple[str, str], Fraction]:
    """What decides who is ranked beside whom. What was altered there is told when scores are made
    of it; an urn opens without."""
    try:
        return externals.checked(session, wave)
    except TallyAltered:
        return {}


def opener_of(session: Session, wave: Wave, layout: Layout, keys: KeyFile) -> Opens:
    """What opens the rows of a closed wave. Raises WaveRefused, KeysMissing."""
    if wave.mode == "committee":
        return shares.opener(session, wave)
    return keys.wave(wave.code).opener(wave.code, layout.ballot_bytes)
