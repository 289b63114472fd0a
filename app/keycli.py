"""`phieu keys …`, and recovery copies on the command line: for a key file that is lost."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app import audit, recovery, staffmail, unsealing, waves
from app.db import Database
from app.keys import KeyFile
from app.language import _
from app.terminal import note, read_bytes, refuse, workshop

keyfile = typer.Typer(no_args_is_help=True, help=_("Tệp khóa."))


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
    with workshop(keys_lost=True) as (db, keys, _settings), db.transaction() as session:
        last = audit.head(session)
        keys.make_anew(str(last) if last.number else "")
        head = note(db, session, keys, "keys.new", last_line=last.number)
        staffmail.queue_heads(session, db.now(session), "", "keys.new", head)
    print(_("Đã tạo {path}. Chép ngay một bản lưu của tệp này.").format(path=keys.path))
    print(_("Việc tiếp theo: “phieu staff reset EMAIL” cho từng tài khoản."))


def restore(db: Database, keys: KeyFile, code: str, file: Path) -> None:
    """Bring the keys back from the recovery copy of this very wave, the key file too if lost."""
    phrase = typer.prompt(_("Mật khẩu của bản khóa dự phòng"), hide_input=True, err=True)
    # Opened before the transaction: it takes its time on purpose.
    copy = recovery.open_copy(read_bytes(file).decode(errors="replace"), phrase)
    with db.transaction() as session:
        waves.hold(session, found := waves.load(session, code))
        unsealing.restore_keys(keys, found, copy)
        note(db, session, keys, "keys.restore", code)


def new_phrase() -> str:
    """A pass phrase for a recovery copy, typed twice; ends the command when it is too short."""
    ask = _("Mật khẩu cho bản khóa dự phòng")
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
    try:
        _write_secret(file, copy)
    except FileExistsError:
        refuse(_("Đã có tệp {file}; chọn tên khác. Chưa phát phiếu nào.").format(file=file))
    except OSError as error:
        words = _("Không ghi được {file}: {reason}. Chưa phát phiếu nào.")
        refuse(words.format(file=file, reason=error.strerror or error))


def _write_secret(file: Path, text: str) -> None:
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
