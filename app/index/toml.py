"""The text of an index file as plain values, or the one fault that keeps it from being read.

Pure. Fractional numbers come as `Decimal`; one that no Decimal can hold comes as NaN, which the
reading of its key then refuses with its place.
"""

import re
import tomllib
from decimal import Decimal, InvalidOperation

from app.index.faults import Fault, IndexFault, echo
from app.language import _

LARGEST = 1024 * 1024  # characters; the index of a province has some twenty thousand
MOST_DOTS = 200  # on one line: a key of many dotted parts takes the square of their number

HINTS = (
    ("Cannot overwrite", _("khóa này đã ghi ở trên; hãy bỏ một trong hai")),
    ("Duplicate inline", _("khóa này đã ghi ở trên; hãy bỏ một trong hai")),
    ("Cannot declare", _("mục này đã ghi ở trên; phần tử của danh sách viết [[…]], hai dấu ngoặc")),
    ("Cannot mutate", _("mục này đã ghi ở trên; hãy gộp làm một")),
    ("Expected '='", _("hãy viết khóa = giá trị, tên khóa không dấu")),
    ("Expected newline", _("mỗi dòng một khóa; số thập phân dùng dấu chấm, ví dụ 0.6")),
    ("Expected ']", _("thiếu dấu ngoặc vuông đóng của tên mục")),
    ("Illegal character", _("thiếu ngoặc kép đóng ở cuối chữ, hoặc có ký tự điều khiển")),
    ("Found invalid character", _("có ký tự điều khiển; hãy xóa đi")),
    ("Invalid date", _("ngày giờ không đúng; hãy để trong ngoặc kép")),
    ("Invalid initial character", _("tên khóa chỉ gồm chữ cái không dấu, chữ số, “-” và “_”")),
    ("Invalid statement", _("dòng phải là khóa = giá trị, [mục] hoặc # ghi chú")),
    ("Invalid value", _('chữ phải để trong ngoặc kép thẳng "…", số thập phân dùng dấu chấm')),
    ("Unclosed", _("thiếu dấu ngoặc đóng ] hoặc }, hoặc thiếu dấu phẩy")),
    ("Unescaped", _("dấu \\ trong ngoặc kép phải viết hai lần")),
    ("Unterminated", _("thiếu ngoặc kép đóng")),
)


def load(source: str | bytes) -> dict[str, object]:
    """The tables of a TOML document (UTF-8, a byte order mark is fine). Raises `IndexFault`."""
    text = _decoded(source).removeprefix("\ufeff")
    if len(text) > LARGEST:
        raise _refusal(
            _("Tệp"), _("dài quá {most} ký tự, không phải bộ chỉ số.").format(most=LARGEST)
        )
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if line.count(".") > MOST_DOTS:
            raise _refusal(_line(number), _("có quá nhiều dấu chấm; hãy viết gọn lại."))
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(str(error), lines) from None
    except ValueError:  # a whole number longer than Python reads
        raise _refusal(_("Tệp"), _("có số nguyên quá dài; hãy ghi số ngắn hơn.")) from None
    except RecursionError:
        raise _refusal(_("Tệp"), _("có quá nhiều ngoặc lồng nhau; hãy viết gọn lại.")) from None


def _decoded(source: str | bytes) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        message = _("không phải UTF-8; hãy lưu lại tệp với bảng mã UTF-8.")
        raise _refusal(_line(line), message) from None


def _decimal(literal: str) -> Decimal:
    try:
        return Decimal(literal)
    except InvalidOperation:
        return Decimal("NaN")


def _syntax(error: str, lines: list[str]) -> IndexFault:
    hint = next((hint for start, hint in HINTS if error.startswith(start)), None)
    where = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)$", error)
    number = int(where[1]) if where else len(lines)
    message = _("không đúng cú pháp của tệp cấu hình: {hint}. Dòng ấy là: {line}").format(
        hint=hint or _("hãy xem lại dòng này và dòng trước"),
        line=echo(lines[number - 1].strip()) or _("(cuối tệp)"),
    )
    return _refusal(_line(number), message)


def _line(number: int) -> str:
    return _("Dòng {number}").format(number=number)


def _refusal(place: str, message: str) -> IndexFault:
    return IndexFault([Fault(place, message)])
