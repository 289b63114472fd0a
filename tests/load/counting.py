"""Time and memory of opening large urns, each measured in a process that has done nothing else.

python -m tests.load.counting DATABASE_URL KEY_FILE CODE
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import psutil

from app.count import unsealing
from app.count.adding import count_urn, opener_of
from app.index import file as indexfile
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store.db import Database, open_database
from app.urn import rows as urnrows
from app.waves.wave import index_of, load
from tests.load.premises import ROOT, Premises
from tests.load.table import Row
from tests.load.waves import full_urn, roster_people
from tests.making.blocks import LAI_CHAU

BARE = 2000  # rows of which the bare opening is timed
# Times the bare opening on one core; megabytes.
TIMES, MEMORY = (1.3, 0.8), (250, 200)
LARGE = (10_000, 100_000)
LARGEST = (*LARGE, 1_000_000)


def rows(premises: Premises, sizes: tuple[int, ...]) -> Iterator[Row]:
    """Ballots of 20 units × 23 questions without comments, which would be 8 kB each."""
    index = indexfile.parse(LAI_CHAU.read_bytes())
    index = replace(index, questions=index.scored_questions)
    each = 0.0
    for ballots in sizes:
        code = f"dot-{ballots}"
        with premises.opened() as (db, keys):
            full_urn(db, keys, index, roster_people(index), ballots, code)
        seen = _apart(premises, code)
        growth = (
            f"; a ballot takes {seen['count'] / ballots / each:.2f} times as long" if each else ""
        )
        each = each or seen["count"] / ballots
        largest = ballots == max(sizes)
        yield Row(
            f"open and count {ballots:,} ballots",
            seen["count"],
            "s",
            *(TIMES if largest else ()),
            multiple=seen["count"] / (ballots * seen["bare"]),
            of="× bare openings",
            note=f"whole unsealing {seen['unseal']:.1f} s{growth};"
            f" a bare opening {seen['bare'] * 1e6:.0f} µs",
        )
        yield Row(
            f"memory of that, {ballots:,} ballots, whole unsealing",
            seen["memory"] / 1e6,
            "MB",
            *(MEMORY if largest else ()),
            note=f"of the count alone {seen['count_memory'] / 1e6:.0f} MB",
        )


def _apart(premises: Premises, code: str) -> dict[str, float]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.load.counting",
            premises.database_url,
            str(premises.folder / "phieu.key"),
            code,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def _measure(database_url: str, key_file: Path, code: str) -> dict[str, float]:
    """Seconds, and how many bytes the process grew at its peak."""
    db, keys = open_database(database_url), KeyFile(key_file)
    guard.guard(db, keys)
    bare = bare_opening(db, keys, code)
    before = psutil.Process().memory_info().rss
    begun = time.perf_counter()
    with db.reading() as session:
        wave = load(session, code)
        index, layout = index_of(wave, keys)
        count_urn(session, wave, index, layout, keys)
    counted = time.perf_counter()
    count_memory = _peak() - before
    unsealing.unseal(db, keys, code)
    return {
        "count": counted - begun,
        "count_memory": count_memory,
        "unseal": time.perf_counter() - counted,
        "memory": _peak() - before,
        "bare": bare,
    }


def bare_opening(db: Database, keys: KeyFile, code: str) -> float:
    """Seconds of the opening of one sealed row of a closed wave, and of nothing else."""
    with db.reading() as session:
        wave = load(session, code)
        _index, layout = index_of(wave, keys)
        opener = opener_of(session, wave, layout, keys)
        rows = list(islice(urnrows.read(session, wave, keys.cover(code)), BARE))
    begun = time.perf_counter()
    for row in rows:
        opener.unseal(row)
    return (time.perf_counter() - begun) / len(rows)


def _peak() -> int:
    """Most bytes this process ever held; `ru_maxrss` would count what its parent held too."""
    try:
        status = Path("/proc/self/status").read_text()
    except FileNotFoundError:  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    json.dump(_measure(sys.argv[1], Path(sys.argv[2]), sys.argv[3]), sys.stdout)
