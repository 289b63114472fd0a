"""A secret split among several: any k have it, fewer have nothing, and others' code agrees."""

import random
from itertools import combinations

import pyshamir
import pytest

from app.keys import split


def test_another_implementation_combines_what_ours_splits_and_ours_what_it_splits() -> None:
    chance = random.Random(1979)
    for _case in range(1000):
        number = chance.randint(3, 7)
        # Each byte is split by itself.
        need, secret = chance.randint(2, number - 1), chance.randbytes(chance.randint(1, 2))
        shares = split.split(secret, need, number, chance.randbytes)
        some = chance.sample(range(number), need)
        # Theirs have x at the end.
        assert pyshamir.combine([bytearray(shares[at] + bytes([at + 1])) for at in some]) == secret
        theirs = [part for part in pyshamir.split(secret, number, need) if part[-1]]
        ours = {part[-1]: bytes(part[:-1]) for part in chance.sample(theirs, need)}
        assert split.combine(need, ours) == secret


def test_any_k_combine_and_all_together_agree() -> None:
    secret = bytes(range(32))
    shares = dict(enumerate(split.split(secret, 3, 7), 1))
    for some in combinations(shares, 3):
        assert split.combine(3, {x: shares[x] for x in some}) == secret
    assert split.combine(3, shares) == secret


def test_one_that_is_not_of_the_others_is_seen_when_there_are_more_than_needed() -> None:
    shares = dict(enumerate(split.split(bytes(32), 2, 3), 1))
    for x in shares:
        spoiled = {**shares, x: bytes([shares[x][0] ^ 1]) + shares[x][1:]}
        assert split.combine(2, spoiled) is None


def test_fewer_than_k_shares_fit_every_secret_equally_well() -> None:
    """Whatever two of three holders have, one share at the third place leads to any secret."""
    chance = random.Random(2)
    shares = split.split(b"\x2a", 3, 3, chance.randbytes)
    held = {1: shares[0], 2: shares[1]}
    secrets = {split.combine(3, {**held, 3: bytes([guess])}) for guess in range(256)}
    assert len(secrets) == 256


@pytest.mark.parametrize(("need", "number"), [(1, 3), (4, 3), (2, 256)])
def test_numbers_that_make_no_sense_are_refused(need: int, number: int) -> None:
    with pytest.raises(ValueError, match="at least two"):
        split.split(bytes(32), need, number)
