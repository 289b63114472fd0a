"""`phieu demo --committee` as a program, played in a browser from its start page to its minutes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.making.browser import PHONE, device

pytest_plugins = ["tests.making.browser_fixtures"]

ROOT = Path(__file__).parents[2]
# With fewer people than `phieu demo --committee` has.
SMALL = """import functools
from app.commands.demo.demo import rehearse, run
sizes = {"hdnd": 12, "ubnd": 4, "so": 8, "phong": 12, "xa": 8}
run.__globals__["rehearse"] = functools.partial(rehearse, sizes=sizes)
run(0, committee=True)"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-c", SMALL],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        try:
            told = ""
            while "Ctrl-C" not in told:
                line = demo.stdout.readline() if demo.stdout else ""
                assert line, told
                told += line
            (found,) = re.findall(r"(http://\S+)/demo$", told, re.MULTILINE)
            yield found
            demo.terminate()
            assert demo.wait(30) == 0
        finally:
            demo.kill()


def test_two_of_three_open_the_urn_in_one_browser_and_the_minutes_name_them(
    address: str, browser: Browser
) -> None:
    with device(browser, address, PHONE) as watched:
        page = watched.page
        page.goto("/demo")
        press(page, "Kết thúc thu phiếu")
        press(page, "Thử mở khi chưa đủ người")
        assert "mới có 0 người" in page.get_by_role("alert").inner_text()
        page.goto("/demo")
        names = page.locator("section h4 .name").all_inner_texts()
        assert len(names) == 3
        for name in names[:0:-1]:
            opens(page, name)
        press(page, "Mở hòm phiếu")
        assert f"phần khóa của: {names[1]}; {names[2]}." in page.locator("main").inner_text()
        press(page, "Tính điểm")
        assert page.locator("table.rank tbody tr").count() == 20
        page.get_by_role("link", name="Xem đợt này ở trang quản trị").click()
        page.get_by_role("button", name="Vào trang quản trị").click()
        page.goto("/quan-tri/dot/lai-chau-2022/bien-ban")
        minutes = page.locator("main").inner_text()
        assert "3 ủy viên giữ khóa, phải có 2 người cùng mở" in minutes
        assert all(name in minutes for name in names)
        assert not watched.faults


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def opens(page: Page, name: str) -> None:
    """From the steps to the page of a trustee and back."""
    seat = page.locator("section", has=page.locator(".name", has_text=name))
    assert "Chưa gửi" in seat.inner_text()
    paper = seat.locator(".phrase").inner_text()
    seat.get_by_role("link", name=f"Mở trang của {name}").click()
    assert page.locator(".phrase").inner_text() == paper
    page.get_by_role("button", name="Lấy tệp phần khóa").click()
    page.locator("#cum-tu").fill(paper)
    page.get_by_role("button", name="Mở và gửi phần khóa").click()
    page.get_by_role("heading", name="Đã nhận phần khóa của Ông/Bà").wait_for()
    page.get_by_role("link", name="Về bốn bước").click()
    assert "Đã gửi phần khóa" in seat.inner_text()
