"""`phieu purge`: personal data that is due, erased at once."""

from typing import Annotated

import typer

from app.audit import chain
from app.commands.terminal import refuse, workshop
from app.language import _, day
from app.privacy import purging, wording

command = typer.Typer()


@command.command()
def purge(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Chỉ cho biết sẽ xóa gì, không xóa"))
    ] = False,
) -> None:
    with workshop() as (db, keys, _settings):
        if dry_run:
            with db.reading() as session:
                found = purging.find(session, db.now(session))
        else:
            found = purging.purge(db, keys, chain.COMMAND_LINE)
    altered = [due for due in found if due.altered]
    for due in found:
        if not due.altered:
            words = _("{what}: {numbers}, đến hạn ngày {day}.")
            told = wording.numbers(due.counts)
            what = wording.of_wave(due.wave, due.what)
            print(words.format(what=what, numbers=told, day=day(due.due_at)))
    if not found:
        print(_("Không có dữ liệu cá nhân nào đến hạn xóa."))
    elif dry_run:
        print(_("Mới xem, chưa xóa gì. Chạy lại không có --dry-run để xóa."))
    if altered:
        codes = ", ".join(dict.fromkeys(due.wave for due in altered))
        refuse(
            _(
                "Chưa xóa được của đợt {codes}: dữ liệu của đợt khác với tệp khóa. Xem trang Phiếu"
                " bị sửa hoặc chạy “phieu wave repair”, rồi làm lại."
            ).format(codes=codes)
        )
