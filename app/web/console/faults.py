"""What the console says when something goes wrong: what happened, and what to do next."""

from collections.abc import Callable

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app.audit.chain import ChainBroken
from app.ballots.ballot import BallotAltered, WaveAltered
from app.bonds.accountfacts import AccountAltered
from app.index.file import IndexFault
from app.keys.keyfile import KeyFileLost, KeysMissing
from app.language import _
from app.papers.tables import UnreadableTable
from app.staff.accounts import AccountRefused
from app.store.db import DatabaseFault
from app.text.table import TableFault
from app.waves.wave import WaveRefused
from app.web import api, errors
from app.web.bounds import TooSlow
from app.web.console.desk.addresses import ROOT, SECOND_FACTOR, sign_in_path
from app.web.console.desk.cookies import leave_word
from app.web.console.desk.desk import (
    CodeRefused,
    LinkOver,
    NoSecondFactor,
    NotSignedIn,
    Stale,
    TicketRefused,
    WrongRole,
)
from app.web.console.desk.faultpages import (
    NOBODY,
    NOTHING_DONE,
    altered,
    code_refused,
    crowded,
    gone,
    keys_away,
    link_over,
    said,
    stale,
    ticket_refused,
    too_many,
    wrong_role,
)
from app.web.console.desk.tries import Crowded, TooManyTries
from app.web.console.lists.people import PersonRemoved
from app.web.console.lists.removals import person_removed
from app.web.forms import FormRefused
from app.web.pages import house_of, page, see


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
        AccountAltered: altered,
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
        TooSlow: errors.too_slow,
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
        if isinstance(error, TooSlow):
            return said(request, 408, errors.TOO_SLOW, NOTHING_DONE)
        if isinstance(error, KeyFileLost) or getattr(request.state, "desk", None) is None:
            return keys_away(request)
        return refused(request, error)

    return handler


def of_console(request: Request) -> bool:
    return request.url.path == ROOT or request.url.path.startswith(f"{ROOT}/")


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
            "Phiên làm việc đã hết: quá 30 phút không mở, không gửi trang nào, quá mười giờ, hoặc"
            " mật khẩu vừa đổi. Việc vừa gửi chưa được thực hiện, nội dung vừa nhập không được giữ."
            " Đăng nhập, trang ấy mở lại để nhập lần nữa."
        )
    )
    return leave_word(see(sign_in_path(request)), house_of(request), words)


def refused(request: Request, error: Exception) -> Response:
    """What a verb refuses, in its own words."""
    if not of_console(request):
        raise error
    faults = (error.words if isinstance(error, WaveRefused) else str(error)).splitlines()
    return said(request, 422, _("Chưa làm được việc này"), faults[0] if faults else "", faults[1:])


def head_refused(request: Request, status: int) -> Response:
    """What is said of an address or headers too long to be read; nothing of them is looked at."""
    if api.of_api(request):
        return api.http_fault(request, HTTPException(status))
    return errors.head_refused(status)


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
