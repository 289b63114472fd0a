"""Thirty ballots, each cast from two devices at the same instant."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.keys.tokens import BallotName
from tests.making.blocks import make_wave
from tests.making.crowd import close_and_unseal, expected_tally, pick_for, receipts_in_urn, tally
from tests.making.running import Device, House, house

BALLOTS = 30


def before_the_review(home: House, device: Device, name: BallotName) -> Device:
    device.fill(home.link(name), pick_for(name))
    assert device.path == "/phieu/xem-lai"
    return device


# One process serves on SQLite; one on PostgreSQL is tried in tests/web/booth/test_devices.py.
@pytest.mark.parametrize(
    ("database_url", "processes"),
    [("sqlite", 1), ("postgresql", 2)],
    indirect=["database_url"],
)
def test_a_ballot_cast_from_two_devices_at_once_is_one_ballot_with_one_receipt(
    tmp_path: Path, database_url: str, processes: int
) -> None:
    with house(tmp_path, database_url) as home, ExitStack() as running:
        wave = make_wave(home.db, home.keys, people=BALLOTS)
        names = home.names(wave)
        servers = [running.enter_context(home.serving()) for _process in range(processes)]
        # The first answers, the second goes on where the first stands; the last process serves it.
        pairs = [
            [before_the_review(home, server.device(), name) for server in (servers[0], servers[-1])]
            for name in names
        ]
        barrier = threading.Barrier(2 * BALLOTS)

        def cast(device: Device) -> str | None:
            barrier.wait(60)
            return device.cast()

        with ThreadPoolExecutor(2 * BALLOTS) as pool:
            shown = list(pool.map(cast, [device for pair in pairs for device in pair]))

        receipts = [home.keys.receipt(wave.code, name) for name in names]
        assert shown == [receipt for receipt in receipts for _device in range(2)]
        assert {device.status for pair in pairs for device in pair} == {200}
        assert len(set(receipts)) == BALLOTS
        assert receipts_in_urn(home, wave) == sorted(receipts)
        assert home.cast(wave) == {name.number for name in names}
        minutes = close_and_unseal(home, wave)
        assert (minutes.cast, minutes.counted, minutes.foreign) == (BALLOTS, BALLOTS, 0)
        assert tally(home, wave) == expected_tally(home, wave, names)
