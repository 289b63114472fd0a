"""A page for everything that can go wrong: what happened, and what to do next.

No page says more than its reader knows already: no path, no setting, no message of a program.
"""

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.ballots import ballot as ballots
from app.ballots import enquiries
from app.ballots.ballot import (
    BallotAltered,
    IndexChanged,
    LinkReplaced,
    LinkRevoked,
    LinkUnknown,
    NotOpenYet,
    OpenBallot,
    WaveAltered,
    WaveClosed,
)
from app.ballots.drafts import AlreadyCast, NotBegun
from app.index.definition import Index
from app.keys.copied import link_in
from app.keys.keyfile import KeysMissing
from app.language import _, moment
from app.store.db import DatabaseFault
from app.web.forms import FormRefused, NoBallotOpen
from app.web.pages import Letterhead, house_of, named, page, see, wrong

log = logging.getLogger("phieu.booth")
TOO_SLOW = _("Đường truyền quá chậm, nội dung chưa tới hết. Hãy gửi lại")
TRY_AGAIN = _("Những gì đã lưu trước đó vẫn còn. Đợi vài phút rồi mở lại đường dẫn trong thư mời.")


def install(app: FastAPI) -> None:
    """Give the app its error pages."""
    pages: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        LinkUnknown: link_unknown,
        LinkReplaced: link_replaced,
        LinkRevoked: link_revoked,
        NotOpenYet: not_open_yet,
        WaveClosed: closed,
        AlreadyCast: lambda _request, _error: see("/phieu/bien-nhan"),
        NotBegun: not_begun,
        NoBallotOpen: no_ballot_open,
        FormRefused: form_refused,
        KeysMissing: unserved,
        IndexChanged: unserved,
        BallotAltered: altered,
        WaveAltered: altered,
        HTTPException: http_fault,
    }
    for fault, handler in pages.items():
        app.add_exception_handler(fault, handler)


def said(
    request: Request, status: int, title: str, remedy: str, faults: list[str] | None = None
) -> Response:
    """The plain page of a fault."""
    values = {
        "head": _letterhead(request),
        "title": title,
        "remedy": remedy,
        "faults": faults or [],
        # A form was refused, the ballot was not.
        "ongoing": status in (409, 413, 415, 422) and named(request) is not None,
    }
    return page("ballot/fault.html", values, status)


def _letterhead(request: Request) -> Letterhead:
    ballot = getattr(request.state, "ballot", None)
    return Letterhead.of(ballot.index if ballot else newest_index(request))


def newest_index(request: Request) -> Index | None:
    """Whose name stands on a page of no ballot; nobody's when even that cannot be read."""
    try:
        with house_of(request).db.reading() as session:
            return enquiries.newest_index(session)
    except Exception:  # noqa: BLE001, an error page must not fail for want of a name
        return None


def too_many(request: Request) -> Response:
    return said(
        request,
        429,
        _("Có quá nhiều lần thử sai từ mạng này"),
        _("Đợi một phút rồi thử lại. Đường dẫn và mã đúng thì lúc nào cũng mở được."),
    )


def link_unknown(request: Request, _error: Exception) -> Response:
    if wrong(request):
        return too_many(request)
    return said(
        request,
        404,
        _("Không có phiếu nào ở đường dẫn này"),
        _(
            "Có thể đường dẫn bị cắt hoặc chép thiếu. Bấm lại nút trong thư mời, hoặc nhập mã truy"
            " cập ở trang đầu."
        ),
    )


def link_replaced(request: Request, _error: Exception) -> Response:
    return said(
        request,
        404,
        _("Đường dẫn này đã được thay"),
        _(
            "Ông/Bà đã được gửi một thư mới có đường dẫn và mã truy cập khác. Mở thư mới nhất, hoặc"
            " yêu cầu gửi lại thư ở trang đầu."
        ),
    )


def link_revoked(request: Request, _error: Exception) -> Response:
    return said(
        request,
        404,
        _("Phiếu này đã được thu hồi"),
        _(
            "Cơ quan tổ chức đã bỏ địa chỉ này khỏi danh sách mời. Nếu Ông/Bà cho là nhầm, xin hỏi"
            " cơ quan tổ chức theo địa chỉ ở cuối trang."
        ),
    )


def not_open_yet(request: Request, _error: Exception) -> Response:
    ballot = _ballot(request)
    opens = moment(ballot.opens_at) if ballot else ""
    return said(
        request,
        403,
        _("Đợt điều tra chưa mở"),
        _("Mời Ông/Bà mở lại đường dẫn này từ {opens}.").format(opens=opens),
    )


