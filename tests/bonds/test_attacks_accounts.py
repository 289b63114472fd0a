"""Whoever writes to the database gets into no account, no role and no key, and is told of.

The attacker of these tests can write whatever he likes to any table, put back rows he copied
before, and may have an account of his own; he does not have the key file.
"""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import settings
from app.audit.chain import Head
from app.bonds import accountfacts, pledges
from app.commands import serving
from app.keys.keyfile import KeyFile
from app.mending import leftopen
from app.settings import Settings
from app.staff import accounts, connections, factors, passwords, staff
from app.staff.accounts import AccountRefused
from app.staff.links import Links
from app.store.db import Database
from app.store.staffmodels import Staff
from app.waves import launch, officers, staffmail
from app.waves import wave as waves_of
from app.waves.wave import WaveRefused
from app.web.console.desk.cookies import cookie_name
from app.worker import sending
from tests.bonds.test_attacks import SQLITE
from tests.commands.test_staff import Shell, shell
from tests.conftest import Clock, first_on_both
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.consoles import Clerk, choose_password, desk_of, make_staff, new_session, stranger
from tests.making.posting import through
from tests.making.smtp import smtp_server
from tests.staff.test_staff import GOOD, member, setup_path, signing_in
from tests.waves.test_two_people import close

__all__ = ["shell"]

ACCOUNTS = "/quan-tri/tai-khoan"
SIGN_IN = "/quan-tri/dang-nhap"
PHRASE = "một câu mật khẩu rất dài của kẻ gian"
ALTERED = "đã bị sửa ngoài hệ thống"


def write(db: Database, statement: str, **values: Any) -> None:
    """As somebody does who has the database's password."""
    with db.transaction() as session:
        session.connection().execute(text(statement), values)


def unguard(db: Database) -> None:
    """No trigger keeps anybody from the row of a wave any more."""
    if not db.is_sqlite:
        write(db, "ALTER TABLE wave DISABLE TRIGGER USER")
        return
    for trigger in rows(db, "sqlite_master", "type = 'trigger'"):
        write(db, f"DROP TRIGGER {trigger['name']}")


def rows(db: Database, table: str, where: str = "1 = 1", **values: Any) -> list[dict[str, Any]]:
    with db.reading() as session:
        found = session.connection().execute(
            text(f"SELECT * FROM {table} WHERE {where} ORDER BY 1"), values
        )
        return [dict(row._mapping) for row in found]


