"""The signs of a text that is no e-mail address: those that look like others, that have accents, or
that no address has.

Pure.
"""

import re
import unicodedata
from collections.abc import Iterator

from app.language import _

# Signs that Unicode does not call the same, although they look so.
LOOKALIKES = {
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"),
    **dict.fromkeys("․‥…。｡．·•・‧∙", "."),
    **dict.fromkeys("‘’′ʼ", "'"),
    **dict.fromkeys("‚،、", ","),
    **dict(zip("ıɡɑℓⅼ", "igall", strict=True)),
}
# Cyrillic, Greek and Armenian letters by the Latin ones that they look like.
TWINS = dict(
    zip(
        "аеорсхуіјѕһԁԛԝвкмнтАВЕКМНОРСТХУІЈЅοαρνιυκτΑΒΕΖΗΙΚΜΝΟΡΤΥΧոսց",
        "aeopcxyijshdqwbkmhtABEKMHOPCTXYIJSoapviuktABEZHIKMNOPTYXnug",
        strict=True,
    )
)
ALPHABETS = {
    "CYRILLIC": _("Kirin (Cyrillic)"),
    "GREEK": _("Hy Lạp"),
    "ARMENIAN": _("Armenia"),
    "CJK": _("Hán"),
    "THAI": _("Thái"),
    "LAO": _("Lào"),
    "KHMER": _("Khmer"),
}


def strange(text: str) -> Iterator[str]:
    """Signs that look like those of an address."""
    for sign in text:
        plain = _plain(sign)
        if plain is not None:
            yield _(
                "Địa chỉ có ký tự giống ký tự thường mà không phải. “{sign}” (U+{code:04X}) không"
                " phải “{plain}”: xóa và gõ lại “{plain}” bằng bàn phím."
            ).format(sign=sign, code=ord(sign), plain=plain)
        alphabet = _alphabet(sign)
        if alphabet is None:
            continue
        twin = TWINS.get(sign)
        if twin:
            words = _(
                "Địa chỉ có chữ của bảng chữ khác. “{sign}” là chữ {alphabet}, không phải chữ"
                " “{twin}”: xóa và gõ lại “{twin}” bằng bàn phím."
            )
        else:
            words = _(
                "Địa chỉ có chữ của bảng chữ khác. “{sign}” là chữ {alphabet}: xóa và gõ lại bằng"
                " chữ không dấu."
            )
        yield words.format(sign=sign, alphabet=alphabet, twin=twin)


def marked(text: str) -> Iterator[str]:
    """Letters with accents, and signs of no keyboard."""
    local, _at, domain = text.partition("@")
    for place, part in ((_("tên miền sau @"), domain), (_("phần trước @"), local)):
        for sign in part:
            if sign.isascii():
                continue
            if sign.isalpha() or unicodedata.category(sign).startswith("M"):
                yield _(
                    "Địa chỉ có chữ mang dấu. “{sign}” ở {place} không dùng được: hỏi lại, hoặc gõ"
                    " không dấu nếu biết chắc."
                ).format(sign=sign, place=place)
            else:
                yield _(
                    "Địa chỉ có ký tự lạ. Xóa “{sign}” (U+{code:04X}) ở {place}, gõ lại bằng bàn"
                    " phím."
                ).format(sign=sign, code=ord(sign), place=place)


def of_no_address(text: str) -> Iterator[str]:
    """Signs of the keyboard that no address in use has."""
    if "?" in text:
        yield _("Địa chỉ có dấu “?”, thường là chữ bị mất. Hỏi lại địa chỉ.")
    local, _at, domain = text.partition("@")
    if local and domain and not re.fullmatch(r"\[.*\]", domain):
        signs = [*re.findall(r"[^a-zA-Z0-9.!#$%&'*+/=^_`{|}~-]", local)]
        signs += re.findall(r"[^a-zA-Z0-9._-]", domain)
        for sign in signs:
            yield _("Không phải địa chỉ thư: có ký tự không dùng được. Xóa “{sign}”.").format(
                sign=sign
            )


def _plain(sign: str) -> str | None:
    """The sign of the keyboard that another one looks like; None of all others."""
    if sign.isascii():
        return None
    kind, _space, code = unicodedata.decomposition(sign).partition(" ")
    if kind.startswith("<") and len(code) == 4 and int(code, 16) < 0x80:
        return chr(int(code, 16))
    number = unicodedata.digit(sign, None)
    return LOOKALIKES.get(sign) or (None if number is None else str(number))


def _alphabet(sign: str) -> str | None:
    """The alphabet of a letter that is not Latin."""
    if not sign.isalpha() or sign <= "\u02ff" or "\u1e00" <= sign <= "\u1eff":
        return None
    first = unicodedata.name(sign, "").partition(" ")[0]
    return None if first in ("LATIN", "MODIFIER") else ALPHABETS.get(first, _("của một tiếng khác"))
