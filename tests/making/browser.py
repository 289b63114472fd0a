"""A real browser for tests: Chromium as the system has it, and pages that remember what they heard.

What a page must never do (ask another host, break its own rules, write a fault to the console) is
noted by `Watched` while a test does something else.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
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
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules about what the style sheets make of a kind of element, on whichever page it stands.
OF_SHEETS = "css-orientation-lock"
OF_STYLE = ("color-contrast", "target-size", OF_SHEETS)


def chromium_path() -> str:
    """Where the browser is; a system without one is told how to get it."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, (
        "These tests need a browser and found no Chromium."
        " Debian and Ubuntu: sudo apt-get install chromium fonts-noto-core"
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


def another_tab(context: BrowserContext, path: str) -> Page:
    """A second page of the same device."""
    page = context.new_page()
    page.goto(path)
    return page


def press(page: Page, label: str | None = None) -> None:
    """Press a button of the form (the first when not named) and wait for the page it leads to."""
    buttons = page.locator("main form button")
    button = buttons.first if label is None else buttons.get_by_text(label, exact=True)
    with page.expect_navigation():
        button.click()


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def axe(page: Page, *rules: str, without: Iterable[str] = ()) -> list[str]:
    """What axe-core objects to, a line each; with `rules`, only what these say, and `without`
    some of them."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": RULES}
    asked = {
        "runOnly": only,
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
        # To read the style sheets again is for one rule alone.
        "preload": OF_SHEETS in rules or (not rules and OF_SHEETS not in without),
    }
    # Only what is wrong comes over: the whole answer is a megabyte to read.
    found: list[str] = page.evaluate(
        """asked => axe.run(document, asked).then(
            found => found.violations.flatMap(each => each.nodes.map(
                node => `${each.id}: ${node.target} ${node.failureSummary}`)))""",
        asked,
    )
    return found


@dataclass
class Eye:
    """Looks at pages as many people do: with axe on a desk and a telephone, in light and dark.

    A page made of the same elements as one it saw is not looked at again: axe takes its time. One
    that puts known kinds of element together in another way is held to what depends on that:
    colours and sizes are the style sheet's, which knows kinds of element only.
    """

    seen: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def objections(self, page: Page, where: str) -> list[str]:
        """What is wrong with the page that is open, a line each."""
        html = page.content()
        made = made_of(html)
        if made in self.seen:
            return []
        self.seen.add(made)
        new = kinds_of(html) - self.kinds
        self.kinds |= new
        before = page.viewport_size
        if new:
            said = axe(page)
            page.emulate_media(color_scheme="dark")
            said += [f"dark: {line}" for line in axe(page, "color-contrast")]
            page.emulate_media(color_scheme="light")
        else:
            said = axe(page, without=OF_STYLE)
        resize(page, PHONE)
        wide = page.evaluate("document.documentElement.scrollWidth")
        said += [f"{wide} pixels wide on a telephone"] if wide > PHONE[0] else []
        if new:
            said += [f"telephone: {line}" for line in axe(page, "target-size")]
        if before:
            page.set_viewport_size(before)
        return [f"{where}: {line}" for line in said]


def made_of(html: str) -> str:
    """The kinds of element a page is made of, as one text."""
    return "\n".join(sorted(kinds_of(html)))


def kinds_of(html: str) -> set[str]:
    """The kinds of element a page is made of: tags with their classes, roles and attributes."""
    found = set()
    for tag, rest in re.findall(r"<(\w+)([^>]*)>", html):
        told = re.findall(r'\b(?:class|type|role)="[^"]*"', rest)
        names = re.findall(r"\s([\w-]+)(?==|\s|$)", re.sub(r'"[^"]*"', "", rest))
        found.add(" ".join([tag, *sorted(told), *sorted(names)]))
    return found
