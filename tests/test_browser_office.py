"""The console in a real browser: an officer's year by mouse and keyboard, and axe on every page."""

import io
import json
import re
import socket
import time
import zipfile
from base64 import b32decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app import notes, sending, settings, staff, waves
from app.db import Database, open_database
from app.keys import KeyFile
from app.main import create_app
from app.settings import Settings
from app.verify import verify
from app.web.console.cookies import cookie_name
from tests import guide_pictures
from tests import office as years
from tests.booths import served
from tests.browser import DESKTOP, PHONE, Watched, axe, device, resize
from tests.conftest import Clock
from tests.consoles import cookie_of, make_staff, new_session
from tests.making import INDEXES, cast_all, make_wave
from tests.smtp import smtp_server
from tests.test_console_story import PHRASE, roster_csv
from tests.test_staff import GOOD, setup_path

pytest_plugins = ["tests.browser_fixtures"]
CODE = "dot-mot"


class Telephone:
    """The app on the officer's telephone: a code is never shown twice."""

    def __init__(self, db: Database, clock: Clock, secret: bytes) -> None:
        self.db, self.clock, self.secret = db, clock, secret

    def code(self) -> str:
        self.clock.move(seconds=60)
        return staff.code_at(self.secret, int(self.clock().timestamp()) // staff.STEP)


def send(page: Page, button: str, **typed: str) -> None:
    """Fill fields by their ids, press a button, wait for the next page."""
    for field, value in typed.items():
        page.locator(f"#{field.replace('_', '-')}").fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def attach(page: Page, button: str, name: str, data: bytes, **typed: str) -> None:
    page.locator("#tep").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    send(page, button, **typed)


def test_an_officer_does_it_all_in_a_browser(
    browser: Browser,
    db: Database,
    keys: KeyFile,
    configured: Settings,
    database_url: str,
    clock: Clock,
) -> None:
    with smtp_server() as post:
        told = {
            "PHIEU_DATABASE_URL": database_url,
            "PHIEU_KEY_FILE": str(configured.key_file),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_SMTP_URL": post.url,
        }
        app = create_app(settings.read(told), db, keys)
        with served(app) as url, device(browser, url, DESKTOP) as watched:
            page = watched.page
            page.goto(setup_path(db, keys))
            send(page, "Tạo tài khoản", ten="Hà", email="ha@vi-du.vn", mat_khau=GOOD, lap_lai=GOOD)
            page.get_by_text("Không quét được").click()
            spelled = page.locator("details code").inner_text()
            telephone = Telephone(db, clock, b32decode(spelled.replace(" ", "")))
            send(page, "Xác nhận", ma=telephone.code())
            assert page.locator(".codes li").count() == 10
            page.get_by_role("link", name="Tôi đã cất, vào trang Tổng quan").click()
            page.get_by_role("link", name="Đến trang Bộ chỉ số").click()
            attach(page, "Kiểm tra và tải lên", "a.toml", (INDEXES / "pooled.toml").read_bytes())
            page.get_by_role("link", name="Tạo đợt điều tra từ bộ chỉ số này").click()
            send(
                page,
                "Tạo đợt",
                ma=CODE,
                mo_ngay="2026-03-02",
                mo_gio="08:00",
                han_ngay="2026-03-12",
                han_gio="17:00",
            )
            attach(page, "Kiểm tra và nhập", "ds.csv", roster_csv())
            page.get_by_role("link", name="Phát phiếu", exact=True).click()
            send(page, "Gửi thư thử")
            typed = re.search(r"Phát phiếu: ([A-Z0-9]{6})", post.to("ha@vi-du.vn")[-1].text)
            assert typed is not None
            send(page, "Xác nhận", ma_thu=typed[1])
            page.locator("#cau").fill(PHRASE)
            page.locator("#cau-lai").fill(PHRASE)
            with page.expect_download() as copy:
                page.get_by_role("button", name="Tải bản dự phòng").click()
            attach(page, "Mở thử", "k.json", Path(copy.value.path()).read_bytes(), cau_thu=PHRASE)
            page.locator("#ma-xac-thuc").fill(telephone.code())
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert "Đã phát 60 phiếu" in page.locator("main").inner_text()
            with ThreadPoolExecutor(1) as sender:  # the browser's loop has this thread
                sender.submit(sending.send_due, db, keys, settings.read(told)).result()
            # The bar moves by itself.
            page.get_by_text("Đã gửi xong thư mời").wait_for()
            with db.reading() as session:
                wave = waves.load(session, CODE)
            cast_all(db, keys, wave)
            clock.move(hours=1)
            notes.take_all(db)
            page.get_by_role("link", name="Theo dõi", exact=True).click()
            assert "100,0%" in page.locator("main").inner_text()
            page.get_by_role("link", name="Kết thúc ngay").click()
            send(page, "Kết thúc ngay", ma_xac_thuc=telephone.code())
            send(page, "Mở hòm phiếu", ma_xac_thuc=telephone.code())
            until = time.monotonic() + 30
            while not page.get_by_role("button", name="Tính bảng điểm").count():
                assert time.monotonic() < until
                time.sleep(0.1)
            send(page, "Tính bảng điểm")
            page.get_by_role("link", name="Xuất báo cáo", exact=True).first.click()
            with page.expect_download() as exported:
                page.get_by_role("button", name="JSON tải về").click()
            data = Path(exported.value.path()).read_bytes()
            assert verify(data).wave == CODE
            assert json.loads(data)["counted"] == 60
            assert not watched.faults


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, tuple[str, str]]]:
    """A console with waves of every kind: its address, and the cookie of an officer."""
    folder = tmp_path_factory.mktemp("office")
    made = settings.read(
        {
            "PHIEU_DATA": str(folder),
            "PHIEU_KEY_FILE": str(folder / "keys" / "phieu.key"),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_SMTP_URL": "smtp://127.0.0.1:9",
        }
    )
    db = open_database(made.database_url, Clock(years.NOW))
    keys = KeyFile(made.key_file)
    years.fill(db, keys, made)
    with served(create_app(made, db, keys)) as url:
        yield url, years.sign_in(db, made, "council")
    db.dispose()


