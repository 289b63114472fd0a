"""From the outbox to a real SMTP server: everybody gets the letter, whatever the relay does."""

import asyncio
import contextlib
import fcntl
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import IO

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, update

from app.index import file as indexfile
from app.keys.keyfile import KeyFile, KeysMissing
from app.letters import queue, standing
from app.letters.attempts import SendResult
from app.letters.outbox import Outcome
from app.letters.relay import Timeouts
from app.letters.replies import RelayRefused
from app.settings import Settings
from app.store.db import Database
from app.store.models import Ballot, Wave
from app.waves.wave import WaveRefused, id_of
from app.worker import sending
from app.worker.sending import Worker, send_due
from tests.conftest import Clock, first_on_both
from tests.making.blocks import change_wave, make_index, make_people, make_wave, names
from tests.making.posting import (
    begin,
    claim,
    make_letters,
    record,
    remind,
    rows,
    states,
    through,
    waiting,
)
from tests.making.smtp import CUT, SmtpServer, smtp_server

QUICK = Timeouts(connect=5, command=1, final=1)
# What a relay does turns on no SQL; claims, pauses and what is written of them run on both.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Go = Callable[..., SendResult]


@pytest.fixture
def go(db: Database, keys: KeyFile, configured: Settings) -> Go:
    """Send what is due through a server."""

    def send(server: SmtpServer | int, **how: object) -> SendResult:
        return send_due(db, keys, through(configured, server), **how)  # type: ignore[arg-type]

    return send


def recipients(server: SmtpServer) -> Counter[str]:
    return Counter(kept.recipient for kept in server.kept)


def test_everybody_gets_the_own_letter_once(db: Database, keys: KeyFile, go: Go) -> None:
    wave = make_letters(db, keys, 25)
    with smtp_server() as server:
        assert go(server) == SendResult(sent=25)
    with db.reading() as session:
        expected = {keys.tokens.link(name) for name in names(session, wave)}
    found = {kept.text.partition("/p/")[2].split()[0] for kept in server.kept}
    assert found == expected
    assert set(recipients(server).values()) == {1}
    assert {kept.message["Message-ID"] for kept in server.kept} == {
        f"<{row.message_id}>" for row in rows(db)
    }
    assert states(db) == {"sent": 25}
    assert server.connections <= 4


@SQLITE
def test_what_was_sent_is_not_sent_again(db: Database, keys: KeyFile, go: Go) -> None:
    make_letters(db, keys, 5)
    with smtp_server() as server:
        go(server)
        assert go(server) == SendResult()
    assert len(server.kept) == 5


@SQLITE
def test_progress_is_told_letter_by_letter(db: Database, keys: KeyFile, go: Go) -> None:
    make_letters(db, keys, 7)
    told: list[tuple[int, int]] = []
    with smtp_server() as server:
        go(server, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 7) for done in range(1, 8)]


@SQLITE
def test_the_envelope_carries_the_configured_sender(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 2)
    with smtp_server() as server:
        send_due(db, keys, replace(through(configured, server), mail_from="Sở <gui@vi-du.vn>"))
    assert {kept.sender for kept in server.kept} == {"gui@vi-du.vn"}
    assert {kept.message["Reply-To"] for kept in server.kept} == {"cchc@vi-du.vn"}


@SQLITE
def test_a_mailbox_that_does_not_exist_fails_and_is_listed(
    db: Database, keys: KeyFile, go: Go
) -> None:
    wave = make_letters(db, keys, 5)

    def script(at: str, to: str) -> str | None:
        return "550 5.1.1 unknown" if (at, to) == ("rcpt", "nguoi2@vi-du.vn") else None

    with smtp_server(script) as server:
        assert go(server) == SendResult(sent=4, failed=1)
        assert go(server) == SendResult()
    with db.reading() as session:
        (failed,) = standing.failed(session, id_of(wave))
    assert (failed.name, failed.email) == ("Người thứ 3", "nguoi2@vi-du.vn")
    assert "Không có hộp thư này" in failed.error
    assert "550 5.1.1 unknown" in failed.error


