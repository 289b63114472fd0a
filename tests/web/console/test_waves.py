"""Tạo đợt, Sửa đợt: a free code, dates that make sense, and no draft lost by one click."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.audit import chain
from app.index.definition import Index
from app.keys.keyfile import KeyFile
from app.language import HANOI
from app.preparation import drafts, wordings
from app.preparation import library as indexlibrary
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from app.waves.wave import WaveRefused
from app.web.console.waves import waveform
from tests.conftest import Clock, first_on_both
from tests.making.blocks import INDEXES, make_index, make_people, make_wave, mark_launched
from tests.making.consoles import Clerk, desk_of
from tests.making.html import words
from tests.making.rosters import drafting

NEW = "/quan-tri/dot/moi"
GOOD = {
    "ma": "dot-mot",
    "mo-ngay": "03/03/2026",
    "mo-gio": "08:00",
    "han-ngay": "12/03/2026",
    "han-gio": "17:00",
}


def library(db: Database, name: str = "pooled") -> Index:
    index = make_index(name)
    with db.transaction() as session:
        data, now = (INDEXES / f"{name}.toml").read_bytes(), db.now(session)
        indexlibrary.store(session, index, "a.toml", data, "Hà", now)
    return index


def draft(db: Database, index: Index, code: str = "nhap", people: int = 8) -> None:
    with db.transaction() as session:
        now = db.now(session)
        opens = now + timedelta(days=1)
        wave = waves.new(session, code, index, opens, opens + timedelta(days=9), now)
        waves.import_roster(session, wave, make_people(index, people))


@pytest.fixture
def index(db: Database) -> Index:
    return library(db)


@pytest.fixture
def clerk(db: Database, keys: KeyFile, configured: Settings, index: Index) -> Clerk:
    return desk_of(db, keys, configured)


def codes(db: Database) -> set[str]:
    with db.reading() as session:
        return set(waves.codes(session))


def at_field(clerk: Clerk, field: str) -> str:
    """What stands at a field that is wrong; the panel on top links to it."""
    assert clerk.refused
    assert clerk.title.startswith("Lỗi:")
    assert f"#{field}" in {link.get("href") for link in clerk.tree.iter("a")}
    ids = {each.get("id"): each for each in clerk.tree.iter()}
    assert ids[field].get("aria-invalid") == "true"
    return " ".join(words(ids[each]) for each in ids[field].get("aria-describedby", "").split())


def test_a_code_that_is_free_is_suggested(db: Database, clerk: Clerk, index: Index) -> None:
    for expected in (index.code, f"{index.code}-2", f"{index.code}-3"):
        assert clerk.open(NEW).form.values["ma"] == [expected]
        clerk.submit({**GOOD, "ma": expected})
        assert clerk.path == f"/quan-tri/dot/{expected}/danh-sach"


def test_the_dates_suggested_are_those_of_the_console_clock(clerk: Clerk) -> None:
    values = clerk.open(NEW).form.values
    assert values["mo-ngay"] == ["03/03/2026"]
    assert values["han-ngay"] == ["15/03/2026"]


@first_on_both(
    "typed, field, remedy",
    [
        ({"bo-chi-so": "99999999999999999999"}, "bo-chi-so", "Chọn một bộ chỉ số"),
        ({"ma": "da-co"}, "ma", "ví dụ da-co-2"),
        ({"ma": ""}, "ma", "Ghi mã đợt"),
        ({"ma": "đợt một"}, "ma", "chữ cái không dấu"),
        ({"ma": "x" * 65}, "ma", "tối đa 64"),
        ({"mo-ngay": ""}, "mo-ngay", "Ghi ngày/tháng/năm"),
        ({"mo-ngay": "31/2/2026"}, "mo-ngay", "Không hiểu ngày “31/2/2026”"),
        ({"mo-gio": "25:00"}, "mo-gio", "Không hiểu giờ “25:00”"),
        ({"mo-ngay": "hôm nay"}, "mo-ngay", "Không hiểu ngày “hôm nay”"),
        ({"mo-ngay": "01/03/2026"}, "mo-ngay", "Ngày mở phiếu đã qua"),
        ({"mo-ngay": "03/03/2206"}, "mo-ngay", "Không hiểu ngày"),
        ({"han-ngay": ""}, "han-ngay", "Ghi ngày/tháng/năm"),
        ({"han-ngay": "02/03/2026", "han-gio": "08:59"}, "han-ngay", "đã qua"),
        ({"han-ngay": "03/03/2026", "han-gio": "08:00"}, "han-ngay", "phải sau lúc mở"),
        ({"han-ngay": "12/03/2027"}, "han-ngay", "còn hơn một năm"),
        ({"han-ngay": "31/12/9999", "han-gio": ""}, "han-ngay", "Không hiểu ngày"),
    ],
    both=2,
)
def test_each_fault_stands_at_its_field_and_what_was_typed_is_kept(
    db: Database, clerk: Clerk, index: Index, typed: dict[str, str], field: str, remedy: str
) -> None:
    draft(db, index, "da-co")
    clerk.open(NEW).submit({**GOOD, **typed})
    assert remedy in at_field(clerk, field)
    assert "--replace" not in clerk.text
    for name, value in {**GOOD, **typed}.items():
        if name not in ("bo-chi-so", "ma"):
            assert clerk.form.values[name] == [value]
    if typed.get("ma"):
        assert clerk.form.values["ma"] == [typed["ma"]]
    assert codes(db) == {"da-co"}


def test_all_faults_are_told_at_once(clerk: Clerk) -> None:
    clerk.open(NEW).submit({**GOOD, "ma": "đ", "mo-ngay": "01/01/2026", "han-ngay": "02/01/2026"})
    for field in ("ma", "mo-ngay", "han-ngay"):
        assert at_field(clerk, field)


def test_an_hour_of_today_that_has_passed_opens_at_once(db: Database, clerk: Clerk) -> None:
    clerk.open(NEW).submit({**GOOD, "mo-ngay": "02/03/2026", "mo-gio": "08:00"})
    assert codes(db) == {"dot-mot"}, "it is nine o'clock"


def test_a_draft_whose_opening_day_has_passed_can_get_another_closing(
    db: Database, keys: KeyFile, configured: Settings, clerk: Clerk, index: Index, clock: Clock
) -> None:
    draft(db, index)
    clock.move(days=2)
    clerk = desk_of(db, keys, configured)
    clerk.open("/quan-tri/dot/nhap/sua").submit({"han-ngay": "20/03/2026"})
    assert clerk.path == "/quan-tri/dot/nhap/phat-phieu"
    clerk.open("/quan-tri/dot/nhap/sua").submit({"mo-ngay": "02/03/2026"})
    assert "đã qua" in at_field(clerk, "mo-ngay"), "another day that has passed"
    with db.reading() as session:
        wave = waves.load(session, "nhap")
    assert wave.closes_at.astimezone(HANOI).day == 20
    assert wave.opens_at.astimezone(HANOI).day == 3


def test_an_index_that_the_roster_does_not_fit_is_a_fault_of_that_field(
    db: Database, clerk: Clerk, index: Index
) -> None:
    draft(db, index)
    other = library(db, "own-unit-allow")
    assert set(other.group_of) != set(index.group_of)
    with db.reading() as session:
        (id_,) = [k.id for k in indexlibrary.current(session) if k.code == other.code]
    clerk.open("/quan-tri/dot/nhap/sua").submit({"bo-chi-so": str(id_)})
    assert "không hợp với bộ chỉ số" in at_field(clerk, "bo-chi-so")


def test_an_index_that_leaves_somebody_with_nothing_to_rate_is_not_taken(
    db: Database, index: Index
) -> None:
    draft(db, index)
    group = replace(index.groups[0], rates="assigned")
    other = replace(index, groups=(group, *index.groups[1:]))
    with db.transaction() as session:
        wave, now = waves.load(session, "nhap"), db.now(session)
        with pytest.raises(WaveRefused, match=f"nhóm {group.name} không được hỏi"):
            drafts.change(session, wave, other, wave.opens_at, wave.closes_at, now)


def test_a_launched_wave_says_that_it_cannot_be_changed(
    db: Database, keys: KeyFile, clerk: Clerk
) -> None:
    make_wave(db, keys, code="phat")
    assert clerk.open("/quan-tri/dot/phat/sua").status == 200
    assert not clerk.forms
    assert "không sửa và không bỏ được nữa" in clerk.text
    assert clerk.link("Đến trang Theo dõi") == "/quan-tri/dot/phat/theo-doi"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_says_what_to_do_instead_and_names_no_command(
    db: Database, keys: KeyFile, clerk: Clerk, clock: Clock
) -> None:
    make_wave(db, keys, people=6, opens=clock.now + timedelta(days=1))
    base = "/quan-tri/dot/dot-thu"
    for page, typed, instead in (
        ("gia-han", {"ngay": "05/03/2026", "gio": ""}, "kết thúc ngay"),
        ("ket-thuc", {}, "thì hủy đợt"),
    ):
        clerk.open(f"{base}/{page}").submit({**typed, "ma-xac-thuc": clerk.code()})
        assert clerk.refused
        assert instead in clerk.text


def test_dropping_says_what_is_lost_and_lies_behind_a_step(
    db: Database, keys: KeyFile, clerk: Clerk, index: Index
) -> None:
    draft(db, index, people=8)
    with db.transaction() as session:
        wave = waves.load(session, "nhap")
        wordings.keep(session, wave, {"reminder": ("Nhắc", "")}, {})
    clerk.open("/quan-tri/dot/nhap/sua")
    (details,) = clerk.tree.iter("details")
    assert details.get("open") is None
    said = words(details)
    assert "mất hẳn, không lấy lại được" in said
    assert "danh sách 8 người" in said
    assert "lời thư đã sửa" in said
    assert "thư thử" not in said, "there was none"
    with db.reading() as session:
        keys.make_wave("nhap", waves.load(session, "nhap").index_digest)
    (form,) = [form for form in clerk.forms if form.action.endswith("/bo")]
    assert form.element in list(details.iter()), "no button outside the step"
    clerk.send(form)
    assert clerk.path == "/quan-tri"
    assert codes(db) == set()
    assert not keys.has_wave("nhap")
    with db.reading() as session:
        line = chain.lines(session)[-1]
    assert (line.action, line.facts) == ("wave.drop", {"people": 8})


def test_a_draft_that_has_grown_meanwhile_is_not_dropped_by_an_old_page(
    db: Database, clerk: Clerk, index: Index
) -> None:
    draft(db, index, people=0)
    clerk.open("/quan-tri/dot/nhap/sua")
    with db.transaction() as session:
        wave = waves.load(session, "nhap")
        waves.import_roster(session, wave, make_people(index, 20))
    clerk.press("Bỏ đợt này")
    assert clerk.refused == "Trang vừa gửi đã cũ"
    assert codes(db) == {"nhap"}


def test_a_wave_that_was_launched_meanwhile_is_not_dropped(
    db: Database, clerk: Clerk, index: Index
) -> None:
    draft(db, index)
    clerk.open("/quan-tri/dot/nhap/sua")
    mark_launched(db, "nhap")
    clerk.press("Bỏ đợt này và danh sách 8 người")
    assert clerk.refused
    assert codes(db) == {"nhap"}


@pytest.mark.parametrize(
    ("code", "taken", "mark", "free"),
    [
        ("a", [], "", "a"),
        ("a", ["a", "a-2"], "", "a-3"),
        ("a", [], "thu", "a-thu"),
        ("a", ["a-thu"], "thu", "a-thu2"),
        ("x" * 64, ["x" * 64], "", "x" * 55 + "-2"),
    ],
)
def test_free_codes(code: str, taken: list[str], mark: str, free: str) -> None:
    assert waveform.free_code(code, taken, mark) == free
    assert not waveform.code_faults(free, taken)


def test_a_closing_without_a_time_is_the_end_of_its_day() -> None:
    assert waveform.closing_of("12/03/2026", "") == datetime(2026, 3, 12, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "wanted"),
    [
        ("12/03/2026", "17:00", (12, 17, 0)),
        ("2/3/2026", "8", (2, 8, 0)),
        (" 2-3-2026 ", "8h30", (2, 8, 30)),
        ("02.03.2026", "17 giờ 30 phút", (2, 17, 30)),
        ("2/3/2026", "", (2, 0, 0)),
    ],
)
def test_a_moment_is_read_as_people_write_it(
    day: str, clock: str, wanted: tuple[int, int, int]
) -> None:
    found = waveform.moment_of(day, clock)
    assert found == datetime(2026, 3, *wanted, tzinfo=HANOI)
    assert waveform.moment_of(*waveform.typed_of(found)) == found


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2026-03-12", "17:00"),
        ("31/02/2026", "17:00"),
        ("12/13/2026", "17:00"),
        ("12/3/26", "17:00"),
        ("12/3/2026", "25:00"),
        ("12/3/2026", "5 giờ chiều"),
        ("١٢/3/2026", "17:00"),
        ("12/03/9999", "17:00"),
    ],
)
def test_a_moment_that_could_mean_something_else_is_not_guessed(day: str, clock: str) -> None:
    assert waveform.moment_of(day, clock) is None


def test_a_browser_left_open_is_not_enough_for_the_keys(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    """The recovery copy holds them all, under a phrase of whoever asks for it."""
    clerk = drafting(db, keys, configured)
    phrase = {"cau": "câu của kẻ trộm ở đây", "cau-lai": "câu của kẻ trộm ở đây"}
    for code in ("", "000000"):
        clerk.open("/quan-tri/dot/nhap/phat-phieu")
        clerk.send(clerk.form_to("/khoa"), {**phrase, "ma-xac-thuc": code})
        assert clerk.refused
        wrong = "Mã xác thực không đúng hoặc đã dùng. Đợi mã mới rồi nhập."
        assert clerk.link(wrong) == "#ma-xac-thuc-khoa"
        with db.reading() as session:
            wave = waves.load(session, "nhap")
            assert keys.prepared("nhap", wave.index_digest) is None, "nor is a key made"
            assert not chain.lines(session, "keys.recovery")
    clerk.send(clerk.form_to("/khoa"), {**phrase, "ma-xac-thuc": clerk.code()})
    assert "attachment" in clerk.response.headers["content-disposition"]
    with db.reading() as session:
        assert len(chain.lines(session, "keys.recovery")) == 1


def test_of_two_waves_of_one_index_each_page_tells_which_it_is(clerk: Clerk) -> None:
    clerk.open(NEW).submit(GOOD)
    assert "Lưu ý" not in clerk.text
    clerk.open(NEW).submit({**GOOD, "ma": "dot-hai"})
    assert "bộ chỉ số này đã có đợt dot-mot; phân biệt các đợt bằng mã đợt" in clerk.text
    assert "pooled dot-hai Chuẩn bị" in clerk.text
    assert "Đợt điều tra đang làm dot-hai Chuẩn bị" in clerk.open("/quan-tri").text
