"""The letters' page in a real browser: the frame shows the letter as a mail program would."""

import pytest
from playwright.sync_api import Browser, Page

from app.keys.keyfile import KeyFile
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from tests.making.blocks import make_index, make_people
from tests.making.booths import served
from tests.making.browser import DESKTOP, PHONE, device, resize
from tests.making.consoles import cookie_of
from tests.making.eye import axe, offer_axe

pytest_plugins = ["tests.making.browser_fixtures"]
PATH = "/quan-tri/dot/nhap/thu"
PREVIEW = "Xem thử, chưa lưu"


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def objections(page: Page) -> list[str]:
    """What axe says on a desk and on a telephone, and what stands out at the side."""
    found = []
    for size in (DESKTOP, PHONE):
        resize(page, size)
        found += axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{wide} pixels wide"] * (wide > size[0])
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_letter_is_seen_before_it_is_kept(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index()
    assert keys.tokens, "the key file is there before there is a wave"
    with db.transaction() as session:
        now = db.now(session)
        wave = waves.new(session, "nhap", index, now, now.replace(day=28), now)
        waves.import_roster(session, wave, make_people(index, 8))
    app = create_app(configured, db, keys)
    offer_axe(app)
    with (
        served(app) as url,
        device(browser, url, DESKTOP) as watched,
    ):
        page = watched.page
        name, value = cookie_of(db, keys, configured, "officer")
        page.context.add_cookies([{"name": name, "value": value, "url": url}])
        page.goto(PATH)
        page.locator("[id='invitation.tieu-de']").fill("Thư của tỉnh năm {năm}")
        page.locator("#nhom").select_option(index=1)
        press(page, PREVIEW)
        assert page.url.endswith("#xem-thu")
        assert page.locator("#nhom").input_value() == index.groups[1].code
        letter = page.frame_locator("iframe >> nth=0")
        assert letter.locator("h1").inner_text() == f"Thư của tỉnh năm {index.year}"
        edge = "e => getComputedStyle(e).borderTopWidth"
        assert letter.locator(".top").evaluate(edge) == "6px", "the letter's own style is allowed"
        reminder = page.frame_locator("iframe >> nth=1")
        assert reminder.locator("h1").inner_text().startswith("Nhắc lại")
        assert objections(page) == []
        page.locator("#rong").select_option("hep")
        press(page, PREVIEW)
        assert page.locator("iframe").first.bounding_box()["width"] <= 400  # type: ignore[index]
        page.goto(PATH)
        assert "Thư của tỉnh" not in page.content(), "nothing was kept"
        page.locator("[id='invitation.tieu-de']").fill("Thư {khác}")
        press(page, "Lưu")
        assert watched.page.title().startswith("Lỗi:")
        assert page.evaluate("document.activeElement.className") == "panel fault"
        assert objections(page) == []
        page.locator("[id='invitation.tieu-de']").fill("Thư của tỉnh")
        press(page, "Lưu")
        assert page.frame_locator("iframe >> nth=0").locator("h1").inner_text() == "Thư của tỉnh"
        page.get_by_label("Dùng lại lời thường dùng").check()
        press(page, "Lưu")
        assert "Mời Ông/Bà" in page.frame_locator("iframe >> nth=0").locator("h1").inner_text()
        assert objections(page) == []
        assert not watched.faults
        # Last: the browser notes that the frame may open no window.
        page.frame_locator("iframe >> nth=0").get_by_role("link", name="Mở phiếu").click()
        assert page.url.partition("?")[0].endswith(PATH)
        assert "Mời Ông/Bà" in page.frame_locator("iframe >> nth=0").locator("h1").inner_text()
