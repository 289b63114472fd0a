"""Every number between the counts of a score sheet and its ranks, for docs/vectors/.

Straight sums over the document as it stands, by no code of the program: that they end at its
numbers is asserted.
"""

from fractions import Fraction
from typing import Any

Document = dict[str, Any]
Sums = tuple[Fraction, Fraction]


def units(sheet: Document) -> list[Document]:
    """The steps of each unit, numbers as reduced fractions, null for what is undefined."""
    content = sheet["index"]["content"]
    return [_unit(content, unit) for unit in sheet["units"]]


def _unit(content: Document, unit: Document) -> Document:
    maxima = {leaf["code"]: Fraction(leaf.get("max_points", "0")) for leaf in content["criteria"]}
    leaves = [_leaf(content, leaf) for leaf in unit["criteria"]]
    having = [leaf for leaf in leaves if leaf["ratio"] is not None]
    surveyed = any("questions" in leaf for leaf in having)
    points = sum((Fraction(leaf["ratio"]) * maxima[leaf["code"]] for leaf in having), Fraction(0))
    most = sum((maxima[leaf["code"]] for leaf in having), Fraction(0))
    percent = 100 * points / most if surveyed and most else None
    for leaf in leaves:
        worth = Fraction(leaf["ratio"] or 0) * maxima[leaf["code"]]
        leaf["points"] = str(worth) if surveyed and leaf["ratio"] is not None else None
    for leaf, stated in zip(leaves, unit["criteria"], strict=True):
        assert leaf["points"] == stated["exact"]
    assert _text(percent) == unit["exact_percent"]
    scaled = (
        None if percent is None else percent * Fraction(content["index"]["survey_points"]) / 100
    )
    return {
        "code": unit["code"],
        "criteria": leaves,
        "points": str(points) if surveyed else None,
        "max_points": str(most) if surveyed else None,
        "percent": _text(percent),
        "scaled": _text(scaled),
        "rank": unit["rank"],
        "class": unit["class"],
    }


def _leaf(content: Document, leaf: Document) -> Document:
    if "percent" in leaf:
        percent = leaf["percent"]
        return {"code": leaf["code"], "ratio": percent and str(Fraction(percent) / 100)}
    weights = {each["code"]: Fraction(each.get("weight", "0")) for each in content["questions"]}
    questions = [_question(content, each) for each in leaf["questions"]]
    parts = [(weights[each["code"]], each["ratio"]) for each in questions]
    return {"code": leaf["code"], "questions": questions, "ratio": _text(_mean(parts))}


def _question(content: Document, stated: Document) -> Document:
    question = next(each for each in content["questions"] if each["code"] == stated["code"])
    scale = next(each for each in content["scales"] if each["code"] == question["scale"])
    weights = {level["code"]: Fraction(level["weight"]) for level in scale["levels"]}
    if content["rules"]["no_opinion"] == "zero":
        weights["-"] = Fraction(0)
    sums = {cell: _sums(weights, said) for cell, said in (stated["counts"] or {}).items()}
    shares = {each["code"]: Fraction(each["weight"]) for each in content["groups"]}
    if content["rules"]["weighting"] == "pooled":
        ratio = _divided(*(sum(each, Fraction(0)) for each in zip(*sums.values(), strict=True)))
    else:
        groups = {cell: sum(map(shares.__getitem__, cell.split("+")), Fraction(0)) for cell in sums}
        ratio = _mean([(groups[cell], _text(_divided(*each))) for cell, each in sums.items()])
    return {
        "code": stated["code"],
        "cells": [
            {
                "cell": cell,
                "worth": str(worth),
                "divided": int(divided),
                "ratio": _text(_divided(worth, divided)),
            }
            for cell, (worth, divided) in sums.items()
        ],
        "ratio": _text(ratio),
    }


def _sums(weights: dict[str, Fraction], said: dict[str, int]) -> Sums:
    worth = sum((weight * said[level] for level, weight in weights.items()), Fraction(0))
    return worth, Fraction(sum(said[level] for level in weights))


def _divided(worth: Fraction = Fraction(0), divided: Fraction = Fraction(0)) -> Fraction | None:
    return worth / divided if divided else None


def _mean(parts: list[tuple[Fraction, str | None]]) -> Fraction | None:
    known = [(weight, Fraction(ratio)) for weight, ratio in parts if ratio is not None]
    worth = sum((weight * ratio for weight, ratio in known), Fraction(0))
    return _divided(worth, sum((weight for weight, _ratio in known), Fraction(0)))


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
