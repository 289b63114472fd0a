"""Roster files: who comes in, and every reason why not."""

import csv
import io
import unicodedata
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.index.definition import Index
from app.index.file import parse
from app.index.parts import Block, Component, Criterion, Group, Level, Question, Rules, Scale, Unit
from app.papers import tables
from app.roster.columns import WANTED
from app.roster.file import Person, Roster, email_key, read
from app.text.table import TableFault
from tests.making.garbling import OLD

HEADING = ["Họ và tên", "Email", "Nhóm", "Cơ quan", "Đơn vị đánh giá"]


def make_index(**changes: object) -> Index:
    """Four units in two blocks; groups that rate all, the assigned, their own; one asks nothing."""
    leaf = {"parent": "1", "max_points": Fraction(1), "method": "survey"}
    index = Index(
        code="thu",
        name="Bộ chỉ số thử",
        year=2022,
        max_points=Fraction(2),
        survey_points=Fraction(2),
        organiser=None,
        rules=Rules(),
        blocks=(Block("so", "Sở"), Block("dac-thu", "Đặc thù", ("1.2",))),
        units=(
            Unit("snv", "Sở Nội vụ", "so"),
            Unit("sct", "Sở Công Thương", "so"),
            Unit("svhttdl", "Sở Văn hóa, Thể thao và Du lịch", "so"),
            Unit("vpubnd", "Văn phòng UBND tỉnh", "dac-thu"),
        ),
        components=(Component("1", "Chỉ đạo, điều hành"),),
        criteria=(
            Criterion(code="1.1", name="Kịp thời", **leaf),  # type: ignore[arg-type]
            Criterion(code="1.2", name="Đồng bộ", **leaf),  # type: ignore[arg-type]
        ),
        scales=(
            Scale("t", (Level("A", "Tốt", Fraction(1)), Level("B", "Kém", Fraction(0))), "Không"),
        ),
        groups=(
            Group("hdnd", "Đại biểu HĐND tỉnh"),
            Group("phong", "Lãnh đạo phòng", rates="assigned"),
            Group("noi-bo", "Công chức của cơ quan", rates="own"),
            Group("dan", "Người dân", rates="assigned"),
            Group("gop-y", "Người góp ý"),
        ),
        questions=(
            Question("q1", "…", ("hdnd", "phong", "noi-bo"), "1.1", "t", Fraction(1)),
            Question("q2", "…", ("dan",), "1.2", "t", Fraction(1)),
            Question("q3", "Góp ý", ("gop-y", "dan")),
        ),
    )
    return replace(index, **changes)  # type: ignore[arg-type]


INDEX = make_index()
AN = ["Nguyễn Văn An", "an@vi-du.vn", "hdnd", "UBND huyện Tam Đường", ""]


def row(**changes: str) -> list[str]:
    """An's row with other cells: row(email="…")."""
    cells = dict(zip(("name", "email", "group", "agency", "assigned"), AN, strict=True)) | changes
    return list(cells.values())


def people(*rows: list[str], index: Index = INDEX, heading: list[str] = HEADING) -> Roster:
    return read(index, [heading, *rows])


def faults(*rows: list[str], index: Index = INDEX, heading: list[str] = HEADING) -> list[str]:
    with pytest.raises(TableFault) as refused:
        read(index, [heading, *rows])
    assert str(refused.value) == "\n".join(map(str, refused.value.faults))
    return [str(fault) for fault in refused.value.faults]


def only_fault(*rows: list[str], index: Index = INDEX, heading: list[str] = HEADING) -> str:
    found = faults(*rows, index=index, heading=heading)
    assert len(found) == 1, found
    return found[0]


# Who comes in


