"""Senders pause between two letters while nothing may be written; what a relay took is known."""

import asyncio
import threading
from collections import Counter

import pytest
from typer.testing import CliRunner

from app.commands import readonly
from app.commands.main import app
from app.keys.keyfile import KeyFile
from app.letters import backlog, errands
from app.settings import Settings
from app.store import upkeep
from app.store.db import Database
from app.worker.sending import Worker
from tests.making.posting import make_letters, rows, states, through
from tests.making.smtp import smtp_server
from tests.store.test_upkeep import switch_off, switch_on

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RUN = CliRunner()


def test_a_letter_at_its_dot_is_written_down_and_no_other_goes(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SEEN_FOR", 0.0)
    make_letters(db, keys, 12)
    thrown = threading.Event()

    def script(step: str, _to: str) -> object:
        if step == "kept" and not thrown.is_set():
            thrown.set()
            switch_on(db)  # the relay has it, and has not said so yet
        return None

    with smtp_server(script) as relay:
        worker = Worker(db, keys, through(configured, relay))
        assert worker._send(asyncio.Event()) is None
        taken = len(relay.kept)
        assert 0 < taken < 12
        assert states(db) == Counter(sent=taken, queued=12 - taken)
        assert not [row for row in rows(db) if row.claimed_until is not None]
        with db.reading() as session:
            now = db.now(session)
            assert backlog.in_hands(session, now) + errands.in_hands(session, now) == 0
        assert worker._send(asyncio.Event()) is None
        assert len(relay.kept) == taken, "it pauses"
        assert worker.last_error is None
        switch_off(db)
        assert worker._send(asyncio.Event()) is None
        assert Counter(kept.recipient for kept in relay.kept) == Counter(
            {f"nguoi{number}@vi-du.vn": 1 for number in range(12)}
        )


@SQLITE
def test_the_command_throws_it_waits_and_says_so(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letters(db, keys, 2)
    monkeypatch.setenv("PHIEU_DATABASE_URL", configured.database_url)
    monkeypatch.setenv("PHIEU_KEY_FILE", str(configured.key_file))
    monkeypatch.setattr(readonly, "PATIENCE", 0.5)

    def said(*words: str) -> tuple[int, str]:
        found = RUN.invoke(app, ["readonly", *words])
        return found.exit_code, found.output

    assert said("status") == (0, "Ghi được như thường.\n")
    assert said("off")[0] == 1
    code, words = said("on", "--minutes", "20")
    assert (code, "Không còn gì đang ghi" in words) == (0, True)
    assert "dự kiến đến" in said("status")[1]
    assert said("on") == (0, said("on")[1]), "again, as often as one likes"
    # Another command is refused, and says what to do.
    refused = RUN.invoke(app, ["staff", "add", "an@vi-du.vn", "--role", "admin"])
    assert isinstance(refused.exception, upkeep.ReadOnly)
    assert "phieu readonly off" in str(refused.exception)
    assert said("off")[0] == 0
    assert said("status") == (0, "Ghi được như thường.\n")


@SQLITE
def test_the_command_does_not_call_it_done_while_a_sender_holds_letters(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letters(db, keys, 2)
    monkeypatch.setattr(readonly, "PATIENCE", 0.3)
    with db.reading() as session:
        now = db.now(session)
    assert readonly._all_done(db, now)
    from tests.making.posting import claim

    claim(db)
    assert not readonly._all_done(db, now)
