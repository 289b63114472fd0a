"""Back, forward and reload in a real browser, after forms of the console that were refused and
after answers that are shown once: never a page of the browser's own, and nothing typed is lost."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.waves import wave as waves
from tests.making.badbooks import enormous
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.bureau import Bureau, Seat, attach, send
from tests.making.consoles import choose_password
from tests.staff.test_staff import GOOD

pytest_plugins = ["tests.making.browser_fixtures"]
# What a browser keeps does not turn on the database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Refusal:
    """A form that is refused: on which page, by which button, what is typed, what is said."""

    path: str
    button: str
    said: str
    typed: dict[str, str] = field(default_factory=dict)


DRAFT, OPEN = "/quan-tri/dot/nhap", "/quan-tri/dot/mo"
WRONG = "Mã xác thực không đúng hoặc đã dùng"
REFUSALS = [
    Refusal(f"{DRAFT}/sua", "Lưu", "Cần xem lại", {"han-ngay": "31/02/2026"}),
    Refusal(f"{DRAFT}/danh-sach/them", "Thêm", "Cần xem lại", {"ten": "Lò Thị Hoa", "thu": "hoa@"}),
    Refusal(f"{DRAFT}/thu", "Lưu", "Cần xem lại", {"reminder.tieu-de": "Nhắc {sai} lần"}),
    Refusal(f"{OPEN}/gia-han", "Gia hạn", WRONG, {"ngay": "25/03/2026", "ma-xac-thuc": "000000"}),
    Refusal(f"{OPEN}/ket-thuc", "Kết thúc ngay", WRONG, {"ma-xac-thuc": "000000"}),
    Refusal(f"{OPEN}/huy", "Hủy đợt", "Gõ đúng mã đợt", {"ly-do": "Danh sách sai"}),
    Refusal(f"{OPEN}/theo-doi", "Lưu lịch nhắc", "Cần xem lại", {"ngay-nhac": "hai hôm"}),
    Refusal("/quan-tri/tai-khoan", "Đổi tên", "Cần xem lại", {"ten": "x" * 101}),
    Refusal("/quan-tri/ket-noi", "Tạo khóa", WRONG, {"ten-khoa": "Phần mềm", "ma-xac-thuc": "0"}),
    Refusal("/quan-tri/nhat-ky", "Kiểm tra", "Mã nhật ký có dạng", {"ma": "12:abc"}),
]


def unfold(page: Page) -> None:
    """All forms open, and sent as from a browser that checks nothing itself."""
    page.evaluate(
        """() => { for (const form of document.forms) form.noValidate = true;
        for (const more of document.querySelectorAll("main details")) more.open = true }"""
    )


def fill(page: Page, refusal: Refusal) -> None:
    unfold(page)
    for pair in refusal.typed.items():
        page.evaluate("([id, value]) => { document.getElementById(id).value = value }", pair)


def stands(page: Page, refusal: Refusal) -> None:
    """The page of a refused form, with what was typed but for codes."""
    assert page.title().startswith("Lỗi:"), (refusal.path, page.url, page.title())
    assert refusal.said in page.locator("main").inner_text(), refusal.path
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert", refusal.path
    for name, value in refusal.typed.items():
        kept = page.locator(f"[id='{name}']").input_value()
        assert kept == ("" if name == "ma-xac-thuc" else value), (refusal.path, name)


def test_back_forward_and_reload_find_every_refused_form(bureau: Bureau) -> None:
    index = make_index()
    make_wave(bureau.db, bureau.keys, code="mo")
    with bureau.db.transaction() as session:
        now = bureau.db.now(session)
        wave = waves.new(session, "nhap", index, now, now.replace(day=28), now)
        waves.import_roster(session, wave, make_people(index))
    seat = bureau.seat()
    page = seat.page
    for refusal in REFUSALS:
        seat.open(refusal.path)
        fill(page, refusal)
        send(page, refusal.button)
        stands(page, refusal)
        page.reload()
        stands(page, refusal)
        page.goto("/quan-tri/bo-chi-so")
        page.go_back()
        stands(page, refusal)
        page.go_back()
        assert page.locator("h1").count() == 1, refusal.path
        assert page.url.partition("?")[0].endswith(refusal.path)
        page.go_forward()
        stands(page, refusal)
        page.go_forward()
        assert page.url.endswith("/quan-tri/bo-chi-so")
    # One after the other, back to the first: the way in.
    for _step in range(3):
        page.go_back()
        assert page.locator("h1").count() == 1


def there_and_back(seat: Seat, said: str) -> None:
    """Reload, go on, come back: what is shown stays."""
    page = seat.page
    page.reload()
    assert said in page.locator("main").inner_text()
    page.goto("/quan-tri")
    page.go_back()
    assert said in page.locator("main").inner_text()


def test_a_refused_file_and_what_is_shown_once_can_be_come_back_to(
    bureau: Bureau, tmp_path: Path
) -> None:
    seat = bureau.seat()
    for name, data in (("sai.xlsx", b"PK\x03\x04 no"), ("to.xlsx", enormous())):
        (tmp_path / name).write_bytes(data)
        seat.open("/quan-tri/bo-chi-so")
        attach(seat.page, "Kiểm tra và tải lên", name, tmp_path / name)
        assert seat.page.title().startswith("Lỗi:")
        there_and_back(seat, "10 MB" if name == "to.xlsx" else "sai.xlsx")
    seat.open("/quan-tri/ket-noi")
    seat.send("Tạo khóa", ten_khoa="Phần mềm", ma_xac_thuc=seat.telephone.code())
    key = seat.page.locator("#khoa").inner_text()
    there_and_back(seat, key)
    seat.open("/quan-tri/tai-khoan")
    unfold(seat.page)
    seat.page.locator("#ma-xac-thuc-2").fill(seat.telephone.code())
    seat.send("Tạo mã mới")
    there_and_back(seat, seat.page.locator(".codes li").first.inner_text())
    # Ten minutes later neither is shown again.
    bureau.clock.move(minutes=11)
    bureau.stay(seat)
    seat.page.reload()
    assert seat.page.url.endswith("/quan-tri/tai-khoan")
    assert not seat.page.locator(".codes").count()


def test_the_door_is_come_back_to_as_well(bureau: Bureau) -> None:
    seat = bureau.seat(cookie=False).open("/quan-tri/tai-khoan")
    seat.send("Đăng nhập", email=seat.email, mat_khau="sai", ma="000000")
    there_and_back(seat, "không đúng")
    assert seat.page.locator("#email").input_value() == seat.email
    assert seat.page.locator("#mat-khau").input_value() == ""
    # A tab left open overnight.
    with bureau.db.transaction() as session:
        choose_password(session, seat.staff_id, GOOD)
    seat.send("Đăng nhập", mat_khau=GOOD, ma=seat.telephone.code())
    assert seat.page.url.endswith("/quan-tri/tai-khoan")
    bureau.clock.move(hours=11)
    unfold(seat.page)
    seat.send("Đổi tên", ten="Tên Mới")
    assert "/quan-tri/dang-nhap" in seat.page.url
    seat.page.go_back()
    seat.page.reload()
    assert "/quan-tri/dang-nhap" in seat.page.url
    assert seat.page.locator("h1").count() == 1
