"""Passwords that every guesser tries first are told from those that are somebody's own."""

import pytest

from app.staff import passwords
from app.staff.commonplace import LIST, own_signs
from app.text.cleaning import folded
from tests.staff.test_account_attacks import GOOD as BUFFALO
from tests.staff.test_staff import GOOD as CAT

PHRASES = [line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]


def refused(password: str) -> bool:
    return passwords.password_fault(password, "Thu Hà", "ha@vi-du.vn") is not None


@pytest.mark.parametrize(
    "password",
    [
        "matkhau123456",
        "Matkhau@2024!!",
        "MẬT KHẨU 2026",
        "m4tkh4u123456",
        "maatjkhaaur123",  # Telex
        "ma65tkha63u123",  # VNI, in each of its ways
        "ma6t5kha6u3123",
        "mat65khau63123",
        "anhyeuem1234",
        "AnhYeuEm19081990",
        "iloveyou1234",
        "iloveyou iloveyou",
        "123456789012",
        "987654321098",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "P@ssw0rd12345",
        "sonoivu@laichau2026",
        "SoNoiVu!!!!!!",
        "nguyenvanhung1990",
        "vietnamvodich",
        "abcxyz abcxyz",
        "Khongbiet1234",
    ],
)
def test_a_common_password_is_refused_whatever_it_is_decorated_with(password: str) -> None:
    assert len(password) >= passwords.SHORTEST
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    [
        CAT,
        BUFFALO,
        "Thứ hai tôi ăn phở bò",
        "hoa mai nở sớm bên sông",
        "correct-table-window-lamp",
        "aiushd8172hs",
        "7#k2!9x@4q%1z8",
        "matkhau cua nha hang xom",
    ],
)
def test_a_sentence_or_chance_of_ones_own_is_taken(password: str) -> None:
    assert not refused(password)


@pytest.mark.parametrize("decoration", ["{}123456", "{}2026!", "1990{}", "@{}@123", "{0}{0}{0}"])
def test_no_phrase_of_the_list_passes_with_the_usual_decorations(decoration: str) -> None:
    for phrase in PHRASES:
        for spelt in (phrase, folded(phrase).replace(" ", ""), folded(phrase).title()):
            assert refused(decoration.format(spelt)), spelt


def test_the_list_is_in_order() -> None:
    assert len(PHRASES) == len(set(PHRASES)) > 900
    assert all(phrase == phrase.strip().lower() for phrase in PHRASES)


def test_a_long_password_costs_no_long_look() -> None:
    assert own_signs("matkhau " * 120) == 0
    assert own_signs("ab1" * 300 + "x") == 901
