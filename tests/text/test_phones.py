"""Telephone numbers as spreadsheets leave them: mended where certain, told, never a bad row."""

import pytest

from app.text import phones
from tests.making.lists import CASES, HEADING, book, person, read


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        *((text, "0912000111") for text in (
            "912000111", "+84912000111", "+84 912 000 111", "84912000111", "0084912000111",
            "+84 (0) 912.000.111", "912 000 111", "912.000.111", "912-000-111", "'912000111",
            '="0912000111"', "=0912000111", "912000111.0", "9.12000111E+08", "9,12000111E8",
        )),
        ("2133876543", "02133876543"),
        ("842133876543", "842133876543"),
        *((text, text) for text in (
            "0912000111", "0912 000 111", "(0213) 3876 543", "0213.3876.543", "19001009", "1022",
            "0912000111 / 0913000222", "máy lẻ 12", "", "9.12E+08", "1633000111", "12000111",
        )),
    ],
)  # fmt: skip
def test_a_number_gets_back_what_was_certainly_taken_from_it(cell: str, phone: str) -> None:
    assert phones.mended(cell) == phone


@pytest.mark.parametrize("cell", ["9.12E+08", "9,1E8", "1633000111", "12000111", "842133876543"])
def test_what_is_not_certain_is_pointed_out(cell: str) -> None:
    assert phones.is_cut(phones.mended(cell))


@pytest.mark.parametrize(
    "cell", ["0912000111", "19001009", "1022", "", "xin số", "+855 23 456 789"]
)
def test_a_whole_number_is_not_pointed_out(cell: str) -> None:
    assert not phones.is_cut(phones.mended(cell))


def test_the_case_is_mended_and_told_and_nobody_is_refused() -> None:
    roster = read((CASES / "17-phone-forms.csv").read_bytes(), name="17.csv")
    assert [each.phone for each in roster.people] == [
        "0912000111", "9.12E+08", "0912000333", "0912000444",
    ]  # fmt: skip
    assert [str(warning) for warning in roster.warnings] == [
        "Dòng 3: Điện thoại “9.12E+08” có vẻ mất số, không đoán được. Xem lại số này.",
        "Dòng 4: Điện thoại “912000333” được đọc thành “0912000333”.",
        "Dòng 5: Điện thoại “=0912000444” được đọc thành “0912000444”.",
    ]


def test_numbers_of_a_workbook_are_mended_too() -> None:
    rows = [person(n, "snv", "", "", phone) for n, phone in enumerate([912000111, 84912000112.0])]
    made, _sheet = book(HEADING, *rows)
    assert [each.phone for each in read(made).people] == ["0912000111", "0912000112"]
