"""The sheets of a score sheet that go to its units: one Word file of all, or a file for each.

The same sheets give the same bytes.
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.papers import export, verifier, word
from app.papers.wordlook import BEGINNING
from app.scores import unitsheet
from app.scores.course import Course
from app.scores.results import Results
from app.scores.wholeresults import Whole
from app.years.year import Earlier

Document = Mapping[str, Any]
SHEET = "bang-diem.json"


def together(
    document: Document,
    earlier: Earlier | None,
    course: Course,
    unit: str | None = None,
    whole: Whole | None = None,
) -> bytes:
    """One Word file of all units in the order of the index, or of one of them. `whole` is the whole
    index made of this very document, if there is any."""
    results = Results(document, earlier)
    codes = [unit] if unit else list(results.units)
    papers = [unitsheet.paper(results, code, course, whole) for code in codes]
    return word.of_several(papers, _at(document))


def apart(
    document: Document, earlier: Earlier | None, course: Course, whole: Whole | None = None
) -> bytes:
    """A ZIP file with a Word file for each unit, named by its place and code; the score sheet goes
    along, with the page on which anybody recomputes it."""
    results, out = Results(document, earlier), io.BytesIO()
    digits = len(str(len(results.units)))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for number, code in enumerate(results.units, start=1):
            paper = unitsheet.paper(results, code, course, whole)
            data = word.to_docx(paper, _at(document))
            _put(target, f"{number:0{digits}}-{code}.docx", data)
        _put(target, SHEET, export.to_json(dict(document)))
        _put(target, verifier.NAME, verifier.page())
    return out.getvalue()


def _put(target: zipfile.ZipFile, name: str, data: bytes) -> None:
    target.writestr(zipfile.ZipInfo(name, BEGINNING), data, zipfile.ZIP_DEFLATED)


def _at(document: Document) -> datetime:
    return datetime.fromisoformat(document["closed_at"])
