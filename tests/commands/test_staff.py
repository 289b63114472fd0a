"""`phieu staff …` and `phieu audit verify`: for who lost everything, and for who doubts the log."""

import re
import sys
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from app.audit import chain
from app.commands import main
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import accounts
from app.store.db import Database
from tests.making.consoles import Clerk, choose_password, make_staff, stranger
from tests.staff.test_staff import GOOD


@dataclass
class Shell:
    """A command line with the settings of the test."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def run(self, *words: str) -> int:
        """Run `phieu` with these words; gives its status."""
        self.monkeypatch.setattr(sys, "argv", ["phieu", *words])
        with pytest.raises(SystemExit) as ended:
            main.main()
        self.out, self.err = self.capsys.readouterr()
        return int(ended.value.code or 0)


@pytest.fixture
def shell(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    configured: Settings,
    database_url: str,
) -> Shell:
    for name, value in {
        "PHIEU_DATA": str(configured.data),
        "PHIEU_DATABASE_URL": database_url,
        "PHIEU_KEY_FILE": str(configured.key_file),
        "PHIEU_MAIL_FROM": "phieu@vi-du.vn",
        "PHIEU_BASE_URL": configured.base_url,
    }.items():
        monkeypatch.setenv(name, value)
    return Shell(monkeypatch, capsys)


def link_in(printed: str) -> str:
    found = re.search(r"/quan-tri/moi/\S+", printed)
    assert found is not None, printed
    return found.group()


def test_who_lost_password_telephone_and_codes_comes_back(
    db: Database, keys: KeyFile, configured: Settings, shell: Shell, clock: object
) -> None:
    staff_id, _secret = make_staff(db, keys, "officer", "admin")
    with db.transaction() as session:
        choose_password(session, staff_id, GOOD)
        email = accounts.get(session, staff_id).email
    db.clock = None  # the command line goes by the real clock
    assert shell.run("staff", "reset", email) == 0
    path = link_in(shell.out)
    clerk: Clerk = stranger(db, keys, configured)
    clerk.open("/quan-tri/dang-nhap").submit({"email": email, "mat-khau": GOOD, "ma": "000000"})
    assert clerk.refused, "the old password is gone"
    clerk.open(path).submit({"mat-khau": GOOD + " ơi", "lap-lai": GOOD + " ơi"})
    assert clerk.path == "/quan-tri/xac-thuc-hai-lop", "and a new telephone is asked for"
    assert clerk.open(path).status == 404
    with db.reading() as session:
        (line,) = chain.lines(session, "account.reset")
    assert (line.who, line.facts) == (chain.COMMAND_LINE, {"staff": email})


def test_accounts_are_added_listed_and_removed(db: Database, shell: Shell) -> None:
    assert shell.run("staff", "list") == 0
    assert "Chưa có tài khoản nào" in shell.err
    assert shell.run("staff", "add", "ha@vi-du.vn", "--role", "admin", "--name", "Hà") == 0
    assert link_in(shell.out)
    assert shell.run("staff", "add", "HA@vi-du.vn", "--role", "officer") == 1
    assert shell.err.strip()
    assert shell.run("staff", "add", "b@vi-du.vn", "--role", "vua") == 1
    assert shell.run("staff", "list") == 0
    assert shell.out.splitlines() == ["ha@vi-du.vn  admin  Hà  (chưa xong lời mời)"]
    assert shell.run("staff", "reset", "khong-co@vi-du.vn") == 1
    assert shell.run("staff", "add", "c@vi-du.vn", "--role", "council") == 0
    assert shell.run("staff", "remove", "ha@vi-du.vn") == 1
    assert "người quản trị cuối cùng" in shell.err
    assert shell.run("staff", "remove", "c@vi-du.vn") == 0
    with db.reading() as session:
        assert [each.email for each in accounts.everyone(session)] == ["ha@vi-du.vn"]


@pytest.fixture
def logged(db: Database, keys: KeyFile) -> chain.Head:
    with db.transaction() as session:
        for number in range(1, 6):
            now = db.now(session)
            head = chain.note(session, keys, now, "Hà", "wave.export", "w", sheet=number)
    return head


def change(db: Database, statement: str) -> None:
    """By the hand of who owns the database, and may take its triggers away."""
    with db.transaction() as session:
        connection = session.connection()
        if db.is_sqlite:
            found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
            for name in connection.execute(text(found)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for each in statement.split(";"):
            connection.execute(text(each))


def test_an_honest_log_is_whole_and_its_head_is_told(shell: Shell, logged: chain.Head) -> None:
    assert shell.run("audit", "verify") == 0
    assert "nguyên vẹn: 5 dòng" in shell.out
    assert str(logged) in shell.out
    assert shell.run("audit", "verify", "--head", str(logged)) == 0
    assert shell.run("audit", "verify", "--head", "5:abc") == 1
    assert shell.run("audit", "verify", "--head", f"5:{'0' * 64}") == 1
    assert "khác với mã" in shell.err


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit SET facts = '{\"sheet\": 9}' WHERE number = 3", "Dòng 3"),
        ("DELETE FROM audit WHERE number = 2", "thiếu dòng 2"),
        (
            "UPDATE audit SET number = 99 WHERE number = 4;"
            "UPDATE audit SET number = 4 WHERE number = 5;"
            "UPDATE audit SET number = 5 WHERE number = 99",
            "Dòng 4",
        ),
        ("DELETE FROM audit WHERE number > 3", "thiếu dòng 4"),
    ],
    ids=["edited", "deleted", "reordered", "cut off"],
)
def test_a_log_that_was_tampered_with_is_told_by_its_line(
    db: Database, shell: Shell, logged: chain.Head, statement: str, words: str
) -> None:
    change(db, statement)
    assert shell.run("audit", "verify") == 1
    assert words in shell.err
    assert "Traceback" not in shell.err
