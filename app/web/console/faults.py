"""What the console says when something goes wrong: what happened, and what to do next."""

from collections.abc import Callable
from contextlib import suppress

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app.accounts import AccountRefused
from app.audit import ChainBroken
from app.ballots import BallotAltered, WaveAltered
from app.db import DatabaseFault
from app.indexfile import IndexFault
from app.keys import KeyFileLost, KeysMissing
from app.language import _
from app.table import TableFault
from app.waves import WaveRefused
from app.web import api, errors
from app.web.console.back import page_of, sign_in_path
from app.web.console.cookies import ROOT, leave_word
from app.web.console.desk import (
    SECOND_FACTOR,
    CodeRefused,
    Desk,
    LinkOver,
    NoSecondFactor,
    NotSignedIn,
    Stale,
    TicketRefused,
    WrongRole,
)
from app.web.console.people import PersonRemoved
from app.web.console.removals import person_removed
from app.web.console.tries import Crowded, TooManyTries
from app.web.forms import FormRefused
from app.web.pages import house_of, page, see, wrong
from app.workbook import UnreadableTable

NOTHING_DONE = _("Chưa có gì của lần gửi này được thực hiện.")


def install(app: FastAPI) -> None:
    """Give the console its error pages; those of the ballot stay as they are."""
    own: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        NotSignedIn: not_signed_in,
        NoSecondFactor: lambda _request, _error: see(SECOND_FACTOR),
        WrongRole: wrong_role,
        Stale: stale,
        PersonRemoved: person_removed,
        TicketRefused: ticket_refused,
        CodeRefused: code_refused,
        WaveRefused: refused,
        TableFault: refused,
        UnreadableTable: refused,
        IndexFault: refused,
        AccountRefused: refused,
        ChainBroken: refused,
        LinkOver: link_over,
        TooManyTries: too_many,
        Crowded: crowded,
        ClientDisconnect: gone,
    }
    for fault, handler in own.items():
        app.add_exception_handler(fault, handler)
    both: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        FormRefused: errors.form_refused,
        KeysMissing: errors.unserved,
        BallotAltered: errors.altered,
        WaveAltered: errors.altered,
        HTTPException: errors.http_fault,
    }
    for fault, ballots in both.items():
        app.add_exception_handler(fault, _by_door(ballots))


def _by_door(
    ballots: Callable[[Request, Exception], Response],
) -> Callable[[Request, Exception], Response]:
    def handler(request: Request, error: Exception) -> Response:
        if api.of_api(request) and isinstance(error, HTTPException):
            return api.http_fault(request, error)
        if not of_console(request):
            return ballots(request, error)
        if isinstance(error, FormRefused):
            return said(request, error.status, error.title, error.remedy, error.faults)
        if isinstance(error, HTTPException):
            return http_fault(request, error)
        if isinstance(error, BallotAltered | WaveAltered):
            return altered(request, error)
        if isinstance(error, KeyFileLost) or getattr(request.state, "desk", None) is None:
            return keys_away(request)
        return refused(request, error)

    return handler


def of_console(request: Request) -> bool:
    return request.url.path == ROOT or request.url.path.startswith(f"{ROOT}/")


def said(
    request: Request, status: int, title: str, remedy: str, faults: list[str] | None = None
) -> Response:
    """The plain page of a fault."""
    values: dict[str, object] = {"title": title, "remedy": remedy, "faults": faults or []}
    desk: Desk | None = getattr(request.state, "desk", None)
    if desk is not None:
        values["back"] = page_of(request) if request.method == "POST" else ""
        # A key file that is away lacks to the tickets of this page too.
        with suppress(KeysMissing):
            return desk.page("console/fault.html", values, status=status)
    return page("console/fault.html", {**NOBODY, **values}, status)


# A page of the console for who is not signed in.
NOBODY: dict[str, object] = {
    "staff": None,
    "roles": frozenset(),
    "head": None,
    "here": None,
    "agency": "",
    "section": "",
    "said": "",
}


def not_signed_in(request: Request, _error: Exception) -> Response:
    if request.headers.get("hx-request"):
        # A part of a page cannot show the way to sign in; the whole page can.
        response = said(request, 403, _("Phiên làm việc đã hết"), _("Đăng nhập lại."))
        response.headers["HX-Refresh"] = "true"
        return response
    words = (
        _("Đăng nhập để tiếp tục.")
        if request.method in ("GET", "HEAD")
        else _(
            "Phiên làm việc đã hết: quá mười giờ, hoặc mật khẩu vừa đổi. Việc vừa gửi chưa được"
            " thực hiện, nội dung vừa nhập không được giữ. Đăng nhập, trang ấy mở lại để nhập lần"
            " nữa."
        )
    )
    return leave_word(see(sign_in_path(request)), house_of(request), words)


def wrong_role(request: Request, _error: Exception) -> Response:
    return said(
        request,
        403,
        _("Trang này không thuộc vai trò của tài khoản này"),
        _("Nhờ người có vai trò ấy làm, hoặc nhờ người quản trị tài khoản đổi vai trò."),
    )