DRAFT, OPEN, CLOSED, SCORED = (f"/quan-tri/dot/cchc-{year}" for year in (2026, 2025, 2024, 2023))
SIGNED_IN = [
    *(path for path, _height in guide_pictures.PAGES.values()),
    "/quan-tri/bo-chi-so",
    f"{DRAFT}/sua",
    f"{DRAFT}/tap-duot",
    f"{DRAFT}/danh-sach/them",
    f"{DRAFT}/danh-sach/co-quan",
    f"{DRAFT}/danh-sach/da-bo",
    f"{DRAFT}/danh-sach?xep=-ten&trang=2",
    f"{OPEN}/danh-sach/1100",
    f"{OPEN}/sua",
    f"{OPEN}/phat-phieu",
    f"{OPEN}/thu",
    f"{OPEN}/gia-han",
    f"{OPEN}/ket-thuc",
    f"{OPEN}/huy",
    f"{OPEN}/ket-qua",
    f"{OPEN}/xuat-bao-cao",
    f"{SCORED}/ket-qua/co-quan/snv",
    f"{SCORED}/ket-qua/cau-hoi",
    f"{SCORED}/ket-qua/cau-hoi/q01",
    f"{SCORED}/ket-qua/gop-y",
    f"{SCORED}/ket-qua-khac",
    f"{SCORED}/xuat-bao-cao",
    f"{SCORED}/bien-ban",
    "/quan-tri/ket-noi",
    "/quan-tri/tai-khoan/1",
    "/quan-tri/khong-co",
]
# What somebody gets who presses the button of an empty form.
FAULTY = [
    (f"{DRAFT}/phat-phieu", "Gửi thư thử"),
    (f"{OPEN}/gia-han", "Gia hạn"),
    (f"{OPEN}/ket-thuc", "Kết thúc ngay"),
    (f"{OPEN}/huy", "Hủy đợt"),
    (f"{DRAFT}/danh-sach/them", "Thêm"),
    (f"{DRAFT}/danh-sach", "Kiểm tra và nhập"),
    (f"{DRAFT}/tap-duot", "Phát phiếu thử"),
    (f"{CLOSED}/mo-hom-phieu", "Xác nhận và mở hòm phiếu"),
    ("/quan-tri/tai-khoan", "Gửi lời mời"),
    ("/quan-tri/ket-noi", "Tạo khóa"),
]


BAD_ROWS = (
    "Họ và tên,Email,Nhóm,Cơ quan,Đơn vị đánh giá\n"
    "An,an,hdnd,UBND xã,\nBình,binh,hdnd,Sở Nội vụ tỉnh,\n,ba@vi-du.vn,lạ,UBND xã,\n"
)


