"""A national survey on one machine: 86,000 people imported, launched, lettered, cast at its real
shape and at ten times its peak, closed, opened, scored.

    python -m tests.load.growth [PEOPLE] [--postgresql]

Commands, server and relay are the real ones, each in a process of its own. Prints a table: seconds,
CPU and most memory of each step. Raises where a receipt is not the ballot's own, or somebody went
away without one at the real peak.

The shape: four people in five answer, a third of those within the three hours after the letters
have come; for 86,000 that is 2.1 ballots a second at the peak. It is assumed: nobody has told the
hours of the real survey. Ten times as much is more than any of them.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from app.index import file as indexfile
from app.keys.urn import Layout
from app.roster.file import AGENCY, EMAIL, GROUP, NAME
from app.store.models import Ballot, Letter
from app.waves import wave as waves
from tests.load.premises import ROOT, Premises, premises
from tests.load.shapes import FOUR_PAGES
from tests.load.waves import cast_by, seal_all
from tests.making.blocks import names

PEOPLE = 86_000
ANSWER, EARLY, HOURS = 0.8, 1 / 3, 3
CODE = FOUR_PAGES.code
PAUSE, AT_PEAK = 2.0, 120.0  # seconds between pages; seconds that a peak is kept up


@dataclass(frozen=True)
class Step:
    """What one process took: seconds from start to end, seconds of CPU, most bytes."""

    name: str
    seconds: float
    cpu: float
    memory: int
    note: str = ""


def peak(people: int) -> float:
    """Ballots a second in the busiest hours."""
    return people * ANSWER * EARLY / (HOURS * 3600)


def command(place: Premises, name: str, *words: str, **more: str) -> Step:
    """Run `phieu …` with what it took; raises RuntimeError with what it said."""
    said = place.folder / "said"
    begun = time.perf_counter()
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=place.environment | more,
            stdout=out,
            stderr=out,
        )
        _pid, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - begun
    if status:
        raise RuntimeError(f"phieu {' '.join(words)}: {said.read_text()}")
    return Step(name, took, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def roster_of(path: Path, people: int) -> None:
    """A file of so many people of the first group."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([NAME, EMAIL, GROUP, AGENCY])
        for place in range(people):
            out.writerow([f"Người thứ {place + 1}", f"nguoi{place + 1}@vi-du.vn", "hdnd", ""])


