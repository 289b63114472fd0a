"""What the ballots of one group come to, counted in two ways that share no code. Pure."""

from collections import Counter
from collections.abc import Mapping

from app.index.definition import Index
from app.keys.urn import BLANK, Item, Layout

# Ballots whose sums are kept in bytes, so no more than 255.
BATCH = 250
# A blank becomes 0, all else 1.
_TICKED = bytes(byte != BLANK for byte in range(256))


class CountsDiffer(Exception):
    """The two ways do not agree, or a byte says what no ballot of ours can."""


class GroupCount:
    """The ballots of one group, at the launch or later. Where several levels may be ticked, it
    counts the ballots that ticked something besides, by the place of the item's first byte."""

    def __init__(self, index: Index, layout: Layout, codes: bytes) -> None:
        self._size = len(layout.columns)
        self._says = {code: bytes(byte == code for byte in range(256)) for code in codes}
        self._sums = dict.fromkeys(codes, 0)  # numbers of `_size` bytes, each a place's count
        self._batch: list[bytes] = []
        self._several = [
            (places.start, places.stop, index.question_of[question].most or 1)
            for (question, _unit), places in layout.several.items()
        ]
        self.by_ballot: Counter[int] = Counter()  # 256 · place + level
        self.by_column: Counter[int] = Counter()
        self.answers_by_ballot: Counter[int] = Counter()  # place
        self.answers_by_column: Counter[int] = Counter()
        self.overticked = False

    def add(self, levels: bytes) -> None:
        for code, says in self._says.items():
            self._sums[code] += int.from_bytes(levels.translate(says), "little")
        for start, stop, most in self._several:
            if ticks := stop - start - levels.count(BLANK, start, stop):
                self.answers_by_ballot[start] += 1
                # The last byte is that of "-", which stands alone.
                self.overticked |= ticks > (1 if levels[stop - 1] else most)
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
        for start, stop, _most in self._several:
            ticked = 0
            for place in range(start, stop):
                column = together[place :: self._size]
                ticked |= int.from_bytes(column.translate(_TICKED), "big")
            self.answers_by_column[start] += ticked.bit_count()
        self._batch.clear()

    def join(self, other: "GroupCount") -> None:
        """Take what another count of this group, added up, has come to."""
        self.by_ballot.update(other.by_ballot)
        self.by_column.update(other.by_column)
        self.answers_by_ballot.update(other.answers_by_ballot)
        self.answers_by_column.update(other.answers_by_column)
        self.overticked |= other.overticked

    @property
    def agree(self) -> bool:
        return (
            self.by_ballot == self.by_column
            and self.answers_by_ballot == self.answers_by_column
            and not self.overticked
        )


class ItemCount:
    """What was said to one item, by group: levels; how many ballots answered, and how many of these
    were issued at the launch."""

    def __init__(self) -> None:
        self.by_group: dict[str, dict[str, int]] = {}
        self.answers: Counter[str] = Counter()
        self.at_launch: Counter[str] = Counter()

    def add(self, group: str, level: str, number: int) -> None:
        levels = self.by_group.setdefault(group, {})
        levels[level] = levels.get(level, 0) + number

    def answered(self, group: str, number: int, at_launch: bool) -> None:
        self.answers[group] += number
        self.at_launch[group] += number * at_launch


def by_item(
    groups: Mapping[tuple[str, bool], GroupCount],
    layout: Layout,
    codes: Mapping[str, frozenset[str]],
) -> dict[Item, ItemCount]:
    """The counts of each item, once both ways of counting agree.

    Raises CountsDiffer when they do not, or when a level is none of the question's or does not
    belong into its byte.
    """
    items = {item: ItemCount() for item, _level in layout.columns}
    for (group, at_launch), counts in groups.items():
        counts.add_up()
        if not counts.agree:
            raise CountsDiffer
        for key, number in counts.by_ballot.items():
            place, said = divmod(key, 256)
            item, only = layout.columns[place]
            level = chr(said)
            if not number:
                continue
            if level not in codes[item[0]] or (only and level != only):
                raise CountsDiffer
            items[item].add(group, level, number)
            if not only:
                items[item].answered(group, number, at_launch)
        for item, places in layout.several.items():
            if number := counts.answers_by_ballot[places.start]:
                items[item].answered(group, number, at_launch)
    return items
