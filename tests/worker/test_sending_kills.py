"""kill -9 of the sender at each step around DATA: nobody is left out, one repeat a kill at most."""

import contextlib
import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.keys import guard
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database, open_database
from tests.making.forking import Copy
from tests.making.posting import make_letters, rows, states
from tests.making.running import waiting_program
from tests.making.smtp import CUT, SmtpServer, smtp_server

# More than a claim lasts without being renewed.
LATER = 11.0
# So long that the letter under way is answered in it, and that a claim of the killed is met.
LEASE = 2.0


@pytest.fixture
def real_db(database_url: str, keys: KeyFile) -> Iterator[Database]:
    """With the real clock, since other processes look at their own."""
    database = open_database(database_url)
    guard.guard(database, keys)
    yield database
    database.dispose()


@contextmanager
def sender(configured: Settings, server: SmtpServer, ahead: float, *lease: float) -> Iterator[Copy]:
    environment = {
        **os.environ,
        "PHIEU_DATABASE_URL": configured.database_url,
        "PHIEU_KEY_FILE": str(configured.key_file),
        "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
        "PHIEU_SMTP_URL": server.url,
    }
    folder = configured.key_file.parent
    log = str(folder / "sender.log")
    words = list(map(str, (ahead, *lease)))
    process = waiting_program().start(
        words, folder, environment, log, log, module="tests.making.send_child"
    )
    try:
        yield process
        process.wait(60)
    finally:
        process.kill()


def copies(server: SmtpServer) -> Counter[str]:
    return Counter(kept.recipient for kept in server.kept)


def repeats(server: SmtpServer) -> int:
    return sum(number - 1 for number in copies(server).values())


def test_killed_at_every_step_everybody_gets_the_letter(
    real_db: Database, keys: KeyFile, configured: Settings
) -> None:
    """Each sender is killed at its third letter; the last one is left alone."""
    make_letters(real_db, keys, 24)
    steps = ("mail", "rcpt", "data", "dot", "kept", "answered")
    with smtp_server() as server:
        for place, step in enumerate(steps):
            seen = 0

            def script(at: str, _to: str, step: str = step) -> object:
                nonlocal seen
                seen += at == step
                if at == step and seen == 3:
                    os.kill(process.pid, signal.SIGKILL)
                    # What the dead sender's other connections still hold is not to matter.
                    server.script = lambda _at, _to: CUT
                    return CUT
                return None

            server.script = script
            with sender(configured, server, place * LATER) as process:
                pass
            assert process.returncode == -signal.SIGKILL, step
            # Of this sender's letters one at most may have been taken without a record of it.
            begun = [row for row in rows(real_db) if row.state == "claimed" and row.data_begun]
            assert len(begun) <= 1, step
        server.script = lambda _at, _to: None
        with sender(configured, server, len(steps) * LATER) as process:
            pass
        assert process.returncode == 0
    assert states(real_db) == {"sent": 24}
    assert set(copies(server)) == {f"nguoi{place}@vi-du.vn" for place in range(24)}
    assert repeats(server) <= len(steps)
    pairs = {(kept.recipient, kept.message["Message-ID"]) for kept in server.kept}
    assert sorted(message_id for _to, message_id in pairs) == sorted(
        f"<{row.message_id}>" for row in rows(real_db)
    )


def test_killed_at_any_moment_the_next_sender_finishes(
    real_db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(real_db, keys, 120)
    chance = random.Random(7)
    kills = 2
    with smtp_server(lambda at, _to: 0.001 if at == "dot" else None) as server:
        for kill in range(kills):
            with sender(configured, server, kill * LATER) as process:
                enough = len(server.kept) + chance.randrange(1, 40)
                while len(server.kept) < enough and process.poll() is None:
                    time.sleep(0.0005)
                process.kill()
        with sender(configured, server, kills * LATER) as process:
            pass
        assert process.returncode == 0
    assert len(copies(server)) == 120
    assert repeats(server) <= kills
    assert states(real_db) == {"sent": 120}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_starts_again_waits_for_the_claims_of_the_killed(
    real_db: Database, keys: KeyFile, configured: Settings
) -> None:
    """No clock is put forward here: the claims of the killed, which are short, run out by
    themselves."""
    make_letters(real_db, keys, 10)

    def script(at: str, _to: str) -> object:
        if at == "kept" and len(server.kept) == 4:
            os.kill(process.pid, signal.SIGKILL)
            server.script = lambda _at, _to: None
            return CUT
        return None

    with smtp_server(script) as server:
        with sender(configured, server, 0, LEASE) as process:
            pass
        assert states(real_db)["claimed"] == 7
        with sender(configured, server, 0, LEASE) as process:
            pass
        assert process.returncode == 0
    assert states(real_db) == {"sent": 10}
    assert len(copies(server)) == 10
    assert repeats(server) == 1


@pytest.mark.parametrize("step", ["data", "kept"])
def test_a_sender_stopped_past_its_claims_leaves_them_to_another_and_repeats_one_letter_at_most(
    real_db: Database, keys: KeyFile, configured: Settings, step: str
) -> None:
    """SIGSTOP, another sender, SIGCONT: of one letter at most the dot is out meanwhile."""
    make_letters(real_db, keys, 30)
    reached = threading.Event()

    def script(at: str, _to: str) -> object:
        if at == step and len(server.kept) > 4 and not reached.is_set():
            os.kill(first.pid, signal.SIGSTOP)
            reached.set()
        return None

    with smtp_server(script) as server, sender(configured, server, 0, 1.0) as first:
        assert reached.wait(30)
        stop_outside_a_transaction(real_db, first)
        with sender(configured, server, 0, 1.0) as second:
            pass
        assert second.returncode == 0
        os.kill(first.pid, signal.SIGCONT)
    assert first.returncode == 0
    assert len(copies(server)) == 30
    assert repeats(server) <= 1
    assert states(real_db) == {"sent": 30}


def stop_outside_a_transaction(db: Database, process: Copy) -> None:
    """Of a stopped process that holds the one lock of SQLite nobody else gets on."""
    for _try in range(100):
        if not db.is_sqlite or _is_free(db):
            return
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.003)
        os.kill(process.pid, signal.SIGSTOP)
    raise AssertionError("it is always writing")


def _is_free(db: Database) -> bool:
    with contextlib.closing(sqlite3.connect(db.engine.url.database or "", timeout=0.05)) as raw:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        raw.rollback()
        return True