def test_a_row_becomes_a_person_with_codes_and_the_texts_of_the_file() -> None:
    heading = [*HEADING, "Chức vụ", "Điện thoại"]
    cells = [
        "  Lò Thị\tHoa ",
        " Hoa.Lo@vi-du.vn ",
        "Lãnh đạo PHÒNG",
        "sở nội vụ",
        "sct; VPUBND",
        "Trưởng phòng",
        "0912 000 111",
    ]
    roster = people(cells, heading=heading)
    assert roster.people == (
        Person(
            name="Lò Thị Hoa",
            email="Hoa.Lo@vi-du.vn",
            group="phong",
            agency="snv",
            agency_text="sở nội vụ",
            position="Trưởng phòng",
            phone="0912 000 111",
            assigned=("sct", "vpubnd"),
        ),
    )
    assert roster.warnings == ()


def test_people_keep_the_order_of_the_file() -> None:
    emails = [f"{name}@vi-du.vn" for name in "cab"]
    assert [one.email for one in people(*(row(email=e) for e in emails)).people] == emails


def test_an_agency_outside_the_index_is_kept_as_text() -> None:
    person = people(row(agency=" Tỉnh   ủy ")).people[0]
    assert (person.agency, person.agency_text) == (None, "Tỉnh ủy")
    assert people(row(agency="")).people[0].agency_text == ""


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("sct", ("sct",)),
        ("sct;snv", ("sct", "snv")),
        ("sct; snv;", ("sct", "snv")),
        ("sct, snv", ("sct", "snv")),
        ("sct\nsnv\r\nvpubnd", ("sct", "snv", "vpubnd")),
        ("Sở Công Thương; sở nội vụ", ("sct", "snv")),
        ("Sở Văn hóa, Thể thao và Du lịch", ("svhttdl",)),
        ("Sở Văn hóa, Thể thao và Du lịch; sct, snv", ("svhttdl", "sct", "snv")),
        ("sct; SCT; Sở Công Thương", ("sct",)),
    ],
)
def test_assigned_units_are_parted_without_breaking_names_that_hold_commas(
    cell: str, units: tuple[str, ...]
) -> None:
    assert people(row(group="phong", assigned=cell)).people[0].assigned == units


@pytest.mark.parametrize("cell", ["hdnd", "HDND", "Đại biểu HĐND tỉnh", "đại biểu  hđnd TỈNH"])
def test_a_group_is_known_by_code_or_name(cell: str) -> None:
    assert people(row(group=cell)).people[0].group == "hdnd"


def test_decomposed_letters_are_the_same_letters() -> None:
    nfd = [unicodedata.normalize("NFD", cell) for cell in row(agency="Sở Nội vụ")]
    heading = [unicodedata.normalize("NFD", title) for title in HEADING]
    person = people(nfd, heading=heading).people[0]
    assert (person.name, person.agency) == ("Nguyễn Văn An", "snv")


def test_units_assigned_to_a_group_that_rates_all_are_ignored_with_a_warning() -> None:
    roster = people(row(assigned="sct; khong-co"))
    assert roster.people[0].assigned == ()
    assert [str(warning) for warning in roster.warnings] == [
        "Dòng 2: Nhóm “hdnd” không đánh giá theo danh sách giao; cột Đơn vị đánh giá của dòng "
        "này được bỏ qua."
    ]


def test_the_own_agency_may_be_rated_where_the_rules_allow_it() -> None:
    index = make_index(rules=Rules(own_unit="allow"))
    cells = row(group="phong", agency="snv", assigned="snv")
    assert people(cells, index=index).people[0].assigned == ("snv",)


# The heading


@given(st.permutations(range(5)), st.data())
def test_columns_are_found_in_any_order_case_accent_and_spacing(
    order: list[int], data: st.DataObject
) -> None:
    def varied(title: str) -> str:
        if data.draw(st.booleans()):
            plain = unicodedata.normalize("NFD", title.replace("Đ", "D").replace("đ", "d"))
            title = "".join(sign for sign in plain if not unicodedata.combining(sign))
        title = data.draw(st.sampled_from([str.upper, str.lower, str.title, str]))(title)
        return title.replace(" ", data.draw(st.sampled_from([" ", "", "\n", "  ", "\u00a0", "_"])))

    cells = row(group="phong", assigned="sct")
    roster = people([cells[at] for at in order], heading=[varied(HEADING[at]) for at in order])
    assert roster == people(cells)


