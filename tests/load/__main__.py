"""The benchmark: `make bench`, or `python -m tests.load [--quick] [--all] [--postgresql]`.

Prints every figure as a multiple of something bare that was measured in turns with it, beside what
is asked for and what users have today (docs/benchmarks.md).
"""

import argparse
import os
import platform
import sys
import time
import timeit
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from statistics import median

from app.keys.urn import RECEIPT_BYTES, new_key_pair, seal
from tests.load import answering, browser, commands, console, counting, letters, results
from tests.load.hello import bare
from tests.load.premises import premises
from tests.load.shapes import Shape
from tests.load.table import Row, markdown


def letter_rows(database_url: str | None) -> Iterator[Row]:
    figures = letters.run(database_url=database_url)
    yield Row(
        "hand 1,611 letters to a local SMTP server, kept connections",
        figures["seconds"],
        "s",
        note=f"{figures['letters_per_second']:.0f} letters/s",
    )
    yield Row(
        "speed of that, of bare aiosmtplib on as many connections",
        100 * figures["share_of_bare"],
        "%",
        70,
        85,
        more_is_better=True,
        note=f"bare {figures['bare_seconds']:.2f} s",
    )


def measure(
    quick: bool, every: bool, postgresql: bool, on_sqlite: dict[Shape, float]
) -> Iterator[Row]:
    """All rows on one kind of database, each part on premises of its own; `on_sqlite` as of
    `answering.rows`."""

    def part(rows: Callable[..., Iterator[Row]], *more: object) -> Iterator[Row]:
        begun = time.monotonic()
        with premises(postgresql) as place:
            with bare() as hello:
                before = hello.cpu()
            found = list(rows(place, *more))
            with bare() as hello:
                answer = min(before, hello.cpu())
        yield from (row.in_hellos(answer) for row in found)
        print(f"{rows.__module__} {time.monotonic() - begun:.0f} s", file=sys.stderr)

    yield from part(answering.rows, answering.QUICK if quick else answering.SIZES, on_sqlite)
    if not quick:
        yield from part(browser.rows)
    yield from part(commands.issue, 1 if quick else 3)
    if not quick:
        with premises(postgresql=True) if postgresql else nullcontext() as place:
            yield from letter_rows(place.database_url if place else None)
    yield from part(commands.opening)
    if not quick:
        yield from part(console.rows)
        yield from part(results.rows)
    sizes = (2000,) if quick else counting.LARGEST if every else counting.LARGE
    yield from part(counting.rows, sizes)


def machine() -> str:
    """How busy and how fast this machine is just now: what else runs on it shows here."""
    _private, public = new_key_pair()
    seals = timeit.repeat(
        lambda: seal(public, b"", "X" * RECEIPT_BYTES, bytes(9000)), repeat=200, number=1
    )
    return f"load {os.getloadavg()[0]:.1f}, sealing 9 kB {median(seals) * 1e6:.0f} µs"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small part of everything")
    parser.add_argument("--all", action="store_true", help="count 1,000,000 ballots too")
    parser.add_argument("--postgresql", action="store_true", help="PostgreSQL too")
    wanted = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; {machine()}", flush=True)
    on_sqlite: dict[Shape, float] = {}
    for postgresql in (False, True) if wanted.postgresql else (False,):
        rows = list(measure(wanted.quick, wanted.all, postgresql, on_sqlite))
        print(f"\n{'PostgreSQL' if postgresql else 'SQLite'}\n\n{markdown(rows)}", flush=True)
    print(f"\nAfterwards: {machine()}")


if __name__ == "__main__":
    main()
