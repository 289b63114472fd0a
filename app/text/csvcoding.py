"""Why the bytes of a CSV file are no UTF-8, told so that people know what to do with the file.

Pure.
"""

import re

from app.language import _, number
from app.text import garbled, oldwords
from app.text.oldcodes import seen_on_windows

HEAD = 1 << 16  # bytes looked at: hundreds of rows
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
AS_UTF_8 = _("“CSV UTF-8 (Comma delimited)”, hoặc lưu thành .xlsx.")


def refusal(data: bytes) -> str:
    """What a file that is no UTF-8 is, with the remedy; the end of "Tệp “ds.csv” …"."""
    return _("không phải CSV mã UTF-8. {reason} {remedy}").format(
        reason=_reason(data), remedy=AS_UTF_8
    )


def _reason(data: bytes) -> str:
    head = data[:HEAD]
    if data.startswith(UTF_16) or head.count(0) * 4 > len(head):
        return _(
            "Tệp theo bảng mã UTF-16 (Excel gọi là “Unicode Text”). Mở bằng Excel, chọn Save As,"
            " kiểu"
        )
    place = _broken(data)
    if place is not None:
        words = _(
            "Có ký tự hỏng ở dòng {row}, dù các dòng khác là UTF-8. Sửa dòng ấy, rồi lưu kiểu"
        )
        return words.format(row=number(data.count(b"\n", 0, place) + 1))
    text = seen_on_windows(head)
    # As a whole first: the more words there are, the fewer encodings fit them.
    codes = garbled.old_codes([text]) or garbled.old_codes(re.split(r"[,;\t\r\n]+", text))
    if not codes:
        return _("Mở bằng Excel, chọn Save As, kiểu")
    words = _("Chữ theo bảng mã {codes}. Chuyển sang Unicode bằng UniKey Toolkit rồi lưu kiểu")
    return words.format(codes=garbled.title(sorted(codes)))


def _broken(data: bytes) -> int | None:
    """The place of what is broken in a file that is UTF-8 otherwise; None in any other."""
    if not oldwords.is_unicode(data[:HEAD].decode(errors="ignore")):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return max(data.find(b"\0"), 0)
