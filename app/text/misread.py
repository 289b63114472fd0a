"""UTF-8 that was read as something else, told by the signs that its letters became.

Pure.
"""

import re

from app.text.syllables import LETTERS

# The letters of Vietnamese in UTF-8, precomposed or not, as signs of Latin-1.
UTF_8 = re.compile(
    "\xc3[\x80-\xbf]|\xc4[\x82\x83\x90\x91\xa8\xa9]|\xc5[\xa8\xa9]|\xc6[\xa0\xa1\xaf\xb0]"
    "|\xe1[\xba\xbb][\x80-\xbf]|\xcc[\x80-\x83\x86\x89\x9b\xa3]"
)
# How they begin where the following byte has no sign and is lost.
HALF = re.compile("á[º»]|ß[║╗]|·[∫ª]|[ÃÄÅÆĂ][\x80-\x9f\ufffd]")
# After "XÃ" in capitals these are what they look like: a no-break space, a dash, a quote.
BESIDE, CLOSING = "\xa0–—‘“…’”", "’”"
# A quotation in French marks.
QUOTED = re.compile(r"(?:^|[\s(])«")


def _view(encoding: str) -> dict[int, str]:
    """From the signs of an encoding to those of Latin-1 at their bytes."""
    view = {}
    for byte in range(0x80, 0x100):
        sign = bytes([byte]).decode(encoding, "ignore") or chr(byte)
        view[ord(sign)] = chr(byte)
    return view


VIEWS = [_view(encoding) for encoding in ("cp1252", "cp1258", "mac_roman", "cp437", "cp850")]
LEADS = {chr(code) for view in VIEWS for code, byte in view.items() if byte in "ÃÄÅÆáÌ"}
LEAD = re.compile("[" + "".join(LEADS) + "][^\x00-\x7f]|[ÃÄÅÆĂ][\x80-\x9f]")
UNSEEN = {code: "\x7f" for view in VIEWS for code in view}


def original(text: str) -> str | None:
    """What a text was before its UTF-8 was read as something else; "" when letters are gone."""
    if not LEAD.search(text):
        return None
    for view in VIEWS:
        bytes_ = text.translate({**UNSEEN, **view})
        if any(_is_letter(text, found) for found in UTF_8.finditer(bytes_)):
            try:
                read = bytes_.encode("latin-1").decode()
            except ValueError:
                return ""
            return original(read) or read
    return "" if HALF.search(text) and not QUOTED.search(text) else None


def _is_letter(text: str, found: re.Match[str]) -> bool:
    """Whether the signs at a letter's bytes can be nothing but that letter misread."""
    letter = found[0].encode("latin-1").decode()
    if letter not in LETTERS and len(found[0]) == 2 and found[0][0] != "\xcc":
        return False
    before, after = text[: found.start()][-1:], text[found.end() :][:1]
    beside = text[found.start() + 1]
    if text[found.start()] in "ÃĂ" and beside in BESIDE:
        return (beside in CLOSING and after.isalpha()) or before.islower() or after.islower()
    return not QUOTED.search(text)
