"""The seal of ballots against the published test vector of its suite (RFC 9180)."""

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.keys import urn
from tests.vectors import hpke


def test_what_is_sealed_as_the_published_vector_says_opens() -> None:
    """The vector seals with `aad`, the program without: it opens what is sealed with the vector's
    own key and nonce, which follow from its keys step by step."""
    told = json.loads((Path(__file__).parent / "rfc9180.json").read_text())
    told = {name: bytes.fromhex(each) for name, each in told.items() if name != "source"}
    ephemeral = X25519PrivateKey.from_private_bytes(told["skEm"])
    dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(told["pkRm"]))
    steps = hpke.schedule(dh, told["enc"], told["pkRm"], told["info"])
    assert steps == {name: told[name] for name in steps}
    sealing = AESGCM(told["key"])
    assert sealing.encrypt(told["base_nonce"], told["pt"], told["aad"]) == told["ct"]
    row = told["enc"] + sealing.encrypt(told["base_nonce"], told["pt"], None)
    private = X25519PrivateKey.from_private_bytes(told["skRm"])
    assert urn.SUITE.decrypt(row, private, told["info"]) == told["pt"]
