"""A real browser for tests: Chromium as the system has it, and pages that remember what they heard.

What a page must never do (ask another host, break its own rules, write a fault to the console) is
noted by `Watched` while a test does something else.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Page,
    Request,
    Response,
    sync_playwright,
)

PHONE, DESKTOP = (390, 844), (1280, 800)
# 1280 by 1024 pixels at 400 % are 320 by 256 of a style sheet.
NARROW = (320, 256)
NAMES = ("chromium", "chromium-browser", "google-chrome")
# The same engine without a window's bars and settings: two thirds of the time.
BARE = ("chromium-headless-shell",)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each device of a test is alone in the browser anyway: a process for each takes its time.
    "--renderer-process-limit=1",
]


def chromium_path(bare: bool = True) -> str:
    """Where the browser is, if it can be the bare engine; a system without one is told how to get
    it."""
    names = (*BARE, *NAMES) if bare else NAMES
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, (
        "These tests need a browser and found no Chromium."
        " Debian and Ubuntu: sudo apt-get install chromium chromium-headless-shell fonts-noto-core"
    )
    return found


def launch(kind: BrowserType, *unwanted: str) -> Browser:
    """A browser without windows; `unwanted` are arguments that Playwright would give it."""
    return kind.launch(
        executable_path=chromium_path(), args=ARGUMENTS, ignore_default_args=list(unwanted)
    )


@contextmanager
def open_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and what it did that no page of ours may do."""

    page: Page
    faults: list[str] = field(default_factory=list)
    status: int = 0

    def __post_init__(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", lambda said: self._said(said.type, said.text))

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            self.faults.append(f"another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status

    def _said(self, kind: str, text: str) -> None:
        # Chromium notes every page of status 400 and more; a page of a fault is one.
        if kind in ("error", "warning") and "the server responded with a status of" not in text:
            self.faults.append(f"console: {text}")


@contextmanager
def device(
    browser: Browser, url: str, size: tuple[int, int] = PHONE, **told: Any
) -> Iterator[Watched]:
    """A device of its own, with its own cookies; `told` as for `Browser.new_context`."""
    context = browser.new_context(
        base_url=url, viewport={"width": size[0], "height": size[1]}, locale="vi-VN", **told
    )
    context.set_default_timeout(30_000)
    try:
        yield Watched(context.new_page())
    finally:
        context.close()


def anew(watched: Watched) -> Watched:
    """The same device as if it had just been bought; only files that are the same for everybody
    may be known to it. To make another takes as long as to open four pages."""
    page, context = watched.page, watched.page.context
    for other in context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    page.goto("about:blank")
    context.clear_cookies()
    context.set_extra_http_headers({})
    page.emulate_media(media="null", color_scheme="light")
    watched.faults.clear()
    watched.status = 0
    return watched


def another_tab(context: BrowserContext, path: str) -> Page:
    """A second page of the same device."""
    page = context.new_page()
    page.goto(path)
    return page


def turn_to(page: Page) -> None:
    """Have a page before oneself: in a tab behind another a browser draws once a second."""
    if len(page.context.pages) > 1:
        page.bring_to_front()


def press(page: Page, label: str | None = None) -> None:
    """Press a button of the form (the first when not named) and wait for the page it leads to."""
    turn_to(page)
    buttons = page.locator("main form button")
    button = buttons.first if label is None else buttons.get_by_text(label, exact=True)
    with page.expect_navigation():
        button.click()


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
