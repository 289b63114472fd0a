"""Why a text is no e-mail address: the true reason, the very sign, and what to type.

Pure. The text comes cleaned, short, and known to be no address. The first sentence of a message is
the same for all texts of its kind.
"""

import re
from collections.abc import Callable, Iterator

from app.language import _
from app.text.addresssigns import marked, of_no_address, strange

IsAddress = Callable[[str], object]

ATS = "@＠﹫"
SPELT_AT = re.compile(
    r"[(\[{<] ?(?:at|a|a còng) ?[)\]}>]|(?<=\w) (?:at|a còng) (?=\w)", re.IGNORECASE
)
BEFORE = re.compile(r"(?:mailto|e-?mail|thư điện tử|địa chỉ|https?) ?:(?://)?", re.IGNORECASE)
QUOTES = "\"'“”‘’«»`"
OUTER = " .,;:!?/\\|*()[]{}<>；，。、：．…" + QUOTES
LABEL = 63


def reason(text: str, is_address: IsAddress) -> str:
    """What is wrong with a text that is no address, with the remedy."""
    tried = (
        of_rim(text, is_address),
        of_at(text),
        strange(text),
        of_several(text),
        of_parting(text, is_address),
        of_spaces(text, is_address),
        marked(text),
        of_no_address(text),
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