def test_unknown_columns_are_ignored_with_one_warning() -> None:
    roster = people(["1", *AN, "x", "y"], heading=["STT", *HEADING, "", "Ghi chú"])
    assert [str(warning) for warning in roster.warnings] == [
        "Dòng 1: Các cột không dùng đến, được bỏ qua: “STT”, “Ghi chú”.",
        "Dòng 1: Cột G không có tiêu đề, được bỏ qua.",
    ]


def test_each_missing_or_doubled_column_is_a_fault_of_the_heading() -> None:
    heading = ["Họ và tên", "HO VA TEN", "Cơ quan", "Đơn vị đánh giá"]
    found = faults(["An", "An", "x", ""], heading=heading)
    assert found == [
        "Dòng 1: Cột “Họ và tên” có hai lần. Xóa hoặc đổi tên một cột.",
        "Dòng 1: Thiếu cột “Email”. Thêm cột này vào dòng tiêu đề.",
        "Dòng 1: Thiếu cột “Nhóm”. Thêm cột này vào dòng tiêu đề.",
    ]


def test_a_column_that_no_row_needs_may_be_missing() -> None:
    assert people(AN[:4], heading=HEADING[:4]).people[0].assigned == ()
    phong, dan = (row(group=group, email=f"{group}@vi-du.vn")[:4] for group in ("phong", "dan"))
    assert only_fault(AN[:4], phong, dan, heading=HEADING[:4]) == (
        "Dòng 1: Thiếu cột “Đơn vị đánh giá”, mà dòng 3 thuộc nhóm “phong” cần cột ấy. Thêm cột"
        " này vào dòng tiêu đề."
    )
    index = make_index(groups=INDEX.groups[1:2], questions=INDEX.questions[:1])
    lacking = faults(row(group="phong")[:4], heading=HEADING[:4], index=index)
    assert lacking == ["Dòng 1: Thiếu cột “Đơn vị đánh giá”. Thêm cột này vào dòng tiêu đề."]


def test_the_own_agency_is_needed_wherever_it_makes_a_difference() -> None:
    heading = HEADING[:3]
    assert "Thiếu cột “Cơ quan”. Thêm" in only_fault(AN[:3], heading=heading)
    allowed = make_index(rules=Rules(own_unit="allow"))
    assert people(AN[:3], heading=heading, index=allowed).people[0].agency is None
    own = [*row(group="noi-bo", email="b@vi-du.vn")[:3]]
    assert "Thiếu cột “Cơ quan”, mà dòng 3 thuộc nhóm “noi-bo”" in only_fault(
        AN[:3], own, heading=heading, index=allowed
    )


@pytest.mark.parametrize("rows", [[], [[]], [[""], ["  ", "\u200b"]]])
def test_an_empty_file_is_a_fault_that_names_the_columns(rows: list[list[str]]) -> None:
    with pytest.raises(TableFault, match=r"Dòng 1: Tệp trống.*Họ và tên, Email, Nhóm, Cơ quan"):
        read(INDEX, rows)


def test_a_heading_alone_is_a_fault() -> None:
    assert only_fault([], ["", " "]).startswith("Dòng 1: Không có dòng nào dưới")


def test_blank_rows_are_skipped_and_counted() -> None:
    with pytest.raises(TableFault) as refused:
        read(INDEX, [[], HEADING, [], ["", " "], AN, [], row(email="x")])
    assert [fault.row for fault in refused.value.faults] == [7]


def test_a_row_longer_than_the_heading_is_a_fault_since_units_would_be_lost() -> None:
    found = only_fault([*row(group="phong", assigned="sct"), "snv"])
    assert found.startswith("Dòng 2: Dòng có nhiều ô hơn dòng tiêu đề.")
    assert people([*AN, "", " "]).people


def test_a_row_shorter_than_the_heading_ends_in_blanks() -> None:
    assert people(AN[:3]).people[0].agency_text == ""


