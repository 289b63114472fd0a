"""What people at the console are told when something goes wrong."""

from contextlib import suppress

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.audit.chain import ChainBroken
from app.ballots.ballot import BallotAltered, WaveAltered
from app.bonds.accountfacts import AccountAltered
from app.index.file import IndexFault
from app.keys.keyfile import KeyFileLost, KeysMissing
from app.language import _
from app.papers.tables import UnreadableTable
from app.staff.accounts import AccountRefused
from app.store.upkeep import ReadOnly
from app.text.table import TableFault
from app.waves.wave import WaveRefused
from app.web.bounds import TooSlow
from app.web.console.again import Again
from app.web.console.desk.addresses import LOOK, ROOT, SECOND_FACTOR, page_of, sign_in_path
from app.web.console.desk.cookies import leave_word
from app.web.console.desk.desk import CodeRefused, Desk, Stale
from app.web.console.desk.guards import NoSecondFactor, NotSignedIn, TicketRefused, WrongRole
from app.web.console.desk.strangers import strangers_page
from app.web.console.desk.tries import Crowded, TooManyTries
from app.web.console.door.entry import LinkOver
from app.web.console.lists.person import PersonRemoved
from app.web.console.lists.removals import person_removed
from app.web.faults import COMMON, TOO_SLOW, Door, Fault, Rows, by_status, counted, later
from app.web.forms import FormRefused
from app.web.house import house_of
from app.web.pages import see
from app.web.posts import FileTooLarge, Posts

NOTHING_DONE = _("Chưa có gì của lần gửi này được thực hiện.")


def draw(request: Request, fault: Fault) -> Response:
    """The plain page of a fault."""
    values = _values(fault)
    desk: Desk | None = getattr(request.state, "desk", None)
    if desk is not None:
        values["back"] = page_of(request) if request.method == "POST" else ""
        # A key file that is away lacks to the tickets of this page too.
        with suppress(KeysMissing):
            return desk.page("console/fault.html", values, status=fault.status)
    return strangers_page("console/fault.html", values, fault.status)


def bare(fault: Fault) -> Response:
    """The same, when nothing may be asked."""
    return strangers_page("console/fault.html", _values(fault), fault.status)


def _values(fault: Fault) -> dict[str, object]:
    return {"title": fault.title, "remedy": fault.remedy, "faults": fault.faults}


def not_signed_in(request: Request, _error: Exception) -> Fault | Response:
    if request.headers.get("hx-request"):
        # A part of a page cannot show the way to sign in; the whole page can.
        title, remedy = _("Phiên làm việc đã hết"), _("Đăng nhập lại.")
        return Fault(403, title, remedy, headers={"HX-Refresh": "true"})
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


def refused(_request: Request, error: Exception) -> Fault:
    """What a verb refuses, in its own words."""
    faults = (error.words if isinstance(error, WaveRefused) else str(error)).splitlines()
    return Fault(422, _("Chưa làm được việc này"), faults[0] if faults else "", faults[1:])


def not_our_form(request: Request, error: Exception) -> Fault | Response:
    """What no form of ours sends: nobody's browser comes back to it, so the answer is this page
    itself (see `kept`)."""
    assert isinstance(error, FormRefused)  # noqa: S101, for the type checker
    request.state.not_our_form = True
    return error.fault


def too_large(_request: Request, error: Exception) -> Fault:
    assert isinstance(error, FileTooLarge)  # noqa: S101, for the type checker
    return error.fault


HTTP = by_status(
    {
        404: (_("Không có trang này"), _("Xem lại địa chỉ, hoặc đi từ trang Tổng quan.")),
        405: (_("Trang này không nhận yêu cầu như vậy"), _("Đi lại từ trang Tổng quan.")),
    },
    (_("Yêu cầu không hợp lệ"), _("Đi lại từ trang Tổng quan.")),
)


def of_http(request: Request, error: Exception) -> Fault | Response:
    """An address that only takes forms, typed or loaded again, leads to the page of its form."""
    assert isinstance(error, HTTPException)  # noqa: S101, for the type checker
    if error.status_code == 405 and request.method in LOOK:
        return see(page_of(request))
    return HTTP(request, error)


def too_many(request: Request, _error: Exception) -> Fault:
    if getattr(request.state, "desk", None) is not None:
        words = _(
            "Đợi 15 phút rồi thử lại; trong lúc ấy mật khẩu và mã đúng cũng chưa được nhận. Cần làm"
            " ngay: dùng một mã dự phòng thay cho mã trên điện thoại. {nothing}"
        )
    else:
        words = _(
            "Đợi 15 phút rồi thử lại; trong lúc ấy mật khẩu và mã đúng cũng chưa được nhận. Cần vào"
            " ngay: dùng một mã dự phòng thay cho mã trên điện thoại, hoặc đăng nhập từ mạng khác"
            " (chẳng hạn mạng của điện thoại). Không còn mã dự phòng: nhờ người quản trị tài"
            " khoản đặt lại. {nothing}"
        )
    return Fault(429, _("Có quá nhiều lần nhập sai"), words.format(nothing=NOTHING_DONE))


