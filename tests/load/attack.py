"""Ordinary respondents on a quiet server, then beside a guessing attack and a slow-loris.

`python -m tests.load.attack [SECONDS] [LORIS] [GUESSERS]`: one server on SQLite, as many people at
work in both times, every request timed. By hand: what is measured depends on the machine.
"""

import contextlib
import secrets
import selectors
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.keys.tokens import BallotName
from tests.making.blocks import make_index, make_wave
from tests.making.crowd import pick_for
from tests.making.running import CUT_OFF, Device, House, Server, house

PEOPLE = 6  # at work at any time
THINK = 0.05  # seconds between two of their requests
BUDGET = 1.0  # seconds that 95 of 100 requests may take


@dataclass
class Loris:
    """Connections whose requests never end: a byte now and then, anew when they are cut off."""

    port: int
    number: int
    opened: int = 0
    cut: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with selectors.DefaultSelector() as watched:
            while not self.stop.is_set():
                for key, _ready in watched.select(0):
                    visitor = key.fileobj
                    assert isinstance(visitor, socket.socket)
                    with contextlib.suppress(OSError):
                        if visitor.recv(4096):
                            continue
                    self._leave(watched, visitor)
                while len(watched.get_map()) < self.number and self._open(watched):
                    pass
                for key in list(watched.get_map().values()):
                    try:
                        key.fileobj.send(b"a")  # type: ignore[union-attr]
                    except OSError:
                        self._leave(watched, key.fileobj)  # type: ignore[arg-type]
                self.stop.wait(1)
            for key in list(watched.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]

    def _open(self, watched: selectors.BaseSelector) -> bool:
        try:
            visitor = socket.create_connection(("127.0.0.1", self.port), 5, ("127.0.0.3", 0))
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ")
        except OSError:
            return False
        visitor.setblocking(False)
        watched.register(visitor, selectors.EVENT_READ)
        self.opened += 1
        return True

    def _leave(self, watched: selectors.BaseSelector, visitor: socket.socket) -> None:
        watched.unregister(visitor)
        visitor.close()
        self.cut += 1


@dataclass
class Guesser:
    """Links that open nothing, one after the other."""

    server: Server
    heard: Counter[int] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        device = self.server.device("127.0.0.2")
        while not self.stop.is_set():
            try:
                self.heard[device.open(f"/p/{secrets.token_urlsafe(24)}").status] += 1
            except CUT_OFF:
                self.heard[0] += 1


@contextmanager
def at_work(*runs: Callable[[], None], stops: list[threading.Event]) -> Iterator[None]:
    """Threads while the block lasts."""
    threads = [threading.Thread(target=run) for run in runs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for stop in stops:
            stop.set()
        for thread in threads:
            thread.join(30)


@dataclass
class People:
    """Respondents who answer and cast, and how long each of their requests took."""

    home: House
    server: Server
    took: list[float] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    faults: Counter[int] = field(default_factory=Counter)

    def cast_all(self, names: list[BallotName], until: float) -> None:
        shares = [names[place::PEOPLE] for place in range(PEOPLE)]
        threads = [threading.Thread(target=self._cast, args=(each, until)) for each in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _cast(self, names: list[BallotName], until: float) -> None:
        for name in names:
            if time.monotonic() > until:
                return
            device = Timed(self.server.port, "127.0.0.1", {})
            device.took = self.took
            try:
                device.fill(self.home.link(name), pick_for(name), "Góp ý")
                receipt = device.receipt or device.cast()
                self.shown += [receipt] if receipt else []
                if device.status != 200:
                    self.faults[device.status] += 1
            except CUT_OFF:
                self.faults[0] += 1
            finally:
                device.close()

    def said(self) -> str:
        cuts = statistics.quantiles(self.took, n=100) if len(self.took) > 1 else [0.0] * 99
        half, most, nearly = (f"{1000 * cuts[place]:.0f} ms" for place in (49, 94, 98))
        return (
            f"{len(self.shown)} cast, {len(self.took)} requests: median {half}, 95 % {most},"
            f" 99 % {nearly}, faults {dict(self.faults)}"
        )


class Timed(Device):
    """A visitor who notes how long each answer took, redirects and all."""

    took: list[float]

    def _ask(self, method: str, path: str, body: str | None) -> Device:
        time.sleep(THINK)
        begun = time.monotonic()
        try:
            return super()._ask(method, path, body)
        finally:
            self.took.append(time.monotonic() - begun)


def main(seconds: float = 30.0, loris: int = 500, guessers: int = 4) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (place := Path(folder) / "data").mkdir()
        with house(Path(folder), f"sqlite:///{place}/phieu.sqlite3") as home:
            wave = make_wave(home.db, home.keys, make_index("comments"), 4000)
            names = home.names(wave)
            with home.serving() as server:
                quiet = People(home, server)
                quiet.cast_all(names[:2000], time.monotonic() + seconds)
                print("quiet:  ", quiet.said())
                slow = Loris(server.port, loris)
                guess = [Guesser(server) for _each in range(guessers)]
                stops = [slow.stop, *(each.stop for each in guess)]
                with at_work(slow.run, *(each.run for each in guess), stops=stops):
                    beside = People(home, server)
                    beside.cast_all(names[2000:], time.monotonic() + seconds)
                heard: Counter[int] = sum((each.heard for each in guess), Counter())
                print("attack: ", beside.said())
                print(f"loris:   {slow.opened} opened, {slow.cut} cut off")
                print(f"guesses: {dict(heard)}")
                late = statistics.quantiles(beside.took, n=100)[94]
                print("within the budget" if late <= BUDGET and not beside.faults else "TOO SLOW")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(*map(float, given[:1]), *map(int, given[1:]))
