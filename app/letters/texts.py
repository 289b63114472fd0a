"""What officers may write into letters, and the words in braces that stand for facts.

Pure. The button, the link, the access code, the three lines on the urn and whom to ask are not
theirs to change; a text that could pass for those is refused.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from app.language import _
from app.text.cleaning import normal


@dataclass(frozen=True)
class Wording:
    """What the officers of a wave wrote themselves; what is missing is said as usual.

    `subjects` and `bodies` go by kind of letter, `salutations` by group; in all of them the words
    in braces are already those of PLACES.
    """

    subjects: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    salutations: Mapping[str, str] = field(default_factory=dict)
    rehearsal: bool = False
    # Some of it was changed past this program, and is said as usual.
    altered: bool = False


# What may stand in braces, and the word of the letter it stands for.
PLACES = {
    "họ tên": "name",
    "năm": "year",
    "tên bộ chỉ số": "index",
    "cơ quan tổ chức": "organiser",
    "căn cứ": "basis",
    "nhóm": "group",
    "đơn vị được đánh giá": "units",
    "hạn gửi": "deadline",
    "thời gian": "time",
}
LONGEST_SUBJECT, LONGEST_BODY, LONGEST_SALUTATION, LONGEST_REASON = 150, 3_000, 120, 500

# The usual words, written as an officer would write them.
USUAL_GREETING = _("Kính gửi Ông/Bà {họ tên}")
USUAL_SUBJECTS = {
    "invitation": _("Mời Ông/Bà đánh giá cải cách hành chính năm {năm}"),
    "reminder": _("Nhắc lại: mời Ông/Bà đánh giá cải cách hành chính năm {năm}"),
    "extended": _("Gia hạn gửi phiếu đánh giá cải cách hành chính năm {năm}"),
}
# Of an index that is none of reform: people know it by its name.
SUBJECTS_BY_NAME = {
    "invitation": _("Mời Ông/Bà tham gia điều tra: {tên bộ chỉ số}"),
    "reminder": _("Nhắc lại: mời Ông/Bà tham gia điều tra: {tên bộ chỉ số}"),
    "extended": _("Gia hạn gửi phiếu điều tra: {tên bộ chỉ số}"),
}
_BODY = _(
    "{cơ quan tổ chức} xin mời Ông/Bà đánh giá {đơn vị được đánh giá} để xác định {tên bộ chỉ số}."
)
_BODY_WITH_BASIS = _(
    "Thực hiện {căn cứ}, {cơ quan tổ chức} xin mời Ông/Bà đánh giá {đơn vị được đánh giá} để"
    " xác định {tên bộ chỉ số}."
)

# Controls, what changes the direction of writing, line ends of other systems, half characters.
UNSEEN = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co")
BRACED = re.compile(r"\{([^{}]*)\}")
# A bare domain too, since mail programs make a link of it; an e-mail address may stand. The last
# part is one that is in common use, or a path follows: "v.v.", "TP.HCM" and "Xong.Xin" are words.
DOMAIN = (
    "vn|com|net|org|info|biz|edu|gov|asia|name|pro|mobi|xyz|top|site|online|shop|store|app|dev|"
    "click|link|live|vip|icu|club|website|space|page|web|io|co|cc|ly|gg|tk|ml|ru|cn|us|uk|eu|tv"
)
LINK = re.compile(
    rf"https?:|www\.|://|(?<![\w@.-])(?:[\w-]+\.)+(?:(?:{DOMAIN})(?!\.?[\w@-])|[a-z]{{2,}}/\w)",
    re.IGNORECASE,
)


def usual_body(has_basis: bool) -> str:
    """The paragraph that opens a letter; `has_basis`: the index names the decision behind it."""
    return _BODY_WITH_BASIS if has_basis else _BODY


def faults(text: str, longest: int, one_line: bool, empty: Collection[str] = ()) -> list[str]:
    """Everything that is wrong with a text; `empty` are the words in braces that would say
    nothing."""
    if len(text) > longest:
        # Nothing more is looked for: of a page of braces every one would be told.
        words = _("Dài quá {most} ký tự (đang có {number}). Viết ngắn lại.")
        return [words.format(most=longest, number=len(text))]
    found = []
    if one_line and "\n" in text:
        found.append(_("Chỉ viết được một dòng. Bỏ chỗ xuống dòng."))
    found += disguises(text)
    known = ", ".join(f"{{{name}}}" for name in PLACES)
    used = [(word[:40], _place(word)) for word in BRACED.findall(text)]
    found += [
        _("Không có “{{{word}}}”. Dùng: {known}.").format(word=word, known=known)
        for word, place in used
        if place not in PLACES
    ]
    found += [
        _(
            "Bộ chỉ số của đợt này không ghi {word}, nên “{{{word}}}” sẽ để lại chỗ trống. Bỏ chữ"
            " ấy, hoặc ghi thêm vào bộ chỉ số."
        ).format(word=place)
        for _word, place in used
        if place in empty
    ]
    if re.search(r"[{}]", BRACED.sub("", text)):
        found.append(_("Dấu { hoặc } thiếu một nửa. Viết như {họ tên}."))
    return found


def reason_faults(text: str) -> list[str]:
    """Everything that is wrong with why a wave is cancelled, as its letter will say."""
    short = _("Nêu lý do, từ 5 đến 500 ký tự; lý do được ghi vào thư.")
    found = [] if 5 <= len(text) <= LONGEST_REASON else [short]
    return [*found, *disguises(text[:LONGEST_REASON])]


def disguises(text: str) -> list[str]:
    """What in words for a letter could lead a reader elsewhere, or show another text than is
    there."""
    found = []
    unseen = next((sign for sign in text if sign != "\n" and _is_unseen(sign)), None)
    if unseen is not None:
        before = text[: text.index(unseen)][-20:].strip()
        found.append(
            _(
                "Sau “{before}” có ký tự điều khiển không nhìn thấy, thường do chép từ nơi khác."
                " Xóa chỗ ấy rồi gõ lại."
            ).format(before=before)
            if before
            else _("Đầu dòng có ký tự điều khiển không nhìn thấy. Xóa hết rồi gõ lại.")
        )
    if LINK.search(normal(text, "NFKC")):
        found.append(
            _("Không đặt đường dẫn vào lời thư: thư đã có nút và đường dẫn riêng của từng người.")
        )
    return found


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in UNSEEN


def _place(word: str) -> str:
    """A word in braces as PLACES has it, however it was typed."""
    return normal(word.strip().casefold())


def fill(words: Mapping[str, object], text: str) -> str:
    """A text with the facts in place of its words in braces."""

    def said(found: re.Match[str]) -> str:
        name = PLACES.get(_place(found[1]), "")
        if name in ("organiser", "basis"):
            organiser = words["organiser"]
            return str(getattr(organiser, "name" if name == "organiser" else name) or "")
        return str(words[name]) if name else found[0]

    return BRACED.sub(said, text)


def paragraphs(text: str) -> list[str]:
    """The lines of a body that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
