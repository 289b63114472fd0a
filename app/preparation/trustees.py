"""How far the trustees of a draft are, for the check list."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.language import _


@dataclass(frozen=True)
class Trustees:
    """Those who are to open the urn together: how many, how many of them, who has handed in no key
    and who has not opened the trial ballot."""

    need: int
    number: int
    without_key: Sequence[str]
    untried: Sequence[str]

    @property
    def are_ready(self) -> bool:
        return not self.without_key and not self.untried

    @property
    def words(self) -> str:
        words = _("Hòm phiếu do {number} ủy viên giữ khóa, cần {need} người cùng mở.")
        said = words.format(number=self.number, need=self.need)
        if self.without_key:
            words = _("{said} Chưa gửi khóa: {names}.")
            return words.format(said=said, names=", ".join(self.without_key))
        if self.untried:
            words = _("{said} Chưa mở thử: {names}.")
            return words.format(said=said, names=", ".join(self.untried))
        words = _(
            "{said} Mọi ủy viên đã mở thử được. So mã nhận dạng khóa với từng người rồi phát."
        )
        return words.format(said=said)
