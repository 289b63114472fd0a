"""The form of a wave before its launch: what was typed, read and judged field by field.

Pure: the time and the codes that are taken come from the caller.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from app.language import HANOI, _, day, moment
from app.waves.wave import CODE_SIGNS

LONGEST_CODE = 64
REHEARSAL = "thu"  # stands behind the code of the wave that is rehearsed
YEARS = range(2000, 2200)
# A slip in the year; who writes commands may mean it.
LONGEST_WAVE = timedelta(days=366)
Faults = list[tuple[str, str]]


# As people here write them: 12/3/2026, 8:00, 17 giờ 30, 8h. A picker of the browser would show
# them the way of the browser's language, and 03/12 is read for another day.
DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2})(?:\s*(?::|h|g|giờ)\s*(\d{2})?)?(?:\s*phút)?", re.ASCII)
LONGEST = 40  # a row of spaces is parted between its places in more ways than anybody can try


def moment_of(day: str, clock: str) -> datetime | None:
    """A date and a time of Hà Nội as the fields have them; no time is the first of the day."""
    if max(len(day), len(clock)) > LONGEST:
        return None
    dated, timed = DAY.fullmatch(day.strip()), CLOCK.fullmatch(clock.strip().lower() or "0")
    if dated is None or timed is None:
        return None
    number, month, year = map(int, dated.groups())
    try:
        found = datetime(year, month, number, int(timed[1]), int(timed[2] or 0), tzinfo=HANOI)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def typed_of(when: datetime) -> tuple[str, str]:
    """A moment as `moment_of` reads it: day and time."""
    there = when.astimezone(HANOI)
    return f"{there:%d/%m/%Y}", f"{there:%H:%M}"


def closing_of(day: str, clock: str) -> datetime | None:
    """A closing; without a time it is the end of that day."""
    found = moment_of(day, clock)
    return found + timedelta(days=1) if found and not clock else found


def too_far(closes: datetime) -> str:
    """What is said of a closing beyond LONGEST_WAVE: mostly a slip in the year."""
    return _("Hạn gửi phiếu ({closes}) còn hơn một năm nữa. Xem lại năm.").format(
        closes=day(closes)
    )


def unread(day: str, clock: str, field: str) -> tuple[str, str]:
    """Why a day and a time are no moment, and at which of `<field>ngay`, `<field>gio`."""
    if not day.strip():
        return _("Ghi ngày/tháng/năm, ví dụ 15/3/2026."), f"{field}ngay"
    if moment_of(day, "") is None:
        words = _("Không hiểu ngày “{typed}”. Ghi ngày/tháng/năm có trong lịch, ví dụ 15/3/2026.")
        return words.format(typed=day[:40]), f"{field}ngay"
    words = _("Không hiểu giờ “{typed}”. Ghi giờ:phút, ví dụ 8:00 hoặc 17:30.")
    return words.format(typed=clock[:40]), f"{field}gio"


def dates(
    typed: dict[str, str], now: datetime, kept: datetime | None = None
) -> tuple[datetime, datetime] | Faults:
    """Opening and closing, or what is wrong with them. `kept`: an opening that may stay, though
    its day has passed meanwhile."""
    opens = moment_of(typed["mo-ngay"], typed["mo-gio"])
    closes = closing_of(typed["han-ngay"], typed["han-gio"])
    faults = []
    if opens is None:
        faults.append(unread(typed["mo-ngay"], typed["mo-gio"], "mo-"))
    elif opens != kept and opens.date() < now.astimezone(HANOI).date():
        words = _("Ngày mở phiếu đã qua. Chọn hôm nay ({today}) hoặc một ngày sau.")
        faults.append((words.format(today=day(now)), "mo-ngay"))
    if closes is None:
        faults.append(unread(typed["han-ngay"], typed["han-gio"], "han-"))
    elif closes <= now:
        words = _("Hạn gửi phiếu ({closes}) đã qua. Chọn một hạn sau bây giờ.")
        faults.append((words.format(closes=moment(closes)), "han-ngay"))
    elif opens is not None and closes <= opens:
        words = _("Hạn gửi phiếu phải sau lúc mở phiếu ({opens}). Chọn một hạn muộn hơn.")
        faults.append((words.format(opens=moment(opens)), "han-ngay"))
    elif closes - now > LONGEST_WAVE:
        faults.append((too_far(closes), "han-ngay"))
    return faults if faults or opens is None or closes is None else (opens, closes)


def code_faults(code: str, taken: Collection[str]) -> Faults:
    if not code:
        return [(_("Ghi mã đợt."), "ma")]
    if len(code) > LONGEST_CODE or not set(code) <= CODE_SIGNS:
        words = _("Mã đợt chỉ gồm chữ cái không dấu, chữ số, - và _, tối đa {most} dấu.")
        return [(words.format(most=LONGEST_CODE), "ma")]
    if code in taken:
        words = _("Đã có đợt mang mã {code}. Đặt mã khác, ví dụ {free}.")
        return [(words.format(code=code, free=free_code(code, taken)), "ma")]
    return []


def free_code(code: str, taken: Collection[str], mark: str = "") -> str:
    """The code itself when nobody has it, else with a number; with `mark` behind it always."""
    stem, number = f"{code[:55]}-{mark}" if mark else code, 1
    found = stem
    while found in taken:
        number += 1
        found = f"{stem}{number}" if mark else f"{stem[:55]}-{number}"
    return found


def rehearsed(trial: str, codes: Iterable[str]) -> str:
    """The wave that a rehearsal was made of, as `free_code` marked it; nothing when it is gone."""
    return next(
        (code for code in codes if re.fullmatch(rf"{re.escape(code[:55])}-{REHEARSAL}\d*", trial)),
        "",
    )
