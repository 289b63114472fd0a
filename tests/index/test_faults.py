"""Entries of an index file that are wrong in themselves: told with place and remedy."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.index import file as indexfile
from app.index.faults import Fault, IndexFault, echo
from tests.making.small_index import (
    GONE,
    LEAF,
    LEVEL,
    Q1,
    Q2,
    SMALL,
    SNV,
    faults_of,
    make_raw,
    only_fault,
    told_once,
)


def test_the_index_that_these_tests_break_is_whole() -> None:
    assert indexfile.read(make_raw()) == indexfile.parse(SMALL)


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        # unknown keys
        ({"indx": {}}, "indx", "Có phải “index”?"),
        ({"index__yaer": "2024"}, "[index], yaer", "Có phải “year”?"),
        ({"rules__own_units": "allow"}, "[rules], own_units", "Có phải “own_unit”?"),
        ({"rules__zzz": "1"}, "[rules], zzz", "Các khóa dùng được: choose_units, classes,"),
        ({"organiser": {"emial": "a@b"}}, "[organiser], emial", "Có phải “email”?"),
        ({"blocks__0__unit": "snv"}, "[[blocks]] số 1 (so), unit", "không có khóa này"),
        ({"units__0__blok": "so"}, f"{SNV}, blok", "Có phải “block”?"),
        ({"components__0__parent": "1"}, "[[components]] số 1 (1), parent", "không có khóa này"),
        ({"criteria__1__max": "1"}, f"{LEAF}, max", "không có khóa này"),
        ({"scales__0__label": "x"}, "[[scales]] số 1 (tot), label", "code, levels, no_opinion."),
        ({"scales__0__levels__1__wieght": "1"}, f"{LEVEL}, wieght", "Có phải “weight”?"),
        ({"groups__0__rate": "all"}, "[[groups]] số 1 (hdnd), rate", "Có phải “rates”?"),
        ({"questions__0__scales": "tot"}, f"{Q1}, scales", "Có phải “scale”?"),
        (
            {"rules__classes": [{"label": "Tốt", "from": 1, "to": 2}]},
            "[rules], classes số 1 (Tốt), to",
            "Các khóa dùng được: from, label.",
        ),
        # missing keys and sections
        ({"format": GONE}, "format", "hãy ghi format = 1"),
        ({"index": GONE}, "[index]", "thiếu mục này"),
        ({"index__name": GONE}, "[index], name", "thiếu khóa này"),
        ({"index__year": GONE}, "[index], year", "thiếu khóa này"),
        ({"index__survey_points": GONE}, "[index], survey_points", "thiếu khóa này"),
        ({"blocks": GONE}, "[[blocks]]", "hãy thêm ít nhất một mục [[blocks]]"),
        ({"units": []}, "[[units]]", "hãy thêm ít nhất một mục [[units]]"),
        ({"components": GONE}, "[[components]]", "hãy thêm"),
        ({"groups": GONE}, "[[groups]]", "hãy thêm"),
        ({"questions": GONE}, "[[questions]]", "hãy thêm"),
        ({"units__0__name": GONE}, f"{SNV}, name", "thiếu khóa này"),
        ({"units__0__block": GONE}, f"{SNV}, block", "thiếu khóa này"),
        ({"criteria__1__method": GONE}, f"{LEAF}, method", "hãy thêm method"),
        ({"criteria__1__max_points": GONE}, f"{LEAF}, max_points", "hãy thêm max_points"),
        ({"scales__0__levels__1__label": GONE}, f"{LEVEL}, label", "thiếu khóa này"),
        ({"scales__0__levels__1__weight": GONE}, f"{LEVEL}, weight", "thiếu khóa này"),
        ({"questions__0__text": GONE}, f"{Q1}, text", "thiếu khóa này"),
        ({"questions__0__scale": GONE}, f"{Q1}, scale", "thiếu khóa này"),
        ({"questions__0__groups": GONE}, f"{Q1}, groups", "chưa hỏi nhóm nào"),
        ({"questions__1__kind": GONE, "questions__1__criterion": "1.1.1"}, f"{Q2}, scale", "thiếu"),
        # the shape of tables
        ({"format": "2"}, "format", "hãy ghi format = 1"),
        ({"format": True}, "format", "phải là một số"),
        ({"index": []}, "[index]", "một dấu ngoặc vuông"),
        ({"organiser": "Sở"}, "[organiser]", "phải là một mục viết [organiser]"),
        ({"rules": [{}]}, "[rules]", "phải là một mục viết [rules]"),
        ({"groups": {"code": "a"}}, "[[groups]]", "[[groups]], hai dấu ngoặc"),
        ({"groups__1": "xa"}, "[[groups]] số 2", "phải là một bảng"),
        ({"scales__0__levels": {"A": 1}}, "[[scales]] số 1 (tot), levels", "danh sách các bảng"),
        ({"scales__0__levels": []}, "[[scales]] số 1 (tot), levels", "từ hai mức trở lên"),
        ({"scales__0__levels__1": GONE}, "[[scales]] số 1 (tot), levels", "từ hai mức trở lên"),
        # codes
        ({"index__code": "lai châu"}, "[index], code", "chữ cái không dấu"),
        ({"index__code": "a/b"}, "[index], code", "mã “a/b” không dùng được"),
        ({"index__code": ""}, "[index], code", "không dùng được"),
        ({"index__code": "a\n"}, "[index], code", "mã “a[U+000A]” không dùng được"),
        ({"index__code": 2024}, "[index], code", 'trong ngoặc kép, ví dụ code = "2.4"'),
        ({"index__code": ["a"]}, "[index], code", 'chữ trong ngoặc kép, ví dụ code = "…"'),
        ({"index__code": True}, "[index], code", "ngoặc kép"),
        ({"blocks__1": {"code": "a.b", "name": "B"}}, "[[blocks]] số 2 (a.b), code", "mã “a.b”"),
        ({"groups__1": {"code": "a+b", "name": "B"}}, "[[groups]] số 2 (a+b), code", "mã “a+b”"),
        ({"components__1": {"code": "1.", "name": "B"}}, "[[components]] số 2 (1.), code", "“1.”"),
        ({"units__0__code": "snv "}, "[[units]] số 1 (snv ), code", "mã “snv ” không"),
        ({"scales__0__levels__1__code": "BB"}, f"{LEVEL[:-3]}(BB), code", "đúng một chữ"),
        ({"scales__0__levels__1__code": "-"}, f"{LEVEL[:-3]}(-), code", "đúng một chữ"),
        ({"scales__0__levels__1__code": "Đ"}, f"{LEVEL[:-3]}(Đ), code", "đúng một chữ"),
        ({"scales__0__levels__1__code": "A"}, f"{LEVEL[:-3]}(A), code", "hãy đổi mã này"),
        ({"questions__1__code": "units"}, "[[questions]] số 2 (units), code", "dành riêng"),
        ({"questions__1__code": "q1"}, "[[questions]] số 2 (q1), code", f"đã dùng ở {Q1}"),
        ({"components__1": {"code": "2"}}, "[[components]] số 2 (2), name", "thiếu"),
        ({"blocks__1": {"code": "so", "name": "B"}}, "[[blocks]] số 2 (so), code", "đã dùng ở"),
        ({"groups__1": {"code": "hdnd", "name": "B"}}, "[[groups]] số 2 (hdnd), code", "đã dùng ở"),
        # texts
        ({"index__name": ""}, "[index], name", "đang để trống"),
        ({"index__name": " \u00a0\n "}, "[index], name", "đang để trống"),
        ({"index__name": 5}, "[index], name", "ngoặc kép"),
        ({"index__name": None}, "[index], name", "ngoặc kép"),
        ({"index__name": "Chỉ số\nnăm"}, "[index], name", "U+000A ở vị trí 7"),
        ({"index__name": "a\u202eb"}, "[index], name", "U+202E ở vị trí 2"),
        ({"index__name": "a\u200bb"}, "[index], name", "U+200B ở vị trí 2"),
        ({"index__name": "a\ud800"}, "[index], name", "U+D800 ở vị trí 2"),
        ({"index__name": "á" * 10_001}, "[index], name", "dài quá 10000 ký tự"),
        ({"units__0__name": "a\x00b"}, f"{SNV}, name", "U+0000 ở vị trí 2"),
        ({"questions__0__text": "a\x07b"}, f"{Q1}, text", "U+0007 ở vị trí 2"),
        ({"questions__0__text": "a\r\nb"}, f"{Q1}, text", "U+000D ở vị trí 2"),
        ({"scales__0__no_opinion": " "}, "[[scales]] số 1 (tot), no_opinion", "để trống"),
        ({"scales__0__levels__1__label": ""}, f"{LEVEL}, label", "để trống"),
        ({"organiser": {"phone": ""}}, "[organiser], phone", "để trống"),
        ({"organiser": {"email": "cchc"}}, "[organiser], email", "không phải là một địa chỉ thư"),
        ({"organiser": {"email": "a b@c.vn"}}, "[organiser], email", "địa chỉ thư"),
        ({"organiser": {"email": "sở@c.vn"}}, "[organiser], email", "địa chỉ thư"),
        ({"organiser": {"email": "A <a@c.vn>"}}, "[organiser], email", "địa chỉ thư"),
        ({"organiser": {"email": "a@b@c.vn"}}, "[organiser], email", "địa chỉ thư"),
        ({"questions__0__text": "{uint} thế nào?"}, f"{Q1}, text", "hãy ghi {unit}"),
        ({"questions__0__text": "{ Year }?"}, f"{Q1}, text", "hãy ghi {year}"),
        # numbers
        ({"criteria__1__max_points": "-1/2"}, f"{LEAF}, max_points", "số âm"),
        ({"criteria__1__max_points": -1}, f"{LEAF}, max_points", "số âm"),
        ({"criteria__1__max_points": Decimal("-0.5")}, f"{LEAF}, max_points", "số âm"),
        ({"criteria__1__max_points": 0.5}, f"{LEAF}, max_points", "phải là một số"),
        ({"criteria__1__max_points": True}, f"{LEAF}, max_points", "phải là một số"),
        ({"criteria__1__max_points": None}, f"{LEAF}, max_points", "phải là một số"),
        ({"criteria__1__max_points": [1]}, f"{LEAF}, max_points", "phải là một số"),
        ({"criteria__1__max_points": Decimal("NaN")}, f"{LEAF}, max_points", "phải là một số"),
        ({"criteria__1__max_points": Decimal("inf")}, f"{LEAF}, max_points", "phải là một số"),
        ({"criteria__1__max_points": Decimal("sNaN")}, f"{LEAF}, max_points", "phải là một số"),
        ({"groups__0__weight": "1/0"}, "[[groups]] số 1 (hdnd), weight", "chia cho 0"),
        ({"groups__0__weight": "0,3"}, "[[groups]] số 1 (hdnd), weight", "dấu chấm"),
        ({"questions__0__weight": "-1"}, f"{Q1}, weight", "số âm"),
        ({"scales__0__levels__1__weight": Decimal(-1)}, f"{LEVEL}, weight", "số âm"),
        # words from a list, whole numbers, booleans
        ({"rules__weighting": "group"}, "[rules], weighting", "Có phải “groups”?"),
        ({"rules__no_opinion": "ignore"}, "[rules], no_opinion", '"exclude", "zero"'),
        ({"rules__own_unit": True}, "[rules], own_unit", "ngoặc kép"),
        ({"rules__ranking": "one_list"}, "[rules], ranking", "Có phải “one-list”?"),
        ({"rules__paging": "Question"}, "[rules], paging", "Có phải “question”?"),
        ({"rules__min_ballots": 0}, "[rules], min_ballots", "số nguyên từ 1 đến 1000000"),
        ({"rules__min_ballots": "5/2"}, "[rules], min_ballots", "số nguyên từ 1"),
        ({"rules__min_ballots": "-5"}, "[rules], min_ballots", "số âm"),
        ({"rules__decimals": Decimal("1.5")}, "[rules], decimals", "số nguyên từ 0 đến 30"),
        ({"rules__decimals": 10**9}, "[rules], decimals", "số nguyên từ 0 đến 30"),
        ({"rules__choose_units": "true"}, "[rules], choose_units", "true hoặc false"),
        ({"rules__participation_list": 1}, "[rules], participation_list", "true hoặc false"),
        ({"index__year": "20222"}, "[index], year", "số nguyên từ 1000 đến 9999"),
        ({"index__year": "2022.5"}, "[index], year", "số nguyên"),
        ({"criteria__1__method": "surveys"}, f"{LEAF}, method", "Có phải “survey”?"),
        ({"criteria__1__method": 1}, f"{LEAF}, method", "ngoặc kép"),
        ({"groups__0__rates": "none"}, "[[groups]] số 1 (hdnd), rates", '"all", "assigned", "own"'),
        ({"questions__0__kind": "score"}, f"{Q1}, kind", 'chọn một trong: "comment"'),
        ({"questions__1__kind": "coment"}, f"{Q2}, kind", "Có phải “comment”?"),
        ({"rules__classes": [{"label": "", "from": 1}]}, "[rules], classes số 1, label", "trống"),
        ({"rules__classes": [{"label": "Tốt"}]}, "[rules], classes số 1 (Tốt), from", "thiếu"),
        (
            {"rules__classes": [{"label": "Tốt", "from": "100.1"}]},
            "[rules], classes số 1 (Tốt), from",
            "từ 0 đến 100",
        ),
        (
            {"rules__classes": [{"label": "Tốt", "from": 80}, {"label": "Khá", "from": "160/2"}]},
            "[rules], classes số 2 (Khá), from",
            "trùng với [rules], classes số 1 (Tốt)",
        ),
    ],
)  # fmt: skip
def test_one_mistake_is_told_once_with_its_place_and_a_remedy(
    changes: dict[str, object], place: str, told: str
) -> None:
    told_once(changes, place, told)


@pytest.mark.parametrize(
    "text",
    ["", " ", "1e5", "1_0", " 10", "10 ", "+1", ".5", "5.", "1/2/3", "1.5/2", "2/", "/2", "٣", "１",
     "½", "0x10", "NaN", "inf", "một", "1\n", "1 000", "1/-2", "--1"],
)  # fmt: skip
def test_a_text_is_a_number_only_as_decimal_or_fraction(text: str) -> None:
    fault = only_fault(groups__0__weight=text)
    assert fault.place == "[[groups]] số 1 (hdnd), weight"


@pytest.mark.parametrize(
    "value",
    [10**30, 10**5000, "1" * 31, "1" * 1_000_000, "1/" + "7" * 31, "0." + "1" * 31,
     Decimal("1e400"), Decimal("1e999999999"), Decimal("1e-999999999"), Decimal("1." + "7" * 999)],
    ids=lambda value: str(type(value).__name__),
)  # fmt: skip
def test_numbers_of_absurd_length_are_refused_unread(value: object) -> None:
    fault = only_fault(groups__0__weight=value)
    assert "số quá dài" in fault.message
    assert len(fault.message) < 200


def test_a_fault_reads_as_place_and_message_and_an_exception_as_all_of_them() -> None:
    fault = IndexFault([Fault("[index], year", "thiếu."), Fault("format", "sai.")])
    assert str(fault) == "[index], year: thiếu.\nformat: sai."
    assert indexfile.IndexFault is IndexFault


def test_the_longest_numbers_and_texts_that_are_allowed_are_read() -> None:
    best = [{"label": "Tốt", "from": 100}]
    assert indexfile.read(make_raw(rules__classes=best)).rules.classes[0].from_percent == 100
    number = f"{'9' * 29}8/{'9' * 30}"
    index = indexfile.read(make_raw(groups__0__weight=number, index__name="ộ" * 10_000))
    assert index.groups[0].weight == Fraction(number)
    assert indexfile.read(indexfile.canonical(index)) == index


def test_a_class_whose_start_is_unreadable_clashes_with_no_other() -> None:
    classes = [{"label": "Yếu", "from": "không"}, {"label": "Kém", "from": 0}]
    assert only_fault(rules__classes=classes).place == "[rules], classes số 1 (Yếu), from"


def test_a_file_full_of_faults_gets_a_hundred_suggestions() -> None:
    raw = make_raw(rules={f"paging{number}": 1 for number in range(150)})
    suggested = ["Có phải “paging”?" in fault.message for fault in faults_of(raw)]
    assert suggested == [True] * 100 + [False] * 50


def test_what_is_no_mapping_is_a_fault_too() -> None:
    raws: list[Any] = [None, [], "format = 1", 1]
    for raw in raws:
        assert [fault.place for fault in faults_of(raw)] == ["Tệp"]


def test_a_message_shows_no_invisible_signs_and_no_endless_words() -> None:
    assert echo("a\u202eb") == "a[U+202E]b"
    assert echo("x" * 1000) == "x" * 60 + "…"
    faults = faults_of(make_raw(**{"k" * 5000: 1, "units__0__code": "á" * 5000}))
    assert all(len(str(fault)) < 400 for fault in faults)


def test_every_message_is_a_sentence_with_a_place() -> None:
    for fault in faults_of(make_raw(index={}, rules={"paging": 1}, units=5, criteria=[1])):
        assert fault.message.endswith(".")
        assert fault.place