def stale(request: Request, _error: Exception) -> Response:
    return said(
        request,
        409,
        _("Trang vừa gửi đã cũ"),
        _(
            "Có người vừa đổi nội dung này, hoặc đợt đã sang bước khác. Mở lại trang để xem hiện"
            " trạng rồi làm tiếp. {nothing}"
        ).format(nothing=NOTHING_DONE),
    )


def link_over(request: Request, _error: Exception) -> Response:
    if wrong(request):
        return said(
            request,
            429,
            _("Có quá nhiều lần thử sai từ mạng này"),
            _("Đợi một phút rồi thử lại. Đường dẫn và mã đúng thì lúc nào cũng mở được."),
        )
    return said(
        request,
        404,
        _("Đường dẫn này không còn dùng được"),
        _(
            "Đường dẫn chỉ dùng một lần và có thời hạn. Nếu đã có mật khẩu thì đăng nhập; nếu chưa,"
            " nhờ người quản trị gửi lại thư mời, hoặc dùng “Quên mật khẩu”."
        ),
    )


def too_many(request: Request, _error: Exception) -> Response:
    if getattr(request.state, "desk", None) is not None:
        words = _(
            "Đợi 15 phút rồi thử lại; trong lúc ấy mật khẩu và mã đúng cũng chưa được nhận. Cần làm"
            " ngay: dùng một mã dự phòng thay cho mã trên điện thoại. {nothing}"
        )
        title = _("Có quá nhiều lần nhập sai")
        return said(request, 429, title, words.format(nothing=NOTHING_DONE))
    return said(
        request,
        429,
        _("Có quá nhiều lần nhập sai"),
        _(
            "Đợi 15 phút rồi thử lại; trong lúc ấy mật khẩu và mã đúng cũng chưa được nhận. Cần vào"
            " ngay: dùng một mã dự phòng thay cho mã trên điện thoại, hoặc đăng nhập từ mạng khác"
            " (chẳng hạn mạng của điện thoại). Không còn mã dự phòng: nhờ người quản trị tài"
            " khoản đặt lại. {nothing}"
        ).format(nothing=NOTHING_DONE),
    )


def crowded(request: Request, _error: Exception) -> Response:
    """The queue before the passwords; nobody's tries are counted by it."""
    response = said(
        request,
        503,
        _("Đang có quá nhiều người đăng nhập cùng lúc"),
        _("Đợi một phút rồi thử lại. {nothing}").format(nothing=NOTHING_DONE),
    )
    response.headers["Retry-After"] = "60"
    return response


def ticket_refused(request: Request, _error: Exception) -> Response:
    return said(
        request,
        403,
        _("Biểu mẫu này không còn dùng được"),
        _("Mở lại trang rồi làm lại: có thể đã đăng nhập lại từ lúc mở trang. {nothing}").format(
            nothing=NOTHING_DONE
        ),
    )


def code_refused(request: Request, _error: Exception) -> Response:
    return said(
        request,
        422,
        _("Mã xác thực không đúng hoặc đã dùng"),
        _("Đợi mã mới trên điện thoại (tối đa 30 giây), mở lại trang và nhập. {nothing}").format(
            nothing=NOTHING_DONE
        ),
    )


def refused(request: Request, error: Exception) -> Response:
    """What a verb refuses, in its own words."""
    if not of_console(request):
        raise error
    faults = (error.words if isinstance(error, WaveRefused) else str(error)).splitlines()
    return said(request, 422, _("Chưa làm được việc này"), faults[0] if faults else "", faults[1:])


def altered(request: Request, error: Exception) -> Response:
    """Somebody wrote into the database past this program."""
    return said(request, 409, _("Dữ liệu đã bị sửa ngoài hệ thống"), str(error))


def keys_away(request: Request) -> Response:
    """What a stranger hears of missing keys, and everybody of a key file that is lost: no path and
    no command."""
    return said(
        request,
        503,
        _("Trang quản trị chưa dùng được"),
        _("Máy chủ thiếu tệp khóa. Báo người quản trị máy chủ; chưa có gì bị mất."),
    )


def gone(_request: Request, _error: Exception) -> Response:
    """The browser left in the middle of an upload; nobody reads this."""
    return Response(status_code=400)


def http_fault(request: Request, error: HTTPException) -> Response:
    words = {
        404: (_("Không có trang này"), _("Xem lại địa chỉ, hoặc đi từ trang Tổng quan.")),
        405: (_("Trang này không nhận yêu cầu như vậy"), _("Đi lại từ trang Tổng quan.")),
    }
    fallback = (_("Yêu cầu không hợp lệ"), _("Đi lại từ trang Tổng quan."))
    response = said(request, error.status_code, *words.get(error.status_code, fallback))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def last_resort(request: Request, error: Exception) -> Response:
    """What a crash shows; it asks nothing of the database, which may be the reason."""
    if api.of_api(request):
        return api.last_resort(request, error)
    if not of_console(request):
        return await errors.last_resort(request, error)
    values = {
        **NOBODY,
        "title": _("Hệ thống gặp lỗi"),
        "remedy": _(
            "Những gì đã lưu trước đó vẫn còn. Đợi vài phút rồi thử lại; nếu còn lỗi, báo người"
            " quản trị máy chủ."
        ),
        "faults": [],
    }
    return page("console/fault.html", values, 503 if isinstance(error, DatabaseFault) else 500)
