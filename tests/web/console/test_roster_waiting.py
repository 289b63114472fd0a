"""A list that does not go in at once: columns told by hand, rows mended on the page, good ones in
while bad ones wait."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from app.commands import main
from app.keys.keyfile import KeyFile
from app.preparation import keptlist
from app.roster import people
from app.settings import Settings
from app.store.db import Database
from app.store.models import Respondent
from app.store.officemodels import KeptBadRows, KeptList
from app.waves import launch
from app.waves.wave import id_of
from tests.making.blocks import make_index, make_wave
from tests.making.consoles import Clerk, desk_of
from tests.making.lists import book, saved
from tests.making.rosters import GROUP, HEADING, PATH, count, draft_of, drafting, put

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WAITING = f"{PATH}/cho-sua"


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return drafting(db, keys, configured)


def lines(*rows: tuple[str, ...]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return HEADING + file.getvalue()


def names(db: Database) -> list[str]:
    with db.reading() as session:
        return [each.name for each in people.everyone(session, id_of(draft_of(session)))]


def kept(db: Database) -> tuple[int, int]:
    """How many files are in hand, how many bad rows wait."""
    with db.reading() as session:
        bad = session.scalars(select(col(KeptBadRows.rows))).all()
        return len(session.scalars(select(col(KeptList.wave_id))).all()), sum(bad)


GOOD = ("An", "an@vi-du.vn", GROUP, "UBND xã")
BAD = ("Bình", "binh.vi-du.vn", GROUP, "UBND xã")
LOST = ("Cường", "cuong@gmial.con", "nhóm lạ", "UBND xã")


def test_bad_rows_are_mended_on_the_page_and_then_all_go_in(clerk: Clerk, db: Database) -> None:
    put(clerk, lines(GOOD, BAD, LOST))
    assert "Sửa ngay trên trang" in clerk.text
    clerk.open(WAITING)
    assert "2 dòng của tệp này chưa vào danh sách. Tệp ds.csv, tải lên lúc" in clerk.text
    form = clerk.form_to("/cho-sua")
    assert form.values["thu-3"] == ["binh.vi-du.vn"]
    assert form.values["nhom-4"] == ["nhóm lạ"]
    clerk.send(form, {"thu-3": "binh@vi-du.vn", "ten-4": "Cường Lò"})
    assert "Đã xong 1 dòng. Đã lưu điều vừa sửa. Còn 1 dòng chưa đúng" in clerk.text
    assert clerk.form_to("/cho-sua").values["ten-4"] == ["Cường Lò"], "what was typed stays"
    assert (count(db), kept(db)) == (0, (1, 1))
    clerk.send(clerk.form_to("/cho-sua"), {"nhom-4": GROUP})
    assert "Mọi dòng của tệp này đã đúng. Chưa ai được đưa vào danh sách." in clerk.text
    assert clerk.path.startswith(WAITING)
    clerk.press("Đưa 3 người vào danh sách")
    assert names(db) == ["An", "Bình", "Cường Lò"]
    assert kept(db) == (1, 0)
    assert "Tệp ds.csv, tải lên lúc" in clerk.open(PATH).text
    assert "Không có dòng nào chờ sửa." in clerk.open(WAITING).text


@SQLITE
def test_good_rows_go_in_while_bad_ones_wait_and_join_when_mended(
    clerk: Clerk, db: Database
) -> None:
    put(clerk, lines(GOOD, BAD, LOST, ("Dũng", "AN@vi-du.vn", GROUP, "UBND xã")))
    clerk.open(WAITING).press("Đưa 1 dòng đúng vào trước; 3 dòng chờ sửa")
    assert clerk.path == PATH
    assert "Đã nhập 1 người. 3 dòng chờ sửa." in clerk.text
    assert "Còn 3 dòng cần sửa" in clerk.text
    assert (names(db), kept(db)) == (["An"], (1, 3))
    clerk.open(WAITING)
    assert "1 người khác của tệp đã ở trong danh sách." in clerk.text
    clerk.send(
        clerk.form_to("/cho-sua"),
        {"thu-3": "binh@vi-du.vn", "nhom-4": GROUP, "thu-5": "an@vi-du.vn"},
    )
    assert "Đã thêm 2 người vào danh sách. Đã lưu điều vừa sửa. Còn 1 dòng" in clerk.text
    assert "đã thuộc một người khác trong danh sách" in clerk.text
    assert names(db) == ["An", "Bình", "Cường"]
    clerk.send(clerk.form_to("/cho-sua"), {"bo-5": "1"})
    assert (names(db), kept(db)) == (["An", "Bình", "Cường"], (1, 0))


@SQLITE
def test_a_likely_address_is_one_press_away(clerk: Clerk, db: Database) -> None:
    put(clerk, lines(GOOD, ("Bình", "binh@gmail", GROUP, "UBND xã")))
    clerk.open(WAITING).press("Dùng binh@gmail.com")
    clerk.press("Đưa 2 người vào danh sách")
    with db.reading() as session:
        emails = session.scalars(select(col(Respondent.email))).all()
    assert sorted(emails) == ["an@vi-du.vn", "binh@gmail.com"]


@SQLITE
def test_a_group_in_other_words_is_told_once_for_all_its_rows(clerk: Clerk, db: Database) -> None:
    odd = [(f"Người {n}", f"n{n}@vi-du.vn", "Đối tượng 1", "UBND xã") for n in range(40)]
    put(clerk, lines(GOOD, *odd))
    clerk.open(WAITING)
    assert "“Đối tượng 1”: 40 dòng" in clerk.text
    assert "Trang 1 trên 2" in clerk.text
    clerk.send(clerk.form_to("/cho-sua/nhom"), {"la-0": GROUP})
    assert "Đã xong 40 dòng." in clerk.text
    clerk.press("Đưa 41 người vào danh sách")
    assert count(db) == 41
    clerk.open(WAITING)
    assert "Không có dòng nào chờ sửa." in clerk.text


@SQLITE
def test_a_list_that_stands_is_replaced_only_when_it_is_said(clerk: Clerk, db: Database) -> None:
    put(clerk, lines(GOOD))
    put(clerk, lines(("Bé", "be@vi-du.vn", GROUP, "UBND xã"), BAD))
    assert names(db) == ["An"]
    form = clerk.open(WAITING).form_to("/dua-vao")
    clerk.send(form)
    assert clerk.refused
    assert "Danh sách đang có 1 người" in clerk.text
    clerk.send(clerk.form_to("/dua-vao"), clerk.form_to("/dua-vao").boxes)
    assert names(db) == ["Bé"]


@SQLITE
def test_of_two_who_mend_the_second_sees_what_the_first_did(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    put(clerk, lines(GOOD, BAD, LOST))
    other = desk_of(db, keys, configured)
    stale = other.open(WAITING).form_to("/cho-sua")
    clerk.open(WAITING).send(clerk.form_to("/cho-sua"), {"thu-3": "binh@vi-du.vn"})
    other.send(stale, {"thu-3": "khac@vi-du.vn"})
    assert other.refused
    assert "vừa được sửa ở nơi khác" in other.text
    assert kept(db) == (1, 1)


@SQLITE
def test_rows_that_wait_can_be_dropped_and_go_with_the_launch(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    more = [(f"Người {n}", f"n{n}@vi-du.vn", GROUP, "UBND xã") for n in range(12)]
    put(clerk, lines(*more, BAD))
    clerk.open(WAITING).press("Đưa 12 dòng đúng vào trước; 1 dòng chờ sửa")
    clerk.open("/quan-tri/dot/nhap/phat-phieu")
    assert "1 dòng của ds.csv chờ sửa" in clerk.text
    clerk.open(WAITING).press("Bỏ 1 dòng chờ sửa")
    assert (count(db), kept(db)) == (12, (1, 0))
    assert "chờ sửa" not in clerk.open("/quan-tri/dot/nhap/phat-phieu").text
    put(clerk, lines(*more, BAD))
    with db.transaction() as session:
        launch.launch(db, session, keys, configured, draft_of(session))
    assert kept(db) == (0, 0)
    assert "Không có dòng nào chờ sửa." in clerk.open(WAITING).text


@SQLITE
def test_last_years_people_who_do_not_fit_are_mended_alike(
    clerk: Clerk, db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys, code="nam-ngoai", people=12)
    with db.transaction() as session:
        query = select(Respondent).where(col(Respondent.name) == "Người thứ 3")
        session.scalars(query).one().group = "nhóm không còn"
    clerk.open(PATH).send(clerk.form_to("/lay-dot-truoc"), {"dot": "nam-ngoai"})
    assert count(db) == 11
    clerk.open(WAITING)
    (row,) = clerk.form_to("/cho-sua").values["dong"]
    clerk.send(clerk.form_to("/cho-sua"), {f"nhom-{row}": GROUP})
    assert (count(db), kept(db)) == (12, (1, 0))


@SQLITE
def test_rows_that_wait_are_not_lost_when_another_index_needs_another_column(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = drafting(db, keys, configured)
    put(clerk, lines(GOOD, BAD).replace(",Cơ quan", ",Ghi thêm"))
    assert "Thiếu cột “Cơ quan”" in clerk.text
    put(clerk, lines(GOOD, BAD))
    with db.transaction() as session:
        held = keptlist.of(session, id_of(draft_of(session)))
        assert held is not None
        assert held.sheet is not None
        rows = [["Họ và tên", "Email", "Nhóm", "Khác"], *held.sheet.rows[1:]]
        lacking = replace(held, sheet=replace(held.sheet, rows=rows))
        keptlist.keep(session, draft_of(session), lacking)
    for path in ("/cho-sua", "/dua-vao"):
        clerk.open(WAITING)
        clerk.send(clerk.form_to(path))
        assert clerk.refused
        assert "Thiếu cột “Cơ quan”" in clerk.text
    assert kept(db) == (1, 1)


@SQLITE
def test_a_launch_by_command_says_who_is_left_behind(
    clerk: Clerk, db: Database, configured: Settings
) -> None:
    more = [(f"Người {n}", f"n{n}@vi-du.vn", GROUP, "UBND xã") for n in range(12)]
    put(clerk, lines(*more, BAD))
    clerk.open(WAITING).press("Đưa 12 dòng đúng vào trước; 1 dòng chờ sửa")
    with db.transaction() as session:  # a command goes by the clock on the wall
        draft_of(session).closes_at = datetime(2099, 1, 1, tzinfo=UTC)
    told = {
        "PHIEU_DATA": str(configured.data),
        "PHIEU_DATABASE_URL": configured.database_url,
        "PHIEU_KEY_FILE": str(configured.key_file),
    }
    done = CliRunner().invoke(main.app, ["wave", "launch", "nhap"], env=told)
    assert done.exit_code == 0, done.output
    assert "1 dòng của ds.csv còn chờ sửa; những người ấy không có phiếu." in done.stderr


# Columns


def test_columns_that_are_in_doubt_are_told_by_hand(clerk: Clerk, db: Database) -> None:
    made, _sheet = book(
        ["DANH SÁCH"],
        ["Họ tên", "Thư điện tử", "Hòm thư", "Nhóm đối tượng", "Thuộc"],
        ["An", "an@vi-du.vn", "cu@vi-du.vn", GROUP, "UBND xã"],
        ["Tổng cộng: 1 người"],
    )
    put(clerk, saved(made), "ds.xlsx")
    assert clerk.refused
    assert "đều có thể là “Email”" in clerk.text
    assert (count(db), kept(db)) == (0, (1, 0))
    assert "Một tệp chờ chọn cột" in clerk.open(PATH).text
    clerk.open(f"{PATH}/cot")
    assert "Cần có: Họ và tên, Email, Nhóm, Cơ quan." in clerk.text
    form = clerk.form_to("/cot")
    assert [form.values[f"cot-{n}"] for n in range(5)] == [
        *(["Họ và tên"], [""], [""], ["Nhóm"], [""])
    ]
    clerk.send(form, {"cot-1": "Email", "cot-2": "Email"})
    assert "Hai cột cùng được chọn là “Email”." in clerk.text
    clerk.send(form, {"cot-1": "Email"})
    assert "Chưa chọn cột nào là “Cơ quan”." in clerk.text
    assert clerk.form_to("/cot").values["cot-1"] == ["Email"], "what was chosen stays"
    clerk.send(clerk.form_to("/cot"), {"cot-4": "Cơ quan"})
    assert clerk.path == PATH
    assert "Đã nhập 1 người." in clerk.text
    assert names(db) == ["An"]
    clerk.open(PATH)
    assert "Dòng 4, dòng cộng: Tổng cộng: 1 người" in clerk.text


@SQLITE
def test_a_file_that_nobody_wants_is_dropped(clerk: Clerk, db: Database) -> None:
    put(clerk, "Ai,Hộp\nAn,an@vi-du.vn\n")
    assert "Tệp ds.csv chưa được nhập" in clerk.open("/quan-tri/dot/nhap/phat-phieu").text
    clerk.open(f"{PATH}/cot").press("Bỏ tệp này")
    assert "Đã bỏ tệp ds.csv" in clerk.text
    assert kept(db) == (0, 0)
    put(clerk, lines(GOOD, BAD))
    clerk.open(WAITING)
    clerk.send(clerk.form_to("/cho-sua"), {"thu-3": "binh@vi-du.vn"})
    assert "2 dòng đúng của ds.csv" in clerk.open("/quan-tri/dot/nhap/phat-phieu").text
    clerk.open(WAITING).press("Bỏ tệp này")
    assert (count(db), kept(db)) == (0, (0, 0))


@SQLITE
def test_another_row_can_be_the_heading(clerk: Clerk, db: Database) -> None:
    made, _sheet = book(
        ["Ai là người", "Ở đâu vậy", "Khi nào"],
        ["Ai", "Hộp", "Là gì", "Ở đâu"],
        ["An", "an@vi-du.vn", GROUP, "UBND xã"],
    )
    put(clerk, saved(made), "ds.xlsx")
    clerk.send(clerk.open(f"{PATH}/cot").form_to("/cot"), {"dong-tieu-de": "2"})
    assert "Đã lấy dòng 2 làm dòng tiêu đề." in clerk.text
    titles = ("Họ và tên", "Email", "Nhóm", "Cơ quan")
    chosen = {f"cot-{place}": title for place, title in enumerate(titles)}
    clerk.send(clerk.form_to("/cot"), chosen)
    assert names(db) == ["An"]
    assert "Không có tệp nào chờ chọn cột." in clerk.open(f"{PATH}/cot").text


@SQLITE
def test_what_is_in_hand_is_what_came(clerk: Clerk, db: Database) -> None:
    put(clerk, lines(GOOD, BAD))
    with db.reading() as session:
        held = keptlist.of(session, id_of(draft_of(session)))
        short = keptlist.of(session, id_of(draft_of(session)), whole=False)
    assert held is not None
    assert short is not None
    assert (held.note.file, held.note.rows, held.settled) == ("ds.csv", 1, True)
    assert held.sheet is not None
    assert short.sheet is None
    assert short.waits
    assert [row[0] for row in held.sheet.rows] == ["Họ và tên", "An", "Bình"]
    assert make_index("pooled").groups[0].code == GROUP
