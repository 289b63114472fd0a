"""Why a text is no e-mail address: the true reason, the very sign, and what to type.

Pure. The text comes cleaned, short, and known to be no address. The first sentence of a message is
the same for all texts of its kind.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from app.language import _

IsAddress = Callable[[str], object]

ATS = "@＠﹫"
SPELT_AT = re.compile(
    r"[(\[{<] ?(?:at|a|a còng) ?[)\]}>]|(?<=\w) (?:at|a còng) (?=\w)", re.IGNORECASE
)
BEFORE = re.compile(r"(?:mailto|e-?mail|thư điện tử|địa chỉ|https?) ?:(?://)?", re.IGNORECASE)
QUOTES = "\"'“”‘’«»`"
OUTER = " .,;:!?/\\|*()[]{}<>；，。、：．…" + QUOTES
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
LABEL = 63


def reason(text: str, is_address: IsAddress) -> str:
    """What is wrong with a text that is no address, with the remedy."""
    tried = (
        of_rim(text, is_address),
        of_at(text),
        of_strange_signs(text),
        of_several(text),
        of_parting(text, is_address),
        of_spaces(text, is_address),
        of_marks(text),
        of_signs(text),
        of_dots(text),
        of_domain(text),
    )
    found = (message for messages in tried for message in messages)
    example = _("Không phải địa chỉ thư. Viết đủ phần trước và sau @, ví dụ an.nguyen@vi-du.vn.")
    return next(found, example)


def of_at(text: str) -> Iterator[str]:
    """Texts that tell of no mailbox at all: "không có", a telephone number."""
    if any(sign in text for sign in ATS):
        return
    spelt = SPELT_AT.search(text)
    if spelt:
        yield _("Không phải địa chỉ thư: thiếu “@”. Gõ “@” thay cho “{sign}”.").format(
            sign=spelt[0].strip()
        )
    yield _(
        "Không phải địa chỉ thư: không có “@”. Điền địa chỉ như an.nguyen@vi-du.vn; chưa có thì hỏi"
        " lại."
    )


def of_strange_signs(text: str) -> Iterator[str]:
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


def of_rim(text: str, is_address: IsAddress) -> Iterator[str]:
    """Something before or after an address."""
    before = BEFORE.match(text)
    if before and "@" in text:
        yield _("Không phải địa chỉ thư: có chữ ở trước. Xóa “{text}”, chỉ để lại địa chỉ.").format(
            text=before[0].strip()
        )
    inside = re.search(r"<([^<>]*@[^<>]*)>", text)
    if inside:
        yield _(
            "Chỉ ghi một địa chỉ, không kèm tên. Xóa tên và hai dấu “<”, “>”, để lại “{address}”."
        ).format(address=inside[1].strip())
    bare = text.strip(OUTER)
    if bare == text or not is_address(bare):
        return
    first, _address, last = (signs.strip() for signs in text.partition(bare))
    if set(first + last) <= {"."}:
        words = _("Không phải địa chỉ thư: có dấu chấm thừa. {remedy}")
    elif set(first + last) <= set(QUOTES):
        words = _("Không phải địa chỉ thư: nằm trong dấu nháy. {remedy}")
    else:
        words = _("Chỉ ghi một địa chỉ, không kèm dấu khác. {remedy}")
    if first and last:
        remedy = _("Xóa “{first}” ở đầu và “{last}” ở cuối.")
    else:
        remedy = _("Xóa “{last}” ở cuối.") if last else _("Xóa “{first}” ở đầu.")
    yield words.format(remedy=remedy.format(first=first[:5], last=last[:5]))


def of_several(text: str) -> Iterator[str]:
    if "@@" in text:
        yield _("Không phải địa chỉ thư: có hai dấu “@” liền nhau. Xóa bớt một.")
    if text.count("@") > 1:
        yield _(
            "Chỉ ghi một địa chỉ. Ô này có {count} dấu “@”: giữ lại một địa chỉ, không kèm tên hay"
            " dấu khác."
        ).format(count=text.count("@"))


def of_parting(text: str, is_address: IsAddress) -> Iterator[str]:
    for sign in ",;":
        if sign not in text:
            continue
        if is_address(text.replace(sign, ".")):
            yield _(
                "Không phải địa chỉ thư: dấu khác thay cho dấu chấm. Gõ “.” thay cho “{sign}”."
            ).format(sign=sign)
        yield _("Chỉ ghi một địa chỉ, không kèm chữ hay dấu khác. Xóa “{sign}”.").format(sign=sign)


def of_spaces(text: str, is_address: IsAddress) -> Iterator[str]:
    if " " not in text:
        return
    part = next((each for each in text.split() if is_address(each.strip(OUTER))), None)
    if part:
        yield _(
            "Địa chỉ có dấu cách. Xóa dấu cách; hoặc, nếu chữ bên cạnh là tên, chỉ để lại"
            " “{address}”."
        ).format(address=part.strip(OUTER))
    yield _("Địa chỉ có dấu cách. Xóa dấu cách.")


def of_marks(text: str) -> Iterator[str]:
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


def of_dots(text: str) -> Iterator[str]:
    if ".." in text:
        yield _("Không phải địa chỉ thư: có hai dấu chấm liền nhau. Xóa bớt một.")
    local, _at, domain = text.partition("@")
    if not local or not domain:
        return
    if local.startswith("."):
        yield _("Không phải địa chỉ thư: có dấu chấm ở đầu. Xóa dấu “.” ấy.")
    if local.endswith(".") or domain.startswith("."):
        yield _("Không phải địa chỉ thư: có dấu chấm cạnh @. Xóa dấu “.” ngay {where} “@”.").format(
            where=_("trước") if local.endswith(".") else _("sau")
        )
    if domain.endswith("."):
        yield _("Không phải địa chỉ thư: có dấu chấm ở cuối. Xóa dấu “.” ấy.")


def of_domain(text: str) -> Iterator[str]:
    """What keeps the part after "@" from being the name of a domain."""
    local, _at, domain = text.partition("@")
    if not domain or not local:
        return
    if re.fullmatch(r"\[.*\]|[0-9.]+", domain):
        yield _("Không phải địa chỉ thư: sau @ là số máy. Ghi tên miền, ví dụ an.nguyen@vi-du.vn.")
    labels = domain.split(".")
    if "_" in domain:
        yield _(
            "Không phải địa chỉ thư: tên miền có dấu gạch dưới. Tên miền không có “_”; thường là"
            " “-”: hỏi lại."
        )
    if any(label.startswith("-") or label.endswith("-") for label in labels):
        yield _("Không phải địa chỉ thư: dấu “-” ở đầu hay cuối một phần của tên miền. Xóa dấu ấy.")
    if any(len(label) > LABEL for label in labels):
        yield _("Địa chỉ quá dài. Một phần của tên miền dài hơn 63 ký tự: hỏi lại.")
    if len(labels) == 1:
        yield _(
            "Không phải địa chỉ thư: tên miền thiếu phần cuối. Sau “{domain}” phải có phần như"
            " “.vn”, “.gov.vn”, “.com”."
        ).format(domain=domain[:LABEL])
    elif not re.fullmatch(r"xn--[a-zA-Z0-9-]+|[a-zA-Z]{2,}", labels[-1]):
        yield _(
            "Không phải địa chỉ thư: phần cuối của tên miền không đúng. Không có tên miền nào kết"
            " thúc bằng “.{end}”: xem lại."
        ).format(end=labels[-1][:LABEL])


def of_signs(text: str) -> Iterator[str]:
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
