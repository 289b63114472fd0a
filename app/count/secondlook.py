"""The second look at an open urn: how sure the percents are, and who knows one level only. Pure.

How much an answer counts is known only once all are added up, and no ballot is kept meanwhile; so
the counted rows are opened once more, in the same opening (`adding`). What comes of it are sums in
memory, and of these nothing leaves but what `app.precision.kept` has.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from operator import getitem, itemgetter

from app.count.masks import Kind
from app.index.definition import Index
from app.keys.urn import BLANK, Layout
from app.precision import levels as onelevel
from app.precision import linear
from app.precision.kept import Precision, UnitError, unit_error
from app.precision.variance import PARTS, Sample, Spread, spread
from app.scores import scoring

# More is no rounding of the parts.
OFF = PARTS >> 20


@dataclass(frozen=True)
class _About:
    """How a group's answers about a unit are read from a ballot: their bytes, and for each what a
    level adds to z."""

    unit: str
    read: Callable[[bytes], Sequence[int]]
    effects: tuple[Mapping[int, int], ...]
    sample: Sample


@dataclass
class _Sums:
    """Per group, of one unit or of two neighbours."""

    samples: dict[str, Sample] = field(default_factory=dict)
    issued: dict[str, int] = field(default_factory=dict)

    def of(self, group: str) -> Sample:
        return self.samples.setdefault(group, Sample())

    def add(self, samples: Mapping[str, Sample]) -> None:
        for group, sample in samples.items():
            self.of(group).join(sample)


class SecondLook:
    """Filled ballot by ballot; `external` tells who is ranked beside whom."""

    def __init__(
        self,
        index: Index,
        layout: Layout,
        tally: scoring.Tally,
        external: Mapping[tuple[str, str], Fraction],
        asked: Sequence[Kind],
    ) -> None:
        self.index, self.asked = index, asked
        self._place = {item: place for place, item in enumerate(layout.items)}
        self.ballots = 0
        self._effects = _in_parts(index, tally)
        self._units = {code: _Sums() for code in self._effects}
        ranked = scoring.score(index, tally, external)
        self._pairs = {
            pair: _Sums() for pair in _neighbours(index, ranked) if set(pair) <= set(self._units)
        }
        self._looked = {group.code: onelevel.Looked() for group in index.groups}
        self._read: dict[tuple[str, str], _About | None] = {}
        self._plans = [self._plan(each) for each in asked]
        for each, plan in zip(asked, self._plans, strict=True):
            about = {one.unit for one in plan[0]}
            sums = [self._units[unit] for unit in about]
            for sum_ in (*sums, *(self._pairs[pair] for pair in self._pairs if about & set(pair))):
                sum_.issued[each.group] = sum_.issued.get(each.group, 0) + each.issued

    def add(self, place: int, levels: bytes) -> None:
        """One counted ballot, by its place in `asked`."""
        asked = self.asked[place]
        about, pairs = self._plans[place]
        found: dict[str, int] = {}
        for each in about:
            said = each.read(levels)
            if any(said):
                found[each.unit] = z = sum(map(getitem, each.effects, said))
                each.sample.add(z, asked.at_launch)
        for upper, lower, sample in pairs:
            if upper in found or lower in found:
                sample.add(found.get(upper, 0) - found.get(lower, 0), asked.at_launch)
        if asked.at_launch:
            self._looked[asked.group].add(levels)
        self.ballots += 1

    def join(self, other: "SecondLook") -> None:
        """Take what the same look at other ballots has found."""
        self.ballots += other.ballots
        for unit, sums in other._units.items():
            self._units[unit].add(sums.samples)
        for pair, sums in other._pairs.items():
            self._pairs[pair].add(sums.samples)
        for group, looked in other._looked.items():
            self._looked[group].join(looked)

    @property
    def adds_up(self) -> bool:
        """Whether what was seen is what was counted: z of all ballots is 0, but for rounding."""
        return all(
            abs(sum(sample.first for sample in sums.samples.values())) <= OFF
            for sums in self._units.values()
        )

    def precision(self) -> Precision:
        """What is kept of it."""
        below = {
            upper: (lower, self.spread_of(sums)) for (upper, lower), sums in self._pairs.items()
        }
        units: dict[str, UnitError] = {}
        for code, own in self.spreads().items():
            if own is not None:
                units[code] = unit_error(own, *below.get(code, ("", None)))
        codes = [group.code for group in self.index.groups]
        return Precision(units, onelevel.shares(codes, self._looked))

    def spreads(self) -> dict[str, Spread | None]:
        """The exact spread of each unit that has data."""
        return {code: self.spread_of(sums) for code, sums in self._units.items()}

    def spread_of(self, sums: _Sums) -> Spread | None:
        groups = [group.code for group in self.index.groups]
        return spread(groups, sums.samples, sums.issued, self.index.rules.min_ballots)

    def _plan(self, asked: Kind) -> tuple[list[_About], list[tuple[str, str, Sample]]]:
        about = [
            found
            for unit in asked.units
            if unit in self._units and (found := self._about(asked.group, unit)) is not None
        ]
        rated = {each.unit for each in about}
        pairs = [
            (*pair, sums.of(asked.group)) for pair, sums in self._pairs.items() if rated & set(pair)
        ]
        return about, pairs

    def _about(self, group: str, unit: str) -> _About | None:
        """How to read what a group says of a unit; None where it is asked nothing about it."""
        key = (group, unit)
        if key not in self._read:
            self._read[key] = self._reader(group, unit)
        return self._read[key]

    def _reader(self, group: str, unit: str) -> _About | None:
        questions = [
            question
            for question in self.index.scored_questions
            if group in question.groups and (question.code, unit) in self._place
        ]
        places = [self._place[question.code, unit] for question in questions]
        if not places:
            return None
        of_group = self._effects[unit].get(group, {})
        none = {
            question.code: dict.fromkeys(
                (BLANK, *(ord(code) for code in scoring.level_codes(self.index, question))), 0
            )
            for question in questions
        }
        effects = tuple(none[each.code] | of_group.get(each.code, {}) for each in questions)
        return _About(unit, _reading(places), effects, self._units[unit].of(group))


def _reading(places: Sequence[int]) -> Callable[[bytes], Sequence[int]]:
    """The bytes at some places of a ballot."""
    if len(places) == 1:
        (place,) = places
        return itemgetter(slice(place, place + 1))
    return itemgetter(*places)


def _in_parts(
    index: Index, tally: scoring.Tally
) -> dict[str, dict[str, dict[str, dict[int, int]]]]:
    """Unit → group → question → level as a byte → what it adds to z, of the units that ballots
    enough rate."""
    made: dict[str, dict[str, dict[str, dict[int, int]]]] = {}
    for unit in index.units:
        found = linear.effects(index, unit.code, tally.counts)
        if found is not None and tally.ballots.get(unit.code) is not None:
            made[unit.code] = {
                group: {
                    question: {ord(level): round(PARTS * each) for level, each in levels.items()}
                    for question, levels in questions.items()
                }
                for group, questions in found.items()
            }
    return made


def _neighbours(index: Index, sheet: scoring.ScoreSheet) -> Iterable[tuple[str, str]]:
    """Units that stand one above the other in a ranking."""
    tables: dict[str, list[scoring.UnitScore]] = {}
    for unit in sheet.units:
        if unit.rank is not None:
            one = index.rules.ranking == "one-list"
            tables.setdefault("" if one else index.unit_of[unit.code].block, []).append(unit)
    for units in tables.values():
        units.sort(key=lambda unit: unit.rank or 0)
        yield from pairwise(unit.code for unit in units)