def closed(request: Request, _error: Exception) -> Response:
    """Closed or cancelled, and this ballot was not cast."""
    ballot = _ballot(request)
    if ballot is None:
        return said(request, 410, _("Đợt điều tra đã kết thúc"), "")
    reason = ""
    if ballot.cancelled_at:
        with house_of(request).db.reading() as session:
            reason = enquiries.cancel_reason(session, ballot.wave_id)
    values = {"head": Letterhead.of(ballot.index), "ballot": ballot, "reason": reason}
    return page("ballot/closed.html", values, 410)


def _ballot(request: Request) -> OpenBallot | None:
    """The ballot of the request, found again when a cast was refused on its way."""
    ballot: OpenBallot | None = getattr(request.state, "ballot", None)
    name = named(request)
    if ballot is None and name is not None:
        with house_of(request).db.reading() as session:
            ballot = ballots.find(session, name)
    return ballot


def not_begun(request: Request, _error: Exception) -> Response:
    name = named(request)
    return see("/" if name is None else house_of(request).link(name))


def no_ballot_open(request: Request, _error: Exception) -> Response:
    """No cookie came. Whoever comes from a link has a browser that keeps none; others are told of
    that too, since some browsers do not say where they come from."""
    token = link_in(request.headers.get("referer", ""))
    is_ours = token is not None and house_of(request).keys.tokens.read_link(token) is not None
    link = f"/p/{token}" if is_ours else ""
    values = {"head": _letterhead(request), "link": link, "blocked": is_ours}
    return page("ballot/cookies.html", values, 403)


def form_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, FormRefused)  # noqa: S101, for the type checker
    return said(request, error.status, error.title, error.remedy, error.faults)


def too_slow(request: Request, _error: Exception) -> Response:
    return said(
        request,
        408,
        TOO_SLOW,
        _("Chưa có gì của lần gửi này được lưu. Quay lại trang trước để gửi lại."),
    )


def head_refused(status: int) -> Response:
    """An address or cookies too long to be read, so that nobody knows whose request it is."""
    values = {
        "head": Letterhead.of(None),
        "title": _("Địa chỉ hoặc cookie của yêu cầu này quá dài"),
        "remedy": _(
            "Mở lại đường dẫn trong thư mời. Nếu vẫn thấy trang này, xóa cookie của trang này trong"
            " trình duyệt rồi mở lại."
        ),
        "faults": [],
        "ongoing": False,
    }
    return page("ballot/fault.html", values, status)


def unserved(request: Request, error: Exception) -> Response:
    """This process cannot serve the ballot; /ready and the log say why."""
    changed = isinstance(error, IndexChanged)
    title = (
        _("Mẫu phiếu của đợt này không còn nguyên vẹn")
        if changed
        else _("Tạm thời chưa mở được phiếu")
    )
    return said(request, 503, title, TRY_AGAIN)


def http_fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101, for the type checker
    words = {
        404: (_("Không có trang này"), _("Xem lại địa chỉ, hoặc mở đường dẫn trong thư mời.")),
        405: (_("Trang này không nhận yêu cầu như vậy"), _("Mở lại đường dẫn trong thư mời.")),
    }
    fallback = (_("Yêu cầu không hợp lệ"), _("Mở lại đường dẫn trong thư mời."))
    response = said(request, error.status_code, *words.get(error.status_code, fallback))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def last_resort(_request: Request, error: Exception) -> Response:
    """What a crash shows; it asks nothing of the database, which may be the reason.

    503 when it is: the disk is full or the server is gone, and later it goes on.
    """
    values = {
        "head": Letterhead.of(None),
        "title": _("Hệ thống gặp lỗi"),
        "remedy": TRY_AGAIN,
        "faults": [],
        "ongoing": False,
    }
    return page("ballot/fault.html", values, 503 if isinstance(error, DatabaseFault) else 500)


def altered(request: Request, error: Exception) -> Response:
    """Somebody wrote into the database: what decides over this ballot is not what we wrote."""
    log.error("a ballot is not shown: %s", type(error).__name__)
    return said(
        request,
        503,
        _("Phiếu này tạm thời không mở được"),
        _(
            "Dữ liệu về phiếu không còn như lúc phát, nên hệ thống không dùng đến. Những gì đã lưu"
            " vẫn còn. Xin báo cơ quan tổ chức theo địa chỉ ở cuối trang."
        ),
    )
