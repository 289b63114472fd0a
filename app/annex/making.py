"""An index out of an annex and what was told besides."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.annex.annex import Annex
from app.annex.asked import Units
from app.annex.tree import Node
from app.annex.usual import COMMENT, NAME
from app.index import file as indexfile
from app.index.definition import Index
from app.index.entries import FORMAT
from app.index.parts import Group, Scale
from app.language import _


@dataclass(frozen=True)
class Told:
    """What no annex says: how the index is called, who is rated, who rates, how they are asked."""

    code: str
    name: str
    year: int
    units: Units
    groups: tuple[Group, ...]
    scale: Scale
    pattern: str


def make(annex: Annex, told: Told) -> Index:
    """The index, with a question of every group for each surveyed leaf. Raises `IndexFault`; the
    annex must have no open question."""
    criteria: list[dict[str, Any]] = []
    surveyed: list[tuple[str, str]] = []
    for root in annex.tree.roots:
        if not root.children:  # a field is no leaf: its points stand on a criterion of its name
            _leaf(root, f"{root.code}.1", root.code, criteria, surveyed)
        for node in root.below():
            _node(node, criteria, surveyed)
    by_group = any(
        group.weight != told.groups[0].weight or group.weight != 1 for group in told.groups
    )
    return indexfile.read(
        {
            "format": FORMAT,
            "index": {
                "code": told.code,
                "name": told.name,
                "year": told.year,
                "max_points": str(annex.total),
                "survey_points": str(annex.surveyed),
            },
            "rules": {"weighting": "groups" if by_group else "pooled"},
            "blocks": [{"code": block.code, "name": block.name} for block in told.units.blocks],
            "units": [
                {"code": unit.code, "name": unit.name, "block": unit.block}
                for unit in told.units.units
            ],
            "components": [{"code": root.code, "name": root.name} for root in annex.tree.roots],
            "criteria": criteria,
            "scales": [_scale(told.scale)] if surveyed else [],
            "groups": [
                {
                    "code": group.code,
                    "name": group.name,
                    "weight": str(group.weight),
                    "rates": group.rates,
                }
                for group in told.groups
            ],
            "questions": list(_questions(surveyed, told)),
        }
    )


def _node(node: Node, criteria: list[dict[str, Any]], surveyed: list[tuple[str, str]]) -> None:
    above = node.parent.code if node.parent else ""
    if node.children:
        criteria.append({"code": node.code, "parent": above, "name": node.name})
    else:
        _leaf(node, node.code, above, criteria, surveyed)


def _leaf(
    node: Node,
    code: str,
    above: str,
    criteria: list[dict[str, Any]],
    surveyed: list[tuple[str, str]],
) -> None:
    entry: dict[str, Any] = {"code": code, "parent": above, "name": node.name}
    if node.method != "split":
        criteria.append(entry | {"max_points": str(node.points), "method": node.method})
        if node.method == "survey":
            surveyed.append((code, node.name))
        return
    criteria.append(entry)
    parts = (
        ("appraisal", "td", _("{name} (thẩm định)"), node.line.appraisal),
        ("survey", "dt", _("{name} (điều tra)"), node.line.survey),
    )
    for method, sign, name, points in parts:
        criteria.append(
            {
                "code": f"{code}.{sign}",
                "parent": code,
                "name": name.format(name=node.name),
                "max_points": str(points or Fraction(0)),
                "method": method,
            }
        )
    surveyed.append((f"{code}.dt", node.name))


def _scale(scale: Scale) -> dict[str, Any]:
    levels = [
        {"code": level.code, "label": level.label, "weight": str(level.worth)}
        for level in scale.levels
    ]
    return {"code": scale.code, "levels": levels, "no_opinion": scale.no_opinion}


def _questions(surveyed: list[tuple[str, str]], told: Told) -> Iterator[dict[str, Any]]:
    groups = [group.code for group in told.groups]
    for number, (criterion, name) in enumerate(surveyed, start=1):
        yield {
            "code": f"q{number:02}",
            "text": told.pattern.replace(NAME, in_sentence(name)),
            "criterion": criterion,
            "scale": told.scale.code,
            "groups": groups,
        }
    yield {"code": "q-gop-y", "text": COMMENT, "kind": "comment", "groups": groups}


def in_sentence(name: str) -> str:
    """A name as it stands inside a sentence: "Tính kịp thời" is tính kịp thời, CBCC stays."""
    bare = name.strip().rstrip(".;:,")
    first = bare.split()[:1]
    if bare.isupper():
        return bare.lower()
    return bare if first and first[0][1:2].isupper() else bare[:1].lower() + bare[1:]
