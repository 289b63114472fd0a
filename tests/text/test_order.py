"""Names stand in the order of Vietnamese dictionaries, people by the last word of their name."""

import itertools
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.order import ALPHABET, name_key, person_key, places

# Every letter with every tone, as the rule of the Vietnam Lexicography Centre lists them.
LETTERS = list(
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
)
# In their right order, each list for one part of the rule.
NAMES = [
    # Đ is a letter between D and E, no D with a mark and nothing behind Z.
    ["Dũng", "Duy", "Dương", "Đào", "Đạt", "Đức", "Em", "Ê", "Yến"],
    ["ang", "anh", "ánh"],
    ["ác", "ách"],
    ["apatit", "apxe"],
    ["cha", "chan"],
    ["a", "A"],
    # Letters before tones, tones before the next syllable.
    ["Hoa", "Hoa Lư", "Hoà", "Hòa An", "Hỏa", "Hóa", "Hoạ", "Hoan"],
    ["tuân thủ", "tuần chay"],
    ["Hà", "Hà Giang", "Hà Nội", "Hạ Long", "Hai Bà Trưng", "Hải Phòng", "Hanh"],
    # Capitals only where all else is the same.
    ["ban dân tộc", "Ban dân tộc", "Ban Dân tộc", "BAN DÂN TỘC", "Ban Quản lý"],
    # Numbers by their value, before letters.
    ["Phường 1", "Phường 2", "Phường 2 A", "Phường 10", "Phường 12", "Phường An"],
    ["Tổ 9", "Tổ 10", "Tổ 10a", "Tổ 99999999999", "Tổ 100000000000", "Tổ 1000000000000000000"],
    # Spaces and punctuation only part words.
    ["Sở GD", "Sở GD&ĐT", "Sở GD - KHCN", "Sở Y tế"],
    # The Ê Đê write b with a stroke and vowels with a breve.
    ["Buôn", "Buôn Đôn", "Ƀuôn", "Ea Kar", "Ĕa Kar"],
]
PEOPLE = [
    ["Nguyễn Thị Ánh", "Trần Văn Bình"],
    ["An", "Bùi An", "Nguyễn An", "Nguyễn Văn An", "Nguyễn Vân An", "Đỗ Thị Ân", "Lê Bá"],
    # All of one name stand together, whatever their family is.
    ["Bùi Thị Hoa", "Vũ Thị Hoa", "Bùi Thị Hòa", "Cao Thị Hoà", "Vũ Thị Hòa", "An Thị Họa"],
    ["Phạm Dung", "Lê Dũng", "Hoàng Đạt", "Bùi Em"],
    # What is said behind a name is none.
    [
        "Lê Mai",
        "Lê Mai - Chủ tịch",
        "Lê Mai, Phó Giám đốc",
        "Lê Mai (Sở Y tế)",
        "Trần Mai",
        "An Năm",
    ],
]


@pytest.mark.parametrize("right", NAMES, ids=lambda names: names[0])
def test_names_stand_as_in_a_dictionary(right: list[str]) -> None:
    for order in itertools.islice(itertools.permutations(right), 200):
        assert sorted(order, key=name_key) == right
    assert len({name_key(name) for name in right}) == len(right)


@pytest.mark.parametrize("right", PEOPLE, ids=lambda names: names[0])
def test_people_stand_by_the_last_word_of_their_name(right: list[str]) -> None:
    for order in itertools.islice(itertools.permutations(right), 200):
        assert sorted(order, key=person_key) == right


def test_letters_and_tones_stand_as_the_rule_lists_them() -> None:
    assert len(LETTERS) == 33 + 12 * 5
    shuffled = random.Random(11).sample(LETTERS, len(LETTERS))
    assert sorted(shuffled, key=name_key) == LETTERS
    shuffled = [letter.upper() for letter in shuffled]
    assert sorted(shuffled, key=name_key) == [letter.upper() for letter in LETTERS]
    # Also within a word, where a letter follows.
    assert sorted((f"t{letter}n" for letter in shuffled), key=name_key) == [
        f"t{letter.upper()}n" for letter in LETTERS
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa", "Hoà"),
        ("Thúy", "Thuý"),
        ("Đắk Lắk", "\u00d0ắk Lắk"),
        ("Sở  Y tế ", "Sở Y\u00a0tế"),
        ("Trần Hưng Đạo", "Trần-Hưng Đạo"),
        ("Phường 2", "Phường 02"),
        ("Việt", "Vie\u0323\u0302t"),
        ("Việt", "Viê\u0323t"),
        ("Việt", "Vi\u1eb9\u0302t"),
        ("Mười", "Mu\u031bo\u0300\u031bi"),
        ("", " \u200b "),
    ],
)
def test_writings_of_one_name_stand_together(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)
    assert person_key(one) == person_key(other)


