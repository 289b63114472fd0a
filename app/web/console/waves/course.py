"""Two charts by day: what came in each day, and until the end of each; beside both an even course.

The even course is a measure, no forecast: as if every day from the opening to the closing brought
the same number, so that at the closing every ballot that was issued has come in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from app.language import HANOI, _, day_month, decimal, number, rounded
from app.scores.drawings import Chart, Column
from app.store.models import Wave
from app.web.console.waves.casts import SHORT, Day

MOST_DAYS = 31  # of a chart by day; the table has all


@dataclass(frozen=True)
class Course:
    """The charts of a wave; an even course brings `each` ballots a day, `due` by the last one."""

    daily: Chart
    whole: Chart
    received: int
    issued: int
    due: int
    each: str
    first: str  # days of the opening and of the closing: 24/02
    last: str


def of(wave: Wave, days: Sequence[Day], issued: int) -> Course:
    """The charts of the days of a wave; there is at least one."""
    opens = min(_day_of(wave.opens_at), days[0].day)
    closes = max(_day_of(wave.closes_at - timedelta(microseconds=1)), days[-1].day)
    window = (closes - opens).days + 1
    each = Fraction(issued, window)
    came = {day.day: day for day in days}
    shown = days[-MOST_DAYS:]
    daily = Chart(
        tuple(Column(f"{day.day:%d}", day.short, number(day.count), day.count) for day in shown),
        top=max(each, Fraction(max(day.count for day in shown)), Fraction(1)),
        line=(each, each),
    )
    every = [opens + timedelta(days=place) for place in range(window)]
    whole = Chart(
        tuple(_until(day, came.get(day)) for day in every),
        top=Fraction(max(issued, days[-1].total, 1)),
        line=(Fraction(0), Fraction(issued)),
    )
    so_far = each * ((days[-1].day - opens).days + 1)
    due = int(rounded(so_far, 0))
    received, shown_each = days[-1].total, decimal(each, 1).removesuffix(",0")
    ends = day_month(opens), day_month(closes)
    return Course(daily, whole, received, issued, due, shown_each, *ends)


def _day_of(moment: datetime) -> date:
    return moment.astimezone(HANOI).date()


def _until(when: date, day: Day | None) -> Column:
    """A day of the second chart; one to come has no column."""
    label, short = f"{when:%d}", SHORT[when.weekday()]
    if day is None:
        return Column(label, short, "", 0)
    return Column(label, short, number(day.total), day.total)


def legend() -> str:
    """What the line is."""
    return _(
        "Đường nét đứt là mốc để so, không phải dự báo: như thể ngày nào cũng nhận số phiếu bằng"
        " nhau, để đến hạn thì đủ mọi phiếu đã phát. Thường mấy ngày đầu và sau mỗi thư nhắc nhận"
        " nhiều hơn, và không đợt nào nhận đủ mọi phiếu."
    )