@contextmanager
def sink() -> Iterator[int]:
    """A relay that takes everything; gives its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.load.letters"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def prepared(place: Premises, people: int) -> Iterator[Step]:
    """Index and roster in, the wave launched, all letters out."""
    index_file, roster = place.folder / "chi-so.toml", place.folder / "danh-sach.csv"
    index_file.write_text(FOUR_PAGES.index_file, "utf-8")
    roster_of(roster, people)
    dates = ("--opens", "2026-01-01", "--closes", "2199-01-01")
    yield command(place, "new", "wave", "new", CODE, "--index", str(index_file), *dates)
    yield command(place, "roster", "wave", "roster", CODE, str(roster))
    yield command(place, "launch", "wave", "launch", CODE)
    with sink() as port:
        step = command(place, "send", "send", PHIEU_SMTP_URL=f"smtp://127.0.0.1:{port}")
    with place.opened() as (db, _keys), db.reading() as session:
        states = select(col(Letter.state)).distinct()
        if set(session.scalars(states)) != {"sent"}:
            raise AssertionError("not all letters are out")
    yield Step(
        step.name, step.seconds, step.cpu, step.memory, f"{people / step.seconds:.0f} letters/s"
    )
    yield command(place, "status", "wave", "status", CODE)


def links_of(place: Premises, people: int) -> tuple[list[str], list[str]]:
    """The links of so many ballots, with their receipts."""
    with place.opened() as (db, keys), db.reading() as session:
        everyone = names(session, waves.load(session, CODE))[:people]
        links = [f"/p/{keys.tokens.link(name)}" for name in everyone]
        return links, [keys.receipt(CODE, name) for name in everyone]


def arrived(
    place: Premises, a_second: float, seconds: float, links: list[str], pause: float = PAUSE
) -> dict[str, object]:
    """So many a second come, a process of its own."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.load.arrivals",
            *(str(each) for each in (place.port, a_second, seconds, pause)),
        ],
        cwd=ROOT,
        input="\n".join(links),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def peaks(
    place: Premises,
    rates: Iterable[float],
    links: list[str],
    receipts: list[str],
    seconds: float = AT_PEAK,
    pause: float = PAUSE,
) -> Iterator[Step]:
    """Ballots that come at these rates, one after the other."""
    start = 0
    with place.serving() as server:
        for number, rate in enumerate(rates):
            some = int(rate * seconds * 1.5) + 20
            part = slice(start, start + some)
            start += some
            cpu, database = server.cpu(), server.database_cpu()
            with server.watched() as memory:
                seen = arrived(place, rate, seconds, links[part], pause)
            shown = seen["receipts"]
            assert isinstance(shown, list)
            if not set(shown) <= set(receipts[part]) or len(shown) != len(set(shown)):
                raise AssertionError("receipts that are not the ballots'")
            away = seen["away"]
            if away and not number:
                raise AssertionError(f"at the real peak: {away}")
            requests = sorted(seen["requests"])  # type: ignore[call-overload]
            used, theirs = server.cpu() - cpu, server.database_cpu() - database
            yield Step(
                f"cast at {rate:.1f} a second",
                float(str(seen["seconds"])),
                used + theirs,
                max(memory),
                f"{len(shown)} ballots, {len(away)} went away, {seen['at_once']} at once; "  # type: ignore[arg-type]
                f"median {requests[len(requests) // 2] * 1000:.0f} ms,"
                f" 99 % {requests[int(len(requests) * 0.99)] * 1000:.0f} ms"
                + (f"; of the CPU PostgreSQL {theirs:.0f} s" if theirs else ""),
            )


def cast_the_rest(place: Premises) -> int:
    """Everybody else casts, in bulk; gives how many ballots are cast now."""
    index = indexfile.parse(FOUR_PAGES.index_file.encode())
    with place.opened() as (db, keys):
        with db.reading() as session:
            wave = waves.load(session, CODE)
            left = select(col(Ballot.number)).where(
                col(Ballot.wave_id) == wave.id, ~col(Ballot.cast)
            )
            numbers = set(session.scalars(left))
            everyone = [name.packed() for name in names(session, wave) if name.number in numbers]
        layout = Layout(index)
        asked = bytes(255 for _column in layout.columns)
        seal_all(db, keys, wave, layout, [(name, asked) for name in everyone])
        return cast_by(db, CODE)


def ended(place: Premises) -> Iterator[Step]:
    """Closed, opened, scored."""
    yield command(place, "close", "wave", "close", CODE, "--yes")
    yield command(place, "unseal", "wave", "unseal", CODE)
    yield command(place, "score", "wave", "score", CODE)
    with place.opened() as (db, _keys), db.reading() as session:
        wave = waves.load(session, CODE)
        if wave.unsealed_at is None:
            raise AssertionError("the urn is not open")


def run(people: int, postgresql: bool) -> Iterator[Step]:
    with premises(postgresql) as place:
        yield from prepared(place, people)
        links, receipts = links_of(place, people)
        real = peak(people)
        yield from peaks(place, (real, 10 * real), links, receipts)
        cast = cast_the_rest(place)
        if cast != people:
            raise AssertionError(f"{cast} of {people} are cast")
        yield from ended(place)


def line(step: Step) -> str:
    return (
        f"| {step.name} | {step.seconds:.1f} s | {step.cpu:.1f} s | {step.memory / 1e6:.0f} MB |"
        f" {step.note} |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=PEOPLE)
    parser.add_argument("--postgresql", action="store_true")
    asked = parser.parse_args()
    print("| step | time | CPU | memory | |\n| --- | --- | --- | --- | --- |")
    for each in run(asked.people, asked.postgresql):
        print(line(each), flush=True)