SYLLABLES = st.text(
    "aăâeoôơuưiydđbghknt" + "àằầảẳẩãẵẫáắấạặậ" + "ADĐÁ" + "0129", min_size=1, max_size=5
)
NAMED = st.lists(SYLLABLES, min_size=1, max_size=4).map(" ".join)
ANY = NAMED | st.text(max_size=12)


@given(ANY)
def test_a_name_is_the_same_however_its_marks_are_coded(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert name_key(unicodedata.normalize(form, name)) == name_key(name)
        assert person_key(unicodedata.normalize(form, name)) == person_key(name)


@given(ANY)
def test_a_key_is_the_same_to_every_database(name: str) -> None:
    for key in (name_key(name), person_key(name)):
        # One byte a sign, no NUL, nothing that a database or a driver could change.
        assert key.isascii()
        assert key.isprintable()
        assert " " not in key


@given(NAMED, NAMED)
def test_a_name_stands_before_what_only_goes_on(name: str, more: str) -> None:
    assert name_key(name) < name_key(f"{name} {more}")
    assert person_key(name.split()[0]) < person_key(f"{more} {name.split()[0]}")
    assert name_key(name) < name_key(name + "x")


@given(NAMED, NAMED, st.lists(SYLLABLES, max_size=2).map(" ".join))
def test_the_first_syllable_that_differs_decides(one: str, other: str, before: str) -> None:
    """Unless they differ by capitals only, whatever stands before and behind changes nothing."""
    if name_key(one.lower()) == name_key(other.lower()):
        return
    first, second = one.split()[0], other.split()[0]
    keys = [name_key(f"{before} {name}".lower()) for name in (one, other)]
    assert (keys[0] < keys[1]) == (name_key(one.lower()) < name_key(other.lower()))
    if name_key(first.lower()) != name_key(second.lower()):
        assert (name_key(one) < name_key(other)) == (name_key(first) < name_key(second))


@given(st.integers(0, 10**40), st.integers(0, 10**40))
def test_numbers_stand_by_their_value(one: int, other: int) -> None:
    assert (name_key(f"Tổ {one}") < name_key(f"Tổ {other}")) == (one < other)


@given(NAMED, NAMED)
def test_names_of_the_same_key_have_the_same_letters(one: str, other: str) -> None:
    if name_key(one) == name_key(other):
        assert [_plain(each) for each in one.split()] == [_plain(each) for each in other.split()]


def _plain(word: str) -> list[str]:
    """The letters of a word, its tones apart; a number without its leading zeros."""
    letters, tones = [], []
    for letter in word:
        base = next((each for each in ALPHABET if letter.lower() in _toned(each)), letter)
        letters.append(base.upper() if letter.isupper() else base)
        tones += [_toned(base).index(letter.lower())] if base in ALPHABET else []
    parts = itertools.groupby(letters, key=str.isdigit)
    words = ["".join(part).lstrip("0") if digits else "".join(part) for digits, part in parts]
    return [*words, *(str(tone) for tone in tones if tone)]


def _toned(letter: str) -> list[str]:
    return [
        unicodedata.normalize("NFC", letter + tone)
        for tone in ("", *"\u0300\u0309\u0303\u0301\u0323")
    ]


def test_a_long_row_of_digits_or_marks_takes_no_longer_key_than_it_is_worth() -> None:
    assert len(name_key("9" * 10_000)) < 12_000
    assert len(name_key("a" + "\u0323" * 10_000)) < 100


def test_places_are_told_for_tables_that_a_browser_sorts() -> None:
    names = ["Đạt", "Dũng", "Hoà", "Em", "Hòa", "Dũng"]
    assert places(names) == {"Dũng": 0, "Đạt": 1, "Em": 2, "Hoà": 3, "Hòa": 4}
    assert places(["Lê An", "Bùi Bình", "An Bình"], person_key)["Bùi Bình"] == 2
