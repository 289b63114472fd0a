"""Texts that came in a broken or legacy encoding: told by the text itself, with the way out.

Pure. `fault` says what happened to the text of one cell; `old_codes` what the cells of a row or a
file give away about those that could be either. Both look at the raw text, since cleaning takes
signs away that were letters (a soft hyphen is "ư" in TCVN3). Names of all peoples pass: a legacy
encoding is told only where words that are none become Vietnamese syllables by it.
"""

import html
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from app.language import _
from app.text.misread import original
from app.text.oldwords import LONGEST, codes_of

MISREAD = "UTF-8"
HALF_SEEN = re.compile("[ÃĂ][\xa0–—‘“…’”]?(?: |$)")  # where other cells were misread
ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8});")
ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|(?:%[0-9A-F]{2}){2}|(?:=[0-9A-F]{2}){2}")
LOST = re.compile(r"\?[^\W\d_]|[^\W\d_]\?+\s+\w|(?:^|\s)\?+\s+\w|^[\s?]*\?[\s?]*$")
LOST_IN_PROSE = re.compile(r"[^\W\d_]\?[a-zà-ỹ]")


def fault(
    text: str, seen: Collection[str] = (), prose: bool = False, name: bool = False
) -> str | None:
    """Why `text` cannot be taken as it stands, with the remedy; None when it is sound.

    `seen` are the old encodings that other cells gave away. A question mark ends questions in
    `prose`, may end another text, and is nothing a `name` has.
    """
    text = text[:LONGEST]
    if text.isascii() and not re.search(r"[?&\\%=^(+]", text) and not seen:
        return None
    return _fault(text, frozenset(seen), prose, name)


def old_codes(texts: Iterable[str]) -> set[str]:
    """The old encodings that some of the texts are surely in."""
    return {code for text in texts for code in _codes(text[:LONGEST])}


@lru_cache(maxsize=4096)
def _codes(text: str) -> tuple[str, ...]:
    return (MISREAD,) if original(text) is not None else codes_of(text, frozenset())


def title(codes: Iterable[str]) -> str:
    """Old encodings as people know them."""
    known = {"TCVN3": _("TCVN3 (ABC, font .VnTime)"), "VNI": _("VNI (font VNI-Times)")}
    return _(" hoặc ").join(known.get(code, code) for code in codes)


@lru_cache(maxsize=4096)
def _fault(text: str, seen: frozenset[str], prose: bool, name: bool) -> str | None:
    read = original(text)
    if read is None and MISREAD in seen and HALF_SEEN.search(text):
        read = ""
    if read is not None:
        problem = _(
            "Chữ UTF-8 bị đọc theo bảng mã khác. {guess}Lấy lại từ tệp gốc, lưu thành .xlsx hoặc"
            " “CSV UTF-8”, rồi nhập lại."
        )
        return problem.format(guess=_("Có lẽ là “{text}”. ").format(text=read) if read else "")
    if "\ufffd" in text:
        return _(
            "Có chữ bị mất, còn ký tự “\ufffd”. Lấy lại từ tệp gốc, lưu thành .xlsx hoặc “CSV"
            " UTF-8”, rồi nhập lại."
        )
    codes = codes_of(text, seen)
    if codes:
        problem = _(
            "Chữ theo bảng mã {code}, không phải Unicode. Chuyển cả tệp sang Unicode bằng"
            " UniKey Toolkit rồi nhập lại."
        )
        return problem.format(code=title(codes))
    if ESCAPE.search(text) or any(html.unescape(each) != each for each in ENTITY.findall(text)):
        return _(
            "Chữ còn ở dạng mã, như “&#7877;” hay “%E1%BB%85”. Lấy lại từ nơi xuất tệp, hoặc gõ"
            " lại."
        )
    lost = LOST_IN_PROSE if prose else LOST
    if lost.search(text) or (name and "?" in text):
        return _(
            "Có chữ bị mất, còn dấu “?”. Lấy lại từ tệp gốc, lưu thành .xlsx hoặc “CSV UTF-8”, rồi"
            " nhập lại."
        )
    strange = "" if prose else _strange(text)
    if strange:
        problem = _(
            "Có ký tự lạ lẫn trong chữ. Ký tự “{sign}” (U+{code:04X}) không phải chữ Latinh: xóa và"
            " gõ lại."
        )
        return problem.format(sign=strange, code=ord(strange))
    return None


def _strange(text: str) -> str:
    """A sign of a font of its own, or a letter of another alphabet inside a Latin word; or ""."""
    if text.isascii():
        return ""
    for place, sign in enumerate(text):
        if sign <= "\u024f" or "\u1e00" <= sign <= "\u1eff":
            continue
        if unicodedata.category(sign) == "Co":
            return sign
        beside = text[max(place - 1, 0) : place + 2]
        if sign.isalpha() and _alphabet(sign) and any(map(_is_latin, beside)):
            return sign
    return ""


def _alphabet(sign: str) -> bool:
    return not unicodedata.name(sign, "").startswith(("LATIN", "MODIFIER", "FEMININE", "MASCULINE"))


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN")
