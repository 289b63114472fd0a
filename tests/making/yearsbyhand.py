"""A second computation of a comparison, from the two files alone and nothing of ours."""

import json
from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Any

from app.years.lineage import Lineage, Link

RULES = ["weighting", "no_opinion", "own_unit", "min_ballots", "ranking", "classes"]
Raw = dict[str, Any]
Codes = Collection[str]


class ByHand:
    """The comparison from two files, as CONTRACT tells it, list by list."""

    def __init__(self, now: Raw, then: Raw, lineage: Lineage) -> None:
        self.now, self.then, self.lineage = now, then, lineage
        self.index, self.before = now["index"]["content"], then["index"]["content"]
        self.leaf_of, self.old_leaf = leaves_of(self.index), leaves_of(self.before)
        self.block_of = {unit["code"]: unit["block"] for unit in self.index["units"]}
        self.old_block = {unit["code"]: unit["block"] for unit in self.before["units"]}
        self.old_rows = {unit["code"]: unit for unit in then["units"]}
        self.came = sources(lineage.units, list(self.block_of), list(self.old_block))
        self.came_leaf = sources(lineage.criteria, list(self.leaf_of), list(self.old_leaf))

    def document(self) -> Raw:
        used = {old for origin in self.came.values() for old in origin}
        rules, old_rules = self.index["rules"], self.before["rules"]
        return {
            "format": "phieu.compare/1",
            "wave": self.now["wave"],
            "earlier": self.then["wave"],
            "rules": [key for key in RULES if rules[key] != old_rules[key]],
            "units": self.units(),
            "gone": [code for code in self.old_block if code not in used],
            "blocks": [self.block(block["code"]) for block in self.index["blocks"]],
            "components": self.components(),
            "leaves": self.leaves(),
        }

    def here(self, block: str) -> list[Raw]:
        return [row for row in self.now["units"] if self.block_of[row["code"]] == block]

    def there(self, block: str) -> list[Raw]:
        return [row for row in self.then["units"] if self.old_block[row["code"]] == block]

    def units(self) -> list[Raw]:
        shown = []
        for row in self.now["units"]:
            code, origin = row["code"], self.came[row["code"]]
            percent = exact(row["exact_percent"])
            earlier = ratio(leaf for old in origin for leaf in self.old_rows[old]["criteria"])
            shown.append(
                {"code": code, "percent": text(percent), "earlier": text(earlier)}
                | {"change": text(less(percent, earlier)), "rank": row["rank"]}
                | {"earlier_rank": self.rank(code, origin), "status": self.status(code, origin)}
            )
        return shown

    def rank(self, code: str, origin: list[str]) -> Any:
        rankings = self.index["rules"]["ranking"], self.before["rules"]["ranking"]
        if len(origin) != 1 or rankings[0] != rankings[1]:
            return None
        same_block = self.block_of[code] == self.old_block[origin[0]]
        return self.old_rows[origin[0]]["rank"] if same_block or "blocks" not in rankings else None

    def status(self, code: str, origin: list[str]) -> str:
        if len(origin) != 1:
            return "merged" if origin else "new"
        if any(len(link.after) > 1 for link in self.lineage.units if code in link.after):
            return "split"
        return "same" if code == origin[0] else "renamed"

    def block(self, code: str) -> Raw:
        here = [row for row in self.units() if self.block_of[row["code"]] == code]
        known = {row["code"]: Fraction(row["percent"]) for row in here if row["percent"]}
        mean = average(known.values())
        past = average(exact(row["exact_percent"]) for row in self.there(code))
        signs = [Fraction(row["change"]) for row in here if row["change"] is not None]
        best, worst = max(known.values(), default=None), min(known.values(), default=None)
        return (
            {"code": code, "mean": text(mean), "earlier_mean": text(past)}
            | {"change": text(less(mean, past)), "rose": len([x for x in signs if x > 0])}
            | {"fell": len([x for x in signs if x < 0]), "even": signs.count(Fraction(0))}
            | {"first": [code for code in known if known[code] == best]}
            | {"last": [code for code in known if known[code] == worst]}
            | {"gap": text(less(best, worst))}
        )

    def means(self, block: str, codes: Codes, old_codes: Codes) -> Raw:
        mean = average(ratio(within(row, codes)) for row in self.here(block))
        past = average(ratio(within(row, old_codes)) for row in self.there(block))
        change = text(less(mean, past))
        return {"mean": text(mean), "earlier_mean": text(past), "change": change}

    def leaves(self) -> list[Raw]:
        return [
            {"code": code, "block": block["code"]}
            | self.means(block["code"], {code}, self.came_leaf[code])
            | {"status": self.leaf_status(code)}
            for code in self.leaf_of
            for block in self.index["blocks"]
            if any(within(row, {code}) for row in self.here(block["code"]))
        ]

    def leaf_status(self, code: str) -> str:
        origin, linked = self.came_leaf[code], self.lineage.criteria
        if not origin:
            return "new"
        if len(origin) > 1 or any(len(link.after) > 1 for link in linked if code in link.after):
            return "changed"
        leaf, old = self.leaf_of[code], self.old_leaf[origin[0]]
        if made(self.index, leaf) != made(self.before, old):
            return "changed"
        same = origin == [code] and root(self.index, leaf) == root(self.before, old)
        return "same" if same else "moved"

    def components(self) -> list[Raw]:
        found = []
        for component in (each["code"] for each in self.index["components"]):
            inside = {c for c, x in self.leaf_of.items() if root(self.index, x) == component}
            inside_old = {c for c, x in self.old_leaf.items() if root(self.before, x) == component}
            for block in (each["code"] for each in self.index["blocks"]):
                rows = [r for r in self.leaves() if r["block"] == block and r["code"] in inside]
                signs = [Fraction(row["change"]) for row in rows if row["change"] is not None]
                if rows:
                    found.append(
                        {"code": component, "block": block}
                        | self.means(block, inside, inside_old)
                        | {"criteria_rose": len([x for x in signs if x > 0])}
                        | {"criteria_compared": len(signs)}
                    )
        return found


