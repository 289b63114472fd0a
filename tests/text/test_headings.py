"""Which sheet and which row of a file is read: found, told, or asked about."""

from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.commands import main
from app.index import external
from app.keys.keyfile import KeyFile
from app.papers import tables
from app.papers.tables import UnreadableTable
from app.settings import Settings
from app.store.db import Database
from app.text.headings import HiddenRows
from app.text.table import TableFault
from tests.making.lists import CASES, HEADING, book, changed, person, read, saved, sheet_of

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PEOPLE = (person(0, "snv"), person(1, "syt"))


def case(name: str, hidden: str = "") -> list[str]:
    """The agencies of the people of a case."""
    found = read((CASES / name).read_bytes(), hidden, name)
    return [each.agency or each.agency_text for each in found.people]


def refusal(data: bytes | openpyxl.Workbook) -> str:
    with pytest.raises((TableFault, UnreadableTable)) as refused:
        read(data)
    return str(refused.value)


# The heading


def test_a_heading_below_titles_is_found_and_told() -> None:
    assert case("07-title-rows.xlsx") == ["snv", "snv", "syt", "syt"]
    sheet = sheet_of((CASES / "07-title-rows.xlsx").read_bytes())
    assert sheet.told == "Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 4."


def test_rows_below_titles_keep_the_numbers_of_the_file() -> None:
    made, sheet = book(["UBND TỈNH"], ["DANH SÁCH Email, Nhóm"], [], HEADING, *PEOPLE)
    sheet["B6"] = "không phải thư"
    assert "\nDòng 6: Email" in refusal(made)


def test_the_first_row_with_all_titles_is_the_heading_and_not_one_that_has_some() -> None:
    made, _sheet = book(["Nhóm", "Email"], [], HEADING, *PEOPLE)
    assert sheet_of(made).heading == 2
    made, _sheet = book(["Nhóm"], ["Họ và tên", "E-mail"], *PEOPLE)
    found = refusal(made)
    assert found.startswith("Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 2. Dòng ấy ghi:")
    assert "“Họ và tên”, “E-mail”" in found
    assert "Dòng 2: Thiếu cột “Nhóm”" in found


def test_a_file_without_any_title_says_what_stands_in_the_row_that_was_read() -> None:
    made, _sheet = book([], ["Ai", "Ở đâu"], ["An", "an@vi-du.vn"])
    found = refusal(made)
    assert "dòng tiêu đề là dòng 2. Dòng ấy ghi: “Ai”, “Ở đâu”." in found


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_cells_are_parted_by_what_parts_the_heading(sign: str) -> None:
    above = "Danh sách đại biểu, năm 2026; kèm Công văn số 1; 2; 3\n\n"
    lines = "\n".join(sign.join(map(str, row)) for row in (HEADING[:4], *PEOPLE))
    for text in (lines, above.replace(sign, " ") + lines):
        sheet = sheet_of(text.encode(), name="ds.csv")
        assert sheet.told == f"Dòng tiêu đề đọc được: dòng {(sheet.heading or 0) + 1}."
        assert [row[3] for row in sheet.rows[-2:]] == ["snv", "syt"]


@pytest.mark.parametrize("name", ["12-sep.csv", "18-tab-utf8.csv"])
def test_a_said_separator_and_tabs_are_read(name: str) -> None:
    assert case(name) == ["snv", "snv", "syt", "syt"]


@pytest.mark.parametrize("first", ["sep=|\n", "SEP=|\r\n", '"sep=|"\n', "sep=|||||\n"])
def test_the_line_that_says_the_separator_counts_as_a_row(first: str) -> None:
    text = first + "Họ và tên|Email|Nhóm|Cơ quan;x\nAn|an|hdnd|snv\n"
    with pytest.raises(TableFault) as refused:
        read(text.replace(";x", "").encode(), name="ds.csv")
    assert [fault.row for fault in refused.value.faults] == [3]


# Sheets


def test_people_on_two_sheets_are_refused_and_both_are_named() -> None:
    found = refusal((CASES / "09b-two-data-sheets.xlsx").read_bytes())
    assert "có bảng cần nhập ở nhiều trang: “HĐND”, “Sở”." in found


@pytest.mark.parametrize(
    "rows",
    [
        [HEADING, person(2, "snv")],
        [["TIẾP THEO"], [], HEADING, person(2, "snv")],
        [["Email", "Nhóm"], ["x@vi-du.vn", "hdnd"]],
        [person(2, "snv")],  # a list that goes on without a heading
    ],
)
def test_a_second_sheet_with_people_is_never_dropped(rows: list[list[object]]) -> None:
    made, _sheet = book(HEADING, *PEOPLE)
    second = made.create_sheet("Bổ sung")
    for row in rows:
        second.append(row)
    assert "ở nhiều trang: “Danh sách”, “Bổ sung”" in refusal(made)
    second.sheet_state = "hidden"
    assert len(read(made).people) == 2
    assert "Không đọc trang ẩn “Bổ sung”." in sheet_of(made).told


