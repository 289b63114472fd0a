"""Word files: the same bytes, texts that stay texts, one source of words with the page."""

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest

from app.papers import word
from app.papers.export import to_docx
from app.scores import minutes
from app.scores.minutes import Opening
from app.scores.paper import Column, Paper, Table, Text
from app.scores.urnsums import Ballots
from tests.making.sheets import make_document
from tests.making.words import markup_of, opened, tables, text_of

AT = datetime(2023, 3, 5, 2, 0, tzinfo=UTC)


def make_paper(*parts: Text | Table) -> Paper:
    return Paper("Sở Nội vụ", "Số: …", "Báo cáo", "Thử", parts, ("Người ký",))


def make_opening(proposed_by: str = "Trần Thu Hà") -> Opening:
    return Opening(
        agency="Sở Nội vụ",
        index_name="Chỉ số thử",
        wave="thu-2022",
        rehearsal=False,
        mode="committee",
        two_people=True,
        closed_at=AT,
        unsealed_at=AT,
        keys_erased_at=AT,
        proposed_by=proposed_by,
        opened_by="Lê Văn Bình",
        ballots=Ballots(1611, 1204, 1204, 1, 2, 3),
        comments_withheld=True,
        urn="sha256:aa",
        receipts="sha256:bb",
        index_digest="sha256:cc",
        log="7:dd",
    )


def test_the_same_sheet_gives_the_same_file_dated_by_the_closing() -> None:
    data = to_docx(make_document())
    assert to_docx(make_document()) == data
    known = opened(data).core_properties
    assert known.created == known.modified == datetime(2023, 3, 4, 10, tzinfo=UTC)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", markup_of(data))) == {"2023-03-04T10:00:00Z"}


def test_nothing_of_the_library_s_template_shows() -> None:
    data = to_docx(make_document())
    assert "python-docx" not in markup_of(data)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert not [name for name in file.namelist() if "thumbnail" in name]


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://vi-du.vn")',
        '{ INCLUDETEXT "c:\\\\windows\\\\win.ini" }',
        "DDEAUTO cmd /k calc",
        "<w:fldSimple w:instr='DDEAUTO cmd'>",
        "http://vi-du.vn",
        "Sở & <b>Nội</b> vụ",
    ],
)
def test_no_text_becomes_a_field_or_a_link(name: str) -> None:
    data = to_docx(make_document(units=({"code": "snv", "name": name},), answers={}))
    assert name in {cell for table in tables(data) for row in table for cell in row}
    found = markup_of(data)
    # The number of the page is the only field.
    assert re.findall(r'<w:fldSimple w:instr="([^"]*)"', found) == ["PAGE"]
    assert "<w:instrText" not in found
    assert "<w:hyperlink" not in found
    assert "TargetMode" not in found


def test_signs_that_a_file_cannot_hold_are_left_out() -> None:
    odd = "Sở\x00 \x0bNội\x1b\u202e vụ\n\ud800\ufffe\u200b!"
    columns = (Column(odd, 1, number=False), Column("n", 1))
    paper = make_paper(Text(odd), Table(odd, columns, ((odd, "1"),), (odd,)))
    data = word.to_docx(paper, AT)
    assert text_of(data).count("Sở  Nội vụ !") == 3
    assert tables(data)[1] == [["Sở  Nội vụ !", "n"], ["Sở  Nội vụ !", "1"]]


def test_spaces_that_tie_words_stay() -> None:
    assert "17\u00a0giờ" in text_of(word.to_docx(make_paper(Text("17\u00a0giờ")), AT))


def test_the_heading_of_a_table_stands_on_every_page_and_no_row_is_parted() -> None:
    columns = (Column("Tên", 1, number=False), Column("Số", 1))
    rows = tuple((str(place), "1") for place in range(60))
    data = word.to_docx(make_paper(Table("Bảng", columns, rows)), AT)
    table = opened(data).tables[-2]
    heads = [row._tr.xpath("./w:trPr/w:tblHeader") for row in table.rows]
    assert [bool(each) for each in heads] == [True, *[False] * 60]
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in table.rows)


def test_the_minutes_say_who_opened_and_what_was_counted() -> None:
    data = word.to_docx(minutes.paper(make_opening()), AT)
    said = text_of(data)
    assert "- Người đề nghị: Trần Thu Hà" in said
    assert "- Người xác nhận và mở: Lê Văn Bình" in said
    assert "- Cách giữ khóa: các ủy viên giữ khóa; cần hai chuyên viên" in said
    assert "dưới 10 phiếu" in said
    cells = [cell for table in tables(data) for row in table for cell in row]
    for wanted in ("1.611", "1.204", "sha256:aa", "sha256:bb", "sha256:cc", "7:dd"):
        assert wanted in cells
    (signs,) = tables(data)[-1]
    assert [cell.split("\n")[0] for cell in signs] == [
        *("Người lập biên bản", "Đại diện Hội đồng", "Người chứng kiến"),
    ]
    alone = text_of(word.to_docx(minutes.paper(make_opening("")), AT))
    assert "- Người mở: Lê Văn Bình" in alone
    assert "Người đề nghị" not in alone
