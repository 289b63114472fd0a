"""Covers: other bytes each time, one length, and nothing believed that is not ours."""

import pytest

from app.keys.cover import COVER_BYTES, VERSION, Cover

ROW = b"\x01" + bytes(range(200))


def cover(key: bytes = b"k" * 32, wave: str = "dot-thu", *, covers: bool = True) -> Cover:
    return Cover(key, wave, covers=covers)


def test_a_row_is_covered_with_other_bytes_each_time_and_uncovered_again() -> None:
    stored = [cover().over(ROW) for _time in range(20)]
    assert {len(each) for each in stored} == {len(ROW) + COVER_BYTES}
    assert all(cover().off(each) == ROW for each in stored)
    # No byte of it but the first stands still.
    assert all(len({each[place] for each in stored}) > 1 for place in range(1, len(stored[0])))


@pytest.mark.parametrize(
    "stored",
    [b"", VERSION, VERSION + b"x" * (COVER_BYTES - 1), VERSION + bytes(300), ROW, b"\x02" + ROW],
)
def test_what_has_no_cover_of_ours_is_taken_as_it_is(stored: bytes) -> None:
    assert cover().off(stored) == stored


def test_a_cover_of_another_wave_or_key_and_one_changed_or_cut_stay_on() -> None:
    stored = cover().over(ROW)
    others = [cover(wave="khac").over(ROW), cover(b"x" * 32).over(ROW)]
    spoiled = [stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :] for at in (1, 13, 50, -1)]
    for each in (*others, *spoiled, stored[:-1], stored[: COVER_BYTES - 1]):
        assert cover().off(each) == each


def test_the_rows_of_a_wave_of_an_earlier_version_are_not_covered_but_uncovered() -> None:
    plain = cover(covers=False)
    assert plain.over(ROW) == ROW
    assert plain.off(cover().over(ROW)) == ROW
