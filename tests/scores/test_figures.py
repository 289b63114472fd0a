"""What two waves are compared by: which criteria and rules are not those of then."""

from typing import Any

import pytest

from app.index import file as indexfile
from app.index.definition import Index
from tests.making.sheets import changed, make_index

LEAF = {"code": "1.1", "max_points": "1"}
UNITS = ({"code": "a"}, {"code": "b"})


def small(**features: Any) -> Index:
    """An index of one leaf, of another shape where a test wants it."""
    return make_index(**{"units": ({"code": "a"},), **features})


@pytest.mark.parametrize(
    ("features", "what"),
    [
        ({"leaves": ({**LEAF, "max_points": "2"},)}, "điểm tối đa"),
        ({"leaves": ({**LEAF, "name": "Đúng hạn"},)}, "tên"),
        ({"levels": ("1", "4/5", "1/5", "0")}, "thang đo"),
        ({"questions": ({"criterion": "1.1", "text": "Thế nào?"},)}, "câu hỏi"),
        ({"questions": ({"criterion": "1.1", "groups": ["xa"]},)}, "câu hỏi"),
        ({"questions": ({"criterion": "1.1", "weight": "2"},)}, "câu hỏi"),
        ({"units": (UNITS[0], {"code": "b", "not_applicable": ["1.1"]})}, "cơ quan được tính"),
    ],
)
def test_another_criterion_is_flagged_with_what_of_it_is_another(
    features: dict[str, Any], what: str
) -> None:
    both = {"units": UNITS}
    found = changed(small(**both), small(**{**both, **features}))
    assert found
    assert not found.ruled
    assert found.named == (("Tiêu chí đã đổi", (f"1.1 Tiêu chí 1.1 ({what})",)),)


def test_a_criterion_under_another_component_is_flagged() -> None:
    raw = indexfile.canonical(small())
    raw["components"] = [{"code": "2", "name": raw["components"][0]["name"]}]
    raw["criteria"][0]["parent"] = "2"
    ((leaf, what),) = changed(small(), indexfile.read(raw)).other
    assert (leaf.code, what) == ("1.1", ("chỉ số thành phần",))


def test_a_criterion_that_is_no_longer_asked_about_but_taken_from_elsewhere_is_flagged() -> None:
    other = {"code": "1.2", "max_points": "1"}
    then, now = small(leaves=(LEAF, other)), small(leaves=(LEAF, {**other, "method": "external"}))
    ((leaf, what),) = changed(now, then).other
    assert (leaf.code, what[0]) == ("1.2", "phương pháp")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"no_opinion": "zero"}, "“Không có ý kiến” tính là 0 điểm."),
        ({"own_unit": "allow"}, "Được đánh giá cả cơ quan của mình."),
        ({"min_ballots": 7}, "Nhóm có dưới 7 phiếu"),
        ({"weighting": "groups"}, "trung bình theo trọng số: Nhóm hdnd 1; Nhóm xa 1"),
        ({"choose_units": True}, "Người trả lời chọn những cơ quan"),
    ],
)
def test_another_rule_is_flagged_as_it_was_then(rules: dict[str, Any], said: str) -> None:
    found = changed(small(), small(rules=rules))
    assert found
    assert not found.named
    (then,) = (rules for title, rules in found.ruled if title == "Quy tắc đợt ấy")
    assert said in " ".join(then)


def test_weights_of_groups_are_a_rule_where_groups_are_weighed() -> None:
    heavy = ({"code": "hdnd", "weight": "3"}, {"code": "xa"}, {"code": "so"})
    assert not changed(small(), small(groups=heavy))
    weighed = {"rules": {"weighting": "groups"}}
    assert changed(small(**weighed), small(**weighed, groups=heavy)).ruled


def test_codes_order_and_units_that_come_or_go_are_no_change() -> None:
    asked = [{"criterion": "1.1", "text": text} for text in ("Nhanh?", "Đúng?")]
    then = small(questions=tuple(asked), groups=({"code": "hdnd"}, {"code": "xa"}))
    now = small(
        questions=({**asked[1], "code": "q7"}, {**asked[0], "groups": ["xa", "hdnd"]}),
        groups=({"code": "hdnd"}, {"code": "xa"}),
        units=UNITS,
        rules={"decimals": 1, "ranking": "one-list"},
    )
    assert not changed(now, then)
