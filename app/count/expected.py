"""The receipts that may lie in an urn, and what each is worth, in 31 bytes a ballot. Pure.

A table that is made once and only looked at then: an urn of a million ballots is opened by several
processes, and each has it.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from app.keys.inorder import InOrder
from app.keys.urn import RECEIPT_BYTES

# What a receipt is that no ballot counts under: of an earlier issue, or of a ballot not cast.
EARLIER, UNCAST = -1, -2
# The beginning of a receipt's hash, the receipt, and what it is.
HASH, WHAT = 8, 4
RECORD = HASH + RECEIPT_BYTES + WHAT


class Expected:
    """Receipt → the place of its ballot's kind, EARLIER or UNCAST."""

    def __init__(self, those: Iterable[tuple[bytes, int]]) -> None:
        """`those` in any order: receipts, and what they are."""
        self._hashes, self._what, self._receipts = array("Q"), array("i"), bytearray()
        for each in InOrder(RECORD, (_record(*one) for one in those)):
            self._hashes.append(int.from_bytes(each[:HASH], "big"))
            self._receipts += each[HASH:-WHAT]
            self._what.append(int.from_bytes(each[-WHAT:], "big", signed=True))

    def __len__(self) -> int:
        return len(self._what)

    def find(self, receipt: bytes) -> int | None:
        """The number of its entry."""
        wanted = int.from_bytes(_hash(receipt), "big")
        entry = bisect_left(self._hashes, wanted)
        while entry < len(self._hashes) and self._hashes[entry] == wanted:
            if self._at(entry) == receipt:
                return entry
            entry += 1
        return None

    def what(self, entry: int) -> int:
        return self._what[entry]

    def counted(self) -> Iterator[bytes]:
        """The receipts of ballots that are cast."""
        return (self._at(entry) for entry, what in enumerate(self._what) if what >= 0)

    def _at(self, entry: int) -> bytes:
        return bytes(self._receipts[entry * RECEIPT_BYTES : (entry + 1) * RECEIPT_BYTES])


def _record(receipt: bytes, what: int) -> bytes:
    return _hash(receipt) + receipt + what.to_bytes(WHAT, "big", signed=True)


def _hash(receipt: bytes) -> bytes:
    return hashlib.sha256(receipt).digest()[:HASH]
