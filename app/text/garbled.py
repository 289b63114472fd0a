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
from dataclasses import dataclass
from functools import lru_cache

from app.language import _
from app.text.oldcodes import DECODERS, viqr
from app.text.syllables import LETTERS, TONES, is_plausible, is_syllable

LONGEST = 2_000  # signs looked at: far more than a name has, and old encodings show early
SEVEN_BITS, MISREAD = "VIQR", "UTF-8"
MARKED_APART = ("VNI", "Windows-1258")  # two vowels stand where one has its tone
SIGNS = LETTERS | set("\u0302\u0306\u031b" + TONES)
COMMON = ("TCVN3", "VNI", "Windows-1258")

# The letters of Vietnamese in UTF-8, precomposed or not, as signs of Latin-1.
UTF_8 = re.compile(
    "\xc3[\x80-\xbf]|\xc4[\x82\x83\x90\x91\xa8\xa9]|\xc5[\xa8\xa9]|\xc6[\xa0\xa1\xaf\xb0]"
    "|\xe1[\xba\xbb][\x80-\xbf]|\xcc[\x80-\x83\x86\x89\x9b\xa3]"
)
# How they begin where the following byte has no sign and is lost.
HALF = re.compile("á[º»]|ß[║╗]|·[∫ª]|[ÃÄÅÆĂ][\x80-\x9f\ufffd]")
# After "XÃ" in capitals these are what they look like: a no-break space, a dash, a quote.
BESIDE, CLOSING = "\xa0–—‘“…’”", "’”"
HALF_SEEN = re.compile("[ÃĂ][\xa0–—‘“…’”]?(?: |$)")  # where other cells were misread
ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8});")
ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|(?:%[0-9A-F]{2}){2}|(?:=[0-9A-F]{2}){2}")
LOST = re.compile(r"\?[^\W\d_]|[^\W\d_]\?+\s+\w|(?:^|\s)\?+\s+\w|^[\s?]*\?[\s?]*$")
LOST_IN_PROSE = re.compile(r"[^\W\d_]\?[a-zà-ỹ]")
WORD = re.compile(r"[^\x00-,./:-@\[-`{-~]+")
OUTER = "-'“”‘’–—…•"
# A capital within a word of small letters, and a quotation in French marks.
DISPLACED = re.compile(r"[a-zà-öø-ÿ][À-ÖØ-Þ]|\w[À-ÖØ-Þ]\w*[a-zß-öø-ÿ]")
QUOTED = re.compile(r"(?:^|[\s(])«")
PINYIN = re.compile("[lnLN]ü")
SEVEN = re.compile(r"[A-Za-z][A-Za-z^(+`'?~.]*")
SEVEN_SIGNS = re.compile(r"[aeoAEO]\^|[aA]\(|[ouOU]\+")


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
    return (MISREAD,) if _misread(text) is not None else _old_codes(text, frozenset())


def title(codes: Iterable[str]) -> str:
    """Old encodings as people know them."""
    known = {"TCVN3": _("TCVN3 (ABC, font .VnTime)"), "VNI": _("VNI (font VNI-Times)")}
    return _(" hoặc ").join(known.get(code, code) for code in codes)


def is_unicode(text: str) -> bool:
    """Whether a text has letters of Vietnamese that no encoding before Unicode shows."""
    return any(sign > "\xff" and sign in LETTERS for sign in text[:LONGEST])


@lru_cache(maxsize=4096)
def _fault(text: str, seen: frozenset[str], prose: bool, name: bool) -> str | None:
    read = _misread(text)
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
    codes = _old_codes(text, seen)
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


# UTF-8 read as something else


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


def _misread(text: str) -> str | None:
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
            return _misread(read) or read
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


# Encodings before Unicode


@dataclass
class _Case:
    """How the words of a text speak for one encoding: beyond doubt, weakly, at all, against."""

    sure: int = 0
    weak: int = 0
    could: int = 0
    against: int = 0

    @property
    def weight(self) -> int:
        return self.sure + self.weak - self.against

    def holds(self, enough: int, seen: bool, mixed: bool) -> bool:
        """Whether the text is in this encoding: where `enough` weak words tell so, where it was
        `seen` beside, and not for words that are sound where it is `mixed` with Unicode."""
        if self.sure + self.weak:
            return (self.sure > 0 or self.weak >= enough or seen) and self.weight > 0
        return seen and not mixed and self.could > 0 and not self.against


def _old_codes(text: str, seen: frozenset[str]) -> tuple[str, ...]:
    if text.isascii():
        return (SEVEN_BITS,) if _is_viqr(text, SEVEN_BITS in seen) else ()
    words = [word.strip(OUTER) for word in WORD.findall(text)]
    words = [word for word in words if word[1:] or word.isalpha()]  # "a · b" is three
    native = {word: _is_native(word) for word in words}
    if not seen and all(native[word] or word.isascii() for word in words):
        return ()
    # One word of three may be foreign in the name of a foreigner, but not beside syllables only.
    unicode = is_unicode(text)
    alone = sum(native.values()) == len(native) - 1 >= 2 and not unicode
    foreign = {word: native[word] for word in words if not word.isascii()}
    cases = {code: _case(code, foreign) for code in DECODERS}
    held = {
        code: case
        for code, case in cases.items()
        if case.holds(1 if alone else 2, code in seen, mixed=unicode)
    }
    best = max((case.weight for case in held.values()), default=0)
    codes = [code for code, case in held.items() if case.weight == best]
    return tuple(code for code in codes if code in COMMON) or tuple(codes)


def _is_native(word: str) -> bool:
    return SIGNS.issuperset(word) and is_plausible(word) and not DISPLACED.search(word)


def _case(code: str, native: dict[str, bool]) -> _Case:
    case = _Case()
    for word, is_native in native.items():
        read = DECODERS[code](word)
        changed = read.lower() != word.lower()
        fits = changed and is_syllable(read)
        if is_native:
            case.could += fits
            case.against += changed and not fits
        elif not fits:
            case.against += 1
        elif _is_no_word(word) or (code in MARKED_APART and SIGNS.issuperset(word)):
            case.sure += 1
        elif not PINYIN.fullmatch(word):
            case.weak += 1
    return case


def _is_no_word(word: str) -> bool:
    """Whether a word is written in no language: a capital or a sign within."""
    return bool(DISPLACED.search(word)) or any(
        sign > "\x7f" and (not sign.isalpha() or sign in "ªºµ") for sign in word
    )


def _is_viqr(text: str, seen: bool) -> bool:
    if ")" in text:
        return False
    marked = [word for word in SEVEN.findall(text) if SEVEN_SIGNS.search(word) and len(word) > 3]
    if seen and not marked:
        marked = [word for word in SEVEN.findall(text) if not word.isalpha()]
    return any(is_syllable(viqr(word)) or is_syllable(viqr(word.rstrip(".?'"))) for word in marked)


# Signs of no alphabet and of another one


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
