"""A trustee before a real browser: what they read from the page is on their paper, nowhere else."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Request

from tests.making.browser import DESKTOP, device


@dataclass
class Guardian:
    """One trustee, their link, and all that their browser ever sent."""

    browser: Browser
    url: str
    path: str
    paper: str = ""  # the phrase, as they copied it
    sent: list[bytes] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def _note(self, request: Request) -> None:
        self.sent.append(request.url.encode() + b"\n" + (request.post_data_buffer or b""))

    def makes_a_key(self) -> str:
        """Write the phrase down and type it again; gives the print that the page shows."""
        with device(self.browser, self.url, DESKTOP) as watched:
            page = watched.page
            page.on("request", self._note)
            page.goto(self.path)
            page.get_by_role("button", name="Tạo cụm từ khóa").click()
            self.paper = page.locator("output[data-put=phrase]:not(:empty)").inner_text()
            page.get_by_role("button", name="Tôi đã ghi ra giấy").click()
            assert self.paper not in page.content()
            page.locator("#cum-tu").fill(self.paper.lower().replace("-", " "))
            page.get_by_role("button", name="Kiểm tra và gửi khóa").click()
            page.get_by_role("heading", name="Đã nhận khóa của Ông/Bà").or_(
                page.get_by_role("heading", name="Mở thử trước khi phát phiếu")
            ).wait_for()
            found = page.locator("dl.facts code").first.inner_text()
            self._leaves(watched.faults, page.evaluate(STORED))
        return found

    def opens(self, button: str, phrase: str = "", ends: str = "") -> str:
        """Open what is due with the phrase; gives the heading of the page that comes, or with
        `phrase`, a wrong one, what the page says of it."""
        with device(self.browser, self.url, DESKTOP) as watched:
            page = watched.page
            page.on("request", self._note)
            page.goto(self.path)
            page.get_by_role("button", name="Lấy tệp phần khóa").click()
            page.locator("#cum-tu").fill(phrase or self.paper)
            page.get_by_role("button", name=button).click()
            if phrase:
                told = page.locator("[data-said]")
                told.wait_for()
                return told.inner_text()
            page.get_by_role("heading", name=ends).wait_for()
            found = page.locator("h1").inner_text()
            self._leaves(watched.faults, page.evaluate(STORED))
        return found

    def _leaves(self, faults: list[str], stored: str) -> None:
        self.faults += faults
        assert self.paper
        signs = self.paper.replace("-", "")
        for sent in (*self.sent, stored.encode()):
            assert self.paper.encode() not in sent, "the phrase left the page"
            assert signs.encode() not in sent
            assert signs[:19].encode() not in sent


STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
