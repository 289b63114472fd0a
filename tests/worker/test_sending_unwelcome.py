"""A relay that says at one letter what holds for all stops everything and burns none."""

import asyncio

import pytest

from app.keys.keyfile import KeyFile
from app.letters import stops
from app.letters.attempts import how_long
from app.letters.replies import RelayRefused
from app.settings import Settings
from app.store.db import Database
from app.worker.sending import Worker, send_due
from tests.conftest import Clock, first_on_both
from tests.making.consoles import desk_of
from tests.making.posting import make_letters, rows, states, through
from tests.making.smtp import smtp_server

NOT_OURS = "553 5.7.1 Sender address rejected: not owned by user phieu"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@first_on_both(
    "step, line",
    [
        ("rcpt", NOT_OURS),
        ("dot", "550 5.7.60 Client does not have permissions to send as this sender"),
        ("rcpt", "554 5.7.1 Relay access denied"),
        ("dot", "530 5.7.0 Authentication required"),
    ],
)
def test_what_holds_for_all_letters_stops_them_and_burns_none(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, step: str, line: str
) -> None:
    make_letters(db, keys, 20)
    down = True

    def script(at: str, _to: str) -> str | None:
        return line if down and at == step else None

    with smtp_server(script) as server:
        settings = through(configured, server)
        with pytest.raises(RelayRefused, match="PHIEU"):
            send_due(db, keys, settings)
        assert server.kept == []
        assert states(db).keys() <= {"queued", "deferred"}
        down = False
        clock.move(minutes=2)
        send_due(db, keys, settings)
        assert states(db) == {"sent": 20}


@SQLITE
def test_of_a_relay_that_takes_the_others_it_is_said_of_one_letter(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    """A relay may carry letters to some domains only."""
    make_letters(db, keys, 12)
    refused = {f"nguoi{place}@vi-du.vn" for place in (9, 10, 11)}

    def script(at: str, to: str) -> str | None:
        return "554 5.7.1 Relay access denied" if at == "rcpt" and to in refused else None

    with smtp_server(script) as server:
        send_due(db, keys, through(configured, server), connections=1)
    assert states(db) == {"sent": 9, "failed": 3}
    assert {row.error for row in rows(db) if row.state == "failed"} == {
        "Máy chủ thư từ chối thư gửi tới địa chỉ này: 554 5.7.1 Relay access denied"
    }


def test_how_long_letters_take_is_told_before_they_go() -> None:
    assert how_long(1_611, 5) == "chừng 6 phút"
    assert how_long(86_000, 2.5) == "chừng 10 giờ"
    assert how_long(1, 5) == "chừng 1 phút"
    assert how_long(1_611, None) == ""


@first_on_both("step", ["rcpt", "dot"])
def test_a_relay_that_quotes_the_recipient_puts_nobody_into_log_or_alarm(
    db: Database, keys: KeyFile, configured: Settings, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    """Administrators of accounts see the alarm, and they see no people."""
    make_letters(db, keys, 4)
    desk_of(db, keys, configured, "admin")

    def script(at: str, to: str) -> str | None:
        return f"554 5.7.1 <{to}>: Relay access denied for phieu@vi-du.vn" if at == step else None

    with smtp_server(script) as server:
        worker = Worker(db, keys, through(configured, server))
        worker._send(asyncio.Event())
        with db.reading() as session:
            stop = stops.standing(session, stops.OUT)
        assert stop is not None
        for said in (stop.words, worker.last_error or "", caplog.text):
            assert "<…>: Relay access denied for phieu@vi-du.vn" in said
            assert "nguoi" not in said
