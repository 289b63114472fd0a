"""The rows of an index that is edited on the page, under the checks of a file: each fault at its
field, in the words of the page.
"""

import json
import zlib
from dataclasses import dataclass
from functools import lru_cache

from app.index.definition import Index
from app.index.grid import Spot
from app.index.rows import edits
from app.index.rows.texts import Sheets, pages_of
from app.index.sheets import LAYOUTS
from app.language import _
from app.papers import indexbook

# What a fault says of cells alone, and what is to be read on a page.
ON_PAGE = {
    _("hãy ghi như 30 hoặc 79,5, hay 2/3 trong ô định dạng Văn bản (Text)."): _(
        "hãy ghi như 30, 79,5 hoặc 2/3."
    ),
}


@dataclass(frozen=True)
class Slip:
    """A fault at its field; row None and column "" are the whole sheet or row."""

    sheet: str
    row: int | None
    column: str
    words: str


def packed_of(sheets: Sheets) -> bytes:
    return zlib.compress(json.dumps(sheets, ensure_ascii=False).encode())


def unpacked(packed: bytes) -> Sheets:
    found: Sheets = json.loads(zlib.decompress(packed))
    return found


@lru_cache(8)
def judge(packed: bytes) -> tuple[Index | None, list[Slip]]:
    """The index of packed rows, or all that is wrong with them: the checks of a file."""
    sheets = unpacked(packed)
    index, found = indexbook.look_through(pages_of(sheets), called)
    slips = [_slip(spot, words) for spot, words in found]
    slips += [Slip(*doubt) for doubt in edits.doubtful(sheets)]
    if slips or index is None:
        return None, slips
    return index, []


def called(spot: Spot) -> str:
    """What messages call a place: the sheet, the number of the row and the title of the field."""
    layout = LAYOUTS[spot.order]
    if not layout.is_list:
        title = [layout.columns[spot.row - 1].title] if spot.row > 0 else []
        return ", ".join([spot.title, *title])
    words = [spot.title]
    if spot.row > 0:
        words.append(_("dòng {row}").format(row=spot.row))
    if spot.column >= 0:
        words.append(layout.columns[spot.column].title)
    return ", ".join(words)


def _slip(spot: Spot, words: str) -> Slip:
    for of_cell, of_page in ON_PAGE.items():
        words = words.replace(of_cell, of_page)
    layout = LAYOUTS[spot.order]
    if not layout.is_list:
        column = layout.columns[spot.row - 1].key if spot.row > 0 else ""
        return Slip(layout.key, 0, column, words)
    column = layout.columns[spot.column].key if spot.column >= 0 else ""
    return Slip(layout.key, spot.row - 1 if spot.row > 0 else None, column, words)
