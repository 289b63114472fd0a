"""kill -9 of the serving process while ballots are cast: every receipt shown is kept once."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.making.blocks import make_index, make_wave
from tests.making.crowd import CLIENTS, Crowd
from tests.making.running import house

KILLS = (5, 12)  # when so many receipts were shown


def test_a_server_killed_in_the_middle_of_casts_loses_none_and_doubles_none(
    tmp_path: Path, database_url: str
) -> None:
    with house(tmp_path, database_url) as home:
        wave = make_wave(home.db, home.keys, make_index("comments"), 20)
        with home.serving() as server, ThreadPoolExecutor(CLIENTS) as pool:
            crowd = Crowd(home, server, home.names(wave))
            clients = crowd.start(pool)
            for receipts in KILLS:
                crowd.wait_for(receipts)
                # Anywhere within a cast, which takes some 20 ms.
                time.sleep(random.uniform(0, 0.03))
                server.kill()
                server.start()
            for client in clients:
                client.result(120)
        assert {status for status, _said in crowd.faults} == {0}, "clients were cut off, no more"
        crowd.is_counted(wave)
