"""A score sheet for other programs: one document, as JSON and as CSV.

The document is what a sheet is: it is made once, kept, and never changes; every file is a function
of it alone, so the same sheet always gives the same bytes. Reference: docs/scores.md and
app/papers/scores.schema.json. XLSX is in app/papers/scores.py, the words of the Word report in
app/scores/report.py; checking such a file in app/papers/verify.py.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, TypeAlias

import rfc8785

from app.index import file as indexfile
from app.index.definition import Index
from app.keys.inorder import InOrder
from app.language import HANOI, _, exact, rounded
from app.precision.kept import Precision
from app.precision.margins import Margins
from app.scores import figures
from app.scores.course import Course
from app.scores.scoring import Counts, LeafScore, ScoreSheet, UnitScore
from app.scores.wholeresults import Whole
from app.years.year import Earlier

FORMAT = "phieu.scores/1"
# Some programs read the wide signs of East Asia for the narrow ones.
FORMULA_SIGNS = (
    *"=+-@\t\r\n",
    *"\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}",
    *"\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}",
)

Document: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class WaveFacts:
    """What a sheet states about its wave. It cannot be recomputed from the counts."""

    code: str
    mode: str  # office | committee
    two_people: bool
    issued: int
    cast: int
    counted: int
    void: int
    foreign: int
    closed_at: datetime  # aware
    receipts: str  # receipts_digest() of the counted ones
    issued_later: int = 0  # of those issued, after the launch
    altered: int = 0  # of those issued, declared void: their row was altered, or is gone


def receipts_digest(hashes: Iterable[str]) -> str:
    """The digest of all counted receipts, from the SHA-256 hex digest of each, in any order."""
    found = hashlib.sha256()
    for place, each in enumerate(InOrder(32, map(bytes.fromhex, hashes))):
        found.update(("\n" if place else "").encode() + each.hex().encode())
    return f"sha256:{found.hexdigest()}"


def digest(document: Mapping[str, Any]) -> str:
    """The digest of a document, over RFC 8785 of all of it but `digest`.

    ValueError or RecursionError for what RFC 8785 cannot hold; `document()` never gives that.
    """
    content = {key: value for key, value in document.items() if key != "digest"}
    return _sha256(rfc8785.dumps(content))


def document(facts: WaveFacts, number: int, index: Index, sheet: ScoreSheet) -> Document:
    """The document of sheet `number` of a wave; keys and order as in docs/scores.md."""
    result: Document = {
        "format": FORMAT,
        "wave": facts.code,
        "sheet": number,
        "index": {"digest": indexfile.digest(index), "content": indexfile.canonical(index)},
        "mode": facts.mode,
        "two_people": facts.two_people,
        "issued": facts.issued,
        **_unless_none("issued_later", facts.issued_later),
        "cast": facts.cast,
        "counted": facts.counted,
        "void": facts.void,
        **_unless_none("altered", facts.altered),
        "foreign": facts.foreign,
        "closed_at": facts.closed_at.astimezone(HANOI).isoformat(timespec="seconds"),
        "receipts": facts.receipts,
        "units": [
            _unit(unit, index.rules.decimals) | _choices(index, sheet, unit.code)
            for unit in sheet.units
        ],
        **_choices(index, sheet, ""),
    }
    return result | {"digest": digest(result)}


def write(
    kind: str,
    document: Document,
    earlier: Earlier | None = None,
    course: Course | None = None,
    whole: Whole | None = None,
) -> bytes:
    """A document as json, csv, xlsx or docx; those for people look at an earlier sheet and at the
    whole index made of this one, the last two at the course of the wave, too."""
    if kind == "docx":
        return to_docx(document, earlier, course, whole)
    if kind == "xlsx":
        return to_xlsx(document, earlier, course, whole)
    return {"json": to_json, "csv": to_csv}[kind](document)


def to_json(document: Document) -> bytes:
    """UTF-8 with a readable indent and a line end."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def to_csv(document: Document) -> bytes:
    """One row per unit and leaf, and before them one for the unit, with an empty criterion.

    UTF-8 with a mark so that Excel sees the Vietnamese; numbers with a point, as in the document;
    an absent number is an empty cell, and its reason stands in the last one.
    """
    index = indexfile.of_sheet(document["index"]["content"])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            *(_("Mã đơn vị"), _("Đơn vị"), _("Khối"), _("Mã tiêu chí"), _("Tiêu chí")),
            *(_("Điểm"), _("Điểm tối đa"), _("Tỷ lệ %"), _("Điểm quy đổi")),
            *(_("Hạng"), _("Xếp loại"), _("Số phiếu"), _("Ghi chú")),
        ]
    )
    for row in document["units"]:
        unit = index.unit_of[row["code"]]
        who = (unit.code, unit.name, index.block_of[unit.block].name)
        points = (row["points"], row["max_points"], row["percent"], row["scaled"])
        note = _("Không có tiêu chí điều tra nào tính được điểm") if row["reason"] else ""
        writer.writerow(
            cells(*who, "", "", *points, row["rank"], row["class"], row["ballots"], note)
        )
        for leaf in row["criteria"]:
            what = (leaf["code"], index.criterion_of[leaf["code"]].name)
            note = figures.why_missing(leaf) if leaf["code"] in row["missing"] else ""
            points = (leaf["points"], leaf["max_points"], leaf.get("percent"), None)
            writer.writerow(cells(*who, *what, *points, None, None, None, note))
    return out.getvalue().encode("utf-8-sig")


