"""The program as it really runs: `python -m app` in processes of its own, and light browsers.

Everything listens on loopback, every wait is bounded, and whatever was started is killed at the
end of its block.
"""

import contextlib
import http.client
import os
import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

from sqlmodel import col, select

from app.keys import guard
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.store.db import Database, open_database
from app.store.models import Ballot, Wave
from tests.making.blocks import names
from tests.making.forking import Copy, Waiting

ROOT = Path(__file__).parents[2]
TIMEOUT = 30.0

# What a client sees of a server that dies: no connection, or a cut one.
CUT_OFF = (OSError, http.client.HTTPException)

# field name, values offered → the one to choose
Pick = Callable[[str, list[str]], str]


@cache
def waiting_program() -> Waiting:
    return Waiting(ROOT)


class House:
    """One deployment: a database, a key file, the environment that leads to them."""

    def __init__(self, folder: Path, database_url: str, **environment: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.keys = KeyFile(folder / "keys" / "phieu.key")
        self.db: Database = open_database(database_url)
        guard.guard(self.db, self.keys)
        self.environment = {
            "PATH": os.environ["PATH"],
            "PHIEU_DATA": str(folder / "data"),
            "PHIEU_DATABASE_URL": database_url,
            "PHIEU_KEY_FILE": str(self.keys.path),
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PYTHONPATH": str(ROOT),
            **environment,
        }

    def phieu(self, *arguments: str, script: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; with `script`, that Python text in place of the program."""
        return waiting_program().run(arguments, self.folder, self.environment, script)

    @contextmanager
    def serving(self, port: int | None = None) -> Iterator["Server"]:
        """A server, answering; killed at the end."""
        server = Server(self, port or free_port())
        try:
            server.start()
            yield server
        finally:
            server.kill()
            for device in server.devices:
                device.close()

    def names(self, wave: Wave) -> list[BallotName]:
        with self.db.reading() as session:
            return names(session, wave)

    def link(self, name: BallotName) -> str:
        return f"/p/{self.keys.tokens.link(name)}"

    def cast(self, wave: Wave) -> set[bytes]:
        """The numbers of the ballots that are marked as cast."""
        with self.db.reading() as session:
            statement = select(col(Ballot.number)).where(
                col(Ballot.wave_id) == wave.id, col(Ballot.cast)
            )
            return set(session.scalars(statement))


@contextmanager
def house(folder: Path, database_url: str, **environment: str) -> Iterator[House]:
    made = House(folder, database_url, **environment)
    try:
        yield made
    finally:
        made.db.dispose()


def free_port() -> int:
    """A port nobody listens on, below those that the system gives to outgoing connections."""
    while True:
        with socket.socket() as listener, suppress(OSError):
            port = random.randrange(20_000, 32_000)
            listener.bind(("127.0.0.1", port))
            return port


class Server:
    """`phieu serve` in a process of its own; what it says goes to `log`."""

    def __init__(self, house: House, port: int) -> None:
        self.house = house
        self.port = port
        self.log = house.folder / f"serve-{port}.log"
        self.process: Copy | None = None
        self.devices: list[Device] = []

    def device(
        self, address: str = "127.0.0.1", headers: Mapping[str, str] | None = None
    ) -> "Device":
        """A visitor's browser, of the address and with the headers given."""
        made = Device(self.port, address, headers or {})
        self.devices.append(made)
        return made

    def start(self) -> None:
        log, house = str(self.log), self.house
        environment = {**house.environment, "PHIEU_BASE_URL": f"http://127.0.0.1:{self.port}"}
        words = ("serve", "--port", str(self.port))
        self.process = waiting_program().start(words, house.folder, environment, log, log)
        until(self._answers, "the server answers")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            with contextlib.closing(Device(self.port)) as device:
                return device.open("/alive").status == 200
        except CUT_OFF:
            return False

    def kill(self) -> None:
        """As a power cut does: no last words."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(TIMEOUT)


def until(condition: Callable[[], bool], what: str, seconds: float = TIMEOUT) -> None:
    """Wait for something that is bound to come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


class _Page(HTMLParser):
    """The first form of a page, its first submit button, and the receipt."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.offered: dict[str, list[str]] = {}
        self.boxes: dict[str, list[str]] = {}
        self.texts: list[str] = []
        self.receipt: str | None = None
        self.forms = 0
        self._in_form = self._in_receipt = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms += 1
            self._in_form = self.forms == 1
        self._in_receipt = has.get("id") == "receipt"
        name, value = has.get("name"), has.get("value", "")
        if not self._in_form or not name:
            return
        if tag == "textarea":
            self.texts.append(name)
        elif has.get("type") == "radio":
            self.offered.setdefault(name, []).append(value)
        elif has.get("type") == "checkbox":
            self.boxes.setdefault(name, []).append(value)
        elif has.get("type") == "hidden":
            self.fields[name] = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        self._in_receipt = False

    def handle_data(self, data: str) -> None:
        if self._in_receipt:
            self.receipt = data.strip()


@dataclass
class Device:
    """A browser that costs little: kept connection, cookies, the page's own form."""

    port: int
    address: str = "127.0.0.1"  # the visitor's
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=TIMEOUT, source_address=(self.address, 0)
        )
        self.cookies: dict[str, str] = {}
        self.used = 0.0
        self.status = 0
        self.path = "/"
        self.text = ""

    def close(self) -> None:
        self.connection.close()

    def open(self, path: str) -> "Device":
        return self._ask("GET", path, None)

    def post(self, fields: dict[str, list[str]]) -> "Device":
        return self._ask("POST", self.path, urlencode(fields, doseq=True))

    def _ask(self, method: str, path: str, body: str | None) -> "Device":
        if time.monotonic() - self.used > 2:
            self.close()  # the server does not keep idle connections for long
        for _hop in range(6):
            headers = dict(self.headers)
            if self.cookies:
                headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            try:
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                self.text = response.read().decode()
                self.used = time.monotonic()
            except CUT_OFF:
                self.close()
                raise
            for value in response.headers.get_all("Set-Cookie") or []:
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            self.status, self.path = response.status, path
            if response.status != 303:
                return self
            method, path, body = "GET", response.headers["Location"], None
        raise AssertionError(f"led in circles by {self.path}")

    @property
    def page(self) -> _Page:
        return _Page(self.text)

    @property
    def receipt(self) -> str | None:
        return self.page.receipt

    def fill(self, link: str, pick: Pick, comment: str = "") -> "Device":
        """Open a link and answer page after page, up to the review (or the receipt)."""
        self.open(link)
        for _page in range(60):
            page = self.page
            if self.status != 200 or page.receipt or self.path.endswith("/xem-lai"):
                return self
            fields = dict(page.fields)
            fields |= {name: [pick(name, values)] for name, values in page.offered.items()}
            fields |= page.boxes
            fields |= {name: [comment] for name in page.texts}
            self.post(fields)
        raise AssertionError(f"no review after {self.path}")

    def cast(self) -> str | None:
        """Press the review's first button; gives the receipt that is shown, if one is."""
        return self.post(self.page.fields).receipt
