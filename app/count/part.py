"""A part of an urn, opened and added up, and looked at once more.

What several processes open, each a part of its own (`crew`), or one alone the whole. Whole ballots
live only in a batch; what stays are sums, comments, hashes of rows, and of each row that counts the
place of its kind.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.count.expected import EARLIER, UNCAST, Expected
from app.count.masks import Kind, level_codes, scored_mask, unit_masks
from app.count.secondlook import SecondLook
from app.count.sums import GroupCount
from app.index.definition import Index
from app.keys.cover import Cover
from app.keys.seals import Opens
from app.keys.urn import RECEIPT_BYTES, Layout, Spoiled

HASH = 32
NO_OPINION = ord("-")
# A scored level becomes 1; a blank and "-" become 0.
_SCORED = bytes(byte not in (0, NO_OPINION) for byte in range(256))
NOT_COUNTED = -1


@dataclass(frozen=True)
class Job:
    """All that opening a part takes. It travels to other processes, so it holds plain values."""

    index: Index
    opener: Opens = field(repr=False)
    cover: Cover = field(repr=False)
    expected: Expected = field(repr=False)
    kinds: Sequence[Kind] = ()


@dataclass
class Sums:
    """What a part comes to."""

    counted: int = 0
    void: int = 0
    foreign: int = 0
    spoiled: bool = False  # a ballot says what it was not asked
    unmarked: bool = False  # a receipt that only a cast makes, of a ballot that is not cast
    hashes: bytearray = field(default_factory=bytearray)  # of all rows, as they came
    seen: "array[int]" = field(default_factory=lambda: array("I"))  # entries of `Expected`
    groups: dict[tuple[str, bool], GroupCount] = field(default_factory=dict)
    at_launch: Counter[str] = field(default_factory=Counter)  # ballots that rate a unit
    later: Counter[str] = field(default_factory=Counter)
    by_group: Counter[str] = field(default_factory=Counter)
    comments: list[tuple[str, str]] = field(default_factory=list)

    def join(self, other: "Sums") -> None:
        """Take what another part came to."""
        self.counted += other.counted
        self.void += other.void
        self.foreign += other.foreign
        self.spoiled |= other.spoiled
        self.unmarked |= other.unmarked
        self.hashes += other.hashes
        self.seen += other.seen
        for key, group in other.groups.items():
            self.groups[key].join(group)
        self.at_launch.update(other.at_launch)
        self.later.update(other.later)
        self.by_group.update(other.by_group)
        self.comments += other.comments


class Part:
    """Rows come in batches, twice in the same order."""

    def __init__(self, job: Job) -> None:
        index, self._layout = job.index, Layout(job.index)
        self._kinds, self._expected = job.kinds, job.expected
        self._open = job.opener.unseal
        self._cover = job.cover
        codes = frozenset().union(*level_codes(index).values())
        every = "".join(sorted(codes)).encode()
        self._sums = Sums(
            groups={
                (group.code, at_launch): GroupCount(index, self._layout, every)
                for group in index.groups
                for at_launch in (True, False)
            }
        )
        points = scored_mask(self._layout)
        units = unit_masks(self._layout).items()
        self._of_unit = {unit: points & about for unit, about in units if unit}
        self._taken = bytearray(len(job.expected))
        self._places = array("i")  # of each row: the place of its kind, if it counts
        self._look: SecondLook | None = None
        self._next = 0

    def count(self, batch: Sequence[bytes]) -> None:
        """Open rows as they are stored, and add them up."""
        sums = self._sums
        for stored in batch:
            sealed = self._cover.off(stored)
            sums.hashes += hashlib.sha256(sealed).digest()
            self._places.append(self._count(sealed))

    def _count(self, sealed: bytes) -> int:
        sums, layout = self._sums, self._layout
        try:
            opened = self._open(sealed)
            if len(opened) != layout.ballot_bytes:
                raise Spoiled
            comments = layout.unpack_comments(opened[RECEIPT_BYTES:])
        except Spoiled:
            sums.foreign += 1
            return NOT_COUNTED
        entry = self._expected.find(opened[:RECEIPT_BYTES])
        place = NOT_COUNTED if entry is None else self._expected.what(entry)
        if entry is None or place < 0 or self._taken[entry]:
            # Only a cast makes this receipt: somebody has taken the mark of it away.
            sums.unmarked |= place == UNCAST
            is_void = entry is not None and place == EARLIER
            sums.void += is_void
            sums.foreign += not is_void
            return NOT_COUNTED
        self._taken[entry] = 1
        sums.seen.append(entry)
        kind = self._kinds[place]
        levels = opened[RECEIPT_BYTES : RECEIPT_BYTES + len(layout.columns)]
        sums.spoiled |= bool(int.from_bytes(levels, "big") & kind.forbidden)
        sums.groups[kind.group, kind.at_launch].add(levels)
        scored = int.from_bytes(levels.translate(_SCORED), "big")
        sizes = sums.at_launch if kind.at_launch else sums.later
        sizes.update([unit for unit, mask in self._of_unit.items() if scored & mask])
        sums.comments += comments.items()
        sums.by_group[kind.group] += kind.at_launch
        sums.counted += 1
        return place

    def counted(self) -> Sums:
        """What all rows have come to."""
        for group in self._sums.groups.values():
            group.add_up()
        return self._sums

    def begin_look(self, look: SecondLook) -> None:
        """From here on the same rows come once more."""
        self._look, self._next = look, 0

    def look(self, batch: Sequence[bytes]) -> None:
        """Look at rows once more; what is not the row that was counted there is passed over."""
        look = self._look
        if look is None:
            raise RuntimeError("begin_look comes first")
        for stored in batch:
            place, at = self._next, HASH * self._next
            self._next += 1
            if place >= len(self._places) or self._places[place] == NOT_COUNTED:
                continue
            sealed = self._cover.off(stored)
            if hashlib.sha256(sealed).digest() == self._sums.hashes[at : at + HASH]:
                opened = self._open(sealed)
                levels = opened[RECEIPT_BYTES : RECEIPT_BYTES + len(self._layout.items)]
                look.add(self._places[place], levels)

    def looked(self) -> SecondLook:
        """What was seen."""
        if self._look is None:
            raise RuntimeError("begin_look comes first")
        return self._look