@first_on_both("code, step", product([451, 552], ["dot", "data", "rcpt"]))
def test_a_refusal_at_any_step_touches_one_letter(
    db: Database, keys: KeyFile, go: Go, step: str, code: int
) -> None:
    make_letters(db, keys, 6)

    def script(at: str, to: str) -> str | None:
        return f"{code} no" if (at, to) == (step, "nguoi3@vi-du.vn") else None

    with smtp_server(script) as server:
        result = go(server)
    assert (result.sent, result.failed, result.deferred) == (5, code == 552, code == 451)
    assert "nguoi3@vi-du.vn" not in recipients(server)


def test_a_deferred_letter_goes_when_its_time_has_come(
    db: Database, keys: KeyFile, go: Go, clock: Clock
) -> None:
    make_letters(db, keys, 3)
    seen: Counter[str] = Counter()

    def script(at: str, to: str) -> str | None:
        seen[at + to] += 1
        return "451 later" if at == "rcpt" and seen[at + to] <= 2 else None

    with smtp_server(script) as server:
        assert go(server) == SendResult(deferred=3, later=3)
        clock.move(seconds=59)
        assert go(server) == SendResult(later=3)
        clock.move(seconds=14)
        assert go(server) == SendResult(deferred=3, later=3)
        clock.move(minutes=4, seconds=59)
        assert go(server) == SendResult(later=3)
        clock.move(minutes=1, seconds=2)
        assert go(server) == SendResult(sent=3)
    assert set(recipients(server).values()) == {1}


@first_on_both("code", [421, 450, 452])
def test_slow_down_pauses_the_domain_and_nobody_else(
    db: Database, keys: KeyFile, go: Go, clock: Clock, code: int
) -> None:
    make_letters(db, keys, 40, domains=("a.vn", "b.vn"))
    busy = True

    def script(at: str, to: str) -> str | None:
        return f"{code} slow down" if busy and at == "rcpt" and to.endswith("@a.vn") else None

    with smtp_server(script) as server:
        result = go(server)
        assert result.sent == 20
        # Those that four connections had under way; the others were not even tried.
        assert 1 <= result.deferred <= 4
        assert result.deferred + result.later >= 20
        assert sum(row.attempts for row in rows(db) if row.state != "sent") == result.deferred
        assert {kept.recipient.partition("@")[2] for kept in server.kept} == {"b.vn"}
        busy = False
        clock.move(minutes=1, seconds=13)
        assert go(server).sent == 20
    assert set(recipients(server).values()) == {1}
    assert len(server.kept) == 40


@first_on_both(
    "step, line",
    [("mail", "451 later"), ("connect", "554 no"), ("auth", "535 wrong"), ("mail", "550 not you")],
)
def test_a_relay_that_wants_nothing_of_us_burns_no_letter(
    db: Database, keys: KeyFile, configured: Settings, step: str, line: str
) -> None:
    make_letters(db, keys, 30)
    down = True

    def script(at: str, _to: str) -> str | None:
        return line if down and at == step else None

    with smtp_server(script, password="đúng") as server:
        settings = through(configured, server, user="phieu", password="đúng")
        with pytest.raises(RelayRefused, match="gửi lại"):
            send_due(db, keys, settings)
        assert waiting(db) == (30, 0, 0)
        assert {row.attempts for row in rows(db)} == {0}
        down = False
        assert send_due(db, keys, settings) == SendResult(sent=30)


@SQLITE
def test_no_relay_burns_no_letter(db: Database, keys: KeyFile, go: Go) -> None:
    make_letters(db, keys, 3)
    with smtp_server() as server:
        gone = server.port
    with pytest.raises(RelayRefused, match="PHIEU_SMTP_URL"):
        go(gone)
    assert waiting(db) == (3, 0, 0)


@SQLITE
def test_no_relay_set_says_so(db: Database, keys: KeyFile, configured: Settings) -> None:
    make_letters(db, keys, 1)
    with pytest.raises(RelayRefused, match="PHIEU_SMTP_URL"):
        send_due(db, keys, configured)
    assert waiting(db) == (1, 0, 0)


