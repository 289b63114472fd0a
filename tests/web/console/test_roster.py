"""Danh sách in the console: bad rows, near agencies, last year's people, who took part."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.audit import chain
from app.bounces import taking
from app.keys.keyfile import KeyFile
from app.preparation import agencies, steps
from app.roster import people
from app.roster.file import Person
from app.settings import Settings
from app.store.db import Database
from app.store.models import DeadAddress, Respondent
from app.waves import launch, situation
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.consoles import Clerk
from tests.making.rosters import HEADING, PATH, count, drafting, put, workbook

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return drafting(db, keys, configured)


def test_bad_rows_are_all_told_and_can_be_had_as_a_sheet(clerk: Clerk, db: Database) -> None:
    group = make_index("pooled").groups[0].code
    put(
        clerk,
        HEADING
        + f"An,an@vi-du.vn,{group},UBND xã\n"
        + f"Bình,không phải thư,{group},UBND xã\n"
        + "=1+1,cuong@vi-du.vn,nhóm lạ,UBND xã\n",
    )
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    assert count(db) == 0
    rows = [row for row in clerk.tree.iter("tr") if row.find("th[@scope='row']") is not None]
    assert len(rows) >= 2
    heading, *bad = workbook(clerk, "/dong-loi")
    assert heading[-1] == "Lý do"
    assert [row[0] for row in bad] == ["Bình", "=1+1"]
    assert all(row[-1] for row in bad)
    with db.reading() as session:
        (line,) = chain.lines(session, "roster.export")
    assert line.facts == {"rows": 2}


@SQLITE
def test_a_name_that_nearly_is_a_unit_is_asked_about(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index("pooled")
    group, unit = index.groups[0].code, index.units[0]
    put(clerk, HEADING + f"An,an@vi-du.vn,{group},{unit.name} tỉnh\nBa,ba@vi-du.vn,{group},Khác\n")
    assert "1 tên cơ quan gần giống" in clerk.text
    stale = clerk.form_to("/co-quan")
    assert stale.radios == {"ten-0": ["la", "khac"]}
    assert "ten-0" not in stale.values, "nothing is chosen beforehand"
    assert "tỉnh”: 1 người An" in clerk.text
    clerk.send(stale)
    assert clerk.refused
    assert "Chọn một câu trả lời" in clerk.text
    clerk.send(stale, {"ten-0": "la"})
    assert own(db) == {"An": unit.code, "Ba": None}
    assert "gần giống" not in clerk.text
    clerk.send(stale, {"ten-0": "khac"})
    assert clerk.refused == "Trang vừa gửi đã cũ"
    assert own(db) == {"An": unit.code, "Ba": None}
    # It can be changed until the launch.
    clerk.open(PATH)
    settled = clerk.form_to("/co-quan")
    assert settled.values["ten-0"] == ["la"]
    clerk.send(settled, {"ten-0": "khac"})
    assert own(db) == {"An": None, "Ba": None}
    last = clerk.open(PATH).form_to("/co-quan")
    with db.transaction() as session:
        launch.launch(db, session, keys, configured, waves.load(session, "nhap"))
    clerk.send(last, {"ten-0": "la"})
    assert clerk.refused
    assert "đã phát phiếu" in clerk.text
    assert own(db) == {"An": None, "Ba": None}


def own(db: Database) -> dict[str, str | None]:
    """The unit that is each one's own agency."""
    with db.reading() as session:
        query = select(col(Respondent.name), col(Respondent.agency))
        return dict(session.connection().execute(query).all())


@SQLITE
def test_what_is_settled_about_a_name_holds_for_who_comes_later(clerk: Clerk, db: Database) -> None:
    index = make_index("pooled")
    group, unit = index.groups[0].code, index.units[0]
    name = f"{unit.name} tỉnh"
    put(clerk, HEADING + f"An,an@vi-du.vn,{group},{name}\n")
    clerk.send(clerk.form_to("/co-quan"), {"ten-0": "la"})
    clerk.open(f"{PATH}/them").submit(
        {"ten": "Ba", "thu": "ba@vi-du.vn", "nhom": group, "co-quan": name}
    )
    assert own(db) == {"An": unit.code, "Ba": unit.code}
    put(clerk, HEADING + f"Cả,ca@vi-du.vn,{group},{name}\n")
    assert own(db) == {"Cả": unit.code}
    assert "1 tên cơ quan đã xác nhận" in clerk.text
    with db.reading() as session:
        prepared = steps.of(session, id_of(waves.load(session, "nhap")))
    assert not agencies.open_ones(prepared)


