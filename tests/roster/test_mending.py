"""Bad rows mended one by one: what their fields begin with, and the sheet afterwards."""

import pytest

from app.roster import badrows, layout, mending
from app.roster import file as rosterfile
from app.roster.badrows import BadRows
from app.text.headings import Sheet
from app.text.table import TableFault
from tests.making.lists import HEADING, book, index, person, sheet_of


def refused(*rows: list[object], merge: str = "") -> tuple[Sheet, BadRows]:
    made, sheet = book(HEADING, *rows)
    if merge:
        sheet.merge_cells(merge)
    laid = layout.lay(sheet_of(made))
    with pytest.raises(TableFault) as fault:
        rosterfile.read(index(), laid)
    return laid.sheet, badrows.of(laid, fault.value.faults, "ds.xlsx")


def fields(sheet: Sheet, bad: BadRows, row: int = 0) -> dict[str, mending.Field]:
    found = mending.mendable(index(), bad, bad.rows[row], sheet)
    return {each.title: each for each in found.fields}


def test_a_field_has_its_own_faults_without_what_stands_there() -> None:
    sheet, bad = refused(["", "an@gmail", "hdnd", "syt"])
    found = fields(sheet, bad)
    assert found["Họ và tên"].faults == ("Không có tên. Điền họ và tên.",)
    assert found["Email"].faults[0].startswith("Không phải địa chỉ thư: tên miền thiếu phần cuối.")
    assert found["Email"].offered == "an@gmail.com"
    assert found["Nhóm"] == mending.Field("Nhóm", "hdnd")


def test_a_piece_of_a_merge_begins_with_what_stands_in_its_first_cell() -> None:
    rows = [person(0, "Sở Y tế"), person(1, ""), person(2, "")]
    sheet, bad = refused(*rows, merge="D2:D4")
    assert [row.row for row in bad.rows] == [3, 4]
    assert fields(sheet, bad)["Cơ quan"].value == "Sở Y tế"
    assert fields(sheet, bad)["Cơ quan"].faults, "and is a fault until somebody has looked at it"


@pytest.mark.parametrize("merge", ["C3:D3", "B3:C4"])
def test_a_piece_of_another_merge_begins_blank(merge: str) -> None:
    sheet, bad = refused(person(0, "syt"), person(1, "syt"), person(2, "syt"), merge=merge)
    assert "" in {each.value for each in fields(sheet, bad).values()}
    assert not any(each.value.startswith("#") for each in fields(sheet, bad).values())


def test_what_is_typed_is_text_and_other_rows_stay() -> None:
    sheet, _bad = refused(person(0, "syt"), [5, "x", "hdnd", 7], person(2, "snv"))
    typed = {3: {"Họ và tên": "Bình", "Email": "b@vi-du.vn", "Cơ quan": "Tỉnh ủy"}}
    mended = mending.mended(sheet, typed)
    read = rosterfile.read(index(), layout.Laid(mended))
    assert [each.name for each in read.people] == ["Người A", "Bình", "Người C"]
    assert sheet.rows[2][1] == "x", "the sheet before stays"
    dropped = mending.mended(sheet, {}, [3])
    assert len(rosterfile.read(index(), layout.Laid(dropped)).people) == 2


def test_a_group_in_other_words_is_counted_and_put_right_everywhere() -> None:
    rows = [[f"A{n}", f"a{n}@vi-du.vn", "ĐB", "syt"] for n in range(3)]
    sheet, bad = refused(*rows, ["B", "b@vi-du.vn", "", "syt"], ["C", "sai", "hdnd", "syt"])
    assert mending.unknown_groups(index(), bad) == [("ĐB", 3), ("", 1)]
    mended = mending.regrouped(sheet, {"ĐB": "hdnd", "": "hdnd"})
    sound, wrong = rosterfile.parted(index(), mended)
    assert (len(sound), wrong) == (4, [6])


def test_a_sheet_is_parted_into_sound_rows_and_others() -> None:
    twice = ["D", "N0@vi-du.vn", "hdnd", "syt"]
    sheet, _bad = refused(person(0, "syt"), ["B", "sai", "hdnd", "syt"], [], twice)
    sound, wrong = rosterfile.parted(index(), sheet)
    assert [each.name for each in sound] == ["Người A"]
    assert wrong == [3, 5]
    assert rosterfile.parted(index(), mending.mended(sheet, {}, [2, 3, 5])) == ([], [])
