"""A file of secrets on its disk: read by whoever looks, changed by one at a time, never made anew
beside a database that has used one.

One JSON file with mode 600, changed only under a lock, by rewrite, fsync and rename.

A *slot* is a place of the file that holds what a row of the database has to agree with: `now`, and
while a transaction is under way `next` too (see `pledges`). A wave's slots outlive its secrets.
"""

import fcntl
import json
import os
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from app.keys.content import FORMAT, Content, new_content
from app.language import _

T = TypeVar("T")


class KeysMissing(Exception):
    """The key file, or one wave's keys in it, cannot be had; the text says what to do."""


class KeyFileLost(KeysMissing):
    """There is no key file; the text is for who can run commands on the server."""


class KeptFile:
    """The file at `path`, made on first use, where `may_be_made` says yes (see `guard`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.may_be_made: Callable[[], bool] = lambda: True
        # What the file was known by, what it held, and what has been worked out of that.
        self._read: tuple[tuple[int, int, int], Content, dict[object, Any]] | None = None

    def must_be_there(self) -> None:
        """Raises KeyFileLost when there is no key file, and none may be made."""
        # Looked for twice: another process may have made it in between.
        if self.path.exists() or self.may_be_made() or self.path.exists():
            return
        raise KeyFileLost(
            _(
                "Không thấy tệp khóa {path}, mà cơ sở dữ liệu này đã dùng một tệp khóa. Xem lại"
                " PHIEU_KEY_FILE và ổ đĩa chứa tệp; nếu tệp mất, chép lại từ bản lưu, hoặc lấy lại"
                " từ bản sao khóa gốc: “phieu keys restore TỆP”. Chỉ khi không còn cả hai mới chạy"
                " “phieu keys new”, rồi “phieu staff reset EMAIL” cho từng tài khoản; hòm phiếu"
                " chưa mở thì mở bằng bản khóa dự phòng của đợt: “phieu wave unseal MÃ --recovery"
                " TỆP”."
            ).format(path=self.path)
        )

    def slot(self, *path: str) -> Mapping[str, Any] | None:
        """What the database is held to at one place of the file; None where it is to nothing."""
        place: Any = self._looked_at()
        for name in path:
            place = None if place is None else place.get(name)
        found: Mapping[str, Any] | None = place
        return found

    def accepted(self, *path: str) -> tuple[Any, ...]:
        """What may stand in the database: what is in force, and what a transaction under way will
        put in force."""
        slot = self.slot(*path)
        if slot is None:
            return ()
        return (slot["now"], slot["next"]) if "next" in slot else (slot["now"],)

    def content(self) -> Content:
        """The file's content, read again when another process has changed it; only to look at."""
        found = self._looked_at()
        while found is None:
            with self.changing():
                pass
            found = self._looked_at()
        return found

    def _looked_at(self) -> Content | None:
        """The same, None while there is no file."""
        found = self._state()
        return None if found is None else found[0]

    def _state(self) -> tuple[Content, dict[object, Any]] | None:
        """The content with what was worked out of it; None while there is no file.

        A thread goes on with what it has found itself: another may keep an older state after it.
        """
        try:
            status = os.stat(self.path)  # noqa: PTH116  # on the way of every page, and twice as fast
        except FileNotFoundError:
            return None
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        found = self._read
        if found is None or found[0] != seen:
            found = self._read = (seen, self._load(), {})
        return found[1:]

    def worked_out(self, key: object, work: Callable[[Content], T], away: T | None = None) -> T:
        """What `work` makes of the content, once for each state of the file; while there is no
        file `away`, if that is given."""
        while (state := self._state()) is None:
            if away is not None:
                return away
            self.content()
        content, known = state
        if key not in known:
            known[key] = work(content)
        found: T = known[key]
        return found

    def _load(self) -> Content:
        try:
            content: Content = json.loads(self.path.read_bytes())
            if content["format"] in (1, FORMAT) and len(b64decode(content["master"])) == 32:
                if content["format"] == 1:
                    content |= {"format": FORMAT, "adopt": "upgrade"}
                return content
        except (OSError, ValueError, KeyError, TypeError):
            pass
        words = _("Không đọc được tệp khóa {path}. Chép lại tệp khóa từ bản lưu; đừng tạo tệp mới.")
        raise KeysMissing(words.format(path=self.path))

    @contextmanager
    def changing(self, anew: bool = False) -> Iterator[Content]:
        """The content to change, written back whole: lock, rewrite, fsync, rename, fsync.

        `anew`: it was asked for by name, so that a lost file may be made again.
        """
        if not anew:
            self.must_be_there()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(self.path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            content = self._load() if self.path.exists() else new_content()
            yield content
            fresh = self.path.with_name(self.path.name + ".new")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(content, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(self.path)
            folder = os.open(self.path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
