"""A ballot sealed for a committee: who opens it, what is bound to it, and how long it is."""

import hashlib
from itertools import combinations

import pytest

from app.keys import committee, phrase
from app.keys.committee import TRIAL, Bound, Committee
from app.keys.urn import Spoiled

PHRASES = ["BCDFGHJKLMNPQRSTVXZ", "2222222222222222222", "ZXVTSRQPNMLKJHGFDCB"]
BOUND = Bound("cchc-2026", "sha256:" + "0" * 64)
PLAIN = b"receipt and answers"


@pytest.fixture(scope="module")
def private() -> list[bytes]:
    # Keys are stretched for a third of a second each: the phrases stand for all tests.
    return [phrase.private_key(each, BOUND.wave) for each in PHRASES]


@pytest.fixture(scope="module")
def three(private: list[bytes]) -> Committee:
    return Committee(2, tuple(phrase.public_key(each) for each in private))


def opened(
    row: bytes, private: list[bytes], places: tuple[int, ...], bound: Bound = BOUND
) -> bytes:
    taken = committee.take_apart(row, len(private), len(PLAIN))
    shares = {
        place: committee.open_part(private[place - 1], BOUND, place, taken.parts[place - 1])
        for place in places
    }
    return taken.unseal(2, {place: share for place, share in shares.items() if share})


def test_any_two_of_three_open_and_one_alone_does_not(
    three: Committee, private: list[bytes]
) -> None:
    row = committee.seal(three, BOUND, PLAIN)
    for places in (*combinations((1, 2, 3), 2), (1, 2, 3)):
        assert opened(row, private, places) == PLAIN
    for place in (1, 2, 3):
        with pytest.raises(Spoiled):
            opened(row, private, (place,))


def test_all_rows_are_as_long_as_they_should_be_and_no_two_are_alike(three: Committee) -> None:
    one, other = (committee.seal(three, BOUND, PLAIN) for _seal in range(2))
    assert len(one) == len(other) == committee.size(3, len(PLAIN))
    assert one[:2] == other[:2] == b"\x02\x03"
    assert one[2:34] != other[2:34]


@pytest.mark.parametrize(
    "other",
    [
        Bound("cchc-2027", BOUND.index_digest),
        Bound(BOUND.wave, "sha256:" + "1" * 64),
        Bound(BOUND.wave, BOUND.index_digest, TRIAL),
    ],
)
def test_parts_of_another_wave_index_or_trial_do_not_open(
    three: Committee, private: list[bytes], other: Bound
) -> None:
    row = committee.take_apart(committee.seal(three, other, PLAIN), 3, len(PLAIN))
    assert committee.open_part(private[0], BOUND, 1, row.parts[0]) is None
    assert committee.open_part(private[0], other, 2, row.parts[0]) is None
    assert committee.open_part(private[1], other, 1, row.parts[0]) is None
    assert committee.open_part(private[0], other, 1, row.parts[0]) is not None


def test_a_single_changed_byte_anywhere_opens_nothing_or_names_the_share(
    three: Committee, private: list[bytes]
) -> None:
    row = committee.seal(three, BOUND, PLAIN)
    for at in range(len(row)):
        spoiled = row[:at] + bytes([row[at] ^ 1]) + row[at + 1 :]
        with pytest.raises(Spoiled):
            opened(spoiled, private, (1, 2))


def test_a_share_fits_its_own_hash_alone(three: Committee, private: list[bytes]) -> None:
    row = committee.take_apart(committee.seal(three, BOUND, PLAIN), 3, len(PLAIN))
    share = committee.open_part(private[0], BOUND, 1, row.parts[0])
    assert share is not None
    assert row.fits(1, share)
    assert not row.fits(2, share)
    assert not row.fits(1, share[:-1])
    assert not row.fits(1, share[:-1] + bytes([share[-1] ^ 1]))
    # Whoever makes the hash fit has no share of this ballot.
    forged = bytes([1]) + bytes(32)
    head = row.head.replace(hashlib.sha256(share).digest(), hashlib.sha256(forged).digest())
    changed = committee.take_apart(head + row.nonce + row.sealed, 3, len(PLAIN))
    other = committee.open_part(private[1], BOUND, 2, row.parts[1])
    with pytest.raises(Spoiled):
        changed.unseal(2, {1: forged, 2: other or b""})


def test_a_committee_lies_in_a_wave_as_need_and_keys(three: Committee) -> None:
    assert committee.read(three.packed()) == three
    assert committee.read(bytes(32)) is None
    assert committee.read(None) is None
    for need, keys in ((1, three.keys), (3, three.keys), (2, three.keys[:2])):
        with pytest.raises(ValueError, match="trustees"):
            Committee(need, keys)


def test_what_is_no_row_of_these_trustees_is_spoiled(three: Committee) -> None:
    row = committee.seal(three, BOUND, PLAIN)
    for wrong in (b"", row[:-1], row + b"\0", b"\x01" + row[1:], row[:1] + b"\x04" + row[2:]):
        with pytest.raises(Spoiled):
            committee.take_apart(wrong, 3, len(PLAIN))
