"""Secrets, and what a message is signed with, as the specification Standard Webhooks has it.

Pure but for the randomness. `webhook-signature` is `v1,` and the base64 of HMAC-SHA256, keyed with
the bytes of the secret, over `<webhook-id>.<webhook-timestamp>.<body>`.
"""

import hmac
import secrets
from base64 import b64decode, b64encode

PREFIX = "whsec_"
SIZE = 32  # bytes; the specification wants 24 to 64


def new_secret() -> str:
    return PREFIX + b64encode(secrets.token_bytes(SIZE)).decode()


def headers(secret: str, message: str, seconds: int, body: bytes) -> dict[str, str]:
    """The three headers of a message that is sent now, in seconds since 1970."""
    key = b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = b".".join((message.encode(), str(seconds).encode(), body))
    return {
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}",
    }
