"""Files with one thing changed, for docs/vectors/: where each differs first, by `verify`."""

import copy
import hashlib
from typing import Any

import rfc8785

from app.papers.differences import Differs
from app.papers.export import Document, digest, to_json
from app.papers.verify import NotScores
from app.papers.wholeverify import verify_file

Path = list[str | int]
Q4: Path = ["units", 0, "criteria", 3, "questions", 0, "counts"]
# What is changed, to what; whether the digests are made anew, so that they fit again.
CHANGES: list[tuple[Path, Any, bool]] = [
    (["digest"], "sha256:" + "0" * 64, False),
    (["units", 0, "rank"], 2, False),
    (["void"], 2, False),
    (["void"], 2, True),  # stated, not recomputable: right
    (["cast"], 49, True),
    (["counted"], 47, True),
    (["closed_at"], "2026-02-30T17:00:00+07:00", True),
    (["receipts"], "sha256:xyz", True),
    (["issued_later"], 0, True),
    (["extra"], 1, True),
    (["units", 0, "points"], "9.99", True),
    (["units", 0, "percent"], "50.0", True),
    (["units", 1, "scaled"], None, True),
    (["units", 2, "rank"], 3, True),
    (["units", 3, "class"], "Tốt", True),
    (["units", 3, "exact_percent"], "1/3", True),
    (["units", 4, "reason"], None, True),
    (["units", 4, "points"], "0.00", True),
    (["units", 1, "missing"], [], True),
    (["units", 0, "max_points"], "4.17", True),
    (["units", 0, "ballots"], 1, True),
    (["units", 0, "criteria", 1, "percent"], "83.640", True),
    (["units", 0, "criteria", 1, "percent"], "83.65", True),
    (["units", 0, "criteria", 2, "exact"], "2/4", True),
    ([*Q4, "hdnd", "A"], 8, True),
    ([*Q4, "hdnd", "A"], -1, True),
    ([*Q4, "hdnd", "A"], "7", True),
    ([*Q4, "hdnd", "-"], 2, True),
    ([*Q4, "hdnd"], {"A": 1, "B": 0, "C": 0, "D": 0, "-": 0}, True),
    ([*Q4, "xa+hdnd"], {"A": 9, "B": 0, "C": 0, "D": 0, "-": 0}, True),
    ([*Q4, "hdnd", "E"], 0, True),
    (Q4, None, True),
    (Q4, {}, True),
    (["choices", 0, "answers"], None, True),
    (["choices", 0, "counts", "xa", "1"], 16, True),
    (["units", 0, "choices", 0, "answers", "xa"], 49, True),
    (["index", "content", "scales", 0, "levels", 1, "weight"], "1/2", True),
    (["index", "content", "scales", 0, "levels", 1, "weight"], "0.6", True),
    (["index", "content", "rules", "min_ballots"], "7", True),
    (["index", "content", "criteria", 0, "max_points"], "2", True),
    (["index", "content", "units", 0, "block"], "la", True),
    (["index", "digest"], "sha256:" + "0" * 64, False),
]


def made(sheet: Document) -> list[Document]:
    return [_entry(sheet, path, to, signed) for path, to, signed in CHANGES]


def applied(sheet: Document, path: Path, to: Any, signed: bool) -> Document:
    other = copy.deepcopy(sheet)
    at: Any = other
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = to
    if signed:
        told = hashlib.sha256(rfc8785.dumps(other["index"]["content"])).hexdigest()
        other["index"]["digest"] = f"sha256:{told}"
        other["digest"] = digest(other)
    return other


def _entry(sheet: Document, path: Path, to: Any, signed: bool) -> Document:
    entry = {"path": path, "to": to, "signed": signed}
    try:
        verify_file(to_json(applied(sheet, path, to, signed)))
    except Differs as differs:
        return entry | {"verdict": "differs", "place": differs.place}
    except NotScores:
        return entry | {"verdict": "refused"}
    return entry | {"verdict": "right"}
