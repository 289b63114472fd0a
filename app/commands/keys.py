"""`phieu keys …`, and recovery copies on the command line: for a key file that is lost."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.audit import chain
from app.commands.files import read_bytes
from app.commands.terminal import note, refuse, workshop
from app.count import urnkeys
from app.keys import recovery
from app.keys.keyfile import KeyFile
from app.language import _
from app.mending import adoption
from app.store.db import Database
from app.waves import staffmail
from app.waves import wave as waves

keyfile = typer.Typer(no_args_is_help=True)


@keyfile.command("new", help=_("Tạo tệp khóa mới, khi tệp cũ đã mất và không còn bản lưu nào."))
def make_new(yes: Annotated[bool, typer.Option("--yes", help=_("Không hỏi lại"))] = False) -> None:
    lost = _(
        "Với tệp khóa mới: mọi đường dẫn và mã truy cập đã gửi không dùng được nữa; hòm phiếu và"
        " phần đang trả lời dở của các đợt đã phát phiếu không mở được nữa; mọi tài khoản phải đặt"
        " lại; các dòng nhật ký đã có không kiểm tra được từng dòng nữa."
    )
    if not yes:
        if not sys.stdin.isatty():
            refuse(_("{lost} Thêm --yes để xác nhận.").format(lost=lost))
        if not typer.confirm(_("{lost} Vẫn tạo?").format(lost=lost)):
            refuse(_("Chưa tạo tệp khóa nào."))
    with workshop(keys_lost=True) as (db, keys, _settings):
        with db.reading() as session:
            last = chain.head(session)
        keys.make_anew(str(last) if last.number else "")
        # Now: the council hears of it, and is whom the new file takes over.
        adoption.adopt(db, keys)
        with db.transaction() as session:
            head = note(db, session, keys, "keys.new", last_line=last.number)
            staffmail.queue_heads(session, db.now(session), "", "keys.new", head)
    print(_("Đã tạo {path}. Chép ngay một bản lưu của tệp này.").format(path=keys.path))
    print(_("Việc tiếp theo: “phieu staff reset EMAIL” cho từng tài khoản."))


def restore(db: Database, keys: KeyFile, code: str, file: Path) -> None:
    """Bring the keys back from the recovery copy of this very wave; of an earlier version's copy
    the key file too, if it is lost."""
    phrase = typer.prompt(_("Mật khẩu của bản khóa dự phòng"), hide_input=True, err=True)
    # Opened before the transaction: it takes its time on purpose.
    copy = recovery.open_copy(read_bytes(file).decode(errors="replace"), phrase)
    if copy.file is None:
        keys.must_be_there()
    elif not keys.path.exists():
        with db.reading() as session:
            urnkeys.restore(keys, waves.load(session, code), copy)
    adoption.adopt(db, keys)
    with db.transaction() as session:
        waves.hold(session, found := waves.load(session, code))
        urnkeys.restore(keys, found, copy)
        note(db, session, keys, "keys.restore", code)


@keyfile.command("copy", help=_("Chép khóa gốc ra một tệp có mật khẩu, để cất riêng."))
def copy_master(file: Annotated[Path, typer.Argument(help=_("Tệp ra"), metavar="TỆP")]) -> None:
    phrase = new_phrase(_("Mật khẩu cho bản sao khóa gốc"))
    with workshop() as (db, keys, _settings), db.transaction() as session:
        made = recovery.copy_of_master(keys, phrase)
        recovery.open_master(made, phrase)
        note(db, session, keys, "keys.copy")
        write_secret(file, made)
    print(_("Đã ghi {file}. Cất tệp và mật khẩu ở hai nơi khác máy chủ.").format(file=file))


@keyfile.command("restore", help=_("Lấy lại tệp khóa đã mất từ bản sao khóa gốc."))
def restore_master(file: Annotated[Path, typer.Argument(help=_("Bản sao"), metavar="TỆP")]) -> None:
    phrase = typer.prompt(_("Mật khẩu của bản sao khóa gốc"), hide_input=True, err=True)
    held = recovery.open_master(read_bytes(file).decode(errors="replace"), phrase)
    with workshop(keys_lost=True) as (db, keys, _settings):
        recovery.restore_master(keys, held)
        adoption.adopt(db, keys)
        with db.transaction() as session:
            head = note(db, session, keys, "keys.restore-master")
            staffmail.queue_heads(session, db.now(session), "", "keys.restore-master", head)
    print(_("Đã lấy lại {path}.").format(path=keys.path))
    print(
        _(
            "Hòm phiếu của đợt chưa mở còn cần bản khóa dự phòng của đợt ấy: “phieu wave unseal MÃ"
            " --recovery TỆP”."
        )
    )


def new_phrase(ask: str = _("Mật khẩu cho bản khóa dự phòng")) -> str:
    """A pass phrase for a copy, typed twice; ends the command when it is too short."""
    phrase: str = typer.prompt(ask, hide_input=True, confirmation_prompt=True, err=True)
    if len(phrase.strip()) < recovery.SHORTEST_PHRASE:
        refuse(
            _("Câu mật khẩu cần ít nhất {number} ký tự.").format(number=recovery.SHORTEST_PHRASE)
        )
    return phrase


def write_copy(keys: KeyFile, code: str, file: Path, phrase: str) -> None:
    """The recovery copy of a wave as a new file, and opened for trial; ends the command if not."""
    copy = recovery.copy_of(keys, code, phrase)
    recovery.check_copy(copy, phrase)
    write_secret(file, copy, _("Chưa phát phiếu nào."))


def write_secret(file: Path, text: str, undone: str = "") -> None:
    """Write a copy; ends the command when that cannot be done, saying what was `undone` by it."""
    try:
        _write_new(file, text)
    except FileExistsError:
        refuse(f"{_('Đã có tệp {file}; chọn tên khác.').format(file=file)} {undone}".strip())
    except OSError as error:
        words = _("Không ghi được {file}: {reason}.")
        refuse(f"{words.format(file=file, reason=error.strerror or error)} {undone}".strip())


def _write_new(file: Path, text: str) -> None:
    """A new file for its owner only, safe on its disk; half of one is taken away again."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as target:
            target.write(text)
            target.flush()
            os.fsync(target.fileno())
    except OSError:
        file.unlink()
        raise


@keyfile.command("backup-key", help=_("Tạo khóa để mã hóa bản sao lưu (--recipient)."))
def backup_key(file: Annotated[Path, typer.Argument(help=_("Tệp ra"), metavar="TỆP")]) -> None:
    from app.backup import sealing

    opens, to = sealing.new_key()
    made = datetime.now(UTC).date().isoformat()
    write_secret(file, f"# {made}\n# {to}\n{opens}\n")
    print(_("Đã ghi {file}. Cất tệp này ở nơi khác máy chủ; chỉ nó mở được.").format(file=file))
    print(to)
