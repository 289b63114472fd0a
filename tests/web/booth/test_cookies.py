"""A browser that keeps no cookies is told so, and how to go on."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import sync_playwright

from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.settings import Settings
from app.store.db import Database
from tests.conftest import Clock
from tests.making.booths import Booth, cast, open_booth
from tests.making.browser import ARGUMENTS, Watched, chromium_path, press
from tests.making.eye import axe
from tests.making.html import Visitor

# What a page shows turns on no SQL that differs; what is stored and counted is tried on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def booth(db: Database, keys: KeyFile, configured: Settings, clock: Clock) -> Iterator[Booth]:
    with open_booth(db, keys, configured, clock) as booth:
        yield booth


def forgetful(booth: Booth) -> Visitor:
    """A device whose browser sends no cookie."""
    client = httpx.Client(base_url=booth.url, timeout=30, verify=False)
    client.cookies.jar.set_policy(RefuseAll())
    booth.clients.append(client)
    return Visitor(client)


class RefuseAll:
    """A policy of cookies: none."""

    netscape = rfc2965 = hide_cookie2 = False

    def set_ok(self, *_given: object) -> bool:
        return False

    def return_ok(self, *_given: object) -> bool:
        return False

    def domain_return_ok(self, *_given: object) -> bool:
        return False

    def path_return_ok(self, *_given: object) -> bool:
        return False


@SQLITE
def test_where_cookies_are_blocked_the_page_says_so_and_how_to_allow_them(booth: Booth) -> None:
    visitor = forgetful(booth).open(booth.link(booth.ballot()))
    assert visitor.submit().status == 403
    assert "đang chặn cookie" in visitor.text
    for words in ("Safari", "Chrome", "Zalo", "Facebook", "Mở lại đường dẫn"):
        assert words.casefold() in visitor.text.casefold()


def test_the_way_back_is_the_link_where_the_browser_tells_which(booth: Booth) -> None:
    ballot = booth.ballot()
    visitor = forgetful(booth)
    for referer, link in {
        f"{booth.url}{booth.link(ballot)}": booth.link(ballot),
        f"{booth.url}{booth.link(ballot)}?utm_source=zalo": booth.link(ballot),
        f"https://vi-du.vn{booth.link(ballot)[:-1]}": None,
        f"{booth.url}/p/javascript:alert(1)": None,
        "http://[": None,
        "": None,
    }.items():
        response = visitor.client.get("/phieu/phan-1", headers={"referer": referer})
        assert response.status_code == 403
        hrefs = [a.get("href", "") for a in Visitor(visitor.client)._take(response).tree.iter("a")]
        assert [href for href in hrefs if "/p/" in href] == ([link] if link else [])


@SQLITE
def test_where_the_cookie_comes_the_address_is_short_and_clean(booth: Booth) -> None:
    visitor = booth.visitor().open(booth.link(booth.ballot())).submit()
    assert (visitor.status, visitor.path) == (200, "/phieu/phan-1")
    visitor.client.cookies.clear()
    assert visitor.open(visitor.path).status == 403
    assert "chưa mở phiếu nào" in visitor.heading


@SQLITE
def test_a_cast_ballot_shows_its_receipt_without_cookies(booth: Booth) -> None:
    ballot: BallotName = booth.ballot()
    receipt = cast(booth.started(ballot))
    assert forgetful(booth).open(booth.link(ballot)).receipt == receipt


@SQLITE
def test_chromium_with_cookies_blocked_shows_the_page(booth: Booth, tmp_path: Path) -> None:
    ballot = booth.ballot()
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(blocked))
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile.parent,
            executable_path=chromium_path(bare=False),
            args=ARGUMENTS,
            base_url=booth.url,
        )
        watched = Watched(context.new_page())
        page = watched.page
        page.goto(booth.link(ballot))
        press(page)
        assert watched.status == 403
        assert page.inner_text("h1") == "Trình duyệt này đang chặn cookie"
        assert axe(page) == []
        page.get_by_text("Mở lại phiếu của Ông/Bà").click()
        assert page.url == booth.url + booth.link(ballot)
        assert watched.faults == []
        context.close()
