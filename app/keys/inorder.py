"""Many byte strings of one length, read back in order. Pure.

A million hashes as a list of Python's take 73 MB, and once more while they are sorted. Here they
lie end to end by their first byte, and are sorted a 256th at a time.
"""

import hashlib
from collections.abc import Iterable, Iterator


class InOrder:
    """`length` bytes each. Iterated, they come in the order of their bytes."""

    def __init__(self, length: int, those: Iterable[bytes] = ()) -> None:
        self._length = length
        self._parts = [bytearray() for _first in range(256)]
        for each in those:
            self.add(each)

    def add(self, each: bytes) -> None:
        """ValueError for what is of another length."""
        if len(each) != self._length:
            raise ValueError(f"{len(each)} bytes, not {self._length}")
        self._parts[each[0]] += each

    def __len__(self) -> int:
        return sum(map(len, self._parts)) // self._length

    def __iter__(self) -> Iterator[bytes]:
        step = self._length
        for part in self._parts:
            yield from sorted(bytes(part[at : at + step]) for at in range(0, len(part), step))


def sha256_of(those: Iterable[bytes], length: int = 32) -> str:
    """The SHA-256, in hex, of byte strings of one length, sorted, one after the other."""
    found = hashlib.sha256()
    for each in InOrder(length, those):
        found.update(each)
    return found.hexdigest()