def insert(db: Database, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    write(db, f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{n}' for n in row)})", **row)


def set_back(db: Database, table: str, row: dict[str, Any]) -> None:
    """An earlier state of a row that is still there."""
    changes = ", ".join(f"{name} = :{name}" for name in row)
    write(db, f"UPDATE {table} SET {changes} WHERE id = :id", **row)


@pytest.fixture
def thief(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    """Somebody of the lowest role, with a password, signed in."""
    clerk, email = member(db, keys, configured, "council")
    signing_in(clerk, email, GOOD, clerk.code())
    assert clerk.path == ACCOUNTS
    clerk.used = 0
    return clerk


@pytest.fixture
def admin(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return desk_of(db, keys, configured, "admin", name="Trần Thu Hà")


@pytest.fixture
def officer(db: Database, keys: KeyFile, configured: Settings) -> Clerk:
    return desk_of(db, keys, configured, "officer", name="Lò Văn Sơn")


def is_in(clerk: Clerk) -> bool:
    """Whether the browser's session opens the console."""
    return not clerk.open(ACCOUNTS).path.startswith(SIGN_IN)


def told_of(admin: Clerk) -> str:
    """What the page of accounts says to an administrator."""
    assert admin.open(ACCOUNTS).path == ACCOUNTS
    return admin.text


def email_of(db: Database, staff_id: int) -> str:
    (row,) = rows(db, "staff", "id = :id", id=staff_id)
    return str(row["email"])


def counted(db: Database, role: str = "officer") -> int:
    with db.reading() as session:
        return accounts.count_of(session, role)


# Sessions


def test_a_session_of_ones_own_making_opens_nothing(
    db: Database, keys: KeyFile, configured: Settings, thief: Clerk, officer: Clerk
) -> None:
    (mine,) = rows(db, "staff_session", "staff_id = :id", id=thief.staff_id)
    made = stranger(db, keys, configured)
    key = "k" * 43
    for key_hash in (hashlib.sha256(key.encode()).digest(), key.encode()):
        insert(db, "staff_session", {**mine, "key_hash": key_hash, "staff_id": officer.staff_id})
        for cookie in (key, ".".join([key, *_cookie(thief, configured).split(".")[1:]])):
            made.sit_down(cookie_name(configured), cookie)
            assert not is_in(made)


def _cookie(clerk: Clerk, configured: Settings) -> str:
    return str(clerk.client.cookies[cookie_name(configured)])


@SQLITE
def test_a_session_moved_to_an_officer_opens_nothing(
    db: Database, thief: Clerk, officer: Clerk
) -> None:
    move = "UPDATE staff_session SET staff_id = :to WHERE staff_id = :of"
    write(db, move, to=officer.staff_id, of=thief.staff_id)
    assert not is_in(thief)


@SQLITE
def test_a_session_prolonged_opens_nothing(db: Database, clock: Clock, thief: Clerk) -> None:
    write(db, "UPDATE staff_session SET expires_at = '2036-01-01 00:00:00.000000'")
    assert not is_in(thief)


@SQLITE
def test_a_session_put_back_after_a_new_password_opens_nothing(
    db: Database, thief: Clerk, officer: Clerk
) -> None:
    before = rows(db, "staff_session", "staff_id = :id", id=officer.staff_id)
    with db.transaction() as session:
        choose_password(session, officer.staff_id, GOOD)
    assert not is_in(officer)
    insert(db, "staff_session", before[0])
    assert not is_in(officer)


# Accounts


def test_a_blanked_second_factor_lets_nobody_in(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk
) -> None:
    clerk, email = member(db, keys, configured, "officer")
    blank = "UPDATE staff SET totp_sealed = NULL, totp_confirmed_at = NULL WHERE id = :id"
    write(db, blank, id=clerk.staff_id)
    assert signing_in(clerk, email, GOOD, "").refused
    assert ALTERED in told_of(admin)
    assert email in admin.text.replace(" ", "")


@SQLITE
def test_roles_set_by_hand_give_none(
    db: Database, admin: Clerk, thief: Clerk, officer: Clerk
) -> None:
    assert counted(db) == 1
    write(db, "UPDATE staff SET roles = 'officer council admin' WHERE id = :id", id=thief.staff_id)
    assert not is_in(thief)
    assert counted(db) == 1
    assert counted(db, "admin") == 1
    assert ALTERED in told_of(admin)


@SQLITE
def test_another_ones_password_hash_lets_nobody_in(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, thief: Clerk
) -> None:
    victim, email = member(db, keys, configured, "officer")
    (mine,) = rows(db, "staff", "id = :id", id=thief.staff_id)
    taken = "UPDATE staff SET password_hash = :hash, totp_sealed = :sealed WHERE id = :id"
    write(db, taken, hash=mine["password_hash"], sealed=mine["totp_sealed"], id=victim.staff_id)
    other = stranger(db, keys, configured)
    for code in (thief.code(), victim.code()):
        assert signing_in(other, email, GOOD, code).refused
    assert ALTERED in told_of(admin)


def test_an_account_of_ones_own_making_does_not_exist(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, thief: Clerk
) -> None:
    (mine,) = rows(db, "staff", "id = :id", id=thief.staff_id)
    made = {**mine, "id": 77, "email": "x@vi-du.vn", "email_key": "x@vi-du.vn"}
    insert(db, "staff", {**made, "roles": "officer admin", "totp_sealed": None})
    write(db, "UPDATE staff SET totp_confirmed_at = NULL WHERE id = 77")
    assert signing_in(stranger(db, keys, configured), "x@vi-du.vn", GOOD, "").refused
    assert counted(db) == 0
    assert ALTERED in told_of(admin)


@SQLITE
def test_a_removed_officer_put_back_stays_removed(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk
) -> None:
    clerk, email = member(db, keys, configured, "officer")
    (before,) = rows(db, "staff", "id = :id", id=clerk.staff_id)
    with db.transaction() as session:
        accounts.remove(session, clerk.staff_id, db.now(session))
    set_back(db, "staff", before)
    assert signing_in(clerk, email, GOOD, clerk.code()).refused
    assert counted(db) == 0
    assert ALTERED in told_of(admin)


@SQLITE
def test_an_earlier_password_put_back_lets_nobody_in(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk
) -> None:
    clerk, email = member(db, keys, configured, "officer")
    (before,) = rows(db, "staff", "id = :id", id=clerk.staff_id)
    with db.transaction() as session:
        choose_password(session, clerk.staff_id, f"{GOOD} lần nữa")
    set_back(db, "staff", before)
    assert signing_in(clerk, email, GOOD, clerk.code()).refused
    assert ALTERED in told_of(admin)


# Neither of them says who may do what: a code that was used, when an account was made, wrong codes.
FREE = {"totp_step", "created_at", "wrong_codes"}
OTHER = {
    "id": 4711,
    "name": "Ai Khác",
    "email": "x@vi-du.vn",
    "email_key": "x@vi-du.vn",
    "roles": "officer",
    "password_hash": "$argon2id$v=19$m=64,t=1,p=1$YWJjZGVmZ2hpamts$YWJjZGVmZ2hpamtsbW5vcA",
    "totp_sealed": b"x" * 48,
    "totp_confirmed_at": "2025-01-01 00:00:00.000000",
    "removed_at": "2025-01-01 00:00:00.000000",
}


def test_each_column_of_an_account_is_held_to_the_key_file_or_decides_nothing() -> None:
    bound = {column.key for column in accountfacts.COLUMNS}
    assert bound == set(OTHER)
    assert set(Staff.model_fields) - bound <= FREE


@first_on_both("column", [*sorted(OTHER)])
def test_whatever_is_changed_in_an_account_it_is_used_no_more(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, column: str
) -> None:
    clerk = desk_of(db, keys, configured, "officer", "council")
    with db.transaction() as session:
        password = passwords.hashed(GOOD)
        accounts.use_password(session, clerk.staff_id, password)
    email = email_of(db, clerk.staff_id)
    clerk.sit_down(cookie_name(configured), new_session(db, clerk.staff_id))
    assert is_in(clerk)
    if column == "id":
        write(db, "DELETE FROM staff_session WHERE staff_id = :id", id=clerk.staff_id)
    change = f"UPDATE staff SET {column} = :value WHERE id = :id"
    write(db, change, value=OTHER[column], id=clerk.staff_id)
    assert not is_in(clerk)
    for typed in (email, "x@vi-du.vn"):
        assert signing_in(stranger(db, keys, configured), typed, GOOD, clerk.code()).refused
        clerk.used = 0
    assert counted(db) == 0
    with db.transaction() as session:
        staffmail.queue_heads(session, db.now(session), "", "keys.new", Head(1, "ab"))
    assert rows(db, "staff_letter") == []
    assert ALTERED in told_of(admin) or column == "removed_at"


def test_an_altered_account_is_set_right_as_it_was_and_never_as_its_row_says(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk
) -> None:
    clerk, email = member(db, keys, configured, "council")
    change = "UPDATE staff SET email = 'x@vi-du.vn', email_key = 'x@vi-du.vn', roles = 'admin'"
    write(db, f"{change} WHERE id = :id", id=clerk.staff_id)
    # Who is to come back finds the own address taken.
    (row,) = rows(db, "staff", "id = :id", id=clerk.staff_id)
    insert(db, "staff", {**row, "id": 77, "email": email, "email_key": email})
    path = f"{ACCOUNTS}/{clerk.staff_id}"
    admin.open(path).press("Đặt lại tài khoản", {"ma-xac-thuc": admin.code()})
    assert admin.path == ACCOUNTS
    ((to, _message),) = mails(db, keys, configured)
    assert to == email
    with db.reading() as session:
        back = accounts.get(session, clerk.staff_id)
    assert (back.email, back.roles) == (email, {"council"})
    assert not back.has_password
    assert not back.altered


@SQLITE
def test_an_account_that_was_added_past_us_can_only_be_removed(
    db: Database, admin: Clerk, thief: Clerk
) -> None:
    (row,) = rows(db, "staff", "id = :id", id=thief.staff_id)
    insert(db, "staff", {**row, "id": 77, "email_key": "x", "roles": "admin"})
    path = f"{ACCOUNTS}/77"
    assert "Đặt lại tài khoản" not in admin.open(path).text
    assert "Đổi vai trò" not in admin.text
    with pytest.raises(AccountRefused), db.transaction() as session:
        accounts.reset(session, 77)
    admin.press("Xóa tài khoản", {"ma-xac-thuc": admin.code()})
    assert admin.path == ACCOUNTS
    assert ALTERED not in admin.text
    assert rows(db, "staff", "id = 77")[0]["roles"] == ""
    assert is_in(thief)


@first_on_both("how", ["reset", "remove"])
def test_an_account_that_was_taken_away_is_named_and_comes_back_or_goes_for_good(
    db: Database, keys: KeyFile, configured: Settings, admin: Clerk, how: str
) -> None:
    gone, _secret = make_staff(db, keys, "officer", name="Lò Văn Sơn")
    email = email_of(db, gone)
    for table in ("recovery_code", "staff_session", "staff_letter"):
        write(db, f"DELETE FROM {table} WHERE staff_id = :id", id=gone)
    write(db, "DELETE FROM staff WHERE id = :id", id=gone)
    assert "Lò Văn Sơn" in told_of(admin)
    assert "bị xóa khỏi cơ sở dữ liệu ngoài hệ thống" in admin.text
    with pytest.raises(AccountRefused, match=ALTERED), db.transaction() as session:
        accounts.add(session, email, "Ai Khác", ["officer"], db.now(session))
    # Its number is nobody else's meanwhile.
    other, _secret = make_staff(db, keys, "council")
    assert other != gone
    button = "Đặt lại tài khoản" if how == "reset" else "Xóa tài khoản"
    admin.open(f"{ACCOUNTS}/{gone}").press(button, {"ma-xac-thuc": admin.code()})
    assert ALTERED not in told_of(admin)
    with db.reading() as session:
        there = {each.id: each for each in accounts.everyone(session)}
    assert (gone in there) is (how == "reset")
    if how == "reset":
        assert (there[gone].email, there[gone].roles) == (email, {"officer"})


@SQLITE
def test_a_removed_account_that_came_back_is_only_removed_again(
    db: Database, keys: KeyFile, admin: Clerk
) -> None:
    staff_id, _secret = make_staff(db, keys, "officer", name="Lò Văn Sơn")
    (before,) = rows(db, "staff", "id = :id", id=staff_id)
    with db.transaction() as session:
        accounts.remove(session, staff_id, db.now(session))
    set_back(db, "staff", before)
    assert "đã xóa, nay bị đưa trở lại" in told_of(admin)
    with pytest.raises(AccountRefused), db.transaction() as session:
        accounts.reset(session, staff_id)
    admin.open(f"{ACCOUNTS}/{staff_id}").press("Xóa tài khoản", {"ma-xac-thuc": admin.code()})
    assert ALTERED not in told_of(admin)
    assert counted(db) == 0


def test_the_server_and_the_command_line_name_altered_accounts_and_set_them_right(
    db: Database, keys: KeyFile, shell: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    staff_id, _secret = make_staff(db, keys, "admin", name="Trần Thu Hà")
    email = email_of(db, staff_id)
    assert serving.altered_accounts(db) == ""
    write(db, "UPDATE staff SET roles = 'officer', email = 'x@vi-du.vn'")
    assert "1 tài khoản đã bị sửa ngoài hệ thống" in serving.altered_accounts(db)
    assert f"account {staff_id} differs" in caplog.text
    assert shell.run("staff", "list") == 0
    assert email in shell.out
    assert ALTERED in shell.out
    assert shell.run("staff", "reset", email) == 0
    assert serving.altered_accounts(db) == ""
    with db.reading() as session:
        assert accounts.get(session, staff_id).roles == {"admin"}


def test_a_setup_link_makes_no_second_first_account(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    path = setup_path(db, keys)
    make_staff(db, keys, "officer", "admin")
    write(db, "DELETE FROM staff")
    clerk = stranger(db, keys, configured)
    typed = {"ten": "Kẻ Gian", "email": "x@vi-du.vn", "mat-khau": GOOD, "lap-lai": GOOD}
    assert clerk.open(path).status == 404
    clerk.post(path, list(typed.items()))
    assert clerk.refused == "Đường dẫn này không còn dùng được"
    assert serving.setup_link(db, keys, configured.base_url) == ""
    with pytest.raises(AccountRefused), db.transaction() as session:
        accounts.set_up(session, "Kẻ Gian", "x@vi-du.vn", "", db.now(session))


def test_recovery_codes_moved_or_put_back_confirm_nothing(
    db: Database, keys: KeyFile, thief: Clerk, officer: Clerk
) -> None:
    with db.transaction() as session:
        mine = factors.new_recovery_codes(session, keys, thief.staff_id)
        old = factors.new_recovery_codes(session, keys, officer.staff_id)
    move = "UPDATE recovery_code SET staff_id = :to WHERE staff_id = :of"
    before = rows(db, "recovery_code", "staff_id = :id", id=officer.staff_id)
    with db.transaction() as session:
        new = factors.new_recovery_codes(session, keys, officer.staff_id)
        assert staff.confirm(session, keys, officer.staff_id, new[0], db.now(session))
    for row in before:
        insert(db, "recovery_code", row)
    with db.transaction() as session:
        now = db.now(session)
        assert not staff.confirm(session, keys, officer.staff_id, old[0], now)
    write(db, "DELETE FROM recovery_code WHERE staff_id = :id", id=officer.staff_id)
    write(db, move, to=officer.staff_id, of=thief.staff_id)
    with db.transaction() as session:
        assert not staff.confirm(session, keys, officer.staff_id, mine[0], db.now(session))


# Keys of a running wave


LAUNCH = "/quan-tri/dot/dot-thu/phat-phieu"


def form_of_copy(clerk: Clerk) -> list[tuple[str, str]]:
    """What the page of a draft sends to get a recovery copy, its ticket too."""
    form = clerk.open(LAUNCH).form_to("/khoa")
    typed = {"cau": PHRASE, "cau-lai": PHRASE, "ma-xac-thuc": clerk.code()}
    fields = [(name, value) for name, values in form.values.items() for value in values]
    return [*((name, value) for name, value in fields if name not in typed), *typed.items()]


def test_no_recovery_copy_of_a_running_wave_is_had_by_writing_to_the_database(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, thief: Clerk, officer: Clerk
) -> None:
    index = make_index()
    with db.transaction() as session:
        now = db.now(session)
        wave = waves_of.new(session, "dot-thu", index, now, now + timedelta(days=9), now)
        waves_of.import_roster(session, wave, make_people(index))
    # An officer of the office may be the one who writes there, with a page left open.
    kept = form_of_copy(officer)
    with db.transaction() as session:
        wave = waves_of.load(session, "dot-thu")
        launch.launch(db, session, keys, configured, wave, False)
    unguard(db)
    write(db, "UPDATE staff SET roles = 'officer' WHERE id = :id", id=thief.staff_id)
    write(db, "UPDATE wave SET launched_at = NULL")
    for clerk in (thief, officer):
        clerk.post(f"{LAUNCH}/khoa", kept)
        assert clerk.response.headers["content-type"].startswith("text/html")
        assert "phieu_recovery" not in clerk.response.text
    assert thief.path.startswith(SIGN_IN)
    for found in (officer, officer.open(LAUNCH)):
        assert found.refused == "Dữ liệu đã bị sửa ngoài hệ thống"
        assert "đã bị sửa ngoài hệ thống" in found.heading
        assert "lúc phát phiếu" in found.text


# Letters and links


def mails(db: Database, keys: KeyFile, configured: Settings) -> list[tuple[str, str]]:
    """What is sent now to whom: (address, text)."""
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
        return [(each.recipient, each.content.decode()) for each in server.kept]


def queued(db: Database, kind: str, staff_id: int, **facts: object) -> None:
    with db.transaction() as session:
        staffmail.queue(session, kind, staff_id, db.now(session), **facts)


def test_a_letter_to_staff_of_ones_own_making_never_goes(
    db: Database, keys: KeyFile, configured: Settings, thief: Clerk, officer: Clerk
) -> None:
    queued(db, "head", thief.staff_id, wave="dot-thu", action="wave.launch", head="1:ab")
    (row,) = rows(db, "staff_letter")
    made = {name: value for name, value in row.items() if name != "id"}
    lie = json.dumps({"wave": "dot-thu", "action": "wave.close", "head": "9:ff"})
    for place, change in enumerate(
        ({"staff_id": officer.staff_id}, {"kind": "reset"}, {"facts": lie}), start=91
    ):
        insert(db, "staff_letter", {**made, "id": place, **change})
    write(db, "UPDATE staff_letter SET facts = :lie WHERE id = :id", lie=lie, id=row["id"])
    assert mails(db, keys, configured) == []
    for each in rows(db, "staff_letter"):
        assert each["failed_at"] is not None
        assert "sửa ngoài hệ thống" in each["error"]


@SQLITE
def test_no_letter_goes_to_an_address_that_was_written_into_an_account(
    db: Database, keys: KeyFile, configured: Settings, officer: Clerk
) -> None:
    queued(db, "reset", officer.staff_id)
    write(db, "UPDATE staff SET email = 'x@vi-du.vn' WHERE id = :id", id=officer.staff_id)
    assert mails(db, keys, configured) == []
    (row,) = rows(db, "staff_letter")
    assert "sửa ngoài hệ thống" in row["error"]


@SQLITE
def test_an_old_letter_to_staff_does_not_go_again(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, officer: Clerk
) -> None:
    queued(db, "head", officer.staff_id, wave="dot-thu", action="wave.launch", head="1:ab")
    assert len(mails(db, keys, configured)) == 1
    (row,) = rows(db, "staff_letter")
    clock.move(days=8)
    write(db, "UPDATE staff_letter SET sent_at = NULL, failed_at = NULL")
    insert(db, "staff_letter", {**row, "id": 99, "sent_at": None})
    assert mails(db, keys, configured) == []


@SQLITE
def test_a_link_does_not_live_again_when_a_row_is_put_back(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, _email = member(db, keys, configured, "officer")
    (before,) = rows(db, "staff", "id = :id", id=clerk.staff_id)
    with db.transaction() as session:
        token = Links(keys).make(session, "reset", clerk.staff_id, db.now(session))
        choose_password(session, clerk.staff_id, f"{GOOD} lần nữa")
    path = f"/quan-tri/dat-lai-mat-khau/{token}"
    assert clerk.open(path).status == 404
    set_back(db, "staff", before)
    assert clerk.open(path).status == 404


# Two people


@pytest.fixture
def two(db: Database, keys: KeyFile, configured: Settings) -> tuple[Clerk, Clerk]:
    """Two officers, and a wave of theirs."""
    found = tuple(desk_of(db, keys, configured, name=name) for name in ("Trần Thu Hà", "Lò Văn B"))
    make_wave(db, keys, two_people=True)
    close(db)
    return found  # type: ignore[return-value]


def names(db: Database) -> list[str]:
    with db.reading() as session:
        return [each.name for each in officers.of(session, waves_of.load(session, "dot-thu"))]


def shown(clerk: Clerk) -> str:
    return str(clerk.open("/quan-tri/dot/dot-thu/mo-hom-phieu").text)


def test_who_came_after_the_launch_is_none_of_the_two_by_a_row(
    db: Database, keys: KeyFile, configured: Settings, two: tuple[Clerk, Clerk]
) -> None:
    late = desk_of(db, keys, configured, name="Vừa Thêm")
    row = rows(db, "wave_officer")[0]
    insert(db, "wave_officer", {**row, "staff_id": late.staff_id})
    assert names(db) == ["Lò Văn B", "Trần Thu Hà"]
    assert "Vừa Thêm" in shown(two[0])
    assert ALTERED in two[0].text


@SQLITE
def test_who_came_in_counts_no_earlier_by_a_row(
    db: Database, keys: KeyFile, configured: Settings, two: tuple[Clerk, Clerk]
) -> None:
    late = desk_of(db, keys, configured, name="Vừa Thêm")
    with db.transaction() as session:
        accounts.set_roles(session, two[1].staff_id, ["council"])
        wave, now = waves_of.load(session, "dot-thu"), db.now(session)
        officers.join(session, wave, late.staff_id, now)
    early = rows(db, "wave_officer")[0]["counts_from"]
    write(db, "UPDATE wave_officer SET counts_from = :early", early=early)
    with db.reading() as session:
        wave, now = waves_of.load(session, "dot-thu"), db.now(session)
        with pytest.raises(WaveRefused):
            officers.must_count(session, wave, late.staff_id, now)
    assert ALTERED in shown(two[0])


@SQLITE
def test_an_account_that_begins_anew_is_none_of_the_two_by_its_old_row(
    db: Database, keys: KeyFile, clock: Clock, two: tuple[Clerk, Clerk], admin: Clerk
) -> None:
    first, _second = two
    (row,) = rows(db, "wave_officer", "staff_id = :id", id=first.staff_id)
    clock.move(minutes=1)
    with db.transaction() as session:
        accounts.reset(session, first.staff_id)
        choose_password(session, first.staff_id, GOOD)
        factors.use_secret(session, keys, first.staff_id, b"x" * 20, 0, db.now(session))
    insert(db, "wave_officer", row)
    assert names(db) == ["Lò Văn B"]
    assert ALTERED in shown(two[1])


@SQLITE
def test_nobody_comes_in_where_a_row_was_taken_away(
    db: Database, keys: KeyFile, configured: Settings, two: tuple[Clerk, Clerk]
) -> None:
    late = desk_of(db, keys, configured, name="Vừa Thêm")
    write(db, "DELETE FROM wave_officer WHERE staff_id = :id", id=two[1].staff_id)
    with db.transaction() as session:
        wave, now = waves_of.load(session, "dot-thu"), db.now(session)
        with pytest.raises(WaveRefused, match="sửa ngoài hệ thống"):
            officers.join(session, wave, late.staff_id, now)
    assert ALTERED in shown(two[0])
    assert "Lò Văn B" in two[0].text


def test_a_key_of_connection_of_ones_own_making_opens_nothing(
    db: Database, keys: KeyFile, officer: Clerk
) -> None:
    with db.transaction() as session:
        real = connections.make(session, "Chấm điểm", "Hà", db.now(session))
    (row,) = rows(db, "connection_key")
    made = hashlib.sha256(b"key").digest()
    insert(db, "connection_key", {**row, "id": 9, "name": "Khác", "key_hash": made})
    with db.reading() as session:
        assert connections.is_live(session, real)
        assert not connections.is_live(session, "key")


# What a crash leaves


def test_after_a_crash_between_database_and_key_file_one_state_is_believed_alone(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, email = member(db, keys, configured, "officer")
    (before,) = rows(db, "staff", "id = :id", id=clerk.staff_id)
    with monkeypatch.context() as crash:
        crash.setattr(pledges, "_settle", lambda *_slot: None)
        with db.transaction() as session:
            choose_password(session, clerk.staff_id, f"{GOOD} lần nữa")
            factors.new_recovery_codes(session, keys, clerk.staff_id)
        with pytest.raises(KeyError):
            added_in_vain(db)
    leftopen.settle(db, keys)
    with db.reading() as session:
        assert accounts.altered(session) == []
        assert factors.recovery_codes_left(session, clerk.staff_id) == 10
    code = clerk.code()
    set_back(db, "staff", before)
    assert signing_in(clerk, email, GOOD, code).refused
    with db.transaction() as session:
        accounts.reset(session, clerk.staff_id)
        accounts.add(session, "x@vi-du.vn", "Có Rồi", ["officer"], db.now(session))


def added_in_vain(db: Database) -> None:
    with db.transaction() as session:
        accounts.add(session, "x@vi-du.vn", "Chưa Có", ["officer"], db.now(session))
        raise KeyError


def test_after_a_crash_who_came_in_is_in_and_who_did_not_is_not(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    two: tuple[Clerk, Clerk],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = desk_of(db, keys, configured, name="Vừa Thêm")
    with db.transaction() as session:
        accounts.set_roles(session, two[1].staff_id, ["council"])

    def come_in(fails: bool) -> None:
        with monkeypatch.context() as crash, db.transaction() as session:
            crash.setattr(pledges, "_settle", lambda *_slot: None)
            wave = waves_of.load(session, "dot-thu")
            officers.join(session, wave, late.staff_id, db.now(session))
            if fails:
                raise KeyError

    with pytest.raises(KeyError):
        come_in(fails=True)
    leftopen.settle(db, keys)
    assert names(db) == ["Trần Thu Hà"]
    come_in(fails=False)
    leftopen.settle(db, keys)
    assert names(db) == ["Trần Thu Hà", "Vừa Thêm"]
    assert ALTERED not in shown(two[0])


# Two people made one


ALONE = [
    "DELETE FROM staff WHERE id = :id",
    "UPDATE staff SET roles = 'council' WHERE id = :id",
    "UPDATE staff SET totp_confirmed_at = NULL WHERE id = :id",
    "UPDATE staff SET removed_at = created_at WHERE id = :id",
]


@first_on_both("statement", ALONE)
def test_nobody_launches_alone_by_altering_the_other_officer(
    db: Database, keys: KeyFile, configured: Settings, statement: str
) -> None:
    relay = settings.read({"PHIEU_SMTP_URL": "smtp://127.0.0.1:9"}).relay
    index, clerk = make_index(), desk_of(db, keys, replace(configured, relay=relay))
    other, _secret = make_staff(db, keys, "officer", name="Lò Văn Sơn")
    with db.transaction() as session:
        now = db.now(session)
        wave = waves_of.new(session, "dot-thu", index, now, now + timedelta(days=9), now)
        # Then its check list is short.
        wave.rehearsal = True
        session.flush()
        waves_of.import_roster(session, wave, make_people(index, 60))
    write(db, "DELETE FROM recovery_code")
    write(db, statement, id=other)
    form = clerk.open(LAUNCH).form_to("/phat-phieu")
    clerk.send(form, {"ma-xac-thuc": clerk.code()})
    assert clerk.refused
    assert "Lò Văn Sơn" in clerk.text
    assert ALTERED in clerk.text
    with db.reading() as session:
        assert waves_of.load(session, "dot-thu").launched_at is None


@first_on_both("statement", ALONE)
def test_nobody_copies_the_master_key_alone_by_altering_the_others(
    db: Database, keys: KeyFile, admin: Clerk, statement: str
) -> None:
    other, _secret = make_staff(db, keys, "officer", name="Lò Văn Sơn")
    write(db, statement, id=other)
    path = f"{ACCOUNTS}/khoa-goc"
    form = admin.open(path).form_to(path)
    admin.send(form, {"cau": PHRASE, "cau-lai": PHRASE, "ma-xac-thuc": admin.code()})
    assert admin.refused
    assert "Lò Văn Sơn" in admin.text
    assert "phieu_master" not in admin.response.text
