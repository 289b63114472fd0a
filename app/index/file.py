"""The index file: parse, validate, canonical form and digest.

Pure: no I/O, no clock. `parse` turns the text of an index file into an `Index` or raises
`IndexFault` with every fault and its place; afterwards everything in the `Index` can be trusted.
Format and checks: docs/index-file.md.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import rfc8785

from app.index import checks, sums
from app.index.definition import Index
from app.index.entries import FORMAT, read_index
from app.index.faults import Fault, Faults, IndexFault
from app.index.parts import Block, Question
from app.index.tables import Table
from app.index.toml import load
from app.index.warnings import warnings
from app.language import _

__all__ = ["Fault", "IndexFault", "canonical", "digest", "of_sheet", "parse", "read", "warnings"]


def parse(text: str | bytes) -> Index:
    """The index of a TOML text. Raises `IndexFault`."""
    return read(load(text))


def read(raw: Mapping[str, object]) -> Index:
    """The index of parsed TOML, or of the canonical content of an export. Raises `IndexFault`."""
    if not isinstance(raw, Mapping):
        raise IndexFault([Fault(_("Tệp"), _("không phải là một bộ chỉ số gồm các mục."))])
    faults = Faults()
    index, places = read_index(Table(raw, "", faults))
    checks.check(index, places, faults)
    sums.check(index, places, faults)
    if faults.found:
        raise IndexFault(faults.found)
    return index


def of_sheet(content: Mapping[str, object]) -> Index:
    """The same of the content that stands in a sheet; alike contents are read once in a process.
    Raises `IndexFault`."""
    return _of_sheet(json.dumps(content, ensure_ascii=False))


@lru_cache(16)
def _of_sheet(content: str) -> Index:
    return read(json.loads(content))


def canonical(index: Index) -> dict[str, Any]:
    """The canonical content: numbers as reduced fractions, defaults filled in, file order.

    `read(canonical(index)) == index`.
    """
    plain: dict[str, Any] = _plain(index)
    lists = {key: value for key, value in plain.items() if isinstance(value, list | dict)}
    head = {key: value for key, value in plain.items() if key not in lists}
    return {"format": str(FORMAT), "index": head, **lists}


def digest(index: Index) -> str:
    """ "sha256:" and the SHA-256 of the canonical content as RFC 8785 JSON, in hex."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(canonical(index))).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | Fraction):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    kind = _kind(value)
    plain: dict[str, Any] = {"kind": kind} if kind else {}
    return plain | {
        "from" if field.name == "from_percent" else field.name: _plain(item)
        for field in dataclasses.fields(value)
        if (item := getattr(value, field.name)) is not None
        # The first format had no classes of a block: files without keep their digest.
        and not (isinstance(value, Block) and field.name == "classes" and not item)
    }


def _kind(value: object) -> str | None:
    if not isinstance(value, Question) or value.is_scored:
        return None
    return "comment" if value.is_comment else "choice"