def test_every_page_of_the_console_suits_everybody(
    browser: Browser, office: tuple[str, tuple[str, str]]
) -> None:
    url, (name, value) = office
    found: list[str] = []
    with device(browser, url, DESKTOP) as watched:
        page = watched.page
        for path in ("/quan-tri/dang-nhap", "/quan-tri/quen-mat-khau", "/quan-tri/moi/x"):
            page.goto(path)
            found += objections(page, path)
        page.context.add_cookies([{"name": name, "value": value, "url": url}])
        for path in SIGNED_IN:
            page.goto(path)
            found += objections(page, path)
        for path, button in FAULTY:
            page.goto(path)
            # As from a browser that does not know what is required.
            page.evaluate("document.querySelectorAll('form').forEach(f => { f.noValidate = true })")
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            with page.expect_navigation():
                page.get_by_role("button", name=button, exact=True).click()
            if watched.status != 422 or not page.title().startswith("Lỗi:"):
                found.append(f"{path}: {watched.status} {page.title()}")
            found += objections(page, f"{path}, {button}")
        page.goto(f"{DRAFT}/danh-sach")
        page.get_by_text("Thay danh sách này").click()
        page.locator("#thay").check()
        attach(page, "Kiểm tra và nhập", "ds.csv", BAD_ROWS.encode())
        assert watched.status == 422
        assert page.get_by_role("button", name="Tải riêng 3 dòng cần sửa").count() == 1
        found += objections(page, "bad rows")
        page.goto(f"{DRAFT}/danh-sach")
        found += objections(page, "bad rows kept")
        assert not watched.faults
    assert not found, "\n".join(found)


