"""What `phieu watch` does: a record fetched, checked, held to the one kept before, and kept.

In the folder lies `CODE.json`, the last record that was right, and beside it, under a name with the
time, whatever was wrong. It is replaced by rename, so that a broken-off run leaves the one before.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.language import _
from app.record import checking, fetching, following
from app.record.checking import NotRecord, Wrong
from app.record.entries import Document, Entry, to_json
from app.record.fetching import NotFetched

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class NotKept(Exception):
    """The folder cannot be used; the text says why."""


@dataclass(frozen=True)
class Seen:
    """What one look came to. `wrong` is empty where all is well; then `new` are the entries that
    came since, and `kept` is where the record lies now; else where the wrong one lies."""

    record: Document
    first: bool
    new: tuple[Entry, ...]
    wrong: tuple[Wrong, ...]
    kept: Path


def watch(
    address: str, folder: Path, now: datetime, fetch: Callable[[str], bytes] = fetching.fetch
) -> Seen:
    """Fetch, check, keep. Raises NotFetched, NotRecord where there is no record, NotKept."""
    where = fetching.json_address(address)
    code = where.rpartition("/")[2].removesuffix(".json")
    if not NAME.fullmatch(code):
        raise NotFetched(_("“{code}” không phải mã đợt. Xem lại địa chỉ.").format(code=code[:80]))
    data = fetch(where)
    try:
        got = checking.read(data)
    except NotRecord as error:
        raise NotRecord(f"{where}: {error}") from error
    with _alone(folder, code):
        return _held(folder, code, got, data, now)


def _held(folder: Path, code: str, got: Document, data: bytes, now: datetime) -> Seen:
    path = folder / f"{code}.json"
    before = _kept(path)
    wrong = checking.check(got)
    if got["wave"] != code:
        words = _("Sổ nhận được là của đợt khác: {wave}.").format(wave=got["wave"][:64])
        wrong.insert(0, Wrong(None, words))
    if before is not None:
        wrong = [*following.follows(before, got), *wrong]
    known = [] if before is None else before["entries"]
    new = tuple(got["entries"][len(known) :])
    if not wrong:
        if before is None or new:
            _write(path, to_json(got))
        return Seen(got, before is None, new, (), path)
    beside = folder / f"{code}.sai-{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.json"
    _write(beside, data)
    return Seen(got, before is None, new, tuple(wrong), beside)


def _kept(path: Path) -> Document | None:
    try:
        return checking.read(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, NotRecord) as error:
        words = _(
            "Không đọc được bản giữ trước đây {path}: {why}. Lấy lại tệp ấy từ bản lưu; đừng xóa,"
            " vì chỉ nó cho biết lịch sử có bị sửa hay không."
        )
        raise NotKept(words.format(path=path, why=getattr(error, "strerror", error))) from error


@contextmanager
def _alone(folder: Path, code: str) -> Iterator[None]:
    """One look at a time at what is kept: two runs of a timetable may meet."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / f".{code}.lock").open("w")
    except OSError as error:
        raise _unusable(folder, error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        descriptor = os.open(path.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    except OSError as error:
        raise _unusable(path.parent, error) from error


def _unusable(folder: Path, error: OSError) -> NotKept:
    words = _("Không ghi được vào thư mục {folder}: {why}. Chọn thư mục khác bằng --keep.")
    return NotKept(words.format(folder=folder, why=error.strerror))
