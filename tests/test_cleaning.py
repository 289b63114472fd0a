"""Texts as people type them, and the addresses among them."""

import re
import unicodedata
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cleaning import address_fault, clean, email_key, folded, has_encoded_word, same, shown


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Nguyễn   Văn\tAn \r\n", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Lò Thị Hoà"), "Lò Thị Hoà"),
        ("Trần\u00a0Thu\u3000Hà", "Trần Thu Hà"),
        ("Lý\u200b A\ufeff Páo\u00ad", "Lý A Páo"),
        ("An\u202e\u2066 gov.vn\u2069\u200f", "An gov.vn"),
        ("An\x00\x07\x1b[31m", "An[31m"),
        ("An\u2028Bình\u2029", "An Bình"),
        ("An\ud800", "An"),
        ("e\u200b\u0301", "é"),  # what joins once the invisible sign is gone is NFC too
        ("\u200b\u202e", ""),
    ],
)
def test_a_name_is_one_visible_line_in_nfc(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


def test_both_ways_to_place_a_tone_are_left_as_written() -> None:
    assert [clean("Hoà"), clean("Hòa")] == ["Hoà", "Hòa"]


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_what_is_cleaned_fits_into_a_header(text: str) -> None:
    cleaned = clean(text)
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in cleaned)
    message = EmailMessage()
    message["X-Name"] = cleaned
    assert message.keys() == ["X-Name"]


@pytest.mark.parametrize("text", ["Đơn vị", "ĐƠN VỊ", "don vi", "ðơn vị", "Đơn-vị", "  Đơn\nvị*"])
def test_folding_leaves_plain_words(text: str) -> None:
    assert folded(text) == "don vi"


@given(st.text())
def test_folding_does_not_see_case_or_composition(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(text)
    assert folded(folded(text)) == folded(text)


def test_the_same_name_in_another_case_is_the_same_and_without_accents_is_not() -> None:
    assert same(" Sở  NỘI vụ") == same("Sở Nội vụ")
    assert same("So Noi vu") != same("Sở Nội vụ")


def test_a_long_text_is_cut_in_a_message() -> None:
    assert shown("a" * 100) == "a" * 59 + "…"
    assert shown("\u202eAn\n") == "An"


@pytest.mark.parametrize("text", ["=?utf-8?q?a=0ABcc=3A_x=40y.vn?=", "An =?UTF-8?B?QQ==?= B"])
def test_an_encoded_word_is_seen(text: str) -> None:
    assert has_encoded_word(text)
    assert has_encoded_word(clean(text.replace("=?", "=\u200b?")))


def test_an_address_is_known_by_one_key() -> None:
    nfd = unicodedata.normalize("NFD", "ÁN@Vi-Du.vn")
    assert email_key(f" {nfd} ") == email_key("án@vi-du.vn") == "án@vi-du.vn"


@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert email_key(email_key(text)) == email_key(text)


@pytest.mark.parametrize(
    "address",
    [
        "an.nguyen@laichau.gov.vn",
        " An.Nguyen@LaiChau.gov.vn ",
        "\ufeffan@vi-du.vn\u200b",
        "o'brien+cchc@mail.vi-du.vn",
        "_a-b_@a1.b-2.vn",
        "1@1.com",
        "an@laichau.example",
        "an@thu.noi-bo.local",
        "an@xn--vn-1ja.vn",
        "a" * 64 + "@vi-du.vn",
    ],
)
def test_an_everyday_address_passes(address: str) -> None:
    assert address_fault(address) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "Để trống"),
        ("\u200b ", "Để trống"),
        ("an.nguyen@", "Không phải địa chỉ thư"),
        ("@vi-du.vn", "Không phải địa chỉ thư"),
        ("an", "Không phải địa chỉ thư"),
        ("an@localhost", "Không phải địa chỉ thư"),
        ("an@gmail", "Không phải địa chỉ thư"),
        (".an@vi-du.vn", "Không phải địa chỉ thư"),
        ("an.@vi-du.vn", "Không phải địa chỉ thư"),
        ("an..b@vi-du.vn", "Không phải địa chỉ thư"),
        ("an@vi-du..vn", "Không phải địa chỉ thư"),
        ("an@-vi-du.vn", "Không phải địa chỉ thư"),
        ("an@vi-du-.vn", "Không phải địa chỉ thư"),
        ("an@vi_du.vn", "Không phải địa chỉ thư"),
        ("an@vi-du.vn.", "Không phải địa chỉ thư"),
        ("an@192.168.1.1", "Không phải địa chỉ thư"),
        ("an@[192.168.1.1]", "Không phải địa chỉ thư"),
        ('"an"@vi-du.vn', "Không phải địa chỉ thư"),
        ("an:b@vi-du.vn", "Không phải địa chỉ thư"),
        ("mailto:an@vi-du.vn", "Không phải địa chỉ thư"),
        ("tran hoa@vi-du.vn", "dấu cách"),
        ("an@vi-du.vn\r\nBcc: x@y.vn", "Chỉ ghi một địa chỉ"),
        ("an@vi-du.vn\nX", "dấu cách"),
        ("an\u200b@vi-du.vn", "ký tự ẩn"),
        ("an\x00@vi-du.vn", "ký tự ẩn"),
        ("hoàng.minh@vi-du.vn", "chữ mang dấu"),
        ("an@vị-dụ.vn", "chữ mang dấu"),
        ("аn@vi-du.vn", "chữ mang dấu"),  # a Cyrillic а
        ("a@vi-du.vn; b@vi-du.vn", "một địa chỉ"),
        ("a@vi-du.vn,b@vi-du.vn", "một địa chỉ"),
        ("An <an@vi-du.vn>", "một địa chỉ"),
        ("an@vi-du.vn;", "một địa chỉ"),
        ("a" * 65 + "@vi-du.vn", "quá dài"),
        ("a@" + "b." * 126 + "vn", "quá dài"),
    ],
)
def test_an_address_nobody_can_be_written_to_is_refused_with_its_reason(
    address: str, reason: str
) -> None:
    fault = address_fault(address)
    assert fault is not None
    assert reason in fault


@given(st.text(alphabet='aB1.@-_+\n\r \t"<>,;:\\()é\u202e\x00=?', max_size=20))
def test_an_address_that_passes_is_plain_and_safe_in_a_command_to_a_relay(text: str) -> None:
    if address_fault(text) is None:
        assert re.fullmatch(r"[!-~]+@[a-zA-Z0-9.-]+", clean(text))
        assert not set(clean(text)) & set('<>,;:"\\()')
