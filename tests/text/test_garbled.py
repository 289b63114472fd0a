"""Texts in broken and legacy encodings: caught and named, and no name of anybody taken for one."""

import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.demo import people
from app.index.file import parse
from app.text.garbled import fault, old_codes
from app.text.oldwords import is_unicode
from tests.making.garbling import MISREAD, OLD, names

NAMES = names()
# Of other peoples and languages, in any case; each of them somebody's.
OTHERS = (
    "Müller|São Paulo|H'Hen Niê|Y Ƀhăm|K'Brếu|Lò Văn Páo|Giàng A Sử|Đào Duy Ñ|Zoë Noël|François"
    "|José Núñez|Søren Åberg|Loïc Nguyễn|Loïc|Anaïs|Lü Wei|Björk Guðmundsdóttir|Иван Петров|習近平"
    "|H’Hen Niê|HʼHen|Y Ñao|Y Ñut Niê|Siu H’Bơr|Rơ Chăm H'Yéo|Chloë Böhm|Łukasz Żak|Čapek|Ðào Ðình"
    "|Ê Ban|Êban Hồ|Jürgen Groß|Renée Zellweger|Beyoncé|Ana Conceição|Håkan Ångström|Đinh Hơ Mơ"
    "|Thào A Chư|Chang Ló Pớ|Lỳ Xì Xá|Môt Lôc|Viêt Nhât|Quôc Đat|Nguyễn Văn Ã|Ka Să Hà Ngẹo|Bùi Ðức"
)
TEXTS = (
    "Q. Trưởng phòng|P.Giám đốc|Trưởng phòng Hành chính – Tổng hợp|UBND xã Bản Bo, huyện Tam Đường"
    "|Sở NN&PTNT|«Sở Nội vụ»|“UBND XÃ”|XÃ\xa0NẬM HÀNG|XÃ – NẬM HÀNG|Bộ phận “một cửa”|Bkav®"
    "|Nguyễn Văn A (nam)|Phòng số 2 · tầng 3|Điều 5 § 2|Sở Y tế?|01.003|C++|Tổ 1+2|Công ty A+B"
    "|Văn phòng ĐĐBQH và HĐND|R&D|AT&T; BQL|Ban QLDA ĐTXD|Thuế – Hải quan…|37,5 °C|½ biên chế|50%"
    "|HĐND TỈNH LAI CHÂU|Không có · Rất ít|5 µs|(chưa rõ)|Trung tâm CNTT&TT|Tổ CNSCĐ|a=b|N/A|Nà C?"
)


def test_no_name_of_vietnam_is_taken_for_a_broken_one() -> None:
    for text in NAMES:
        assert fault(text, name=True) is None, text
        assert fault(unicodedata.normalize("NFD", text), name=True) is None, text


@pytest.mark.parametrize("text", OTHERS.split("|"))
def test_no_name_of_another_people_is_taken_for_a_broken_one(text: str) -> None:
    for written in (text, text.upper(), unicodedata.normalize("NFD", text)):
        assert fault(written, name=True) is None


@pytest.mark.parametrize("text", TEXTS.split("|"))
def test_no_agency_or_position_is_taken_for_a_broken_one(text: str) -> None:
    assert fault(text) is None
    assert fault(unicodedata.normalize("NFD", text)) is None


def test_nothing_in_a_roster_or_an_index_of_ours_is_taken_for_a_broken_one() -> None:
    file = Path(__file__).parents[2] / "questionnaires" / "lai-chau-2022.toml"
    index = parse(file.read_text("utf-8"))
    for row in people.roster(index):
        for cell in row:
            assert fault(cell) is None
    for question in index.questions:
        assert fault(question.text, prose=True) is None


PHRASES = (
    "Nguyễn Văn Đức",
    "Sở Nội vụ",
    "Phó Giám đốc phụ trách",
    "Trưởng phòng Tổ chức cán bộ",
    "Ủy ban nhân dân huyện Tam Đường",
)


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "Windows-1258", "VIQR"])
@pytest.mark.parametrize("text", PHRASES)
def test_an_old_encoding_is_told_by_its_name(encoding: str, text: str) -> None:
    spoiled = OLD[encoding](text)
    problem = str(fault(spoiled))
    assert f"bảng mã {encoding}" in problem or f"hoặc {encoding}" in problem, spoiled
    assert "UniKey" in problem
    assert encoding in old_codes([spoiled])


@pytest.mark.parametrize("encoding", ["VISCII", "VPS"])
def test_a_rare_encoding_is_told_and_named_where_the_text_is_long_enough(encoding: str) -> None:
    assert all("bảng mã" in str(fault(OLD[encoding](text))) for text in PHRASES)
    assert encoding in str(fault(OLD[encoding](", ".join(PHRASES))))


