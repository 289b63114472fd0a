"""Whether the time of this machine can be believed.

Waves open and close by the database's clock, codes of the second factor hold for seconds. A clock
that went back is seen by the last line of the log, one that nobody sets by what the kernel says.
"""

import ctypes
from datetime import UTC, datetime, timedelta

from app.audit import chain
from app.doctor.finding import BAD, GOOD, LOOK, Finding
from app.language import _, moment
from app.store.db import Database, Session

# Seconds of difference that nobody need hear of; a code of the second factor bears no more.
APART = timedelta(seconds=30)
TIME_ERROR = 5  # adjtimex(2): nobody sets this clock


def wrong(db: Database, session: Session) -> str:
    """What is wrong with the time, in words; empty for nothing."""
    here = datetime.now(UTC) if db.clock is None else db.clock()
    there = db.now(session)
    if abs(here - there) > APART:
        return _("Đồng hồ máy này và đồng hồ máy cơ sở dữ liệu lệch nhau {seconds} giây.").format(
            seconds=round(abs(here - there).total_seconds())
        )
    last = next(iter(chain.lines(session, limit=1)), None)
    if last is not None and last.at - there > APART:
        return _("Đồng hồ đang chỉ {now}, trước việc cuối cùng trong nhật ký ({last}).").format(
            now=moment(there), last=moment(last.at)
        )
    return ""


def is_set() -> bool | None:
    """Whether something sets this machine's clock; None where the kernel does not say."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    except (AttributeError, OSError):
        return None
    return None if state < 0 else bool(state != TIME_ERROR)


def of_clock(db: Database, session: Session) -> Finding:
    """The clock, for a person."""
    about = _("Đồng hồ")
    remedy = _(
        "Cài và bật đồng bộ giờ (“timedatectl set-ntp true”, hoặc chrony); máy không có mạng thì"
        " trỏ tới máy giờ trong mạng nội bộ. Chỉnh giờ trước khi phát phiếu."
    )
    if words := wrong(db, session):
        return Finding(BAD, about, words, remedy)
    if is_set() is False:
        return Finding(LOOK, about, _("Không có gì chỉnh giờ máy này."), remedy)
    words = _("{now}; khớp với cơ sở dữ liệu.").format(now=moment(db.now(session)))
    return Finding(GOOD, about, words)
