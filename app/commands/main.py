"""The command line `phieu`: which commands there are, and where each is.

Exit status: 0 done, 1 refused with a reason and a remedy on stderr, 2 wrong usage.
"""

import sys

import typer

from app.commands.lazy import Part, lazily, of
from app.language import _

COMMANDS = {
    **of(
        "doctor",
        "command",
        {
            "doctor": _("Nói bản cài đặt này có gì sai, và phải làm gì; không đổi gì."),
        },
    ),
    **of(
        "indexes",
        "indexes",
        {
            "check": _("Kiểm tra một tệp bộ chỉ số; báo mọi lỗi cùng lúc."),
            "sample": _("Ghi một bộ chỉ số kèm theo chương trình ra tệp, để xem hoặc làm mẫu."),
            "forms": _("Ghi mẫu phiếu của một tệp bộ chỉ số ra tệp Word, từng nhóm."),
        },
    ),
    **of(
        "starting",
        "starting",
        {
            "serve": _("Chạy máy chủ web cùng việc gửi thư."),
            "demo": _("Một đợt điều tra như thật, với hộp thư và máy chủ riêng, để xem thử."),
        },
    ),
    **of(
        "sending",
        "sending",
        {
            "send": _("Gửi mọi thư đã đến hạn ngay bây giờ, rồi thoát."),
        },
    ),
    **of(
        "privacy",
        "command",
        {
            "purge": _("Xóa ngay dữ liệu cá nhân đã đến hạn xóa; máy chủ cũng tự làm theo giờ."),
        },
    ),
    **of(
        "verifying",
        "verifying",
        {
            "verify": _("Tính lại một tệp JSON đã xuất và so từng con số; chỉ cần chính tệp ấy."),
        },
    ),
    **of(
        "backup",
        "copies",
        {
            "backup": _("Sao lưu cơ sở dữ liệu trong khi hệ thống vẫn chạy; không có bản nháp."),
            "restore": _("Khôi phục một bản sao lưu vào cơ sở dữ liệu trống; không ghi đè."),
        },
    ),
    **of(
        "record",
        "watching",
        {
            "watch": _(
                "Xem sổ công khai của một đợt, so với bản giữ lần trước; chỉ cần địa chỉ và thư"
                " mục."
            ),
        },
    ),
    "wave": Part("wave", "wave", _("Các việc của một đợt điều tra."), is_group=True),
    "staff": Part("staff", "staff", _("Tài khoản của trang quản trị."), is_group=True),
    "audit": Part("staff", "log", _("Nhật ký."), is_group=True),
    "keys": Part("keys", "keyfile", _("Tệp khóa."), is_group=True),
    "mail": Part("mail", "mail", _("Máy chủ thư và thư trả lại."), is_group=True),
    "readonly": Part(
        "readonly",
        "readonly",
        _("Chỉ cho xem, không cho ghi: trước khi nâng cấp, sao lưu, chuyển máy."),
        is_group=True,
    ),
    "trustee": Part(
        "trustees", "trustee", _("Việc của ủy viên giữ khóa, trên máy riêng."), is_group=True
    ),
}
app = typer.Typer(
    cls=lazily(COMMANDS),
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=_("Phieu: điều tra xã hội học phục vụ chấm điểm Chỉ số cải cách hành chính."),
)


@app.callback()
def top() -> None:
    """Without it there would be no group."""


def main() -> None:
    """Entry point of `phieu`."""
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
    except Exception as fault:
        # What can be refused is known once something is.
        from app.commands import refusals

        words = refusals.words_of(fault)
        if words is None:
            raise
        print(words, file=sys.stderr)
        raise SystemExit(1) from fault
