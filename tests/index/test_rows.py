"""An index as rows of texts: to a page and back, what was changed in words, two people at once."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.index import file as indexfile
from app.index.rows.changes import changes
from app.index.rows.edits import doubtful, followed, merged, tidy
from app.index.rows.texts import Sheets, pages_of, sheets_of
from app.papers import indexbook
from tests.index.test_choices import with_choices
from tests.index.test_properties import raw_indexes


def sheets() -> Sheets:
    return sheets_of(indexfile.read(with_choices()))


@settings(max_examples=12)
@given(raw_indexes())
def test_any_index_comes_back_from_its_rows_with_the_same_digest(raw: dict[str, Any]) -> None:
    index = indexfile.read(raw)
    rows = sheets_of(index)
    back, found = indexbook.look_through(pages_of(tidy(copy.deepcopy(rows))))
    assert not found
    assert back is not None
    assert indexfile.digest(back) == indexfile.digest(index)
    assert not changes(rows, sheets_of(back))


def test_choice_questions_come_back_and_numbers_have_a_comma() -> None:
    index = indexfile.read(with_choices())
    assert indexbook.look_through(pages_of(sheets_of(index)))[0] == index
    assert sheets()["scales"][1]["levels.weight"] == "0,2"


def test_what_was_changed_is_told_in_words() -> None:
    before, after = sheets(), sheets()
    group = after["groups"][0]
    group["weight"] = "0,4"
    after["units"].append({"code": "stc", "name": "Sở Tài chính", "block": "so"})
    del after["questions"][-1]
    after["index"][0]["year"] = "2030"
    after["criteria"][0]["parent"] = "9"
    after["blocks"][0]["code"] = "khoi"
    assert changes(before, after) == [
        "Sửa năm: 2024 → 2030",
        "Đổi mã khối so thành khoi",
        "Thêm 1 đơn vị: stc",
        "Sửa cấp trên của tiêu chí Chất lượng: 1 → 9",
        f"Sửa trọng số của nhóm {group['name']}: 1 → 0,4",
        "Bỏ 1 câu hỏi: m2",
    ]
    after = sheets()
    after["questions"].reverse()
    for row in after["questions"]:
        row["text"] += " x"
    count = len(after["questions"])
    assert changes(before, after) == [
        f"Sửa nội dung câu hỏi của {count} câu hỏi",
        "Đổi thứ tự câu hỏi",
    ]


def test_what_names_a_code_follows_it() -> None:
    before, after = sheets(), sheets()
    was = before["groups"][0]["code"]
    after["groups"][0]["code"] = "moi"
    rows = followed(before, after, "groups", list(range(len(before["groups"]))))
    assert all(was not in row["groups"].split("; ") for row in rows["questions"])
    assert any("moi" in row["groups"] for row in rows["questions"])
    # A code that another row took over is that row's now.
    after = sheets()
    after["groups"].insert(0, {"code": was, "name": "Khác"})
    after["groups"][1]["code"] = "moi"
    rows = followed(before, after, "groups", [None, *range(len(before["groups"]))])
    assert rows["questions"] == before["questions"]


def test_two_changes_are_put_together_field_by_field_or_said_to_clash() -> None:
    base, mine, theirs = sheets(), sheets(), sheets()
    mine["groups"][0]["name"], theirs["groups"][0]["weight"] = "Tôi", "0,7"
    theirs["units"].append({"code": "stc", "name": "Sở Tài chính", "block": "so"})
    made, clashes = merged(base, mine, theirs)
    assert not clashes
    assert (made["groups"][0]["name"], made["groups"][0]["weight"]) == ("Tôi", "0,7")
    assert made["units"] == theirs["units"]
    theirs["groups"][0]["name"] = "Họ"
    assert merged(base, mine, theirs)[1] == ["Nhóm đối tượng"]
    theirs["groups"][0]["name"] = mine["groups"][0]["name"]
    assert not merged(base, mine, theirs)[1]
    mine["units"] = []
    assert merged(base, mine, theirs)[1] == ["Đơn vị"]


@given(st.integers(1, 999), st.lists(st.integers(0, 999), min_size=1, max_size=3))
def test_a_number_with_points_between_thousands_is_asked_about(first: int, rest: list[int]) -> None:
    rows = sheets()
    rows["groups"][0]["weight"] = ".".join([str(first), *(f"{each:03}" for each in rest)])
    assert [each[:3] for each in doubtful(rows)] == [("groups", 0, "weight")]
    rows["groups"][0]["weight"] = "0.125"
    assert not doubtful(rows)
