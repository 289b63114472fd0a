"""The command line `phieu`: thin. Verbs about one wave are in `wave`, `outcome` and
`wavemend`.

Exit status: 0 done, 1 refused with a reason and a remedy on stderr, 2 wrong usage.
"""

import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app import settings
from app.commands.backup import backup, restore
from app.commands.doctor import doctor
from app.commands.files import read_bytes, read_index, tell_of_index, warnings_of, write_bytes
from app.commands.keys import keyfile
from app.commands.mail import mail
from app.commands.minutes import papers
from app.commands.outcome import outcome
from app.commands.privacy import purge
from app.commands.readonly import readonly
from app.commands.record import records, watch
from app.commands.staff import log, staff
from app.commands.terminal import REFUSALS, Json, progress_bar, refuse, workshop
from app.commands.trustees import of_wave, trustee
from app.commands.wave import wave
from app.commands.wavemend import mending
from app.commands.years import years
from app.folders import questionnaires
from app.index import file as indexfile
from app.index.definition import Index
from app.index.file import Fault, IndexFault
from app.language import HANOI, _, number, points
from app.letters import backlog
from app.papers import indexbook
from app.store.db import Database, DatabaseFault

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=_("Phieu: điều tra xã hội học phục vụ chấm điểm Chỉ số cải cách hành chính."),
)
wave.add_typer(outcome)
wave.add_typer(years)
wave.add_typer(mending)
wave.add_typer(records)
wave.add_typer(of_wave)
wave.add_typer(papers)
app.add_typer(wave, name="wave")
app.add_typer(staff, name="staff")
app.add_typer(log, name="audit")
app.add_typer(keyfile, name="keys")
app.add_typer(mail, name="mail")
app.add_typer(readonly, name="readonly")
app.add_typer(trustee, name="trustee")


app.command(help=_("Nói bản cài đặt này có gì sai, và phải làm gì; không đổi gì."))(doctor)


@app.command(help=_("Kiểm tra một tệp bộ chỉ số; báo mọi lỗi cùng lúc."))
def check(
    file: Annotated[Path, typer.Argument(help=_("Tệp .toml hoặc .xlsx"), metavar="TỆP")],
    as_json: Json = False,
) -> None:
    try:
        index = read_index(file)
    except IndexFault as fault:
        if as_json:
            faults = [{"place": f.place, "message": f.message} for f in fault.faults]
            print(
                json.dumps({"valid": False, "faults": faults, "warnings": []}, ensure_ascii=False)
            )
        raise
    warnings = warnings_of(index, file)
    if as_json:
        print(json.dumps(_facts(index, warnings), ensure_ascii=False))
        return
    print(index.name)
    print(
        _(
            "{units} đơn vị, {groups} nhóm đối tượng, {questions} câu hỏi, {leaves} tiêu chí điều"
            " tra"
        ).format(
            units=len(index.units),
            groups=len(index.groups),
            questions=len(index.questions),
            leaves=sum(leaf.method == "survey" for leaf in index.leaves),
        )
    )
    print(
        _("Tổng điểm {maximum}, trong đó điều tra {survey}").format(
            maximum=points(index.max_points), survey=points(index.survey_points)
        )
    )
    print(_("Mã kiểm tra bộ chỉ số: {digest}").format(digest=indexfile.digest(index)))
    tell_of_index(warnings)
    print(_("Tệp hợp lệ."))


def _shipped(code: str) -> Path:
    """The file of an index that comes with the program."""
    shipped = questionnaires()
    if code not in shipped:
        refuse(
            _("Không có bộ chỉ số mẫu mã {code}. Có: {codes}.").format(
                code=code, codes=", ".join(shipped)
            )
        )
    return shipped[code]


@app.command(help=_("Ghi một bộ chỉ số kèm theo chương trình ra tệp, để xem hoặc làm mẫu."))
def sample(
    code: Annotated[str, typer.Argument(help=_("Mã bộ chỉ số"), metavar="MÃ")],
    out: Annotated[Path, typer.Option(help=_("Tệp ra, .toml hoặc .xlsx"))],
) -> None:
    shipped = _shipped(code)
    if out.exists():
        refuse(_("Đã có tệp {file}. Chọn tên khác, để không ghi đè.").format(file=out))
    data = shipped.read_bytes()
    if out.suffix.lower() == ".xlsx":
        data = indexbook.write_book(indexfile.parse(data))
    write_bytes(out, data)
    print(_("Đã ghi bộ chỉ số mẫu {code} ra {file}.").format(code=code, file=out))


@app.command(name="forms", help=_("Ghi mẫu phiếu của một tệp bộ chỉ số ra tệp Word, từng nhóm."))
def write_forms(
    file: Annotated[Path, typer.Argument(help=_("Tệp .toml hoặc .xlsx"), metavar="TỆP")],
    out: Annotated[Path, typer.Option(help=_("Tệp ra, .docx"))],
    group: Annotated[str | None, typer.Option(help=_("Mã một nhóm; không ghi là mọi nhóm"))] = None,
) -> None:
    from app.papers import forms

    index = read_index(file)
    if group is not None and group not in index.group_of:
        codes = ", ".join(index.group_of)
        refuse(_("Không có nhóm nào mã {group}. Có: {codes}.").format(group=group, codes=codes))
    # A file has no day of its own, and the same file gives the same bytes.
    at = datetime(index.year, 1, 1, tzinfo=HANOI)
    write_bytes(out, forms.to_docx(index, at, group))
    print(_("Đã ghi mẫu phiếu ra {file}.").format(file=out))


