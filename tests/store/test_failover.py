"""A primary killed in the middle of casts, its standby in its place: a page comes late, and not
with a fault; every receipt shown is in the urn once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.making.blocks import make_index, make_wave
from tests.making.cluster import Pair, pair
from tests.making.crowd import CLIENTS, Crowd
from tests.making.running import house


@pytest.fixture
def both() -> Iterator[Pair]:
    with pair() as made:
        yield made


def test_whoever_casts_while_a_standby_takes_over_sees_a_receipt_and_no_fault(
    tmp_path: Path, both: Pair
) -> None:
    with house(tmp_path, both.url) as home:
        wave = make_wave(home.db, home.keys, make_index("comments"), 24)
        with home.serving() as server, ThreadPoolExecutor(CLIENTS) as pool:
            crowd = Crowd(home, server, home.names(wave))
            clients = crowd.start(pool)
            for receipts in (4, 12):
                crowd.wait_for(receipts)
                both.fail_over()
                both.rejoin()
            for client in clients:
                client.result(120)
            assert server.process is not None
            assert server.process.poll() is None, "the same process serves on"
        assert crowd.faults == [], "\n".join(
            each
            for each in server.log.read_text().splitlines()
            if " 200 " not in each and " 303 " not in each
        )
        crowd.is_counted(wave)