def test_a_guide_before_the_list_and_codes_behind_it_are_passed_over_and_told() -> None:
    made, _sheet = book(HEADING, *PEOPLE)
    guide = made.create_sheet("Hướng dẫn", 0)
    guide.append(["Cách điền"])
    guide.append(["Email", "địa chỉ thư, ví dụ an@vi-du.vn"])
    made.create_sheet("Mã").append(["Nhóm", "Tên nhóm"])
    made.create_sheet("Trống")
    made.create_chartsheet("Biểu đồ", 0)
    assert len(read(made).people) == 2
    assert sheet_of(made).told == (
        "Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 1. Không đọc trang “Hướng dẫn”, “Mã”."
    )


def test_a_list_on_a_hidden_sheet_is_not_read_and_the_sheet_is_named() -> None:
    made, sheet = book(HEADING, *PEOPLE)
    made.create_sheet("Bìa", 0).append(["Danh sách đại biểu"])
    sheet.sheet_state = "hidden"
    found = refusal(made)
    assert "Đã đọc trang “Bìa”, dòng tiêu đề là dòng 1. Không đọc trang ẩn “Danh sách”." in found
    assert "Dòng ấy ghi: “Danh sách đại biểu”." in found


def test_outside_results_on_two_sheets_are_refused_too() -> None:
    made, _sheet = book(["Đơn vị", "Tiêu chí", "Tỷ lệ"], ["snv", "1.1", 70])
    made.create_sheet("PCI").append(["Đơn vị", "Tiêu chí", "Tỷ lệ"])
    made["PCI"].append(["snv", "1.10", 70])
    with pytest.raises(UnreadableTable, match="“Danh sách”, “PCI”"):
        tables.table(saved(made), "sipas.xlsx", external.WANTED)


# Hidden rows and columns


def test_hidden_rows_are_refused_until_somebody_says_which() -> None:
    with pytest.raises(HiddenRows) as asked:
        case("06-hidden-rows.xlsx")
    assert str(asked.value) == "Trang “Danh sách” có 2 dòng đang ẩn hoặc bị lọc mất: 2–3."
    assert case("06-hidden-rows.xlsx", "include") == ["snv", "snv", "syt", "syt"]
    assert case("06-hidden-rows.xlsx", "skip") == ["syt", "syt"]
    data = (CASES / "06-hidden-rows.xlsx").read_bytes()
    assert "Nhập cả 2 dòng đang ẩn: 2–3." in sheet_of(data, "include").told
    assert "Bỏ qua 2 dòng đang ẩn: 2–3." in sheet_of(data, "skip").told


@pytest.mark.parametrize("hide", ["hidden", "height", "group"])
def test_a_row_is_hidden_in_whatever_way_it_is_not_seen(hide: str) -> None:
    made, sheet = book(["x"], HEADING, *PEOPLE, [], person(2, "snv"))
    for row in (1, 4, 5):
        if hide == "height":
            sheet.row_dimensions[row].height = 0.5
        elif hide == "group":
            sheet.row_dimensions.group(row, row, hidden=True)
        else:
            sheet.row_dimensions[row].hidden = True
    with pytest.raises(HiddenRows) as asked:
        read(made)
    assert asked.value.rows == (4,), "not what is above the heading, not what is blank"


def test_faults_of_rows_that_are_skipped_are_nobodys() -> None:
    made, sheet = book(HEADING, *PEOPLE, ["", "x", "", ""])
    sheet.row_dimensions[4].hidden = True
    assert len(read(made, "skip").people) == 2
    with pytest.raises(TableFault) as refused:
        read(made, "include")
    assert {fault.row for fault in refused.value.faults} == {4}


def test_a_hidden_column_that_is_read_is_told() -> None:
    made, sheet = book(HEADING, *PEOPLE)
    sheet.column_dimensions["D"].hidden = True
    assert [str(each) for each in read(made).warnings] == [
        "Dòng 1: Cột D, “Cơ quan”, đang ẩn trong tệp; vẫn được đọc."
    ]


def test_what_newer_programs_add_to_a_sheet_is_no_part_of_the_table() -> None:
    made, _sheet = book(HEADING, *PEOPLE)
    extension = (
        b'</sheetData><extLst><ext><x:row xmlns:x="urn:x" r="2" hidden="1"><x:c r="D2">'
        b"<x:f>A1</x:f></x:c></x:row></ext></extLst>"
    )
    data = changed(made, lambda xml: xml.replace(b"</sheetData>", extension))
    assert [each.agency for each in read(data).people] == ["snv", "syt"]


def test_cells_and_rows_without_places_are_counted() -> None:
    made, sheet = book(HEADING, *PEOPLE)
    sheet.row_dimensions[2].hidden = True
    sheet["D3"] = "=A1"

    def strip(xml: bytes) -> bytes:
        for row in range(1, 4):
            xml = xml.replace(b'<row r="%d"' % row, b"<row")
            for column in b"ABCDEFG":
                xml = xml.replace(b'<c r="%c%d"' % (column, row), b"<c")
        return xml

    data = changed(made, strip)
    with pytest.raises(HiddenRows) as asked:
        read(data)
    assert asked.value.rows == (2,)
    with pytest.raises(TableFault, match="Dòng 3: Cơ quan: Ô có công thức"):
        read(data, "skip")


