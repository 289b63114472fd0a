"""An officer's year in a real browser, by mouse and keyboard: from the setup link to the scores."""

import json
import re
import time
from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app import settings
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.papers.verify import verify
from app.settings import Settings
from app.store.db import Database
from app.waves import notes
from app.waves import wave as waves
from app.worker import sending
from tests.conftest import Clock
from tests.making.blocks import INDEXES, cast_all
from tests.making.booths import served
from tests.making.browser import DESKTOP, device
from tests.making.bureau import Telephone, attach, send
from tests.making.smtp import smtp_server
from tests.staff.test_staff import GOOD, setup_path
from tests.web.console.test_story import PHRASE, roster_csv

pytest_plugins = ["tests.making.browser_fixtures"]
CODE = "dot-mot"
# The same year is told on both databases, without a browser, in test_story.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
            telephone = Telephone(clock, b32decode(spelled.replace(" ", "")))
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
                mo_ngay="02/03/2026",
                mo_gio="08:00",
                han_ngay="12/03/2026",
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
            page.locator("#ma-xac-thuc-khoa").fill(telephone.code())
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
            for _look in range(3):
                clock.move(minutes=20)
                page.reload()
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
