"""The log: a chain that finds what was edited, deleted, put in another order or cut off."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DatabaseError

from app import audit, auditbook, closing, unsealing, waves
from app.audit import ChainBroken, Line
from app.db import Database
from app.keys import KeyFile
from app.waves import WaveRefused
from tests.making import cast_all, make_wave

LINES = 6


@pytest.fixture
def logged(db: Database, keys: KeyFile) -> Database:
    for number in range(LINES):
        with db.transaction() as session:
            audit.note(session, keys, db.now(session), "An", "roster.add", "w", respondent=number)
    return db


def tamper(db: Database, *statements: str) -> None:
    """As an administrator of the database would, triggers out of the way."""
    with db.transaction() as session:
        connection = session.connection()
        if db.is_sqlite:
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_append_only_{verb}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER audit_append_only")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_an_honest_log_is_whole(logged: Database, keys: KeyFile) -> None:
    with logged.reading() as session:
        head = audit.verify(session, keys)
        assert head == audit.head(session)
        assert audit.verify(session, keys, audit.read_head(f" {head} ")) == head
    assert head.number == LINES


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["UPDATE audit SET who = 'Bình' WHERE number = 3"], "Dòng 3"),
        (["UPDATE audit SET facts = '{}' WHERE number = 6"], "Dòng 6"),
        (["DELETE FROM audit WHERE number = 2"], "thiếu dòng 2"),
        (["DELETE FROM audit WHERE number > 4"], "thiếu dòng 5"),
        (["DELETE FROM audit"], "thiếu dòng 1"),
        (
            [
                "UPDATE audit SET number = 99 WHERE number = 2",
                "UPDATE audit SET number = 2 WHERE number = 3",
                "UPDATE audit SET number = 3 WHERE number = 99",
            ],
            "Dòng 2",
        ),
        (
            [
                "INSERT INTO audit (number, at, who, action, wave, facts, mac)"
                " SELECT 7, at, who, action, wave, facts, mac FROM audit WHERE number = 6"
            ],
            "Dòng 7",
        ),
    ],
    ids=["edited", "facts", "deleted", "cut off", "emptied", "reordered", "added"],
)
def test_what_was_done_to_the_log_is_found(
    logged: Database, keys: KeyFile, statements: list[str], words: str
) -> None:
    tamper(logged, *statements)
    with logged.reading() as session, pytest.raises(ChainBroken, match=words):
        audit.verify(session, keys)


def test_a_log_made_anew_differs_from_the_head_that_was_printed(
    logged: Database, keys: KeyFile
) -> None:
    with logged.reading() as session:
        printed = audit.head(session)
    tamper(logged, "DELETE FROM audit")
    keys.path.with_name(f"{keys.path.name}.head").unlink()
    for _number in range(LINES + 1):
        with logged.transaction() as session:
            audit.note(session, keys, logged.now(session), "Kẻ gian", "roster.add", "w")
    with logged.reading() as session:
        assert audit.verify(session, keys).number == LINES + 1
        with pytest.raises(ChainBroken, match="làm lại"):
            audit.verify(session, keys, printed)
        with pytest.raises(ChainBroken, match="Mã nhật ký có dạng"):
            audit.read_head("không phải")


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit WHERE number = 6"]
)
def test_the_database_itself_refuses_to_change_a_line(logged: Database, statement: str) -> None:
    with pytest.raises(DatabaseError), logged.transaction() as session:
        session.connection().exec_driver_sql(statement)


def test_what_the_log_keeps_as_a_code_is_read_in_words() -> None:
    facts = {"mode": "office", "proposal": "void", "roles": ["council", "officer"], "people": 1611}
    line = Line(1, datetime(2026, 3, 1, tzinfo=UTC), "An", "wave.launch", "w", facts, "")
    assert auditbook.in_words(line) == (
        "cách giữ khóa: trên máy chủ của cơ quan tổ chức; việc được đề nghị: cấp lại phiếu;"
        " vai trò: Hội đồng, chuyên viên; số người: 1.611"
    )


def test_a_deed_that_is_rolled_back_leaves_no_line(logged: Database, keys: KeyFile) -> None:
    def fails() -> None:
        with logged.transaction() as session:
            audit.note(session, keys, logged.now(session), "An", "wave.launch", "w")
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with logged.reading() as session:
        assert audit.verify(session, keys).number == LINES


def test_many_at_once_make_one_chain(db: Database, keys: KeyFile) -> None:
    def write() -> None:
        for _number in range(5):
            with db.transaction() as session:
                audit.note(session, keys, db.now(session), "An", "roster.add", "w")

    threads = [threading.Thread(target=write) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as session:
        assert audit.verify(session, keys).number == 20


def test_a_swapped_digest_of_the_urn_is_held_against_the_log(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    cast_all(db, keys, wave)
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        closing.close(db, session, found)
        closing.note_closing(session, keys, found, "An", db.now(session))
    with db.transaction() as session:
        session.connection().exec_driver_sql("UPDATE wave SET urn_digest = 'sha256:khác'")
    with pytest.raises(WaveRefused, match="khác với mã trong nhật ký"):
        unsealing.unseal(db, keys, wave.code)
