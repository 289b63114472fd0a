"""Ballot links, access codes, receipts, cookies and form tickets: what is signed or derived.

Pure: keys come in, strings go out, and nothing is stored. A ballot is named by its number (12
random bytes) and its issue (1, 2, … counted up when a link is replaced).
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import want_bytes
from itsdangerous.signer import SigningAlgorithm

NUMBER_BYTES = 12
# No vowels, so no words; no O, I, 0, 1, so no doubts.
ALPHABET = "BCDFGHJKLMNPQRSTVXZ23456789"
CODE_SIGNS = 16


def derive(key: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """32 bytes for one purpose from a master key (HKDF-SHA256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, salt, f"phieu {purpose}".encode()).derive(key)


def check_sign(digits: Sequence[int]) -> str:
    """The last sign of a code of these, as places in ALPHABET."""
    # Weights 1, 2, 1, 2… find every single wrong sign and every swap of neighbours.
    return ALPHABET[sum(d * (1 + i % 2) for i, d in enumerate(digits)) % len(ALPHABET)]


# Two signs at a time, which takes half as long: each ballot is spelled when an urn is opened.
_PAIRS = [first + second for second in ALPHABET for first in ALPHABET]
_WEIGHTS = [one + 2 * two for two in range(len(ALPHABET)) for one in range(len(ALPHABET))]


def spell(digest: bytes) -> str:
    """16 signs in fours, the last one a check sign, out of a digest of 16 bytes or more."""
    value, signs, sum_of_digits = int.from_bytes(digest[:16], "big"), "", 0
    for _pair in range((CODE_SIGNS - 1) // 2):
        value, pair = divmod(value, len(_PAIRS))
        signs += _PAIRS[pair]
        sum_of_digits += _WEIGHTS[pair]
    last = value % len(ALPHABET)
    # The sign of `check_sign`.
    signs += ALPHABET[last] + ALPHABET[(sum_of_digits + last) % len(ALPHABET)]
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:12]}-{signs[12:]}"


@dataclass(frozen=True)
class BallotName:
    """Which ballot, and which issue of it."""

    number: bytes
    issue: int

    def packed(self) -> bytes:
        return self.number + self.issue.to_bytes(2, "big")


class Tokens:
    """Makes and reads everything that names a ballot.

    `master` is 32 secret bytes; `link_keys` are the signing keys, the newest last, so that keys
    can rotate while older links go on working.
    """

    def __init__(self, master: bytes, link_keys: Sequence[bytes]) -> None:
        self._link = _signer(link_keys, "phieu.link")
        self._cookie = _signer(link_keys, "phieu.cookie")
        self._ticket = _signer(link_keys, "phieu.ticket")
        self._no_reminders = _signer(link_keys, "phieu.no-reminders")
        self._trustee = _signer(link_keys, "phieu.trustee")
        self._code_key = derive(master, "access code")
        self._find_key = derive(master, "access code index")
        self._print_key = derive(master, "fingerprint")
        self._veil = AESGCM(derive(master, "form sent back"))

    # Each reader gives the ballot's name, or None for whatever this program did not sign.
    def link(self, ballot: BallotName) -> str:
        return _sign(self._link, ballot)

    def read_link(self, token: str) -> BallotName | None:
        return _read(self._link, token)

    def cookie(self, ballot: BallotName) -> str:
        return _sign(self._cookie, ballot)

    def read_cookie(self, value: str) -> BallotName | None:
        return _read(self._cookie, value)

    def no_reminders(self, ballot: BallotName) -> str:
        """The token of "xin không nhắc nữa"."""
        return _sign(self._no_reminders, ballot)

    def read_no_reminders(self, token: str) -> BallotName | None:
        return _read(self._no_reminders, token)

    def trustee(self, trustee: BallotName) -> str:
        """The token of a trustee's link; they have a number as ballots do, and one issue."""
        return _sign(self._trustee, trustee)

    def read_trustee(self, token: str) -> BallotName | None:
        return _read(self._trustee, token)

    def ticket(self, ballot: BallotName, page: str, seen: str) -> str:
        """A form's ticket: for this ballot, this page, drawn from this state of the draft."""
        packed = urlsafe_b64encode(ballot.packed()).decode()
        return self._ticket.sign(f"{packed}.{page}.{seen}".encode()).decode()

    def read_ticket(self, ticket: str) -> tuple[BallotName, str, str] | None:
        try:
            packed, page, seen = self._ticket.unsign(ticket.encode()).decode().split(".")
            return _unpack(packed), page, seen
        except (BadSignature, ValueError):
            return None

    def fingerprint(self, data: bytes) -> str:
        """A short keyed print of some state, to see later whether it is still the same."""
        return hmac.digest(self._print_key, data, "sha256")[:12].hex()

    def veil(self, data: bytes, nonce: bytes) -> str:
        """What only this program can read again, for a browser to keep; `nonce`: 12 random bytes,
        never used before."""
        return urlsafe_b64encode(nonce + self._veil.encrypt(nonce, data, None)).decode()

    def unveil(self, veiled: str) -> bytes | None:
        try:
            raw = urlsafe_b64decode(veiled.encode("ascii"))
            return self._veil.decrypt(raw[:12], raw[12:], None)
        except (InvalidTag, ValueError):
            return None

    def access_code(self, ballot: BallotName) -> str:
        return spell(hmac.digest(self._code_key, ballot.packed(), "sha256"))

    def code_mac(self, code: str) -> bytes:
        """What the ballot table holds of an access code (see app/keys/copied.py), to find it by."""
        return hmac.digest(self._find_key, code.encode(), "sha256")