def within(row: Raw, codes: Codes) -> list[Raw]:
    return [leaf for leaf in row["criteria"] if leaf["code"] in codes]


def sources(linked: tuple[Link, ...], now: list[str], then: list[str]) -> dict[str, list[str]]:
    found = {}
    for code in now:
        said = [link for link in linked if code in link.after]
        if said:
            found[code] = list(said[0].before)
        else:
            itself = code in then and not any(code in link.before for link in linked)
            found[code] = [code] if itself else []
    return found


def leaves_of(index: Raw) -> dict[str, Raw]:
    above = {each["parent"] for each in index["criteria"]}
    return {each["code"]: each for each in index["criteria"] if each["code"] not in above}


def root(index: Raw, leaf: Raw) -> str:
    by_code = {each["code"]: each for each in index["criteria"]}
    while leaf["parent"] in by_code:
        leaf = by_code[leaf["parent"]]
    return str(leaf["parent"])


def made(index: Raw, leaf: Raw) -> Any:
    scales = {scale["code"]: scale["levels"] for scale in index["scales"]}
    asked = sorted(
        (q["text"], q["weight"], sorted(q["groups"]), json.dumps(scales[q["scale"]]))
        for q in index["questions"]
        if q.get("criterion") == leaf["code"]
    )
    return leaf["max_points"], leaf["method"], asked


def exact(value: str | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def less(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one - other


def average(values: Iterable[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def ratio(leaves: Iterable[Raw]) -> Fraction | None:
    known = [leaf for leaf in leaves if leaf["exact"] is not None]
    top = sum((Fraction(leaf["exact"]) for leaf in known), Fraction(0))
    below = sum((Fraction(leaf["max_points"]) for leaf in known), Fraction(0))
    return 100 * top / below if below else None
