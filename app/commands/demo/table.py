"""The score table of the demo, from the document of a score sheet. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.index.definition import Index
from app.index.parts import Block
from app.language import decimal, exact
from app.scores import figures


@dataclass(frozen=True)
class Row:
    """A unit, its numbers written the Vietnamese way; `width` is the percent for a bar."""

    rank: int | None
    name: str
    percent: str
    width: str
    label: str
    points: str
    maximum: str
    ballots: str


@dataclass(frozen=True)
class BlockTable:
    code: str
    name: str
    notches: tuple[str, ...]  # where classes begin, in percent
    rows: tuple[Row, ...]


def tables(index: Index, document: Mapping[str, Any]) -> list[BlockTable]:
    """A table per block in the order of the index, its units by rank; without a rank last."""
    rows: dict[str, list[Row]] = {block.code: [] for block in index.blocks}
    for unit in sorted(document["units"], key=_place):
        rows[index.unit_of[unit["code"]].block].append(_row(index, unit))
    return [
        BlockTable(block.code, block.name, _notches(index, block), tuple(rows[block.code]))
        for block in index.blocks
        if rows[block.code]
    ]


def _notches(index: Index, block: Block) -> tuple[str, ...]:
    classes = block.classes or index.rules.classes
    return tuple(exact(one.from_percent) for one in classes if one.from_percent)


def _place(unit: Mapping[str, Any]) -> tuple[bool, int]:
    return unit["rank"] is None, unit["rank"] or 0


def _row(index: Index, unit: Mapping[str, Any]) -> Row:
    places = index.rules.decimals

    def shown(value: str | None) -> str:
        return "*" if value is None else decimal(value, places)

    return Row(
        rank=unit["rank"],
        name=index.unit_of[unit["code"]].name,
        percent=shown(unit["percent"]),
        width=unit["percent"] or "0",
        label=unit["class"] or "",
        points=shown(unit["points"]),
        maximum=(unit["max_points"] or "*").replace(".", ","),
        ballots=figures.ballots(unit["ballots"], index.rules.min_ballots),
    )
