"""The form of a key of connection: what was typed, read and judged field by field.

Pure: the time and the waves that there are come from the caller.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.language import HANOI, _
from app.staff import connections
from app.staff.connections import READ, WRITE, Grant
from app.web.console.waves.waveform import moment_of, typed_of
from app.web.posts import Posts

NAME, SCOPE, WAVES, UNTIL = "ten-khoa", "quyen", "dot", "het-han"
SCOPES = {"doc": READ, "ghi": WRITE}
USUAL = timedelta(days=365)
Faults = list[tuple[str, str]]


@dataclass(frozen=True)
class Typed:
    """What stands in the fields."""

    name: str
    scope: str
    waves: tuple[str, ...]
    until: str


def blank(now: datetime) -> Typed:
    return Typed("", "doc", (), typed_of(now + USUAL)[0])


def read(posts: Posts) -> Typed:
    # Who sends no such field has a page from before keys had a scope.
    waves = tuple(dict.fromkeys(posts.values(WAVES)))
    return Typed(posts.value(NAME), posts.value(SCOPE) or "doc", waves, posts.value(UNTIL))


def judged(typed: Typed, known: Collection[str], now: datetime) -> Grant | Faults:
    """What a key is to be granted, or everything that is wrong."""
    faults: Faults = []
    name = connections.name_fault(typed.name)
    if name is not None:
        faults.append((name, NAME))
    if typed.scope not in SCOPES:
        faults.append((_("Chọn khóa này chỉ đọc, hay được gửi điểm thẩm định nữa."), SCOPE))
    if not set(typed.waves) <= set(known):
        faults.append((_("Có đợt không còn nữa. Chọn lại các đợt."), WAVES))
    until = moment_of(typed.until, "") if typed.until else None
    if typed.until and until is None:
        words = _("Không hiểu ngày “{typed}”. Ghi ngày/tháng/năm có trong lịch, ví dụ 15/3/2026.")
        faults.append((words.format(typed=typed.until[:40]), UNTIL))
    # The day that is written is the last one.
    expires_at = until + timedelta(days=1) if until else None
    if expires_at is not None and expires_at <= now:
        words = _("Ngày hết hạn đã qua. Chọn hôm nay ({today}) hoặc một ngày sau, hoặc để trống.")
        faults.append((words.format(today=f"{now.astimezone(HANOI):%d/%m/%Y}"), UNTIL))
    return faults or Grant(SCOPES[typed.scope], frozenset(typed.waves), expires_at)