def errors_to_csv(document: Document, precision: Precision | None) -> bytes:
    """A row for each unit: percent, standard error, limits of the 95 % interval; as `to_csv`."""
    index = indexfile.of_sheet(document["index"]["content"])
    margins, out = Margins(document, precision), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            *(_("Mã đơn vị"), _("Đơn vị"), _("Khối"), _("Hạng"), _("Tỷ lệ %")),
            *(_("Sai số chuẩn"), _("Sai số ±"), _("Từ"), _("Đến")),
        ]
    )
    for row in document["units"]:
        unit, margin = index.unit_of[row["code"]], margins.of(row["code"])
        numbers = (margin.error, margin.half, margin.low, margin.high) if margin else ()
        writer.writerow(
            cells(
                *(unit.code, unit.name, index.block_of[unit.block].name),
                *(row["rank"], row["percent"]),
                *(rounded(number, 2) for number in numbers),
            )
        )
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(
    document: Mapping[str, Any],
    earlier: Earlier | None = None,
    course: Course | None = None,
    whole: Whole | None = None,
) -> bytes:
    """The workbook of a document (app/papers/scores.py). Its library is read by whoever writes
    one; most who import this do not."""
    from app.papers import scores

    return scores.to_xlsx(document, earlier, course, whole)


def to_docx(
    document: Document,
    earlier: Earlier | None = None,
    course: Course | None = None,
    whole: Whole | None = None,
) -> bytes:
    """The Word report, for people: beside an earlier sheet, to which it tells the changes."""
    closed_at = datetime.fromisoformat(document["closed_at"])
    from app.papers import word
    from app.scores import report

    return word.to_docx(report.paper(document, earlier, course, whole), closed_at)


def cells(*values: str | int | None) -> list[str | int | None]:
    """A spreadsheet would run a text that begins like a formula, so it gets an apostrophe."""
    return [
        f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
        for value in values
    ]


def _unless_none(key: str, number: int) -> Document:
    """What a sheet of a wave without any has no word of, as before there was such a thing."""
    return {key: number} if number else {}


def _unit(unit: UnitScore, decimals: int) -> Document:
    return {
        "code": unit.code,
        "ballots": unit.ballots,
        "points": _padded(unit.points, decimals),
        "max_points": _shortest(unit.max_points),
        "percent": _padded(unit.percent, decimals),
        "scaled": _padded(unit.scaled, decimals),
        "rank": unit.rank,
        "class": unit.class_label,
        "exact_percent": _exact(unit.percent),
        "reason": unit.reason,
        "missing": list(unit.missing),
        "criteria": [_leaf(leaf, decimals) for leaf in unit.leaves],
    }


def _choices(index: Index, sheet: ScoreSheet, unit: str) -> Document:
    """What was said to the choice questions about a unit, or about none (""); no key at all where
    the index has none."""
    rows = [
        {
            "code": question.code,
            "answers": None if chosen is None else dict(chosen.answers),
            "counts": None if chosen is None else _counts(chosen.counts),
        }
        for question in index.choices_about("unit" if unit else "none")
        for chosen in [sheet.choices.get((question.code, unit))]
    ]
    return {"choices": rows} if rows else {}


def _counts(counts: Counts) -> Document:
    return {cell: dict(levels) for cell, levels in counts.items()}


def _leaf(leaf: LeafScore, decimals: int) -> Document:
    head: Document = {
        "code": leaf.code,
        "points": _padded(leaf.points, decimals),
        "max_points": _shortest(leaf.max_points),
        "exact": _exact(leaf.points),
    }
    if leaf.method == "external":
        return head | {"percent": _shortest(leaf.percent)}
    return head | {
        "questions": [
            {
                "code": question.code,
                "counts": None if question.counts is None else _counts(question.counts),
            }
            for question in leaf.questions
        ]
    }


def _padded(value: Fraction | None, decimals: int) -> str | None:
    return None if value is None else rounded(value, decimals)


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _shortest(value: Fraction | None) -> str | None:
    return None if value is None else exact(value)


def _sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
