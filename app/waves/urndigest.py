"""The digest of an urn: what its closing writes down, and its opening checks first."""

import hashlib

from sqlmodel import Session

from app.keys.cover import Cover
from app.store.models import Wave
from app.trustees.files import urn_digest_of
from app.urn import rows


def row_hash_of(sealed: bytes) -> bytes:
    """The SHA-256 of a sealed row."""
    return hashlib.sha256(sealed).digest()


class UrnDigest:
    """SHA-256 over the sorted SHA-256 hashes of sealed rows, in whatever order they come."""

    def __init__(self) -> None:
        self._hashes: list[bytes] = []

    def add(self, sealed: bytes) -> bytes:
        """Take in a row, and give its hash."""
        self._hashes.append(row_hash_of(sealed))
        return self._hashes[-1]

    def text(self) -> str:
        return urn_digest_of(self._hashes)


def urn_digest(session: Session, wave: Wave, cover: Cover) -> str:
    """The digest of a wave's whole urn."""
    digest = UrnDigest()
    for sealed in rows.read(session, wave, cover):
        digest.add(sealed)
    return digest.text()
