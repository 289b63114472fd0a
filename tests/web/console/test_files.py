"""Files as people have them, at the desk: what was read is told, hidden rows are asked about."""

from datetime import timedelta

import pytest

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.making.lists import CASES, HEADING, book, index, person, saved
from tests.making.rosters import PATH, count, put

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EXTERNAL = "/quan-tri/dot/nhap/ket-qua-khac"


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    """An officer with a draft of the index of the cases."""
    assert keys.tokens, "the key file is there before there is a wave"
    with db.transaction() as session:
        now = db.now(session)
        waves.new(session, "nhap", index(), now, now + timedelta(days=9), now)
    return desk_of(db, keys, configured)


def send(clerk: Clerk, name: str) -> Clerk:
    return put(clerk, (CASES / name).read_bytes(), name)


def again(clerk: Clerk, data: bytes, choice: str, path: str) -> Clerk:
    """Send a file once more from the page that asked, with an answer."""
    form = clerk.form_to(path)
    return clerk.upload(form, {"tep": ("ds.xlsx", data)}, {**form.boxes, "dong-an": choice})


def said(clerk: Clerk) -> str:
    return next(words(each) for each in clerk.tree.iter("p") if each.get("class") == "word")


def test_after_an_import_the_page_says_which_part_of_the_file_was_read(clerk: Clerk) -> None:
    assert said(send(clerk, "07-title-rows.xlsx")) == (
        "Đã nhập 4 người. Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 4."
    )


def test_mended_telephones_are_told_by_row_and_without_the_number(clerk: Clerk) -> None:
    told = said(send(clerk, "17-phone-forms.csv"))
    assert "Lưu ý: Điện thoại “…” được đọc thành “…” (dòng 4–5)." in told
    assert "có vẻ mất số, không đoán được (dòng 3)." in told
    assert "0912" not in told


def test_a_refused_list_says_which_part_of_the_file_was_read(clerk: Clerk, db: Database) -> None:
    send(clerk, "01-merged-agency.xlsx")
    assert (bool(clerk.refused), count(db)) == (True, 0)
    assert "Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 1." in clerk.text
    assert "Ô nằm trong vùng ô gộp D2:D4" in clerk.text
    put(clerk, saved(book(["Tên", "Thư"], ["An", "x"])[0]), "ds.xlsx")
    assert "Dòng ấy ghi: “Tên”, “Thư”." in clerk.text


def test_two_sheets_of_people_are_refused_and_named(clerk: Clerk, db: Database) -> None:
    send(clerk, "09b-two-data-sheets.xlsx")
    assert (bool(clerk.refused), count(db)) == (True, 0)
    assert "có bảng cần nhập ở nhiều trang: “HĐND”, “Sở”" in clerk.text


@pytest.mark.parametrize(("choice", "people"), [("include", 4), ("skip", 2)])
def test_hidden_rows_are_asked_about_and_the_answer_is_taken(
    clerk: Clerk, db: Database, choice: str, people: int
) -> None:
    assert not clerk.open(PATH).tree.findall(".//*[@name='dong-an']")
    send(clerk, "06-hidden-rows.xlsx")
    assert (bool(clerk.refused), count(db)) == (True, 0)
    assert "Trang “Danh sách” có 2 dòng đang ẩn hoặc bị lọc mất: 2–3." in clerk.text
    again(clerk, (CASES / "06-hidden-rows.xlsx").read_bytes(), choice, "/danh-sach")
    assert (clerk.status, count(db)) == (200, people)
    assert "2 dòng đang ẩn: 2–3." in said(clerk)


def test_hidden_rows_of_a_list_that_replaces_another_are_asked_about(
    clerk: Clerk, db: Database
) -> None:
    send(clerk, "07-title-rows.xlsx")
    send(clerk, "06-hidden-rows.xlsx")
    assert (bool(clerk.refused), count(db)) == (True, 4)
    again(clerk, (CASES / "06-hidden-rows.xlsx").read_bytes(), "skip", "/danh-sach")
    assert count(db) == 2


@pytest.mark.parametrize("choice", ["", "x", "include; skip"])
def test_an_answer_that_was_not_offered_is_none(clerk: Clerk, db: Database, choice: str) -> None:
    send(clerk, "06-hidden-rows.xlsx")
    again(clerk, (CASES / "06-hidden-rows.xlsx").read_bytes(), choice, "/danh-sach")
    assert (bool(clerk.refused), count(db)) == (True, 0)


def test_names_of_sheets_and_of_many_columns_fit_the_word_on_the_next_page(clerk: Clerk) -> None:
    made, sheet = book([*HEADING, *(f"Cột không dùng số {n}" for n in range(90))], person(0, "snv"))
    sheet.title = "Đ" * 31
    for number in range(40):
        made.create_sheet(f"Trang tính số {number:02} {'ờ' * 13}").append(["x"])
    assert said(put(clerk, saved(made), "ds.xlsx")).endswith("…")


def test_outside_results_are_told_and_asked_about_alike(clerk: Clerk) -> None:
    made, sheet = book(["SIPAS"], ["Đơn vị", "Tiêu chí", "Tỷ lệ"], ["snv", "1.1", 79], ["x"])
    sheet.row_dimensions[4].hidden = True
    clerk.open(EXTERNAL)
    clerk.upload(clerk.form_to("/ket-qua-khac"), {"tep": ("ds.xlsx", saved(made))})
    assert clerk.refused
    assert "có 1 dòng đang ẩn hoặc bị lọc mất: 4." in clerk.text
    again(clerk, saved(made), "include", "/ket-qua-khac")
    assert clerk.refused
    assert "Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 2. Nhập cả 1 dòng đang ẩn" in clerk.text
    clerk.open(EXTERNAL)
    sheet.delete_rows(4)
    sheet.row_dimensions[4].hidden = False
    clerk.upload(clerk.form_to("/ket-qua-khac"), {"tep": ("ds.xlsx", saved(made))})
    assert said(clerk) == ("Đã nhập 1 tỷ lệ. Đã đọc trang “Danh sách”, dòng tiêu đề là dòng 2.")
