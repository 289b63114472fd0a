"""The files for analysts in one ZIP file, described by datapackage.json (Frictionless)."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.index import file as indexfile
from app.index.definition import Index
from app.language import _
from app.papers.analysts import codebook, syntax, tally
from app.papers.analysts.codes import Codes
from app.papers.analysts.tally import Column
from app.papers.export import FORMULA_SIGNS
from app.papers.wordlook import BEGINNING

# Words of an index; all else is codes and numbers.
WORDED = ("label", "level_label")


def to_zip(document: Mapping[str, Any]) -> bytes:
    """All files of a document."""
    index = indexfile.read(document["index"]["content"])
    counted = list(tally.rows(index, document, codes := Codes(index, document["wave"])))
    known = list(codebook.rows(index, document, codes))
    labels = syntax.labels_of(known)
    files = {
        syntax.FILE: _csv(tally.COLUMNS, counted),
        "so-tay-ma.csv": _csv(codebook.FIELDS, known),
        "phieu.sps": syntax.spss(codebook.told(codes), counted, labels),
        "phieu.R": syntax.r(labels),
        "datapackage.json": _described(index, document, codes),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in files.items():
            target.writestr(zipfile.ZipInfo(name, BEGINNING), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _csv(columns: Sequence[Column], rows: Iterable[tuple[str, ...]]) -> bytes:
    """UTF-8 without a mark, which R would take for a part of the first heading."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [column.name for column in columns]
    writer.writerow(names)
    worded = [name in WORDED for name in names]
    for row in rows:
        writer.writerow(
            # A spreadsheet would run a text that begins like a formula.
            f"'{value}" if words and value.startswith(FORMULA_SIGNS) else value
            for value, words in zip(row, worded, strict=True)
        )
    return out.getvalue().encode()


def _described(index: Index, document: Mapping[str, Any], codes: Codes) -> bytes:
    fields = ((syntax.FILE, codebook.told(codes)), ("so-tay-ma.csv", codebook.FIELDS))
    found = {
        "profile": "tabular-data-package",
        "name": document["wave"].lower(),
        "title": _("Bảng kiểm phiếu: {name}").format(name=index.name),
        "version": str(document["sheet"]),
        "description": _(
            "Số phiếu theo câu hỏi, đơn vị, nhóm và mức trả lời. Không có số liệu nào chi tiết hơn;"
            " dưới {number} phiếu thì không công bố. Mã kiểm tra bảng điểm: {digest}"
        ).format(number=index.rules.min_ballots, digest=document["digest"]),
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": path.removesuffix(".csv"),
                "path": path,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [
                        {"name": each.name, "type": each.kind, "description": each.words}
                        for each in columns
                    ],
                    "missingValues": [""],
                },
            }
            for path, columns in fields
        ],
    }
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()