def receipt(key: bytes, wave: str, ballot: BallotName) -> str:
    """The receipt of a ballot's issue under the receipt key of its wave."""
    return spell(hmac.digest(key, wave.encode() + b"\0" + ballot.packed(), "sha256"))


def receipt_hash(receipt: str) -> str:
    """SHA-256, in hex, of a receipt as it is shown (with its hyphens)."""
    return hashlib.sha256(receipt.encode()).hexdigest()


class _OneCall(SigningAlgorithm):
    """HMAC-SHA256 in one call of the library."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


class _Derived(Signer):
    """A signer that derives its keys once."""

    @cached_property
    def _derived(self) -> dict[bytes, bytes]:
        return {key: Signer.derive_key(self, key) for key in self.secret_keys}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return self._derived[self.secret_keys[-1] if secret_key is None else want_bytes(secret_key)]


def _signer(keys: Sequence[bytes], salt: str) -> Signer:
    return _Derived(
        list(keys),
        salt=salt,
        key_derivation="hmac",
        digest_method=hashlib.sha256,
        algorithm=_OneCall(),
    )


def _sign(signer: Signer, ballot: BallotName) -> str:
    return signer.sign(urlsafe_b64encode(ballot.packed()).rstrip(b"=")).decode()


def _read(signer: Signer, token: str) -> BallotName | None:
    try:
        raw = token.encode("ascii")
        value = signer.unsign(raw)
        ballot = _unpack(value.decode())
    except (BadSignature, ValueError):
        return None
    # The last sign of base64 carries spare bits: four spellings of it would pass.
    signature = raw[len(value) + 1 :]
    spare = urlsafe_b64encode(urlsafe_b64decode(signature + b"=" * (-len(signature) % 4)))
    if spare.rstrip(b"=") != signature or urlsafe_b64encode(ballot.packed()).rstrip(b"=") != value:
        return None
    return ballot


def _unpack(value: str) -> BallotName:
    packed = urlsafe_b64decode(value + "=" * (-len(value) % 4))
    if len(packed) != NUMBER_BYTES + 2:
        raise ValueError("not a ballot's name")
    return BallotName(packed[:NUMBER_BYTES], int.from_bytes(packed[NUMBER_BYTES:], "big"))
