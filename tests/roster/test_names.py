"""Finding units and groups by what a file says."""

import csv
import time
from pathlib import Path

import pytest

from app.index.file import parse
from app.index.names import GUESSES, Names, expanded, units
from app.roster import columns
from app.roster import file as rosterfile
from app.text.table import TableFault
from tests.making.blocks import make_index
from tests.making.spellings import of_none, of_units

QUESTIONNAIRES = Path(__file__).parents[2] / "questionnaires"
CASES = Path(__file__).parent.parent / "cases"

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


# Spellings by hand


def of_lai_chau() -> Names:
    return units(parse((QUESTIONNAIRES / "lai-chau-2022.toml").read_text("utf-8")))


@pytest.mark.parametrize("unit", dict.fromkeys(unit for _text, unit in of_units()))
def test_every_usual_spelling_of_a_unit_is_taken_for_it_and_for_no_other(unit: str) -> None:
    names = of_lai_chau()
    for text, meant in of_units():
        if meant == unit:
            assert (*names.find(text), names.resembling(text))[0] == unit, text


def test_no_other_agency_is_taken_for_a_unit() -> None:
    names = of_lai_chau()
    assert [(text, names.resembling(text)) for text in of_none() if names.resembling(text)] == []


def test_the_spellings_are_many_enough_to_tell_something() -> None:
    assert len(of_units()) >= 150
    assert len(of_none()) >= 80


def test_the_agencies_of_the_case_are_noticed() -> None:
    """The last is a body of a district, like "Phòng Y tế huyện": none of the province's own."""
    names = units(parse((CASES / "index.toml").read_text("utf-8")))
    with (CASES / "39-agency-unnoticed.csv").open(encoding="utf-8", newline="") as file:
        agencies = [row["Cơ quan"] for row in csv.DictReader(file)]
    assert [names.resembling(agency) for agency in agencies] == [
        "sldtbxh",
        "sldtbxh",
        "svhttdl",
        "skhdt",
        "skhcn",
        "stnmt",
        "sgddt",
        "stttt",
        "vpubnd",
        "bqlkkt",
        "syt",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sở NV", "snv"),  # both are so by their initials; the code tells which is called so
        ("Sở Ng V", "sngv"),
        ("Sở Noi vu", "snv"),
        ("Sở Ngoại vu", "sngv"),
        ("Sở Ngọai vụ tỉnh", "sngv"),
        ("Sở Tài", "stc"),
        ("Sở Tài ng", "stnmt"),
        ("Sở Thông tin", "stttt"),
    ],
)
def test_of_two_units_with_like_names_the_nearer_is_told(text: str, code: str) -> None:
    assert of_lai_chau().resembling(text) == code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("SNN&PTNT", "Sở Nông nghiệp và Phát triển nông thôn"), ("STC", "Sở Tài chính")),
        *(("Sở LĐTBXH", "Sở Lao động - Thương binh và Xã hội"), ("BDT", "Ban Dân tộc")),
        *(("VPUBND", "Văn phòng UBND tỉnh"), ("TTT", "Thanh tra tỉnh"), ("SYT", "Sở Y tế")),
        *(("BQLKKT", "Ban Quản lý Khu kinh tế tỉnh"), ("SKHĐT", "Sở Kế hoạch và Đầu tư")),
    ],
)
def test_initials_tell_a_unit_whatever_its_code_is(text: str, name: str) -> None:
    name_of = of_lai_chau().name_of
    numbered = Names({f"u{place}": name for place, name in enumerate(name_of.values())})
    assert numbered.name_of[numbered.resembling(text) or ""] == name


