"""What a trustee keeps on paper."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.keys import phrase
from app.keys.phrase import PhraseWrong
from app.keys.tokens import ALPHABET


def test_a_phrase_is_twenty_signs_in_fives_and_never_the_same() -> None:
    made = {phrase.make() for _phrase in range(50)}
    assert len(made) == 50
    for each in made:
        assert re.fullmatch(rf"([{ALPHABET}]{{5}}-){{3}}[{ALPHABET}]{{5}}", each)
        assert phrase.read(each) == each.replace("-", "")[:19]


def test_every_sign_is_as_likely_as_any_other() -> None:
    """All bytes a source can give, each once: those over 242 are thrown away, of the rest each
    sign comes from nine."""
    every = iter([bytes(range(at, at + 20)) for at in range(0, 240, 20)] + [bytes(range(236, 256))])
    found = "".join(phrase.make(lambda _n: next(every)).replace("-", "")[:19] for _each in range(1))
    assert found == ALPHABET[:19]
    over = iter([bytes([243, 255] * 10), bytes([242] * 20)])
    assert phrase.make(lambda _n: next(over)).startswith("99999-99999")


@given(st.integers(0, 18), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_found(place: int, sign: str) -> None:
    right = phrase.make().replace("-", "")
    wrong = right[:place] + sign + right[place + 1 :]
    if wrong == right:
        assert phrase.read(wrong)
        return
    with pytest.raises(PhraseWrong, match="nhầm"):
        phrase.read(wrong)


@pytest.mark.parametrize(
    ("typed", "says"),
    [("", "đã nhập 0"), ("BCDFG", "đã nhập 5"), ("AAAAA-AAAAA-AAAAA-AAAAA", "không có dấu “A”")],
)
def test_what_is_no_phrase_is_told(typed: str, says: str) -> None:
    with pytest.raises(PhraseWrong, match=says):
        phrase.read(typed)


def test_case_spaces_and_hyphens_do_not_matter() -> None:
    right = phrase.make()
    loose = f" {right.lower().replace('-', ' – ')}\n"
    assert phrase.read(loose) == phrase.read(right)


def test_a_wave_has_a_key_of_its_own_from_the_same_phrase() -> None:
    """PBKDF2-HMAC-SHA256, as anybody has it (RFC 8018)."""
    signs = "2" * 19
    salt = b"phieu trustee 1\0cchc-2026"
    assert phrase.private_key(signs, "cchc-2026") == hashlib.pbkdf2_hmac(
        "sha256", signs.encode(), salt, 600_000, 32
    )
    assert phrase.private_key(signs, "cchc-2027") != phrase.private_key(signs, "cchc-2026")


def test_keys_of_low_order_are_none() -> None:
    low = [
        "00" * 32,
        "01" + "00" * 31,
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]
    assert not any(phrase.is_sound(bytes.fromhex(key)) for key in low)
    assert not phrase.is_sound(b"short")
    assert phrase.is_sound(phrase.public_key(bytes(range(32))))


def test_the_print_of_a_key_has_the_form_of_a_receipt() -> None:
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", phrase.print_of(bytes(32)))
