"""Where a backup is written to: a file of its own, or a folder of them by their time.

It is written beside its name, read again from end to end, and named only then: what bears the name
of a backup is one.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import inspect, text

from app.backup import checking, making, sealing
from app.backup.checking import Checked, Way
from app.backup.form import Head
from app.backup.refused import BackupRefused, Damaged
from app.keys.keyfile import KeyFile
from app.language import _
from app.store.db import Database

NAMED = re.compile(r"phieu-(\d{8}T\d{6}Z)\.backup(\.age)?(\.part)?", re.ASCII)
STAMP = "%Y%m%dT%H%M%SZ"
PART = ".part"


@dataclass(frozen=True)
class Made:
    """A backup that was written and read again."""

    file: Path
    head: Head
    counts: dict[str, int]
    digest: str
    bytes: int


@dataclass(frozen=True)
class Seal:
    """Who may open a backup: whoever knows the phrase, or has one of the keys; nobody named means
    that it is not encrypted."""

    phrase: str | None = None
    keys: tuple[bytes, ...] = ()

    @property
    def is_one(self) -> bool:
        return self.phrase is not None or bool(self.keys)


def place(to: Path, now: datetime, sealed: bool, key_file: Path) -> Path:
    """The file to write: `to` itself, or a name in it where it is a folder. Raises
    BackupRefused."""
    ending = ".backup.age" if sealed else ".backup"
    file = to / f"phieu-{now.astimezone(UTC).strftime(STAMP)}{ending}" if to.is_dir() else to
    if file.parent.resolve() == key_file.parent.resolve():
        raise BackupRefused(
            _(
                "Thư mục {folder} chứa tệp khóa. Bản sao lưu và tệp khóa không được nằm chung: ai"
                " lấy được cả hai thì mở được hòm phiếu. Chọn thư mục khác."
            ).format(folder=file.parent)
        )
    if file.exists():
        words = _("Đã có tệp {file}. Chọn tên khác, để không ghi đè.")
        raise BackupRefused(words.format(file=file))
    return file


def write(db: Database, keys: KeyFile, file: Path, seal: Seal) -> Made:
    """Write a backup, and read it again. Raises BackupRefused; then nothing of it is left."""
    part = file.with_name(file.name + PART)
    try:
        with _new(part) as out:
            file_key = None
            if seal.is_one:
                sealer = sealing.Sealer(out, seal.phrase, seal.keys)
                file_key = sealer.file_key
                head, counts, digest = making.write(db, keys, _as_file(sealer))
                sealer.close()
            else:
                head, counts, digest = making.write(db, keys, out)
            out.flush()
            os.fsync(out.fileno())
            _must_be_there(part, seal, file_key, keys, Checked(head, counts, digest))
            size = part.stat().st_size
            os.link(part, file)
        _sync(file.parent)
    except OSError as error:
        raise BackupRefused(
            _(
                "Không ghi được bản sao lưu {file}: {reason}. Xem chỗ trống và quyền của thư mục,"
                " rồi làm lại."
            ).format(file=file, reason=error.strerror or error)
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Made(file, head, counts, digest, size)


def _must_be_there(
    part: Path, seal: Seal, file_key: bytes | None, keys: KeyFile, written: Checked
) -> None:
    """Read what was written. Raises BackupRefused where it is not that."""
    # To a phrase it is tried as whoever restores will; a key to open lies elsewhere.
    way = Way(lambda: seal.phrase or "", (), None if seal.phrase is not None else file_key)
    try:
        there = checking.check(part, way, keys) == written
    except Damaged:
        there = False
    if not there:
        raise BackupRefused(
            _(
                "Đọc lại {file} thì khác lúc ghi: đĩa ấy có thể đã hỏng. Chưa có bản sao lưu nào."
                " Ghi ra nơi khác."
            ).format(file=part)
        )


def _as_file(sealer: sealing.Sealer) -> BinaryIO:
    return sealer  # type: ignore[return-value]


@contextmanager
def _new(part: Path) -> Iterator[BinaryIO]:
    """A file that only its owner reads, held while it is written."""
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        yield out


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove all backups of a folder but the newest, and what was left of those cut off; gives what
    was removed. Files by other names stay."""
    gone = []
    for file in _named(folder)[keep:] + _left_over(folder):
        file.unlink(missing_ok=True)
        gone.append(file)
    return gone


def _named(folder: Path) -> list[Path]:
    """The backups of a folder, the newest first."""
    found = [(NAMED.fullmatch(each.name), each) for each in folder.iterdir()]
    named = [(match.group(1), each) for match, each in found if match and not match.group(3)]
    return [each for _stamp, each in sorted(named, reverse=True)]


def _left_over(folder: Path) -> list[Path]:
    """Beginnings of backups that nobody writes any more."""
    left = []
    for each in folder.iterdir():
        match = NAMED.fullmatch(each.name)
        if match and match.group(3):
            with each.open("rb") as file, suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.append(each)
    return left


def outlived(db: Database, folder: Path) -> tuple[datetime | None, Sequence[Path]]:
    """When personal data was last erased or an urn opened, and the backups of a folder from before:
    they hold what the database has forgotten since."""
    with db.reading() as session:
        connection = session.connection()
        tables = inspect(connection).get_table_names()
        asked = [("wave", "unsealed_at"), ("purge", "at")]
        found = [
            connection.execute(text(f"SELECT max({column}) FROM {table}")).scalar()  # noqa: S608
            for table, column in asked
            if table in tables
        ]
    times = [_moment(each) for each in found if each is not None]
    if not times:
        return None, ()
    last = max(times)
    return last, [each for each in _named(folder) if _stamp(each) < last]


def _moment(value: datetime | str) -> datetime:
    """A time as either database gives it where it knows no type."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _stamp(file: Path) -> datetime:
    match = NAMED.fullmatch(file.name)
    said = match.group(1) if match else ""
    return datetime.strptime(said, STAMP).replace(tzinfo=UTC)
