"""What a trustee keeps on paper: a phrase, the key pair that it makes, and the print of a key.

Pure but for the randomness of a fresh phrase. The phrase never reaches the server: a trustee's own
browser makes it, or `phieu trustee key` on a machine of theirs.
"""

import hashlib
import os
import re
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from app.keys.tokens import ALPHABET, check_sign, spell
from app.language import _
from app.text.cleaning import normal

SIGNS = 20  # the last one a check sign
ROUNDS = 600_000
# The largest multiple of the alphabet's length that a byte can count to.
FAIR = 256 - 256 % len(ALPHABET)


class PhraseWrong(Exception):
    """These signs are no phrase; the text says why."""


def make(random_bytes: Callable[[int], bytes] = os.urandom) -> str:
    """A fresh phrase, as it is shown: `XXXXX-XXXXX-XXXXX-XXXXX`."""
    digits: list[int] = []
    while len(digits) < SIGNS - 1:
        digits += [byte % len(ALPHABET) for byte in random_bytes(SIGNS) if byte < FAIR]
    del digits[SIGNS - 1 :]
    signs = "".join(ALPHABET[digit] for digit in digits) + check_sign(digits)
    return "-".join(re.findall(".{5}", signs))


def read(typed: str) -> str:
    """The 19 signs of a phrase as somebody typed it. Raises PhraseWrong."""
    signs = re.sub(r"[\s\-‐‑‒–—]", "", normal(typed, "NFKC")).upper()
    if strange := sorted(set(signs) - set(ALPHABET)):
        words = _("Cụm từ khóa không có dấu “{sign}”. Xem lại từng dấu trên giấy rồi nhập lại.")
        raise PhraseWrong(words.format(sign=strange[0]))
    if len(signs) != SIGNS:
        words = _("Cụm từ khóa có {signs} dấu, mà đã nhập {typed}. Nhập lại cho đủ.")
        raise PhraseWrong(words.format(signs=SIGNS, typed=len(signs)))
    if check_sign([ALPHABET.index(sign) for sign in signs[:-1]]) != signs[-1]:
        raise PhraseWrong(
            _("Cụm từ khóa có chỗ nhập nhầm. Xem lại từng dấu trên giấy rồi nhập lại.")
        )
    return signs[:-1]


def private_key(signs: str, wave: str) -> bytes:
    """The private key of a phrase in a wave, 32 bytes; `signs` as `read` gives them."""
    salt = b"phieu trustee 1\0" + wave.encode()
    return PBKDF2HMAC(hashes.SHA256(), 32, salt, ROUNDS).derive(signs.encode("ascii"))


def public_key(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def print_of(key: bytes) -> str:
    """What people compare of a public key, in the form of a receipt."""
    return spell(hashlib.sha256(key).digest())


def is_sound(key: bytes) -> bool:
    """Whether bytes are a public key that something can be sealed to: 32, and of no low order."""
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(key))
    except ValueError:
        return False
    return True
