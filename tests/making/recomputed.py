"""Points, percents, ranks and classes of a wave a second time, from the text of its index file and
single ballots. Nothing of it is the product's: it follows the rules of docs/scores.md by itself.
"""

import random
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

Item = tuple[str, str]  # question, unit


@dataclass(frozen=True)
class Ballot:
    """What one person said: a level, or "-", of each item; what was left blank is not there."""

    group: str
    levels: Mapping[Item, str]


class Sheet:
    """The numbers of a wave. `percents` are exact, None where a unit has no data."""

    def __init__(
        self, text: str, ballots: Iterable[Ballot], external: Mapping[Item, Fraction]
    ) -> None:
        self.raw = tomllib.loads(text, parse_float=Decimal)
        self.rules: dict[str, Any] = {
            "weighting": "pooled",
            "no_opinion": "exclude",
            "min_ballots": 5,
        }
        self.rules |= {"ranking": "blocks", "classes": []} | self.raw.get("rules", {})
        self.blocks = {block["code"]: block for block in self.raw["blocks"]}
        self.answers: dict[Item, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for ballot in ballots:
            for item, level in ballot.levels.items():
                self.answers[item][ballot.group].append(level)
        parents = {each["parent"] for each in self.raw["criteria"]}
        self.leaves = [
            each
            for each in self.raw["criteria"]
            if each["code"] not in parents and each["method"] != "appraisal"
        ]
        self.external = external
        self.points = {unit["code"]: self._points(unit) for unit in self.raw["units"]}
        self.percents = {unit: self._percent(found) for unit, found in self.points.items()}

    def leaves_of(self, unit: Mapping[str, Any]) -> list[dict[str, Any]]:
        spared = {*self.blocks[unit["block"]].get("not_applicable", ())}
        spared |= {*unit.get("not_applicable", ())}
        return [leaf for leaf in self.leaves if leaf["code"] not in spared]

    def cells(self, item: Item) -> list[tuple[Fraction, list[str]]] | None:
        """Rule 0: (weight, answers) of each cell."""
        least = self.rules["min_ballots"]
        cells = []
        few_weight, joined = Fraction(0), False
        few: list[str] = []
        for group in self.raw["groups"]:
            said = self.answers[item][group["code"]]
            weight = Fraction(str(group.get("weight", 1)))
            if not said:
                continue
            if len(said) < least:
                few_weight, few, joined = few_weight + weight, few + said, True
            else:
                cells.append((weight, said))
        if joined and len(few) < least:
            if not cells:
                return None
            smallest = min(range(len(cells)), key=lambda at: len(cells[at][1]))
            weight, said = cells.pop(smallest)
            few_weight, few = few_weight + weight, few + said
        if joined:
            cells.append((few_weight, few))
        return cells or None

    def _ratio(self, question: Mapping[str, Any], unit: str) -> Fraction | None:
        cells = self.cells((question["code"], unit))
        scale = next(each for each in self.raw["scales"] if each["code"] == question["scale"])
        worth = {level["code"]: Fraction(str(level["weight"])) for level in scale["levels"]}
        if self.rules["no_opinion"] == "zero":
            worth["-"] = Fraction(0)
        if cells is None:
            return None
        if self.rules["weighting"] == "pooled":
            cells = [(Fraction(1), [level for _weight, said in cells for level in said])]
        top = bottom = Fraction(0)
        for weight, said in cells:
            scored = [worth[level] for level in said if level in worth]
            if scored:
                top += weight * sum(scored) / len(scored)
                bottom += weight
        return top / bottom if bottom else None

    def _points(self, unit: Mapping[str, Any]) -> dict[str, tuple[Fraction, Fraction]] | None:
        """Leaf → (points, maximum) of those with data; None without any from the survey."""
        found, surveyed = {}, False
        for leaf in self.leaves_of(unit):
            maximum = Fraction(str(leaf["max_points"]))
            if leaf["method"] == "external":
                percent = self.external.get((unit["code"], leaf["code"]))
                ratio = None if percent is None else percent / 100
            else:
                ratio = self._of_questions(leaf["code"], unit["code"])
                surveyed = surveyed or ratio is not None
            if ratio is not None:
                found[leaf["code"]] = (maximum * ratio, maximum)
        return found if surveyed else None

    def _of_questions(self, leaf: str, unit: str) -> Fraction | None:
        top = bottom = Fraction(0)
        for question in self.raw["questions"]:
            if question.get("criterion") == leaf:
                ratio = self._ratio(question, unit)
                if ratio is not None:
                    weight = Fraction(str(question.get("weight", 1)))
                    top, bottom = top + weight * ratio, bottom + weight
        return top / bottom if bottom else None

    @staticmethod
    def _percent(found: Mapping[str, tuple[Fraction, Fraction]] | None) -> Fraction | None:
        if found is None:
            return None
        points = sum((points for points, _maximum in found.values()), Fraction(0))
        return 100 * points / sum((maximum for _points, maximum in found.values()), Fraction(0))

    def rank(self, code: str) -> int | None:
        block = {unit["code"]: unit["block"] for unit in self.raw["units"]}
        own = self.percents[code]
        if own is None:
            return None
        among = [
            percent
            for unit, percent in self.percents.items()
            if percent is not None
            and (self.rules["ranking"] == "one-list" or block[unit] == block[code])
        ]
        return 1 + sum(percent > own for percent in among)

    def label(self, code: str) -> str | None:
        own = self.percents[code]
        unit = next(unit for unit in self.raw["units"] if unit["code"] == code)
        classes = self.blocks[unit["block"]].get("classes") or self.rules["classes"]
        reached = [
            (Fraction(str(each["from"])), each["label"])
            for each in classes
            if own is not None and Fraction(str(each["from"])) <= own
        ]
        return max(reached)[1] if reached else None


def simulated(text: str, seed: str, each: int) -> tuple[list[Ballot], dict[Item, Fraction]]:
    """A wave of an index file: `each` ballots per group, of raters with units by the rules of their
    group, 8 to 12 where these are assigned; and the percents from elsewhere, some missing."""
    dice = random.Random(seed)
    raw = tomllib.loads(text, parse_float=Decimal)
    units = [unit["code"] for unit in raw["units"]]
    sheet = Sheet(text, (), {})
    asked = {
        unit["code"]: {leaf["code"] for leaf in sheet.leaves_of(unit)} for unit in raw["units"]
    }
    levels = {
        scale["code"]: [level["code"] for level in scale["levels"]] for scale in raw["scales"]
    }
    ballots = []
    for group in raw["groups"]:
        for _person in range(each):
            rated = {
                "all": units,
                "own": [dice.choice(units)],
                "assigned": dice.sample(units, min(len(units), dice.randint(8, 12))),
            }[group.get("rates", "all")]
            said = {}
            for question in raw["questions"]:
                if "criterion" not in question or group["code"] not in question["groups"]:
                    continue
                for unit in rated:
                    if question["criterion"] in asked[unit] and dice.random() > 0.04:
                        choices = [*levels[question["scale"]], "-"]
                        shares = [8, 5, 2, 1, 1][: len(choices) - 1]
                        said[question["code"], unit] = dice.choices(choices, [*shares, 1])[0]
            ballots.append(Ballot(group["code"], said))
    external = {
        (unit, leaf["code"]): Fraction(dice.randint(7000, 9600), 100)
        for unit in units
        for leaf in sheet.leaves
        if leaf["method"] == "external" and leaf["code"] in asked[unit] and dice.random() > 0.05
    }
    return ballots, external