# Bad rows


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": " "}, "Họ và tên: Không có tên. Điền họ và tên."),
        ({"name": "\u200b\u202e"}, "Họ và tên: Không có tên. Điền họ và tên."),
        ({"name": "123"}, "Họ và tên “123”: Không có tên. Điền họ và tên."),
        (
            {"name": "=?utf-8?q?a=0ABcc=3A_x=40y.vn?="},
            "Họ và tên “=?utf-8?q?a=0ABcc=3A_x=40y.vn?=”: Có đoạn mã hóa “=?”. Gõ lại bằng chữ "
            "thường.",
        ),
        (
            {"agency": "=?x"},
            "Cơ quan “=?x”: Có đoạn mã hóa “=?”. Gõ lại bằng chữ thường.",
        ),
        (
            {"name": "An" * 101},
            "Họ và tên “" + "An" * 29 + "A…”: Dài 202 ký tự, tối đa 200. Viết ngắn lại.",
        ),
        (
            {"agency": "x" * 301},
            "Cơ quan “" + "x" * 59 + "…”: Dài 301 ký tự, tối đa 300. Viết ngắn lại.",
        ),
        ({"email": ""}, "Email: Để trống. Điền địa chỉ thư của người này."),
        (
            {"email": "an.nguyen@"},
            "Email “an.nguyen@”: Không phải địa chỉ thư. Viết đủ phần trước và sau @, ví dụ "
            "an.nguyen@vi-du.vn.",
        ),
        (
            {"email": "hoàng@vi-du.vn"},
            "Email “hoàng@vi-du.vn”: Địa chỉ có chữ mang dấu. “à” ở phần trước @ không dùng được: "
            "hỏi lại, hoặc gõ không dấu nếu biết chắc.",
        ),
        (
            {"group": ""},
            "Nhóm: Để trống. Điền một trong các nhóm: hdnd, phong, noi-bo, dan, gop-y.",
        ),
        (
            {"group": "Lãnh đạo các phòng"},
            "Nhóm “Lãnh đạo các phòng”: Không có nhóm này. Dùng một trong các nhóm: hdnd, phong, "
            "noi-bo, dan, gop-y. Có phải “phong” (Lãnh đạo phòng)?",
        ),
        (
            {"group": "phong", "assigned": "sct; svn"},
            "Đơn vị đánh giá “sct; svn”: Không có đơn vị “svn”. Điền mã đơn vị, ngăn cách bằng "
            "dấu “;”. Có phải “snv” (Sở Nội vụ)?",
        ),
        (
            {"group": "phong", "assigned": "sct, %%%"},
            "Đơn vị đánh giá “sct, %%%”: Không có đơn vị “%%%”. Điền mã đơn vị, ngăn cách bằng "
            "dấu “;”.",
        ),
        (
            {"group": "phong"},
            "Đơn vị đánh giá: Để trống. Nhóm “phong” cần ít nhất một đơn vị. Điền mã đơn vị.",
        ),
        (
            {"group": "phong", "agency": "snv", "assigned": "snv"},
            "Đơn vị đánh giá “snv”: Chỉ có cơ quan của chính người này, nên không còn đơn vị nào "
            "để đánh giá. Thêm đơn vị khác hoặc xóa dòng này.",
        ),
        (
            {"group": "noi-bo", "agency": "So Noi vu"},
            "Cơ quan “So Noi vu”: Nhóm “noi-bo” chỉ đánh giá cơ quan mình, mà đây không phải mã "
            "hay tên một đơn vị. Điền mã đơn vị. Có phải “snv” (Sở Nội vụ)?",
        ),
        (
            {"group": "noi-bo", "agency": ""},
            "Cơ quan: Nhóm “noi-bo” chỉ đánh giá cơ quan mình, mà đây không phải mã hay tên một "
            "đơn vị. Điền mã đơn vị.",
        ),
        (
            {"group": "dan", "assigned": "vpubnd"},
            "Nhóm “dan”: Nhóm “dan” không có câu hỏi chấm điểm nào về vpubnd, nên không còn gì để "
            "đánh giá. Đổi nhóm hoặc đơn vị, hoặc xóa dòng này.",
        ),
        (
            {"group": "gop-y"},
            "Nhóm “gop-y”: Nhóm “gop-y” không có câu hỏi chấm điểm nào về snv, sct, svhttdl, "
            "vpubnd, nên không còn gì để đánh giá. Đổi nhóm hoặc đơn vị, hoặc xóa dòng này.",
        ),
    ],
)
def test_a_bad_cell_is_told_with_its_row_its_column_and_the_remedy(
    changes: dict[str, str], fault: str
) -> None:
    assert only_fault(row(**changes)) == f"Dòng 2: {fault}"


