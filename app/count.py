"""The count: open the urn into memory and add it up, twice.

`count_urn` reads and writes nothing. Whole ballots live only in a batch in memory; what leaves
this module is sums, comments and the hashes of receipts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from sqlalchemy import func, select
from sqlmodel import Session, col

from app import scoring
from app.closing import UrnDigest
from app.index import Index
from app.keys import WaveKeys
from app.models import Ballot, Respondent, UrnRow, Wave
from app.tokens import BallotName, Tokens, receipt_hash
from app.urn import BLANK, RECEIPT_BYTES, Layout, Opener, Spoiled, seal_info

# Ballots whose sums are kept in bytes, so no more than 255.
BATCH = 250
NO_OPINION = ord("-")

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
    cast: int = 0
    counted: int = 0
    void: int = 0
    foreign: int = 0
    urn_digest: str = ""
    receipts: list[str] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)
    by_group: Counter[str] = field(default_factory=Counter)  # ballots that count
    tally: scoring.Tally = field(default_factory=lambda: scoring.Tally({}, {}))


@dataclass(frozen=True)
class _Kind:
    """Respondents who are asked the same: their group, and which bytes may be filled."""

    group: str
    forbidden: int  # 0xff in every byte that must be blank


class _GroupCount:
    """The ballots of one group, counted in two ways that share no code."""

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
    tokens: Tokens,
    keys: WaveKeys,
    progress: Progress | None = None,
) -> Count:
    """Open and count the urn of a closed wave. Raises UrnChanged, UrnDiffers.

    A ballot counts when its receipt is that of a ballot that is cast, in its current issue, and
    was not seen before; others are void (an earlier issue) or foreign (not ours).
    """
    count = Count()
    kinds: list[_Kind] = []
    expected, earlier = _receipts(session, wave, index, layout, tokens, kinds, count)
    codes = _level_codes(index)
    every = "".join(sorted(frozenset().union(*codes.values()))).encode()
    groups = {group.code: _GroupCount(layout, every) for group in index.groups}
    unit_masks = _unit_masks(layout)
    ballots: Counter[str] = Counter()
    opener = Opener(keys.private_key, seal_info(wave.code, wave.index_digest))
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
    spoiled = False
    for done, sealed in enumerate(rows.scalars(), 1):
        digest.add(sealed)
        if progress is not None and done % BATCH == 0:
            progress(done, total)
        try:
            opened = opener.open(sealed)
            comments = _comments(layout, opened)
        except Spoiled:
            count.foreign += 1
            continue
        receipt = opened[:RECEIPT_BYTES]
        kind = expected.pop(receipt, None)
        if kind is None:
            count.void += receipt in earlier
            count.foreign += receipt not in earlier
            continue
        levels = opened[RECEIPT_BYTES : RECEIPT_BYTES + len(layout.items)]
        spoiled |= bool(int.from_bytes(levels, "big") & kinds[kind].forbidden)
        groups[kinds[kind].group].add(levels)
        scored = int.from_bytes(levels.translate(_SCORED), "big")
        ballots.update(unit for unit, mask in unit_masks.items() if scored & mask)
        count.comments += comments.items()
        count.by_group[kinds[kind].group] += 1
        count.receipts.append(receipt_hash(receipt.decode()))
        count.counted += 1
    if progress is not None:
        progress(total, total)
    count.urn_digest = digest.text()
    if count.urn_digest != wave.urn_digest:
        raise UrnChanged
    if count.counted != count.cast or spoiled:
        raise UrnDiffers
    count.receipts.sort()
    by_item = _by_item(groups, layout, codes)
    count.tally = scoring.Tally(
        {
            (question, unit): scoring.cells(index, index.question_of[question], by_item[place])
            for place, (question, unit) in enumerate(layout.items)
        },
        {unit.code: ballots[unit.code] for unit in index.units},
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
    tokens: Tokens,
    kinds: list[_Kind],
    count: Count,
) -> tuple[dict[bytes, int], set[bytes]]:
    """The receipts of cast ballots → their place in `kinds`, and receipts of replaced issues."""
    expected: dict[bytes, int] = {}
    earlier: set[bytes] = set()
    known: dict[tuple[str, str | None, str], int] = {}
    unit_masks, group_masks = _unit_masks(layout), _group_masks(index, layout)
    everything = _mask(True for _item in layout.items)
    rows = session.connection().execute(
        select(  # type: ignore[call-overload]
            Ballot.number,
            Ballot.issue,
            Ballot.cast,
            Ballot.at_launch,
            Respondent.group,
            Respondent.agency,
            Respondent.assigned,
        )
        .join(Respondent, col(Respondent.id) == col(Ballot.respondent_id))
        .where(col(Ballot.wave_id) == wave.id),
        execution_options={"yield_per": BATCH},
    )
    for number, issue, cast, at_launch, group, agency, assigned in rows:
        count.issued += 1
        count.issued_later += not at_launch
        for old in range(1, issue):
            earlier.add(tokens.receipt(wave.code, BallotName(number, old)).encode())
        if not cast:
            continue
        count.cast += 1
        key = (group, agency, assigned)
        if key not in known:
            known[key] = len(kinds)
            units = index.rated_units(group, agency, assigned.split())
            rated = reduce(or_, (unit_masks[unit] for unit in units), 0)
            kinds.append(_Kind(group, everything ^ (group_masks[group] & rated)))
        expected[tokens.receipt(wave.code, BallotName(number, issue)).encode()] = known[key]
    return expected, earlier


def _level_codes(index: Index) -> dict[str, frozenset[str]]:
    """The levels each question may be answered with."""
    return {q.code: frozenset(scoring.level_codes(index, q)) for q in index.scored_questions}


def _mask(chosen: Iterable[bool]) -> int:
    """All bits of the bytes of chosen items, as one number."""
    return int.from_bytes(bytes(255 * choice for choice in chosen), "big")


def _unit_masks(layout: Layout) -> dict[str, int]:
    """The items about each unit."""
    return {code: _mask(unit == code for _question, unit in layout.items) for code in layout.units}


def _group_masks(index: Index, layout: Layout) -> dict[str, int]:
    """The items that each group is asked."""
    return {
        group.code: _mask(
            group.code in index.question_of[question].groups for question, _unit in layout.items
        )
        for group in index.groups
    }


def _by_item(
    groups: Mapping[str, _GroupCount], layout: Layout, codes: Mapping[str, frozenset[str]]
) -> list[dict[str, dict[str, int]]]:
    """The counts of each item by group and level, once both ways of counting agree.

    Raises UrnDiffers when they do not, or when a level is none of the question's.
    """
    items: list[dict[str, dict[str, int]]] = [{} for _item in layout.items]
    for group, counts in groups.items():
        counts.add_up()
        if counts.by_ballot != counts.by_column:
            raise UrnDiffers
        for key, number in counts.by_ballot.items():
            place, level = divmod(key, 256)
            if number:
                if chr(level) not in codes[layout.items[place][0]]:
                    raise UrnDiffers
                items[place].setdefault(group, {})[chr(level)] = number
    return items
