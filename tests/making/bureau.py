"""A console behind a real server, and people at their desks in real browsers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page
from starlette.types import Receive, Scope, Send

from app import settings
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.settings import Settings
from app.staff import accounts, sessions, staff
from app.store.db import Database
from app.web.console.desk.cookies import cookie_name
from tests.conftest import Clock
from tests.making.booths import served
from tests.making.browser import DESKTOP, Watched, device, turn_to
from tests.making.consoles import choose_password, make_staff, new_session
from tests.making.eye import offer_axe
from tests.making.smtp import SmtpServer, smtp_server
from tests.staff.test_staff import GOOD


class Telephone:
    """The app on somebody's telephone: a code is never shown twice."""

    def __init__(self, clock: Clock, secret: bytes) -> None:
        self.clock, self.secret = clock, secret

    def code(self, wait: float = 60) -> str:
        self.clock.move(seconds=wait)
        return staff.code_at(self.secret, int(self.clock().timestamp()) // staff.STEP)


@dataclass
class Seat:
    """Somebody with a browser and a telephone of their own."""

    watched: Watched
    telephone: Telephone
    staff_id: int
    email: str

    @property
    def page(self) -> Page:
        return self.watched.page

    @property
    def main(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()

    def open(self, path: str) -> "Seat":
        self.page.goto(path)
        return self

    def send(self, button: str, **typed: str) -> "Seat":
        send(self.page, button, **typed)
        return self

    def refused(self, words: str, status: int = 200) -> None:
        refused(self.watched, words, status)


@dataclass
class Bureau:
    """The served app and what it was made of."""

    browser: Browser
    db: Database
    keys: KeyFile
    settings: Settings
    clock: Clock
    post: SmtpServer
    open: ExitStack
    url: str = ""
    asked: int = 0  # requests that are being answered
    seats: list[Seat] = field(default_factory=list)

    def seat(self, *roles: str, name: str = "", cookie: bool = True) -> Seat:
        """A new member of staff (an officer unless told otherwise), signed in."""
        staff_id, secret = make_staff(self.db, self.keys, *(roles or ("officer",)), name=name)
        with self.db.reading() as session:
            email = accounts.get(session, staff_id).email
        seat = Seat(self.another_browser(), Telephone(self.clock, secret), staff_id, email)
        if cookie:
            self.sign_in(seat)
        self.seats.append(seat)
        return seat

    def another_browser(self) -> Watched:
        return self.open.enter_context(device(self.browser, self.url, DESKTOP))

    def sign_in(self, seat: Seat) -> None:
        """A session of its own, without the door."""
        key = new_session(self.db, seat.staff_id)
        seat.page.context.add_cookies(
            [{"name": cookie_name(self.settings), "value": key, "url": self.url}]
        )

    def stay(self, seat: Seat) -> None:
        """As if a page had been looked at just now."""
        name, context = cookie_name(self.settings), seat.page.context
        (cookie,) = [each for each in context.cookies() if each["name"] == name]
        fresh = sessions.renewed(self.keys, cookie["value"], self.clock())
        context.add_cookies([{"name": name, "value": fresh, "url": self.url}])

    def give_password(self, seat: Seat) -> None:
        with self.db.transaction() as session:
            choose_password(session, seat.staff_id, GOOD)

    @property
    def host(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return str(parts.hostname), parts.port or 0


@contextmanager
def open_bureau(
    browser: Browser, db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> Iterator[Bureau]:
    with ExitStack() as stack, smtp_server() as post:
        made = settings.read(
            {
                "PHIEU_DATA": str(configured.data),
                "PHIEU_DATABASE_URL": configured.database_url,
                "PHIEU_KEY_FILE": str(configured.key_file),
                "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
                "PHIEU_SMTP_URL": post.url,
                "PHIEU_BASE_URL": configured.base_url,
            }
        )
        bureau = Bureau(browser, db, keys, made, clock, post, stack)
        app = create_app(made, db, keys)
        offer_axe(app)

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            bureau.asked += scope["type"] == "http"
            try:
                await app(scope, receive, send)
            finally:
                bureau.asked -= scope["type"] == "http"

        bureau.url = stack.enter_context(served(counted))
        yield bureau
        assert not [fault for seat in bureau.seats for fault in seat.watched.faults]


def send(page: Page, button: str, **typed: str) -> None:
    """Fill fields by their ids, press a button, wait for the next page."""
    turn_to(page)
    for name, value in typed.items():
        page.locator(f"#{name.replace('_', '-')}").fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def attach(page: Page, button: str, name: str, data: bytes | Path, **typed: str) -> None:
    """Choose a file (one on the disk has a name) and send it; where a list stands already, say
    that it is to be replaced."""
    page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
    if page.locator("#thay").count():
        page.locator("#thay").check()
    if isinstance(data, Path):
        page.locator("#tep").set_input_files(data)
    else:
        page.locator("#tep").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    send(page, button, **typed)


def refused(watched: Watched, words: str, status: int = 200) -> None:
    """A clear page: its title, one heading, what to do, and a way on. After a form it has an
    address of its own, and so the status of a page that is there."""
    page = watched.page
    said = page.locator("main").inner_text()
    assert watched.status == status, (watched.status, said[:300])
    assert page.title().startswith("Lỗi:")
    assert page.locator("h1").count() == 1
    assert words in said, said[:600]
    assert page.locator("main a, main button, nav a").count(), "a way on"
