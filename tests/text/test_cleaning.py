"""Texts as people type them, and the addresses among them."""

import csv
import re
import time
import unicodedata
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.cleaning import address_fault, clean, email_key, folded, has_encoded_word, same, shown


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
        ("аn@vi-du.vn", "“а” là chữ Kirin (Cyrillic), không phải chữ “a”"),
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


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("a13@vi‑du.vn", "“‑” (U+2011) không phải “-”"),
        ("an@vi–du.vn", "“–” (U+2013) không phải “-”"),
        ("ｃ@vi-du.vn", "“ｃ” (U+FF43) không phải “c”"),
        ("an＠vi-du.vn", "“＠” (U+FF20) không phải “@”"),
        ("an@vi-du．vn", "“．” (U+FF0E) không phải “.”"),
        ("an@vi-du。vn", "“。” (U+3002) không phải “.”"),
        ("an@vi-du…vn", "“…” (U+2026) không phải “.”"),
        ("an’b@vi-du.vn", "“’” (U+2019) không phải “'”"),
        ("an٣@vi-du.vn", "“٣” (U+0663) không phải “3”"),
        ("ı@vi-du.vn", "“ı” (U+0131) không phải “i”"),
        ("an@gmaіl.com", "“і” là chữ Kirin (Cyrillic), không phải chữ “i”"),
        ("οan@vi-du.vn", "“ο” là chữ Hy Lạp, không phải chữ “o”"),
        ("жан@vi-du.vn", "“ж” là chữ Kirin (Cyrillic): xóa"),
        ("名@vi-du.vn", "“名” là chữ Hán"),
        ("hoàng@vi-du.vn", "“à” ở phần trước @"),
        ("đức@vi-du.vn", "“đ” ở phần trước @"),
        ("an@vị-dụ.vn", "“ị” ở tên miền sau @"),
        ("😀@vi-du.vn", "Địa chỉ có ký tự lạ. Xóa “😀” (U+1F600)"),
        ("không có", "không có “@”"),
        ("0912000111", "không có “@”"),
        ("an.vi-du.vn", "không có “@”"),
        ("an(at)vi-du.vn", "Gõ “@” thay cho “(at)”"),
        ("an [at] vi-du.vn", "Gõ “@” thay cho “[at]”"),
        ("an at vi-du.vn", "Gõ “@” thay cho “at”"),
        ("an@@vi-du.vn", "hai dấu “@” liền nhau"),
        ("a@b.vn c@d.vn", "Ô này có 2 dấu “@”"),
        ("mailto:an@vi-du.vn", "Xóa “mailto:”"),
        ("Email: an@vi-du.vn", "Xóa “Email:”"),
        ("An <an@vi-du.vn>", "để lại “an@vi-du.vn”"),
        ("<an@vi-du.vn>", "để lại “an@vi-du.vn”"),
        ("an@vi-du.vn;", "Xóa “;” ở cuối"),
        ("an@vi-du.vn；", "Xóa “；” ở cuối"),
        ("an@vi-du.vn,", "Xóa “,” ở cuối"),
        (";an@vi-du.vn", "Xóa “;” ở đầu"),
        ("(an@vi-du.vn)", "Xóa “(” ở đầu và “)” ở cuối"),
        ("“an@vi-du.vn”", "nằm trong dấu nháy. Xóa ““” ở đầu và “”” ở cuối"),
        ('"an"@vi-du.vn', 'Xóa “"”'),
        ("an@vi-du.vn.", "dấu chấm thừa. Xóa “.” ở cuối"),
        (".an@vi-du.vn", "dấu chấm thừa. Xóa “.” ở đầu"),
        ("an..b@vi-du.vn", "hai dấu chấm liền nhau"),
        ("an@vi-du..vn", "hai dấu chấm liền nhau"),
        ("an.@vi-du.vn", "Xóa dấu “.” ngay trước “@”"),
        ("an@.vi-du.vn", "Xóa dấu “.” ngay sau “@”"),
        ("an@vi-du,vn", "Gõ “.” thay cho “,”"),
        ("an,b@vi-du.vn", "Gõ “.” thay cho “,”"),
        ("an@ vi-du.vn", "Xóa dấu cách."),
        ("Nguyễn An an@vi-du.vn", "chỉ để lại “an@vi-du.vn”"),
        ("an@gmail", "Sau “gmail” phải có phần như “.vn”"),
        ("an@vi-du.v", "kết thúc bằng “.v”"),
        ("an@vi_du.vn", "Tên miền không có “_”"),
        ("an@-vi-du.vn", "dấu “-” ở đầu hay cuối"),
        ("an@192.168.1.1", "sau @ là số máy"),
        ("an@[192.168.1.1]", "sau @ là số máy"),
        ("an:b@vi-du.vn", "Xóa “:”"),
        ("an\\b@vi-du.vn", "Xóa “\\”"),
        ("n?m@vi-du.vn", "dấu “?”"),
        ("an@", "Viết đủ phần trước và sau @"),
        ("@vi-du.vn", "Viết đủ phần trước và sau @"),
        ("an@" + "b" * 64 + ".vn", "dài hơn 63 ký tự"),
    ],
)
def test_the_reason_is_the_true_one_and_names_the_sign(address: str, told: str) -> None:
    assert told in str(address_fault(address))


def test_the_addresses_of_the_case_are_refused_for_what_is_wrong_with_them() -> None:
    file = Path(__file__).parent.parent / "cases" / "19-address-message.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        told = [str(address_fault(row["Email"])) for row in csv.DictReader(rows)]
    parts = ["“‑” (U+2011)", "chữ Kirin", "“ｃ” (U+FF43)", "không có “@”"]
    assert [part in reason for part, reason in zip(parts, told, strict=True)] == [True] * 4


@given(st.text(max_size=40), st.text(max_size=10))
def test_every_text_is_an_address_or_is_none_for_a_reason(one: str, other: str) -> None:
    for text in (one, f"{one}@{other}", f"an@{one}.vn", f"{one}@vi-du.vn{other}"):
        reason = address_fault(text)
        assert reason is None or (reason.endswith(".") and ("{" not in reason or "{" in text))


@pytest.mark.parametrize(
    "sign",
    ["@", "a@", "a.", "a@b.", "<@", "а", "ｃ", "é", "( at )", " at ", ",", "..", "\u0301", "_"],
)
def test_a_long_hostile_address_is_refused_at_once(sign: str) -> None:
    begun = time.process_time()
    for times in (1_000_000, 999 // len(sign), 250 // len(sign)):
        assert address_fault(sign * times) is not None
        assert address_fault(f"a@{sign * times}.v") is not None
    assert time.process_time() - begun < 0.5


@given(st.text(alphabet='aB1.@-_+\n\r \t"<>,;:\\()é\u202e\x00=?', max_size=20))
def test_an_address_that_passes_is_plain_and_safe_in_a_command_to_a_relay(text: str) -> None:
    if address_fault(text) is None:
        assert re.fullmatch(r"[!-~]+@[a-zA-Z0-9.-]+", clean(text))
        assert not set(clean(text)) & set('<>,;:"\\()')
