"""A stream encrypted as `age` does it (age-encryption.org/v1), to a pass phrase or to keys.

So a backup can be opened without this program, by `age` or `rage`. A random file key is wrapped for
whoever may open (scrypt of a phrase, or X25519), and the stream lies in pieces of 64 KiB, each
authenticated with its place and whether it is the last (ChaCha20-Poly1305): nothing can be changed,
moved, cut off or hung on.
"""

import hmac
import io
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.backup import bech32
from app.backup.bech32 import NotKey
from app.keys import recovery

FIRST = b"age-encryption.org/v1\n"
LABEL = b"age-encryption.org/v1/"
PIECE = 64 * 1024
TAG = 16
FILE_KEY = 16
LONGEST_HEAD = 64 * 1024
# What a guess may cost at most where a file says what it costs: 1 GiB.
MOST_STRETCH = 20
TO, OPENS = "age", "age-secret-key-"

Stanza = tuple[list[str], bytes]


class NotOpened(Exception):
    """Neither this phrase nor these keys open the file."""


class Spoiled(Exception):
    """The file is no longer as it was written."""


def new_key() -> tuple[str, str]:
    """A key to open with, and the one to encrypt to."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return bech32.encode(OPENS, private.private_bytes_raw()).upper(), bech32.encode(TO, public)


def public_key(text: str) -> bytes:
    """A key to encrypt to, as it is written. Raises NotKey."""
    found = bech32.decode(TO, text.strip())
    if len(found) != 32:
        raise NotKey("another length")
    return found


def private_keys(text: str) -> list[bytes]:
    """The keys of a file of them: one a line, others than ours and comments left out. Raises
    NotKey when there is none."""
    lines = [line.strip() for line in text.splitlines()]
    found = [bech32.decode(OPENS, line) for line in lines if line.lower().startswith(OPENS)]
    if not found or any(len(key) != 32 for key in found):
        raise NotKey("no key")
    return found


def is_sealed(begins: bytes) -> bool:
    """Whether a file that begins so is encrypted."""
    return begins.startswith(FIRST)


class Sealer(io.RawIOBase):
    """What is written into it comes out encrypted; to be closed, or the end is missing.

    To one phrase, or to keys. `file_key` opens it again without either, to look whether it was
    written well.
    """

    def __init__(self, out: BinaryIO, phrase: str | None, keys: Sequence[bytes] = ()) -> None:
        self._out, self._held, self._place = out, bytearray(), 0
        self.file_key = os.urandom(FILE_KEY)
        stanzas = [_to_key(self.file_key, key) for key in keys]
        if phrase is not None:
            stanzas = [_to_phrase(self.file_key, phrase)]
        head = FIRST + b"".join(map(_written, stanzas)) + b"---"
        nonce = os.urandom(16)
        out.write(head + b" " + _b64(_head_mac(self.file_key, head)).encode() + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_derive(self.file_key, nonce, b"payload"))

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._held += data
        # The last piece is full or not, but never empty: a full one waits for what comes.
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._held), last=True)
        super().close()

    def _put(self, piece: bytes, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._place, last), piece, None))
        self._place += 1


class Unsealer(io.RawIOBase):
    """What was encrypted, read piece by piece. Raises NotOpened and Spoiled, also while reading.

    `phrase` is asked for one only where the file is encrypted to one.
    """

    def __init__(
        self,
        file: BinaryIO,
        phrase: Callable[[], str],
        keys: Sequence[bytes] = (),
        file_key: bytes | None = None,
    ) -> None:
        head, stanzas, mac = _read_head(file)
        key = file_key or _file_key(stanzas, phrase, keys)
        if not hmac.compare_digest(_head_mac(key, head), mac):
            raise Spoiled
        self._file, self._place, self._held, self._done = file, 0, b"", False
        self._cipher = ChaCha20Poly1305(_derive(key, _exactly(file, 16), b"payload"))
        self._next = file.read(PIECE + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray) -> int:  # type: ignore[override]
        if not self._held and not self._done:
            self._held = self._piece()
        part = self._held[: len(into)]
        self._held = self._held[len(part) :]
        into[: len(part)] = part
        return len(part)

    def _piece(self) -> bytes:
        piece, self._next = self._next, self._file.read(PIECE + TAG)
        self._done = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._place, self._done), piece, None)
        except (InvalidTag, ValueError) as error:
            raise Spoiled from error
        if not plain and self._place:
            raise Spoiled
        self._place += 1
        return plain


def _to_phrase(file_key: bytes, phrase: str) -> Stanza:
    salt, work = os.urandom(16), recovery.STRETCH.bit_length() - 1
    wrapped = _wrap(_stretch(phrase, salt, work), file_key)
    return ["scrypt", _b64(salt), str(work)], wrapped


def _to_key(file_key: bytes, key: bytes) -> Stanza:
    ours = X25519PrivateKey.generate()
    share = ours.public_key().public_bytes_raw()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(key))
    return ["X25519", _b64(share)], _wrap(_derive(shared, share + key, LABEL + b"X25519"), file_key)


def _file_key(stanzas: list[Stanza], phrase: Callable[[], str], keys: Sequence[bytes]) -> bytes:
    """Raises NotOpened and Spoiled."""
    for (kind, *of), body in stanzas:
        try:
            if kind == "scrypt" and len(stanzas) == 1 and int(of[1]) <= MOST_STRETCH:
                return _unwrap(_stretch(phrase(), _unb64(of[0]), int(of[1])), body)
            for private in keys if kind == "X25519" else ():
                if found := _by_key(private, _unb64(of[0]), body):
                    return found
        except InvalidTag as error:
            raise NotOpened from error
        except (ValueError, IndexError) as error:
            raise Spoiled from error
    raise NotOpened


def _by_key(private: bytes, share: bytes, body: bytes) -> bytes | None:
    key = X25519PrivateKey.from_private_bytes(private)
    shared = key.exchange(X25519PublicKey.from_public_bytes(share))
    mine = key.public_key().public_bytes_raw()
    try:
        return _unwrap(_derive(shared, share + mine, LABEL + b"X25519"), body)
    except InvalidTag:
        return None


def _read_head(file: BinaryIO) -> tuple[bytes, list[Stanza], bytes]:
    """The head of a file up to its MAC, who may open it, and the MAC. Raises Spoiled."""
    head, stanzas = _line(file), list[Stanza]()
    if head != FIRST:
        raise Spoiled
    while len(head) < LONGEST_HEAD:
        line = _line(file)
        try:
            if line.startswith(b"--- "):
                return head + b"---", stanzas, _unb64(line[4:-1].decode())
            if line.startswith(b"-> "):
                stanzas.append((line[3:-1].decode("ascii").split(" "), b""))
            else:
                words, body = stanzas.pop()
                stanzas.append((words, body + _unb64(line[:-1].decode())))
        except (ValueError, IndexError) as error:
            raise Spoiled from error
        head += line
    raise Spoiled


def _line(file: BinaryIO) -> bytes:
    line = file.readline(LONGEST_HEAD)
    if not line.endswith(b"\n"):
        raise Spoiled
    return line


def _exactly(file: BinaryIO, number: int) -> bytes:
    found = file.read(number)
    if len(found) != number:
        raise Spoiled
    return found


def _written(stanza: Stanza) -> bytes:
    words, body = stanza
    # Of one line: 32 bytes make 43 signs, and 64 would go on in another.
    return f"-> {' '.join(words)}\n{_b64(body)}\n".encode()


def _stretch(phrase: str, salt: bytes, work: int) -> bytes:
    stretched = Scrypt(salt=LABEL + b"scrypt" + salt, length=32, n=2**work, r=8, p=1)
    return stretched.derive(phrase.strip().encode())


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt or None, info=info).derive(key)


def _head_mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), head, "sha256")


def _wrap(key: bytes, file_key: bytes) -> bytes:
    return ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)


def _unwrap(key: bytes, body: bytes) -> bytes:
    """Raises InvalidTag and ValueError."""
    if len(body) != FILE_KEY + TAG:
        raise ValueError("no file key")
    return ChaCha20Poly1305(key).decrypt(bytes(12), body, None)


def _nonce(place: int, last: bool) -> bytes:
    return place.to_bytes(11, "big") + bytes([last])


def _b64(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    """Raises ValueError."""
    found = b64decode(text + "=" * (-len(text) % 4), validate=True)
    if _b64(found) != text:
        raise ValueError("not as it is written")
    return found