def test_one_unit_alone_cannot_be_rated_by_its_own_people() -> None:
    index = make_index(units=INDEX.units[:1])
    assert "Chỉ có cơ quan của chính người này" in only_fault(row(agency="snv"), index=index)
    assert people(row(agency="Tỉnh ủy"), index=index).people


def test_long_and_encoded_optional_cells_are_faults_too() -> None:
    heading = [*HEADING, "Chức vụ", "Điện thoại"]
    found = faults([*AN, "Trưởng phòng " * 20, "=?0912?="], heading=heading)
    assert ["Chức vụ" in found[0], "Điện thoại" in found[1]] == [True, True]


@pytest.mark.parametrize("again", ["an@vi-du.vn", "AN@vi-du.VN", " An@Vi-Du.vn\u200b"])
def test_an_address_that_stands_twice_names_both_rows(again: str) -> None:
    found = only_fault(AN, row(email="b@vi-du.vn"), row(email=again))
    assert found.startswith("Dòng 4: Email")
    assert "Trùng với dòng 2." in found


def test_an_address_is_compared_in_nfc_even_when_it_is_bad_otherwise() -> None:
    nfd = unicodedata.normalize("NFD", "án@vi-du.vn")
    found = faults(row(email="ÁN@vi-du.vn"), row(email=nfd))
    assert [("Trùng với dòng 2" in fault) for fault in found] == [False, False, True]


def test_a_third_copy_names_the_first() -> None:
    assert [fault.split(":")[0] for fault in faults(AN, AN, AN)] == ["Dòng 3", "Dòng 4"]
    assert all("Trùng với dòng 2." in fault for fault in faults(AN, AN, AN))


def test_several_units_or_groups_of_one_name_need_the_code() -> None:
    twins = (replace(INDEX.units[0], code="snv2"), *INDEX.units)
    groups = (*INDEX.groups, Group("phong2", "Lãnh đạo phòng"))
    index = make_index(units=twins, groups=groups)
    found = faults(
        row(agency="Sở Nội vụ"),
        row(email="b@vi-du.vn", group="phong", assigned="sở nội vụ"),
        row(email="c@vi-du.vn", group="Lãnh đạo phòng"),
        index=index,
    )
    assert found == [
        "Dòng 2: Cơ quan “Sở Nội vụ”: Có nhiều đơn vị như vậy. Điền đúng mã: snv2, snv.",
        "Dòng 3: Đơn vị đánh giá “sở nội vụ”: Có nhiều đơn vị tên “sở nội vụ”. Điền đúng mã: "
        "snv2, snv.",
        "Dòng 4: Nhóm “Lãnh đạo phòng”: Có nhiều nhóm như vậy. Điền đúng mã: phong, phong2.",
    ]


def test_every_bad_row_and_every_reason_in_it_is_told_at_once_in_row_order() -> None:
    found = faults(
        AN,
        ["", "an", "nhom", "Tỉnh ủy", ""],
        row(email="b@vi-du.vn"),
        [*row(email="AN@vi-du.vn", group="phong", assigned="x1; x2"), "thừa"],
    )
    assert [fault.split(":")[0] for fault in found] == ["Dòng 3"] * 3 + ["Dòng 5"] * 4
    assert [part in "\n".join(found) for part in ("“x1”", "“x2”", "dòng 2", "nhiều ô")] == [
        True
    ] * 4