@SQLITE
def test_a_relay_that_cuts_every_letter_is_given_up_soon(
    db: Database, keys: KeyFile, go: Go, clock: Clock
) -> None:
    make_letters(db, keys, 60)
    with smtp_server(lambda at, _to: CUT if at == "data" else None) as server:
        with pytest.raises(RelayRefused, match="gửi lại sau"):
            go(server)
        tried = sum(row.attempts for row in rows(db))
        assert 8 <= tried <= 12
        server.script = lambda _at, _to: None
        clock.move(minutes=2)
        assert go(server).sent == 60


def test_a_cut_after_the_dot_repeats_the_letter_once_with_the_same_id(
    db: Database, keys: KeyFile, go: Go
) -> None:
    make_letters(db, keys, 5)
    cuts: list[str] = []

    def script(at: str, to: str) -> object:
        if (at, to) == ("kept", "nguoi1@vi-du.vn") and not cuts:
            cuts.append(to)
            return CUT
        return None

    with smtp_server(script) as server:
        assert go(server) == SendResult(sent=5)
    first, second = server.to("nguoi1@vi-du.vn")
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert len(server.kept) == 6


def test_a_relay_that_always_cuts_after_the_dot_gets_a_letter_three_times_at_most(
    db: Database, keys: KeyFile, clock: Clock, go: Go
) -> None:
    wave = make_letters(db, keys, 4)

    def script(at: str, to: str) -> object:
        return CUT if (at, to) == ("kept", "nguoi1@vi-du.vn") else None

    with smtp_server(script) as server:
        assert go(server) == SendResult(sent=3, later=1)
        assert recipients(server)["nguoi1@vi-du.vn"] == 2
        clock.move(minutes=7)
        assert go(server) == SendResult(uncertain=1)
        clock.move(days=1)
        assert go(server) == SendResult()
    assert recipients(server)["nguoi1@vi-du.vn"] == 3
    with db.reading() as session:
        stands = standing.progress(session, id_of(wave))
        assert (stands["sent"], stands["failed"], stands["waiting"]) == (3, 1, 0)
        assert "không rõ thư đã tới" in standing.failed(session, id_of(wave))[0].error


def test_whose_letter_is_cut_off_twice_before_the_relay_has_it_gets_it_all_the_same(
    db: Database, keys: KeyFile, clock: Clock, go: Go
) -> None:
    make_letters(db, keys, 4)
    cuts: list[str] = []

    def script(at: str, to: str) -> object:
        if (at, to) == ("dot", "nguoi1@vi-du.vn") and len(cuts) < 2:
            cuts.append(to)
            return CUT
        return None

    with smtp_server(script) as server:
        go(server)
        clock.move(minutes=7)
        go(server)
    assert states(db) == {"sent": 4}
    assert set(recipients(server).values()) == {1}


def test_a_reminder_cut_after_the_dot_is_not_repeated(db: Database, keys: KeyFile, go: Go) -> None:
    wave = make_letters(db, keys, 4)
    with smtp_server() as server:
        go(server)
        remind(db, wave)
        server.kept.clear()
        server.script = lambda at, to: CUT if (at, to[:6]) == ("kept", "nguoi1") else None
        assert go(server) == SendResult(sent=3, uncertain=1)
        server.script = lambda _at, _to: None
        assert go(server) == SendResult()
    assert set(recipients(server).values()) == {1}


@pytest.mark.parametrize("step", ["rcpt", "data"])
@SQLITE
def test_a_relay_that_falls_silent_over_a_letter_does_not_hold_up_the_others(
    db: Database, keys: KeyFile, go: Go, step: str
) -> None:
    make_letters(db, keys, 12)

    def script(at: str, to: str) -> object:
        return 60 if (at, to) == (step, "nguoi2@vi-du.vn") else None

    with smtp_server(script) as server:
        assert go(server, timeouts=QUICK) == SendResult(sent=11, deferred=1, later=1)


@SQLITE
def test_silence_after_the_dot_stops_the_run_and_the_next_one_repeats_it(
    db: Database, keys: KeyFile, go: Go
) -> None:
    make_letters(db, keys, 8)

    def script(at: str, to: str) -> object:
        return 60 if (at, to) == ("kept", "nguoi2@vi-du.vn") else None

    with smtp_server(script) as server:
        with pytest.raises(RelayRefused, match="im lặng"):
            go(server, timeouts=QUICK)
        server.script = lambda _at, _to: None
        go(server)
    assert states(db) == {"sent": 8}
    assert recipients(server)["nguoi2@vi-du.vn"] == 2
    assert len(server.kept) == 9


