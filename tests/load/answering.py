"""Ballots over HTTP: what one costs the server, and how many go through at once, each in turns with
answers of the bare framework."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.load.hello import Bare, Crowd, bare
from tests.load.premises import Premises, Server
from tests.load.respondents import AT_ONCE, Driven, drive
from tests.load.shapes import FOUR_PAGES, LONG, ONE_PAGE, Shape
from tests.load.table import HELLOS, Row
from tests.load.waves import cast_by, open_wave

WARM_UP = 8
ROUNDS = 9  # of ballots one after another, each between bare answers; the middle one counts


@dataclass(frozen=True)
class Sizes:
    """How many ballots come one after another in each round, and from many at once."""

    alone: int
    together: int


SIZES = {FOUR_PAGES: Sizes(20, 480), ONE_PAGE: Sizes(30, 640), LONG: Sizes(6, 160)}
QUICK = {FOUR_PAGES: Sizes(4, 64), ONE_PAGE: Sizes(4, 64), LONG: Sizes(2, 32)}


@dataclass(frozen=True)
class Budget:
    """What is asked for: must, goal, and what users have today, measured beside ours in one run."""

    cpu: tuple[float, float, str]  # hellos of a ballot
    per_second: tuple[float, float, str]  # ballots a second, % of the bare answers a second


BUDGETS = {
    FOUR_PAGES: Budget((95, 50, "3,200 hellos"), (1.0, 1.8, "0.11 %")),
    ONE_PAGE: Budget((60, 32, "3,000 hellos"), (1.7, 3.0, "0.13 %")),
    LONG: Budget((480, 330, ""), (0.25, 0.4, "")),
}
# Of the slowest in a hundred bare answers at as many at once.
SLOWEST = (14, 9)
# On PostgreSQL, its own CPU added, in what the same ballot costs on SQLite; two processes, of one.
ON_POSTGRESQL, TWO_PROCESSES = (1.7, 1.4), (1.7, 1.9)


@dataclass(frozen=True)
class Outcome:
    """What so many ballots took. `cpu` is the server's, in seconds."""

    ballots: int
    driven: Driven
    cpu: float
    database_cpu: float
    memory: int

    @property
    def per_second(self) -> float:
        return self.ballots / self.driven.seconds

    @property
    def each(self) -> float:
        """Seconds of CPU of a ballot, the database's added."""
        return (self.cpu + self.database_cpu) / self.ballots


@dataclass(frozen=True)
class Compared:
    """Ballots one after another, and by many at once; `hello` is a bare answer's CPU before and
    after, `crowd` what the bare framework made of as many at once."""

    alone: Outcome
    together: Outcome
    hello: float
    crowd: Crowd

    @property
    def hellos(self) -> float:
        return self.alone.each / self.hello


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
    if sorted(seen.receipts) != sorted(receipts):
        raise AssertionError(f"{len(seen.receipts)} receipts for {len(links)} ballots")
    if seen.answers != len(links) * shape.questions * shape.units:
        raise AssertionError(f"{seen.answers} answers in {len(links)} ballots")
    return Outcome(
        len(links),
        seen,
        server.cpu() - cpu,
        server.database_cpu() - database_cpu,
        max(memory),
    )


@dataclass
class Booth:
    """A wave of a shape whose ballots are cast one part after another."""

    premises: Premises
    shape: Shape
    ballots: int

    def __post_init__(self) -> None:
        self._links, self._receipts = open_wave(self.premises, self.shape, self.ballots)
        self._next = 0

    def cast(self, server: Server, ballots: int, at_once: int) -> Outcome:
        part = slice(self._next, self._next + ballots)
        self._next += ballots
        place, shape = self.premises, self.shape
        return cast(place, server, shape, self._links[part], self._receipts[part], at_once)

    def all_are_cast(self) -> None:
        with self.premises.opened() as (db, _keys):
            counted = cast_by(db, self.shape.code)
        if counted != self.ballots:
            raise AssertionError(f"{counted} of {self.ballots} ballots are cast")


