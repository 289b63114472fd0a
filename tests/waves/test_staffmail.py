"""Letters to the office's own people wait behind no launch, and tell nobody who works here."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.letters.attempts import SendResult
from app.settings import Settings
from app.staff import accounts, outbox
from app.staff import letters as staffletters
from app.store import upkeep
from app.store.db import Database
from app.store.staffmodels import Staff, StaffLetter
from app.waves import officers, staffmail
from app.worker import sending
from tests.commands.test_out_of_turn import Office
from tests.conftest import Clock, first_on_both
from tests.making.consoles import make_staff, stranger
from tests.making.posting import make_letters, states, through
from tests.making.smtp import SmtpServer, smtp_server

# How a letter is taken from the queue is tried on both; what becomes of it turns on no SQL.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LETTERS = 40
MINE = "can-bo@vi-du.vn"


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "POLL", 0.02)


def somebody(db: Database, email: str = MINE) -> int:
    """Somebody of the council with a second factor and a known address."""
    with db.transaction() as session:
        return accounts.add(session, email, "Lò Văn A", ["council"], db.now(session))


def launch_under_way(
    db: Database, server: SmtpServer, kind: str, staff_id: int, **facts: object
) -> None:
    """Once the third ballot's letter has come, a letter to somebody of the office is queued."""

    def script(step: str, _recipient: str) -> None:
        if step == "kept" and len(server.kept) == 3:
            with db.transaction() as session:
                staffmail.queue(session, kind, staff_id, db.now(session), **facts)

    server.script = script


@first_on_both(
    "kind, facts",
    [
        ("head", {"wave": "dot-thu", "action": "wave.launch", "head": "1:ab"}),
        ("reset", {}),
        ("invitation", {}),
    ],
)
def test_a_letter_to_staff_goes_in_the_middle_of_a_launch(
    db: Database, keys: KeyFile, configured: Settings, kind: str, facts: dict[str, object]
) -> None:
    make_letters(db, keys, LETTERS)
    staff_id = somebody(db)
    with smtp_server() as server:
        launch_under_way(db, server, kind, staff_id, **facts)
        paced = replace(through(configured, server), mail_rate=50.0)
        assert sending.Worker(db, keys, paced)._send(asyncio.Event()) is None
    order = [kept.recipient for kept in server.kept]
    assert order.count(MINE) == 1
    assert order.index(MINE) < LETTERS // 2, "before most of the letters that were due earlier"
    assert states(db) == {"sent": LETTERS}
    assert set(Counter(order).values()) == {1}


@SQLITE
def test_phieu_send_does_not_keep_it_waiting_either(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, LETTERS)
    staff_id = somebody(db)
    with smtp_server() as server:
        launch_under_way(db, server, "reset", staff_id)
        paced = replace(through(configured, server), mail_rate=50.0)
        assert sending.send_due(db, keys, paced) == SendResult(sent=LETTERS)
    order = [kept.recipient for kept in server.kept]
    assert order.index(MINE) < LETTERS // 2
    assert set(Counter(order).values()) == {1}


@SQLITE
def test_a_mailbox_of_staff_that_is_refused_holds_no_ballot_up(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 5)
    staff_id = somebody(db)
    with db.transaction() as session:
        staffmail.queue(session, "reset", staff_id, db.now(session))
    with smtp_server(lambda step, to: "550 no" if (step, to) == ("rcpt", MINE) else None) as server:
        assert sending.Worker(db, keys, through(configured, server))._send(asyncio.Event()) is None
    assert states(db) == {"sent": 5}
    with db.reading() as session:
        row = session.scalars(select(StaffLetter)).one()
        assert row.failed_at is not None
        assert row.error == "550 no"


