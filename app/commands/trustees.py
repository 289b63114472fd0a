"""`phieu wave trustees`, `trustee`, `shares`, `share` for the office; `phieu trustee key`, `open`
for a trustee on a machine of their own, which needs no server."""

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from app.audit import chain
from app.commands.files import read_bytes, write_bytes
from app.commands.terminal import Code, progress_bar, refuse, workshop
from app.keys import committee, phrase
from app.keys.committee import SHARES, TRIAL, Bound
from app.keys.phrase import PhraseWrong
from app.language import _, day, number
from app.letters.errands import NotArrived
from app.trustees import body, files, outbox, trial
from app.waves import trusteedeeds
from app.waves import wave as waves

of_wave = typer.Typer()
trustee = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(help=_("Địa chỉ thư của ủy viên"), metavar="EMAIL")]
Out = Annotated[Path, typer.Option(help=_("Tệp ra"))]
FileIn = Annotated[Path, typer.Argument(help=_("Tệp JSON"), metavar="TỆP")]


@of_wave.command()
def trustees(
    code: Code,
    emails: Annotated[
        list[str] | None, typer.Argument(help=_("Địa chỉ thư từng ủy viên"), metavar="EMAIL…")
    ] = None,
    need: Annotated[int, typer.Option(help=_("Số ủy viên cần để mở hòm phiếu"))] = 0,
    office: Annotated[
        bool, typer.Option("--office", help=_("Trở lại chế độ cơ quan giữ khóa"))
    ] = False,
) -> None:
    with workshop() as (db, _keys, _settings), db.transaction() as session:
        wave, now = waves.load(session, code), db.now(session)
        if office:
            trusteedeeds.dismiss(session, wave, now, chain.COMMAND_LINE)
            print(_("Đợt {code}: cơ quan tổ chức giữ khóa.").format(code=code))
            return
        if emails:
            people = [("", email) for email in emails]
            found = trusteedeeds.appoint(session, wave, need, people, now, chain.COMMAND_LINE)
        else:
            found = body.must_be(session, wave)
        lost = outbox.not_arrived(session, wave)
    print(
        _("Đợt {code}: {need} trong {number} ủy viên giữ khóa cùng mở hòm phiếu.").format(
            code=code, need=found.need, number=len(found.trustees)
        )
    )
    for each in found.trustees:
        if each.key is None:
            state = _("chưa gửi khóa")
        elif each.tried_at is None:
            state = _("đã gửi khóa {print}, chưa mở thử").format(print=each.print)
        else:
            state = _("khóa {print}, đã mở thử").format(print=each.print)
        print(f"{each.place}. {each.email}: {state}")
        if each.number in lost:
            print(f"   {_not_arrived(lost[each.number])}")


def _not_arrived(lost: NotArrived) -> str:
    return _("Thư ngày {day} không đến: {why}").format(day=day(lost.at), why=lost.why)


@of_wave.command("trustee")
def hand_in_key(code: Code, email: Email, file: FileIn) -> None:
    key = files.read_key(read_bytes(file).decode(errors="replace"), code)
    with workshop() as (db, _keys, _settings), db.transaction() as session:
        wave = waves.load(session, code)
        mine = body.must_be(session, wave).at_address(email)
        now = db.now(session)
        found = trusteedeeds.hand_in_key(session, wave, mine.number, key, now, chain.COMMAND_LINE)
    print(_("Đã nhận khóa của {email}: {print}.").format(email=found.email, print=found.print))


@of_wave.command("shares")
def give(code: Code, email: Email, out: Out) -> None:
    with workshop() as (db, _keys, _settings), db.transaction() as session:
        wave = waves.load(session, code)
        mine = body.must_be(session, wave).at_address(email)
        if wave.launched_at is None:
            given = trial.given(session, wave, mine.number)
        else:
            now = db.now(session)
            given = trusteedeeds.give(db, session, wave, mine.number, now, chain.COMMAND_LINE)
    write_bytes(out, files.given_file(given).encode())
    print(
        _("Đã ghi phiếu thử cho {email} ra {file}.").format(email=mine.email, file=out)
        if given.is_trial
        else _(
            "Đã ghi {rows} phiếu cho {email} ra {file}. Từ bây giờ đợt không gia hạn, không mở lại"
            " được nữa."
        ).format(rows=number(len(given.rows)), email=mine.email, file=out)
    )


