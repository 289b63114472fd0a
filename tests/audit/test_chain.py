"""The log: a chain that finds what was edited, deleted, put in another order or cut off."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DatabaseError

from app.audit import chain, checking
from app.audit.chain import ChainBroken, Line
from app.audit.head import HeadUnreadable
from app.bonds.wavefacts import WaveAltered
from app.count import unsealing
from app.keys.keyfile import KeyFile
from app.papers import auditbook
from app.settings import Settings
from app.store.db import Database
from app.waves import closing
from app.waves import wave as waves
from tests.making.blocks import cast_all, make_wave
from tests.making.consoles import desk_of

LINES = 6


@pytest.fixture
def logged(db: Database, keys: KeyFile) -> Database:
    for number in range(LINES):
        with db.transaction() as session:
            chain.note(session, keys, db.now(session), "An", "roster.add", "w", respondent=number)
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
        head = checking.verify(session, keys)
        assert head == chain.head(session)
        assert checking.verify(session, keys, chain.read_head(f" {head} ")) == head
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
        checking.verify(session, keys)


def test_a_log_made_anew_differs_from_the_head_that_was_printed(
    logged: Database, keys: KeyFile
) -> None:
    with logged.reading() as session:
        printed = chain.head(session)
    tamper(logged, "DELETE FROM audit")
    keys.path.with_name(f"{keys.path.name}.head").unlink()
    for _number in range(LINES + 1):
        with logged.transaction() as session:
            chain.note(session, keys, logged.now(session), "Kẻ gian", "roster.add", "w")
    with logged.reading() as session:
        assert checking.verify(session, keys).number == LINES + 1
        with pytest.raises(ChainBroken, match="làm lại"):
            checking.verify(session, keys, printed)
        with pytest.raises(ChainBroken, match="Mã nhật ký có dạng"):
            chain.read_head("không phải")


def test_a_head_is_read_as_people_copy_it_from_paper() -> None:
    mac = "c2ad505b71b08870" * 4
    for typed in (
        f"28:{mac}",
        f"28: {mac[:40]}\n  {mac[40:]}",
        f"28:{mac.upper()}.",
        f"ngày 02/3/2026 28:{mac} hết",
    ):
        assert chain.typed_head(typed) == chain.Head(28, mac)
    for typed in (mac, f"28:{mac[:-1]}", f"28:{mac}0", f"sha256:{mac}", "28"):
        with pytest.raises(HeadUnreadable):
            chain.typed_head(typed)


def test_a_head_that_was_mistyped_is_no_sign_of_a_log_that_was_tampered_with(
    logged: Database, keys: KeyFile, configured: Settings
) -> None:
    council = desk_of(logged, keys, configured, "council")
    with logged.reading() as session:
        head = str(chain.head(session))
    slip = head[:-1] + ("0" if head[-1] != "0" else "1")
    for typed, words, is_refused in (
        (f"Mã: {head}.", "Khớp với mã đã nhập", False),
        (head[:-1], "Mã nhật ký có dạng", True),
        (slip, "so lại từng chữ", True),
        (f"7{head}", "Nhật ký không có dòng", True),
    ):
        council.open("/quan-tri/nhat-ky").press("Kiểm tra", {"ma": typed})
        said = bool(council.refused), words in council.text
        assert said == (is_refused, True), council.text[:400]
        assert "không còn nguyên vẹn" not in council.text
        assert council.form_to("/kiem-tra").values["ma"] == [typed]
    tamper(logged, "UPDATE audit SET who = 'Bình' WHERE number = 3")
    council.open("/quan-tri/nhat-ky").press("Kiểm tra", {"ma": slip})
    assert "không còn nguyên vẹn" in council.text


def more(db: Database, keys: KeyFile, lines: int) -> None:
    for _number in range(lines):
        with db.transaction() as session:
            chain.note(session, keys, db.now(session), "Bình", "index.upload")


def test_lines_cut_off_are_missed_however_long_the_log_grows_again(
    logged: Database, keys: KeyFile, caplog: pytest.LogCaptureFixture
) -> None:
    tamper(logged, "DELETE FROM audit WHERE number > 4")
    for _day in range(3):
        more(logged, keys, LINES)
        with logged.reading() as session, pytest.raises(ChainBroken) as broken:
            checking.verify(session, keys)
        assert "Dòng 6" in str(broken.value)
        assert "đã được khôi phục từ một bản lưu cũ hơn" in str(broken.value)
        assert "phieu audit accept" in str(broken.value)
    assert "no longer holds line 6" in caplog.text


def test_a_log_that_was_cut_is_seen_without_being_asked(
    logged: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(logged, keys, configured)
    assert "không còn như đã ghi" not in clerk.open("/quan-tri/nhat-ky").text
    tamper(logged, "DELETE FROM audit WHERE number > 4")
    assert "Dòng 6 của nhật ký không còn như đã ghi" in clerk.open("/quan-tri/nhat-ky").text
    more(logged, keys, LINES)
    assert "Dòng 6 của nhật ký không còn như đã ghi" in clerk.open("/quan-tri/nhat-ky").text
    clerk.press("Kiểm tra")
    assert clerk.refused
    assert "phieu audit accept" in clerk.text


def test_a_restored_database_is_accepted_with_a_line_that_says_so(
    logged: Database, keys: KeyFile
) -> None:
    with logged.reading() as session:
        printed = chain.head(session)
    tamper(logged, "DELETE FROM audit WHERE number > 4")
    more(logged, keys, 1)
    with logged.transaction() as session:
        checking.accept(session, keys, logged.now(session), "dòng lệnh", "đĩa hỏng ngày 2/3")
    with logged.reading() as session:
        assert checking.gap(session, keys) == ""
        head = checking.verify(session, keys)
        (line,) = chain.lines(session, "audit.accept")
        with pytest.raises(ChainBroken, match="Nhận nhật ký"):
            checking.verify(session, keys, printed)
    facts = {"kept_head": str(printed), "last_line": 5, "reason": "đĩa hỏng ngày 2/3"}
    assert (head.number, line.number, line.facts) == (6, 6, facts)
    more(logged, keys, 1)
    tamper_again = "DELETE FROM audit WHERE number > 6"
    with logged.transaction() as session:
        session.connection().exec_driver_sql(tamper_again)
    with logged.reading() as session, pytest.raises(ChainBroken, match="thiếu dòng 7"):
        checking.verify(session, keys)


def test_nothing_but_a_restored_database_is_accepted(logged: Database, keys: KeyFile) -> None:
    def accept() -> None:
        with logged.transaction() as session:
            checking.accept(session, keys, logged.now(session), "dòng lệnh", "vì sao")

    with pytest.raises(ChainBroken, match="không thiếu dòng nào"):
        accept()
    tamper(
        logged,
        "DELETE FROM audit WHERE number > 4",
        "UPDATE audit SET who = 'Bình' WHERE number = 2",
    )
    with pytest.raises(ChainBroken, match="Dòng 2"):
        accept()
    with logged.reading() as session:
        assert chain.head(session).number == 4


def test_a_spoiled_head_is_not_written_over(logged: Database, keys: KeyFile) -> None:
    kept = keys.path.with_name(f"{keys.path.name}.head")
    kept.write_text("")
    more(logged, keys, 1)
    with logged.reading() as session, pytest.raises(ChainBroken, match="Không đọc được"):
        checking.verify(session, keys)
    with logged.transaction() as session:
        checking.accept(session, keys, logged.now(session), "dòng lệnh", "tệp hỏng")
    with logged.reading() as session:
        assert checking.verify(session, keys).number == LINES + 2


def test_a_full_disk_beside_the_key_file_denies_no_deed_and_is_caught_up(
    logged: Database, keys: KeyFile, configured: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    clerk = desk_of(logged, keys, configured)
    # Stands for a disk without room: the next head cannot be written.
    full = keys.path.with_name(f"{keys.path.name}.head.new")
    full.mkdir()
    clerk.open("/quan-tri/tai-khoan")
    clerk.send(clerk.form_to("/ten"), {"ten": "Tên Mới"})
    assert clerk.fine
    assert "Tên Mới" in clerk.text
    assert "not noted beside the key file" in caplog.text
    with logged.reading() as session:
        number = checking.verify(session, keys).number
    full.rmdir()
    more(logged, keys, 1)
    tamper(logged, f"DELETE FROM audit WHERE number > {number}")
    with logged.reading() as session, pytest.raises(ChainBroken, match=f"thiếu dòng {number + 1}"):
        checking.verify(session, keys)


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
        "cách giữ khóa: khóa trên máy chủ của cơ quan tổ chức; việc được đề nghị: cấp lại phiếu;"
        " vai trò: Hội đồng, chuyên viên; số người: 1.611"
    )


def test_a_deed_that_is_rolled_back_leaves_no_line(logged: Database, keys: KeyFile) -> None:
    def fails() -> None:
        with logged.transaction() as session:
            chain.note(session, keys, logged.now(session), "An", "wave.launch", "w")
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with logged.reading() as session:
        assert checking.verify(session, keys).number == LINES


def test_many_at_once_make_one_chain(db: Database, keys: KeyFile) -> None:
    assert keys.tokens  # made before there are many: whether it may be asks the database

    def write() -> None:
        for _number in range(5):
            with db.transaction() as session:
                chain.note(session, keys, db.now(session), "An", "roster.add", "w")

    threads = [threading.Thread(target=write) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as session:
        assert checking.verify(session, keys).number == 20
    # However the commits and the heads of several processes overtake each other.
    tamper(db, "DELETE FROM audit WHERE number > 19")
    with db.reading() as session, pytest.raises(ChainBroken, match="thiếu dòng 20"):
        checking.verify(session, keys)


def test_a_swapped_digest_of_the_urn_is_held_against_the_log(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys)
    cast_all(db, keys, wave)
    with db.transaction() as session:
        found = waves.load(session, wave.code)
        closing.close(db, session, found)
        closing.note_closing(session, keys, found, "An", db.now(session))
    with db.transaction() as session:
        session.connection().exec_driver_sql("UPDATE wave SET urn_digest = 'sha256:khác'")
    with pytest.raises(WaveAltered, match="mã kiểm tra hòm phiếu"):
        unsealing.unseal(db, keys, wave.code)
