"""`phieu wave …`: one command per verb of a wave's life until its close, but `status`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.audit import chain
from app.bonds import origins
from app.bounces import returned
from app.commands import keys as keycli
from app.commands.files import (
    HiddenChoice,
    read_index,
    read_table,
    tell,
    tell_of_index,
    warnings_of,
)
from app.commands.terminal import Code, note, read_moment, refuse, workshop
from app.count import appraised as appraisedpoints
from app.count import externals, urnkeys
from app.index import appraised
from app.index import file as indexfile
from app.index.external import WANTED as EXTERNAL
from app.index.external import read_external
from app.language import _, moment, number
from app.letters import attempts
from app.preparation import keptrows
from app.roster import asides
from app.roster.columns import WANTED as ROSTER
from app.roster.file import read as read_roster
from app.waves import closing, launch, staffmail
from app.waves import wave as waves

verbs = typer.Typer()
File = Annotated[Path, typer.Argument(help=_("Tệp CSV hoặc XLSX"), metavar="TỆP")]


@verbs.command()
def new(
    code: Code,
    index: Annotated[Path, typer.Option(help=_("Tệp bộ chỉ số"))],
    opens: Annotated[str, typer.Option(help=_("Lúc mở, ví dụ 2026-02-20"))],
    closes: Annotated[str, typer.Option(help=_("Hạn gửi; một ngày nghĩa là hết ngày ấy"))],
    replace: Annotated[
        bool, typer.Option("--replace", help=_("Làm lại đợt đang chuẩn bị"))
    ] = False,
) -> None:
    begins, ends = read_moment(opens, "--opens"), read_moment(closes, "--closes", closing=True)
    parsed = read_index(index)
    with workshop() as (db, keys, _settings), db.transaction() as session:
        made = waves.new(session, code, parsed, begins, ends, db.now(session), replace)
        digest = made.index_digest
        dates = {"opens": moment(begins), "closes": moment(ends)}
        note(db, session, keys, "wave.new", code, digest=digest, **dates)
    tell_of_index(warnings_of(parsed, index))
    print(
        _("Đã tạo đợt {code}: mở {opens}, hạn gửi {closes}. Mã kiểm tra bộ chỉ số {digest}").format(
            code=code, opens=moment(begins), closes=moment(ends), digest=digest
        )
    )


@verbs.command()
def roster(code: Code, file: File, hidden: HiddenChoice = None) -> None:
    table = read_table(file, ROSTER, hidden)
    with workshop() as (db, keys, _settings), db.transaction() as session:
        found = waves.load(session, code)
        waves.hold_draft(session, found)
        index, _layout = waves.index_of(found)
        people = read_roster(index, table)
        source = origins.of_file(file.name)
        imported = waves.import_roster(session, found, people.people, chain.COMMAND_LINE, source)
        note(db, session, keys, "roster.import", code, people=imported)
        dead = returned.dead_before(session, keys, waves.id_of(found), db.now(session))
    tell(people.warnings)
    for name, email in dead:
        words = _("Lưu ý: thư của đợt trước không tới được {name} ({email}). Hỏi lại địa chỉ.")
        print(words.format(name=name, email=email), file=sys.stderr)
    if people.asides:
        print(asides.in_numbers(people.asides))
        print("\n".join(f"  {each.row}: {each.text}" for each in people.asides))
    print(people.told)
    print(_("Đã nhập {number} người vào đợt {code}.").format(number=number(imported), code=code))


@verbs.command()
def external(code: Code, file: File, hidden: HiddenChoice = None) -> None:
    table = read_table(file, EXTERNAL, hidden)
    with workshop() as (db, keys, _settings), db.transaction() as session:
        index, _layout = waves.index_of(found := waves.load(session, code))
        taken = read_external(index, table)
        externals.put_in(session, found, percents := taken.percents)
        note(db, session, keys, "wave.external", code, rows=len(percents))
    tell(taken.warnings)
    print(table.told)
    print(_("Đã nhập {number} tỷ lệ vào đợt {code}.").format(number=len(percents), code=code))


@verbs.command("appraised")
def appraised_points(code: Code, file: File, hidden: HiddenChoice = None) -> None:
    with workshop() as (db, _keys, _settings), db.reading() as session:
        index, _layout = waves.index_of(waves.load(session, code))
    table = read_table(file, appraised.wanted(index), hidden)
    with workshop() as (db, keys, _settings), db.transaction() as session:
        taken = appraisedpoints.take(session, waves.load(session, code), table)
        note(db, session, keys, "wave.appraised", code, rows=len(taken.points))
    tell(taken.warnings)
    print(table.told)
    words = _("Đã nhập {number} điểm thẩm định vào đợt {code}.")
    print(words.format(number=number(len(taken.points)), code=code))


@verbs.command("launch")
def launch_wave(
    code: Code,
    recovery: Annotated[
        Path | None, typer.Option(help=_("Ghi bản khóa dự phòng có mật khẩu vào tệp này"))
    ] = None,
) -> None:
    phrase = keycli.new_phrase() if recovery else ""
    with workshop() as (db, keys, configured), db.transaction() as session:
        found = waves.load(session, code)
        # Nobody looks through a check list here: what stands on it is told once more.
        tell_of_index(indexfile.warnings(waves.index_of(found)[0]))
        waiting = keptrows.note(session, waves.id_of(found))
        issued = launch.launch(db, session, keys, configured, found)
        now = db.now(session)
        begins = max(now, found.opens_at)
        head = note(db, session, keys, "wave.launch", code, **launch.facts(found, issued))
        staffmail.queue_heads(session, now, code, "wave.launch", head)
        if recovery is not None:
            # Before the commit: without the copy that was asked for nothing is launched.
            keycli.write_copy(keys, code, recovery, phrase)
            note(db, session, keys, "keys.recovery", code)
    print(_("Đã phát {number} phiếu của đợt {code}.").format(number=number(issued), code=code))
    rate = configured.mail_rate
    if configured.relay is not None and (long := attempts.how_long(issued, rate)):
        words = _("{number} thư mời gửi từ {opens}, {long}.")
        print(words.format(number=number(issued), opens=moment(begins), long=long))
    if waiting:
        file, rows, _taken = waiting
        words = _("Lưu ý: {number} dòng của {file} còn chờ sửa; những người ấy không có phiếu.")
        print(words.format(number=number(rows), file=file), file=sys.stderr)
    if configured.relay is None:
        print(
            _(
                "Lưu ý: chưa có máy chủ thư; đặt PHIEU_SMTP_URL rồi chạy “phieu send” hoặc “phieu"
                " serve”."
            ),
            file=sys.stderr,
        )


@verbs.command()
def remind(code: Code) -> None:
    with workshop() as (db, keys, configured), db.transaction() as session:
        queued = launch.remind(db, session, configured, waves.load(session, code))
        note(db, session, keys, "wave.remind", code)
    print(_("Đã xếp hàng {number} thư nhắc.").format(number=number(queued)))


@verbs.command()
def extend(
    code: Code,
    closes: Annotated[str, typer.Option(help=_("Hạn mới, ví dụ 2026-03-10"))],
    tell: Annotated[
        bool, typer.Option("--tell", help=_("Gửi thư báo hạn mới cho người đã được mời"))
    ] = False,
) -> None:
    ends = read_moment(closes, "--closes", closing=True)
    with workshop() as (db, keys, configured), db.transaction() as session:
        told_by = configured.host if tell else ""
        closing.extend(db, session, waves.load(session, code), ends, told_by=told_by)
        facts = {"told": True} if tell else {}
        note(db, session, keys, "wave.extend", code, closes=moment(ends), **facts)
    print(_("Hạn gửi mới của đợt {code}: {closes}.").format(code=code, closes=moment(ends)))


@verbs.command()
def cancel(code: Code, reason: Annotated[str, typer.Option(help=_("Lý do, ghi vào thư"))]) -> None:
    with workshop() as (db, keys, configured):
        with db.transaction() as session:
            queued = closing.cancel(db, session, configured, waves.load(session, code), reason)
            note(db, session, keys, "wave.cancel", code, reason=reason)
        urnkeys.erase_left(db, keys)
    print(
        _("Đã hủy đợt {code}; {number} thư báo hủy đang chờ gửi.").format(
            code=code, number=number(queued)
        )
    )


@verbs.command()
def close(
    code: Code, yes: Annotated[bool, typer.Option("--yes", help=_("Không hỏi lại"))] = False
) -> None:
    if not yes:
        if not sys.stdin.isatty():
            refuse(_("Kết thúc là không thu thêm phiếu nào nữa. Thêm --yes để xác nhận."))
        if not typer.confirm(_("Kết thúc thu phiếu của đợt {code} ngay?").format(code=code)):
            refuse(_("Chưa kết thúc; đợt vẫn đang thu phiếu."))
    with workshop() as (db, keys, _settings), db.transaction() as session:
        found = waves.load(session, code)
        closing.close(db, session, found)
        closing.note_closing(session, keys, found, chain.COMMAND_LINE, db.now(session))
    print(_("Đã kết thúc thu phiếu của đợt {code}.").format(code=code))