@pytest.mark.parametrize(
    ("encoding", "alone"), [("TCVN3", 0.9), ("VNI", 0.88), ("Windows-1258", 0.88)]
)
def test_most_names_in_an_old_encoding_are_known_alone_and_all_beside_others(
    encoding: str, alone: float
) -> None:
    spoiled = [(text, OLD[encoding](text)) for text in NAMES]
    spoiled = [(text, other) for text, other in spoiled if text.casefold() != other.casefold()]
    known = sum(fault(other, name=True) is not None for _text, other in spoiled)
    assert known >= alone * len(spoiled)
    beside = sum(fault(other, [encoding], name=True) is not None for _text, other in spoiled)
    assert beside >= 0.99 * len(spoiled)


@pytest.mark.parametrize("how", MISREAD)
def test_utf_8_read_as_something_else_is_told(how: str) -> None:
    spoil = MISREAD[how]
    spoiled = [spoil(text) for text in NAMES if not text.isascii()]
    told = [fault(text, name=True) for text in spoiled]
    assert sum(problem is not None and "UTF-8 bị đọc" in problem for problem in told) > 0.98 * len(
        told
    )
    beside = [fault(text, ["UTF-8"], name=True) for text in spoiled]
    assert all(problem is not None for problem in beside)


def test_what_was_misread_is_named_where_nothing_is_lost() -> None:
    assert "Có lẽ là “Nguyễn Văn Đức”" in str(fault(MISREAD["latin-1"]("Nguyễn Văn Đức")))
    assert "Có lẽ là “Sở Nội vụ”" in str(fault(MISREAD["twice"]("Sở Nội vụ")))
    assert "Có lẽ" not in str(fault("Nguyá»…n VÄƒn Ä\ufffdá»©c"))


@pytest.mark.parametrize(
    "text",
    ["Nguy?n V?n An", "?inh Hà", "S? N?i v?", "S? Y t?", "Đ?", "V? Chính", "? An", "???", "Ph??ng"],
)
def test_a_question_mark_for_a_lost_letter_is_told(text: str) -> None:
    assert "“?”" in str(fault(text, name=True))


def test_a_question_mark_ends_a_question_but_no_name() -> None:
    assert fault("Sở Y tế?") is None
    assert fault("Có đúng hạn không? Vì sao?", prose=True) is None
    assert fault("Nhanh không?Có", prose=True) is None
    assert "“?”" in str(fault("Đánh giá s? này", prose=True) or fault("Đ?nh giá", prose=True))
    assert "“?”" in str(fault("Nguyễn Thị H?", name=True))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nguy\ufffdn", "“\ufffd”"),
        ("S&#7903; Y t&#7871;", "dạng mã"),
        ("Nguy&ecirc;n", "dạng mã"),
        ("NN&amp;PTNT", "dạng mã"),
        ("Nguy\\u1ec5n", "dạng mã"),
        ("Nguy%E1%BB%85n", "dạng mã"),
        ("Nguy=E1=BB=85n", "dạng mã"),
        ("Nguy\uf0e1n", "U+F0E1"),
        ("Nguy峄卬", "峄"),
        ("Nguуễn", "Ký tự “у” (U+0443)"),
    ],
)
def test_other_ways_to_break_a_text_are_told(text: str, told: str) -> None:
    assert told in str(fault(text))


def test_a_word_that_could_be_either_is_one_only_beside_others() -> None:
    assert fault("Vò Tó") is None
    assert "TCVN3" in str(fault("Vò Tó", ["TCVN3"]))
    assert fault("Vò Tó Nguyễn", ["VNI"]) is None
    assert is_unicode("Nguyễn")
    assert not is_unicode("Lò Páo")


@given(st.text(max_size=60))
def test_any_text_is_judged(text: str) -> None:
    for seen in ((), ("TCVN3", "UTF-8", "VIQR")):
        assert fault(text, seen) is None or fault(text, seen)


@pytest.mark.parametrize(
    "sign", ["?", "á»", "Ô", "\u0301", "&#1", "%E1", "a^", "«", "Ã\xa0", "=E1"]
)
def test_a_long_hostile_text_is_judged_at_once(sign: str) -> None:
    begun = time.perf_counter()
    fault(sign * 500_000)
    fault("a" + sign * 500_000, ["TCVN3"], name=True)
    old_codes([sign * 500_000 + "x"])
    assert time.perf_counter() - begun < 1
