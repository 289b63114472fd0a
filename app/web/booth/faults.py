"""What a respondent is told when something goes wrong, with who organises on top of the page."""

import logging

from fastapi import Request
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
from app.count.tallies import TallyAltered
from app.keys.copied import link_in
from app.keys.keyfile import KeysMissing
from app.language import _, moment
from app.web.booth.letterhead import Letterhead, letterhead
from app.web.booth.posted import NoBallotOpen
from app.web.bounds import TooSlow
from app.web.faults import COMMON, TOO_SLOW, Door, Fault, Rows, by_status, counted
from app.web.house import house_of, named
from app.web.pages import page, see

log = logging.getLogger("phieu.booth")
TRY_AGAIN = _("Những gì đã lưu trước đó vẫn còn. Đợi vài phút rồi mở lại đường dẫn trong thư mời.")


def draw(request: Request, fault: Fault) -> Response:
    """The plain page of a fault."""
    # A form was refused, the ballot was not.
    ongoing = fault.status in (409, 413, 415, 422) and named(request) is not None
    return _page(letterhead(request), fault, ongoing)


def bare(fault: Fault) -> Response:
    """The same, when nothing may be asked."""
    return _page(Letterhead.of(None), fault)


def _page(head: Letterhead, fault: Fault, ongoing: bool = False) -> Response:
    values = {
        "head": head,
        "title": fault.title,
        "remedy": fault.remedy,
        "faults": fault.faults,
        "ongoing": ongoing,
    }
    return page("ballot/fault.html", values, fault.status)


def not_open_yet(request: Request, _error: Exception) -> Fault:
    ballot = _ballot(request)
    opens = moment(ballot.opens_at) if ballot else ""
    remedy = _("Mời Ông/Bà mở lại đường dẫn này từ {opens}.").format(opens=opens)
    return Fault(403, _("Đợt điều tra chưa mở"), remedy)


def closed(request: Request, _error: Exception) -> Fault | Response:
    """Closed or cancelled, and this ballot was not cast."""
    ballot = _ballot(request)
    if ballot is None:
        return Fault(410, _("Đợt điều tra đã kết thúc"), "")
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
    values = {"head": letterhead(request), "link": link, "blocked": is_ours}
    return page("ballot/cookies.html", values, 403)


def altered(_request: Request, error: Exception) -> Fault:
    """Somebody wrote into the database: what decides over this ballot is not what we wrote."""
    log.error("a ballot is not shown: %s", type(error).__name__)
    return Fault(
        503,
        _("Phiếu này tạm thời không mở được"),
        _(
            "Dữ liệu về phiếu không còn như lúc phát, nên hệ thống không dùng đến. Những gì đã lưu"
            " vẫn còn. Xin báo cơ quan tổ chức theo địa chỉ ở cuối trang."
        ),
    )


def tally_altered(_request: Request, error: Exception) -> Fault:
    log.error("%s", error)
    return Fault(
        503,
        _("Chưa tra được mã biên nhận"),
        _(
            "Danh sách biên nhận không còn như lúc kiểm phiếu, nên hệ thống không trả lời đúng"
            " sai. Xin giữ mã biên nhận và báo cơ quan tổ chức."
        ),
    )


ROWS: Rows = {
    **COMMON,
    LinkUnknown: counted(
        Fault(
            404,
            _("Không có phiếu nào ở đường dẫn này"),
            _(
                "Có thể đường dẫn bị cắt hoặc chép thiếu. Bấm lại nút trong thư mời, hoặc nhập mã"
                " truy cập ở trang đầu."
            ),
        )
    ),
    LinkReplaced: Fault(
        404,
        _("Đường dẫn này đã được thay"),
        _(
            "Ông/Bà đã được gửi một thư mới có đường dẫn và mã truy cập khác. Mở thư mới nhất, hoặc"
            " yêu cầu gửi lại thư ở trang đầu."
        ),
    ),
    LinkRevoked: Fault(
        404,
        _("Phiếu này đã được thu hồi"),
        _(
            "Cơ quan tổ chức đã bỏ địa chỉ này khỏi danh sách mời. Nếu Ông/Bà cho là nhầm, xin hỏi"
            " cơ quan tổ chức theo địa chỉ ở cuối trang."
        ),
    ),
    NotOpenYet: not_open_yet,
    WaveClosed: closed,
    AlreadyCast: lambda _request, _error: see("/phieu/bien-nhan"),
    NotBegun: not_begun,
    NoBallotOpen: no_ballot_open,
    TooSlow: Fault(
        408,
        TOO_SLOW,
        _("Chưa có gì của lần gửi này được lưu. Quay lại trang trước để gửi lại."),
    ),
    # This process cannot serve the ballot; /ready and the log say why.
    KeysMissing: Fault(503, _("Tạm thời chưa mở được phiếu"), TRY_AGAIN),
    IndexChanged: Fault(503, _("Mẫu phiếu của đợt này không còn nguyên vẹn"), TRY_AGAIN),
    BallotAltered: altered,
    WaveAltered: altered,
    TallyAltered: tally_altered,
    HTTPException: by_status(
        {
            404: (_("Không có trang này"), _("Xem lại địa chỉ, hoặc mở đường dẫn trong thư mời.")),
            405: (_("Trang này không nhận yêu cầu như vậy"), _("Mở lại đường dẫn trong thư mời.")),
        },
        (_("Yêu cầu không hợp lệ"), _("Mở lại đường dẫn trong thư mời.")),
    ),
}
DOOR = Door(
    root="",
    rows=ROWS,
    draw=draw,
    bare=bare,
    crash=Fault(500, _("Hệ thống gặp lỗi"), TRY_AGAIN),
    too_long=Fault(
        431,
        _("Địa chỉ hoặc cookie của yêu cầu này quá dài"),
        _(
            "Mở lại đường dẫn trong thư mời. Nếu vẫn thấy trang này, xóa cookie của trang này trong"
            " trình duyệt rồi mở lại."
        ),
    ),
)
