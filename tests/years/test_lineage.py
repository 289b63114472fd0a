"""A lineage file is read whole: every fault at once, each with its place and what to do."""

import pytest

from app.index import file as indexfile
from app.index.faults import IndexFault
from app.years import lineage, origins
from tests.making.sheets import make_index
from tests.making.small_index import make_raw

LEAF = {"max_points": "1"}
THEN = make_index(
    units=({"code": "snv"}, {"code": "stttt"}, {"code": "skhcn"}, {"code": "snn"}),
    leaves=({"code": "1.1", **LEAF}, {"code": "1.2", **LEAF}, {"code": "1.3", **LEAF}),
)
NOW = make_index(
    units=({"code": "snv"}, {"code": "skhcn"}, {"code": "snn1"}, {"code": "snn2"}),
    leaves=({"code": "1.1", **LEAF}, {"code": "1.2", **LEAF}, {"code": "2.1", **LEAF}),
)

GOOD = """
format = 1
[[units]]
from = ["stttt", "skhcn"]
to = ["skhcn"]
[[units]]
from = ["snn"]
to = ["snn1", "snn2"]
[[criteria]]
from = ["1.3"]
to = ["2.1"]
[[criteria]]
from = []
to = ["1.2"]
"""


def faults(*entries: str, head: str = "format = 1") -> list[str]:
    with pytest.raises(IndexFault) as caught:
        lineage.parse("\n".join([head, *entries]), NOW, THEN)
    return [str(fault) for fault in caught.value.faults]


def unit(before: str, after: str, kind: str = "units") -> str:
    return f"[[{kind}]]\nfrom = {before}\nto = {after}"


def test_units_merge_split_and_criteria_move() -> None:
    found = lineage.parse(GOOD, NOW, THEN)
    units, leaves = origins.of_units(found, NOW, THEN), origins.of_leaves(found, NOW, THEN)
    assert units.of == {
        "snv": ("snv",),
        "skhcn": ("stttt", "skhcn"),
        "snn1": ("snn",),
        "snn2": ("snn",),
    }
    assert units.gone == ()
    assert leaves.of == {"1.1": ("1.1",), "1.2": (), "2.1": ("1.3",)}
    assert leaves.gone == ("1.2",)
    assert lineage.parse(lineage.written(found), NOW, THEN) == found


def test_a_code_that_went_elsewhere_is_not_itself() -> None:
    found = lineage.parse("format = 1\n" + unit('["skhcn"]', '["snn1"]'), NOW, THEN)
    units = origins.of_units(found, NOW, THEN)
    assert units.of["skhcn"] == ()
    assert units.gone == ("stttt", "snn")


def test_every_fault_is_told_at_once_with_its_place() -> None:
    told = faults(
        unit('["snvv"]', '["snv"]'),
        unit('["stttt", "snn"]', '["snn1", "snn2"]'),
        unit("[]", "[]"),
        '[[criteria]]\nfrom = ["1.3"]\nto = ["3.9"]\nname = "x"',
        head="format = 2",
    )
    assert told == [
        "format: hãy ghi format = 1, dạng duy nhất mà phiên bản này đọc được.",
        "[[units]] số 1, from: năm trước không có mã “snvv”. Có phải “snv”? Hãy sửa mã, hoặc bỏ mã"
        " này.",
        "[[units]] số 2: from và to đều có nhiều mã; mỗi mục chỉ gộp (nhiều thành một) hoặc tách"
        " (một thành nhiều). Hãy chia thành nhiều mục.",
        "[[units]] số 3: from và to đều rỗng; hãy ghi mã ở một bên, hoặc xóa mục này.",
        "[[criteria]] số 1, to: năm nay không có mã “3.9”. Hãy sửa mã, hoặc bỏ mã này.",
        "[[criteria]] số 1, name: không có khóa này. Các khóa dùng được: from, to.",
    ]


@pytest.mark.parametrize(
    ("entries", "place", "words"),
    [
        (
            [('["snv"]', '["snn1"]'), ('["snv"]', '["snn2"]')],
            "[[units]] số 2, from",
            "số 1; một mã năm trước",
        ),
        (
            [('["snn"]', '["snn1"]'), ('["snv"]', '["snn1"]')],
            "[[units]] số 2, to",
            "số 1; một mã năm nay",
        ),
        ([('["snv", "snv"]', '["snn1"]')], "[[units]] số 1, from", "ghi nhiều lần"),
        (
            [('["snv"]', '["skhcn"]'), ('["skhcn"]', '["snv"]')],
            "[[units]] số 1",
            "snv → skhcn → snv",
        ),
        ([('"snv"', '["skhcn"]')], "[[units]] số 1 (snv), from", "danh sách mã trong ngoặc vuông"),
    ],
)
def test_what_cannot_be_is_refused(entries: list[tuple[str, str]], place: str, words: str) -> None:
    (told,) = faults(*(unit(*each) for each in entries))
    assert told.startswith(f"{place}: ")
    assert words in told


def test_what_only_gathers_others_is_refused() -> None:
    small = indexfile.read(make_raw())
    with pytest.raises(IndexFault, match=r"tiêu chí “1\.1” có tiêu chí con; hãy ghi mã"):
        lineage.parse("format = 1\n" + unit('["1.1"]', "[]", "criteria"), small, small)


def test_what_is_left_out_and_what_is_no_such_file_is_told_with_its_line() -> None:
    (told,) = faults('[[units]]\nfrom = ["snn"]')
    assert told == "[[units]] số 1, to: thiếu khóa này; hãy ghi to = […]."
    (told,) = faults("[[units]", head="")
    assert told.startswith("Dòng 2: không đúng cú pháp")
