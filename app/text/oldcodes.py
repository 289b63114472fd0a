"""Words as Vietnamese encodings before Unicode wrote them, read back.

Pure. Such a text comes as the signs of Windows-1252 that stand at its bytes, or of Windows-1258
where Windows is Vietnamese: "NguyÔn" is "Nguyễn" in TCVN 5712. The tables are those of the
encodings from 0x80 on, "·" where one has no letter: TCVN 5712:1993 VN3, RFC 1456 and what was
printed with VPS and VNI.
"""

import re
from collections.abc import Callable

NONE = "·"
TCVN3 = (
    "·································ĂÂÊÔƠƯĐăâêôơưđ······àảãáạ·ằẳẵắ·"
    "······ặầẩẫấậè·ẻẽéẹềểễếệìỉ···ĩíịò·ỏõóọồổỗốộờởỡớợù·ủũúụừửữứựỳỷỹýỵ·"
)
VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
VPS = (
    "······ọỗ·ếềểệ·············ýỷỵ····ắằẳẵặ·ớ·ờởỡ··ợ·ổ·····ộ···ửữ···ự"
    "ầ··ấẩẫậđẻ··ẹỉễịỹ··ồố·ỏơ·ừứ·ũư···àáâãảạă·èéêẽìí·ĩ·Đòóôõ··ụùúủ···ỳ"
)
# VNI sets signs behind a letter, and has some letters of its own.
MARKS = {
    **dict(zip("ùøûõï", "\u0301\u0300\u0309\u0303\u0323", strict=True)),
    **dict(
        zip(
            "âáàåãä",
            ("\u0302" + tone for tone in ("", *"\u0301\u0300\u0309\u0303\u0323")),
            strict=True,
        )
    ),
    **dict(
        zip(
            "êéèúüë",
            ("\u0306" + tone for tone in ("", *"\u0301\u0300\u0309\u0303\u0323")),
            strict=True,
        )
    ),
}
OWN = dict(zip("ñöôíìæóòî", "đươíìỉĩịỵ", strict=True))
PAIR = re.compile("[aeo][âáàåãä]|a[êéèúüë]|[aeouyôö][ùøûõï]|[ñöôíìæóòî]")
VIQR = re.compile(r"dd|[aeiouy][\^(+]?[`'?~.]?")
VIQR_MARKS = dict(zip("^(+`'?~.", "\u0302\u0306\u031b\u0300\u0301\u0309\u0303\u0323", strict=True))


def _byte_of() -> dict[str, int]:
    """The byte that a sign stands at, in Windows-1252 and where that has none in 1258."""
    places: dict[str, int] = {}
    for encoding in ("cp1252", "cp1258", "latin-1"):
        for byte in range(0x80, 0x100):
            sign = bytes([byte]).decode(encoding, "ignore")
            if sign:
                places.setdefault(sign, byte)
    return places


BYTE_OF = _byte_of()
WESTERN = {byte: bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0x100)}
OF_1258 = {byte: bytes([byte]).decode("cp1258", "ignore") for byte in range(0x80, 0x100)}


def seen_on_windows(data: bytes) -> str:
    """Bytes as Windows of the West shows them, the five that it has no sign for as controls."""
    shown = {byte: sign or chr(byte) for byte, sign in WESTERN.items()}
    return data.decode("latin-1").translate(shown)


def _by_table(letters: str) -> Callable[[str], str]:
    table = {ord(sign): letters[byte - 0x80] for sign, byte in BYTE_OF.items()}

    def read(word: str) -> str:
        return word.translate(table)

    return read


def _vni(word: str) -> str:
    return PAIR.sub(lambda pair: _marked(pair[0]), word.lower())


def _marked(pair: str) -> str:
    return OWN.get(pair[0], pair[0]) + "".join(MARKS[mark] for mark in pair[1:])


def _windows_1258(word: str) -> str:
    signs = (sign if sign < "\x80" else OF_1258.get(BYTE_OF.get(sign, 0), NONE) for sign in word)
    return "".join(signs)


def viqr(word: str) -> str:
    """A word in the seven bits of RFC 1456: "Nguye^~n", "Va(n", "DDu+'c"."""
    return VIQR.sub(lambda found: _of_viqr(found[0]), word.lower())


def _of_viqr(signs: str) -> str:
    return "đ" if signs == "dd" else signs[0] + "".join(VIQR_MARKS[mark] for mark in signs[1:])


# The commonest first. Each gives what the word would be, with NONE where it cannot be that.
DECODERS: dict[str, Callable[[str], str]] = {
    "TCVN3": _by_table(TCVN3),
    "VNI": _vni,
    "Windows-1258": _windows_1258,
    "VISCII": _by_table(VISCII),
    "VPS": _by_table(VPS),
}
