"""Accounts changed between a look and a deed: what was decided is compared again."""

import re

import pytest
from sqlmodel import col, select
from typer.testing import CliRunner

from app.commands import main
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import accounts, factors, outbox, passwords, proofs, staff
from app.staff.accounts import AccountRefused
from app.store.db import Database
from app.store.staffmodels import Staff, StaffSession
from app.waves import staffmail
from app.worker import housekeeping
from tests.conftest import Clock
from tests.making.consoles import choose_password, make_staff, new_session, stranger
from tests.staff.test_account_attacks import secret_on
from tests.staff.test_staff import GOOD, enrol, member, signing_in
from tests.web.console.test_accounts import invited, link_of

NEW = "mười hai con giáp cùng chạy"


def sessions(db: Database, staff_id: int) -> int:
    with db.reading() as session:
        mine = select(StaffSession).where(col(StaffSession.staff_id) == staff_id)
        return len(session.scalars(mine).all())


@pytest.mark.parametrize("change", ["password", "reset", "removed", "telephone"])
def test_no_session_begins_with_what_was_changed_meanwhile(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    make_staff(db, keys, "admin")
    clerk, email = member(db, keys, configured)
    if change == "telephone":
        with db.transaction() as session:
            accounts.reset(session, clerk.staff_id)
            choose_password(session, clerk.staff_id, GOOD)
    real = proofs.is_right

    def late(known: proofs.Known | None, typed: str) -> bool:
        right = real(known, typed)
        with db.transaction() as session:
            if change == "password":
                choose_password(session, clerk.staff_id, NEW)
            elif change == "reset":
                accounts.reset(session, clerk.staff_id)
            elif change == "removed":
                accounts.remove(session, clerk.staff_id, db.now(session))
            else:
                now = db.now(session)
                factors.use_secret(session, keys, clerk.staff_id, b"x" * 20, 0, now)
        return right

    monkeypatch.setattr(proofs, "is_right", late)
    code = "" if change == "telephone" else clerk.code()
    assert signing_in(clerk, email, GOOD, code).refused
    assert sessions(db, clerk.staff_id) == 0


def test_of_two_who_open_one_invitation_the_first_chooses_the_password(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff_id = invited(db)
    link = f"/quan-tri/moi/{link_of(db, keys, staff_id)}"
    first, second = stranger(db, keys, configured), stranger(db, keys, configured)
    first.open(link)
    second.open(link)
    real = passwords.hashed

    def late(password: str) -> str:
        monkeypatch.undo()
        first.submit({"mat-khau": GOOD, "lap-lai": GOOD})
        return real(password)

    monkeypatch.setattr(passwords, "hashed", late)
    second.submit({"mat-khau": NEW, "lap-lai": NEW})
    assert second.refused == "Đường dẫn này không còn dùng được"
    assert first.open("/quan-tri/xac-thuc-hai-lop").path == "/quan-tri/xac-thuc-hai-lop"


def test_of_two_first_telephones_the_first_stays(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.tokens, "the key file is there before there are accounts"
    staff_id = invited(db)
    with db.transaction() as session:
        choose_password(session, staff_id, GOOD)
    first, second = stranger(db, keys, configured), stranger(db, keys, configured)
    for clerk in (first, second):
        signing_in(clerk, "a@vi-du.vn", GOOD, "")
        clerk.secret = secret_on(clerk)
    real = staff.step_of

    def late(*asked: object) -> int | None:
        monkeypatch.undo()
        first.submit({"ma": first.code()})
        assert first.heading == "Mã dự phòng"
        return real(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(staff, "step_of", late)
    second.submit({"ma": second.code()})
    assert second.refused == "Trang vừa gửi đã cũ"
    with db.reading() as session:
        sealed = session.get_one(Staff, staff_id).totp_sealed
    assert sealed is not None
    assert staff.open_secret(keys, staff_id, sealed) == first.secret


def test_a_first_telephone_is_not_set_over_another_nor_a_next_one_without_it(
    db: Database, keys: KeyFile
) -> None:
    staff_id, secret = make_staff(db, keys, "officer")
    new = invited(db)
    with db.transaction() as session:
        now = db.now(session)
        assert not factors.use_secret(session, keys, staff_id, b"x" * 20, 1, now)
        assert not factors.use_secret(session, keys, new, b"x" * 20, 1, now, first=False)
        assert factors.use_secret(session, keys, new, b"x" * 20, 1, now)
        sealed = session.get_one(Staff, staff_id).totp_sealed
        assert sealed is not None
        assert staff.open_secret(keys, staff_id, sealed) == secret


def test_the_last_administrator_is_reset_on_the_server_only(db: Database, keys: KeyFile) -> None:
    admin, _secret = make_staff(db, keys, "admin", "officer")
    officer, _other = make_staff(db, keys, "officer")
    invited(db, "sau-nay@vi-du.vn", "admin")
    with db.transaction() as session:
        with pytest.raises(AccountRefused, match="quản trị cuối cùng"):
            accounts.reset(session, admin)
        assert accounts.get(session, admin).has_second_factor
        accounts.reset(session, officer)
        accounts.reset(session, admin, even_last=True)
        assert not accounts.get(session, admin).has_password


def test_an_administrator_who_lost_everything_comes_back_by_the_command_line(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured, "admin")
    signing_in(clerk, email, GOOD, clerk.code())
    with db.transaction() as session:
        staffmail.queue(session, "invitation", clerk.staff_id, db.now(session))
    told = {
        "PHIEU_DATA": str(configured.data),
        "PHIEU_DATABASE_URL": configured.database_url,
        "PHIEU_KEY_FILE": str(configured.key_file),
    }
    done = CliRunner().invoke(main.app, ["staff", "reset", email], env=told)
    assert done.exit_code == 0, done.output
    assert "chỉ trao tận tay" in done.output
    assert clerk.open("/quan-tri/tai-khoan").path.startswith("/quan-tri/dang-nhap")
    with db.reading() as session:
        assert not outbox.is_due(session, db.now(session)), "no second link in a mailbox"
    link = re.search(r"/quan-tri/moi/\S+", done.output)
    assert link is not None
    clerk.open(link[0]).submit({"mat-khau": NEW, "lap-lai": NEW})
    enrol(clerk, keys, clock)
    assert clerk.open("/quan-tri/tai-khoan").path == "/quan-tri/tai-khoan"


def test_a_session_that_ran_out_is_forgotten(db: Database, keys: KeyFile, clock: Clock) -> None:
    staff_id, _secret = make_staff(db, keys, "officer")
    new_session(db, staff_id)
    clock.move(hours=5)
    new_session(db, staff_id)
    housekeeping.forget_sessions(db)
    assert sessions(db, staff_id) == 2
    clock.move(hours=5)
    housekeeping.forget_sessions(db)
    with db.reading() as session:
        (kept,) = session.scalars(select(StaffSession)).all()
        assert kept.expires_at > db.now(session)
