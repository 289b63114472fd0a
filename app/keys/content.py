"""What the JSON of the key file holds, and how secrets lie in it.

format · master · link_keys · log_begins, where an earlier file was lost · adopt, while the
database is to be taken over (`adoption`) · accounts: slots · waves: by code an entry
entry: secret, private_key (wrapped; a committee's urn has none), public_key, index_digest,
versioned (its rows begin with their version); covered (they lie covered, see `cover`);
receipt_key, bond_key and record_key where they are not those of the master key; record_keys that a
record went over to; facts, press, record and trustees: a slot each; ballots and proposals: slots;
unreached: the issue of each ballot that no relay has taken a letter for
"""

import os
from base64 import b64decode, b64encode
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.keys.tokens import derive

FORMAT = 2
Content = dict[str, Any]
# What of a wave's entry goes when its urn is opened or destroyed.
SECRETS = ("secret", "private_key")


def new_content() -> Content:
    secret = [b64encode(os.urandom(32)).decode() for _which in range(2)]
    return {"format": FORMAT, "master": secret[0], "link_keys": [secret[1]], "waves": {}}


def is_launched(entry: Content) -> bool:
    """Whether the wave of an entry was launched; not so while a launch is under way."""
    return entry.get("facts", {}).get("now") is not None


def master_of(content: Content) -> bytes:
    return b64decode(content["master"])


def derived_of_wave(content: Content, name: str, code: str) -> bytes:
    """The key of a wave that its master key makes: `name` is bond_key, receipt_key or
    record_key."""
    return derive(master_of(content), name.replace("_", " "), code.encode())


def wrap(master: bytes, private_key: bytes, code: str) -> str:
    nonce = os.urandom(12)
    sealed = AESGCM(derive(master, "urn key")).encrypt(nonce, private_key, code.encode())
    return b64encode(nonce + sealed).decode()


def unwrap(master: bytes, wrapped: str, code: str) -> bytes:
    """The private urn key. Raises InvalidTag."""
    raw = b64decode(wrapped)
    return AESGCM(derive(master, "urn key")).decrypt(raw[:12], raw[12:], code.encode())