@SQLITE
def test_one_dot_at_a_time_is_on_its_way(db: Database, keys: KeyFile, go: Go) -> None:
    make_letters(db, keys, 40)
    unanswered, most = 0, 0
    ready = 0

    def script(at: str, _to: str) -> object:
        nonlocal unanswered, most, ready
        if at == "data":
            ready += 1
        if at == "dot":
            unanswered += 1
            most = max(most, unanswered)
            return 0.005
        if at == "kept":
            unanswered -= 1
        return None

    with smtp_server(script) as server:
        go(server)
        assert server.connections == 4
    assert (most, len(server.kept)) == (1, 40)


@SQLITE
def test_before_a_dot_is_sent_the_letter_before_is_recorded(
    db: Database, keys: KeyFile, go: Go
) -> None:
    make_letters(db, keys, 20)
    open_ends: list[int] = []

    def script(at: str, _to: str) -> None:
        if at == "dot":
            found = rows(db)
            open_ends.append(sum(row.state == "claimed" and row.data_begun for row in found))
            assert sum(row.state == "sent" for row in found) == len(open_ends) - 1

    with smtp_server(script) as server:
        assert go(server) == SendResult(sent=20)
    assert open_ends == [1] * 20


def test_two_senders_at_once_send_every_letter_once(db: Database, keys: KeyFile, go: Go) -> None:
    make_letters(db, keys, 60)
    results: list[SendResult] = []
    with smtp_server() as server:
        senders = [threading.Thread(target=lambda: results.append(go(server))) for _ in range(2)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    assert sum(result.sent for result in results) == 60
    assert set(recipients(server).values()) == {1}
    assert len(server.kept) == 60


def test_a_sender_that_lost_its_claim_before_the_dot_sends_nothing(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_letters(db, keys, 1)

    def script(at: str, _to: str) -> None:
        # Stalled here past its claim, while another sender gets the letter through.
        if at == "data":
            clock.move(seconds=11)
            (taken,) = claim(db, "other")
            assert not taken.repeat
            assert begin(db, taken)
            record(db, Outcome(taken, "sent"))

    with smtp_server(script) as server:
        assert send_due(db, keys, through(configured, server)) == SendResult()
    assert server.kept == []
    assert states(db) == {"sent": 1}


def test_a_record_that_comes_after_the_claim_changes_nothing(
    db: Database, keys: KeyFile, go: Go, clock: Clock
) -> None:
    make_letters(db, keys, 1)

    def script(at: str, _to: str) -> str | None:
        if at == "kept":
            # Stalled after the dot; the other sender repeats the letter and is through with it.
            clock.move(seconds=11)
            (again,) = claim(db, "other")
            assert again.repeat
            record(db, Outcome(again, "sent"))
            return "554 too late"
        return None

    with smtp_server(script) as server:
        go(server)
    (row,) = rows(db)
    assert (row.state, row.error) == ("sent", None)


@SQLITE
def test_letters_of_a_wave_that_closes_meanwhile_stay(
    db: Database, keys: KeyFile, go: Go, clock: Clock
) -> None:
    wave = make_letters(db, keys, 3)
    clock.now = wave.closes_at
    with smtp_server() as server:
        assert go(server) == SendResult()
    assert server.kept == []
    assert states(db) == {"queued": 3}


def test_a_reminder_goes_only_to_those_who_have_not_cast(
    db: Database, keys: KeyFile, go: Go
) -> None:
    wave = make_letters(db, keys, 6)
    with smtp_server() as server:
        go(server)
        remind(db, wave)
        with db.transaction() as session:
            cast = names(session, wave)[0]
            session.connection().execute(
                update(Ballot).where(col(Ballot.number) == cast.number).values(cast=True)
            )
        server.kept.clear()
        assert go(server).sent == 5
    assert "nguoi0@vi-du.vn" not in recipients(server)
    assert all("Nhắc lại" in kept.message["Subject"] for kept in server.kept)


def test_a_cancellation_reaches_everybody(db: Database, keys: KeyFile, go: Go) -> None:
    wave = make_letters(db, keys, 4)
    with db.transaction() as session:
        now = db.now(session)
        queue.drop_all_queued(session, id_of(wave))
        numbers = [name.number for name in names(session, wave)]
        queue.queue(session, id_of(wave), "cancellation", numbers, now, "vi-du.vn")
    change_wave(db, wave, cancelled_at=now, cancel_reason="Danh sách sai")
    keys.erase_wave(wave.code)
    with smtp_server() as server:
        assert go(server) == SendResult(sent=4)
    assert all("Lý do: Danh sách sai" in kept.text for kept in server.kept)


@SQLITE
def test_a_wrong_key_file_sends_no_links(db: Database, keys: KeyFile, go: Go) -> None:
    wave = make_letters(db, keys, 2)
    keys.erase_wave(wave.code)
    with smtp_server() as server, pytest.raises(KeysMissing, match="không có khóa của đợt"):
        go(server)
    assert server.kept == []
    assert waiting(db) == (2, 0, 0)


def test_an_index_changed_by_hand_is_not_quoted_to_anybody(
    db: Database, keys: KeyFile, go: Go
) -> None:
    make_letters(db, keys, 2)
    with db.transaction() as session:
        if db.is_sqlite:
            session.connection().exec_driver_sql("DROP TRIGGER IF EXISTS wave_frozen")
        else:
            session.connection().exec_driver_sql("ALTER TABLE wave DISABLE TRIGGER ALL")
        other = json.dumps(indexfile.canonical(make_index("choose-units")))
        session.connection().execute(update(Wave).values(index_content=other))
    with smtp_server() as server, pytest.raises(WaveRefused, match="bị sửa"):
        go(server)
    assert server.kept == []


@SQLITE
def test_a_rate_is_kept(db: Database, keys: KeyFile, configured: Settings) -> None:
    make_letters(db, keys, 9)
    with smtp_server() as server:
        settings = replace(through(configured, server), mail_rate=20.0)
        begun = time.monotonic()
        assert send_due(db, keys, settings).sent == 9
    # Eight gaps of a twentieth of a second; how much longer it took is the machine's affair.
    assert time.monotonic() - begun >= 8 / 20


@SQLITE
def test_no_address_and_no_token_is_logged(
    db: Database, keys: KeyFile, go: Go, caplog: pytest.LogCaptureFixture
) -> None:
    wave = make_letters(db, keys, 6)
    lines = iter(["550 <nguoi1@vi-du.vn> unknown", "451 later", CUT, "421 bye", "452 full"])
    with (
        caplog.at_level(logging.DEBUG, "phieu"),
        smtp_server(lambda at, _to: next(lines, None) if at == "rcpt" else None) as server,
    ):
        go(server)
    logged = "\n".join(each.getMessage() for each in caplog.records if each.name[:5] == "phieu")
    with db.reading() as session:
        for name in names(session, wave):
            assert keys.tokens.link(name) not in logged
    assert "nguoi" not in logged


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_drops_its_connections_costs_no_letter(
    db: Database, keys: KeyFile, go: Go, clock: Clock
) -> None:
    make_letters(db, keys, 12)
    dropped: list[str] = []

    def script(at: str, to: str) -> None:
        if at == "kept" and len(server.kept) == 5 and not dropped:
            dropped.append(to)
            with db.engine.connect() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    with smtp_server(script) as server:
        with contextlib.suppress(OperationalError):
            go(server)
        clock.move(seconds=11)
        go(server)
    assert dropped
    assert states(db) == {"sent": 12}
    assert set(recipients(server).values()) == {1}


async def until(fulfilled: Callable[[], bool]) -> None:
    for _moment in range(1000):
        if fulfilled():
            return
        await asyncio.sleep(0.02)
    pytest.fail("waited in vain")


def at_work(worker: Worker, during: Callable[[], object]) -> None:
    """Run a worker while something happens."""

    async def work() -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(worker.run(stop))
        await during()  # type: ignore[misc]
        stop.set()
        await asyncio.wait_for(task, 20)

    asyncio.run(work())


def test_the_worker_sends_what_becomes_due(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "POLL", 0.05)
    wave = make_letters(db, keys, 3)

    async def during() -> None:
        await until(lambda: len(server.kept) == 3)
        remind(db, wave)
        await until(lambda: len(server.kept) == 6)

    with smtp_server() as server:
        at_work(Worker(db, keys, through(configured, server)), during)
    assert states(db, "reminder") == {"sent": 3}


@SQLITE
def test_of_two_processes_with_one_key_file_one_sends(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "POLL", 0.05)
    make_letters(db, keys, 3)
    tried, flock = 0, fcntl.flock

    def seen(file: IO[str], how: int) -> None:
        nonlocal tried
        tried += 1
        flock(file, how)

    async def work(settings: Settings) -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(sending.take_turns(Worker(db, keys, settings), stop))
        await until(lambda: tried > 3)
        assert not server.kept
        flock(other, fcntl.LOCK_UN)
        await until(lambda: len(server.kept) == 3)
        stop.set()
        await asyncio.wait_for(task, 20)

    lock = keys.path.with_name(f"{keys.path.name}.worker")
    with smtp_server() as server, lock.open("w") as other:
        flock(other, fcntl.LOCK_EX)
        monkeypatch.setattr(fcntl, "flock", seen)
        asyncio.run(work(through(configured, server)))


@SQLITE
def test_the_worker_outlives_its_relay_and_says_why_nothing_goes(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sending, "POLL", 0.02)
    monkeypatch.setattr(sending, "LONGEST_BACK_OFF", 0.05)
    make_letters(db, keys, 3)

    async def during() -> None:
        await until(lambda: worker.last_error is not None)
        assert "535 wrong" in (worker.last_error or "")
        assert waiting(db)[2] == 0
        server.script = lambda _at, _to: None
        await until(lambda: len(server.kept) == 3 and worker.last_error is None)

    with smtp_server(lambda at, _to: "535 wrong" if at == "mail" else None) as server:
        worker = Worker(db, keys, through(configured, server))
        at_work(worker, during)
    assert states(db) == {"sent": 3}
    assert sum("535 wrong" in each.getMessage() for each in caplog.records) == 1


def test_the_worker_outlives_its_database(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "POLL", 0.02)
    monkeypatch.setattr(sending, "LONGEST_BACK_OFF", 0.05)
    make_letters(db, keys, 3)
    rename = "ALTER TABLE {} RENAME TO {}".format

    def move(one: str, other: str) -> None:
        with db.transaction() as session:
            session.connection().exec_driver_sql(rename(one, other))

    async def during() -> None:
        await until(lambda: worker.last_error is not None)
        assert "nguoi" not in (worker.last_error or "")
        move("letter_away", "letter")
        await until(lambda: worker.last_error is None and states(db) == {"sent": 3})

    move("letter", "letter_away")
    with smtp_server() as server:
        worker = Worker(db, keys, through(configured, server))
        at_work(worker, during)
    assert set(recipients(server).values()) == {1}


def test_the_worker_stops_in_the_middle_and_gives_back_what_it_has_not_sent(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 60)

    async def during() -> None:
        await until(lambda: len(server.kept) >= 5)

    with smtp_server(lambda at, _to: 0.02 if at == "dot" else None) as server:
        at_work(Worker(db, keys, through(configured, server)), during)
    sent = states(db)["sent"]
    assert sent == len(server.kept) < 60
    assert waiting(db) == (60 - sent, 0, 0)


@SQLITE
def test_waves_of_different_organisers_write_under_their_own_name(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    index = make_index()
    assert index.organiser is not None
    other = replace(index, organiser=replace(index.organiser, name="Sở Y tế", email="yte@b.vn"))
    make_wave(db, keys, index, make_people(index, 2), code="mot")
    make_wave(db, keys, other, make_people(other, 2), code="hai")
    with smtp_server() as server:
        send_due(db, keys, replace(through(configured, server), mail_from=None))
    senders = Counter((kept.sender, str(kept.message["From"])) for kept in server.kept)
    assert senders == {
        ("cchc@vi-du.vn", "Sở Nội vụ <cchc@vi-du.vn>"): 2,
        ("yte@b.vn", "Sở Y tế <yte@b.vn>"): 2,
    }
