"""The count: open the urn into memory and add it up, twice.

`count_urn` reads and writes nothing. Whole ballots live only in a batch in memory; what leaves
this module is sums, comments and the hashes of receipts.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.bonds import ballotfacts
from app.count.masks import group_masks, level_codes, mask, unit_masks
from app.index.definition import Index
from app.keys import tokens
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName, receipt_hash
from app.keys.urn import BLANK, RECEIPT_BYTES, Layout, Opener, Spoiled, seal_info
from app.scores import scoring
from app.store.models import Ballot, Respondent, UrnRow, Wave
from app.waves.alterations import BallotsAltered, Scan
from app.waves.closing import UrnDigest

# Ballots whose sums are kept in bytes, so no more than 255.
BATCH = 250
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


class _GroupCount:
    """The ballots of one group, at the launch or later, counted in two ways that share no code."""

    def __init__(self, layout: Layout, codes: bytes) -> None:
        self._size = len(layout.items)
        self._says = {code: bytes(byte == code for byte in range(256)) for code in codes}
        self._sums = dict.fromkeys(codes, 0)  # numbers of `_size` bytes, each an item's count
        self._batch: list[bytes] = []
        self.by_ballot: Counter[int] = Counter()  # 256 · place + level
        self.by_column: Counter[int] = Counter()

    def add(self, levels: bytes) -> None:
        for code, says in self._says.items():
            self._sums[code] += int.from_bytes(levels.translate(says), "little")
        self._batch.append(levels)
        if len(self._batch) == BATCH:
            self.add_up()

    def add_up(self) -> None:
        """Take over what the batch has come to, both ways."""
        for code, total in self._sums.items():
            for place, number in enumerate(total.to_bytes(self._size, "little")):
                self.by_ballot[256 * place + code] += number
            self._sums[code] = 0
        together = b"".join(self._batch)
        for place in range(self._size):
            column = together[place :: self._size]
            for level in set(column) - {BLANK}:
                self.by_column[256 * place + level] += column.count(level)
        self._batch.clear()


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
        (group.code, at_launch): _GroupCount(layout, every)
        for group in index.groups
        for at_launch in (True, False)
    }
    of_unit = unit_masks(layout)
    # How many ballots rate each unit.
    at_launch: Counter[str] = Counter()
    later: Counter[str] = Counter()
    opener = Opener(keys.wave(wave.code).private_key, seal_info(wave.code, wave.index_digest))
    digest = UrnDigest()
    total = (
        session.connection()
        .execute(select(func.count()).select_from(UrnRow).where(col(UrnRow.wave_id) == wave.id))
        .scalar_one()
    )
    rows = session.connection().execute(
        select(col(UrnRow.sealed)).where(col(UrnRow.wave_id) == wave.id),
        execution_options={"yield_per": BATCH},
    )
    spoiled = unmarked = False
    for done, sealed in enumerate(rows.scalars(), 1):
        row_hash = digest.add(sealed)
        if progress is not None and done % BATCH == 0:
            progress(done, total)
        try:
            opened = opener.open(sealed)
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
        levels = opened[RECEIPT_BYTES : RECEIPT_BYTES + len(layout.items)]
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
    by_item, of_group = _by_item(groups, layout, codes)
    few = index.rules.min_ballots
    count.tally = scoring.Tally(
        {
            (question, unit): scoring.cells(
                index, index.question_of[question], by_item[place], of_group[place]
            )
            for place, (question, unit) in enumerate(layout.items)
        },
        # Who was added later makes no number of few a number of enough.
        {
            unit.code: at_launch[unit.code] + later[unit.code]
            if at_launch[unit.code] >= few
            else None
            for unit in index.units
        },
    )
    return count


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
    everything = mask(True for _item in layout.items)
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
            units = index.rated_units(group, agency, assigned.split())
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


def _by_item(
    groups: Mapping[tuple[str, bool], _GroupCount],
    layout: Layout,
    codes: Mapping[str, frozenset[str]],
) -> tuple[list[dict[str, dict[str, int]]], list[dict[str, int]]]:
    """The counts of each item by group and level, and how many answers of each group are of ballots
    issued at the launch, once both ways of counting agree.

    Raises UrnDiffers when they do not, or when a level is none of the question's.
    """
    items: list[dict[str, dict[str, int]]] = [{} for _item in layout.items]
    sizes: list[dict[str, int]] = [{} for _item in layout.items]
    for (group, at_launch), counts in groups.items():
        counts.add_up()
        if counts.by_ballot != counts.by_column:
            raise UrnDiffers
        for key, number in counts.by_ballot.items():
            place, level = divmod(key, 256)
            if number:
                if chr(level) not in codes[layout.items[place][0]]:
                    raise UrnDiffers
                of_group = items[place].setdefault(group, {})
                of_group[chr(level)] = of_group.get(chr(level), 0) + number
                sizes[place][group] = sizes[place].get(group, 0) + number * at_launch
    return items, sizes