def _facts(index: Index, warnings: Sequence[Fault]) -> dict[str, object]:
    return {
        "valid": True,
        "code": index.code,
        "name": index.name,
        "year": index.year,
        "digest": indexfile.digest(index),
        "max_points": str(index.max_points),
        "survey_points": str(index.survey_points),
        "units": len(index.units),
        "groups": len(index.groups),
        "questions": len(index.questions),
        "faults": [],
        "warnings": [{"place": fault.place, "message": fault.message} for fault in warnings],
    }


@app.command(help=_("Chạy máy chủ web cùng việc gửi thư."))
def serve(
    host: Annotated[str, typer.Option(help=_("Địa chỉ nghe"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("Cổng nghe"), min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help=_("Số tiến trình (chỉ với PostgreSQL)"), min=1)] = 1,
) -> None:
    from app.commands import serving

    configured = settings.read(os.environ)
    if workers > 1 and configured.is_sqlite:
        refuse(_("Nhiều tiến trình cần PostgreSQL: đặt PHIEU_DATABASE_URL, hoặc bỏ --workers."))
    serving.run(host, port, workers)


@app.command(help=_("Gửi mọi thư đã đến hạn ngay bây giờ, rồi thoát."))
def send() -> None:
    from app.worker import sending

    with workshop() as (db, keys, configured):
        if configured.relay is None:
            refuse(
                _(
                    "Chưa có máy chủ thư. Đặt PHIEU_SMTP_URL, ví dụ"
                    " smtps://ten:mat-khau@mail.tinh.gov.vn"
                )
            )
        try:
            with progress_bar(_("Gửi thư")) as progress:
                result = sending.send_due(db, keys, configured, progress=progress)
        except sending.RelayRefused as refused:
            refuse("\n".join([str(refused), *_waiting(db)]))
        waiting = _waiting(db)
    print(
        _(
            "Đã gửi {sent} thư, hỏng {failed}, để gửi lại sau {deferred}, không rõ đã tới hay chưa"
            " {uncertain}."
        ).format(
            sent=number(result.sent),
            failed=number(result.failed),
            deferred=number(result.deferred),
            uncertain=number(result.uncertain),
        )
    )
    for words in waiting:
        print(words)


def _waiting(db: Database) -> list[str]:
    """A line for each lot of letters that wait: how many, until when, why."""
    with db.reading() as session:
        now = db.now(session)
        due = backlog.waiting(session, now).due
        lines = [each.words(now) for each in backlog.put_off(session, now)]
    if due:
        again = _(
            "{count} thư đã đến hạn còn chờ: chạy lại “phieu send”, hoặc để “phieu serve” gửi."
        )
        lines.insert(0, again.format(count=number(due)))
    return lines


app.command(
    name="purge", help=_("Xóa ngay dữ liệu cá nhân đã đến hạn xóa; máy chủ cũng tự làm theo giờ.")
)(purge)


@app.command(help=_("Tính lại một tệp JSON đã xuất và so từng con số; chỉ cần chính tệp ấy."))
def verify(file: Annotated[Path, typer.Argument(help=_("Tệp JSON"), metavar="TỆP")]) -> None:
    from app.papers import wholeverify as verification

    try:
        found = verification.verify_file(read_bytes(file))
    except (verification.NotScores, verification.Differs) as fault:
        refuse(str(fault))
    print(verification.in_words(found))


@app.command(help=_("Một đợt điều tra như thật, với hộp thư và máy chủ riêng, để xem thử."))
def demo(
    port: Annotated[int, typer.Option(help=_("Cổng nghe"), min=0, max=65535)] = 8000,
    index: Annotated[
        str, typer.Option(help=_("Mã bộ chỉ số kèm theo chương trình"), metavar="MÃ")
    ] = "lai-chau-2022",
    committee: Annotated[
        bool,
        typer.Option(
            "--committee",
            help=_("Hòm phiếu do ba ủy viên giữ khóa, hai trong ba cùng mở mới được"),
        ),
    ] = False,
) -> None:
    from app.commands.demo import demo as demonstration

    _shipped(index)
    demonstration.run(port, index, committee)


app.command(
    name="backup", help=_("Sao lưu cơ sở dữ liệu trong khi hệ thống vẫn chạy; không có bản nháp.")
)(backup)
app.command(
    name="restore", help=_("Khôi phục một bản sao lưu vào cơ sở dữ liệu trống; không ghi đè.")
)(restore)


app.command(
    name="watch",
    help=_("Xem sổ công khai của một đợt, so với bản giữ lần trước; chỉ cần địa chỉ và thư mục."),
)(watch)


def main() -> None:
    """Entry point of `phieu`."""
    try:
        app()
    except REFUSALS as fault:
        refuse(str(fault))
    except DatabaseFault as fault:
        refuse(
            _(
                "Cơ sở dữ liệu gặp lỗi: {reason}. Lệnh chưa xong; những gì đã ghi trước đó vẫn còn."
                " Xem chỗ trống trên đĩa và máy chủ cơ sở dữ liệu, rồi chạy lại."
            ).format(reason=str(fault.orig).partition("\n")[0])
        )
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
