"""The cover of a sealed ballot in the database: other bytes each time the row is written.

Pure but for randomness. A row of the urn (`seals`) is the same bytes for as long as it lies there.
Whoever keeps what the database writes, its log or a copy after every cast, would see each come in
beside the ballot that became cast. So the rows that a cast writes anew get a new cover, and none of
them can be told from the new one without the key file.

    byte 3 · nonce (12 bytes) · AES-256-GCM of the row

The key is HKDF of the wave's receipt key. Whoever has that key and opens the ballots knows whose
they are by their receipts, so the cover hides nothing from whom it should.
"""

import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.keys.tokens import derive

VERSION = b"\x03"
NONCE = 12
# How much longer a covered row is.
COVER_BYTES = len(VERSION) + NONCE + 16


class Cover:
    """Covers and uncovers the rows of one wave.

    `covers` is no for a wave that an earlier version launched: its rows stay as they are to the
    end, since processes of that version may still read them.
    """

    def __init__(self, receipt_key: bytes, wave: str, *, covers: bool) -> None:
        self._made_of = (receipt_key, wave, covers)
        self._cipher = AESGCM(derive(receipt_key, "urn cover", wave.encode()))
        self._covers = covers

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process it goes as what it was made of."""
        return _made, self._made_of

    def over(self, row: bytes) -> bytes:
        """What is written of a row: each time other bytes."""
        if not self._covers:
            return row
        nonce = os.urandom(NONCE)
        return VERSION + nonce + self._cipher.encrypt(nonce, row, None)

    def off(self, stored: bytes) -> bytes:
        """The row under a cover; what has none of ours is taken as it is."""
        if not stored.startswith(VERSION) or len(stored) < COVER_BYTES:
            return stored
        end = len(VERSION) + NONCE
        try:
            return self._cipher.decrypt(stored[len(VERSION) : end], stored[end:], None)
        except InvalidTag:
            return stored


def _made(receipt_key: bytes, wave: str, covers: bool) -> Cover:
    return Cover(receipt_key, wave, covers=covers)
