"""What officers may write into letters, and the words in braces that stand for facts.

Pure. The button, the link, the access code, the three lines on the urn and whom to ask are not
theirs to change; a text that could pass for those is refused.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.language import _


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
LONGEST_SUBJECT, LONGEST_BODY, LONGEST_SALUTATION = 150, 3_000, 120
BRACED = re.compile(r"\{([^{}]*)\}")
LINK = re.compile(r"https?:|www\.|://", re.IGNORECASE)


def faults(text: str, longest: int, one_line: bool) -> list[str]:
    """Everything that is wrong with a text."""
    found = []
    if len(text) > longest:
        found.append(_("Dài quá {number} ký tự. Viết ngắn lại.").format(number=longest))
    allowed = "" if one_line else "\n"
    if any(unicodedata.category(sign) in ("Cc", "Cf") and sign not in allowed for sign in text):
        found.append(_("Có ký tự điều khiển hoặc xuống dòng không dùng được ở đây. Gõ lại."))
    if LINK.search(text):
        found.append(
            _("Không đặt đường dẫn vào lời thư: thư đã có nút và đường dẫn riêng của từng người.")
        )
    known = ", ".join(f"{{{name}}}" for name in PLACES)
    found += [
        _("Không có “{{{word}}}”. Dùng: {known}.").format(word=word[:40], known=known)
        for word in BRACED.findall(text)
        if unicodedata.normalize("NFC", word.strip().casefold()) not in PLACES
    ]
    if re.search(r"[{}]", BRACED.sub("", text)):
        found.append(_("Dấu { hoặc } thiếu một nửa. Viết như {họ tên}."))
    return found


def fill(words: Mapping[str, object], text: str) -> str:
    """A text with the facts in place of its words in braces."""

    def said(found: re.Match[str]) -> str:
        name = PLACES.get(unicodedata.normalize("NFC", found[1].strip().casefold()), "")
        if name in ("organiser", "basis"):
            organiser = words["organiser"]
            return str(getattr(organiser, "name" if name == "organiser" else name) or "")
        return str(words[name]) if name else found[0]

    return BRACED.sub(said, text)


def paragraphs(text: str) -> list[str]:
    """The lines of a body that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
