"""The key file: master key, link keys, each wave's secrets until they are erased, and what the
database is held to.

One JSON file with mode 600, changed only under a lock, by rewrite, fsync and rename. The private
urn key of a wave lies in it wrapped by the master key. Nothing of it is ever in the database.

A *slot* is a place of the file that holds what a row of the database has to agree with: `now`, and
while a transaction is under way `next` too (see `pledges`). A wave's slots outlive its secrets.
"""

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from cryptography.exceptions import InvalidTag

from app.keys.content import (
    FORMAT,
    SECRETS,
    Content,
    derived_of_wave,
    is_launched,
    master_of,
    new_content,
    unwrap,
    wrap,
)
from app.keys.tokens import BallotName, Tokens, derive, receipt
from app.keys.urn import new_key_pair
from app.language import _

T = TypeVar("T")


class KeysMissing(Exception):
    """The key file, or one wave's keys in it, cannot be had; the text says what to do."""


class KeyFileLost(KeysMissing):
    """There is no key file; the text is for who can run commands on the server."""


class Altered(Exception):
    """What the database says differs from what the key file holds it to."""


@dataclass(frozen=True)
class WaveKeys:
    """What only the key file knows of a launched wave."""

    secret: bytes  # drafts
    private_key: bytes  # the urn
    public_key: bytes
    index_digest: str  # of the index as it was launched


class KeyFile:
    """The key file at `path`, made on first use, where `may_be_made` says yes (see `guard`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.may_be_made: Callable[[], bool] = lambda: True
        self._read: tuple[tuple[int, int, int], Content] | None = None
        self._worked_out: dict[object, Any] = {}

    @cached_property
    def tokens(self) -> Tokens:
        content = self.content()
        keys = [b64decode(key) for key in content["link_keys"]]
        return Tokens(b64decode(content["master"]), keys)

    @property
    def audit_key(self) -> bytes:
        """What the lines of the log are chained under."""
        return self.derived("audit")

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, always the same for this key file."""
        return self.worked_out(("derived", purpose), lambda c: derive(master_of(c), purpose))

    def bond_key(self, code: str) -> bytes:
        """What the ballots of a wave are bound under."""
        return self._of_wave("bond_key", code)

    def receipt(self, code: str, ballot: BallotName) -> str:
        """The receipt of a ballot's issue: the same from link, code and any device."""
        return receipt(self.receipt_key(code), code, ballot)

    def receipt_key(self, code: str) -> bytes:
        """What the receipts of a wave are made under."""
        return self._of_wave("receipt_key", code)

    def _of_wave(self, name: str, code: str) -> bytes:
        """A key that outlives the wave's secrets: of the master key and the wave, unless the entry
        holds another, from a recovery copy or an earlier version of this program."""

        def look(content: Content) -> bytes:
            known = content["waves"].get(code, {}).get(name)
            return b64decode(known) if known else derived_of_wave(content, name, code)

        return self.worked_out((name, code), look)

    @property
    def log_begins(self) -> str:
        """The last line of the log from before this file was made in place of a lost one."""
        return str(self.content().get("log_begins", ""))

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

    def make_anew(self, log_begins: str) -> None:
        """A new key file in place of one lost for good. Raises KeysMissing when one is there."""
        with self.changing(anew=True) as content:
            if self.path.exists():
                words = _("Đã có tệp khóa {path}; không tạo tệp khác.")
                raise KeysMissing(words.format(path=self.path))
            content |= {"log_begins": log_begins, "adopt": "new"}

    def make_wave(self, code: str, index_digest: str) -> bytes:
        """Make a wave's secrets, and give the public urn key.

        A launch that was cut off may have left keys behind: they are replaced, and with them all
        that was said of that launch, which can come true no more. Raises Altered for a wave that
        was launched: its keys stay.
        """
        private, public = new_key_pair()
        with self.changing() as content:
            entry = content["waves"].setdefault(code, {})
            if is_launched(entry):
                raise Altered
            entry.pop("facts", None)
            entry |= {
                "secret": b64encode(os.urandom(32)).decode(),
                "private_key": wrap(master_of(content), private, code),
                "public_key": b64encode(public).decode(),
                "index_digest": index_digest,
            }
        return public

    def prepared(self, code: str, index_digest: str) -> bytes | None:
        """The public urn key of a wave whose keys were made before its launch, for this index.

        None while nobody knows how a launch ended that was cut off: a row says that it came to
        nothing, and rows are not believed. Those keys may be of a running wave.
        """
        entry = self.content()["waves"].get(code) if self.path.exists() else None
        if entry is None or entry.get("facts") or entry.get("index_digest") != index_digest:
            return None
        return b64decode(entry["public_key"])

    def wave(self, code: str) -> WaveKeys:
        """The keys of a launched wave. Raises KeysMissing."""

        def look(content: Content) -> WaveKeys | None:
            entry = content["waves"].get(code, {})
            if "private_key" not in entry:
                return None
            private = unwrap(master_of(content), entry["private_key"], code)
            secret, public = b64decode(entry["secret"]), b64decode(entry["public_key"])
            return WaveKeys(secret, private, public, entry["index_digest"])

        try:
            found = self.worked_out(("wave", code), look)
        except InvalidTag as error:
            words = _("Khóa của đợt {code} trong {path} đã hỏng. Chép lại tệp khóa từ bản lưu.")
            raise KeysMissing(words.format(code=code, path=self.path)) from error
        if found is None:
            raise KeysMissing(
                _(
                    "Tệp khóa {path} không có khóa của đợt {code}. Chép lại đúng tệp khóa đã dùng"
                    " khi phát phiếu, hoặc dùng bản khóa dự phòng."
                ).format(path=self.path, code=code)
            )
        return found

    def has_wave(self, code: str) -> bool:
        """Whether the file holds what opens a wave's urn."""
        return self.path.exists() and "private_key" in self.content()["waves"].get(code, {})

    def erase_wave(self, code: str) -> None:
        """Forget a wave's secrets for good; doing it twice does no harm. Raises KeysMissing when
        the file itself is not there: it may come back with all that was in it."""
        if not self.path.exists():
            raise KeysMissing(_("Không thấy tệp khóa {path}.").format(path=self.path))
        if self.has_wave(code):
            with self.changing() as content:
                entry = content["waves"][code]
                for name in SECRETS:
                    entry.pop(name, None)
                if "facts" not in entry:
                    del content["waves"][code]

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
        try:
            status = os.stat(self.path)  # noqa: PTH116  # on the way of every page, and twice as fast
        except FileNotFoundError:
            return None
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._read is None or self._read[0] != seen:
            self._read, self._worked_out = (seen, self._load()), {}
        return self._read[1]

    def worked_out(self, key: object, work: Callable[[Content], T], away: T | None = None) -> T:
        """What `work` makes of the content, once for each state of the file; while there is no
        file `away`, if that is given."""
        content = self._looked_at() if away is not None else self.content()
        if content is None:
            return cast(T, away)
        known = self._worked_out
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
