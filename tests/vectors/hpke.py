"""HPKE step by step (RFC 9180): base mode, single shot, X25519, HKDF-SHA256, AES-256-GCM.

The program has it from a library, which neither takes an ephemeral key nor shows what lies between.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEM = b"KEM" + (0x20).to_bytes(2, "big")
SUITE = b"HPKE" + b"".join(each.to_bytes(2, "big") for each in (0x20, 1, 2))


def schedule(dh: bytes, enc: bytes, public: bytes, info: bytes) -> dict[str, bytes]:
    """What follows of the exchanged secret `dh`: key and nonce of the seal among it."""
    shared = _expand(KEM, _extract(KEM, b"", b"eae_prk", dh), b"shared_secret", enc + public, 32)
    context = b"\0" + _extract(SUITE, b"", b"psk_id_hash", b"")
    context += _extract(SUITE, b"", b"info_hash", info)
    secret = _extract(SUITE, shared, b"secret", b"")
    return {
        "shared_secret": shared,
        "key": _expand(SUITE, secret, b"key", context, 32),
        "base_nonce": _expand(SUITE, secret, b"base_nonce", context, 12),
    }


def seal(steps: dict[str, bytes], plain: bytes) -> bytes:
    return AESGCM(steps["key"]).encrypt(steps["base_nonce"], plain, b"")


def _extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    # One block of HKDF is enough for 32 bytes.
    told = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.new(key, told + b"\1", hashlib.sha256).digest()[:length]
