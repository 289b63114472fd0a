"""A backup read from end to end, before anything is done with it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast

from app.backup import sealing
from app.backup.form import BEGINS, Head, Reader, print_of
from app.backup.refused import BackupRefused, Damaged
from app.keys.keyfile import KeyFile
from app.language import _
from app.store import migrating


@dataclass(frozen=True)
class Way:
    """What may open an encrypted backup: a phrase, asked for where one is needed, and keys."""

    phrase: Callable[[], str]
    keys: Sequence[bytes] = ()
    file_key: bytes | None = None


@dataclass(frozen=True)
class Checked:
    """A backup that is whole: its head, how many rows of each table, its digest."""

    head: Head
    counts: dict[str, int]
    digest: str


@contextmanager
def opened(path: Path, way: Way, keys: KeyFile | None) -> Iterator[Reader]:
    """A backup to be read. Raises BackupRefused, also while it is read."""
    try:
        file = path.open("rb")
    except OSError as error:
        words = _("Không đọc được tệp {file}: {reason}. Xem lại tên và quyền của tệp.")
        raise BackupRefused(words.format(file=path, reason=error.strerror)) from error
    with file:
        begins = file.read(len(sealing.FIRST))
        file.seek(0)
        try:
            if sealing.is_sealed(begins):
                unsealer = sealing.Unsealer(file, way.phrase, way.keys, way.file_key)
                yield Reader(cast(BinaryIO, BufferedReader(unsealer)), path, keys)
            elif begins.startswith(BEGINS):
                yield Reader(file, path, keys)
            else:
                words = _("{file} không phải bản sao lưu của Phiếu. Chọn tệp khác.")
                raise BackupRefused(words.format(file=path))
        except sealing.Spoiled as error:
            raise Damaged(path, _("phần mã hóa")) from error
        except sealing.NotOpened as error:
            raise BackupRefused(_not_opened(path, way)) from error


def _not_opened(path: Path, way: Way) -> str:
    if way.keys:
        words = _("Không mở được {file}: khóa trong tệp --identity không phải của bản này.")
    elif _asks_phrase(path):
        words = _("Không mở được {file}: sai mật khẩu. Thử lại.")
    else:
        words = _("Không mở được {file}: thêm --identity TỆP với khóa của bản này.")
    return words.format(file=path)


def _asks_phrase(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\n-> scrypt " in file.read(sealing.LONGEST_HEAD)


def check(path: Path, way: Way, keys: KeyFile | None) -> Checked:
    """Read all of it. `keys` is the key file that it must have been made under; None where there is
    none to ask. Raises BackupRefused."""
    with opened(path, way, keys) as reader:
        must_fit(path, reader.head, keys)
        for _part in reader.parts():
            pass
        return Checked(reader.head, reader.counts, reader.digest)


def must_fit(path: Path, head: Head, keys: KeyFile | None) -> None:
    """Raises BackupRefused for a backup of another house, or of a later version."""
    if keys is not None and head.keys != print_of(keys):
        raise BackupRefused(
            _(
                "Bản sao lưu {file} làm dưới một tệp khóa khác với {keys}: nó của hệ thống khác,"
                " hoặc tệp khóa đã thay. Chưa khôi phục gì. Đặt đúng tệp khóa của bản ấy vào"
                " PHIEU_KEY_FILE; nếu tệp ấy đã mất, đổi tên tệp khóa đang có (đừng xóa), khôi"
                " phục, rồi “phieu keys restore TỆP” hoặc “phieu keys new”."
            ).format(file=path, keys=keys.path)
        )
    if head.revision not in migrating.revisions():
        raise BackupRefused(
            _(
                "Bản sao lưu {file} làm bằng một phiên bản mới hơn ({revision}). Cài phiên bản ấy"
                " rồi khôi phục."
            ).format(file=path, revision=head.revision)
        )
