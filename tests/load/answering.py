"""Ballots over HTTP: what one costs the server, and how many go through at once."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.load.premises import ROOT, Premises, Server
from tests.load.shapes import FOUR_PAGES, LONG, ONE_PAGE, Shape
from tests.load.table import Row
from tests.load.waves import cast_by, open_wave

AT_ONCE = 32
WARM_UP = 8
ROUNDS = 5  # of ballots one after another; what else a machine does only adds, so the least counts


@dataclass(frozen=True)
class Sizes:
    """How many ballots come one after another in each round, and from many at once."""

    alone: int
    together: int


SIZES = {FOUR_PAGES: Sizes(30, 480), ONE_PAGE: Sizes(40, 640), LONG: Sizes(10, 160)}
QUICK = {FOUR_PAGES: Sizes(4, 64), ONE_PAGE: Sizes(4, 64), LONG: Sizes(2, 32)}

# (CPU ms of a ballot, ballots a second): floor, goal, today.
BUDGETS = {
    FOUR_PAGES: ((18, 9, "406 ms"), (60, 100, "4.8"), "1.8 s"),
    ONE_PAGE: ((10, 5, "342 ms"), (100, 180, "5.8"), "4.9 s"),
    LONG: ((65, 35, ""), (15, 25, ""), ""),
}


@dataclass(frozen=True)
class Outcome:
    """What so many ballots took. Times in seconds; `cpu` is the server's."""

    ballots: int
    seconds: float
    cpu: float
    database_cpu: float
    driver_cpu: float
    requests: list[float]
    memory: int

    def slowest(self, share: float) -> float:
        """The time within which that share of the requests was answered."""
        return sorted(self.requests)[int(share * (len(self.requests) - 1))]


def cast(
    premises: Premises,
    server: Server,
    shape: Shape,
    links: list[str],
    receipts: list[str],
    at_once: int,
) -> Outcome:
    """Cast the ballots of `links`; every receipt shown must be the ballot's own."""
    cpu, database_cpu = server.cpu(), server.database_cpu()
    with server.watched() as memory:
        seen = drive(premises.port, links, at_once)
    if sorted(seen["receipts"]) != sorted(receipts):
        raise AssertionError(f"{len(seen['receipts'])} receipts for {len(links)} ballots")
    if seen["answers"] != len(links) * shape.questions * shape.units:
        raise AssertionError(f"{seen['answers']} answers in {len(links)} ballots")
    return Outcome(
        len(links),
        seen["seconds"],
        server.cpu() - cpu,
        server.database_cpu() - database_cpu,
        seen["cpu"],
        seen["requests"],
        max(memory),
    )


def drive(port: int, links: list[str], at_once: int) -> dict[str, object]:
    """Let the driver, a process of its own, follow the links."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.load.driver", str(port), str(at_once)],
        cwd=ROOT,
        input="\n".join(links),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def measure(premises: Premises, shape: Shape, sizes: Sizes) -> tuple[Outcome, Outcome]:
    """Ballots one after another, and by many at once, on a server that has just warmed up."""
    parts = [(WARM_UP, 1), *[(sizes.alone, 1)] * ROUNDS, (sizes.together, AT_ONCE)]
    total = sum(ballots for ballots, _at_once in parts)
    links, receipts = open_wave(premises, shape, total)
    outcomes = []
    with premises.serving() as server:
        start = 0
        for ballots, at_once in parts:
            part = slice(start, start + ballots)
            outcomes.append(cast(premises, server, shape, links[part], receipts[part], at_once))
            start += ballots
    with premises.opened() as (db, _keys):
        counted = cast_by(db, shape.code)
    if counted != total:
        raise AssertionError(f"{counted} of {total} ballots are cast")
    return min(outcomes[1:-1], key=lambda outcome: outcome.cpu), outcomes[-1]


def rows(premises: Premises, sizes: dict[Shape, Sizes]) -> Iterator[Row]:
    outcomes = {shape: measure(premises, shape, sizes[shape]) for shape in BUDGETS}
    for shape, (alone, together) in outcomes.items():
        floor, goal, today = BUDGETS[shape][0]
        note = f"{together.cpu / together.ballots * 1000:.1f} ms when {AT_ONCE} at once"
        if together.database_cpu:
            note += f", and {together.database_cpu / together.ballots * 1000:.1f} ms of PostgreSQL"
        yield Row(
            f"server CPU of a ballot, link to receipt: {shape.name}",
            alone.cpu / alone.ballots * 1000,
            "ms",
            floor,
            goal,
            today,
            note=f"{note}; {len(alone.requests) / alone.ballots:.0f} requests",
        )
    for shape, (_alone, together) in outcomes.items():
        floor, goal, today = BUDGETS[shape][1]
        driver = 100 * together.driver_cpu / together.seconds
        server = 100 * together.cpu / together.seconds
        yield Row(
            f"{AT_ONCE} respondents at once: {shape.name}",
            together.ballots / together.seconds,
            "ballots/s",
            floor,
            goal,
            today,
            more_is_better=True,
            note=f"CPU: server {server:.0f} %, driver {driver:.0f} % of a core",
        )
    for shape, (_alone, together) in outcomes.items():
        yield Row(
            f"p99 of any request then: {shape.name}",
            together.slowest(0.99) * 1000,
            "ms",
            150,
            80,
            BUDGETS[shape][2],
            note=f"half within {together.slowest(0.5) * 1000:.0f} ms",
        )
    yield Row(
        "all server processes together under that load",
        max(together.memory for _alone, together in outcomes.values()) / 1e6,
        "MB",
        300,
        150,
        "662 MB",
    )
