"""What an officer is told to look at again although the index is valid."""

import pytest

from app.index import file as indexfile
from tests.making.small_index import Q1, Q2, make_raw

ORGANISER = {
    "name": "Sở Nội vụ",
    "basis": "Kế hoạch",
    "contact": "Phòng CCHC",
    "phone": "0213",
    "email": "cchc@vi-du.vn",
    "notice": "Mục đích.",
}

SCALE = "[[scales]] số 1 (tot), levels"
MIDDLE = {"code": "C", "label": "Khá", "weight": "0.5"}
Q1_TEXT = make_raw()["questions"][0]["text"]
SAME_NAME = {"code": "x", "name": "SỞ NỘI VỤ", "block": "so"}


def warnings_of(**changes: object) -> list[tuple[str, str]]:
    index = indexfile.read(make_raw(**({"organiser": ORGANISER} | changes)))
    return [(warning.place, warning.message) for warning in indexfile.warnings(index)]


def test_a_sound_index_has_nothing_to_look_at() -> None:
    assert warnings_of() == []


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        ({"rules__min_ballots": 4}, "[rules], min_ballots", "nên ghi từ 5"),
        ({"organiser": {}}, "[organiser]", "thiếu name, basis, contact, phone, email, notice"),
        ({"units__1": SAME_NAME}, "[[units]] số 2 (x), name", "trùng tên"),
        ({"scales__0__levels__0__weight": 60}, SCALE, "(Tốt: 6.000 % số điểm; Kém: 20 %"),
        ({"scales__0__levels__0__weight": "1.01"}, SCALE, "Tốt: 101 % số điểm"),
        ({"scales__0__levels__0__weight": "0.6"}, SCALE, "không ai đạt điểm tối đa (Tốt: 60 %"),
        ({"scales__0__levels__2": MIDDLE}, SCALE, "tăng dần"),
        ({"questions__1__text": Q1_TEXT}, f"{Q2}, text", "trùng lời"),
        ({"criteria__2__name": "KỊP THỜI"}, "[[criteria]] số 3 (1.1.2), name", "cùng cấp"),
        ({"scales__0__levels__0__label": "kém"}, SCALE, "cùng tên"),
        ({"scales__0__no_opinion": "Tốt"}, SCALE, "cùng tên"),
        ({"units__0__not_applicable": ["1.1.1"]}, Q1, "không hỏi về đơn vị nào"),
        ({"questions__0__weight": 0}, f"{Q1}, weight", "không có điểm"),
        ({"questions__0__text": "{unit}: {nói rõ}"}, f"{Q1}, text", "{nói rõ} không phải chỗ điền"),
        ({"questions__1__text": "{unit.__class__}{0}"}, f"{Q2}, text", "{0} không phải"),
    ],
)  # fmt: skip
def test_what_is_odd_but_allowed_is_a_warning(
    changes: dict[str, object], place: str, told: str
) -> None:
    found = warnings_of(**changes)
    assert found
    assert found[0][0].startswith(place)
    assert told in found[0][1]


def test_an_index_without_organiser_is_told_what_a_launch_needs() -> None:
    index = indexfile.read(make_raw())
    assert [warning.place for warning in indexfile.warnings(index)] == ["[organiser]"]


def test_a_group_that_is_asked_for_comments_alone_has_no_ballot() -> None:
    group = {"code": "xa", "name": "Xã"}
    places = [place for place, _told in warnings_of(groups__1=group, questions__1__groups=["xa"])]
    assert places == ["[[groups]] số 2 (xa)"]


def test_group_weights_that_pooling_ignores_are_pointed_out() -> None:
    group = {"code": "xa", "name": "Xã", "weight": "3/2"}
    changes = {"groups__1": group, "questions__0__groups": ["hdnd", "xa"]}
    assert [place for place, _told in warnings_of(**changes)] == ["[rules], weighting"]
    assert warnings_of(**changes, rules__weighting="groups") == []


def test_a_leaf_keeps_its_points_while_one_question_has_a_weight() -> None:
    other = {
        "code": "q3", "text": "Khác", "criterion": "1.1.1", "scale": "tot", "groups": ["hdnd"],
    }  # fmt: skip
    assert warnings_of(questions__0__weight=0, questions__2=other) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Së Néi vô", "TCVN3"),
        ("Sá»\x9f Ná»\x99i vá»¥".replace("\x9f", "Ÿ").replace("\x99", "™"), "UTF-8 bị đọc"),
        ("S? N?i v?", "“?”"),
        ("Tính k?p thời", "“?”"),
        ("Kịp thời không? Vì sao?", None),
    ],
)
def test_texts_in_a_broken_encoding_are_pointed_out(text: str, told: str | None) -> None:
    questions = make_raw()["questions"]
    questions[0]["text"] = f"{text} {{unit}}"
    found = warnings_of(questions=questions)
    assert len(found) == (told is not None)
    for place, message in found:
        assert place == f"{Q1}, text"
        assert str(told) in message
