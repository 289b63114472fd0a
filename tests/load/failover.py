"""5,000 ballots through two app processes and PgBouncer, the primary killed five times; each time
its synchronous standby takes its place, and the former primary comes back as the standby.

    python -m tests.load.failover [BALLOTS [KILLS]] [--direct]

prints JSON: ballots, kills, faults seen, and the pauses: the longest request and how many took more
than a second. With --direct both servers stand in the address and no pooler is between. Raises
AssertionError where a receipt shown is not in the urn exactly once, or anything else is.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from app.index import file as indexfile
from app.keys.tokens import BallotName
from tests.load.shapes import ONE_PAGE
from tests.load.waves import outsiders
from tests.making.blocks import make_wave
from tests.making.cluster import Pair, pair, pooler
from tests.making.crowd import close_and_unseal, receipts_in_urn
from tests.making.running import CUT_OFF, Device, House, Server, house

CLIENTS = 8
NOTICED = 2.0  # seconds until whoever watches the primary promotes the standby
SETTLED = 5.0  # seconds after which the next may die


class Timed(Device):
    """A browser that remembers how long each answer took."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.took: list[float] = []

    def _ask(self, method: str, path: str, body: str | None) -> Device:
        begun = time.monotonic()
        try:
            return super()._ask(method, path, body)
        finally:
            self.took.append(time.monotonic() - begun)


class People:
    """Clients that cast one ballot after the other, half at each server; again after a fault."""

    def __init__(self, home: House, servers: list[Server], names: list[BallotName]) -> None:
        self.home, self.servers, self.left = home, servers, list(reversed(names))
        self.shown: dict[BallotName, str] = {}
        self.faults: Counter[int] = Counter()
        self.took: list[float] = []
        self._lock = threading.Lock()

    def work(self, number: int) -> None:
        server, dice = self.servers[number % len(self.servers)], random.Random(number)
        while self.left:
            with self._lock:
                name = self.left.pop() if self.left else None
            while name is not None and name not in self.shown:
                self._cast(Timed(server.port), name, dice)

    def _cast(self, device: Timed, name: BallotName, dice: random.Random) -> None:
        try:
            device.fill(self.home.link(name), lambda _field, values: dice.choice(values))
            receipt = device.receipt or (device.cast() if device.status == 200 else None)
            status = device.status
        except CUT_OFF:
            receipt, status = None, 0
        finally:
            device.close()
        with self._lock:
            self.took += device.took
            if receipt is not None:
                self.shown[name] = receipt
            else:
                self.faults[status] += 1


def measure(ballots: int, kills: int, direct: bool) -> dict[str, object]:
    index = indexfile.parse(ONE_PAGE.index_file.encode())
    with ExitStack() as stack:
        both = stack.enter_context(pair())
        before = stack.enter_context(pooler(both.primary.url))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="phieu-ha-")))
        home = stack.enter_context(house(folder, both.url if direct else before.url))
        wave = make_wave(home.db, home.keys, index, outsiders(index, ballots))
        servers = [stack.enter_context(home.serving()) for _number in range(2)]
        people = People(home, servers, home.names(wave))
        with ThreadPoolExecutor(CLIENTS) as pool:
            begun = time.monotonic()
            clients = [pool.submit(people.work, number) for number in range(CLIENTS)]
            for number in range(kills):
                due = ballots * (number + 1) // (kills + 1)
                while len(people.shown) < due and not all(each.done() for each in clients):
                    time.sleep(0.05)
                _fail_over(both)
                before.leads_to(both.primary.url)
                time.sleep(SETTLED)
                both.rejoin()
            for client in clients:
                client.result()
            took = time.monotonic() - begun
        assert len(people.shown) == len(set(people.shown.values())) == ballots
        assert receipts_in_urn(home, wave) == sorted(people.shown.values())
        minutes = close_and_unseal(home, wave)
        assert (minutes.counted, minutes.void, minutes.foreign) == (ballots, 0, 0)
    slow = sorted(each for each in people.took if each > 1)
    return {
        "ballots": ballots,
        "kills": kills,
        "by": "both servers in the address" if direct else "PgBouncer",
        "seconds": round(took),
        "faults": dict(people.faults),
        "requests": len(people.took),
        "longest, s": round(max(people.took), 2),
        "over a second": len(slow),
        "half of those within, s": round(slow[len(slow) // 2], 2) if slow else None,
    }


def _fail_over(both: Pair) -> None:
    """As a watcher does that notices after a while."""
    both.primary.kill()
    time.sleep(NOTICED)
    both.fail_over()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("ballots", nargs="?", type=int, default=5000)
    parser.add_argument("kills", nargs="?", type=int, default=5)
    parser.add_argument("--direct", action="store_true")
    asked = parser.parse_args()
    print(json.dumps(measure(asked.ballots, asked.kills, asked.direct), indent=1))