def altered(_request: Request, error: Exception) -> Fault:
    """Somebody wrote into the database past this program."""
    words = error.words if isinstance(error, WaveAltered) else str(error)
    return Fault(409, _("Dữ liệu đã bị sửa ngoài hệ thống"), words)


# What a stranger hears of missing keys, and everybody of a key file that is lost: no path and no
# command.
KEYS_AWAY = Fault(
    503,
    _("Trang quản trị chưa dùng được"),
    _("Máy chủ thiếu tệp khóa. Báo người quản trị máy chủ; chưa có gì bị mất."),
)


def upkeep(request: Request, error: Exception) -> Fault | Response:
    """Nothing may be written now. The answer is this page itself, which cannot be kept (see
    `kept`); what was typed stands on it, to be sent again."""
    assert isinstance(error, ReadOnly)  # noqa: S101, for the type checker
    request.state.not_our_form = True
    fault = Fault(
        503,
        error.standing.words.rstrip("."),
        _("Lúc này trang quản trị chỉ xem được. {nothing}").format(nothing=NOTHING_DONE),
        headers=later(request, error),
    )
    desk: Desk | None = getattr(request.state, "desk", None)
    sent: Posts | None = getattr(request.state, "posts", None)
    if desk is not None and sent is not None:
        with suppress(KeysMissing):
            # It says itself what stands on top of other pages.
            values = _values(fault) | {"again": Again.of(request, sent), "upkeep": None}
            response = desk.page("console/fault.html", values, status=fault.status)
            response.headers.update(fault.headers)
            return response
    return fault


def keys_missing(request: Request, error: Exception) -> Fault:
    is_staff = getattr(request.state, "desk", None) is not None
    return refused(request, error) if is_staff else KEYS_AWAY


ROWS: Rows = {
    **COMMON,
    ReadOnly: upkeep,
    NotSignedIn: not_signed_in,
    NoSecondFactor: lambda _request, _error: see(SECOND_FACTOR),
    WrongRole: Fault(
        403,
        _("Trang này không thuộc vai trò của tài khoản này"),
        _("Nhờ người có vai trò ấy làm, hoặc nhờ người quản trị tài khoản đổi vai trò."),
    ),
    Stale: Fault(
        409,
        _("Trang vừa gửi đã cũ"),
        _(
            "Có người vừa đổi nội dung này, hoặc đợt đã sang bước khác. Mở lại trang để xem hiện"
            " trạng rồi làm tiếp. {nothing}"
        ).format(nothing=NOTHING_DONE),
    ),
    PersonRemoved: person_removed,
    TicketRefused: Fault(
        403,
        _("Biểu mẫu này không còn dùng được"),
        _("Mở lại trang rồi làm lại: có thể đã đăng nhập lại từ lúc mở trang. {nothing}").format(
            nothing=NOTHING_DONE
        ),
    ),
    CodeRefused: Fault(
        422,
        _("Mã xác thực không đúng hoặc đã dùng"),
        _("Đợi mã mới trên điện thoại (tối đa 30 giây), mở lại trang và nhập. {nothing}").format(
            nothing=NOTHING_DONE
        ),
    ),
    WaveRefused: refused,
    TableFault: refused,
    UnreadableTable: refused,
    IndexFault: refused,
    AccountRefused: refused,
    ChainBroken: refused,
    AccountAltered: altered,
    BallotAltered: altered,
    WaveAltered: altered,
    LinkOver: counted(
        Fault(
            404,
            _("Đường dẫn này không còn dùng được"),
            _(
                "Đường dẫn chỉ dùng một lần và có thời hạn. Nếu đã có mật khẩu thì đăng nhập; nếu"
                " chưa, nhờ người quản trị gửi lại thư mời, hoặc dùng “Quên mật khẩu”."
            ),
        )
    ),
    TooManyTries: too_many,
    # The queue before the passwords; nobody's tries are counted by it.
    Crowded: Fault(
        503,
        _("Đang có quá nhiều người đăng nhập cùng lúc"),
        _("Đợi một phút rồi thử lại. {nothing}").format(nothing=NOTHING_DONE),
        headers={"Retry-After": "60"},
    ),
    TooSlow: Fault(408, TOO_SLOW, NOTHING_DONE),
    KeysMissing: keys_missing,
    KeyFileLost: KEYS_AWAY,
    FormRefused: not_our_form,
    FileTooLarge: too_large,
    HTTPException: of_http,
}
DOOR = Door(
    root=ROOT,
    rows=ROWS,
    draw=draw,
    bare=bare,
    crash=Fault(
        500,
        _("Hệ thống gặp lỗi"),
        _(
            "Những gì đã lưu trước đó vẫn còn. Đợi vài phút rồi thử lại; nếu còn lỗi, báo người"
            " quản trị máy chủ."
        ),
    ),
)