@of_wave.command("share")
def hand_in(code: Code, email: Email, file: FileIn) -> None:
    opened = files.read_opened(read_bytes(file).decode(errors="replace"))
    with workshop() as (db, _keys, _settings), db.transaction() as session:
        wave, now = waves.load(session, code), db.now(session)
        mine = body.must_be(session, wave).at_address(email)
        told = None
        if wave.launched_at is None:
            trusteedeeds.hand_in_trial(session, wave, mine.number, opened, now, chain.COMMAND_LINE)
        else:
            told = trusteedeeds.hand_in_shares(
                session, wave, mine.number, opened, now, chain.COMMAND_LINE
            )
    if told is None:
        print(_("{email} đã mở thử được.").format(email=mine.email))
        return
    print(
        _("Đã nhận phần khóa của {email}: khớp {rows} phiếu.").format(
            email=mine.email, rows=number(told.rows)
        )
    )
    if told.missing or told.refused:
        words = _("Lưu ý: {refused} phần khóa của {email} không khớp, {missing} phiếu không có.")
        numbers = {"refused": number(told.refused), "missing": number(told.missing)}
        print(words.format(email=mine.email, **numbers), file=sys.stderr)


@trustee.command(
    name="key", help=_("Tạo cụm từ khóa (in ra một lần) và tệp khóa công khai của một đợt.")
)
def make_key(
    wave: Annotated[str, typer.Argument(help=_("Mã đợt"), metavar="MÃ")], out: Out
) -> None:
    made = phrase.make()
    public = phrase.public_key(phrase.private_key(phrase.read(made), wave))
    write_bytes(out, files.key_file(wave, public).encode())
    print(made)
    print(
        _(
            "Trên đây là cụm từ khóa, chỉ hiện lần này: ghi ra giấy, cất kỹ, không gửi cho ai. Gửi"
            " tệp {file} cho chuyên viên. Mã nhận dạng khóa: {print}."
        ).format(file=out, print=phrase.print_of(public)),
        file=sys.stderr,
    )


@trustee.command(name="open", help=_("Mở tệp phần khóa bằng cụm từ khóa (đọc từ stdin)."))
def open_file(file: FileIn, out: Out) -> None:
    given = files.read_given(read_bytes(file).decode(errors="replace"))
    found = files.urn_digest_of(row_id for row_id, _part in given.rows)
    if given.is_trial:
        print(_("Phiếu mở thử của đợt {wave}.").format(wave=given.wave), file=sys.stderr)
    else:
        print(
            _("Hòm phiếu của đợt {wave}: {rows} phiếu. Mã kiểm tra hòm phiếu: {urn}").format(
                wave=given.wave, rows=number(len(given.rows)), urn=found
            ),
            file=sys.stderr,
        )
        if found != given.urn:
            refuse(
                _(
                    "Các phiếu trong tệp không đúng với mã kiểm tra hòm phiếu ghi trong tệp: {urn}"
                    ". Chưa hỏi cụm từ khóa. Lấy lại tệp; nếu vẫn vậy, báo Hội đồng."
                ).format(urn=given.urn)
            )
        print(
            _("So mã này với mục kết thúc thu phiếu trong sổ công khai trước khi nhập."),
            file=sys.stderr,
        )
    private = phrase.private_key(_phrase(), given.wave)
    words = _("Mã nhận dạng khóa của cụm từ này: {print}")
    print(words.format(print=phrase.print_of(phrase.public_key(private))), file=sys.stderr)
    bound = Bound(given.wave, given.index_digest, TRIAL if given.is_trial else SHARES)
    opened: dict[bytes, bytes | None] = {}
    with progress_bar(_("Mở phần khóa")) as progress:
        for done, (row_id, part) in enumerate(given.rows, 1):
            opened[row_id] = committee.open_part(private, bound, given.place, part)
            if progress is not None:
                progress(done, len(given.rows))
    right = sum(share is not None for share in opened.values())
    if given.rows and not right:
        refuse(
            _("Cụm từ khóa không mở được phần nào: sai cụm từ khóa, hoặc nhầm tệp. Chưa ghi gì.")
        )
    write_bytes(out, files.opened_file(given, opened).encode())
    print(
        _("Đã mở {right} trong {rows} phần khóa, ghi ra {file}. Gửi tệp này lại.").format(
            right=number(right), rows=number(len(given.rows)), file=out
        )
    )


def _phrase() -> str:
    typed = getpass(_("Cụm từ khóa: ")) if sys.stdin.isatty() else sys.stdin.readline()
    try:
        return phrase.read(typed)
    except PhraseWrong as wrong:
        refuse(str(wrong))