# A channel that is not there yet


@pytest.mark.parametrize("channel", ["", "thư", "Thư ", "THU"])
def test_a_letter_is_the_channel_of_everybody(channel: str) -> None:
    made, _sheet = book([*HEADING[:4], "Kênh"], person(0, "snv", channel))
    found = read(made)
    assert (len(found.people), found.warnings) == (1, ())


def test_another_channel_is_a_bad_row_that_does_not_ask_for_an_address() -> None:
    made, _sheet = book([*HEADING[:4], "Kênh"], ["An", "", "hdnd", "snv", "giấy"])
    with pytest.raises(TableFault) as refused:
        read(made)
    (fault,) = refused.value.faults
    assert str(fault).startswith("Dòng 2: Kênh “giấy”: Chưa phát phiếu được qua kênh này.")


# At the command line


def phieu(configured: Settings, *arguments: str | Path) -> Result:
    told = {
        "PHIEU_DATA": str(configured.data),
        "PHIEU_DATABASE_URL": configured.database_url,
        "PHIEU_KEY_FILE": str(configured.key_file),
    }
    return CliRunner().invoke(main.app, ["wave", *map(str, arguments)], env=told)


@pytest.fixture
def drafted(db: Database, keys: KeyFile, configured: Settings) -> Settings:
    """Where a draft of the index of the cases stands."""
    done = phieu(
        configured, "new", "thu", "--index", CASES / "index.toml",
        "--opens", "2099-01-01", "--closes", "2099-02-01",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    return configured


@SQLITE
def test_what_was_read_is_told_with_what_is_to_be_looked_at(drafted: Settings) -> None:
    done = phieu(drafted, "roster", "thu", CASES / "07-title-rows.xlsx")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 4.\nĐã nhập 4 người" in done.stdout
    assert "Bỏ qua 2 dòng không phải người: 1–2.\n  1: " in done.stdout
    done = phieu(drafted, "roster", "thu", CASES / "17-phone-forms.csv")
    assert "Lưu ý: Dòng 4: Điện thoại “912000333” được đọc thành “0912000333”" in done.stderr


@SQLITE
def test_hidden_rows_are_asked_about_by_an_option(drafted: Settings) -> None:
    file = CASES / "06-hidden-rows.xlsx"
    done = phieu(drafted, "roster", "thu", file)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "2 dòng đang ẩn hoặc bị lọc mất: 2–3. Thêm --hidden-rows include" in done.stderr
    assert (
        "Đã nhập 4 người"
        in phieu(drafted, "roster", "thu", file, "--hidden-rows", "include").stdout
    )
    skipped = phieu(drafted, "roster", "thu", file, "--hidden-rows", "skip").stdout
    assert "Bỏ qua 2 dòng đang ẩn: 2–3.\nĐã nhập 2 người" in skipped


@SQLITE
def test_of_many_like_warnings_the_first_are_told_and_the_rest_counted(
    drafted: Settings, tmp_path: Path
) -> None:
    rows = [person(0, "snv", "", "", 912000000 + n) for n in range(50)]
    for number, row in enumerate(rows):
        row[1] = f"n{number}@vi-du.vn"
    file = tmp_path / "ds.xlsx"
    file.write_bytes(saved(book(HEADING, *rows)[0]))
    told = phieu(drafted, "roster", "thu", file).stderr.splitlines()
    assert len(told) == 21
    assert told[-1] == "Lưu ý: và 30 dòng nữa: Điện thoại “…” được đọc thành “…”."


@SQLITE
def test_a_bad_row_comes_with_the_part_of_the_file_that_was_read(drafted: Settings) -> None:
    done = phieu(drafted, "roster", "thu", CASES / "01-merged-agency.xlsx")
    assert done.exit_code == 1
    said = str(done.exception)
    assert said.startswith("Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 1.\nDòng 3: Cơ quan")


@SQLITE
def test_the_file_of_outside_results_is_told_and_asked_about_alike(
    drafted: Settings, tmp_path: Path
) -> None:
    made, sheet = book(["SIPAS"], ["Đơn vị", "Tiêu chí", "Tỷ lệ"], ["snv", "1.1", 79], ["x"])
    sheet.row_dimensions[4].hidden = True
    file = tmp_path / "sipas.xlsx"
    file.write_bytes(saved(made))
    assert "--hidden-rows skip" in phieu(drafted, "external", "thu", file).stderr
    done = phieu(drafted, "external", "thu", file, "--hidden-rows", "skip")
    assert "dòng tiêu đề là dòng 2. Bỏ qua 1 dòng đang ẩn: 4." in done.stdout
    assert "Đã nhập 1 tỷ lệ" in done.stdout
