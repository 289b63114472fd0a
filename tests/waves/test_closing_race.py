"""Casts at the very moment of closing: a ballot is either in the counted urn, or refused."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from app.ballots import ballot as ballots
from app.ballots import casting, drafts
from app.ballots.ballot import WaveClosed
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.keys.tokens import BallotName
from app.store.db import Database
from app.waves import closing
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making.blocks import make_wave, names
from tests.making.crowd import pick_for, receipts_in_urn
from tests.making.running import Device, House, house

DEVICES = 16
APART = 0.004  # seconds between one cast and the next


def race(home: House, devices: list[Device], code: str) -> list[str | None]:
    """All cast, one shortly after the other, and the wave is closed in the midst of it."""
    barrier = threading.Barrier(DEVICES + 1)

    def cast(place: int) -> str | None:
        barrier.wait(60)
        time.sleep(place * APART)
        return devices[place].cast()

    with ThreadPoolExecutor(DEVICES) as pool:
        casts = [pool.submit(cast, place) for place in range(DEVICES)]
        barrier.wait(60)
        time.sleep(DEVICES // 2 * APART)
        with home.db.transaction() as session:
            closing.close(home.db, session, waves.load(session, code))
        return [each.result(60) for each in casts]


def test_a_cast_at_the_moment_of_closing_is_counted_or_refused(
    tmp_path: Path, database_url: str
) -> None:
    """On PostgreSQL by two processes, and the closing by a third."""
    processes = 1 if database_url.startswith("sqlite") else 2
    with house(tmp_path, database_url) as home, ExitStack() as running:
        servers = [running.enter_context(home.serving()) for _process in range(processes)]
        for code in ("mot", "hai", "ba"):
            wave = make_wave(home.db, home.keys, people=DEVICES, code=code)
            devices = []
            for place, name in enumerate(home.names(wave)):
                device = servers[place % processes].device()
                devices.append(device.fill(home.link(name), pick_for(name)))
            receipts = race(home, devices, code)
            shown = sorted(receipt for receipt in receipts if receipt is not None)
            for device, receipt in zip(devices, receipts, strict=True):
                assert device.status == (200 if receipt else 410), device.text
                assert receipt or "đã kết thúc" in device.text
            assert receipts_in_urn(home, wave) == shown
            with home.db.reading() as session:
                closed = waves.load(session, code)
                assert closed.urn_digest == closing.urn_digest(
                    session, wave, home.keys.cover(wave.code)
                )
            minutes = unsealing.unseal(home.db, home.keys, code)
            assert (minutes.counted, minutes.foreign) == (len(shown), 0)


def begin(db: Database, keys: KeyFile, name: BallotName) -> None:
    with db.transaction() as session:
        drafts.start(session, keys, ballots.find(session, name), db.now(session))


def cast(db: Database, keys: KeyFile, name: BallotName) -> str:
    with db.transaction() as session:
        return casting.cast(db, session, keys, name, lambda _ballot, _draft: True)


def test_what_was_begun_before_a_scheduled_closing_may_be_cast_for_15_minutes(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    wave = make_wave(db, keys, people=4)
    with db.reading() as session:
        early, late, never, idle = names(session, wave)
    for name in (early, late, never):
        begin(db, keys, name)
    clock.now = wave.closes_at
    with pytest.raises(WaveClosed):
        begin(db, keys, idle)
    shown = [cast(db, keys, early)]
    clock.now = wave.closes_at + timedelta(minutes=15) - timedelta(microseconds=1)
    shown.append(cast(db, keys, late))
    clock.now = wave.closes_at + timedelta(minutes=15)
    with pytest.raises(WaveClosed):
        cast(db, keys, never)
    assert unsealing.unseal(db, keys, wave.code).counted == len(set(shown)) == 2


def test_a_close_by_command_leaves_no_15_minutes(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=2)
    with db.reading() as session:
        first, second = names(session, wave)
    for name in (first, second):
        begin(db, keys, name)
    shown = cast(db, keys, first)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    with pytest.raises(WaveClosed):
        cast(db, keys, second)
    assert cast(db, keys, first) == shown, "a receipt is shown for ever"
    assert unsealing.unseal(db, keys, wave.code).counted == 1
