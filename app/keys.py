"""The key file: master key, link keys, and each wave's secrets until they are erased.

One JSON file with mode 600, changed only under a lock, by rewrite, fsync and rename. The private
urn key of a wave lies in it wrapped by the master key. Nothing of it is ever in the database.
"""

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.language import _
from app.tokens import Tokens, derive
from app.urn import Opener, Spoiled, new_key_pair, seal

# What one guess at the phrase of a recovery copy costs: 64 MiB and its time. For every copy alike.
STRETCH = 2**16
SHORTEST_PHRASE = 16  # signs of it


class KeysMissing(Exception):
    """The key file, or one wave's keys in it, cannot be had; the text says what to do."""


class KeyFileLost(KeysMissing):
    """There is no key file; the text is for who can run commands on the server."""


@dataclass(frozen=True)
class WaveKeys:
    """What only the key file knows of a launched wave."""

    secret: bytes  # drafts
    private_key: bytes  # the urn
    public_key: bytes
    index_digest: str  # of the index as it was launched


@dataclass(frozen=True)
class OpenedCopy:
    """A recovery copy that opens: of which wave, its public urn key, and all it holds."""

    wave: str
    public_key: bytes
    content: dict[str, Any] = field(repr=False)


class KeyFile:
    """The key file at `path`, made on first use, where `may_be_made` says yes (see `keyguard`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.may_be_made: Callable[[], bool] = lambda: True
        self._read: tuple[tuple[int, int, int], dict[str, Any]] | None = None

    @cached_property
    def tokens(self) -> Tokens:
        content = self._content()
        keys = [b64decode(key) for key in content["link_keys"]]
        return Tokens(b64decode(content["master"]), keys)

    @property
    def audit_key(self) -> bytes:
        """What the lines of the log are chained under."""
        return derive(self._master(), "audit")

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, always the same for this key file."""
        return derive(self._master(), purpose)

    @property
    def log_begins(self) -> str:
        """The last line of the log from before this file was made in place of a lost one."""
        return str(self._content().get("log_begins", ""))

    def must_be_there(self) -> None:
        """Raises KeyFileLost when there is no key file, and none may be made."""
        # Looked for twice: another process may have made it in between.
        if self.path.exists() or self.may_be_made() or self.path.exists():
            return
        raise KeyFileLost(
            _(
                "Không thấy tệp khóa {path}, mà cơ sở dữ liệu này đã dùng một tệp khóa. Xem lại"
                " PHIEU_KEY_FILE và ổ đĩa chứa tệp; nếu tệp mất, chép lại từ bản lưu. Không có"
                " bản lưu thì lấy lại từ bản khóa dự phòng của một đợt chưa mở hòm phiếu:"
                " “phieu wave unseal MÃ --recovery TỆP”. Chỉ khi không còn cả hai mới chạy"
                " “phieu keys new”, rồi “phieu staff reset EMAIL” cho từng tài khoản."
            ).format(path=self.path)
        )

    def make_anew(self, log_begins: str) -> None:
        """A new key file in place of one lost for good. Raises KeysMissing when one is there."""
        with self._changing(anew=True) as content:
            if self.path.exists():
                words = _("Đã có tệp khóa {path}; không tạo tệp khác.")
                raise KeysMissing(words.format(path=self.path))
            content["log_begins"] = log_begins

    def make_wave(self, code: str, index_digest: str) -> bytes:
        """Make a wave's secrets, and give the public urn key.

        A launch that was cut off may have left keys behind: they sealed nothing and are replaced.
        """
        private, public = new_key_pair()
        wrapped = _wrap(self._master(), private, code)
        with self._changing() as content:
            content["waves"][code] = {
                "secret": b64encode(os.urandom(32)).decode(),
                "private_key": wrapped,
                "public_key": b64encode(public).decode(),
                "index_digest": index_digest,
            }
        return public

    def prepared(self, code: str, index_digest: str) -> bytes | None:
        """The public urn key of a wave whose keys were made before its launch, for this index."""
        entry = self._content()["waves"].get(code) if self.path.exists() else None
        if entry is None or entry["index_digest"] != index_digest:
            return None
        return b64decode(entry["public_key"])

    def wave(self, code: str) -> WaveKeys:
        """The keys of a launched wave. Raises KeysMissing."""
        entry = self._content()["waves"].get(code)
        if entry is None:
            raise KeysMissing(
                _(
                    "Tệp khóa {path} không có khóa của đợt {code}. Chép lại đúng tệp khóa đã dùng"
                    " khi phát phiếu, hoặc dùng bản khóa dự phòng."
                ).format(path=self.path, code=code)
            )
        try:
            private = _unwrap(self._master(), entry["private_key"], code)
        except InvalidTag as error:
            words = _("Khóa của đợt {code} trong {path} đã hỏng. Chép lại tệp khóa từ bản lưu.")
            raise KeysMissing(words.format(code=code, path=self.path)) from error
        secret, public = b64decode(entry["secret"]), b64decode(entry["public_key"])
        return WaveKeys(secret, private, public, entry["index_digest"])

    def has_wave(self, code: str) -> bool:
        return self.path.exists() and code in self._content()["waves"]

    def erase_wave(self, code: str) -> None:
        """Forget a wave's secrets for good; doing it twice does no harm. Raises KeysMissing when
        the file itself is not there: it may come back with all that was in it."""
        if not self.path.exists():
            raise KeysMissing(_("Không thấy tệp khóa {path}.").format(path=self.path))
        if self.has_wave(code):
            with self._changing() as content:
                content["waves"].pop(code, None)

    def recovery_copy(self, code: str, pass_phrase: str) -> str:
        """All that opens a wave's urn, under a pass phrase (scrypt, AES-256-GCM), as text.
        Raises KeysMissing."""
        self.wave(code)
        content = self._content() | {"waves": {code: self._content()["waves"][code]}}
        salt, nonce = os.urandom(16), os.urandom(12)
        plain = json.dumps(content).encode()
        sealed = AESGCM(_stretch(pass_phrase, salt)).encrypt(nonce, plain, code.encode())
        return json.dumps(
            {"phieu_recovery": 1, "wave": code, "keys": b64encode(salt + nonce + sealed).decode()}
        )

    def check_copy(self, copy: str, pass_phrase: str) -> bytes:
        """Open a recovery copy and try it; gives its public urn key. Raises KeysMissing."""
        return self.open_copy(copy, pass_phrase).public_key

    def open_copy(self, copy: str, pass_phrase: str) -> OpenedCopy:
        """Open a recovery copy and try it: the work of a second. Raises KeysMissing."""
        code, copied = _opened(copy, pass_phrase)
        try:
            entry = copied["waves"][code]
            public = b64decode(entry["public_key"])
            private = _unwrap(b64decode(copied["master"]), entry["private_key"], code)
            Opener(private, b"trial").open(seal(public, b"trial", "", b"phieu"))
        except (InvalidTag, Spoiled, ValueError, KeyError, TypeError) as error:
            raise KeysMissing(_("Bản khóa dự phòng mở không đúng. Tạo lại bản khác.")) from error
        return OpenedCopy(code, public, copied)

    def put_back(self, copy: OpenedCopy) -> None:
        """Put the keys of a recovery copy that was opened back. Raises KeysMissing.

        Of its own wave alone, and not in place of the same keys where they open: who knows the
        phrase can write into it. A file made anew that holds no wave gives way, one with others
        under another key not.
        """
        copied = copy.content
        with self._changing(anew=True) as content:
            if content["master"] != copied["master"]:
                if content["waves"] or "log_begins" in content:
                    words = _(
                        "Tệp khóa {path} thuộc một hệ thống khác. Đổi tên nó (đừng xóa), rồi mở"
                        " lại với bản khóa dự phòng."
                    )
                    raise KeysMissing(words.format(path=self.path))
                taken = ("master", "link_keys", "log_begins")
                content |= {key: copied[key] for key in taken if key in copied}
            known, wanted = content["waves"].get(copy.wave, {}), copied["waves"][copy.wave]
            if known.get("public_key") == wanted["public_key"]:
                with suppress(InvalidTag, ValueError, KeyError):
                    _unwrap(b64decode(content["master"]), known["private_key"], copy.wave)
                    return
            content["waves"][copy.wave] = wanted
        self.__dict__.pop("tokens", None)

    def _master(self) -> bytes:
        return b64decode(self._content()["master"])

    def _content(self) -> dict[str, Any]:
        """The file's content, read again when another process has changed it."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            with self._changing():
                pass
            status = self.path.stat()
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._read is None or self._read[0] != seen:
            self._read = (seen, self._load())
        return self._read[1]

    def _load(self) -> dict[str, Any]:
        try:
            content: dict[str, Any] = json.loads(self.path.read_bytes())
            if content["format"] == 1 and len(b64decode(content["master"])) == 32:
                return content
        except (OSError, ValueError, KeyError, TypeError):
            pass
        words = _("Không đọc được tệp khóa {path}. Chép lại tệp khóa từ bản lưu; đừng tạo tệp mới.")
        raise KeysMissing(words.format(path=self.path))

    @contextmanager
    def _changing(self, anew: bool = False) -> Iterator[dict[str, Any]]:
        """The content to change, written back whole: lock, rewrite, fsync, rename, fsync.

        `anew`: it was asked for by name, so that a lost file may be made again.
        """
        if not anew:
            self.must_be_there()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(self.path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            content = self._load() if self.path.exists() else _new_content()
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


def _opened(copy: str, pass_phrase: str) -> tuple[str, dict[str, Any]]:
    """Wave and content of a recovery copy. Raises KeysMissing."""
    try:
        document = json.loads(copy)
        code = str(document["wave"])
        raw = b64decode(document["keys"], validate=True)
        plain = AESGCM(_stretch(pass_phrase, raw[:16])).decrypt(raw[16:28], raw[28:], code.encode())
    except (InvalidTag, ValueError, KeyError, TypeError, RecursionError) as error:
        raise KeysMissing(
            _("Không mở được bản khóa dự phòng: sai mật khẩu, hoặc tệp đã hỏng. Thử lại.")
        ) from error
    content: dict[str, Any] = json.loads(plain)
    return code, content


def _new_content() -> dict[str, Any]:
    secret = [b64encode(os.urandom(32)).decode() for _which in range(2)]
    return {"format": 1, "master": secret[0], "link_keys": [secret[1]], "waves": {}}


def _wrap(master: bytes, private_key: bytes, code: str) -> str:
    nonce = os.urandom(12)
    sealed = AESGCM(derive(master, "urn key")).encrypt(nonce, private_key, code.encode())
    return b64encode(nonce + sealed).decode()


def _unwrap(master: bytes, wrapped: str, code: str) -> bytes:
    raw = b64decode(wrapped)
    return AESGCM(derive(master, "urn key")).decrypt(raw[:12], raw[12:], code.encode())


def _stretch(pass_phrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=STRETCH, r=8, p=1).derive(pass_phrase.strip().encode())
