"""A process in which nothing is left to chance: the clock stands still, every draw has a seed.

For a process of its own: nothing of it is taken back.
"""

import asyncio
import hashlib
import hmac
import importlib
import itertools
import os
import pkgutil
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import xlsxwriter.core
import xlsxwriter.workbook
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

import app
from app.keys import recovery, urn
from app.staff import passwords

Draw = Callable[[int], bytes]
# Modules beside the product's own that ask for the time of day.
WRITERS = (xlsxwriter.core, xlsxwriter.workbook)


def still(seed: str, clock: Callable[[], datetime]) -> None:
    """From now on every draw of this process follows from the seed, and it is as late as `clock`
    says for whoever does not ask the database."""
    import_all()
    draw = draws(seed)
    os.urandom = draw
    random._urandom = draw  # type: ignore[attr-defined]  # of SystemRandom, and of `secrets`
    random.seed(seed)
    # `cryptography` draws past this process.
    X25519PrivateKey.generate = lambda: X25519PrivateKey.from_private_bytes(draw(32))  # type: ignore[method-assign]
    urn.SUITE = Seal(urn.SUITE, draw)  # type: ignore[assignment]
    os.environ["TZ"] = "Asia/Ho_Chi_Minh"
    time.tzset()
    time.time = lambda: clock().timestamp()
    for module in [*product(), *WRITERS]:
        if "datetime.now(" in Path(module.__file__).read_text():
            module.datetime = stopped(clock)  # type: ignore[attr-defined]
    passwords.COST = passwords.Cost(time_cost=1, memory_cost=64, parallelism=1)
    recovery.STRETCH = 2**10


def import_all() -> None:
    """What draws while it is imported, or is imported late, does so before the seed."""
    for each in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)


def product() -> list[Any]:
    return [each for name, each in sys.modules.items() if name.startswith(f"{app.__name__}.")]


def draws(seed: str) -> Draw:
    """As good as random, and the same in every process."""
    count = itertools.count()

    def draw(size: int) -> bytes:
        return hashlib.shake_256(f"{seed} {next(count)}".encode()).digest(size)

    return draw


def stopped(clock: Callable[[], datetime]) -> type[datetime]:
    """The class `datetime` of a module, whose `now` is the clock's."""

    class OfAnyKind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, datetime)

    class Stopped(datetime, metaclass=OfAnyKind):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            found = clock().astimezone(tz)
            return found if tz else found.replace(tzinfo=None)

    return Stopped


def lead(port: int, to: int) -> None:
    """Whoever asks for one port of this machine comes out at another, which nobody is told."""
    connect = asyncio.BaseEventLoop.create_connection

    def led(self: Any, factory: Any, host: Any = None, at: Any = None, **more: Any) -> Any:
        at = more.pop("port", at)
        return connect(self, factory, host, to if at == port else at, **more)

    asyncio.BaseEventLoop.create_connection = led  # type: ignore[method-assign,assignment]


class Seal:
    """HPKE as the urn has it (RFC 9180, base mode, one message), its one draw from the seed."""

    SUITE = b"HPKE\x00\x20\x00\x01\x00\x02"
    KEM = b"KEM\x00\x20"

    def __init__(self, real: Any, draw: Draw) -> None:
        self.real, self.draw = real, draw

    def encrypt(self, plain: bytes, to: X25519PublicKey, info: bytes = b"") -> bytes:
        own = X25519PrivateKey.from_private_bytes(self.draw(32))
        ours = own.public_key().public_bytes_raw()
        shared = self._extract(self.KEM, b"", b"eae_prk", own.exchange(to))
        context = ours + to.public_bytes_raw()
        secret = self._expand(self.KEM, shared, b"shared_secret", context, 32)
        ids = self._extract(self.SUITE, b"", b"psk_id_hash", b"")
        about = self._extract(self.SUITE, b"", b"info_hash", info)
        context = b"\x00" + ids + about
        secret = self._extract(self.SUITE, secret, b"secret", b"")
        key = self._expand(self.SUITE, secret, b"key", context, 32)
        nonce = self._expand(self.SUITE, secret, b"base_nonce", context, 12)
        return ours + AESGCM(key).encrypt(nonce, plain, b"")

    def decrypt(self, sealed: bytes, key: X25519PrivateKey, info: bytes = b"") -> bytes:
        opened: bytes = self.real.decrypt(sealed, key, info=info)
        return opened

    def _extract(self, suite: bytes, salt: bytes, label: bytes, key: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + key, "sha256")

    def _expand(self, suite: bytes, key: bytes, label: bytes, info: bytes, size: int) -> bytes:
        labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
        return HKDFExpand(SHA256(), size, labelled).derive(key)
