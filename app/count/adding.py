"""The count: open the urn into memory and add it up, twice.

`count_urn` reads and writes nothing. Whole ballots live only in a batch in memory; what leaves
this module is sums, comments and the hashes of receipts.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from sqlalchemy import select
from sqlmodel import Session, col

from app.bonds import ballotfacts
from app.count import sums
from app.count.masks import group_masks, level_codes, mask, scored_mask, unit_masks
from app.count.sums import BATCH, CountsDiffer, GroupCount
from app.index.definition import Index
from app.keys import tokens
from app.keys.keyfile import KeyFile
from app.keys.seals import Opens
from app.keys.tokens import BallotName, receipt_hash
from app.keys.urn import RECEIPT_BYTES, Layout, Spoiled
from app.scores import cells, scoring
from app.store.models import Ballot, Respondent, Wave
from app.trustees import shares
from app.urn import rows as urnrows
from app.waves.alterations import BallotsAltered, Scan
from app.waves.urndigest import UrnDigest

NO_OPINION = ord("-")
# A ballot is issued anew by hand, once or twice.
ISSUES_OF_ALTERED = 100

Progress = Callable[[int, int], None]


class UrnDiffers(Exception):
    """The urn is not what the ballots say it should be; nothing may be written."""


class UrnChanged(UrnDiffers):
    """The sealed rows are not those that were there at closing."""


@dataclass
class Count:
    """What opening an urn gives. `tally` is in cells; `receipts` are the sorted hashes."""

    issued: int = 0
    issued_later: int = 0  # of these, after the launch
    altered: int = 0  # of these, declared void: their rows were altered, or are gone
    cast: int = 0
    counted: int = 0
    void: int = 0
    foreign: int = 0
    urn_digest: str = ""
    receipts: list[str] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    by_group: Counter[str] = field(default_factory=Counter)  # counted, issued at the launch
    tally: scoring.Tally = field(default_factory=lambda: scoring.Tally({}, {}))
    # For the second look: hash of each row that counts → place of its kind.
    rows: dict[bytes, int] = field(default_factory=dict)
    kinds: list["Kind"] = field(default_factory=list)


@dataclass
class Kind:
    """Ballots that are asked the same: their group, and which bytes may be filled."""

    group: str
    at_launch: bool  # whether the ballot was issued then
    forbidden: int  # 0xff in every byte that must be blank
    units: tuple[str, ...]  # that they rate
    issued: int = 0


def count_urn(
    session: Session,
    wave: Wave,
    index: Index,
    layout: Layout,
    keys: KeyFile,
    progress: Progress | None = None,
) -> Count:
    """Open and count the urn of a closed wave. Raises UrnChanged, UrnDiffers, BallotsAltered.

    A ballot counts when its receipt is that of a ballot that is cast, in its current issue, and
    was not seen before; others are void (an earlier issue, or declared so) or foreign (not ours).
    How it counts is what it was issued for: of a row that says otherwise nothing is believed.
    """
    count = Count()
    kinds = count.kinds
    expected, earlier, uncast = _receipts(session, wave, index, layout, keys, kinds, count)
    codes = level_codes(index)
    every = "".join(sorted(frozenset().union(*codes.values()))).encode()
    groups = {
        (group.code, at_launch): GroupCount(index, layout, every)
        for group in index.groups
        for at_launch in (True, False)
    }
    points = scored_mask(layout)
    of_unit = {unit: points & about for unit, about in unit_masks(layout).items() if unit}
    # How many ballots rate each unit.
    at_launch: Counter[str] = Counter()
    later: Counter[str] = Counter()
    opener = opener_of(session, wave, layout, keys)
    digest = UrnDigest()
    total = urnrows.number(session, wave)
    rows = urnrows.read(session, wave, keys.cover(wave.code), BATCH)
    spoiled = unmarked = False
    for done, sealed in enumerate(rows, 1):
        row_hash = digest.add(sealed)
        if progress is not None and done % BATCH == 0:
            progress(done, total)
        try:
            opened = opener.unseal(sealed)
            comments = _comments(layout, opened)
        except Spoiled:
            count.foreign += 1
            continue
        receipt = opened[:RECEIPT_BYTES]
        place = expected.pop(receipt, None)
        if place is None:
            # Only a cast makes this receipt: somebody has taken the mark of it away.
            unmarked |= receipt in uncast
            count.void += receipt in earlier
            count.foreign += receipt not in earlier
            continue
        count.rows[row_hash] = place
        kind = kinds[place]
        levels = opened[RECEIPT_BYTES : RECEIPT_BYTES + len(layout.columns)]
        spoiled |= bool(int.from_bytes(levels, "big") & kind.forbidden)
        groups[kind.group, kind.at_launch].add(levels)
        scored = int.from_bytes(levels.translate(_SCORED), "big")
        sizes = at_launch if kind.at_launch else later
        sizes.update([unit for unit, mask in of_unit.items() if scored & mask])
        count.comments += comments.items()
        count.by_group[kind.group] += kind.at_launch
        count.receipts.append(receipt_hash(receipt.decode()))
        count.counted += 1
    if progress is not None:
        progress(total, total)
    count.urn_digest = digest.text()
    if count.urn_digest != wave.urn_digest:
        raise UrnChanged
    if count.counted != count.cast or spoiled or unmarked:
        raise UrnDiffers
    count.receipts.sort()
    try:
        said = sums.by_item(groups, layout, codes)
    except CountsDiffer as error:
        raise UrnDiffers from error
    few = index.rules.min_ballots
    count.tally = scoring.Tally(
        {
            item: scoring.cells(
                index, index.question_of[item[0]], said[item].by_group, said[item].at_launch
            )
            for item in layout.items
        },
        # Who was added later makes no number of few a number of enough.
        {
            unit.code: at_launch[unit.code] + later[unit.code]
            if at_launch[unit.code] >= few
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
    return count


def opener_of(session: Session, wave: Wave, layout: Layout, keys: KeyFile) -> Opens:
    """What opens the rows of a closed wave. Raises WaveRefused, KeysMissing."""
    if wave.mode == "committee":
        return shares.opener(session, wave)
    return keys.wave(wave.code).opener(wave.code, layout.ballot_bytes)


def _comments(layout: Layout, opened: bytes) -> dict[str, str]:
    """The comments of an opened ballot. Raises Spoiled when it is not of this layout."""
    if len(opened) != layout.ballot_bytes:
        raise Spoiled
    return layout.unpack_comments(opened[RECEIPT_BYTES:])


# A scored level becomes 1; a blank and "-" become 0.
_SCORED = bytes(byte not in (0, NO_OPINION) for byte in range(256))


def _receipts(
    session: Session,
    wave: Wave,
    index: Index,
    layout: Layout,
    keys: KeyFile,
    kinds: list[Kind],
    count: Count,
) -> tuple[dict[bytes, int], set[bytes], set[bytes]]:
    """The receipts of cast ballots → their place in `kinds`, receipts of replaced issues, and those
    that ballots not cast would have.

    Raises BallotsAltered while a ballot is not as it was issued and not declared void.
    """
    expected: dict[bytes, int] = {}
    earlier: set[bytes] = set()
    uncast: set[bytes] = set()
    known: dict[tuple[str, str | None, str, bool], int] = {}
    of_unit, of_group = unit_masks(layout), group_masks(index, layout)
    everything = mask(True for _column in layout.columns)
    scan, receipt_key = Scan(session, keys, wave), keys.receipt_key(wave.code)

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
        if not scan.see(row):
            # What its issue is may be altered, too.
            earlier.update(receipt(number, old) for old in range(1, ISSUES_OF_ALTERED))
            continue
        if issue > 1:
            earlier.update(receipt(number, old) for old in range(1, issue))
        key = (group, agency, assigned, at_launch)
        if key not in known:
            known[key] = len(kinds)
            # What is about no unit is asked of everybody of the group.
            units = (*index.rated_units(group, agency, assigned.split()), "")
            rated = reduce(or_, (of_unit[unit] for unit in units), 0)
            kinds.append(Kind(group, at_launch, everything ^ (of_group[group] & rated), units))
        kinds[known[key]].issued += 1
        if not cast:
            uncast.add(receipt(number, issue))
            continue
        count.cast += 1
        expected[receipt(number, issue)] = known[key]
    if found := scan.found(session):
        raise BallotsAltered(wave.code, found)
    count.issued, count.issued_later, count.altered = scan.issued, scan.issued_later, scan.lost
    return expected, earlier, uncast
