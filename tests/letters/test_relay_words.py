"""What a relay says, in whatever bytes: kept as plain words, and no letter waits behind it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from app.keys.keyfile import KeyFile
from app.letters import testletter
from app.letters.attempts import SendResult
from app.letters.relay import Connection, Timeouts
from app.letters.replies import RelayRefused, Reply
from app.letters.texts import Wording
from app.settings import Relay, Settings
from app.store.db import Database
from app.store.staffmodels import StaffLetter
from app.waves import staffmail
from app.worker.sending import Worker, send_due
from tests.conftest import first_on_both
from tests.making.blocks import make_index
from tests.making.posting import make_letters, rows, states, through
from tests.making.smtp import smtp_server
from tests.waves.test_staffmail import MINE, somebody

REFUSAL = b"550 5.1.1 Kh\xf4ng c\xf3 h\xf2m th\xfd n\xe0y"
ODD = {
    "latin-1": REFUSAL,
    "nul": b"550 no\x00 body",
    "cp1258 and nul": b"550 \x00\xd2\xec\xff\x00",
    "utf-16": b"550 " + "không có".encode("utf-16-le").replace(b"\n", b""),
    "a lone surrogate": b"550 \xed\xa0\x80 x",
    "bidi": "550 a\u202eb\u2066c\u200b".encode(),
    "line separators": "550 a\u2028b\u2029c\x85d".encode(),
    "terminal": b"550 \x1b[31mred\x1b[0m \x07",
    "several lines": b"550-m\xf4t\r\n550-\x00hai\r\n550 ba",
    "long": b"550 " + b"\xf4 " * 3000,
    "no text": b"550",
}
# Of these PostgreSQL would keep none, nor what is no letter of Unicode at all.
CHOKING = ["nul", "latin-1", "a lone surrogate", "cp1258 and nul", "several lines"]
LETTERS = 24
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def is_plain(text: str) -> bool:
    return text.isprintable() and len(text) <= 320


@first_on_both(
    "step, how",
    [
        *(("rcpt", how) for how in CHOKING),
        ("dot", "nul"),
        *(("rcpt", how) for how in ODD if how not in CHOKING),
        ("data", "nul"),
        ("dot", "latin-1"),
    ],
    both=len(CHOKING) + 1,
)
def test_a_refusal_in_any_bytes_is_recorded_and_the_next_letter_goes(
    db: Database, keys: KeyFile, configured: Settings, step: str, how: str
) -> None:
    make_letters(db, keys, LETTERS)

    def script(at: str, to: str) -> object:
        return ODD[how] if at == step and to.startswith(("nguoi3@", "nguoi20@")) else None

    with smtp_server(script) as server:
        result = send_due(db, keys, through(configured, server))
    assert result == SendResult(sent=LETTERS - 2, failed=2)
    for row in rows(db):
        if row.state == "failed":
            assert row.error is not None
            assert is_plain(row.error)
            assert "550" in row.error


def test_the_case_of_the_report_reads_as_far_as_it_can_be_read(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 3)
    with smtp_server(lambda at, _to: REFUSAL if at == "rcpt" else None) as server:
        send_due(db, keys, through(configured, server))
    for row in rows(db):
        assert row.state == "failed"
        assert "550 5.1.1 Kh\ufffdng c\ufffd h\ufffdm th\ufffd n\ufffdy" in (row.error or "")


@pytest.mark.parametrize("how", ODD)
@pytest.mark.parametrize("step", ["connect", "EHLO", "auth", "mail"])
def test_a_relay_that_refuses_all_in_any_bytes_is_told_in_plain_words(how: str, step: str) -> None:
    with smtp_server(lambda at, _to: ODD[how] if at == step else None, password="p") as server:
        if step == "EHLO":
            server.fixed["EHLO"] = ODD[how]
        relay = Relay("127.0.0.1", server.port, "u", "p", tls=False)
        connection = Connection(relay, "[127.0.0.1]", Timeouts())

        async def go() -> None:
            try:
                await connection.offer("a@b.vn", "c@d.vn", b"x\r\n")
            finally:
                await connection.close()

        with pytest.raises(RelayRefused) as refused:
            asyncio.run(go())
    assert is_plain(str(refused.value).replace(" Xem lại", "")[:320])
    assert str(refused.value).isprintable()


@SQLITE
def test_odd_bytes_at_the_end_of_a_session_harm_nobody(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 5)
    with smtp_server() as server:
        server.fixed["QUIT"] = b"221 t\xe0m bi\x00"
        assert send_due(db, keys, through(configured, server)) == SendResult(sent=5)


@SQLITE
def test_the_worker_tells_a_greeting_in_any_bytes_as_words_a_page_can_show(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 2)
    with smtp_server(lambda at, _to: b"554 kh\xf4ng\x00" if at == "connect" else None) as server:
        worker = Worker(db, keys, through(configured, server))
        worker._send(threading.Event())  # type: ignore[arg-type]
    assert "554 kh\ufffdng" in (worker.last_error or "")
    assert (worker.last_error or "").encode()


@SQLITE  # none is asked
@pytest.mark.parametrize("step", ["connect", "rcpt", "dot"])
def test_a_test_letter_refused_in_any_bytes_is_told_in_words(
    keys: KeyFile, configured: Settings, step: str
) -> None:
    index = make_index()
    closes = datetime(2026, 3, 4, tzinfo=UTC)
    facts = testletter.facts_of(index, index.groups[0].code, "Lò Văn A", "a@vi-du.vn", closes)
    with (
        smtp_server(lambda at, _to: ODD["cp1258 and nul"] if at == step else None) as server,
        pytest.raises(testletter.TestRefused) as refused,
    ):
        testletter.send(
            through(configured, server), keys, index, Wording(), facts, "ABCDEF", "/xem-thu"
        )
    assert str(refused.value).isprintable()
    assert "550" in str(refused.value)


@first_on_both("how", sorted(ODD, key=lambda how: b"\0" not in ODD[how]), both=3)
def test_a_letter_to_staff_refused_in_any_bytes_is_recorded(
    db: Database, keys: KeyFile, configured: Settings, how: str
) -> None:
    make_letters(db, keys, 1)
    first, second = somebody(db, "mot@vi-du.vn"), somebody(db)
    with db.transaction() as session:
        for staff_id in (first, second):
            staffmail.queue(session, "head", staff_id, db.now(session), wave="a", head="1:ab")

    def script(at: str, to: str) -> object:
        return ODD[how] if (at, to) == ("rcpt", "mot@vi-du.vn") else None

    with smtp_server(script) as server:
        worker = Worker(db, keys, through(configured, server))
        assert worker._send(threading.Event()) is None  # type: ignore[arg-type]
        assert len(server.to(MINE)) == 1
    with db.reading() as session:
        failed, sent = session.scalars(select(StaffLetter).order_by(col(StaffLetter.id))).all()
    assert failed.failed_at is not None
    assert is_plain(failed.error or "")
    assert sent.sent_at is not None


@contextmanager
def parrot(answer: Callable[[bytes], bytes | None]) -> Iterator[int]:
    """A server on loopback that answers each line, and the greeting (b""), as told; None cuts."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, in_data = b"", False
        try:
            while True:
                said = None if in_data and line != b".\r\n" else answer(line)
                if said is None and not in_data:
                    break
                if said is not None:
                    writer.write(said)
                    await writer.drain()
                    in_data = said.startswith(b"354")
                line = await reader.readline()
                if not line:
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()

    loop, ready, port = asyncio.new_event_loop(), threading.Event(), 0

    async def listen() -> asyncio.Server:
        nonlocal port
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        ready.set()
        return server

    def run() -> None:
        server = loop.run_until_complete(listen())
        loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.wait(tasks) if tasks else asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def well(line: bytes) -> bytes:
    """What a relay in order answers."""
    verb = line[:4].upper()
    return {b"": b"220 x\r\n", b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(
        verb, b"250 OK\r\n"
    )


NOISE = {
    "http": b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n",
    "nothing but bytes": b"\x00\xff\xfe\r\n",
    "an empty line": b"\r\n",
    "a code out of range": b"999 what\r\n",
    "a code below all": b"007 what\r\n",
    "a code with a sign": b"-25 what\r\n",
    "a code with an underscore": b"5_0 what\r\n",
    "a line without end": b"250" + b"x" * 40_000 + b"\r\n",
    "lines without end": b"250-x\r\n" * 6000 + b"250 x\r\n",
    "two codes": b"250-a\r\n550 b\r\n",
}


@first_on_both("how", sorted(NOISE, key=lambda how: b"\0" not in NOISE[how]))
def test_what_is_no_reply_at_all_in_a_letter_ends_in_no_traceback(
    db: Database, keys: KeyFile, configured: Settings, how: str
) -> None:
    make_letters(db, keys, LETTERS)
    with parrot(lambda line: NOISE[how] if b"nguoi7@" in line else well(line)) as port:
        result = send_due(db, keys, through(configured, port))
    assert result.sent == LETTERS - 1
    assert result.failed + result.deferred == 1
    for row in rows(db):
        assert is_plain(row.error or "")


@pytest.mark.parametrize("how", [name for name in NOISE if name != "two codes"])
@pytest.mark.parametrize("step", [b"", b"EHLO", b"MAIL", b"AUTH"])
def test_a_server_that_speaks_no_smtp_is_refused_in_words(step: bytes, how: str) -> None:
    def answer(line: bytes) -> bytes:
        if line[:4].upper() == step or (step == b"EHLO" and line.startswith(b"HELO")):
            return NOISE[how]
        return b"250-x\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n" if line[:4] == b"EHLO" else well(line)

    with parrot(answer) as port:
        relay = Relay("127.0.0.1", port, "u", "p", tls=False)
        connection = Connection(relay, "[127.0.0.1]", Timeouts(command=5))

        async def go() -> None:
            try:
                await connection.offer("a@b.vn", "c@d.vn", b"x\r\n")
            finally:
                await connection.close()

        with pytest.raises(RelayRefused, match="gửi") as refused:
            asyncio.run(go())
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500


@first_on_both("how", sorted(NOISE, key=lambda how: b"\0" not in NOISE[how]))
def test_noise_after_the_dot_leaves_a_letter_uncertain_and_the_others_go(
    db: Database, keys: KeyFile, configured: Settings, how: str
) -> None:
    make_letters(db, keys, 12)
    dots = 0

    def answer(line: bytes) -> bytes:
        nonlocal dots
        dots += line == b".\r\n"
        return NOISE[how] if line == b".\r\n" and dots == 3 else well(line)

    with parrot(answer) as port:
        result = send_due(db, keys, through(configured, port))
    assert result.sent + result.failed + result.deferred == 12


def test_a_challenge_that_is_none_is_a_refusal_in_words() -> None:
    def answer(line: bytes) -> bytes:
        if line.startswith(b"EHLO"):
            return b"250-x\r\n250 AUTH CRAM-MD5\r\n"
        return b"334 \xf4\x00!\r\n" if line.startswith(b"AUTH") else well(line)

    with parrot(answer) as port:
        connection = Connection(Relay("127.0.0.1", port, "u", "p", False), "x", Timeouts())
        with pytest.raises(RelayRefused) as refused:
            asyncio.run(connection.offer("a@b.vn", "c@d.vn", b"x\r\n"))
    assert str(refused.value).isprintable()


def refuse_one(db: Database, word: str) -> None:
    """Let the database refuse every letter's outcome whose error holds a word."""
    with db.transaction() as session:
        run = session.connection().exec_driver_sql
        if db.is_sqlite:
            run(
                "CREATE TRIGGER no_such_word BEFORE UPDATE ON letter"
                f" WHEN NEW.error LIKE '%{word}%' BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
            return
        run(
            "CREATE FUNCTION no_such_word() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF"
            f" NEW.error LIKE '%%{word}%%' THEN RAISE check_violation; END IF; RETURN NEW; END $$"
        )
        run(
            "CREATE TRIGGER no_such_word BEFORE UPDATE ON letter"
            " FOR EACH ROW EXECUTE FUNCTION no_such_word()"
        )


def test_an_outcome_that_the_database_refuses_is_recorded_alone_in_plain_words(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, LETTERS)
    refuse_one(db, "unheard")

    def script(at: str, to: str) -> object:
        return "550 unheard of" if at == "rcpt" and to.startswith("nguoi1") else None

    with smtp_server(script) as server:
        result = send_due(db, keys, through(configured, server))
    gone = sum(row.state == "failed" for row in rows(db))
    assert (result.sent, result.failed) == (LETTERS - gone, gone)
    assert states(db) == {"sent": LETTERS - gone, "failed": gone}
    assert gone == 11
    assert all("không ghi được" in (r.error or "") for r in rows(db) if r.state == "failed")


def test_one_letter_that_cannot_be_written_down_at_all_holds_up_no_other(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, LETTERS)
    refuse_one(db, "không")

    def script(at: str, to: str) -> object:
        return "550 không" if (at, to) == ("rcpt", "nguoi5@vi-du.vn") else None

    with smtp_server(script) as server:
        worker = Worker(db, keys, through(configured, server))
        worker._send(threading.Event())  # type: ignore[arg-type]
    assert states(db) == {"sent": LETTERS - 1, "claimed": 1}


@pytest.mark.parametrize("text", ["a\x00b", "\udcf4", "\u202ea", "x" * 9000, "\u0301" * 5000])
def test_a_reply_holds_no_sign_that_a_table_or_a_page_could_not(text: str) -> None:
    reply = Reply(550, text)
    assert reply.text.isprintable()
    assert len(reply.text) <= 200
    assert len(str(reply)) <= 200
    str(reply).encode()
