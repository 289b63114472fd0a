"""Single things of the console in a real browser: a table sorts and is copied, a key is shown
once."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from app.count import scoresheets, unsealing
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.waves.closing import close
from app.waves.wave import load
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_index, make_wave
from tests.making.bureau import open_bureau
from tests.making.eye import Eye, axe
from tests.making.running import until

pytest_plugins = ["tests.making.browser_fixtures"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_table_sorts_by_its_heads_by_mouse_and_by_keyboard(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    index = make_index("two-blocks")
    wave = make_wave(db, keys, index, code="diem")
    cast_all(db, keys, wave)
    with db.transaction() as session:
        close(db, session, load(session, "diem"))
    unsealing.unseal(db, keys, "diem")
    with db.transaction() as session:
        scoresheets.score(db, session, "diem")
    with open_bureau(browser, db, keys, configured, clock) as bureau:
        page = bureau.seat().page
        question = index.scored_questions[0].code
        page.goto(f"/quan-tri/dot/diem/ket-qua/cau-hoi/{question}")
        table = page.locator("table.sortable")
        head = table.get_by_role("columnheader", name="Tỷ lệ %").get_by_role("button")

        def order() -> list[float]:
            cells = table.locator("tbody td.big").all_inner_texts()
            return [float(each.replace(",", ".")) for each in cells]

        before = sorted(order())
        assert len(set(before)) > 1
        head.click()
        table.locator("th[aria-sort=descending]").wait_for()
        until(lambda: order() == before[::-1], "the greatest first")
        page.keyboard.press("Enter")
        table.locator("th[aria-sort=ascending]").wait_for()
        until(lambda: order() == before, "the least first")
        # Copied in the order it stands in: what is seen, cell by cell.
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Chép bảng").click()
        page.get_by_text("Đã chép. Dán vào Excel hoặc Word.").wait_for()
        lines = page.evaluate("navigator.clipboard.readText()").splitlines()
        assert lines[0].startswith("Cơ quan\tTỷ lệ %\t")
        units = table.locator("tbody th").all_inner_texts()
        assert [line.split("\t")[0] for line in lines[1:]] == [unit.strip() for unit in units]


def test_a_key_of_connection_is_made_shown_once_and_revoked(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    eye, found = Eye(), []
    with open_bureau(browser, db, keys, configured, clock) as bureau:
        seat = bureau.seat()
        page = seat.open("/quan-tri/ket-noi").page
        found += eye.objections(page, "no key")
        seat.send("Tạo khóa", ten_khoa="Hệ thống A", ma_xac_thuc=seat.telephone.code())
        found += eye.objections(page, "a new key")
        called = {"authorization": f"Bearer {page.locator('#khoa').inner_text()}"}
        assert page.request.get("/api/waves", headers=called).status == 200
        page.get_by_role("link", name="Tôi đã chép khóa").click()
        assert urlsplit(page.url).path == "/quan-tri/ket-noi"
        found += eye.objections(page, "one key")
        seat.send("Thu hồi Hệ thống A")
        found += eye.objections(page, "a revoked key")
        assert "Đã thu hồi khóa “Hệ thống A”" in seat.main
        assert page.request.get("/api/waves", headers=called).status == 401
    assert not found, "\n".join(found)


def test_a_page_that_stays_open_says_when_the_session_is_about_to_end(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    with open_bureau(browser, db, keys, configured, clock) as bureau:
        seat = bureau.seat()
        seat.page.clock.install()
        seat.open("/quan-tri/tai-khoan")
        seat.page.clock.fast_forward("00:24:00")
        assert "Phiên làm việc hết lúc" not in seat.main
        seat.page.clock.fast_forward("00:02:00")
        assert "Phiên làm việc hết lúc 9 giờ 30" in " ".join(seat.main.split())
        assert "mở một trang khác ở thẻ mới" in seat.main
        assert not axe(seat.page)
        # Somebody who worked all day comes to the end of it.
        clock.move(hours=9, minutes=31)
        bureau.stay(seat)
        seat.open("/quan-tri/tai-khoan").page.clock.fast_forward("00:12:00")
        assert "Phiên làm việc hết lúc" not in seat.main
        seat.page.clock.fast_forward("00:03:00")
        assert "Phiên làm việc hết lúc 19" in seat.main
        # Without scripts the page says so when it is drawn.
        clock.move(minutes=20)
        assert "Phiên làm việc hết lúc 19" in seat.open("/quan-tri/tai-khoan").main


def test_a_browser_says_what_is_missing_in_the_language_of_the_page(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    with open_bureau(browser, db, keys, configured, clock) as bureau:
        page = bureau.seat().open("/quan-tri/bo-chi-so").page
        said = "id => document.getElementById(id).validationMessage"
        page.get_by_role("button", name="Kiểm tra và tải lên").click()
        assert page.evaluate(said, "tep") == "Chọn một tệp."
        page.goto("/quan-tri/tai-khoan")
        page.get_by_text("Đổi mật khẩu").first.click()
        form = page.locator("form[action$=mat-khau]")
        form.get_by_role("button").click()
        assert page.evaluate(said, "mat-khau-cu") == "Điền vào ô này."
        page.locator("#mat-khau-cu").fill("cũ")
        assert not page.evaluate(said, "mat-khau-cu")
        page.locator("#mat-khau").press_sequentially("ngắn")
        form.get_by_role("button").click()
        assert page.evaluate(said, "mat-khau") == "Ít nhất 12 ký tự."
        twice = """form => {
            const stopped = [];
            addEventListener("submit", (event) => {
                stopped.push(event.defaultPrevented);
                event.preventDefault();
            });
            form.noValidate = true;
            form.requestSubmit();
            form.requestSubmit();
            return stopped;
        }"""
        assert form.evaluate(twice) == [False, True], "a double click sends once"
        page.goto("/quan-tri/dang-nhap")
        assert not bureau.seats[0].watched.faults
