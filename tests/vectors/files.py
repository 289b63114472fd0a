"""The files of docs/vectors/, as they must be."""

import hashlib
import json
from pathlib import Path
from typing import Any

import rfc8785

from app.papers.export import Document, to_json
from app.scores.scoring import cells
from tests.making.sheets import levels, make_index
from tests.vectors import changes, steps, wave

FOLDER = Path(__file__).parents[2] / "docs" / "vectors"
GROUP_CODES = ("a", "b", "c", "d")


def made() -> dict[str, bytes]:
    """Every file by its name."""
    pooled, groups = wave.sheet(wave.POOLED), wave.sheet(wave.GROUPS)
    return {
        "office-pooled.json": to_json(pooled),
        "office-pooled.steps.json": _written(_steps(pooled)),
        "office-groups.json": to_json(groups),
        "office-groups.steps.json": _written(_steps(groups)),
        "whole.json": to_json(wave.whole()),
        "changes.json": _lines(changes.made(pooled)),
        "cells.json": _lines(_cells()),
        "receipts.json": _written({"receipts": wave.receipts(), "digest": pooled["receipts"]}),
    }


def _steps(sheet: Document) -> Document:
    content = {key: value for key, value in sheet.items() if key != "digest"}
    return {
        "index": _canonical(sheet["index"]["content"]),
        "document": _canonical(content),
        "units": steps.units(sheet),
    }


def _canonical(value: Any) -> Document:
    data = rfc8785.dumps(value)
    return {"canonical_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _cells() -> list[Document]:
    """Rule 0: answers of each group (issued at the launch, and later) and the cells they make."""
    index = make_index(groups=tuple({"code": code} for code in GROUP_CODES))
    cases: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
        ((9, 8, 7, 6), ()),
        ((9, 0, 7, 6), ()),
        ((9, 2, 7, 3), ()),
        ((9, 2, 7, 0), ()),
        ((7, 7, 9, 4), ()),
        ((4, 0, 0, 0), ()),
        ((2, 2, 0, 1), ()),
        ((0, 0, 0, 0), ()),
        ((9, 2, 7, 0), (0, 30, 0, 0)),
        ((4, 0, 0, 0), (30, 0, 0, 0)),
    ]
    return [_cell(index, at_launch, later or (0, 0, 0, 0)) for at_launch, later in cases]


def _cell(index: Any, at_launch: tuple[int, ...], later: tuple[int, ...]) -> Document:
    sizes = dict(zip(GROUP_CODES, at_launch, strict=True))
    both = {code: levels(sizes[code] + more) for code, more in zip(GROUP_CODES, later, strict=True)}
    found = cells(index, index.question_of["q1"], both, sizes)
    return {
        "min_ballots": index.rules.min_ballots,
        "at_launch": sizes,
        "later": dict(zip(GROUP_CODES, later, strict=True)),
        "cells": None if found is None else {cell: said["A"] for cell, said in found.items()},
    }


def _written(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _lines(entries: list[Document]) -> bytes:
    """One entry on a line, to be read and counted."""
    lines = ",\n".join(" " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f"[\n{lines}\n]\n".encode()
