"""What the console says to somebody who does this once a year: the next thing, and no command."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.count import scoresheets, unsealing
from app.keys.keyfile import KeyFile
from app.roster import people
from app.settings import Settings
from app.store.db import Database
from app.waves import closing, notes, overview
from app.waves import wave as waves
from app.web.console.waves.waveform import rehearsed
from app.worker.sending import Worker
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_index, make_people, make_wave
from tests.making.consoles import Clerk, desk_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BASE = "/quan-tri/dot/dot-thu"


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return desk_of(db, keys, configured)


def draft(db: Database, index_name: str = "pooled") -> None:
    """A wave whose time to open has come already."""
    index = make_index(index_name)
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, "dot-thu", index, now, now + timedelta(days=9), now)
        waves.import_roster(session, wave, make_people(index, 60))


def test_a_refusal_tells_an_officer_no_command(
    db: Database, keys: KeyFile, clerk: Clerk, clock: Clock
) -> None:
    make_wave(db, keys)
    clerk.open(f"{BASE}/gia-han")
    typed = {"ngay": "03/03/2026", "gio": "8:00", "ma-xac-thuc": clerk.code()}
    clerk.send(clerk.form_to("/gia-han"), typed)
    assert clerk.refused
    assert "Muốn kết thúc sớm thì không gia hạn mà kết thúc ngay." in clerk.text
    assert "phieu wave" not in clerk.text
    clerk.open(f"{BASE}/xuat-bao-cao")
    with db.reading() as session, pytest.raises(waves.WaveRefused, match="phieu wave close"):
        closing.must_extend(waves.load(session, "dot-thu"), clock.now, clock.now)


def test_the_first_page_names_what_is_left_before_a_launch(db: Database, clerk: Clerk) -> None:
    draft(db)
    clerk.open("/quan-tri")
    assert "hoàn thành" in clerk.text
    assert "Chưa có bản khóa dự phòng đã mở thử." in clerk.text
    assert "Chưa xác nhận thư thử" in clerk.text


def test_a_time_that_has_passed_is_not_announced(db: Database, clerk: Clerk) -> None:
    draft(db)
    clerk.open(f"{BASE}/phat-phieu")
    assert "Thư mời gửi đi ngay." in clerk.text
    assert "Thư mời gửi từ" not in clerk.text


def test_the_steps_say_when_it_was_over_not_when_it_was_to_be(
    db: Database, keys: KeyFile, clerk: Clerk, clock: Clock
) -> None:
    midnight = clock.now.replace(hour=17) + timedelta(days=9)  # of Hà Nội
    wave = make_wave(db, keys, closes=midnight)
    assert "đến hết 11/3/2026" in clerk.open("/quan-tri").text
    assert "Hạn gửi phiếu: hết thứ Tư" in clerk.open(f"{BASE}/theo-doi").text
    clock.move(hours=2)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    clerk.open("/quan-tri")
    assert "11/3/2026" not in clerk.text
    assert "Đã kết thúc thu phiếu. Mở hòm phiếu để có kết quả." in clerk.text


def test_percents_from_elsewhere_are_asked_for_before_the_points(
    db: Database, keys: KeyFile, clerk: Clerk
) -> None:
    wave = make_wave(db, keys, make_index("external"))
    cast_all(db, keys, wave)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    unsealing.unseal(db, keys, wave.code)
    clerk.open(f"{BASE}/mo-hom-phieu")
    assert "lấy từ nơi khác (như SIPAS) chưa nhập" in clerk.text
    assert "chưa nhập" in clerk.open(f"{BASE}/ket-qua-khac").text


def test_a_rehearsal_leads_back_to_its_wave(
    db: Database, configured: Settings, clerk: Clerk
) -> None:
    draft(db)
    clerk.open(f"{BASE}/tap-duot")
    assert clerk.link("Về trang Phát phiếu") == f"{BASE}/phat-phieu"
    clerk.submit({"dia-chi": "ha@vi-du.vn", "ma-xac-thuc": clerk.code()})
    assert clerk.path == f"{BASE}-thu/phat-phieu", clerk.text
    assert clerk.link("Về đợt thật") == f"{BASE}/phat-phieu"
    assert rehearsed("dot-thu2", ["dot-thu2", "dot", "dot-mot"]) == "dot"
    assert not rehearsed("dot-thu-mot", ["dot"])


def test_what_many_rows_have_in_common_is_said_once(db: Database, clerk: Clerk) -> None:
    draft(db)
    lines = ["Họ và tên,Email,Nhóm,Cơ quan,Đơn vị đánh giá"]
    index = make_index()
    group, unit = index.groups[0].code, index.units[0].name
    lines += [f"Người {n},n{n}@vi-du.vn,{group},{unit} tỉnh," for n in range(7)]
    lines.append(f"Người sai,khong-co,{group},,")
    with db.transaction() as session:
        waves.import_roster(session, waves.load(session, "dot-thu"), [])
    clerk.open(f"{BASE}/danh-sach")
    clerk.upload(clerk.form_to("/danh-sach"), {"tep": ("ds.csv", "\n".join(lines).encode())})
    assert clerk.refused
    assert clerk.text.count("gần giống") == 1
    assert "7 dòng: 2, 3, 4, 5, 6…" in clerk.text


def test_a_file_of_another_kind_has_no_cells_to_mend(clerk: Clerk) -> None:
    clerk.open("/quan-tri/bo-chi-so")
    form = next(each for each in clerk.forms if "tep" in each.values)
    clerk.upload(form, {"tep": ("a.pdf", b"%PDF-1.7")})
    assert "Không nhận được tệp a.pdf" in clerk.text
    assert "Các chỗ cần sửa trong tệp" not in clerk.text


def test_the_first_page_says_how_much_came_in_and_how_long_it_still_is(
    db: Database, keys: KeyFile, clerk: Clerk, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=20, closes=clock.now + timedelta(days=2, hours=5))
    cast_all(db, keys, wave)
    clock.move(hours=1)
    notes.take_all(db)
    clerk.open("/quan-tri")
    assert "tỷ lệ nhận100,0%" in clerk.text
    assert "ngày còn lại2" in clerk.text
    assert "Nhiều nhất: 20 phiếu, ngày 02/3." in clerk.open(f"{BASE}/theo-doi").text
    clock.move(days=1, hours=20)
    left = overview.left(wave.closes_at, clock.now)
    assert left == (8, "giờ còn lại"), "the last day counts by the hour"
    clock.move(hours=7, minutes=25)
    left = overview.left(wave.closes_at, clock.now)
    assert left == (35, "phút còn lại"), "and the last hour by the minute"


def test_the_council_is_told_how_far_a_wave_is_and_where_the_last_results_are(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    council = desk_of(db, keys, configured, "council")
    wave = make_wave(db, keys, people=20, closes=clock.now + timedelta(hours=2))
    cast_all(db, keys, wave)

    def told(words: str, *links: str) -> None:
        council.open("/quan-tri")
        assert words in council.text, council.text
        assert "Việc cần làm" not in council.text
        for link in links:
            assert council.open(council.link(link)).status == 200
            council.open("/quan-tri")

    told("Đang thu phiếu Thu phiếu đến 02/3/2026")
    clock.move(hours=3)
    closing.settle_all(db, keys)
    told("Đang chờ mở hòm phiếu")
    unsealing.unseal(db, keys, "dot-thu")
    told("Bảng điểm có khi chuyên viên tính xong.", "Xem biên bản")
    assert council.open(f"{BASE}/ket-qua").link("Biên bản") == f"{BASE}/bien-ban"
    with db.transaction() as session:
        scoresheets.score(db, session, "dot-thu")
    told("Kết quả đã có", "Xem kết quả")
    index = make_index()
    with db.transaction() as session:
        now = db.now(session)
        waves.new(session, "dot-moi", index, now, now + timedelta(days=9), now)
    told("Đợt đang được chuẩn bị", f"Xem kết quả năm {index.year}")
    council.open("/quan-tri/ket-qua")
    assert council.link(f"Xem kết quả năm {index.year}") == f"{BASE}/ket-qua"


def test_every_page_that_tells_of_letters_says_when_none_go_out(
    db: Database, keys: KeyFile, configured: Settings, clerk: Clerk
) -> None:
    make_wave(db, keys)
    assert "Đang gửi thư mời" in clerk.open("/quan-tri").text
    worker, app = Worker(db, keys, configured), clerk.client._transport.app  # type: ignore[attr-defined]
    worker.last_error = "Máy chủ thư từ chối: 535 wrong"
    app.state.house = replace(app.state.house, worker=worker)
    for page in ("", "/theo-doi", "/phat-phieu", "/phat-phieu/tien-do"):
        clerk.open(f"{BASE}{page}" if page else "/quan-tri")
        assert "Không thư nào mất, hệ thống tự thử lại." in clerk.text, page
        assert "535 wrong" in clerk.text, page
        assert "Đang gửi thư mời" not in clerk.text, page


def test_who_was_signed_out_over_a_form_is_told_so_and_led_back_to_it(
    db: Database, keys: KeyFile, clerk: Clerk, clock: Clock
) -> None:
    make_wave(db, keys)
    deeds = {f"{BASE}/gia-han": "Gia hạn", "/quan-tri/tai-khoan": "Đổi tên"}
    seen = {
        path: clerk.open(path).form_to(path.rpartition("/")[2] if "gia" in path else "/ten")
        for path in deeds
    }
    clock.move(hours=11)
    for path, form in seen.items():
        clerk.send(form)
        assert "nội dung vừa nhập không được giữ" in clerk.text
        assert clerk.form.values["tiep"] == [path]


def test_a_page_of_a_fault_leads_back_to_the_form(
    db: Database, keys: KeyFile, clerk: Clerk
) -> None:
    make_wave(db, keys)
    with db.reading() as session:
        person = f"{BASE}/danh-sach/{people.everyone(session, 1)[0].id}"
    clerk.post(f"{person}/cap-lai", [("ve", "cũ")])
    assert clerk.refused == "Biểu mẫu này không còn dùng được"
    assert clerk.link("Mở lại trang") == person
    clerk.post("/quan-tri/tai-khoan/them", [("ve", "cũ")])
    assert clerk.link("Mở lại trang") == "/quan-tri/tai-khoan"
    for place in range(21):
        clerk.open(f"{BASE}/ket-thuc")
        clerk.send(clerk.form_to("/ket-thuc"), {"ma-xac-thuc": f"{place:06}"})
    assert clerk.refused == "Có quá nhiều lần nhập sai"
    assert "đăng nhập từ mạng khác" not in clerk.text
    assert clerk.link("Mở lại trang") == f"{BASE}/ket-thuc"