@SQLITE
def test_an_address_that_no_letter_can_bear_keeps_nobody_else_waiting(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    first, second = somebody(db, "mot@vi-du.vn"), somebody(db)
    with db.transaction() as session:
        session.get_one(Staff, first).email = "một@vi-du.vn"
        for staff_id in (first, second):
            staffmail.queue(session, "head", staff_id, db.now(session), wave="a", head="1:ab")
    with smtp_server() as server:
        assert sending.Worker(db, keys, through(configured, server))._send(asyncio.Event()) is None
        assert len(server.to(MINE)) == 1
    with db.reading() as session:
        rows = session.scalars(select(StaffLetter).order_by(col(StaffLetter.id))).all()
        assert [row.failed_at is None for row in rows] == [False, True]


def test_a_stop_finishes_the_letter_to_staff_that_is_under_way(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_letters(db, keys, 3)
    staff_id = somebody(db)
    with db.transaction() as session:
        staffmail.queue(session, "reset", staff_id, db.now(session))
    stop = asyncio.Event()

    def script(step: str, to: str) -> float | None:
        if to == MINE and step == "dot":
            stop.set()  # the server is told to end while the relay thinks
            return 0.3
        return None

    with smtp_server(script) as server:
        sending.Worker(db, keys, through(configured, server))._send(stop)
        assert len(server.to(MINE)) == 1
    with db.reading() as session:
        assert session.scalars(select(StaffLetter)).one().sent_at is not None


@SQLITE
def test_the_letters_about_a_new_officer_say_who_and_what_to_do(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_staff(db, keys, "council")
    new, _secret = make_staff(db, keys, "officer", name="Vừa Thêm")
    with db.transaction() as session:
        now, said = db.now(session), []
        officers.tell(session, new, now)
        officers.tell(session, new, now, "dot-thu", now)
        while taken := outbox.take(session, now):
            data = staffletters.render(session, keys, configured, "a@vi-du.vn", taken, now)
            said.append(message_from_bytes(data, policy=default).get_body().get_content())  # type: ignore[attr-defined]
            outbox.record(session, taken, now, "", final=True)
    invited, came_in = said
    assert "vai trò chuyên viên" in invited
    assert "đợt dot-thu" in came_in
    for text in said:
        assert "Vừa Thêm <can-bo-" in text
        assert "báo ngay cho Hội đồng" in text
        assert "http://127.0.0.1:8000/quan-tri/nhat-ky" in text


@pytest.mark.parametrize(
    ("command", "deed"),
    [
        (("keys", "new", "--yes"), "Tạo tệp khóa mới"),
        (("audit", "accept", "--reason", "đĩa hỏng"), "Nhận nhật ký sau khi khôi phục"),
    ],
)
def test_the_council_is_told_when_the_log_goes_on_from_another_place(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    command: tuple[str, ...],
    deed: str,
) -> None:
    make_staff(db, keys, "officer")
    make_staff(db, keys, "council")
    office = Office(configured)
    with db.transaction() as session:
        head = chain.note(session, keys, db.now(session), "An", "index.upload")
    if command[0] == "keys":
        for path in keys.path.parent.iterdir():
            path.unlink()
    else:
        keys.path.with_name(f"{keys.path.name}.head").write_text(f"9:{'0' * 64}")
    office.says(*command)
    clock.now = datetime.now(UTC) + timedelta(minutes=1)  # a command goes by that on the wall
    keys = KeyFile(keys.path)
    with db.transaction() as session:
        taken, now = outbox.take(session, db.now(session)), db.now(session)
        assert taken is not None
        assert outbox.take(session, now) is None, "the council alone"
        last = chain.head(session)
        data = staffletters.render(session, keys, configured, "a@vi-du.vn", taken, now)
    letter = message_from_bytes(data, policy=default)
    text = letter.get_body().get_content()  # type: ignore[attr-defined]
    assert letter["Subject"] == "Mã nhật ký của hệ thống Phiếu"
    assert f"Trên máy chủ vừa có việc: {deed}" in text
    assert last.number == head.number + 1
    assert f"\n{last}\n" in text.replace("\r\n", "\n")


def worked(db: Database, session_of: Any, email: str) -> Counter[tuple[str, str, int]]:
    """What asking for a new password does to the database: (verb, table, rows) of each step."""
    done: Counter[tuple[str, str, int]] = Counter()

    def heard(_c: object, cursor: Any, statement: str, *_more: object) -> None:
        verb = statement.split()[0].upper()
        rows = cursor.rowcount if verb in ("UPDATE", "DELETE") else 0
        # A row that is deleted is a row touched, as one that is changed.
        name = "touch" if verb in ("UPDATE", "DELETE") else verb
        done[name, "staff_letter" if "staff_letter" in statement else "", rows] += 1

    event.listen(db.engine, "after_cursor_execute", heard)
    try:
        session_of.open("/quan-tri/quen-mat-khau").submit({"email": email})
    finally:
        event.remove(db.engine, "after_cursor_execute", heard)
    assert session_of.status == 200
    return done


def queued(session: Session) -> int:
    return len(session.scalars(select(StaffLetter).where(col(StaffLetter.kind) == "reset")).all())


def test_a_forgotten_password_is_the_same_work_whoever_asks(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upkeep, "SEEN_FOR", 0.0)  # asked each time, not by the second
    staff_id, _secret = make_staff(db, keys, "officer")
    with db.reading() as session:
        email = accounts.get(session, staff_id).email
    somebody(db, "chua-nhan@vi-du.vn")
    browser = stranger(db, keys, configured)
    known = worked(db, browser, email)
    with db.reading() as session:
        assert queued(session) == 1
    assert sum(number for (verb, _t, _r), number in known.items() if verb == "INSERT") == 1
    assert known["touch", "staff_letter", 1] == 1
    assert worked(db, browser, "khong-co@vi-du.vn") == known
    assert worked(db, browser, "chua-nhan@vi-du.vn") == known, "invited, never there"
    with db.reading() as session:
        assert queued(session) == 2, "told whom to ask"
    for _number in range(staffmail.RESETS_A_DAY):
        assert worked(db, browser, email) == known
    with db.reading() as session:
        assert queued(session) == staffmail.RESETS_A_DAY + 1, (
            "strangers and the seventh left nothing"
        )
    # The links of those letters hold for an hour.
    clock.move(hours=1, minutes=1)
    for _number in range(2):
        assert worked(db, browser, email) == known
    with db.reading() as session:
        assert queued(session) == staffmail.RESETS_A_DAY + 2, "nobody asks a letter away"
