"""The refused rows of a file: what they have in common, and the sheet that is mended."""

import pytest

from app.roster import badrows
from app.roster import file as rosterfile
from app.roster.badrows import BadRows
from app.text.table import TableFault
from tests.making.blocks import make_index

HEADING = ["Họ và tên", "Email", "Nhóm", "Cơ quan"]
INDEX = make_index("pooled")
GROUP = INDEX.groups[0].code


def refused(*rows: list[str]) -> BadRows:
    with pytest.raises(TableFault) as fault:
        rosterfile.read(INDEX, rows)
    return badrows.of(rows, fault.value.faults, "ds.xlsx")


def test_faults_that_differ_only_in_what_the_row_says_are_one_kind() -> None:
    bad = refused(
        HEADING,
        ["An", "an@vi-du.vn", "lạ", "UBND xã"],
        ["Bình", "binh@vi-du.vn", "cũng lạ", "UBND xã"],
        ["Cường", "an@vi-du.vn", GROUP, "UBND xã"],
        ["Dũng", "an@vi-du.vn", GROUP, "UBND xã"],
        ["Em", "binh@vi-du.vn", GROUP, "UBND xã"],
        ["Giang", "giang@vi-du.vn", GROUP, "UBND xã"],
        [],
    )
    assert bad.kinds == (("Email: Trùng với dòng …", 3), ("Nhóm: Không có nhóm này", 2))
    assert bad.sound == 1


def test_a_row_has_its_name_its_address_and_every_reason() -> None:
    bad = refused(["", ""], HEADING, ["", ""], ["  An ", "không phải thư", "lạ", "x"])
    (row,) = bad.rows
    assert (row.row, bad.name(row), bad.email(row)) == (4, "An", "không phải thư")
    assert len(row.reasons) == 2


def test_a_heading_that_lacks_a_column_is_no_bad_row() -> None:
    bad = refused(["Ai", "Email"], ["An", "an@vi-du.vn"])
    assert bad.rows == ()
    assert len(bad.heading_faults) == 3
    assert refused().heading_faults


def test_rows_are_kept_as_they_are() -> None:
    bad = refused(HEADING, ["=1+1", "x", "lạ", "“dấu” \n xuống dòng"])
    assert badrows.unpack(badrows.pack(bad)) == bad


def test_a_sheet_that_was_mended_badly_does_not_grow() -> None:
    sheet = refused(HEADING, ["An", "x", GROUP, "UBND xã"]).sheet
    again = refused(*sheet)
    assert again.sheet[0] == [*HEADING, "Dòng trong tệp", "Lý do"]
    assert again.sheet[1][:4] == ["An", "x", GROUP, "UBND xã"]
