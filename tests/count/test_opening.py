"""The urn is opened beside the server's work: seen by all, one at a time, whole or not at all."""

import asyncio
import fcntl
import json
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from app.audit import chain
from app.count import opening, unsealing, writing
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.store.models import UrnRow, Wave
from app.store.resultmodels import Minutes, TallyRow
from app.waves import closing
from app.waves import wave as waves
from app.worker import housekeeping
from tests.making.blocks import cast_all, make_wave
from tests.making.consoles import desk_of

CODE = "dot-thu"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def closed(db: Database, keys: KeyFile) -> Wave:
    wave = make_wave(db, keys)
    cast_all(db, keys, wave)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    return wave


def ended(keys: KeyFile) -> opening.Progress:
    """What is known once nobody is at work any more."""
    until = time.monotonic() + 20
    while f"opening {CODE}" in {thread.name for thread in threading.enumerate()}:
        assert time.monotonic() < until
        time.sleep(0.01)
    return opening.progress(keys, CODE)


def count(db: Database, table: type) -> int:
    with db.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def unsealed(db: Database) -> bool:
    with db.reading() as session:
        return waves.load(session, CODE).unsealed_at is not None


def test_an_opening_counts_writes_and_leaves_no_file(
    db: Database, keys: KeyFile, closed: Wave
) -> None:
    assert opening.progress(keys, CODE).state == "none"
    assert opening.begin(db, keys, CODE, "Trần Thu Hà")
    assert ended(keys).state == "none"
    assert unsealed(db)
    assert count(db, UrnRow) == 0
    with db.reading() as session:
        (line,) = chain.lines(session, "wave.unseal", CODE)
    assert line.who == "Trần Thu Hà"
    assert line.facts["counted"] == 20
    assert not keys.has_wave(CODE)


