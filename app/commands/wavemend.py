"""`phieu wave repair`, `accept` and `void-altered`: when the database is not as it was written."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.bonds import wavefacts
from app.commands.files import read_bytes
from app.commands.terminal import Code, note, refuse, workshop
from app.language import _, number
from app.mending import adoption, repairing
from app.waves import alterations, staffmail
from app.waves import wave as waves

mending = typer.Typer()
Yes = Annotated[bool, typer.Option("--yes", help=_("Không hỏi lại"))]


@mending.command()
def repair(
    code: Code,
    record: Annotated[
        Path | None, typer.Option(help=_("Bản sổ công khai ai đó đã giữ: ghi lại sổ từ bản ấy"))
    ] = None,
) -> None:
    copy = read_bytes(record) if record else None
    with workshop() as (db, keys, _settings), db.transaction() as session:
        mended = repairing.repair(session, code)
        if copy is not None:
            mended += repairing.repair_record(session, code, copy)
        if mended:
            told = [wavefacts.NAMES[name] for name in mended]
            note(db, session, keys, "wave.repair", code, facts=told)
        record_left = repairing.record_differs(session, code)
    if record_left:
        refuse(
            _(
                "Sổ công khai của đợt {code} không còn như tệp khóa ghi; tệp khóa không có nội dung"
                " của sổ. Lấy một bản mà ai đó đã giữ rồi thêm --record TỆP; không ai giữ thì khôi"
                " phục cơ sở dữ liệu từ bản lưu."
            ).format(code=code)
        )
    if mended:
        print(_("Đã đưa đợt {code} về như tệp khóa ghi.").format(code=code))
    else:
        print(_("Đợt {code} đang đúng như tệp khóa ghi; không sửa gì.").format(code=code))


@mending.command()
def accept(
    code: Code, reason: Annotated[str, typer.Option(help=_("Ai khôi phục, lúc nào, vì sao"))]
) -> None:
    if not reason.strip():
        refuse(_("Ghi lý do bằng --reason: ai khôi phục, lúc nào, vì sao."))
    with workshop() as (db, keys, _settings):
        with db.transaction() as session:
            now = db.now(session)
            entry = adoption.accept(session, keys, code, reason.strip(), now)
            head = note(db, session, keys, "wave.accept", code, reason=reason.strip())
            staffmail.queue_heads(session, now, code, "wave.accept", head)
        adoption.write_down(keys, code, entry)
    print(_("Đã nhận đợt {code} như cơ sở dữ liệu đang có; biên bản sẽ ghi.").format(code=code))


@mending.command()
def void_altered(code: Code, yes: Yes = False) -> None:
    with workshop() as (db, keys, _settings):
        with db.reading() as session:
            found = alterations.find(session, keys, waves.load(session, code))
        for line in found.lines:
            print(line, file=sys.stderr)
        if found and not yes:
            if not sys.stdin.isatty():
                refuse(_("Phiếu đã tuyên bố vô hiệu thì không đếm nữa. Thêm --yes để xác nhận."))
            if not typer.confirm(_("Tuyên bố các phiếu này vô hiệu?")):
                refuse(_("Chưa tuyên bố gì."))
        with db.transaction() as session:
            wave, now = waves.load(session, code), db.now(session)
            facts = alterations.declare_void(session, wave, found.digest, now)
            note(db, session, keys, "wave.void-altered", code, **facts)
    print(
        _("Đã tuyên bố vô hiệu {number} phiếu của đợt {code}.").format(
            number=number(max(len(found.altered), found.lost)), code=code
        )
    )
