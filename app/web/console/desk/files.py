"""Files that the console hands out, and tables that it takes in: the question of hidden rows, and
what is said of what was read.
"""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.responses import Response

from app.language import _
from app.text.headings import Sheet, spans
from app.text.table import Fault

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ZIP = "application/zip"
SVG = "image/svg+xml"
HIDDEN = "dong-an"  # the field that settles hidden rows, and its id
LONGEST_WORD = 1_200  # a browser keeps a cookie of some 4,000 bytes


def download(data: bytes, name: str, kind: str = "application/octet-stream") -> Response:
    """A file to save under a name, whatever signs the name has."""
    plain = "".join(s if s.isascii() and (s.isalnum() or s in "-_.") else "_" for s in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(data, headers={"content-disposition": disposition}, media_type=kind)


def with_told(words: str, sheet: Sheet, warnings: Sequence[Fault]) -> str:
    """What was done, which part of the file was read, and what is to be looked at, by kind.

    Nothing of a person is in it: it goes into a cookie.
    """
    rows: dict[str, list[int]] = {}
    for each in warnings:
        if each.kind:
            rows.setdefault(each.kind, []).append(each.row)
    told = [words, sheet.told]
    for kind, found in rows.items():
        what = _("{kind} (dòng {rows}).").format(kind=kind.rstrip("."), rows=spans(found))
        told.append(_("Lưu ý: {what}").format(what=what))
    whole = " ".join(filter(None, told))
    return whole if len(whole) <= LONGEST_WORD else f"{whole[: LONGEST_WORD - 1]}…"
