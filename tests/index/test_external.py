"""Files of external leaves: exact percents, or every bad row."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.index.definition import Index
from app.index.external import read_external
from app.index.parts import Block, Component, Criterion, Group, Rules, Unit
from app.text.table import TableFault
from tests.making.garbling import OLD

HEADING = ["Đơn vị", "Tiêu chí", "Tỷ lệ"]


def leaf(code: str, name: str, method: str | None, parent: str = "8") -> Criterion:
    return Criterion(code, parent, name, Fraction(1), method)


INDEX = Index(
    code="thu",
    name="Bộ chỉ số thử",
    year=2022,
    max_points=Fraction(4),
    survey_points=Fraction(3),
    organiser=None,
    rules=Rules(),
    blocks=(Block("so", "Sở"), Block("dac-thu", "Đặc thù", ("8.2",))),
    units=(
        Unit("snv", "Sở Nội vụ", "so"),
        Unit("sct", "Sở Công Thương", "so", ("8.10",)),
        Unit("vpubnd", "Văn phòng UBND tỉnh", "dac-thu"),
    ),
    components=(Component("8", "Tác động"),),
    criteria=(
        leaf("8.1", "Chất lượng", "survey"),
        leaf("8.2", "SIPAS", "external"),
        leaf("8.10", "PCI", "external"),
        leaf("8.4", "Nhóm tiêu chí", None),
        leaf("8.4.1", "Thẩm định", "appraisal", "8.4"),
    ),
    scales=(),
    groups=(Group("hdnd", "HĐND"),),
    questions=(),
)


def read(*rows: list[str], index: Index = INDEX) -> dict[tuple[str, str], Fraction]:
    return read_external(index, [HEADING, *rows]).percents


def faults(*rows: list[str], index: Index = INDEX) -> list[str]:
    with pytest.raises(TableFault) as refused:
        read(*rows, index=index)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("cell", "percent"),
    [
        ("83.64", Fraction(8364, 100)),
        ("83,64", Fraction(8364, 100)),
        ("83,64%", Fraction(8364, 100)),
        (" 83.64 % ", Fraction(8364, 100)),
        ("83.640", Fraction(8364, 100)),
        ("0", Fraction(0)),
        ("100", Fraction(100)),
        ("100,00", Fraction(100)),
        ("0,5 %", Fraction(1, 2)),
        ("0.79%", Fraction(79, 100)),
        ("1 %", Fraction(1)),
        ("1,01", Fraction(101, 100)),
        ("66.66666666666667", Fraction("66.66666666666667")),
        ("+5", Fraction(5)),
        ("-0", Fraction(0)),
    ],
)
def test_a_percent_is_taken_exactly_as_written(cell: str, percent: Fraction) -> None:
    assert read(["snv", "8.2", cell]) == {("snv", "8.2"): percent}


@given(st.decimals(0, 100, allow_nan=False, places=6), st.sampled_from([".", ","]))
def test_comma_and_point_mean_the_same(value: object, point: str) -> None:
    assert read(["snv", "8.2", f"{value:f} %".replace(".", point)]) == {
        ("snv", "8.2"): Fraction(str(value))
    }


def test_units_and_criteria_are_found_by_code_or_name_in_columns_of_any_order() -> None:
    rows = [["TY LE", "don vi", "Ghi chú", "Tiêu Chí"], ["50", "sở nội vụ", "", "sipas"]]
    assert read_external(INDEX, rows).percents == {("snv", "8.2"): Fraction(50)}


def test_a_code_with_a_nought_at_its_end_is_another_code() -> None:
    assert read(["vpubnd", "8.10", "5"]) == {("vpubnd", "8.10"): Fraction(5)}
    assert "Không có tiêu chí này" in faults(["snv", "8.20", "5"])[0]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (["", "8.2", "50"], "Đơn vị: Để trống. Điền mã đơn vị."),
        (
            ["snvv", "8.2", "50"],
            "Đơn vị “snvv”: Không có đơn vị này. Điền mã đơn vị. Có phải “snv” (Sở Nội vụ)?",
        ),
        (
            ["snv", "", "50"],
            "Tiêu chí: Để trống. Điền một trong các mã: 8.2, 8.10.",
        ),
        (
            ["snv", "8.3", "50"],
            "Tiêu chí “8.3”: Không có tiêu chí này. Dùng một trong các mã: 8.2, 8.10. Nếu Excel "
            "tự đổi mã thành số hay ngày, định dạng cột là Văn bản (Text) rồi gõ lại.",
        ),
        *(
            (
                ["snv", code, "50"],
                f"Tiêu chí “{code}”: Tiêu chí này không lấy điểm từ kết quả khác (external). "
                "Dùng một trong các mã: 8.2, 8.10.",
            )
            for code in ("8.1", "8.4", "8.4.1", "8")
        ),
        (
            ["vpubnd", "8.2", "50"],
            "Tiêu chí “8.2”: Tiêu chí này không áp dụng cho đơn vị “vpubnd”. Xóa dòng này.",
        ),
        (
            ["sct", "8.10", "50"],
            "Tiêu chí “8.10”: Tiêu chí này không áp dụng cho đơn vị “sct”. Xóa dòng này.",
        ),
        (
            ["snv", "8.2", ""],
            "Tỷ lệ: Để trống. Điền tỷ lệ từ 0 đến 100, hoặc xóa dòng nếu chưa có kết quả.",
        ),
        *(
            (
                ["snv", "8.2", cell],
                f"Tỷ lệ “{cell}”: Không phải số. Viết tỷ lệ từ 0 đến 100, ví dụ 83,64.",
            )
            for cell in (
                "x",
                "1e2",
                "1.000,5",
                "NaN",
                "Infinity",
                "5/6",
                "8 3",
                "²",
                "٣",
                ",5",
                "5.",
            )
        ),
        *(
            (
                ["snv", "8.2", cell],
                f"Tỷ lệ “{cell}”: Ngoài khoảng 0 đến 100. Viết tỷ lệ phần trăm, ví dụ 83,64.",
            )
            for cell in ("-1", "100.0000001", "8364", "101%", "-0,1")
        ),
        *(
            (
                ["snv", "8.2", cell],
                f"Tỷ lệ “{cell}”: Không rõ là phần trăm hay phần của 1. Viết kèm dấu %: 79 % là "
                "bảy mươi chín phần trăm, 0,79 % là chưa đến một.",
            )
            for cell in ("0,79", "0.7912", "1", "1,00", "+0,5", "0.000001")
        ),
    ],
)
def test_a_bad_cell_is_told_with_its_row_its_column_and_the_remedy(
    cells: list[str], fault: str
) -> None:
    assert faults(cells) == [f"Dòng 2: {fault}"]


def test_a_leaf_of_a_unit_that_stands_twice_names_both_rows() -> None:
    found = faults(["snv", "8.2", "50"], ["sct", "8.2", "50"], ["Sở Nội vụ", "SIPAS", "50"])
    assert found == [
        "Dòng 4: Tiêu chí “SIPAS”: Đơn vị và tiêu chí trùng với dòng 2. Xóa một trong hai dòng."
    ]


def test_every_bad_row_and_every_reason_in_it_is_told_at_once() -> None:
    found = faults(["x", "y", "z"], ["snv", "8.2", "5"], ["vpubnd", "8.2", "101"])
    assert [fault.split(":")[0] for fault in found] == ["Dòng 2"] * 3 + ["Dòng 4"] * 2


def test_names_that_several_share_need_the_code() -> None:
    index = replace(
        INDEX,
        units=(*INDEX.units, Unit("snv2", "Sở Nội vụ", "so")),
        criteria=(*INDEX.criteria, leaf("8.5", "SIPAS", "external")),
    )
    assert faults(["Sở Nội vụ", "SIPAS", "50"], index=index) == [
        "Dòng 2: Đơn vị “Sở Nội vụ”: Có nhiều đơn vị như vậy. Điền đúng mã: snv, snv2.",
        "Dòng 2: Tiêu chí “SIPAS”: Có nhiều tiêu chí như vậy. Điền đúng mã: 8.2, 8.5.",
    ]


def test_an_index_without_external_leaves_needs_no_file() -> None:
    index = replace(INDEX, criteria=INDEX.criteria[:1])
    assert faults(["snv", "8.2", "50"], index=index) == [
        "Dòng 2: Tiêu chí “8.2”: Bộ chỉ số không có tiêu chí nào lấy từ kết quả khác. Không cần "
        "nhập tệp này."
    ]


def test_a_missing_column_and_an_empty_file_are_faults() -> None:
    with pytest.raises(TableFault, match="Thiếu cột “Tỷ lệ”"):
        read_external(INDEX, [["Đơn vị", "Tiêu chí"], ["snv", "8.2"]])
    with pytest.raises(TableFault, match="Tệp trống"):
        read_external(INDEX, [])


@given(st.lists(st.lists(st.text(max_size=8), max_size=4), max_size=4))
def test_no_row_makes_the_reading_fall_over(rows: list[list[str]]) -> None:
    try:
        outcome: object = read(*rows)
    except TableFault as refused:
        outcome = refused.faults
    assert outcome


@pytest.mark.parametrize("encoding", OLD)
def test_a_unit_in_an_old_encoding_is_told_so(encoding: str) -> None:
    found = faults([OLD[encoding]("Sở Nội vụ"), "8.2", "50"])
    assert len(found) == 1
    assert "bảng mã" in found[0]


def test_a_unit_whose_letters_are_lost_is_told_so() -> None:
    assert "Có chữ bị mất" in faults(["S? N?i v?", "8.2", "1"])[0]


def test_the_short_name_of_a_unit_is_guessed() -> None:
    assert "Có phải “vpubnd”" in faults(["VP UB tỉnh", "8.2", "1"])[0]
