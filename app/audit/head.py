"""The head of the log, kept beside the key file: where an attacker of the database cannot reach.

It moves on with the log, and only along it: once the log no longer holds the line that the head
names, because lines were cut off or a backup came back, the head stays until that is accepted.
"""

import fcntl
import logging
import os
import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from app.audit.deeds import ACTIONS
from app.keys.keyfile import KeyFile
from app.language import _

log = logging.getLogger("phieu.audit")
TYPED = re.compile(r"(?<![0-9a-z])[0-9]{1,9}\s*:\s*(?:[0-9a-f]\s*){64}(?![0-9a-f])")


class ChainBroken(Exception):
    """The log is not as it was written; the text says where and what to do."""


class HeadDiffers(ChainBroken):
    """The log is whole in itself, but does not hold a head that somebody has typed in."""


class HeadUnreadable(ChainBroken):
    """What was written is no head; it says nothing about the log."""


@dataclass(frozen=True)
class Head:
    """The last line, as the minutes print it: what comes later must go on from here."""

    number: int = 0
    mac: str = ""

    def __str__(self) -> str:
        return f"{self.number}:{self.mac}"


def read_head(written: str) -> Head:
    """A head as minutes and letters print it. Raises HeadUnreadable when it is none."""
    number, colon, mac = written.strip().partition(":")
    if not colon or not number.isdecimal() or len(number) > 9 or len(mac) != 64:
        raise HeadUnreadable(
            _(
                "Mã nhật ký có dạng số dòng, dấu hai chấm, rồi 64 chữ và số; xem lại “{text}”."
            ).format(text=written[:80])
        )
    return Head(int(number), mac)


def typed_head(typed: str) -> Head:
    """The same as people copy it: broken over lines, in capitals, with words or a full stop around.

    Raises HeadUnreadable.
    """
    found = TYPED.search(typed.lower())
    return read_head("".join(found.group().split()) if found else typed)


@dataclass
class Growth:
    """What a transaction adds to the log: its last line so far, and earlier ends of the log."""

    after: Head
    ends: Set[Head]  # a kept head that is none of these is not moved on
    accepted: bool = False  # the kept head gives way, whatever it is


def kept(keys: KeyFile) -> Head | None:
    """The head beside the key file; None before the first line. Raises ChainBroken."""
    path = _file(keys)
    try:
        return read_head(path.read_text())
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError, ChainBroken) as fault:
        raise ChainBroken(
            _(
                "Không đọc được {path}, nơi máy chủ ghi mã dòng cuối của nhật ký. Xem quyền của"
                " tệp, hoặc chép lại tệp ấy từ bản lưu cùng tệp khóa. Nếu tệp đã hỏng hẳn, người"
                " quản trị máy chủ chạy “phieu audit accept”."
            ).format(path=path)
        ) from fault


def move_on(keys: KeyFile, growth: Growth) -> None:
    """Move the head on after a commit, never back.

    The deed is done whatever happens here, so that a full disk is told to the server's log alone;
    the next line catches up.
    """
    path = _file(keys)
    try:
        with path.with_name(f"{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not growth.accepted:
                before = kept(keys)
                if before is not None and before.number >= growth.after.number:
                    return
                if before is not None and before not in growth.ends:
                    return
            fresh = path.with_name(f"{path.name}.new")
            with fresh.open("w") as file:
                file.write(str(growth.after))
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
    except (OSError, ChainBroken) as fault:
        log.error(
            "line %d of the log is not noted beside the key file: %s",
            growth.after.number,
            getattr(fault, "strerror", None) or type(fault).__name__,
        )


def _file(keys: KeyFile) -> Path:
    return keys.path.with_name(f"{keys.path.name}.head")


# What a broken chain is called, and what to do.


def changed(number: int) -> str:
    return _(
        "Dòng {number} của nhật ký không còn như lúc ghi: nó hoặc dòng trước nó đã bị sửa, chèn"
        " hoặc đổi chỗ. Giữ nguyên hiện trạng, báo Hội đồng, đối chiếu với bản lưu cơ sở dữ liệu."
    ).format(number=number)


def lost(number: int) -> str:
    return _("Nhật ký thiếu dòng {number}.").format(number=number)


def keep_as_it_is() -> str:
    return _(
        "Dòng ấy đã bị xóa. Giữ nguyên hiện trạng, báo Hội đồng, đối chiếu với bản lưu cơ sở dữ"
        " liệu."
    )


def redone() -> str:
    return _(
        "Nhật ký đã bị làm lại hoặc cắt cụt, trừ khi có dòng “{words}” nói rõ vì sao. Giữ nguyên"
        " hiện trạng và báo Hội đồng."
    ).format(words=ACTIONS["audit.accept"])


def other_head(wanted: Head, last: int) -> str:
    """What is said of a typed head that the log does not hold: a slip of the hand comes first."""
    place = (
        _("Nhật ký không có dòng {number}, mới có {last} dòng.")
        if wanted.number > last or not wanted.number
        else _("Dòng {number} của nhật ký khác với mã vừa nhập.")
    ).format(number=wanted.number, last=last)
    compare = _("Trước hết so lại từng chữ với giấy hoặc thư. Nếu nhập đúng như đã in:")
    return f"{place} {compare} {redone()}"


def redone_or_restored() -> str:
    return _(
        "Máy chủ giữ mã của dòng cuối ở nơi khác, và mã ấy không khớp. Một trong hai: có người đã"
        " cắt hoặc làm lại các dòng cuối; hoặc cơ sở dữ liệu đã được khôi phục từ một bản lưu cũ"
        " hơn. Nếu không ai khôi phục: giữ nguyên hiện trạng và báo Hội đồng. Nếu đã khôi phục:"
        " người quản trị máy chủ chạy “phieu audit accept” để ghi việc ấy vào nhật ký."
    )
