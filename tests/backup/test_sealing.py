"""A backup is encrypted as `age` does it: an independent program opens ours, and we its own."""

import io
import os
from collections.abc import Callable

import pyrage
import pytest

from app.backup import bech32, sealing
from app.backup.bech32 import NotKey
from app.backup.sealing import NotOpened, Sealer, Spoiled, Unsealer

PHRASE = "ba con trâu qua sông"
# What stands at the edges of pieces of 64 KiB.
LENGTHS = (0, 1, 65535, 65536, 65537, 131072, 200_001)


def sealed(data: bytes, phrase: str | None = None, *to: str) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, phrase, [sealing.public_key(each) for each in to])
    for start in range(0, len(data), 9973):
        sealer.write(data[start : start + 9973])
    sealer.close()
    return out.getvalue()


def unsealed(file: bytes, phrase: str = "", keys: list[bytes] | None = None) -> bytes:
    return io.BufferedReader(Unsealer(io.BytesIO(file), lambda: phrase, keys or [])).read()


@pytest.mark.parametrize("length", LENGTHS)
def test_another_program_opens_what_is_sealed_here_and_the_other_way_round(length: int) -> None:
    data, (opens, to) = os.urandom(length), sealing.new_key()
    theirs = pyrage.x25519.Identity.from_str(opens)
    assert str(theirs.to_public()) == to
    keys = sealing.private_keys(f"# giữ ở nhà\n{opens}\n")
    other = pyrage.x25519.Identity.generate()
    assert pyrage.decrypt(sealed(data, None, to), [theirs]) == data
    assert pyrage.decrypt(sealed(data, None, str(other.to_public()), to), [theirs]) == data
    assert pyrage.passphrase.decrypt(sealed(data, PHRASE), PHRASE) == data
    assert unsealed(sealed(data, PHRASE), PHRASE) == data
    both = [other.to_public(), theirs.to_public()]
    assert unsealed(pyrage.encrypt(data, both), "", keys) == data


def test_nobody_is_made_to_work_for_an_hour_by_what_a_file_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = sealed(b"phieu", PHRASE)
    monkeypatch.setattr(sealing, "MOST_STRETCH", 9)
    with pytest.raises(NotOpened):
        unsealed(file, PHRASE)


def test_neither_another_phrase_nor_another_key_opens() -> None:
    (opens, to), (other, _to) = sealing.new_key(), sealing.new_key()
    with pytest.raises(NotOpened):
        unsealed(sealed(b"phieu", PHRASE), PHRASE + "!")
    with pytest.raises(NotOpened):
        unsealed(sealed(b"phieu", None, to), "", sealing.private_keys(other))
    with pytest.raises(NotOpened):
        unsealed(sealed(b"phieu", PHRASE), "", sealing.private_keys(opens))


def moved(file: bytes) -> bytes:
    """Two whole pieces of the middle in each other's place."""
    piece, end = sealing.PIECE + sealing.TAG, len(file) - (len(file) - file.index(b"\n---"))
    start = file.index(b"\n", end + 1) + 1 + 16
    one, two = file[start : start + piece], file[start + piece : start + 2 * piece]
    return file[:start] + two + one + file[start + 2 * piece :]


@pytest.mark.parametrize(
    "spoil",
    [
        moved,
        lambda file: file[:-1],
        lambda file: file[: len(file) - (len(file) % 1000) - sealing.PIECE],
        lambda file: file + b"\0",
        lambda file: file.replace(b"-> X25519", b"-> grease\nAAAA\n-> X25519"),
        lambda file: file.replace(b"--- ", b"--- A"),
        lambda file: file[:30],
        lambda file: b"",
    ],
)
def test_what_was_moved_cut_off_or_hung_on_is_found(spoil: Callable[[bytes], bytes]) -> None:
    opens, to = sealing.new_key()
    file = sealed(os.urandom(3 * sealing.PIECE), None, to)
    with pytest.raises(Spoiled):
        unsealed(spoil(file), "", sealing.private_keys(opens))


def test_no_single_changed_byte_passes() -> None:
    opens, to = sealing.new_key()
    file, keys = sealed(b"phieu" * 9, None, to), sealing.private_keys(opens)
    for place in range(len(file)):
        spoilt = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        with pytest.raises((Spoiled, NotOpened)):
            unsealed(spoilt, "", keys)


def test_a_key_that_was_mistyped_is_none() -> None:
    opens, to = sealing.new_key()
    for place in range(4, len(to)):
        sign = bech32.SIGNS[bech32.SIGNS.find(to[place]) - 1]
        with pytest.raises(NotKey):
            sealing.public_key(to[:place] + sign + to[place + 1 :])
    for wrong in ("", "age1", opens, to.upper()[:4] + to[4:], "khóa"):
        with pytest.raises(NotKey):
            sealing.public_key(wrong)
    with pytest.raises(NotKey):
        sealing.private_keys(f"# {opens}\n{to}")
