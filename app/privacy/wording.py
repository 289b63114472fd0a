"""Words for what is erased. Pure."""

from collections.abc import Mapping

from app.bonds.keptsums import CAST, CONTACTS, LETTERS, PERSON
from app.language import _, number

KINDS = {
    CONTACTS: _("Thông tin liên hệ của người trong danh sách"),
    LETTERS: _("Thư đã gửi"),
    CAST: _("Dấu đã gửi phiếu hay chưa"),
    PERSON: _("Dữ liệu của một người, theo yêu cầu"),
}
COUNTED = {
    "people": _("{number} người"),
    "letters": _("{number} thư"),
    "ballots": _("{number} phiếu"),
}


def of_wave(code: str, what: str) -> str:
    """The kind of data, and of which wave."""
    if not code:
        return _("Thư gửi người dùng trang quản trị")
    return _("Đợt {code}, {what}").format(code=code, what=KINDS[what][:1].lower() + KINDS[what][1:])


def numbers(counts: Mapping[str, int]) -> str:
    """How many of what."""
    told = [COUNTED[name].format(number=number(counts[name])) for name in COUNTED if name in counts]
    return ", ".join(told)