@SQLITE
def test_no_answer_about_an_agency_leaves_somebody_nothing_to_rate(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index("assigned")
    group = next(each for each in index.groups if each.rates == "assigned")
    unit = next(u for u in index.units if index.asked(group.code, [u.code]))
    clerk = drafting(db, keys, configured, "assigned")
    heading = "Họ và tên,Email,Nhóm,Cơ quan,Đơn vị đánh giá\n"
    put(clerk, heading + f"An,an@vi-du.vn,{group.code},{unit.name} tỉnh,{unit.code}\n")
    clerk.send(clerk.form_to("/co-quan"), {"ten-0": "la"})
    assert clerk.refused
    assert "1 người ghi cơ quan" in clerk.text
    assert own(db) == {"An": None}
    clerk.send(clerk.form_to("/co-quan"), {"ten-0": "khac"})
    assert clerk.fine, clerk.text
    # What was settled for people with other units does not hold for who comes with this one alone.
    other = next(u for u in index.units if u != unit and index.asked(group.code, [u.code]))
    put(clerk, heading + f"An,an@vi-du.vn,{group.code},{unit.name} tỉnh,{other.code}\n")
    clerk.send(clerk.form_to("/co-quan"), {"ten-0": "la"})
    assert own(db) == {"An": unit.code}
    put(clerk, heading + f"Ba,ba@vi-du.vn,{group.code},{unit.name} tỉnh,{unit.code}\n")
    assert own(db) == {"Ba": None}
    assert "1 tên cơ quan gần giống" in clerk.text


@SQLITE
def test_the_list_goes_out_and_comes_back_the_same(clerk: Clerk, db: Database) -> None:
    lines = [f"{p.name},{p.email},{p.group},{p.agency_text}" for p in make_people_of()]
    put(clerk, HEADING + "\n".join(lines))
    assert count(db) == len(lines)
    exported = workbook(clerk, "/xuat")
    put(clerk, "\n".join(";".join(f'"{cell}"' for cell in row) for row in exported))
    assert clerk.fine, clerk.text
    assert workbook(clerk, "/xuat") == exported


def make_people_of() -> list[Person]:
    return make_people(make_index("pooled"), 12)


@SQLITE
def test_last_years_people_come_along_where_they_fit(
    clerk: Clerk, db: Database, keys: KeyFile
) -> None:
    make_wave(db, keys, code="nam-ngoai", people=12)
    with db.transaction() as session:
        kept = waves.load(session, "nam-ngoai")
        assert people.elsewhere(session, 0) == [(kept.code, 12)]
        person = session.scalars(select(Respondent).where(col(Respondent.name) == "Người thứ 3"))
        found = person.one()
        found.group = "nhóm không còn"
        session.add(found)
        # A letter to one of the others came back.
        dead = taking.key_of(keys, "nguoi5@vi-du.vn")
        session.add(DeadAddress(key=dead, at=db.now(session)))
    clerk.open(PATH)
    clerk.send(clerk.form_to("/lay-dot-truoc"), {"dot": "nam-ngoai"})
    assert clerk.refused
    assert "Những người khác đã được lấy" in clerk.text
    assert count(db) == 11
    assert [row[0] for row in workbook(clerk, "/dong-loi")[1:]] == ["Người thứ 3"]
    clerk.open(f"{PATH.rpartition('/')[0]}/phat-phieu")
    assert "1 địa chỉ mà thư của đợt trước không tới được: Người thứ 5 (nguoi5@" in clerk.text


def test_two_officers_who_launch_at_one_instant_launch_once(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    """What the page does, from two threads at once: the database lets one pass."""
    assert keys.tokens  # a key file, as an officer's first deed makes it
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, "nhap", make_index("pooled"), now, now + timedelta(days=9), now)
        waves.import_roster(session, wave, make_people_of())
    results: list[str] = []

    def press() -> None:
        try:
            with db.transaction() as session:
                found = waves.load(session, "nhap")
                launch.launch(db, session, keys, configured, found, two_people=True)
            results.append("launched")
        except WaveRefused:
            results.append("refused")

    threads = [threading.Thread(target=press) for _officer in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["launched", "refused", "refused"]
    with db.reading() as session:
        assert situation.status(session, waves.load(session, "nhap"), now).issued == 12
