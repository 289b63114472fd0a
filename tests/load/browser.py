"""What a cold browser fetches from the first page of a ballot to its receipt."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, sync_playwright

from tests.load.premises import Premises
from tests.load.shapes import FOUR_PAGES
from tests.load.table import Row
from tests.load.waves import open_wave

QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The first of every group of radio buttons, pressed as a finger would.
ANSWER = """() => {
  const names = new Set([...document.querySelectorAll('main input[type=radio]')].map(i => i.name));
  for (const name of names) document.getElementsByName(name)[0].click();
}"""


@dataclass
class Wire:
    """What went over the wire, redirections too: bytes that came in, with their headers."""

    bytes: int = 0
    urls: dict[str, list[str]] = field(default_factory=dict)  # by the browser's request number

    def listen(self, session: CDPSession) -> None:
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.requestServedFromCache", self._kept)
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._finished)

    def _asked(self, event: dict[str, Any]) -> None:
        # A redirection goes on under the same number.
        self.urls.setdefault(event["requestId"], []).append(event["request"]["url"])
        self.bytes += int(event.get("redirectResponse", {}).get("encodedDataLength", 0))

    def _kept(self, event: dict[str, Any]) -> None:
        self.urls.pop(event["requestId"], None)

    def _answered(self, event: dict[str, Any]) -> None:
        if event["response"]["fromDiskCache"]:
            self._kept(event)

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    @property
    def requests(self) -> list[str]:
        return [url for urls in self.urls.values() for url in urls]

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.requests}


def rows(premises: Premises) -> Iterator[Row]:
    links, receipts = open_wave(premises, FOUR_PAGES, 1)
    with premises.serving():
        wire, receipt = _vote(premises.base_url + links[0])
    if receipt != receipts[0]:
        raise AssertionError(f"the browser shows {receipt}")
    others = wire.hosts - {urlsplit(premises.base_url).netloc}
    yield Row(
        "first page to receipt, cold browser, 4 pages: on the wire",
        wire.bytes / 1000,
        "KB",
        40,
        30,
        "1.27 MB",
    )
    yield Row(
        "requests of that",
        len(wire.requests),
        "",
        20,
        None,
        "32",
        note=f"to other hosts: {', '.join(sorted(others)) or 'none'}",
    )


def _vote(url: str) -> tuple[Wire, str]:
    """Answer a ballot in a browser that has never seen the site; gives the receipt shown."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    wire = Wire()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = browser.new_context(locale="vi-VN").new_page()
        wire.listen(page.context.new_cdp_session(page))
        page.goto(url)
        for _page in range(FOUR_PAGES.pages + 3):
            if page.locator("#receipt").count():
                break
            page.evaluate(ANSWER)
            page.locator("main form button").first.click()
            page.wait_for_load_state("networkidle")
        receipt = page.locator("#receipt").inner_text()
        browser.close()
    return wire, receipt
