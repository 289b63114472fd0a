"""A row of the urn: a ballot sealed for the office or for a committee, and opened again.

Pure but for randomness. A row begins with its version: 1 and the seal of an office (`urn`), or 2
and that of a committee (`committee`). The rows of a wave that an earlier version of this program
launched are an office's, without that byte, to the end. All rows of a wave are equally long; what
differs in kind or length was not put there by us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from app.keys import committee, urn
from app.keys.committee import Bound, Committee
from app.keys.urn import Opener, Spoiled, seal_info

OFFICE = b"\x01"
# Of an office's seal: the encapsulated key (32 bytes) and the tag (16).
OFFICE_BYTES = 48


@dataclass(frozen=True)
class Urn:
    """What the ballots of a wave are sealed to, and bound to."""

    wave: str
    index_digest: str
    public_key: bytes
    versioned: bool = True  # rows begin with their version

    @cached_property
    def committee(self) -> Committee | None:
        return committee.read(self.public_key)

    @cached_property
    def _bound(self) -> Bound:
        return Bound(self.wave, self.index_digest)

    def seal(self, receipt: str, answers: bytes) -> bytes:
        """A row of the urn; `answers` comes from `Layout.pack`."""
        if self.committee is not None:
            return committee.seal(self.committee, self._bound, receipt.encode() + answers)
        sealed = urn.seal(
            self.public_key, seal_info(self.wave, self.index_digest), receipt, answers
        )
        return OFFICE + sealed if self.versioned else sealed


class Opens(Protocol):
    """Opens the rows of one urn."""

    def unseal(self, row: bytes) -> bytes:
        """The receipt (19 bytes) and packed answers. Raises Spoiled."""
        ...


class OfficeOpener:
    """Opens the rows of an office's urn; `plain_bytes` is the length of a ballot."""

    def __init__(self, sealed_to: Urn, private_key: bytes, plain_bytes: int) -> None:
        self._made_of = (sealed_to, private_key, plain_bytes)
        info = seal_info(sealed_to.wave, sealed_to.index_digest)
        self._open = Opener(private_key, info).open
        self._version = OFFICE if sealed_to.versioned else b""
        self._length = len(self._version) + OFFICE_BYTES + plain_bytes

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process it goes as what it was made of."""
        return OfficeOpener, self._made_of

    def unseal(self, row: bytes) -> bytes:
        if len(row) != self._length or not row.startswith(self._version):
            raise Spoiled
        return self._open(row[len(self._version) :])


class Handed(Protocol):
    """What one trustee handed in."""

    def of(self, row: bytes) -> bytes | None:
        """x and share for a row of the urn; None where there is none."""
        ...


class CommitteeOpener:
    """Opens the rows of a committee's urn, with what trustees handed in, by their places."""

    def __init__(self, of: Committee, handed: Mapping[int, Handed], plain_bytes: int) -> None:
        self._of, self._handed, self._plain_bytes = of, handed, plain_bytes

    def unseal(self, row: bytes) -> bytes:
        taken = committee.take_apart(row, self._of.number, self._plain_bytes)
        shares = {place: handed.of(row) for place, handed in self._handed.items()}
        return taken.unseal(
            self._of.need, {place: share for place, share in shares.items() if share is not None}
        )
