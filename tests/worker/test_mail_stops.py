"""The relay takes nothing, for a reason that somebody has to mend: no letter is burnt, all who
could have it mended see it, whichever process sends, and who was not looking hears of it later."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from app.bounces.mailbox import BouncesUnread
from app.commands import main
from app.keys.keyfile import KeyFile
from app.letters import stops
from app.letters.replies import RelayRefused
from app.settings import Relay, Settings
from app.store.db import Database
from app.waves import mailstops
from app.worker import returns
from app.worker.returns import Returns
from app.worker.sending import Worker
from tests.commands.test_out_of_turn import Office
from tests.conftest import Clock, first_on_both
from tests.letters.test_relay import ELSEWHERE, certificate, tls
from tests.making import holders
from tests.making.consoles import desk_of
from tests.making.posting import make_letters, states, through
from tests.making.smtp import smtp_server

__all__ = ["certificate", "tls"]

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGES = ("/quan-tri", "/quan-tri/dot/dot-thu/danh-sach", "/quan-tri/tai-khoan")
ALARM = "Thư không gửi đi được từ"
# What is wrong, at which step of the relay, and what the officer is to read.
WRONG = {
    "connect": (
        "554 5.7.1 your host is blocked",
        "từ chối kết nối: 554 5.7.1 your host is blocked",
    ),
    "mail": ("550 5.7.1 not you", "không nhận người gửi phieu@vi-du.vn: 550 5.7.1 not you"),
    "auth": ("535 5.7.8 wrong password", "không cho đăng nhập: 535 5.7.8 wrong password"),
}


def standing(db: Database) -> stops.Stop | None:
    with db.reading() as session:
        return stops.standing(session, stops.OUT)


def look_once(db: Database, keys: KeyFile, settings: Settings) -> Worker:
    """What the sender beside `phieu serve` does in one of its rounds."""
    worker = Worker(db, keys, settings)
    worker._send(asyncio.Event())
    return worker


@first_on_both("step", list(WRONG))
def test_what_is_wrong_with_the_settings_is_on_every_page_and_no_letter_is_burnt(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    caplog: pytest.LogCaptureFixture,
    step: str,
) -> None:
    make_letters(db, keys, 8)
    line, words = WRONG[step]
    # Not the process that sends.
    clerk = desk_of(db, keys, configured)
    admin = desk_of(db, keys, configured, "admin")
    council = desk_of(db, keys, configured, "council")
    assert ALARM not in clerk.open(PAGES[1]).text
    with smtp_server(lambda at, _to: line if at == step else None, password="đúng") as server:
        settings = through(configured, server, user="phieu", password="đúng")
        worker = look_once(db, keys, settings)
        assert words in (worker.last_error or "")
        assert server.kept == []
        assert states(db).keys() <= {"queued", "deferred"}
        (told,) = [each for each in caplog.records if "no letters go out" in each.getMessage()]
        assert told.levelno == logging.ERROR
        assert words in clerk.open("/quan-tri").text
        for page in PAGES[1:]:
            text = clerk.open(page).text
            assert ALARM in text
            assert words in text
        assert ALARM in admin.open("/quan-tri/tai-khoan").text
        assert ALARM not in council.open("/quan-tri").text
        server.script = lambda _at, _to: None
        look_once(db, keys, settings)
    assert standing(db) is None
    assert ALARM not in clerk.open(PAGES[1]).text


@SQLITE
def test_a_certificate_that_nobody_vouches_for_is_an_alarm_at_once(
    db: Database, keys: KeyFile, configured: Settings, tls: object
) -> None:
    make_letters(db, keys, 2)
    with smtp_server(password="x", tls=tls) as server:  # type: ignore[arg-type]
        relay = Relay(ELSEWHERE, server.port, "phieu", "x", tls=False)
        look_once(db, keys, replace(configured, relay=relay))
    stop = standing(db)
    assert stop is not None
    assert stop.is_alarm
    assert "chứng thư" in stop.words
    assert states(db) == {"queued": 2}


@SQLITE
def test_a_dns_that_is_gone_is_an_alarm_when_it_lasts(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_letters(db, keys, 2)
    relay = Relay("relay.khong-co.invalid", 25, "phieu", "x", tls=False)
    clerk = desk_of(db, keys, configured)
    for minutes in (0, 4, 4):
        clock.move(minutes=minutes)
        look_once(db, keys, replace(configured, relay=relay))
        assert ALARM not in clerk.open(PAGES[1]).text
        # The pages about letters say so from the first minute.
        watch = clerk.open("/quan-tri/dot/dot-thu/theo-doi").text
        assert "Không kết nối được máy chủ thư relay.khong-co.invalid" in watch
    clock.move(minutes=4)
    look_once(db, keys, replace(configured, relay=relay))
    assert ALARM in clerk.open(PAGES[1]).text
    assert states(db) == {"queued": 2}


@SQLITE
def test_the_commands_say_it_too(db: Database, keys: KeyFile, configured: Settings) -> None:
    make_letters(db, keys, 2, closes=datetime(2999, 1, 1, tzinfo=UTC))
    office = Office(configured)
    with smtp_server(lambda at, _to: "550 not you" if at == "mail" else None) as server:
        office.environment["PHIEU_SMTP_URL"] = server.url
        refused = CliRunner().invoke(main.app, ["send"], env=office.environment)
        assert refused.exit_code == 1
        assert "550 not you" in refused.stderr
        assert "550 not you" in office.says("wave", "status", "dot-thu")
        assert standing(db) is not None


@first_on_both("minutes,heard", [(0, 2), (3, 0)])
def test_who_was_not_looking_gets_a_letter_once_it_is_mended(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, minutes: int, heard: int
) -> None:
    """Two of officers and administrators, not the council. A relay that was only busy for a few
    minutes is worth no letter."""
    make_letters(db, keys, 3)
    for role in ("officer", "admin", "council"):
        desk_of(db, keys, configured, role)
    line = "421 4.7.0 busy" if minutes else "550 not you"
    with smtp_server(lambda at, _to: line if at == "mail" else None) as server:
        settings = through(configured, server)
        for _round in range(2):
            look_once(db, keys, settings)
            clock.move(minutes=minutes)
        server.script = lambda _at, _to: None
        for _round in range(2):
            look_once(db, keys, settings)
        about = [kept for kept in server.kept if "gửi lại được" in kept.message["Subject"]]
    assert len(about) == heard
    assert states(db) == {"sent": 3}
    for kept in about:
        text = kept.text
        assert "550 not you" in text
        assert "/quan-tri" in text


@SQLITE
def test_a_test_letter_that_goes_ends_the_alarm(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    """Where no letters wait nothing else would tell that the relay is well again."""
    holders.draft(db)
    mailstops.stopped(db, "550 not you", RelayRefused("550 not you", temporary=False))
    with smtp_server() as server:
        clerk = desk_of(db, keys, through(configured, server))
        assert ALARM in clerk.open("/quan-tri/dot/dot-thu/phat-phieu").text
        clerk.send(clerk.form_to("/thu-thu"))
    assert ALARM not in clerk.text
    assert standing(db) is None


@SQLITE
def test_a_stop_goes_on_from_when_it_began_and_says_why_last(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    begun = clock()
    for words in ("421 busy", "550 not you"):
        mailstops.stopped(db, words, RelayRefused(words, temporary=words.startswith("4")))
        clock.move(minutes=1)
    stop = standing(db)
    assert stop is not None
    assert (stop.since, stop.seen_at) == (begun, begun + timedelta(minutes=1))
    assert (stop.words, stop.for_good) == ("550 not you", True)


@SQLITE
def test_that_what_came_back_is_not_read_is_seen_in_every_process(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_letters(db, keys, 2)
    clerk = desk_of(db, keys, configured)
    reader = Returns(db, keys, configured)

    def broken(*_of: object) -> None:
        raise BouncesUnread("không đăng nhập được")

    with monkeypatch.context() as patched:
        patched.setattr(returns, "look", broken)
        reader._look()
    page = "/quan-tri/dot/dot-thu/theo-doi"
    assert "Chưa đọc được thư trả lại" in clerk.open(page).text
    reader._look()
    assert "Chưa đọc được thư trả lại" not in clerk.open(page).text
