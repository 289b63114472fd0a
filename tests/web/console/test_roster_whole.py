"""Danh sách as a whole: refused, replaced, found, sorted, counted."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from sqlmodel import col, select

from app.keys.keyfile import KeyFile
from app.preparation import keptrows, library
from app.roster import people
from app.roster.badrows import BadRow, BadRows
from app.settings import Settings
from app.store.db import Database
from app.store.models import Respondent
from app.store.officemodels import AuditRow, KeptBadRows
from app.waves import closing, launch
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.making.badbooks import bomb
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.consoles import Clerk
from tests.making.rosters import (
    GROUP,
    HEADING,
    PATH,
    count,
    draft_of,
    drafting,
    listed,
    people_of,
    put,
    table,
    workbook,
)

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return drafting(db, keys, configured)


def kept(db: Database) -> list[tuple[int, int]]:
    with db.reading() as session:
        found = session.connection().execute(select(col(KeptBadRows.rows), col(KeptBadRows.taken)))
        return [(rows, taken) for rows, taken in found]


@SQLITE
def test_ten_thousand_bad_rows_are_a_page_and_a_whole_sheet(clerk: Clerk, db: Database) -> None:
    put(clerk, HEADING + "".join(f"Người {n},sai{n},{GROUP},UBND xã\n" for n in range(10_000)))
    assert clerk.refused
    assert "10.000 dòng cần sửa" in clerk.text
    assert "Và 9.500 dòng nữa trong tệp tải về." in clerk.text
    assert "10.000 chỗ – Email: Không phải địa chỉ thư" in clerk.text
    assert len(clerk.response.content) < 500_000
    heading, *rows = workbook(clerk, "/dong-loi")
    assert len(rows) == 10_000
    assert (rows[-1][0], rows[-1][heading.index("Dòng trong tệp")]) == ("Người 9999", "10.001")


def test_bad_rows_wait_for_the_next_file_and_nowhere_else(clerk: Clerk, db: Database) -> None:
    put(clerk, HEADING + f"Bí Mật,sai,{GROUP},UBND xã\nAn,an@vi-du.vn,{GROUP},UBND xã\n")
    assert "1 dòng cần sửa" in clerk.text
    assert "Bí Mật" in clerk.text
    assert not [cookie.name for cookie in clerk.client.cookies.jar if "loi-nhan" in cookie.name]
    clerk.open(PATH)
    assert "Còn 1 dòng cần sửa" in clerk.text
    assert [row[0] for row in workbook(clerk, "/dong-loi")[1:]] == ["Bí Mật"]
    assert kept(db) == [(1, 0)]
    put(clerk, people_of(12))
    assert kept(db) == []
    clerk.open(PATH)
    assert "dòng cần sửa" not in clerk.text
    with db.reading() as session:
        assert "Bí Mật" not in repr(session.exec(select(AuditRow)).all())


@SQLITE
def test_bad_rows_are_forgotten_at_the_launch_and_with_the_draft(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    put(clerk, people_of(12))
    put(clerk, HEADING + f"An,sai,{GROUP},UBND xã\n")
    assert (count(db), kept(db)) == (12, [(1, 0)]), "the list stands beside what was refused"
    stale = clerk.open(PATH).form_to("/dong-loi")
    with db.transaction() as session:
        launch.launch(db, session, keys, configured, draft_of(session))
    assert kept(db) == []
    clerk.send(stale)
    assert clerk.refused
    assert "Không còn giữ dòng nào" in clerk.text
    with db.transaction() as session:
        now = db.now(session)
        index = make_index("pooled")
        wave = waves.new(session, "khac", index, now, now + timedelta(days=9), now)
        keptrows.keep(session, wave, bad_rows_of_one())
        waves.forget_draft(session, id_of(wave), wave.code)
    assert kept(db) == []
    with db.transaction() as session:
        again = waves.new(session, "khac", index, now, now + timedelta(days=9), now)
        keptrows.keep(session, again, bad_rows_of_one())
        closing.cancel(db, session, configured, again, "thử")
    assert kept(db) == []


def bad_rows_of_one() -> BadRows:
    row = BadRow(2, ("An",), ("sai",))
    return BadRows("ds.csv", ("Họ và tên",), (), (row,), (("sai", 1),), 0)


@SQLITE
@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("trong.csv", b" \n", "trống"),
        ("anh.xlsx", b"\xff\xd8\xff\xe0 JFIF \x00", "là văn bản hoặc hình ảnh"),
        ("cu.csv", "Họ và tên".encode("utf-16"), "không phải CSV mã UTF-8"),
        ("hong.xlsx", b"PK\x03\x04 no", "Tệp “hong.xlsx”"),
        (
            "khoa.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "có mật khẩu",
        ),
        ("cu.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "Excel đời cũ"),
        ("no.xlsx", bomb, "Tệp “no.xlsx”"),
        ("dai.csv", b"a\n" * 100_001, "quá lớn"),
        ("cot.csv", "Tên,Email\nAn,an@vi-du.vn".encode(), "dòng tiêu đề cần sửa"),
        ("dau.csv", HEADING.encode(), "Không có dòng nào dưới dòng tiêu đề"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_do(
    clerk: Clerk, db: Database, name: str, data: bytes | Callable[[], bytes], words: str
) -> None:
    put(clerk, data if isinstance(data, bytes) else data(), name)
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    assert words in clerk.text
    assert (count(db), kept(db)) == (0, [])


@SQLITE
def test_a_file_of_eleven_megabytes_is_not_read(clerk: Clerk, db: Database) -> None:
    put(clerk, bytes(11 << 20))
    assert clerk.refused
    assert "10 MB" in clerk.text


def test_a_list_is_replaced_only_by_who_says_so_and_has_seen_it(clerk: Clerk, db: Database) -> None:
    assert not [form for form in clerk.open(PATH).forms if "thay" in form.boxes]
    put(clerk, people_of(12))
    clerk.open(PATH)
    assert "Thay 12 người đang có" in clerk.text
    form = next(each for each in clerk.forms if each.element.get("enctype"))
    other = {"tep": ("b.csv", people_of(3, first=50).encode())}
    clerk.upload(form, other)
    assert clerk.refused
    assert "Danh sách đang có 12 người" in clerk.text
    assert "Tệp vừa gửi: b.csv. Chọn lại tệp ấy." in clerk.text
    assert count(db) == 12
    # Another officer adds somebody: what was to go is not what was seen.
    clerk.open(f"{PATH}/them").submit(
        {"ten": "Ba", "thu": "ba@vi-du.vn", "nhom": GROUP, "co-quan": "UBND xã"}
    )
    clerk.upload(form, other, form.boxes)
    assert "Danh sách đang có 13 người" in clerk.text
    assert count(db) == 13
    put(clerk, other["tep"][1])
    assert (clerk.status, count(db)) == (200, 3)
    with db.reading() as session:
        told = [json.loads(row.facts) for row in session.exec(select(AuditRow)).all()]
    assert [facts["replaced"] for facts in told if "replaced" in facts] == [13]


@SQLITE
def test_last_years_list_does_not_replace_this_years_unasked(
    clerk: Clerk, db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys, code="nam-ngoai", people=12)
    put(clerk, people_of(3))
    form = clerk.open(PATH).form_to("/lay-dot-truoc")
    clerk.send(form)
    assert clerk.refused
    assert count(db) == 3
    clerk.send(form, form.boxes)
    assert (clerk.status, count(db)) == (200, 12)


@SQLITE
def test_a_list_of_which_nobody_fits_takes_nobody(
    clerk: Clerk, db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys, code="nam-ngoai", people=3)
    with db.transaction() as session:
        for person in session.scalars(select(Respondent)).all():
            person.group = "nhóm không còn"
            session.add(person)
    clerk.open(PATH)
    clerk.send(clerk.form_to("/lay-dot-truoc"))
    assert clerk.refused
    assert "Không ai trong danh sách của đợt nam-ngoai" in clerk.text
    assert (count(db), kept(db)) == (0, [(3, 0)])
    assert len(workbook(clerk, "/dong-loi")) == 4


@SQLITE
def test_people_read_the_name_of_a_unit_and_find_it(clerk: Clerk, db: Database) -> None:
    index = make_index("pooled")
    first, second = index.units[0], index.units[1]
    put(
        clerk,
        HEADING
        + f"An,an@vi-du.vn,{GROUP},{first.code}\n"
        + f"Bình,binh@vi-du.vn,{GROUP},{first.name.upper()}\n"
        + f"Cường,cuong@vi-du.vn,{GROUP},{second.code}\n"
        + f"Dũng,dung@vi-du.vn,{GROUP},Văn phòng Tỉnh ủy\n",
    )
    clerk.open(PATH)
    assert [each[-1] for each in table(clerk, "nguoi")] == [
        *(first.name, first.name),
        *(second.name, "Văn phòng Tỉnh ủy"),
    ]
    assert listed(clerk.open(f"{PATH}?tim={first.name}")) == ["An", "Bình"]
    assert listed(clerk.open(f"{PATH}?tim={first.code}")) == ["An", "Bình"]
    assert listed(clerk.open(f"{PATH}?tim=van+phong+tinh+uy")) == ["Dũng"]
    clerk.open(f"{PATH}/co-quan")
    assert table(clerk, "co-quan") == [
        [first.name, "có", "2"],
        [second.name, "có", "1"],
        ["Văn phòng Tỉnh ủy", "không", "1"],
    ]
    assert listed(clerk.open(clerk.link(first.name))) == ["An", "Bình"]
    data = clerk.client.get(f"{PATH}/so-nguoi.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Theo cơ quan"]
    assert list(sheet.values)[1] == (first.name, "có", 2)
    clerk.open(PATH)
    assert [row[3] for row in workbook(clerk, "/xuat")[1:]][:2] == [first.name, first.name]


@SQLITE
def test_a_second_press_on_a_heading_sorts_the_other_way(clerk: Clerk) -> None:
    lines = [("Bình", "UBND xã"), ("Ánh", "Công an"), ("An", "Đoàn"), ("Đạt", "Báo")]
    put(
        clerk,
        HEADING + "".join(f"{n},a{i}@vi-du.vn,{GROUP},{a}\n" for i, (n, a) in enumerate(lines)),
    )
    clerk.open(PATH)
    assert sorted_by(clerk) == {}
    clerk.open(clerk.link("Họ và tên"))
    assert listed(clerk) == ["An", "Ánh", "Bình", "Đạt"]
    assert sorted_by(clerk) == {"Họ và tên ▲": "ascending"}
    clerk.open(clerk.link("Họ và tên ▲"))
    assert listed(clerk) == ["Đạt", "Bình", "Ánh", "An"]
    assert sorted_by(clerk) == {"Họ và tên ▼": "descending"}
    clerk.open(clerk.link("Cơ quan"))
    assert listed(clerk)[:2] == ["Đạt", "Ánh"]
    search = next(each for each in clerk.forms if each.element.get("role") == "search")
    assert search.values["xep"] == ["co-quan"], "searching keeps the order"
    clerk.open(f"{PATH}/co-quan")
    assert sorted_by(clerk) == {"Người ▼": "descending"}
    clerk.open(clerk.link("Cơ quan"))
    clerk.open(clerk.link("Cơ quan ▲"))
    assert [row[0] for row in table(clerk, "co-quan")] == ["UBND xã", "Đoàn", "Công an", "Báo"]


def sorted_by(clerk: Clerk) -> dict[str, str]:
    return {
        "".join(each.itertext()).strip(): each.get("aria-sort", "")
        for each in clerk.tree.iter("th")
        if each.get("aria-sort")
    }


@SQLITE
def test_pages_lead_to_the_first_and_the_last_and_keep_the_search(
    clerk: Clerk, db: Database
) -> None:
    put(clerk, people_of(170))
    clerk.open(f"{PATH}?tim=nguoi&xep=-ten")
    assert "Trang 1 trên 4" in clerk.text
    clerk.open(clerk.link("Trang cuối"))
    assert "Trang 4 trên 4" in clerk.text
    assert (listed(clerk)[-1], len(listed(clerk))) == ("Người thứ 0", 20)
    clerk.open(clerk.link("Trang trước"))
    assert "tim=nguoi" in clerk.path
    clerk.open(clerk.link("Trang đầu"))
    assert listed(clerk)[0] == "Người thứ 169"
    clerk.open(f"{PATH}?trang=99999")
    assert "Trang 4 trên 4" in clerk.text
    for wrong in ("0", "-1", "x", "²", "1" * 30):
        assert "Trang 1 trên 4" in clerk.open(f"{PATH}?trang={wrong}").text


@SQLITE
def test_groups_are_counted_with_their_share(clerk: Clerk, db: Database) -> None:
    index = make_index("pooled")
    found = make_people(index, 30)
    lines = [f"{p.name},{p.email},{p.group},{p.agency_text}" for p in found]
    put(clerk, HEADING + "\n".join(lines))
    clerk.open(PATH)
    counted = {row[0]: int(row[1]) for row in table(clerk, "theo-nhom")}
    with db.reading() as session:
        by_group = people.by_group(session, id_of(draft_of(session)))
    assert counted == {group.name: by_group.get(group.code, 0) for group in index.groups}
    assert "100,0%" in clerk.text


@SQLITE
def test_an_empty_list_teaches_how_one_looks(clerk: Clerk) -> None:
    clerk.open(PATH)
    assert "chưa có ai" in clerk.text
    for group in make_index("pooled").groups:
        assert f"{group.code} ({group.name})" in clerk.text
    assert clerk.link("Tải tệp mẫu").endswith("mau.xlsx")
    assert clerk.link("Thêm một người").endswith("/them")
    clerk.open(f"{PATH}/da-bo")
    assert "Chưa bỏ ai" in clerk.text
    clerk.open(f"{PATH}/co-quan")
    assert "chưa có ai" in clerk.text


@SQLITE
def test_another_index_asks_about_names_anew(clerk: Clerk, db: Database) -> None:
    index = make_index("pooled")
    put(clerk, HEADING + f"An,an@vi-du.vn,{GROUP},Ban Dân tộc tỉnh\n")
    assert not [form for form in clerk.forms if form.action.endswith("/co-quan")]
    more = replace(index.units[0], code="bdt", name="Ban Dân tộc")
    larger = replace(index, units=(*index.units, more))
    with db.transaction() as session:
        number, _new = library.store(session, larger, "a.toml", b"", "An", db.now(session))
    clerk.open("/quan-tri/dot/nhap/sua").submit({"bo-chi-so": str(number)})
    assert clerk.fine, clerk.text
    clerk.open(PATH)
    clerk.send(clerk.form_to("/co-quan"), {"ten-0": "la"})
    with db.reading() as session:
        assert session.scalars(select(col(Respondent.agency))).all() == ["bdt"]
