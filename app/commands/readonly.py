"""`phieu readonly …`: let nothing be written while the installation is worked on, and again."""

import time
from datetime import datetime, timedelta
from typing import Annotated

import typer

from app.commands.terminal import note, refuse, workshop
from app.language import _, moment
from app.letters import backlog, errands
from app.store import upkeep
from app.store.db import Database

PATIENCE = 60.0  # seconds

readonly = typer.Typer(no_args_is_help=True)


@readonly.command(
    "on",
    help=_("Từ giờ không gì được ghi; lệnh xong khi mọi việc đang ghi dở đã xong."),
)
def switch_on(
    minutes: Annotated[
        int | None, typer.Option(help=_("Dự kiến xong sau bao nhiêu phút; trang báo giờ ấy"), min=1)
    ] = None,
) -> None:
    with workshop() as (db, keys, _configured):
        with upkeep.allowed(), db.transaction() as session:
            now = db.now(session)
            until = None if minutes is None else now + timedelta(minutes=minutes)
            was = upkeep.standing(session)
            upkeep.begin(session, now, until)
            if was is None:
                note(db, session, keys, "upkeep.begin")
        with db.reading() as session:
            switched = db.now(session)
        print(_("Từ giờ chỉ xem được. Đang đợi những việc ghi dở…"), flush=True)
        if not _all_done(db, switched):
            refuse(
                _(
                    "Sau một phút vẫn còn việc ghi dở: thư đang gửi, hoặc một lệnh đang chạy. Trang"
                    " đã chỉ còn xem được. Chạy lại lệnh này để đợi tiếp."
                )
            )
    print(_("Không còn gì đang ghi. Xong việc thì chạy “phieu readonly off”."))


def _all_done(db: Database, switched: datetime) -> bool:
    """Wait until nobody writes who began before, and the senders have handed back their letters."""
    until = time.monotonic() + PATIENCE
    while True:
        with db.reading() as session:
            now = db.now(session)
            held = backlog.in_hands(session, now) + errands.in_hands(session, now)
            left = held + upkeep.others(session, switched)
        if not left or time.monotonic() > until:
            return not left
        time.sleep(0.2)


@readonly.command("off", help=_("Cho ghi lại như thường."))
def switch_off() -> None:
    with workshop() as (db, keys, _configured), upkeep.allowed(), db.transaction() as session:
        if upkeep.standing(session) is None:
            refuse(_("Hệ thống đang ghi như thường; không có gì để mở lại."))
        upkeep.end(session)
        note(db, session, keys, "upkeep.end")
    print(_("Từ giờ ghi được như thường."))


@readonly.command("status", help=_("Đang chỉ xem hay ghi được, từ bao giờ."))
def status() -> None:
    with workshop() as (db, _keys, _configured), db.reading() as session:
        found = upkeep.standing(session)
    if found is None:
        print(_("Ghi được như thường."))
        return
    print(
        _("Chỉ xem được từ {since}. {words}").format(since=moment(found.since), words=found.words)
    )