def test_braces_in_cells_and_names_are_nothing_special() -> None:
    index = make_index(units=(Unit("snv", "Sở {Nội} vụ", "so"), *INDEX.units[1:]))
    found = only_fault(row(group="noi-bo", agency="Sở {Nội} vụ{0}"), index=index)
    assert found.endswith("Có phải “snv” (Sở {Nội} vụ)?")
    assert "{group}" in faults(row(group="{group}", name="{name}"))[0]


@given(st.lists(st.lists(st.text(max_size=12), max_size=7), max_size=6))
def test_no_row_makes_the_reading_fall_over(rows: list[list[str]]) -> None:
    try:
        outcome: tuple[object, ...] = read(INDEX, [HEADING, *rows]).people
    except TableFault as refused:
        outcome = refused.faults
    assert outcome


# Broken and legacy encodings

CASES = Path(__file__).parent.parent / "cases"


def faults_of_case(name: str) -> list[str]:
    index = parse((CASES / "index.toml").read_text("utf-8"))
    with pytest.raises(TableFault) as refused:
        read(index, tables.table((CASES / name).read_bytes(), name, WANTED))
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("name", "rows", "told"),
    [
        ("13e-question-marks-ascii.csv", 4, "Có chữ bị mất, còn dấu “?”"),
        ("15-tcvn3.csv", 1, "TCVN3 (ABC, font .VnTime)"),
        ("15c-mojibake.csv", 1, "Chữ UTF-8 bị đọc theo bảng mã khác"),
    ],
)
def test_a_file_in_a_broken_encoding_has_bad_rows_that_say_so(
    name: str, rows: int, told: str
) -> None:
    found = faults_of_case(name)
    assert all(told in fault for fault in found)
    assert {fault.split(":")[0] for fault in found} == {f"Dòng {row + 2}" for row in range(rows)}
    assert {"Họ và tên", "Cơ quan"} <= {fault.split(": ")[1].split(" “")[0] for fault in found}


@pytest.mark.parametrize("encoding", OLD)
def test_no_cell_in_an_old_encoding_is_taken_for_a_name_an_agency_or_a_group(encoding: str) -> None:
    spoil = OLD[encoding]
    cells = [
        spoil("Nguyễn Văn Đức"),
        "a@vi-du.vn",
        spoil("Đại biểu HĐND tỉnh"),
        spoil("Sở Nội vụ"),
        "",
        spoil("Phó Giám đốc"),
    ]
    found = faults(cells, heading=[*HEADING, "Chức vụ"])
    columns = [fault.split(": ")[1].split(" “")[0] for fault in found]
    assert columns == ["Họ và tên", "Nhóm", "Cơ quan", "Chức vụ"]
    assert all("bảng mã" in fault for fault in found)


def test_a_word_that_could_be_either_is_judged_by_its_row_and_then_by_the_file() -> None:
    old, sure = OLD["TCVN3"], "Nguyễn Văn Đức"
    either, unicode = old("Vũ Tú"), "Sở Y tế tỉnh"
    assert either == "Vò Tó"
    assert people(row(name=either)).people[0].name == either
    assert "TCVN3" in faults(row(name=either, agency=old("Sở Nội vụ")))[0]
    mails = [f"{number}@vi-du.vn" for number in range(5)]
    rows = [row(name=old(sure), agency=old(sure), email=mail) for mail in mails[:3]]
    found = faults(*rows, row(name=either, agency="HDND", email=mails[3]))
    assert "Dòng 5: Họ và tên “Vò Tó”: Chữ theo bảng mã TCVN3" in found[-1]
    found = faults(*rows, row(name=either, agency=unicode, email=mails[3]))
    assert not any(fault.startswith("Dòng 5") for fault in found)


def test_a_question_mark_at_the_end_of_an_agency_is_a_question() -> None:
    assert people(row(agency="UBND xã Bản Bo?")).people[0].agency_text == "UBND xã Bản Bo?"
    assert "“?”" in only_fault(row(name="Nguyễn Thị H?"))


