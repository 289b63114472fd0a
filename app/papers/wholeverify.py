"""Recompute an exported JSON file of either kind from the file alone: a score sheet, or a sheet of
the whole index with the score sheet in it.

Pure, as `verify` is. Nobody is trusted to send a sound file.
"""

import re
from fractions import Fraction

from app.index import file as indexfile
from app.index.appraised import leaves_of
from app.index.definition import Index
from app.index.parts import Criterion
from app.language import _, points
from app.papers import export, verify, wholesheet
from app.papers.differences import ABSENT, compare
from app.papers.differences import Differs as Differs
from app.papers.export import Document
from app.papers.verify import NotScores as NotScores
from app.papers.verify import Verified, entries, number_of, parsed

# A finite decimal as the program writes it, of no more digits than an import takes.
POINTS = re.compile(r"(0|[1-9][0-9]{0,29})(\.[0-9]{0,29}[1-9])?")


def verify_file(data: bytes) -> Verified:
    """Check a JSON file. Raises `NotScores`, or `Differs` at the first difference."""
    found = parsed(data, (export.FORMAT, wholesheet.FORMAT))
    if found["format"] == export.FORMAT:
        return verify.recomputed(found)
    return _whole(found)


def in_words(known: Verified) -> str:
    """What was found in order."""
    if known.survey is None:
        words = _("Đúng: {wave}, bảng điểm số {sheet}, {units} đơn vị. Mã kiểm tra {digest}")
        return words.format(
            wave=known.wave, sheet=known.sheet, units=known.units, digest=known.digest
        )
    return _(
        "Đúng: {wave}, bảng điểm cả bộ chỉ số số {sheet}, lập từ bảng điểm điều tra số {survey},"
        " {units} đơn vị. Mã kiểm tra {digest}"
    ).format(
        wave=known.wave,
        sheet=known.sheet,
        survey=known.survey,
        units=known.units,
        digest=known.digest,
    )


def _whole(found: Document) -> Verified:
    survey = found.get("survey", ABSENT)
    content = survey.get("content") if isinstance(survey, dict) else None
    if not isinstance(content, dict) or content.get("format") != export.FORMAT:
        raise NotScores(_("{place}: thiếu hoặc không đúng kiểu.").format(place="survey.content"))
    try:
        known = verify.recomputed(content)
    except Differs as differs:
        raise differs.within("survey.content") from differs
    number = number_of(found.get("sheet", ABSENT), "sheet")
    if number == 0:
        raise NotScores(_("{place}: thiếu hoặc không đúng kiểu.").format(place="sheet"))
    index = indexfile.read(content["index"]["content"])
    computed = wholesheet.document(number, content, _appraised(found, index))
    compare(found, computed, "")
    return Verified(known.wave, number, known.units, computed["digest"], survey=known.sheet)


def _appraised(found: Document, index: Index) -> dict[tuple[str, str], Fraction]:
    """The appraised points to compute from, at the places where the index puts them."""
    result: dict[tuple[str, str], Fraction] = {}
    for unit, row in entries(found, "units", index.units, ""):
        place = f"units[{unit.code}]"
        for leaf, of_leaf in entries(row, "criteria", leaves_of(index, unit), place):
            stated = of_leaf.get("points", ABSENT)
            if stated is not None:
                given = _points(stated, leaf, f"{place}.criteria[{leaf.code}].points")
                result[unit.code, leaf.code] = given
    return result


def _points(value: object, leaf: Criterion, place: str) -> Fraction:
    most = leaf.max_points or Fraction(0)
    if isinstance(value, str) and POINTS.fullmatch(value) and Fraction(value) <= most:
        return Fraction(value)
    raise Differs(place, value, _("số từ 0 đến {most}").format(most=points(most)))
