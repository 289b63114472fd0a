"""A relay that ends sessions after some letters is met again; one that is busy is left alone."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from app.commands import main
from app.keys.keyfile import KeyFile
from app.letters import backlog
from app.letters.attempts import SendResult
from app.letters.replies import RelayRefused
from app.settings import Settings
from app.store.db import Database
from app.store.staffmodels import StaffLetter
from app.waves import staffmail
from app.worker.sending import Worker, send_due
from tests.commands.test_out_of_turn import Office
from tests.conftest import Clock, first_on_both
from tests.making.consoles import desk_of
from tests.making.posting import make_letters, rows, states, through, waiting
from tests.making.smtp import CUT, SmtpServer, smtp_server
from tests.waves.test_staffmail import MINE, somebody

EVERY = 10
LETTERS = 60
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def after_some(step: str, answer: object, every: int = EVERY) -> Callable[[str, str], object]:
    """A relay whose every connection carries so many letters and answers so at the next one's
    `step`; connections are told apart by counting, all of them together."""
    carried: Counter[str] = Counter()

    def script(at: str, _to: str) -> object:
        if at == "kept":
            carried["letters"] += 1
        if at == step and carried["letters"] >= every:
            carried["letters"] = 0
            return answer
        return None

    return script


def everybody_once(server: SmtpServer, number: int = LETTERS) -> None:
    assert len(server.kept) == number
    assert set(Counter(kept.recipient for kept in server.kept).values()) == {1}


@first_on_both(
    "step, answer",
    product(["data", "rcpt", "mail"], [b"421 4.7.0 enough for this session", CUT]),
)
def test_a_session_that_ends_after_some_letters_costs_no_letter_any_time(
    db: Database, keys: KeyFile, configured: Settings, step: str, answer: object
) -> None:
    make_letters(db, keys, LETTERS)
    with smtp_server(after_some(step, answer)) as server:
        settings = through(configured, server)
        assert send_due(db, keys, settings, connections=1) == SendResult(sent=LETTERS)
    everybody_once(server)
    assert {row.attempts for row in rows(db)} == {1}
    assert server.connections == LETTERS // EVERY


@first_on_both("connections", [4, 1])
def test_a_421_in_the_place_of_an_answer_to_the_dot_is_no_attempt(
    db: Database, keys: KeyFile, configured: Settings, connections: int
) -> None:
    make_letters(db, keys, LETTERS)
    carried: Counter[int] = Counter()

    def script(at: str, to: str) -> object:
        if at != "dot":
            return None
        carried[0] += 1
        return "421 enough" if carried[0] % (EVERY + 1) == 0 else None

    with smtp_server(script) as server:
        result = send_due(db, keys, through(configured, server), connections=connections)
    assert result == SendResult(sent=LETTERS)
    everybody_once(server)
    assert {row.attempts for row in rows(db)} == {1}


@first_on_both("step", ["dot", "data", "rcpt"])
def test_four_connections_meet_a_relay_that_counts_letters_on_each(
    db: Database, keys: KeyFile, configured: Settings, step: str
) -> None:
    """The server of tests/smtp tells no connections apart; this one counts in each."""
    make_letters(db, keys, LETTERS, domains=("a.vn", "b.vn"))
    with smtp_server() as server:
        server.letters_a_session, server.session_ends_at = EVERY, step
        assert send_due(db, keys, through(configured, server)) == SendResult(sent=LETTERS)
    everybody_once(server)
    assert {row.attempts for row in rows(db)} == {1}
    assert server.connections >= LETTERS // EVERY


@first_on_both(
    "step, line",
    [("mail", "421 busy"), ("connect", "421 busy"), ("connect", "451 later"), ("EHLO", "421 busy")],
)
def test_a_relay_that_is_always_busy_at_the_start_is_left_politely(
    db: Database, keys: KeyFile, configured: Settings, step: str, line: str
) -> None:
    make_letters(db, keys, LETTERS)
    with smtp_server(lambda at, _to: line if at == step else None) as server:
        server.fixed = {"EHLO": line} if step == "EHLO" else {}
        settings = through(configured, server)
        with pytest.raises(RelayRefused, match=f"{line}.*còn nguyên"):
            send_due(db, keys, settings)
        assert server.connections <= 4
        assert waiting(db) == (LETTERS, 0, 0)
        assert {row.attempts for row in rows(db)} == {0}
        server.fixed.clear()
        server.script = lambda _at, _to: None
        assert send_due(db, keys, settings).sent == LETTERS


@SQLITE
def test_a_relay_busy_with_every_first_letter_loses_none_of_them(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_letters(db, keys, 40)
    with smtp_server(lambda at, _to: "421 busy" if at == "rcpt" else None) as server:
        settings = through(configured, server)
        result = send_due(db, keys, settings)
        assert 1 <= result.deferred <= 4
        assert result.later >= 40 - result.deferred
        assert server.connections <= 8
        server.script = lambda _at, _to: None
        clock.move(minutes=2)
        assert send_due(db, keys, settings).sent == 40
    everybody_once(server, 40)


@first_on_both("allowed", [1, 2])
def test_a_relay_that_takes_few_connections_gets_all_over_these(
    db: Database, keys: KeyFile, configured: Settings, allowed: int
) -> None:
    make_letters(db, keys, 30)

    def script(at: str, _to: str) -> object:
        if at == "connect" and server.connections > allowed:
            return "421 4.7.0 too many connections"
        return None

    with smtp_server(script) as server:
        assert send_due(db, keys, through(configured, server)) == SendResult(sent=30)
    everybody_once(server, 30)


@SQLITE
def test_the_worker_goes_on_at_once_too(db: Database, keys: KeyFile, configured: Settings) -> None:
    make_letters(db, keys, 40)
    with smtp_server() as server:
        server.letters_a_session, server.session_ends_at = 3, "rcpt"
        worker = Worker(db, keys, through(configured, server))
        assert worker._send(threading.Event()) is None  # type: ignore[arg-type]
    assert states(db) == {"sent": 40}


@first_on_both("step", ["dot", "rcpt"])
def test_letters_to_staff_outlive_the_end_of_a_session(
    db: Database, keys: KeyFile, configured: Settings, step: str
) -> None:
    make_letters(db, keys, 1)
    staff_id = somebody(db)
    with db.transaction() as session:
        for _number in range(5):
            staffmail.queue(session, "head", staff_id, db.now(session), wave="a", head="1:ab")
    with smtp_server() as server:
        server.letters_a_session, server.session_ends_at = 2, step
        worker = Worker(db, keys, through(configured, server))
        assert worker._send(threading.Event()) is None  # type: ignore[arg-type]
    assert len(server.to(MINE)) == 5
    with db.reading() as session:
        assert all(
            row.sent_at and row.attempts == 1 for row in session.scalars(select(StaffLetter))
        )


def test_what_waits_is_told_with_number_time_and_reason(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_letters(db, keys, 40, domains=("a.vn", "b.vn"))
    lines = {"a.vn": "452 4.2.2 full", "b.vn": "451 4.7.1 <{}> greylisted for {} seconds"}
    seen: Counter[str] = Counter()

    def script(at: str, to: str) -> object:
        seen[at] += 1
        domain = to.partition("@")[2]
        return lines[domain].format(to, 200 + seen[at]) if at == "rcpt" else None

    with smtp_server(script) as server:
        send_due(db, keys, through(configured, server))
    with db.reading() as session:
        told = backlog.put_off(session, db.now(session))
    assert [each.count for each in told] == [20, 20]
    words = sorted(each.words(clock.now) for each in told)
    assert words[0].startswith(
        "20 thư chờ đến 09:01. Hộp thư của a.vn hẹn gửi lại (452 4.2.2 full)"
    )
    assert "Hộp thư của b.vn hẹn gửi lại (451 4.7.1 <…> greylisted" in words[1]
    assert "nguoi" not in "".join(words)


@SQLITE
def test_what_waits_for_the_opening_and_overnight_is_told_too(
    db: Database, keys: KeyFile, clock: Clock
) -> None:
    clock.move(hours=10)
    wave = make_letters(db, keys, 3)
    clock.move(hours=-10)
    with db.reading() as session:
        (told,) = backlog.put_off(session, clock.now, wave.id)
        assert told.words(clock.now) == "3 thư chờ đến 19:00. Chưa đến giờ gửi."
        assert backlog.put_off(session, clock.now, wave.id, "reminder") == []
        (told,) = [backlog.PutOff(1611, clock.now.replace(hour=20), "Vì thế.")]
        assert told.words(clock.now) == "1.611 thư chờ đến 03:00 ngày 03/3/2026. Vì thế."


def test_very_many_reasons_are_told_in_a_few_lines(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 30, domains=[f"so{number}.vn" for number in range(30)])
    with smtp_server(lambda at, _to: "452 full" if at == "rcpt" else None) as server:
        send_due(db, keys, through(configured, server))
    with db.reading() as session:
        told = backlog.put_off(session, db.now(session))
    assert len(told) == backlog.MOST + 1
    assert sum(each.count for each in told) == 30
    assert told[-1].why == "Vì các lý do khác."


@SQLITE
def test_the_page_of_the_launch_tells_what_waits(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 12)
    with smtp_server(lambda at, _to: "452 4.2.2 full" if at == "rcpt" else None) as server:
        send_due(db, keys, through(configured, server))
    clerk = desk_of(db, keys, configured)
    for page in ("", "/tien-do"):
        clerk.open(f"/quan-tri/dot/dot-thu/phat-phieu{page}")
        assert "12 thư chờ đến" in clerk.text
        assert "Hộp thư của vi-du.vn hẹn gửi lại (452 4.2.2 full)" in clerk.text


@SQLITE
def test_phieu_send_tells_what_waits_until_when_and_why(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    closes = datetime(2999, 1, 1, tzinfo=UTC)
    make_letters(db, keys, 12, domains=("a.vn", "b.vn"), closes=closes)
    office = Office(configured)
    with smtp_server(
        lambda at, to: "421 4.7.0 busy" if at == "rcpt" and to.endswith("@a.vn") else None
    ) as server:
        office.environment["PHIEU_SMTP_URL"] = server.url
        said = office.says("send")
    assert "Đã gửi 6 thư" in said
    assert re.search(r"6 thư chờ đến \d\d:\d\d\. Hộp thư của a\.vn hẹn gửi lại \(421 4\.7", said)


@SQLITE
def test_phieu_send_tells_what_waits_when_the_relay_takes_no_more(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    """What was put off waits until its time, all else until somebody sends again."""
    closes = datetime(2999, 1, 1, tzinfo=UTC)
    make_letters(db, keys, 12, domains=("a.vn", "b.vn"), closes=closes)
    office = Office(configured)
    turns: Counter[str] = Counter()

    def script(at: str, to: str) -> object:
        turns[at] += 1
        if at == "connect" and turns["kept"]:
            return "421 4.7.0 busy"
        if at == "rcpt" and to.endswith("@a.vn"):
            return "452 4.2.2 full"
        return CUT if at == "rcpt" and turns["kept"] else None

    with smtp_server(script) as server:
        office.environment["PHIEU_SMTP_URL"] = server.url
        refused = CliRunner().invoke(main.app, ["send"], env=office.environment)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "tạm ngừng nhận thư: 421 4.7.0 busy" in refused.stderr
    told = re.findall(r"(\d+) thư (?:chờ|đã đến hạn)", refused.stderr)
    sent = states(db)["sent"]
    assert sent
    assert sum(map(int, told)) == 12 - sent
    assert re.search(r"\d+ thư đã đến hạn còn chờ: chạy lại “phieu send”", refused.stderr)
    assert re.search(r"\d+ thư chờ đến \d\d:\d\d\. Hộp thư của a\.vn", refused.stderr)
