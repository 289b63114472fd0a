"""The command line: what starting it costs, a roster of 1,611 people imported, a wave launched, an
urn opened. Processes are compared with one that imports SQLModel, in turns."""

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from app.commands.demo import people
from app.count import scoresheets, unsealing
from app.index import file as indexfile
from app.papers import export
from tests.load.counting import bare_opening
from tests.load.premises import ROOT, Premises
from tests.load.table import Row
from tests.load.waves import full_urn, roster_people
from tests.making.blocks import LAI_CHAU

BALLOTS = 1611
OPENED = (2.5, 1.7)  # times the bare opening of as many seals


def issue(premises: Premises, times: int) -> Iterator[Row]:
    """From index file and roster file to issued ballots: three commands, imports included."""
    index = indexfile.parse(LAI_CHAU.read_bytes())
    roster = premises.folder / "danh-sach.csv"
    with roster.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(people.roster(index))
    first = premises.command("wave", "new", "dau", *_dates())
    took = [
        (
            importing(),
            premises.command("wave", "new", code, *_dates()),
            premises.command("wave", "roster", code, str(roster)),
            premises.command("wave", "launch", code),
            premises.command("wave", "status", code),
            premises.command("--help"),
        )
        for code in (f"dot-{number}" for number in range(times))
    ]
    bare, new, imported, launched, status, helped = (
        median(each) for each in zip(*took, strict=True)
    )
    of = "× `import sqlmodel`"
    yield Row("`phieu --help`", helped, "s", 0.6, 0.3, multiple=helped / bare, of=of)
    yield Row("`phieu wave status`", status, "s", 1.3, 1.2, multiple=status / bare, of=of)
    yield Row(
        "import 1,611 people, launch, issue, by the command line",
        new + imported + launched,
        "s",
        5,
        4,
        multiple=(new + imported + launched) / bare,
        of=of,
        note=f"`new` {new:.2f}, `roster` {imported:.2f}, `launch` {launched:.2f} s;"
        f" `new` that makes the tables {first:.2f} s; `import sqlmodel` {bare:.2f} s",
    )


def importing() -> float:
    """Seconds of a Python that imports SQLModel and ends."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import sqlmodel"], cwd=ROOT, check=True)
    return time.perf_counter() - begun


def _dates() -> tuple[str, ...]:
    return "--index", str(LAI_CHAU), "--opens", "2026-01-01", "--closes", "2199-01-01"


def opening(premises: Premises) -> Iterator[Row]:
    """Unseal and score 1,611 ballots, then export: inside one process, and by commands."""
    index = indexfile.parse(LAI_CHAU.read_bytes())
    with premises.opened() as (db, keys):
        everybody = roster_people(index)
        for code in ("trong", "lenh"):
            full_urn(db, keys, index, everybody, BALLOTS, code)
        bare = BALLOTS * bare_opening(db, keys, "trong")
        begun = time.perf_counter()
        minutes = unsealing.unseal(db, keys, "trong")
        opened = time.perf_counter()
        with db.transaction() as session:
            document, _fresh = scoresheets.score(db, session, "trong")
        scored = time.perf_counter()
        formats = [_timed(write, document) for write in WRITERS.values()]
    if minutes.counted != BALLOTS:
        raise AssertionError(f"{minutes.counted} of {BALLOTS} ballots counted")
    by_command = [premises.command("wave", verb, "lenh") for verb in ("unseal", "score")]
    yield Row(
        "unseal and score 1,611 ballots × 20 units × 23 questions",
        scored - begun,
        "s",
        *OPENED,
        "no such roll-up",
        multiple=(scored - begun) / bare,
        of="× bare openings",
        note=f"unseal {opened - begun:.2f}, score {scored - opened:.2f} s;"
        f" as two commands {sum(by_command):.2f} s",
    )
    files = [
        premises.command("wave", "export", "lenh", "--format", kind, "--out", f"{out}.{kind}")
        for out in [premises.folder / "ket-qua"]
        for kind in WRITERS
    ]
    parts = ", ".join(f"{k} {t:.2f}" for k, t in zip(WRITERS, formats, strict=True))
    yield Row(
        "JSON, CSV, XLSX of the result",
        sum(formats),
        "s",
        3300,
        1300,
        "0.2 to 0.4 s for raw answers",
        note=f"{parts} s; as three commands {sum(files):.2f} s",
    )


WRITERS = {"json": export.to_json, "csv": export.to_csv, "xlsx": export.to_xlsx}


def _timed(write: object, document: export.Document) -> float:
    begun = time.perf_counter()
    write(document)
    return time.perf_counter() - begun
