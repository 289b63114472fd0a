"""Finding units and groups by what a file says."""

import pytest

from app import roster
from app.names import MOST_GUESSES, Names, expanded
from app.table import TableFault
from tests.making import make_index

UNITS = Names(
    {
        "snv": "Sở Nội vụ",
        "sngv": "Sở Ngoại vụ",
        "sct": "Sở Công Thương",
        "sgtvt": "Sở Giao thông vận tải",
        "snnptnt": "Sở Nông nghiệp và Phát triển nông thôn",
        "sldtbxh": "Sở Lao động - Thương binh và Xã hội",
        "syt": "Sở Y tế",
        "vpubnd": "Văn phòng UBND tỉnh",
        "ttt": "Thanh tra tỉnh",
        "bdt": "Ban Dân tộc",
        "bqlkkt": "Ban Quản lý Khu kinh tế tỉnh",
    }
)


@pytest.mark.parametrize(
    "text", ["snv", "SNV", "Snv", "Sở Nội vụ", "SỞ NỘI VỤ", "  sở \n nội   vụ "]
)
def test_a_code_or_a_whole_name_in_any_case_is_the_unit(text: str) -> None:
    assert UNITS.find(text) == ("snv",)


@pytest.mark.parametrize("text", ["So Noi vu", "Sở Nội vụ tỉnh", "Sở Nội", "", "S.N.V", "Sở Nộivụ"])
def test_anything_else_is_not_the_unit(text: str) -> None:
    assert UNITS.find(text) == ()


def test_an_exact_code_wins_and_codes_that_differ_in_case_are_both_found() -> None:
    names = Names({"a": "Một", "A": "Hai", "b": "a"})
    assert names.find("A") == ("A",)
    assert names.find("a") == ("a",)
    assert names.find(" a") == ("a", "A", "b")
    assert names.find("hai") == ("A",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sở Nội Vụ tỉnh", "snv"),
        ("Sở Nội vụ tỉnh Lai Châu", "snv"),
        ("So Noi vu", "snv"),
        ("Sở Nộ vụ", "snv"),
        ("S.N.V", "snv"),
        ("Phòng CCHC, Sở Nội vụ", "snv"),
        ("Phòng Cải cách hành chính - Sở Nội vụ tỉnh", "snv"),
        ("Sở Ngoai vu", "sngv"),
        ("Văn phòng Uỷ ban nhân dân tỉnh", "vpubnd"),
        ("Văn phòng Ủy ban nhân dân tỉnh Lai Châu", "vpubnd"),
        ("VP. UBND tỉnh", "vpubnd"),
        ("Sở NN&PTNT", "snnptnt"),
        ("Sở Nông nghiệp & PTNT", "snnptnt"),
        ("Sở LĐ-TB&XH", "sldtbxh"),
        ("Sở Lao động TBXH", "sldtbxh"),
        ("Sở GTVT", "sgtvt"),
        ("Sở Giao thông", "sgtvt"),
        ("Sở Giao thông Vận tãi", "sgtvt"),
        ("Thanh tra tỉnh Lai Châu", "ttt"),
        ("BQL Khu kinh tế", "bqlkkt"),
        ("Thanh tra Sở Y tế", "syt"),
    ],
)
def test_a_free_text_that_almost_names_a_unit_resembles_it(text: str, code: str) -> None:
    assert UNITS.find(text) == ()
    assert UNITS.resembling(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tỉnh",
        "HĐND tỉnh",
        "UBND huyện Tam Đường",
        "Văn phòng UBND huyện Tam Đường",
        "Thanh tra huyện Mường Tè",
        "Phòng Nội vụ huyện Sìn Hồ",
        "Phòng Y tế",
        "Công an tỉnh",
        "Ban Dân vận Tỉnh ủy",
        "Ủy ban MTTQ Việt Nam tỉnh",
        "Trường Cao đẳng cộng đồng",
    ],
)
def test_another_agency_resembles_no_unit(text: str) -> None:
    assert UNITS.resembling(text) is None


@pytest.mark.parametrize(
    ("text", "code"), [("sgtv", "sgtvt"), ("snvv", "snv"), ("Sở Côngthương", "sct"), ("xyz", None)]
)
def test_the_nearest_is_named_for_a_mistyped_code_or_name(text: str, code: str | None) -> None:
    assert UNITS.nearest(text) == code
    assert (f"“{code}”" in UNITS.guess(text)) == (code is not None)


def test_a_province_and_an_abbreviation_make_no_difference() -> None:
    assert expanded("VP UBND tỉnh") == expanded("Văn phòng Uỷ ban nhân dân tỉnh Lai Châu")
    assert expanded("Tỉnh đoàn") == "tinh doan"


def test_a_cell_of_ten_thousand_strange_units_is_told_ten_times() -> None:
    index = make_index("assigned")
    group = next(group.code for group in index.groups if group.rates == "assigned")
    heading = [roster.NAME, roster.EMAIL, roster.GROUP, roster.AGENCY, roster.ASSIGNED]
    cell = ";".join(f"lạ {number}" for number in range(10_000))
    with pytest.raises(TableFault) as refused:
        roster.read(index, [heading, ["An", "an@vi-du.vn", group, "", cell]])
    told = [each for each in refused.value.faults if "Không có đơn vị" in str(each)]
    assert len(told) == roster.MOST_STRANGE


def test_a_long_text_resembles_nothing_and_strange_ones_are_not_compared_for_ever() -> None:
    names = Names({"snv": "Sở Nội vụ", "stc": "Sở Tài chính"})
    assert names.nearest("Sở Nội vu") == "snv"
    assert names.nearest("a" * 100_000) is None
    for number in range(MOST_GUESSES):
        names.nearest(f"lạ {number}")
    assert names.nearest("Sở Nội vu") == "snv", "it was asked before"
    assert names.nearest("Sở Tài chin") is None
    assert names.resembling("Sở Tài chin") == "stc", "nobody may rate the own agency for that"
