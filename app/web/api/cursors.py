"""Long lists, page by page: `limit`, `cursor`, and where the next page is.

A cursor is made here and read by nobody else. One of a sheet's parts names the sheet: a sheet never
changes, so that pages fit together though a newer one is made meanwhile.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

from app.language import _
from app.web.faults import Refused

USUAL, MOST = 100, 500
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
CURSOR = re.compile(r"[A-Za-z0-9_-]{1,200}")
BEGIN = _("cursor không phải do hệ thống này đưa ra. Bắt đầu lại từ trang đầu, không có cursor.")


@dataclass(frozen=True)
class Asked:
    """Which page is asked for; `last` names the last thing of the page before."""

    limit: int
    sheet: int | None
    last: str | None


def asked(request: Request) -> Asked:
    """What the query says. Raises Refused."""
    limit = _number(request, "limit") or USUAL
    if limit > MOST:
        raise unreadable(
            _("limit lớn quá. Lấy nhiều nhất {most} mục một lần, rồi đi theo next.").format(
                most=MOST
            )
        )
    sheet, last = sheet_asked(request), None
    cursor = one(request, "cursor")
    if cursor is not None:
        of_sheet, last = _read(cursor)
        if sheet is not None and sheet != of_sheet:
            raise _no_page(_("cursor là của một bảng điểm khác với sheet. Bỏ một trong hai."))
        sheet = of_sheet
    return Asked(limit, sheet, last)


def sheet_asked(request: Request) -> int | None:
    """The number of the sheet that is asked for. Raises Refused."""
    return _number(request, "sheet")


def _number(request: Request, name: str) -> int | None:
    value = one(request, name)
    if value is not None and not NUMBER.fullmatch(value):
        raise unreadable(_("{name} phải là một số nguyên từ 1.").format(name=name))
    return None if value is None else int(value)


def one(request: Request, name: str) -> str | None:
    """A parameter of the query, at most once. Raises Refused."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise unreadable(_("{name} có nhiều lần trong địa chỉ. Viết một lần.").format(name=name))
    return values[0] if values else None


def made(last: str, sheet: int | None = None) -> str:
    return urlsafe_b64encode(f"{sheet or ''}.{last}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int | None, str]:
    if not CURSOR.fullmatch(cursor):
        raise unreadable(BEGIN)
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise _no_page() from None
    number, dot, last = raw.partition(".")
    sheet = int(number) if NUMBER.fullmatch(number) else None
    if not dot or made(last, sheet) != cursor:
        raise _no_page()
    return sheet, last


def _no_page(remedy: str = BEGIN) -> Refused:
    """What looks like a cursor, and leads to no page."""
    return Refused(404, _("Không có trang ấy."), remedy)


def unreadable(remedy: str) -> Refused:
    return Refused(422, _("Yêu cầu không hợp lệ."), remedy)


def cut(asked: Asked, names: list[str], is_of_sheet: bool) -> tuple[slice, str | None]:
    """Which of the things of these names are on the page, and the last one's name if more follow.
    Raises Refused where the page before ended with none of them."""
    if asked.last is not None and (asked.last not in names or (asked.sheet is None) is is_of_sheet):
        raise _no_page()
    begin = 0 if asked.last is None else names.index(asked.last) + 1
    end = begin + asked.limit
    return slice(begin, end), names[end - 1] if end < len(names) else None


def following(address: str, asked: Asked, last: str | None, sheet: int | None = None) -> str | None:
    """The address of the next page, None after the last one."""
    if last is None:
        return None
    return f"{address}?{urlencode({'limit': asked.limit, 'cursor': made(last, sheet)})}"


def link(address: str | None) -> dict[str, str]:
    return {} if address is None else {"Link": f'<{address}>; rel="next"'}