def measure(premises: Premises, hello: Bare, shape: Shape, sizes: Sizes) -> Compared:
    """Ballots and bare answers in turns, on servers that have just warmed up."""
    booth = Booth(premises, shape, WARM_UP + ROUNDS * sizes.alone + sizes.together)
    rounds = []
    with premises.serving() as server:
        booth.cast(server, WARM_UP, 1)
        before = hello.cpu()
        for _round in range(ROUNDS):
            alone, after = booth.cast(server, sizes.alone, 1), hello.cpu()
            rounds.append((alone, (before + after) / 2))
            before = after
        first = hello.together()
        together = booth.cast(server, sizes.together, AT_ONCE)
        crowd = Crowd.best(first, hello.together())
    booth.all_are_cast()
    alone, cpu = sorted(rounds, key=lambda pair: pair[0].each / pair[1])[ROUNDS // 2]
    return Compared(alone, together, cpu, crowd)


def two_processes(premises: Premises, shape: Shape, sizes: Sizes) -> tuple[float, float]:
    """Ballots a second through one process and through two, in turns, the better of two each."""
    # A wave of its own; the one of this code is full.
    booth = Booth(
        premises, replace(shape, code="hai-tien-trinh"), 4 * (WARM_UP * 4 + sizes.together)
    )
    found: dict[int, list[float]] = {1: [], 2: []}
    for workers in (1, 2, 1, 2):
        with premises.serving(workers) as server:
            booth.cast(server, WARM_UP * 4, AT_ONCE)
            found[workers].append(booth.cast(server, sizes.together, AT_ONCE).per_second)
    booth.all_are_cast()
    return max(found[1]), max(found[2])


def rows(
    premises: Premises, sizes: dict[Shape, Sizes], on_sqlite: dict[Shape, float]
) -> Iterator[Row]:
    """On SQLite `on_sqlite` is filled with the hellos of each ballot, for PostgreSQL to be compared
    with."""
    with bare() as hello:
        found = {shape: measure(premises, hello, shape, sizes[shape]) for shape in BUDGETS}
    if not premises.postgresql:
        on_sqlite.update({shape: each.hellos for shape, each in found.items()})
    for shape, each in found.items():
        yield _cpu(shape, each)
    if premises.postgresql:
        for shape, each in found.items():
            if shape in on_sqlite:
                times = each.hellos / on_sqlite[shape]
                name = f"that beside the same on SQLite: {shape.name}"
                yield Row(name, times, "×", *ON_POSTGRESQL)
    for shape, each in found.items():
        yield _per_second(shape, each)
    for shape, each in found.items():
        slowest = each.together.driven.slowest(0.99)
        yield Row(
            f"p99 of any request then: {shape.name}",
            slowest * 1000,
            "ms",
            *SLOWEST,
            multiple=slowest / each.crowd.p99,
            of="hellos' p99",
            note=f"half within {each.together.driven.slowest(0.5) * 1000:.0f} ms;"
            f" hellos' {each.crowd.p99 * 1000:.1f} ms",
        )
    if premises.postgresql:
        one, two = two_processes(premises, FOUR_PAGES, sizes[FOUR_PAGES])
        name = f"two processes, {AT_ONCE} at once, of one: {FOUR_PAGES.name}"
        note = f"{one:.1f} and {two:.1f} ballots/s"
        yield Row(name, two / one, "×", *TWO_PROCESSES, more_is_better=True, note=note)
    memory = max(each.together.memory for each in found.values())
    yield Row(
        "all server processes together under that load", memory / 1e6, "MB", 300, 150, "662 MB"
    )


def _cpu(shape: Shape, each: Compared) -> Row:
    alone, together = each.alone, each.together
    note = f"{together.each / each.hello:.0f} hellos when {AT_ONCE} at once"
    if alone.database_cpu:
        ours, theirs = alone.cpu / alone.ballots, alone.database_cpu / alone.ballots
        note += f"; ours {ours * 1000:.1f} ms, PostgreSQL's {theirs * 1000:.1f} ms"
    must, goal, today = BUDGETS[shape].cpu
    asked = (must, goal) if not alone.database_cpu else (None, None)  # they are in the next row
    return Row(
        f"server CPU of a ballot, link to receipt: {shape.name}",
        alone.each * 1000,
        "ms",
        *asked,
        today,
        multiple=each.hellos,
        of=HELLOS,
        note=f"{note}; {len(alone.driven.requests) / alone.ballots:.0f} requests;"
        f" a hello {each.hello * 1e6:.0f} µs",
    )


def _per_second(shape: Shape, each: Compared) -> Row:
    together = each.together
    driver = 100 * together.driven.cpu / together.driven.seconds
    server = 100 * together.cpu / together.driven.seconds
    return Row(
        f"{AT_ONCE} respondents at once: {shape.name}",
        together.per_second,
        "ballots/s",
        *BUDGETS[shape].per_second,
        multiple=100 * together.per_second / each.crowd.per_second,
        of="% of hellos/s",
        more_is_better=True,
        note=f"CPU: server {server:.0f} %, driver {driver:.0f} % of a core;"
        f" hellos {each.crowd.per_second:,.0f}/s",
    )
