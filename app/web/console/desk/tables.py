"""What pages that take a table have in common: the question of hidden rows, and what was read."""

from collections.abc import Sequence

from app.language import _
from app.text.headings import Sheet, spans
from app.text.table import Fault

HIDDEN = "dong-an"  # the field that settles hidden rows, and its id
LONGEST_WORD = 1_200  # a browser keeps a cookie of some 4,000 bytes


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
