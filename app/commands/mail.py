"""`phieu mail …`: is the way out clear, and what has come back."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app import settings
from app.bounces import imap, mailbox, taking
from app.bounces.mailbox import BouncesUnread
from app.bounces.taking import Taken
from app.bounces.verdicts import BLOCKED, DEAD, DELAYED, SOFT
from app.commands.terminal import refuse, workshop
from app.language import _, number
from app.letters import senders
from app.postmaster import records, trial
from app.postmaster.records import Word

mail = typer.Typer(no_args_is_help=True)


@mail.command(
    "test",
    help=_("Xem máy chủ thư, SPF, DKIM, DMARC có ổn không, và gửi một thư thử; không cần đợt nào."),
)
def try_out(
    address: Annotated[str, typer.Argument(help=_("Địa chỉ nhận thư thử"), metavar="ĐỊA-CHỈ")],
    selector: Annotated[str, typer.Option(help=_("Tên khóa DKIM (selector) cần xem"))] = "",
    sender: Annotated[
        str, typer.Option("--from", help=_("Địa chỉ người gửi, thay PHIEU_MAIL_FROM"))
    ] = "",
) -> None:
    from app.postmaster.resolver import Dns

    configured = settings.read(os.environ)
    if configured.relay is None:
        refuse(
            _(
                "Chưa có máy chủ thư. Đặt PHIEU_SMTP_URL, ví dụ"
                " smtps://ten:mat-khau@mail.tinh.gov.vn"
            )
        )
    try:
        who = senders.address(sender or configured.mail_from)
    except senders.SenderMissing as missing:
        refuse(str(missing))
    found = [
        trial.of_relay(configured, configured.relay, who, address, datetime.now().astimezone())
    ]
    try:
        found += trial.of_names(Dns(), configured, who, selector)
    except records.NoAnswer:
        words = _("Máy này chưa đặt DNS, nên chưa biết SPF, DKIM, DMARC.")
        found.append(Word(records.LOOK, words))
    marks = {
        records.OK: _("Đạt."),
        records.LOOK: _("Nên xem."),
        records.BAD: _("Chưa đạt."),
    }
    for each in found:
        print(f"{marks[each.state]} {each.words}")
    if any(each.state == records.BAD for each in found):
        refuse(_("Sửa những mục chưa đạt rồi chạy lại lệnh này."))


@mail.command(
    "bounces",
    help=_("Đọc thư trả lại từ một tệp, một thư mục; không ghi gì thì từ hộp thư đã đặt."),
)
def read_bounces(
    place: Annotated[
        Path | None, typer.Argument(help=_("Tệp hoặc thư mục"), metavar="TỆP|THƯ-MỤC")
    ] = None,
) -> None:
    with workshop() as (db, keys, configured):
        path, found = configured.return_path, Taken()
        if path is None:
            refuse(
                _(
                    "Chưa đặt PHIEU_BOUNCE_ADDRESS, nên không thư trả lại nào nhận ra được. Đặt địa"
                    " chỉ ấy trước khi phát phiếu."
                )
            )
        if place is None and not (configured.inbox or configured.bounce_folder):
            refuse(_("Ghi tệp hoặc thư mục cần đọc, hoặc đặt PHIEU_BOUNCE_IMAP."))

        def take(raw: bytes) -> bool:
            with db.transaction() as session:
                what = taking.take(session, keys, path, raw, db.now(session))
            return taking.is_ours(found.add(what))

        try:
            if place is not None:
                for raw in mailbox.messages(place):
                    take(raw)
            else:
                if configured.bounce_folder is not None:
                    mailbox.look(configured.bounce_folder, take)
                if configured.inbox is not None:
                    imap.look(configured.inbox, take)
        except BouncesUnread as unread:
            refuse(str(unread))
    print(
        _(
            "Đã đọc {all} thư: {dead} địa chỉ không còn dùng, {blocked} bị nơi nhận chặn, {soft} do"
            " hộp thư đầy hoặc trục trặc, {late} báo chậm, {other} không phải thư trả lại của hệ"
            " thống hoặc không hiểu được."
        ).format(
            all=number(found.all),
            dead=number(found.of(DEAD)),
            blocked=number(found.of(BLOCKED)),
            soft=number(found.of(SOFT)),
            late=number(found.of(DELAYED)),
            other=number(found.of(taking.REPLY, taking.FOREIGN, taking.UNREAD, taking.QUIET)),
        )
    )
