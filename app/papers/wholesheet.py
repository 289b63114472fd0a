"""The document of a sheet of the whole index: survey and appraisal joined, for other programs.

As a score sheet it is made once, kept, numbered and never changed. It holds the whole document of
the score sheet it is made of, to the byte, so that it can be recomputed from itself alone.
Reference: docs/scores.md and app/papers/whole.schema.json.
"""

import csv
import io
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.index import file as indexfile
from app.language import _, exact, rounded
from app.papers.export import Document, cells, digest
from app.scores import whole
from app.scores.whole import NOT_APPRAISED, Points, WholeUnit

FORMAT = "phieu.whole/1"


def document(number: int, survey: Document, appraised: Points) -> Document:
    """The document of whole sheet `number`, of a score sheet and appraised points."""
    index = indexfile.of_sheet(survey["index"]["content"])
    places = index.rules.decimals
    result: Document = {
        "format": FORMAT,
        "wave": survey["wave"],
        "sheet": number,
        "survey": {"sheet": survey["sheet"], "digest": survey["digest"], "content": survey},
        "units": [_unit(unit, places) for unit in whole.join(index, survey, appraised)],
    }
    return result | {"digest": digest(result)}


def points_of(document: Mapping[str, Any]) -> dict[tuple[str, str], Fraction]:
    """(unit, leaf) → the appraised points a document holds."""
    return {
        (unit["code"], leaf["code"]): Fraction(leaf["points"])
        for unit in document["units"]
        for leaf in unit["criteria"]
        if leaf["points"] is not None
    }


def to_csv(document: Mapping[str, Any]) -> bytes:
    """One row per unit, as `export.to_csv` has them: numbers with a point, nothing for none."""
    index = indexfile.of_sheet(document["survey"]["content"]["index"]["content"])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            *(_("Mã đơn vị"), _("Đơn vị"), _("Khối"), _("ĐTXHH"), _("Thẩm định")),
            *(_("Tổng điểm"), _("Điểm tối đa"), _("Tỷ lệ %"), _("Hạng"), _("Xếp loại")),
            _("Ghi chú"),
        ]
    )
    for row in document["units"]:
        unit = index.unit_of[row["code"]]
        who = (unit.code, unit.name, index.block_of[unit.block].name)
        keys = ("survey", "appraised", "points", "max_points", "percent", "rank", "class")
        writer.writerow(cells(*who, *(row[key] for key in keys), why(row)))
    return out.getvalue().encode("utf-8-sig")


def why(row: Mapping[str, Any]) -> str:
    """Why a unit has no whole result; "" where it has one."""
    if row["reason"] is None:
        return ""
    if row["reason"] == NOT_APPRAISED:
        words = _("Chưa có điểm thẩm định của tiêu chí {codes}")
        return words.format(codes=", ".join(row["missing"]))
    return _("Không có tiêu chí điều tra nào tính được điểm")


def _unit(unit: WholeUnit, places: int) -> Document:
    return {
        "code": unit.code,
        "survey": _padded(unit.survey.points, places),
        "appraised": _padded(unit.appraised, places),
        "max_appraised": exact(unit.max_appraised),
        "points": _padded(unit.points, places),
        "max_points": None if unit.max_points is None else exact(unit.max_points),
        "percent": _padded(unit.percent, places),
        "rank": unit.rank,
        "class": unit.class_label,
        "exact_points": None if unit.points is None else str(unit.points),
        "exact_percent": None if unit.percent is None else str(unit.percent),
        "reason": unit.reason,
        "missing": list(unit.missing),
        "criteria": [
            {
                "code": leaf.code,
                "points": None if leaf.points is None else exact(leaf.points),
                "max_points": exact(leaf.max_points),
            }
            for leaf in unit.leaves
        ],
    }


def _padded(value: Fraction | None, places: int) -> str | None:
    return None if value is None else rounded(value, places)
