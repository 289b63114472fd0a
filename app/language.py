"""Words for people: gettext, and numbers and dates the way of the language.

The source language of every message is Vietnamese, so no catalogue is needed for it. Another
language comes as `app/locale/<code>/LC_MESSAGES/phieu.po`, its `phieu.mo` (`make messages`) and
`PHIEU_LANGUAGE=<code>`; what a catalogue lacks is said in Vietnamese.
"""

import gettext
import os
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.folders import folder

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CATALOGUES = folder("locale")

SOURCE = "vi"
LANGUAGE = os.environ.get("PHIEU_LANGUAGE") or SOURCE
LANGUAGES = (SOURCE, *sorted(path.parts[-3] for path in CATALOGUES.glob("*/LC_MESSAGES/phieu.mo")))
translations = gettext.translation("phieu", CATALOGUES, languages=[LANGUAGE], fallback=True)
_ = translations.gettext
ngettext = translations.ngettext

WEEKDAYS = (
    _("thứ Hai"),
    _("thứ Ba"),
    _("thứ Tư"),
    _("thứ Năm"),
    _("thứ Sáu"),
    _("thứ Bảy"),
    _("Chủ nhật"),
)


# What stands between thousands and before decimals.
THOUSANDS, POINT = (".", ",") if LANGUAGE == SOURCE else (",", ".")


def number(value: int) -> str:
    """A whole number with points between thousands: 1611 is "1.611"."""
    return f"{value:,}".replace(",", THOUSANDS)


def rounded(value: Fraction, decimals: int) -> str:
    """`value` rounded half up (away from zero) and padded, with a decimal point: 2/3 is "0.67".

    The one rounding function of the program; machine formats use it as it is.
    """
    above, below = value.numerator, value.denominator
    whole = (2 * abs(above) * 10**decimals + below) // (2 * below)
    sign = "-" if above < 0 and whole else ""
    digits = str(whole).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def decimal(value: Decimal | Fraction | str, decimals: int = 2) -> str:
    """A number for a page: comma before the decimals, points between thousands ("1.611,50")."""
    exact = value if isinstance(value, Fraction) else Fraction(value)
    whole, _point, rest = rounded(exact, decimals).partition(".")
    grouped = number(int(whole)) if whole != "-0" else "-0"
    return f"{grouped}{POINT}{rest}" if rest else grouped


def exact(value: Fraction) -> str:
    """`value` without loss, as index files write it: "29.5", "30", "2/3" where no decimal ends."""
    odd = value.denominator
    twos = fives = 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    while odd % 5 == 0:
        odd, fives = odd // 5, fives + 1
    return str(value) if odd > 1 else rounded(value, max(twos, fives))


def points(value: Fraction | str) -> str:
    """The same as people write it: 1.000; 88,5; 0,667; only what has no end stays 2/3."""
    text = exact(Fraction(value))
    return text if "/" in text else decimal(text, len(text.partition(".")[2]))


def check(code: str) -> str:
    """The beginning of a check code as two people compare it: f7f7 15eb 2d42 3fa9."""
    signs = code.removeprefix("sha256:")[:16]
    return " ".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def day(moment: datetime) -> str:
    """The date in Hà Nội as official letters write it: 04/3/2023, 20/02/2023."""
    local = moment.astimezone(HANOI)
    # The month in figures may be the day to a reader of another language.
    return f"{day_month(local)}/{local.year}" if LANGUAGE == SOURCE else f"{local:%Y-%m-%d}"


def day_month(day: date) -> str:
    """A day of a year that is known: 04/3, 20/02."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{day.day:02d}/{month}"


def clock(moment: datetime) -> str:
    """The time in Hà Nội for tables: 17:00."""
    return moment.astimezone(HANOI).strftime("%H:%M")


def moment(value: datetime) -> str:
    """Time and date in a sentence, tied with no-break spaces: 17 giờ 00, thứ Bảy ngày 04/3/2023."""
    local = value.astimezone(HANOI)
    return _("{hour}\u00a0giờ\u00a0{minute:02d}, {weekday} ngày\u00a0{day}").format(
        hour=local.hour, minute=local.minute, weekday=WEEKDAYS[local.weekday()], day=day(value)
    )
