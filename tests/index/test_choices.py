"""Choice questions and the classes of a block in an index file: form, checks, canonical content."""

from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest

from app.index import file, rulewords
from app.index.file import IndexFault
from tests.making.small_index import make_raw


def with_choices() -> dict[str, Any]:
    raw = make_raw()
    raw["scales"].append(
        {"code": "mong", "levels": [{"code": code, "label": f"Mức {code}"} for code in "123"]}
    )
    group = raw["groups"][0]["code"]
    asked = {"kind": "choice", "scale": "mong", "groups": [group]}
    raw["questions"] += [
        asked | {"code": "m1", "text": "Mong gì nhất?", "most": 2},
        asked | {"code": "m2", "text": "Ở {unit} thì sao?", "about": "unit"},
    ]
    return raw


def test_a_choice_question_is_asked_once_or_about_each_unit() -> None:
    index = file.read(with_choices())
    once, each = index.choices
    assert (once.about, once.most, each.about, each.most) == ("none", 2, "unit", 1)
    assert not once.is_scored
    assert not once.is_comment
    assert "m1" not in {question.code for question in index.scored_questions}
    units = [unit.code for unit in index.units]
    assert index.choice_items == (("m1", ""), *(("m2", unit) for unit in units))
    group = once.groups[0]
    assert index.asked_choices(group, units[:1]) == (("m1", ""), ("m2", units[0]))
    assert index.asked_choices("none-such", units) == ()


def test_the_canonical_content_keeps_what_no_earlier_format_had() -> None:
    index = file.read(with_choices())
    plain = file.canonical(index)
    kept = {question["code"]: question for question in plain["questions"]}
    assert kept["m1"].items() >= {"kind": "choice", "about": "none", "most": "2"}.items()
    assert kept["m2"].items() >= {"kind": "choice", "about": "unit", "most": "1"}.items()
    assert all("weight" not in level for level in plain["scales"][-1]["levels"])
    assert file.read(plain) == index


def test_classes_of_a_block_stand_instead_of_those_of_the_rules() -> None:
    raw = make_raw()
    raw["rules"] = {"classes": [{"label": "Tốt", "from": 80}]}
    before = file.read(raw)
    assert all("classes" not in block for block in file.canonical(before)["blocks"])
    raw["blocks"][0]["classes"] = [{"label": "Xuất sắc", "from": 93}]
    index = file.read(raw)
    first = raw["blocks"][0]["code"]
    labels = {unit.block: index.classes_of(unit.code)[0].label for unit in index.units}
    assert labels[first] == "Xuất sắc"
    assert {label for block, label in labels.items() if block != first} <= {"Tốt"}
    assert index.block_of[first].classes[0].from_percent == Fraction(93)
    assert file.read(file.canonical(index)) == index
    assert file.digest(index) != file.digest(before)


def test_rules_in_words_name_the_classes_of_a_block_and_warnings_what_is_odd_about_them() -> None:
    raw = make_raw()
    raw["rules"] = {"classes": [{"label": "Tốt", "from": 80}], "ranking": "one-list"}
    raw["blocks"][0]["classes"] = [{"label": "Xuất sắc", "from": 93}]
    raw["blocks"].append({"code": "kb", "name": "Khối khác"})
    raw["units"].append({"code": "dv", "name": "Đơn vị khác", "block": "kb"})
    index = file.read(raw)
    words = rulewords.in_words(index)[-2:]
    assert words[0] == "Xếp loại các khối không có mức riêng: Tốt từ 80%."
    assert words[1] == f"Xếp loại khối {raw['blocks'][0]['name']}: Xuất sắc từ 93%."
    assert index.class_labels == ("Xuất sắc", "Tốt")
    places = {warning.place for warning in file.warnings(index)}
    assert "[rules], ranking" in places
    raw["rules"] |= {"classes": [], "ranking": "blocks"}
    told = [w for w in file.warnings(file.read(raw)) if w.place.startswith("[[blocks]]")]
    assert [warning.place for warning in told] == ["[[blocks]] số 2 (kb)"]
    raw["rules"]["classes"] = raw["blocks"][1]["classes"] = [{"label": "Tốt", "from": 80}]
    assert "[rules], classes" in {warning.place for warning in file.warnings(file.read(raw))}


@pytest.mark.parametrize(
    ("change", "place", "told"),
    [
        ({"most": 4}, "[[questions]]", "nhiều hơn 3 mức"),
        ({"most": 0}, "[[questions]]", "số nguyên từ 1"),
        ({"about": "all"}, "[[questions]]", "none"),
        ({"weight": 1}, "[[questions]]", "không chấm điểm"),
        ({"criterion": "1.1"}, "[[questions]]", "không chấm điểm"),
        ({"kind": "choices"}, "[[questions]]", "choice"),
        ({"kind": "comment"}, "[[questions]]", "góp ý"),
    ],
)
def test_what_a_choice_question_may_not_say(change: dict[str, Any], place: str, told: str) -> None:
    raw = with_choices()
    raw["questions"][-2] |= change
    with pytest.raises(IndexFault) as refused:
        file.read(raw)
    assert any(place in fault.place and told in fault.message for fault in refused.value.faults)


def test_only_what_is_never_scored_does_without_weights() -> None:
    raw = with_choices()
    scored = next(question for question in raw["questions"] if "criterion" in question)
    scored["scale"] = "mong"
    with pytest.raises(IndexFault) as refused:
        file.read(raw)
    assert [fault.place.rpartition(", ")[2] for fault in refused.value.faults] == ["weight"] * 3
    unused = make_raw()
    unused["scales"].append(deepcopy(raw["scales"][-1]))
    with pytest.raises(IndexFault):
        file.read(unused)
    for key, value in (("about", "unit"), ("most", 2)):
        strange = make_raw()
        strange["questions"][0][key] = value
        with pytest.raises(IndexFault, match="câu hỏi thêm"):
            file.read(strange)