COMMUNES = Names(
    {
        "x1": "UBND xã Nậm Hàng",
        "x2": "UBND xã Nậm Hăn",
        "p1": "UBND phường Đoàn Kết",
        "h1": "UBND huyện Tam Đường",
        "h2": "UBND thành phố Lai Châu",
        "b1": "Xã Bản Bo",
        "c1": "Cục Thuế tỉnh",
        "c2": "Sở TN&MT",
    },
    "Lai Châu",
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ủy ban nhân dân xã Nậm Hàng", "x1"),
        ("xã Nậm Hàng", "x1"),
        ("UBND xã Nậm Hàng, huyện Nậm Nhùn", "x1"),
        ("UBND xã Nậm Hăn huyện Sìn Hồ", "x2"),
        ("UBND P. Đoàn Kết", "p1"),
        ("UBND H. Tam Đường", "h1"),
        ("UBND TP Lai Châu", "h2"),
        ("huyện Tam Đường", "h1"),
        ("UBND xã Bản Bo", "b1"),
        ("Bản Bo", "b1"),
        ("Cục Thuế Lai Châu", "c1"),
        ("Sở TNMT", "c2"),
        ("UBND xã Bình Lư, huyện Tam Đường", None),
        ("Trường THCS thị trấn, huyện Tam Đường", None),
        ("UBND huyện Nậm Nhùn", None),
        ("Đoàn Thanh niên", None),
    ],
)
def test_districts_and_communes_are_found_as_well(text: str, code: str | None) -> None:
    assert COMMUNES.resembling(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Xã Cẩm Giàng", "cam-giang-2"),
        ("Cẩm Giàng", "cam-giang-2"),
        ("Xã Cẩm Giang", "cam-giang"),
        ("Cẩm Giang", "cam-giang"),
        ("Cam Giang", "cam-giang"),
    ],
)
def test_of_names_that_differ_by_an_accent_the_one_with_it_is_meant(text: str, code: str) -> None:
    alike = Names({"cam-giang": "UBND xã Cẩm Giang", "cam-giang-2": "UBND xã Cẩm Giàng"})
    assert alike.resembling(text) == code


def many() -> Names:
    """The units of Lai Châu and 140 communes."""
    names = dict(of_lai_chau().name_of)
    second = ["Hàng", "Bo", "Tần", "So", "Phìn", "Nà", "Mô", "Khao", *map(str, range(12))]
    for one in ("Nậm", "Bản", "Pa", "Mường", "Tả", "Hua", "Sì"):
        names |= {f"{one}{two}": f"UBND xã {one} {two}" for two in second}
    return Names(names, "Lai Châu")


def test_ten_thousand_texts_among_a_hundred_and_fifty_units_take_a_moment() -> None:
    names = many()
    assert len(names.name_of) > 150
    spellings = [text for text, _unit in of_units()]
    texts = [f"{spellings[n % len(spellings)]} tổ {n}" for n in range(5_000)]
    texts += [f"UBND xã Nậm {n} huyện" for n in range(5_000)]
    begun = time.process_time()
    for text in texts:
        names.resembling(text)
    assert time.process_time() - begun < 3  # some 0.7 s on a machine that is free


@pytest.mark.parametrize(
    "text", ["Sở ", "s ", "s", "ubnd ", "tt ", "sn", "\u0301", "aa ", "sô", "nv,"]
)
def test_a_long_hostile_text_is_compared_at_once(text: str) -> None:
    names = many()
    begun = time.process_time()
    names.resembling(text * 200_000)
    names.nearest(text * 200_000 + "x")
    names.nearest("Sở " + text * 200_000)
    assert time.process_time() - begun < 2


def test_many_different_unknown_texts_get_no_slow_guess_each() -> None:
    names = many()
    assert names.nearest("svhtdl") == "svhttdl"
    begun = time.process_time()
    for number in range(GUESSES + 5_000):
        names.nearest(f"xa ubdn nam {number} hagn so")
    assert time.process_time() - begun < 6
    assert names.nearest("Sở KH và ĐT") == "skhdt"


def test_a_cell_of_ten_thousand_strange_units_is_told_ten_times() -> None:
    index = make_index("assigned")
    group = next(group.code for group in index.groups if group.rates == "assigned")
    heading = [
        rosterfile.NAME,
        rosterfile.EMAIL,
        rosterfile.GROUP,
        rosterfile.AGENCY,
        rosterfile.ASSIGNED,
    ]
    cell = ";".join(f"lạ {number}" for number in range(10_000))
    with pytest.raises(TableFault) as refused:
        rosterfile.read(index, [heading, ["An", "an@vi-du.vn", group, "", cell]])
    told = [each for each in refused.value.faults if "Không có đơn vị" in str(each)]
    assert len(told) == columns.MOST_STRANGE


def test_a_long_text_resembles_nothing_and_strange_ones_are_not_compared_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names({"snv": "Sở Nội vụ", "stc": "Sở Tài chính"})
    assert names.nearest("Sở Nội vu") == "snv"
    assert names.nearest("a" * 100_000) is None
    for number in range(GUESSES):
        names.nearest(f"lạ {number}")
    monkeypatch.delattr("app.index.names.get_close_matches")
    assert names.nearest("Sở Nội vu") == "snv", "it was asked before"
    assert names.nearest("lạ lắm") is None, "no more comparing"
    assert names.resembling("Sở Tài chin") == "stc", "nobody may rate the own agency for that"