def test_of_a_broken_cell_nothing_more_is_said() -> None:
    found = faults(row(group="Đ?i bi?u HĐND", agency="S? N?i v?", name="=?utf-8?q?x?="))
    assert len(found) == 3
    assert "“=?”" in found[2] or "“=?”" in found[0]


def test_a_heading_in_an_old_encoding_is_told_once() -> None:
    heading = [OLD["TCVN3"](title) for title in HEADING]
    found = only_fault(AN, heading=heading)
    assert found.startswith("Dòng 1: Tiêu đề “Hä vµ tªn”: Chữ theo bảng mã TCVN3")


# What the officer should look at


def test_a_free_text_agency_that_nearly_matches_a_unit_is_listed_with_the_unit() -> None:
    roster = people(row(agency="Sở Nội Vụ tỉnh"))
    assert roster.people[0].agency is None
    assert [str(warning) for warning in roster.warnings] == [
        "Dòng 2: Cơ quan “Sở Nội Vụ tỉnh” gần giống “snv” (Sở Nội vụ). Nếu là một, sửa lại thành "
        "“snv”, để người này không đánh giá cơ quan mình."
    ]


@pytest.mark.parametrize("agency", ["Sở Nội vụ", "SNV", "UBND huyện Tam Đường", "Tỉnh ủy", ""])
def test_a_unit_or_quite_another_agency_is_no_warning(agency: str) -> None:
    assert people(row(agency=agency)).warnings == ()


def test_a_domain_that_is_likely_a_slip_is_listed_with_the_one_that_is_meant() -> None:
    roster = people(AN, row(email="ba@gmial.com"), row(email="ca@gmail.com"))
    assert roster.people[1].email == "ba@gmial.com", "as it was written"
    assert [str(warning) for warning in roster.warnings] == [
        "Dòng 3: Tên miền “gmial.com” có vẻ gõ nhầm, có lẽ là “gmail.com”."
    ]


def test_warnings_stand_beside_the_faults() -> None:
    with pytest.raises(TableFault) as refused:
        read(INDEX, [[*HEADING, "STT"], row(agency="So Noi vu", email="x")])
    assert [warning.row for warning in refused.value.warnings] == [1, 2]


# From file to people


def cells_text() -> st.SearchStrategy[str]:
    return st.text(alphabet="aĐệ ;,\"'\n1=-", max_size=8)


@given(st.sampled_from(",;"), st.sampled_from(["\n", "\r\n"]), st.booleans(), cells_text())
def test_a_roster_comes_out_of_csv_as_it_was_written(
    separator: str, line_end: str, mark: bool, text: str
) -> None:
    cells = row(name=f"A{text}", agency=f"Xã {text}", group="phong", assigned="sct;vpubnd")
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=line_end).writerows([HEADING, cells])
    data = ("\ufeff" * mark + file.getvalue()).encode()
    assert read(INDEX, tables.table(data, "ds.csv", WANTED)) == people(cells)


def test_ten_thousand_people_have_ten_thousand_keys() -> None:
    rows = [row(email=f"nguoi{number}@vi-du.vn") for number in range(10_000)]
    roster = people(*rows)
    assert len({email_key(person.email) for person in roster.people}) == 10_000


def test_the_index_of_lai_chau_takes_people_of_every_group() -> None:
    file = Path(__file__).parents[2] / "questionnaires" / "lai-chau-2022.toml"
    roster = people(
        row(email="1@vi-du.vn"),
        row(email="2@vi-du.vn", group="ubnd", agency="Văn phòng UBND tỉnh"),
        row(email="3@vi-du.vn", group="Lãnh đạo sở, ban, ngành", agency="Sở Nội vụ"),
        row(email="4@vi-du.vn", group="phong", agency="Sở Nội Vụ tỉnh", assigned="stc; vpubnd"),
        row(email="5@vi-du.vn", group="xa"),
        index=parse(file.read_text("utf-8")),
    )
    assert [person.agency for person in roster.people] == [None, "vpubnd", "snv", None, None]
    assert [warning.row for warning in roster.warnings] == [5]
