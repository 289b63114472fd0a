"""The console's pages for what goes wrong the same way wherever it does: a title and what to do."""

from contextlib import suppress

from fastapi import Request
from starlette.responses import Response

from app.ballots.ballot import WaveAltered
from app.keys.keyfile import KeysMissing
from app.language import _
from app.web.console.desk.addresses import page_of
from app.web.console.desk.desk import Desk
from app.web.pages import page, wrong

NOTHING_DONE = _("Chưa có gì của lần gửi này được thực hiện.")


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


def altered(request: Request, error: Exception) -> Response:
    """Somebody wrote into the database past this program."""
    words = error.words if isinstance(error, WaveAltered) else str(error)
    return said(request, 409, _("Dữ liệu đã bị sửa ngoài hệ thống"), words)


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
