"""`phieu wave record`, `phieu wave record-key`, `phieu watch`: the public record of a wave."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.commands.files import write_bytes
from app.commands.terminal import Code, note, refuse, workshop
from app.language import _, number
from app.record import entries, held, keeping, lines
from app.waves import wave as waves

watching = typer.Typer()

records = typer.Typer()


@records.command("record")
def write_record(code: Code, out: Annotated[Path, typer.Option(help=_("Tệp ra, .json"))]) -> None:
    with workshop() as (db, _keys, _settings), db.reading() as session:
        found = held.record(session, waves.load(session, code))
    if found is None:
        refuse(
            _(
                "Đợt {code} chưa phát phiếu, hoặc là đợt tập dượt, nên không có sổ công khai."
            ).format(code=code)
        )
    write_bytes(out, entries.to_json(found))
    words = _("Đã ghi sổ công khai của đợt {code}, {count} mục, ra {file}.")
    print(words.format(code=code, count=number(len(found["entries"])), file=out))


@records.command("record-key")
def change_key(code: Code) -> None:
    with workshop() as (db, keys, _settings), db.transaction() as session:
        wave = waves.load(session, code)
        waves.hold(session, wave)
        changed = keeping.change_key(session, wave, db.now(session))
        if changed:
            note(db, session, keys, "record.key", code)
    if not changed:
        refuse(
            _(
                "Sổ công khai của đợt {code} chưa có mục nào hoặc đã dừng, nên không đổi khóa."
            ).format(code=code)
        )
    print(_("Từ mục sau, sổ công khai của đợt {code} ký bằng khóa mới.").format(code=code))


@watching.command()
def watch(
    address: Annotated[str, typer.Argument(help=_("Địa chỉ của sổ công khai"), metavar="ĐỊA-CHỈ")],
    keep: Annotated[Path, typer.Option(help=_("Thư mục giữ bản trước để so"))],
) -> None:
    from app.record import watching
    from app.record.checking import NotRecord
    from app.record.fetching import NotFetched

    try:
        seen = watching.watch(address, keep, datetime.now(UTC))
    except (NotFetched, NotRecord, watching.NotKept) as fault:
        refuse(str(fault))
    if seen.wrong:
        print(_("SỔ CÔNG KHAI SAI. Đừng tin, và đừng xóa gì:"), file=sys.stderr)
        for wrong in seen.wrong:
            print(f"- {wrong}", file=sys.stderr)
        remedy = _(
            "Bản sai để ở {file}, bản giữ trước đây còn nguyên. Báo Hội đồng, gửi cả hai bản."
        )
        refuse(remedy.format(file=seen.kept))
    count = number(len(seen.record["entries"]))
    for entry in seen.new:
        print(lines.title(entry))
    if seen.new and seen.record["entries"][0]["what"] != "launch" and seen.first:
        print(_("Sổ này không bắt đầu từ lúc phát phiếu: đợt phát phiếu trước khi có sổ."))
    if not seen.record["entries"]:
        words = _("Sổ chưa có mục nào.")
    elif seen.first:
        words = _("Lần đầu xem: {count} mục, đúng cả. Đã giữ ở {file}.")
    elif seen.new:
        words = _("{new} mục mới, nối đúng bản giữ trước đây; sổ có {count} mục.")
    else:
        words = _("Không có gì mới: {count} mục, như bản giữ trước đây.")
    print(words.format(count=count, new=number(len(seen.new)), file=seen.kept))
