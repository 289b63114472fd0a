"""What an officer settled of an annex, kept as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

METHODS = ("survey", "appraisal", "external", "split")


@dataclass(frozen=True)
class Choices:
    """By line: its role, code, points, method. `sums` by line: "sum", or the line to correct.
    `rest` is the method of leaves of which the annex says nothing. `tables` are those to be read;
    empty: as found. `texts` are the fields of the form that are typed."""

    roles: Mapping[int, str] = field(default_factory=dict)
    codes: Mapping[int, str] = field(default_factory=dict)
    points: Mapping[int, str] = field(default_factory=dict)
    methods: Mapping[int, str] = field(default_factory=dict)
    sums: Mapping[int, str] = field(default_factory=dict)
    rest: str = ""
    tables: tuple[int, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


KINDS = ("roles", "codes", "points", "methods", "sums")


def packed(choices: Choices) -> dict[str, Any]:
    kept: dict[str, Any] = {
        kind: {str(line): value for line, value in getattr(choices, kind).items()} for kind in KINDS
    }
    return kept | {
        "rest": choices.rest,
        "tables": list(choices.tables),
        "texts": dict(choices.texts),
    }


def unpacked(kept: Mapping[str, Any]) -> Choices:
    of_lines = {
        kind: {int(line): str(value) for line, value in kept.get(kind, {}).items()}
        for kind in KINDS
    }
    return Choices(
        **of_lines,
        rest=kept.get("rest", ""),
        tables=tuple(kept.get("tables", ())),
        texts=dict(kept.get("texts", {})),
    )
