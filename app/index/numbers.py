"""Exact numbers of an index file, as TOML or a text has them.

Pure.
"""

import re
from decimal import Decimal
from fractions import Fraction

from app.index.faults import echo
from app.language import _

NUMBER = re.compile(r"[0-9]+(\.[0-9]+|/[0-9]+)?")
DIGITS = 30  # of a numerator or a denominator; the widest fraction is then 61 signs long
BOUND = 10**DIGITS


def read(value: object) -> Fraction:
    """The exact value of a number in the file: int, Decimal, or text like "79.5" or "2/3".

    Raises ValueError with a message for people when it is not a number, negative or too long.
    """
    exact: Fraction | None = None
    if isinstance(value, str):
        exact = _number_in(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        exact = Fraction(value)
    elif isinstance(value, Decimal) and value.is_finite():
        exact = _number_of(value)
    if exact is None:
        raise ValueError(_('phải là một số, ví dụ 30, 79.5 hoặc "2/3".'))
    if exact < 0:
        raise ValueError(_("không được là số âm; hãy ghi số từ 0 trở lên."))
    if exact.numerator >= BOUND or exact.denominator >= BOUND:
        raise ValueError(_too_long())
    return exact


def _number_of(value: Decimal) -> Fraction:
    # The exponent is looked at first: 1e999999999 would be written out digit by digit.
    exponent = value.as_tuple().exponent
    if value and not (isinstance(exponent, int) and -DIGITS <= exponent <= DIGITS):
        raise ValueError(_too_long())
    return Fraction(value) if value else Fraction(0)


def _number_in(text: str) -> Fraction:
    if len(text) > 2 * DIGITS + 1:
        raise ValueError(_too_long())
    if re.fullmatch(r"-[0-9./]+", text):
        raise ValueError(_("không được là số âm; hãy ghi số từ 0 trở lên."))
    if not NUMBER.fullmatch(text):
        raise ValueError(
            _(
                '“{value}” không phải là số; hãy ghi như 30, 79.5 hoặc "2/3", '
                "với dấu chấm trước phần thập phân."
            ).format(value=echo(text))
        )
    if "/" in text and not int(text.partition("/")[2]):
        raise ValueError(_("“{value}” chia cho 0; hãy sửa mẫu số.").format(value=echo(text)))
    return Fraction(text)


def _too_long() -> str:
    return _("số quá dài; hãy ghi số có nhiều nhất {digits} chữ số.").format(digits=DIGITS)
