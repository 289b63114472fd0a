"""Files that are no TOML, or TOML nobody would write: one fault with its line, never a crash."""

import pytest

from app.index import file as indexfile
from app.index.faults import Fault, IndexFault
from app.index.toml import load
from tests.making.small_index import SMALL


def fault_of(source: str | bytes) -> Fault:
    with pytest.raises(IndexFault) as caught:
        load(source)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("source", "place", "told"),
    [
        ("format = 1\nname = Sở Nội vụ\n", "Dòng 2", "chữ phải để trong ngoặc kép"),
        ("format = 1\nname = “Sở”\n", "Dòng 2", "Dòng ấy là: name = “Sở”"),
        ('format = 1\nname = "Sở\nyear = 2\n', "Dòng 2", "thiếu ngoặc kép đóng"),
        ("weight = 0,6\n", "Dòng 1", "số thập phân dùng dấu chấm"),
        ("= 2022\n", "Dòng 1", "dòng phải là khóa = giá trị"),
        ("năm = 2022\n", "Dòng 1", "tên khóa không dấu"),
        ("a.ă = 2022\n", "Dòng 1", "tên khóa chỉ gồm chữ cái không dấu"),
        ("[index]\ncode\n", "Dòng 2", "hãy viết khóa = giá trị"),
        ("a = 1\na = 2\n", "Dòng 2", "khóa này đã ghi ở trên"),
        ("a = {b = 1, b = 2}\n", "Dòng 1", "khóa này đã ghi ở trên"),
        ("[units]\na = 1\n[units]\n", "Dòng 3", "[[…]], hai dấu ngoặc"),
        ("a = {b = 1}\n[a.c]\n", "Dòng 2", "đã ghi ở trên"),
        ("a = {b = 1}\na.c = 2\n", "Dòng 2", "đã ghi ở trên"),
        ("[index\ncode = 1\n", "Dòng 1", "thiếu dấu ngoặc vuông đóng"),
        ("a = [1 2]\n", "Dòng 1", "thiếu dấu ngoặc đóng"),
        ("a = [1,\n2\n\n", "Dòng 4", "(cuối tệp)"),
        ('a = "\\q"\n', "Dòng 1", "phải viết hai lần"),
        ('a = """\nx', "Dòng 2", "thiếu ngoặc kép đóng"),
        ("a = 2022-02-31\n", "Dòng 1", "ngày giờ không đúng"),
        ("# ghi chú \x07\n", "Dòng 1", "có ký tự điều khiển"),
        ('a = "\\ud800"\n', "Dòng 1", "không đúng cú pháp của tệp cấu hình"),
        ("a = 1\rb = 2\n", "Dòng 1", "không đúng cú pháp của tệp cấu hình"),
        (b'a = 1\nb = "S\xe9"\n', "Dòng 2", "UTF-8"),
        ("a = 1\n".encode("utf-16"), "Dòng 1", "UTF-8"),
        ("a = " + "[" * 100_000, "Tệp", "ngoặc lồng nhau"),
        ("a = " + "{a=" * 100_000, "Tệp", "ngoặc lồng nhau"),
        ("a = " + "9" * 5000, "Tệp", "số nguyên quá dài"),
        ("a" + ".a" * 100_000 + " = 1", "Dòng 1", "quá nhiều dấu chấm"),
        ("[a" + ".a" * 100_000 + "]", "Dòng 1", "quá nhiều dấu chấm"),
        ("#" * 1_048_577, "Tệp", "không phải bộ chỉ số"),
    ],
)
def test_what_is_not_toml_is_one_fault_at_its_line(
    source: str | bytes, place: str, told: str
) -> None:
    fault = fault_of(source)
    assert fault.place == place
    assert told in fault.message


@pytest.mark.parametrize("literal", ["1e400", "1e999999999", "-inf", "nan", "1e" + "9" * 30])
def test_a_number_no_index_needs_is_refused_at_its_key(literal: str) -> None:
    with pytest.raises(IndexFault) as caught:
        indexfile.parse(SMALL.replace("weight = 0.20", f"weight = {literal}"))
    places = [fault.place for fault in caught.value.faults]
    assert places == ["[[scales]] số 1 (tot), levels số 2 (B), weight"]


def test_dates_where_texts_or_numbers_belong_are_faults_of_their_keys() -> None:
    text = SMALL.replace("year = 2024", "year = 2024-01-01")
    with pytest.raises(IndexFault) as caught:
        indexfile.parse(text.replace('name = "Sở"', "name = 07:32:00"))
    places = [fault.place for fault in caught.value.faults]
    assert places == ["[index], year", "[[blocks]] số 1 (so), name"]


def test_inline_lists_read_like_repeated_sections() -> None:
    inline = 'blocks = [{code = "so", name = "Sở"}]\n' + SMALL.replace(
        '[[blocks]]\ncode = "so"\nname = "Sở"\n', ""
    )
    assert indexfile.parse(inline) == indexfile.parse(SMALL)


def test_an_empty_file_is_told_every_section_it_needs() -> None:
    for source in ("", b"", "\ufeff", "# chỉ có ghi chú\n"):
        with pytest.raises(IndexFault) as caught:
            indexfile.parse(source)
        assert [fault.place for fault in caught.value.faults] == [
            "format", "[index]", "[[blocks]]", "[[units]]", "[[components]]", "[[criteria]]",
            "[[groups]]", "[[questions]]",
        ]  # fmt: skip
