"""The steps of a wave and the one thing to do next. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.language import HANOI, _, clock, day

STEPS = (
    _("Chuẩn bị"),
    _("Đã phát phiếu"),
    _("Đang thu phiếu"),
    _("Đã kết thúc thu phiếu"),
    _("Đã mở hòm phiếu"),
    _("Đã có kết quả"),
)
PLACE = {"draft": 0, "launched": 1, "open": 2, "closed": 3, "unsealed": 4, "scored": 5}


@dataclass(frozen=True)
class Step:
    """One dot of the line: `state` is done, now or later."""

    words: str
    state: str
    when: str = ""


@dataclass(frozen=True)
class Facts:
    """What the next step follows from."""

    state: str
    opens_at: datetime
    closes_at: datetime
    launched_at: datetime | None
    closed_at: datetime | None
    unsealed_at: datetime | None
    now: datetime
    people: int = 0
    red: tuple[str, ...] = ()  # what the checks say that are not green yet
    failed: int = 0
    waiting: int = 0  # letters still to go
    mail_fault: str = ""  # why no letters go out
    proposed_by: str = ""
    proposed_by_reader: bool = False
    two_people: bool = False
    rehearsal: bool = False


def steps(facts: Facts) -> tuple[Step, ...]:
    """The line of steps, with the dates that are known."""
    if facts.state == "cancelled":
        return ()
    now = PLACE[facts.state]
    times = (
        "",
        when(facts.launched_at),
        # Once it is over, when it was over stands a step further.
        _("đến {moment}").format(moment=until(facts.closes_at)) if 1 <= now <= 2 else "",
        when(facts.closed_at),
        when(facts.unsealed_at),
        "",
    )
    return tuple(
        Step(words, "done" if place < now else "now" if place == now else "later", times[place])
        for place, words in enumerate(STEPS)
    )


def when(moment: datetime | None) -> str:
    """A moment in a table: 12/3/2026, 17:00."""
    return f"{day(moment)}, {clock(moment)}" if moment else ""


def left(closes: datetime, now: datetime) -> tuple[int, str]:
    """How long it still is to a closing: whole days, in the last one hours, then minutes."""
    rest = max(closes - now, timedelta(0))
    if rest.days:
        return rest.days, _("ngày còn lại")
    if rest.seconds >= 3600:
        return rest.seconds // 3600, _("giờ còn lại")
    return rest.seconds // 60, _("phút còn lại")


def until(closes: datetime) -> str:
    """The same of a closing. It is exclusive: midnight is the end of the day before."""
    local = closes.astimezone(HANOI)
    if local.hour or local.minute:
        return when(closes)
    return _("hết {day}").format(day=day(local - timedelta(seconds=1)))
