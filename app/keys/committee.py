"""A ballot sealed for a committee: a key of its own, split among trustees, any k of whom open it.

Pure but for randomness. There is no key that opens the urn. A row is

    0x02 · n · n parts of 81 bytes · n hashes of 32 · nonce of 12 · the ballot under its own key

A part is one trustee's share (its x in one byte, and 32 bytes), sealed to their key (HPKE); a hash
is the SHA-256 of x and share, so that whatever a trustee hands in can be held to it. All before the
nonce is bound to the ballot.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.keys import split
from app.keys.urn import SUITE, Spoiled

VERSION = 2
KEY, SHARE, PART, HASH, NONCE, TAG = 32, 33, 81, 32, 12, 16
FEWEST, MOST = 3, 7
SHARES, TRIAL = "phieu share 1", "phieu trial 1"


@dataclass(frozen=True)
class Committee:
    """Whose keys an urn is sealed to, in their order, and how many of them open it."""

    need: int
    keys: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not (FEWEST <= len(self.keys) <= MOST and 2 <= self.need < len(self.keys)):
            raise ValueError("three to seven trustees, and fewer of them than all")

    @property
    def number(self) -> int:
        return len(self.keys)

    def packed(self) -> bytes:
        """How a wave keeps it in place of a public urn key."""
        return bytes([self.need]) + b"".join(self.keys)


def read(public_key: bytes | None) -> Committee | None:
    """The committee that a wave's public key is of; None for the key of an office."""
    if public_key is None or len(public_key) <= KEY:
        return None
    keys = public_key[1:]
    return Committee(public_key[0], tuple(keys[at : at + KEY] for at in range(0, len(keys), KEY)))


@dataclass(frozen=True)
class Bound:
    """What parts are bound to: of another wave, index or place, or of a trial, none opens."""

    wave: str
    index_digest: str
    label: str = SHARES

    def info(self, place: int) -> bytes:
        return "\0".join((self.label, self.wave, self.index_digest, str(place))).encode()


# A key is read each time anew otherwise, which is a third of the work of a part.
_key = lru_cache(maxsize=64)(X25519PublicKey.from_public_bytes)


def seal(committee: Committee, bound: Bound, plain: bytes) -> bytes:
    """A row of the urn; `plain` is the ballot, of one length per index."""
    key = os.urandom(KEY)
    shares = [
        bytes([place]) + share
        for place, share in enumerate(split.split(key, committee.need, committee.number), 1)
    ]
    parts = [
        SUITE.encrypt(share, _key(public), info=bound.info(share[0]))
        for share, public in zip(shares, committee.keys, strict=True)
    ]
    head = bytes([VERSION, committee.number]) + b"".join(parts)
    head += b"".join(hashlib.sha256(share).digest() for share in shares)
    nonce = os.urandom(NONCE)
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head)


def size(number: int, plain_bytes: int) -> int:
    """How long a row is, of `number` trustees."""
    return 2 + number * (PART + HASH) + NONCE + plain_bytes + TAG


@dataclass(frozen=True)
class Row:
    """A row of the urn, taken apart: one part and one hash a trustee."""

    parts: tuple[bytes, ...]
    hashes: tuple[bytes, ...]
    head: bytes
    nonce: bytes
    sealed: bytes

    def fits(self, place: int, share: bytes) -> bool:
        """Whether it is the share of the trustee at `place`."""
        return (
            len(share) == SHARE
            and share[0] == place
            and hashlib.sha256(share).digest() == self.hashes[place - 1]
        )

    def unseal(self, need: int, shares: Mapping[int, bytes]) -> bytes:
        """The ballot, out of what trustees handed in (place → x and share). Raises Spoiled."""
        fitting = {
            place: share[1:] for place, share in sorted(shares.items()) if self.fits(place, share)
        }
        key = split.combine(need, fitting) if len(fitting) >= need else None
        if key is None:
            raise Spoiled
        try:
            return AESGCM(key).decrypt(self.nonce, self.sealed, self.head)
        except InvalidTag as error:
            raise Spoiled from error


def take_apart(row: bytes, number: int, plain_bytes: int) -> Row:
    """A row that was sealed to `number` trustees. Raises Spoiled."""
    if len(row) != size(number, plain_bytes) or row[0] != VERSION or row[1] != number:
        raise Spoiled
    hashes_at = 2 + number * PART
    nonce_at = hashes_at + number * HASH
    return Row(
        tuple(row[at : at + PART] for at in range(2, hashes_at, PART)),
        tuple(row[at : at + HASH] for at in range(hashes_at, nonce_at, HASH)),
        row[:nonce_at],
        row[nonce_at : nonce_at + NONCE],
        row[nonce_at + NONCE :],
    )


def open_part(private: bytes, bound: Bound, place: int, part: bytes) -> bytes | None:
    """A trustee's share (x and 32 bytes) out of their part; None when it does not open."""
    try:
        share = SUITE.decrypt(
            part, X25519PrivateKey.from_private_bytes(private), info=bound.info(place)
        )
    except (InvalidTag, ValueError):
        return None
    return share if len(share) == SHARE else None
