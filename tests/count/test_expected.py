"""The receipts that may lie in an urn, as a table."""

import pickle
import random

from app.count import expected
from app.count.expected import EARLIER, UNCAST, Expected
from app.keys.tokens import BallotName, receipt


def some(number: int) -> dict[bytes, int]:
    chance = random.Random(number)
    return {
        receipt(b"k" * 32, "dot", BallotName(chance.randbytes(12), 1)).encode(): chance.choice(
            (0, 1, 70_000, EARLIER, UNCAST)
        )
        for _each in range(number)
    }


def test_every_receipt_is_found_with_what_it_is_and_no_other() -> None:
    those = some(800)
    table = pickle.loads(pickle.dumps(Expected(those.items())))  # our own
    assert len(table) == len(those)
    entries = {each: table.find(each) for each in those}
    assert sorted(entries.values()) == list(range(len(those)))
    assert {each: table.what(entry) for each, entry in entries.items()} == those
    assert sorted(table.counted()) == sorted(each for each, what in those.items() if what >= 0)
    for each in (*some(50), b"", b"x" * 19):
        assert each in those or table.find(each) is None
    assert Expected(()).find(next(iter(those))) is None


def test_receipts_whose_hashes_begin_alike_are_told_apart() -> None:
    first, second, third = list(some(3))
    kept = expected._hash
    expected._hash = lambda _receipt: bytes(8)  # type: ignore[assignment]
    try:
        table = Expected([(first, 4), (second, EARLIER)])
        found = table.find(first), table.find(second)
        assert None not in found
        assert [table.what(entry) for entry in found if entry is not None] == [4, EARLIER]
        assert table.find(third) is None
    finally:
        expected._hash = kept
