"""Byte strings of one length, read back in order."""

import hashlib
import random

import pytest

from app.keys.inorder import InOrder, sha256_of


def test_they_come_back_in_order_each_as_often_as_it_was_put_in() -> None:
    chance = random.Random(1)
    those = [chance.randbytes(5) for _each in range(2000)] + [b"\0\0\0\0\0", b"\xff" * 5] * 2
    found = InOrder(5, those)
    assert list(found) == sorted(those)
    assert list(found) == sorted(those), "and once more"
    assert len(found) == len(those)
    assert sha256_of(those, 5) == hashlib.sha256(b"".join(sorted(those))).hexdigest()
    assert list(InOrder(5)) == []
    assert len(InOrder(5)) == 0


@pytest.mark.parametrize("other", [b"", b"1234", b"123456"])
def test_another_length_is_refused(other: bytes) -> None:
    with pytest.raises(ValueError, match="not 5"):
        InOrder(5).add(other)