@SQLITE
def test_only_one_opens_and_everybody_sees_how_far(
    db: Database, keys: KeyFile, closed: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, real, begun = threading.Event(), unsealing.unseal, []

    def slow(*args: object, **facts: object) -> Minutes:
        tell = args[3]
        assert callable(tell)
        tell(7, 20)
        begun.append(args)
        assert go.wait(20)
        return real(*args, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "BEAT", 0.01)
    monkeypatch.setattr(unsealing, "unseal", slow)
    assert opening.begin(db, keys, CODE, "một")
    # Another process has its own idea of the key file.
    elsewhere = KeyFile(keys.path)
    assert not opening.begin(db, elsewhere, CODE, "hai")
    until = time.monotonic() + 20
    while opening.progress(elsewhere, CODE) != opening.Progress("running", 7, 20):
        assert time.monotonic() < until
        time.sleep(0.01)
    go.set()
    assert ended(keys).state == "none"
    assert len(begun) == 1
    assert unsealed(db)


@SQLITE
def test_two_at_the_same_instant_are_one(
    db: Database, keys: KeyFile, closed: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def waits(*_args: object, **_facts: object) -> None:
        assert go.wait(20)

    monkeypatch.setattr(unsealing, "unseal", waits)
    started: list[bool] = []
    ready = threading.Barrier(8)

    def press() -> None:
        ready.wait()
        started.append(opening.begin(db, KeyFile(keys.path), CODE, "ai"))

    hands = [threading.Thread(target=press) for _hand in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    go.set()
    ended(keys)
    assert sorted(started) == [False] * 7 + [True]


@SQLITE
def test_a_crash_leaves_the_wave_closed_and_says_so(
    db: Database, keys: KeyFile, closed: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: object, **_facts: object) -> None:
        raise RuntimeError("phiếu số 3 nói …")

    with monkeypatch.context() as broken:
        broken.setattr(writing, "write", breaks)
        assert opening.begin(db, keys, CODE, "ai")
        found = ended(keys)
    assert found.state == "failed"
    assert "Chưa ghi gì" in found.error
    assert "phiếu số 3" not in found.error
    assert not unsealed(db)
    assert (count(db, UrnRow), count(db, TallyRow)) == (20, 0)
    assert opening.begin(db, keys, CODE, "ai")
    ended(keys)
    assert unsealed(db)


def without_room(keys: KeyFile) -> list[Path]:
    """Stand for a disk without room: neither head nor key file can be written anew."""
    full = [keys.path.with_name(f"{keys.path.name}{end}") for end in (".new", ".head.new")]
    for path in full:
        path.mkdir()
    return full


def test_a_full_disk_beside_the_key_file_is_told_before_anything_is_opened(
    db: Database, keys: KeyFile, closed: Wave
) -> None:
    full = without_room(keys)
    assert opening.begin(db, keys, CODE, "ai")
    found = ended(keys)
    for path in full:
        path.rmdir()
    assert "dọn chỗ trên đĩa chứa tệp khóa" in found.error
    assert not unsealed(db)
    assert (count(db, UrnRow), count(db, TallyRow)) == (20, 0)
    assert opening.begin(db, keys, CODE, "ai")
    assert ended(keys).state == "none"
    assert unsealed(db)
    assert not keys.has_wave(CODE)


def test_keys_that_find_no_room_for_their_erasing_go_when_there_is_room(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    closed: Wave,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full: list[Path] = []
    erase = KeyFile.erase_wave

    def fills_up(keys: KeyFile, code: str) -> None:
        full.extend(without_room(keys))
        erase(keys, code)

    with monkeypatch.context() as filling:
        filling.setattr(KeyFile, "erase_wave", fills_up)
        assert opening.begin(db, keys, CODE, "ai")
        assert ended(keys).state == "none"
    assert unsealed(db)
    assert keys.has_wave(CODE)
    for path in full:
        path.rmdir()
    clerk = desk_of(db, keys, configured)
    address = f"/quan-tri/dot/{CODE}/mo-hom-phieu"
    assert "Khóa của hòm phiếu chưa xóa xong" in clerk.open(address).text

    async def one_round() -> None:
        stop = asyncio.Event()
        keeping = asyncio.create_task(housekeeping.keep(db, keys, configured, stop, {}))
        while keys.has_wave(CODE):  # noqa: ASYNC110, threads tell no event
            await asyncio.sleep(0.01)
        stop.set()
        await keeping

    asyncio.run(asyncio.wait_for(one_round(), 60))
    assert "chưa xóa xong" not in clerk.open(address).text
    with db.reading() as session:
        assert waves.load(session, CODE).keys_erased_at is not None


@SQLITE
def test_a_fault_after_the_commit_is_no_opening_that_broke_off(
    db: Database, keys: KeyFile, closed: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> None:
        raise RuntimeError

    monkeypatch.setattr(db, "forget_deleted", breaks)
    assert opening.begin(db, keys, CODE, "ai")
    assert ended(keys).state == "none"
    assert unsealed(db)


@SQLITE
def test_without_its_database_nobody_knows_what_was_written(
    db: Database, keys: KeyFile, closed: Wave, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(unsealing, "unseal", breaks)
    monkeypatch.setattr(waves, "load", breaks)
    assert opening.begin(db, keys, CODE, "ai")
    found = ended(keys)
    assert found.state == "failed"
    assert "chưa biết đã ghi hay chưa" in found.error


def test_a_changed_urn_is_said_in_words_and_stays_sealed(
    db: Database, keys: KeyFile, closed: Wave
) -> None:
    with db.transaction() as session:
        first = session.scalars(select(UrnRow.key).limit(1)).one()
        session.connection().execute(
            update(UrnRow).where(UrnRow.key == first).values(sealed=b"x" * 40)
        )
    assert opening.begin(db, keys, CODE, "ai")
    found = ended(keys)
    assert found.state == "failed"
    assert "bị thêm, bớt hoặc sửa" in found.error
    assert not unsealed(db)
    assert keys.has_wave(CODE)


@SQLITE
def test_without_its_keys_nothing_is_opened(db: Database, keys: KeyFile, closed: Wave) -> None:
    keys.erase_wave(CODE)
    assert opening.begin(db, keys, CODE, "ai")
    found = ended(keys)
    assert found.state == "failed"
    assert "không có khóa" in found.error


@SQLITE
def test_a_process_that_died_is_noticed_and_another_takes_over(
    db: Database, keys: KeyFile, closed: Wave
) -> None:
    path = opening._file(keys, CODE)
    left = {"state": "running", "done": 5, "total": 20, "error": "", "pid": 1}
    path.write_text(json.dumps(left | {"beat": time.time() - 1}))
    assert opening.progress(keys, CODE).state == "running"
    path.write_text(json.dumps(left | {"beat": time.time() - opening.SILENT - 1}))
    assert opening.progress(keys, CODE) == opening.Progress("stopped", 5, 20)
    assert opening.begin(db, keys, CODE, "ai"), "its lock went with it"
    ended(keys)
    assert unsealed(db)


@SQLITE
@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"beat": 1}', '{"beat": "x"}'])
def test_a_spoiled_file_is_no_progress(db: Database, keys: KeyFile, text: str) -> None:
    keys.path.parent.mkdir(parents=True)
    opening._file(keys, CODE).write_text(text)
    assert opening.progress(keys, CODE).state == "none"


@SQLITE
def test_the_lock_of_an_opening_is_given_back(db: Database, keys: KeyFile, closed: Wave) -> None:
    assert opening.begin(db, keys, CODE, "ai")
    ended(keys)
    path = opening._file(keys, CODE)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
