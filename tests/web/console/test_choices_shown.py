"""What was said to questions that only ask: on pages and papers, with shares of who answered."""

import csv
import io
import zipfile

import pytest
from openpyxl import load_workbook

from app.keys.keyfile import KeyFile
from app.language import number
from app.papers import unitsheets
from app.papers.export import Document, to_csv, to_docx, to_xlsx
from app.scores import figures
from app.scores.course import Course
from app.settings import Settings
from app.store.db import Database
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.making.words import tables as tables_of
from tests.making.words import text_of
from tests.papers.test_verify_choices import SOUND
from tests.web.console.test_results import BASE, rows, scored_wave, tables

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SEVERAL = "cộng các tỷ lệ có thể quá 100%"
LABELS = {"A": "Thủ tục đơn giản hơn", "C": "Thái độ phục vụ", "-": "Không có ý kiến"}


def table_of(clerk: Clerk, title: str) -> list[list[str]]:
    (found,) = (
        each for each in tables(clerk, "rank") if words(each.find("caption")).startswith(title)
    )
    return list(rows(found))


@SQLITE
def test_the_pages_show_counts_and_shares_of_just_the_sheet(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    document = scored_wave(db, keys, "choices")
    clerk = desk_of(db, keys, configured, "council").open(f"{BASE}/ket-qua")
    clerk.open(clerk.link("Câu hỏi thêm"))
    (said, _hidden) = document["choices"]
    answers = sum(said["answers"].values())
    shown = {row[0]: row[1:] for row in table_of(clerk, "Năm 2024, Ông/Bà mong")}
    for level, label in LABELS.items():
        count = sum(cell[level] for cell in said["counts"].values())
        assert shown[label][:2] == [figures.share(count, answers), number(count)]
    assert f"Số phiếu trả lời{number(answers)}" in clerk.text
    assert SEVERAL in clerk.text
    assert "không tính điểm" in clerk.text
    by_unit = table_of(clerk, "Theo Ông/Bà, từng cơ quan nên làm gì")
    assert [row[0] for row in by_unit] == ["Sở Nội vụ", "Sở Tài chính"]
    unit = document["units"][1]["choices"]
    assert by_unit[1][1] == number(sum(unit[1]["answers"].values()))
    clerk.open(f"{BASE}/ket-qua/cau-hoi-them?co-quan=stc")
    own = table_of(clerk, "Theo Ông/Bà, Sở Tài chính nên làm gì")
    clerk.open(f"{BASE}/ket-qua/co-quan/stc")
    assert table_of(clerk, "Theo Ông/Bà, Sở Tài chính nên làm gì") == own
    assert clerk.open(f"{BASE}/ket-qua/cau-hoi-them?co-quan=khong-co").status == 404
    form = clerk.open(f"{BASE}/xuat-bao-cao").form_to("/xuat-bao-cao/zip")
    got = clerk.client.post(form.action, data=form.values, headers=clerk.from_here)
    with zipfile.ZipFile(io.BytesIO(got.content)) as found:
        text = found.read("kiem-phieu.csv").decode()
    read = csv.DictReader(io.StringIO(text, newline=""))
    assert sum(int(row["n"] or 0) for row in read if row["question"] == "m1") == sum(
        n for cell in said["counts"].values() for n in cell.values()
    )


@SQLITE
def test_an_index_without_such_questions_has_no_such_page(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    scored_wave(db, keys)
    clerk = desk_of(db, keys, configured).open(f"{BASE}/ket-qua")
    assert "Câu hỏi thêm" not in clerk.text
    assert clerk.open(f"{BASE}/ket-qua/cau-hoi-them").status == 404


def test_the_papers_have_them_and_hide_what_few_have_said() -> None:
    report = to_docx(SOUND)
    assert "Phụ lục II. Câu hỏi thêm" in text_of(report)
    assert SEVERAL in text_of(report)
    found = [each for each in tables_of(report) if each[0][1] == "Số phiếu trả lời"]
    said, units, _wishes = found
    assert said[0][3] == "Trả kết quả đúng hẹn"
    assert [[row[0], row[1], row[3]] for row in said[1:]] == [
        ["Đại biểu HĐND tỉnh", "12", "7 (58,3%)"],
        ["Lãnh đạo xã", "40", "30 (75,0%)"],
        ["Tất cả", "52", "37 (71,2%)"],
    ]
    assert units[1:] == [["Sở Nội vụ", *"****"], ["Sở Tài chính", "10", "80,0", "10,0", "10,0"]]
    own = unitsheets.together(SOUND, None, Course(), "stc")
    assert "5. Câu hỏi thêm" in text_of(own)
    (said,) = (each for each in tables_of(own) if each[0][1] == "Số phiếu trả lời")
    assert said[1:] == [["Lãnh đạo xã", "10", "8 (80,0%)", "1 (10,0%)", "1 (10,0%)"]]
    hidden = text_of(unitsheets.together(SOUND, None, Course(), "snv"))
    assert "Có ít hơn 5 phiếu trả lời" in hidden.partition("5. Câu hỏi thêm")[2]
    plain: Document = {k: v for k, v in SOUND.items() if k != "choices"}
    assert to_csv(plain) == to_csv(SOUND)


def test_the_workbook_has_a_row_for_each_level_of_each_cell() -> None:
    sheet = load_workbook(io.BytesIO(to_xlsx(SOUND)))["Câu hỏi thêm"]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    deputies = "Đại biểu HĐND tỉnh"
    assert [
        "Năm 2024, Ông/Bà mong cơ quan nhà nước cải thiện điều gì nhất?",
        *(None, deputies, "Trả kết quả đúng hẹn", 7, 12, 58.3),
    ] in found
    assert any(row[0] and "trực tuyến không?" in row[0] and row[2] == "*" for row in found)
