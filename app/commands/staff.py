"""`phieu staff …` and `phieu audit …`: accounts for who lost everything, the log checked, and taken
as it is after a backup came back."""

import sys
from typing import Annotated

import typer

from app.audit import chain, checking
from app.commands.terminal import note, refuse, workshop
from app.language import _, day, number
from app.staff import accounts, invitations, outbox
from app.staff.links import Links
from app.waves import staffmail

staff = typer.Typer(no_args_is_help=True)
log = typer.Typer(no_args_is_help=True)
Email = Annotated[str, typer.Argument(help=_("Địa chỉ thư"), metavar="EMAIL")]


@staff.command(help=_("Thêm một tài khoản; in đường dẫn đặt mật khẩu và gửi nó qua thư."))
def add(
    email: Email,
    role: Annotated[list[str], typer.Option(help=_("officer, council hoặc admin; nhiều lần được"))],
    name: Annotated[str, typer.Option(help=_("Họ và tên"))] = "",
) -> None:
    with workshop() as (db, keys, configured), db.transaction() as session:
        now = db.now(session)
        shown = name or email.partition("@")[0]
        staff_id = accounts.add(session, email, shown, role, now)
        note(db, session, keys, "account.add", staff=email, roles=sorted(role))
        staffmail.queue(session, "invitation", staff_id, now)
        token = Links(keys).make(session, "invitation", staff_id, now)
    print(_("Đã thêm {email}. Đường dẫn đặt mật khẩu, dùng trong 72 giờ:").format(email=email))
    print(f"{configured.base_url}/quan-tri/moi/{token}")


@staff.command(help=_("In đường dẫn tạo tài khoản đầu tiên."))
def setup() -> None:
    from app.commands import serving

    with workshop() as (db, keys, configured):
        link = serving.setup_link(db, keys, configured.base_url)
    if not link:
        refuse(
            _(
                "Hệ thống đã có tài khoản. Thêm người bằng “phieu staff add”, lấy lại tài khoản đã"
                " mất bằng “phieu staff reset EMAIL”."
            )
        )
    print(_("Mở đường dẫn này để tạo tài khoản đầu tiên; dùng được trong 24 giờ:"))
    print(link)


@staff.command("list", help=_("Liệt kê các tài khoản."))
def list_all() -> None:
    with workshop() as (db, _keys, _settings), db.reading() as session:
        everyone, lost = accounts.listed(session), outbox.not_arrived(session)
    for account in everyone:
        state = _("đang dùng") if account.has_second_factor else _("chưa xong lời mời")
        state = account.altered or state
        print(f"{account.email}  {' '.join(sorted(account.roles))}  {account.name}  ({state})")
        if account.id in lost:
            words = _("Thư ngày {day} không đến: {why}")
            print(f"  {words.format(day=day(lost[account.id].at), why=lost[account.id].why)}")
    if not everyone:
        print(_("Chưa có tài khoản nào."), file=sys.stderr)


@staff.command(help=_("Đặt lại tài khoản của người mất mật khẩu, điện thoại và mã dự phòng."))
def reset(email: Email) -> None:
    with workshop() as (db, keys, configured), db.transaction() as session:
        account, now = accounts.find(session, email), db.now(session)
        accounts.reset(session, account.id, even_last=True)
        # One that still waited would carry a second link to a mailbox.
        invitations.drop_waiting(session, account.id, now, _("Đã đặt lại trên máy chủ."))
        note(db, session, keys, "account.reset", staff=account.email)
        token = Links(keys).make(session, "invitation", account.id, now)
    print(_("Đã đặt lại {email}. Đường dẫn đặt mật khẩu, dùng trong 72 giờ:").format(email=email))
    print(f"{configured.base_url}/quan-tri/moi/{token}")
    print(
        _(
            "Mật khẩu, điện thoại và mã dự phòng cũ không dùng được nữa; mọi nơi đang đăng nhập đã"
            " bị đăng xuất. Ai có đường dẫn này thì vào được tài khoản: chỉ trao tận tay người ấy."
            " Không có thư nào được gửi."
        )
    )


@staff.command(help=_("Xóa một tài khoản."))
def remove(email: Email) -> None:
    with workshop() as (db, keys, _settings), db.transaction() as session:
        account, now = accounts.find(session, email), db.now(session)
        accounts.remove(session, account.id, now)
        note(db, session, keys, "account.remove", staff=account.email)
    print(_("Đã xóa tài khoản {email}.").format(email=email))


@log.command(help=_("Kiểm tra nhật ký: tìm dòng bị sửa, xóa, đổi chỗ hoặc cắt bỏ."))
def verify(
    head: Annotated[str, typer.Option(help=_("Mã nhật ký in trong biên bản hoặc thư"))] = "",
) -> None:
    with workshop() as (db, keys, _settings), db.reading() as session:
        found = checking.verify(session, keys, chain.read_head(head) if head else None)
        old = chain.log_begins(keys).number
    print(_("Nhật ký nguyên vẹn: {number} dòng.").format(number=number(found.number)))
    if old:
        print(
            _("Dòng 1 đến {number} ghi dưới tệp khóa đã mất: chỉ biết là không thiếu.").format(
                number=number(old)
            )
        )
    print(found)


@log.command(help=_("Nhận nhật ký như hiện có, sau khi khôi phục cơ sở dữ liệu từ bản lưu."))
def accept(
    reason: Annotated[str, typer.Option(help=_("Ai khôi phục, lúc nào, vì sao"))],
) -> None:
    with workshop() as (db, keys, _settings), db.transaction() as session:
        if not reason.strip():
            refuse(_("Ghi lý do bằng --reason: ai khôi phục, lúc nào, vì sao."))
        now = db.now(session)
        head = checking.accept(session, keys, now, chain.COMMAND_LINE, reason.strip())
        staffmail.queue_heads(session, now, "", "audit.accept", head)
    print(_("Đã ghi vào nhật ký, dòng {number}.").format(number=number(head.number)))
    print(head)