def test_a_table_sorts_by_its_heads_by_mouse_and_by_keyboard(
    browser: Browser, office: tuple[str, tuple[str, str]]
) -> None:
    url, (name, value) = office
    with device(browser, url, DESKTOP) as watched:
        page = watched.page
        page.context.add_cookies([{"name": name, "value": value, "url": url}])
        page.goto(f"{SCORED}/ket-qua/cau-hoi/q01")
        table = page.locator("table.sortable")
        head = table.get_by_role("columnheader", name="Tỷ lệ %")

        def order() -> list[float]:
            cells = table.locator("tbody td.big").all_inner_texts()
            return [-1.0 if each == "*" else float(each.replace(",", ".")) for each in cells]

        before = sorted(order())
        head.get_by_role("button").click()
        page.wait_for_function("document.querySelector('th[aria-sort=descending]')")
        page.wait_for_timeout(50)
        assert order() == before[::-1]
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('th[aria-sort=ascending]')")
        page.wait_for_timeout(50)
        assert order() == before
        assert not watched.faults


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_key_of_connection_is_made_shown_once_and_revoked(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    staff_id, secret = make_staff(db, keys, "officer")
    cookie = {"name": cookie_name(configured), "value": new_session(db, staff_id)}
    with (
        served(create_app(configured, db, keys)) as url,
        device(browser, url, DESKTOP) as watched,
    ):
        page, code = watched.page, Telephone(db, clock, secret).code()
        page.context.add_cookies([{**cookie, "url": url}])
        page.goto("/quan-tri/ket-noi")
        found = objections(page, "no key")
        send(page, "Tạo khóa", ten_khoa="Hệ thống A", ma_xac_thuc=code)
        found += objections(page, "a new key")
        called = {"authorization": f"Bearer {page.locator('#khoa').inner_text()}"}
        assert page.request.get("/api/waves", headers=called).status == 200
        page.get_by_role("link", name="Tôi đã chép khóa").click()
        found += objections(page, "one key")
        send(page, "Thu hồi Hệ thống A")
        found += objections(page, "a revoked key")
        assert "Đã thu hồi khóa “Hệ thống A”" in page.locator("main").inner_text()
        assert page.request.get("/api/waves", headers=called).status == 401
        assert not watched.faults
    assert not found, "\n".join(found)


def objections(page: Page, path: str) -> list[str]:
    """What axe says, and whether anything stands out at the side of a telephone."""
    said = [f"{path}: {line}" for line in axe(page)]
    resize(page, PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > PHONE[0]:
        said.append(f"{path}: {wide} pixels wide on a telephone")
    said += [f"{path}, telephone: {line}" for line in axe(page, "target-size", "region")]
    resize(page, DESKTOP)
    return said


def refused(page: Page, status: int, watched: Watched, words: str) -> None:
    """A clear page: its status, its title, what to do."""
    said = page.locator("main").inner_text()
    assert watched.status == status, (watched.status, said[:300])
    assert page.title().startswith("Lỗi:")
    assert words in said, said[:600]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_refusal_is_a_clear_page(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    url_of_app = create_app(configured, db, keys)
    with served(url_of_app) as url, device(browser, url, DESKTOP) as watched:
        page = watched.page
        page.goto(setup_path(db, keys))
        send(page, "Tạo tài khoản", ten="Hà", email="ha@vi-du.vn", mat_khau=GOOD, lap_lai=GOOD)
        page.get_by_text("Không quét được").click()
        spelled = page.locator("details code").inner_text()
        telephone = Telephone(db, clock, b32decode(spelled.replace(" ", "")))
        send(page, "Xác nhận", ma=telephone.code())
        # Files that are no workbook, locked, or blown up.
        for name, data in (
            ("khong.xlsx", b"PK\x03\x04 no"),
            ("khoa.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)),
            ("no.xlsx", bomb()),
        ):
            page.goto("/quan-tri/bo-chi-so")
            attach(page, "Kiểm tra và tải lên", name, data)
            refused(page, 422, watched, name)
        page.goto("/quan-tri/bo-chi-so")
        attach(page, "Kiểm tra và tải lên", "to.xlsx", bytes(11 * 1024 * 1024))
        refused(page, 413, watched, "10 MB")
        # Two tabs edit the same letters; the second is told.
        make_wave(db, keys, code="dot-hai")
        with device(browser, url, DESKTOP) as other:
            other.page.context.add_cookies(page.context.cookies())
            for each in (page, other.page):
                each.goto("/quan-tri/dot/dot-hai/thu")
                each.locator("[id='reminder.tieu-de']").fill("Nhắc lại")
            send(page, "Lưu")
            send(other.page, "Lưu")
            refused(other.page, 409, other, "Có người vừa đổi")
            # A code that was used, from another browser.
            code = telephone.code()
            for each in (page, other.page):
                each.context.clear_cookies()
                each.goto("/quan-tri/dang-nhap")
                send(each, "Đăng nhập", email="ha@vi-du.vn", mat_khau=GOOD, ma=code)
            refused(other.page, 422, other, "không đúng")
            # The password changes elsewhere: the form that was open leads to the door.
            send(other.page, "Đăng nhập", mat_khau=GOOD, ma=telephone.code())
            page.goto("/quan-tri/dot/dot-hai/thu")
            other.page.goto("/quan-tri/tai-khoan")
            other.page.get_by_text("Đổi mật khẩu", exact=True).first.click()
            new = {"mat_khau": "một câu mới hẳn hoi", "lap_lai": "một câu mới hẳn hoi"}
            send(other.page, "Đổi mật khẩu", mat_khau_cu=GOOD, ma_xac_thuc=telephone.code(), **new)
            send(page, "Lưu")
            assert page.url.partition("?")[0].endswith("/quan-tri/dang-nhap")
            assert "chưa được thực hiện" in page.locator("main").inner_text()
        # A page of another role, and a form without its ticket.
        name, value = cookie_of(db, keys, configured, "council")
        page.context.add_cookies([{"name": name, "value": value, "url": url}])
        page.goto("/quan-tri/dot/dot-hai/danh-sach")
        refused(page, 403, watched, "vai trò")
        page.set_content(f"<form method='post' action='{url}/quan-tri/nhat-ky/xuat'><button>x")
        with page.expect_navigation():
            page.locator("button").click()
        refused(page, 403, watched, "không còn dùng được")
        # Somebody leaves in the middle of an upload; the house stands, and nothing was kept.
        host, _colon, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as line:
            line.sendall(
                b"POST /quan-tri/bo-chi-so HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
                b"Content-Type: multipart/form-data; boundary=b\r\nCookie: "
                + f"{name}={value}\r\n\r\n--b\r\n".encode()
            )
        page.goto("/quan-tri/bo-chi-so")
        assert "Chưa có bộ chỉ số nào" in page.locator("main").inner_text()


def bomb() -> bytes:
    """A workbook that says it is small and is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300 * 1024 * 1024))
    return out.getvalue()
