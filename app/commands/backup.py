"""`phieu backup` and `phieu restore`: the database copied while it works, and put back."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app import settings
from app.backup import checking, folder, outside, restoring, sealing
from app.backup.checking import Way
from app.backup.folder import Made, Seal
from app.commands.files import read_bytes
from app.commands.keys import new_phrase
from app.commands.terminal import note, refuse, workshop
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.language import _, day, moment, number
from app.mending import restored
from app.privacy import purging
from app.settings import Settings
from app.store import upkeep
from app.store.db import Database, DatabaseUnavailable

copies = typer.Typer()

KEYS_APART = _(
    "Bản sao lưu không có tệp khóa {keys}. Cất một bản của tệp ấy riêng, không chung với bản sao"
    " lưu; mất nó thì cần bản sao khóa gốc và bản khóa dự phòng của từng đợt."
)


@copies.command()
def backup(
    to: Annotated[Path, typer.Argument(help=_("Tệp ra, hoặc thư mục"), metavar="NƠI")],
    keep: Annotated[
        int | None,
        typer.Option(help=_("Chỉ giữ chừng ấy bản mới nhất trong thư mục"), min=1, metavar="SỐ"),
    ] = None,
    phrase: Annotated[bool, typer.Option("--phrase", help=_("Mã hóa bằng một mật khẩu"))] = False,
    recipient: Annotated[
        list[str] | None,
        typer.Option(help=_("Mã hóa cho khóa này (age1…); nhiều lần được"), metavar="KHÓA"),
    ] = None,
) -> None:
    seal = _seal(phrase, recipient or [])
    if keep is not None and not to.is_dir():
        refuse(_("--keep cần một thư mục đã có; {to} không phải.").format(to=to))
    configured = settings.read(os.environ)
    with _as_it_is(configured) as (db, keys):
        file = folder.place(to, _now(db), seal.is_one, configured.key_file)
        # Before an upgrade a copy is made, of tables without a switch or with the switch on.
        with upkeep.allowed(), db.transaction() as session:
            # Before: whoever takes a copy of everything is in the log of this very copy.
            note(db, session, keys, "backup.make", file=file.name, sealed=seal.is_one)
        made = folder.write(db, keys, file, seal)
        gone = folder.rotate(to, keep) if keep is not None else []
        last, old = folder.outlived(db, file.parent)
        kept_outside = outside.keepers(db, configured.database_url)
    _tell(made, seal, configured)
    for each in gone:
        print(_("Đã xóa bản cũ {file}.").format(file=each))
    if last is not None and old:
        words = _(
            "{count} bản trong {folder} làm trước ngày {day}, còn giữ dữ liệu đã xóa hoặc hòm phiếu"
            " đã mở từ ngày ấy: {files}. Xóa chúng, cả những bản đã chép đi nơi khác."
        )
        files = ", ".join(each.name for each in old[:5]) + (" …" if len(old) > 5 else "")
        told = words.format(count=number(len(old)), folder=file.parent, day=day(last), files=files)
        print(told, file=sys.stderr)
    for line in kept_outside:
        print(_("Lưu ý: {warning}").format(warning=line), file=sys.stderr)


def _tell(made: Made, seal: Seal, configured: Settings) -> None:
    print(
        _("Đã sao lưu và đọc lại {file}: {tables} bảng, {rows} dòng, {size} KB.").format(
            file=made.file,
            tables=len(made.counts),
            rows=number(sum(made.counts.values())),
            size=number(-(-made.bytes // 1024)),
        )
    )
    print(_("Mã kiểm tra: sha256:{digest}").format(digest=made.digest))
    print(_("Không có trong đó: phần đang trả lời dở, các phiên đăng nhập."))
    print(KEYS_APART.format(keys=configured.key_file))
    if not seal.is_one:
        print(_("Bản này không mã hóa: có họ tên, địa chỉ thư. Mã hóa bằng --recipient, --phrase."))


def _seal(phrase: bool, recipients: list[str]) -> Seal:
    if phrase and recipients:
        refuse(_("Chọn một: --phrase hoặc --recipient."))
    try:
        keys = tuple(map(sealing.public_key, recipients))
    except ValueError:
        refuse(
            _(
                "--recipient không đúng dạng: chép nguyên dòng age1… mà “phieu keys backup-key” đã"
                " in ra."
            )
        )
    return Seal(new_phrase(_("Mật khẩu cho bản sao lưu")) if phrase else None, keys)


@contextmanager
def _as_it_is(configured: Settings) -> Iterator[tuple[Database, KeyFile]]:
    """Database and key file, the tables left in the version they are of: a backup comes before an
    upgrade."""
    url = configured.database_url
    if configured.is_sqlite and not (path := restoring.file_of(url)).exists():
        words = _("Chưa có cơ sở dữ liệu {path}. Xem lại PHIEU_DATA hoặc PHIEU_DATABASE_URL.")
        refuse(words.format(path=path))
    try:
        db = Database(url)
    except Exception as error:
        raise DatabaseUnavailable(str(error).partition("\n")[0]) from error
    keys = guard.guard(db, KeyFile(configured.key_file))
    try:
        keys.must_be_there()
        yield db, keys
    finally:
        db.dispose()


def _now(db: Database) -> datetime:
    with db.reading() as session:
        return db.now(session)


@copies.command()
def restore(
    file: Annotated[Path, typer.Argument(help=_("Bản sao lưu"), metavar="TỆP")],
    check: Annotated[
        bool, typer.Option("--check", help=_("Chỉ đọc lại cả tệp, không khôi phục"))
    ] = False,
    identity: Annotated[
        Path | None,
        typer.Option(help=_("Tệp có khóa mở bản mã hóa (AGE-SECRET-KEY-…)"), metavar="TỆP"),
    ] = None,
) -> None:
    configured = settings.read(os.environ)
    kept = KeyFile(configured.key_file)
    keys = kept if kept.path.exists() else None
    if not check:
        restoring.must_be_empty(configured.database_url)
    way = _way(identity)
    checked = checking.check(file, way, keys)
    told = _("Bản sao lưu {file} làm lúc {at}, nguyên vẹn: {tables} bảng, {rows} dòng.")
    rows = number(sum(checked.counts.values()))
    tables, at = len(checked.counts), moment(checked.head.made_at)
    print(told.format(file=file, at=at, tables=tables, rows=rows))
    print(_("Mã kiểm tra: sha256:{digest}").format(digest=checked.digest))
    if keys is None:
        words = _(
            "Không có tệp khóa {keys} nên không biết bản này có phải của hệ thống này không, chỉ"
            " biết là không hỏng."
        )
        print(words.format(keys=kept.path), file=sys.stderr)
    if check:
        return
    restoring.restore(file, way, keys, configured.database_url)
    print(_("Đã khôi phục vào {url}.").format(url=restoring.shown(configured.database_url)))
    if keys is None:
        refuse(
            _(
                "Việc tiếp theo: chép tệp khóa của hệ thống vào {keys} (hoặc “phieu keys restore"
                " TỆP” với bản sao khóa gốc) trước khi chạy “phieu serve”. Chưa ghi nhật ký việc"
                " khôi phục."
            ).format(keys=kept.path)
        )
    _afterwards(file, checked)


def _afterwards(file: Path, checked: checking.Checked) -> None:
    """What was forgotten since is forgotten again; what differs from the key file is told."""
    with workshop() as (db, keys, _settings):
        with db.transaction() as session:
            made = moment(checked.head.made_at)
            note(db, session, keys, "backup.restore", file=file.name, made=made)
        erased = purging.purge(db, keys, _("dòng lệnh"))
        with db.reading() as session:
            found = restored.differences(session, keys)
    if any(not due.altered for due in erased):
        print(_("Đã xóa lại dữ liệu cá nhân đến hạn xóa."))
    steps = [*found.steps, _("Mọi người đăng nhập lại trang quản trị.")]
    if checked.counts.get("connection_key"):
        steps.append(_("Khóa kết nối đã thu hồi sau bản sao lưu thì thu hồi lại."))
    if checked.counts.get("trustee"):
        steps.append(
            _("Hòm phiếu chưa mở thì ủy viên giữ khóa nào đã mở phần của mình cần mở lại.")
        )
    print(_("Việc tiếp theo:"))
    for step in steps:
        print(f"- {step}")


def _way(identity: Path | None) -> Way:
    keys: list[bytes] = []
    if identity is not None:
        try:
            keys = sealing.private_keys(read_bytes(identity).decode())
        except ValueError:
            words = _("{file} không có khóa nào (AGE-SECRET-KEY-…). Chọn tệp khác.")
            refuse(words.format(file=identity))
    held: list[str] = []

    def phrase() -> str:
        # Asked for once, though the file is read twice.
        if not held:
            held.append(typer.prompt(_("Mật khẩu của bản sao lưu"), hide_input=True, err=True))
        return held[0]

    return Way(phrase, keys)
