"""Made-up ballots of a random wave, and the second look at them without an urn."""

import random
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.count.adding import Kind
from app.count.secondlook import SecondLook
from app.index.definition import Index
from app.keys.urn import Layout
from app.scores.scoring import Tally, cells
from tests.making.sheets import make_index


@dataclass(frozen=True)
class Said:
    """A counted ballot: a byte of `Layout.items` for each answer, 0 for none."""

    kind: int
    levels: bytes


@dataclass(frozen=True)
class Ballots:
    """Counted ballots of some kinds, of which so many were issued."""

    index: Index
    kinds: tuple[Kind, ...]
    said: tuple[Said, ...]

    @property
    def layout(self) -> Layout:
        return Layout(self.index)

    def asked(self, group: str, unit: str) -> bool:
        return any(
            group in self.index.question_of[question].groups and about == unit
            for question, about in self.layout.items
        )

    def tally(self) -> Tally:
        items = self.layout.items
        given: dict[tuple[str, str], dict[str, Counter[str]]] = {item: {} for item in items}
        sizes: dict[tuple[str, str], Counter[str]] = {item: Counter() for item in items}
        rating: dict[str, Counter[bool]] = {unit.code: Counter() for unit in self.index.units}
        for ballot in self.said:
            kind = self.kinds[ballot.kind]
            rated = set()
            for item, byte in zip(items, ballot.levels, strict=True):
                if byte:
                    given[item].setdefault(kind.group, Counter())[chr(byte)] += 1
                    sizes[item][kind.group] += kind.at_launch
                    rated |= {item[1]} if chr(byte) != "-" else set()
            for unit in rated:
                rating[unit][kind.at_launch] += 1
        few = self.index.rules.min_ballots
        return Tally(
            {
                item: cells(self.index, self.index.question_of[item[0]], by_group, sizes[item])
                for item, by_group in given.items()
            },
            {
                unit: sum(number.values()) if number[True] >= few else None
                for unit, number in rating.items()
            },
        )

    def look(self, external: dict[tuple[str, str], Fraction] | None = None) -> SecondLook:
        look = SecondLook(self.index, self.layout, self.tally(), external or {}, self.kinds)
        for ballot in self.said:
            look.add(ballot.kind, ballot.levels)
        return look


def random_ballots(seed: int) -> Ballots:
    """A small wave of its own: rules, leaves, questions, groups, who rates what, what they say."""
    dice = random.Random(seed)
    groups = tuple(
        {"code": f"g{place}", "weight": str(dice.choice((1, 2, "1/3")))}
        for place in range(dice.randint(1, 4))
    )
    leaves = tuple(
        {"code": f"1.{place}", "max_points": str(dice.choice((1, 2, "3/2")))}
        | ({"method": "external"} if place > 1 and dice.random() < 0.2 else {})
        for place in range(1, dice.randint(2, 5))
    )
    questions: list[dict[str, Any]] = [
        {
            "criterion": leaf["code"],
            "weight": str(dice.choice((1, 1, 3))),
            "groups": [g["code"] for g in groups if len(groups) == 1 or dice.random() < 0.8]
            or [groups[0]["code"]],
        }
        for leaf in leaves
        if "method" not in leaf
        for _each in range(dice.choice((1, 1, 2)))
    ]
    units = tuple({"code": f"u{place}"} for place in range(dice.randint(2, 4)))
    index = make_index(
        rules={
            "weighting": dice.choice(("pooled", "groups")),
            "no_opinion": dice.choice(("exclude", "zero")),
            "min_ballots": str(dice.choice((2, 5, 8))),
        },
        groups=groups,
        leaves=leaves,
        questions=tuple(questions),
        units=units,
    )
    layout = Layout(index)
    kinds: list[Kind] = []
    said: list[Said] = []
    for group in index.groups:
        for spared in (None, dice.choice(index.units).code):
            rated = tuple(unit.code for unit in index.units if unit.code != spared)
            for at_launch in (True, False) if dice.random() < 0.3 else (True,):
                counted = dice.choice((2, 4, 9, 15, 30)) if at_launch else dice.randint(1, 3)
                issued = counted + dice.choice((0, 3, 20))
                kinds.append(Kind(group.code, at_launch, 0, rated, issued))
                said += [_said(dice, layout, index, kinds, rated) for _each in range(counted)]
    return Ballots(index, tuple(kinds), tuple(said))


def _said(
    dice: random.Random, layout: Layout, index: Index, kinds: list[Kind], rated: tuple[str, ...]
) -> Said:
    mood, knows = dice.random(), {unit for unit in rated if dice.random() < 0.85}
    levels = bytearray(len(layout.items))
    for place, (question, unit) in enumerate(layout.items):
        if unit in knows and kinds[-1].group in index.question_of[question].groups:
            drawn = min(3, int(4 * (mood + dice.random()) / 2))
            levels[place] = dice.choice((ord("ABCD"[drawn]),) * 8 + (ord("-"), 0))
    return Said(len(kinds) - 1, bytes(levels))
