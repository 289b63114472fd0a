"""Accounts: the first one, the second factor, links, wrong tries, sessions that end."""

import re
import subprocess
import sys
import threading
from base64 import b32decode
from datetime import timedelta

import pytest

from app.audit import chain, checking
from app.keys.keyfile import KeyFile
from app.language import moment
from app.settings import Settings
from app.staff import accounts, factors, letters, outbox, passwords, staff
from app.staff.accounts import AccountRefused
from app.staff.links import Links
from app.store.db import Database
from app.web.console.desk.cookies import cookie_name
from tests.conftest import Clock
from tests.making.consoles import Clerk, choose_password, desk_of, make_staff, new_session, stranger
from tests.making.html import words
from tests.making.posting import make_letters

ACCOUNTS = "/quan-tri/tai-khoan"
GOOD = "con mèo trèo cây cau hỏi thăm"


def setup_path(db: Database, keys: KeyFile) -> str:
    with db.reading() as session:
        return f"/quan-tri/thiet-lap/{Links(keys).make(session, 'setup', 0, db.now(session))}"


def enrol(clerk: Clerk, keys: KeyFile, clock: Clock) -> list[str]:
    """Scan the secret and type its first code; gives the recovery codes."""
    clerk.open("/quan-tri/xac-thuc-hai-lop")
    assert 'class="segno"' in clerk.response.text
    spelled = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", clerk.text)
    assert spelled is not None
    clerk.secret = b32decode(spelled.group().replace(" ", ""))
    code = clerk.code()
    clerk.submit({"ma": f"{code[:3]}-{code[3:]} "})
    assert clerk.heading == "Mã dự phòng"
    return re.findall(r"\b[B-Z2-9]{5}-[B-Z2-9]{5}\b", clerk.text)


def test_the_first_account_comes_from_the_setup_link_and_only_once(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    path = setup_path(db, keys)
    first, second = stranger(db, keys, configured), stranger(db, keys, configured)
    first.open(path)
    second.open(path)
    typed = {"ten": "Trần Thu Hà", "email": "ha@vi-du.vn", "mat-khau": GOOD, "lap-lai": GOOD}
    first.submit({**typed, "lap-lai": "khác"})
    assert first.refused
    assert first.form.values["email"] == ["ha@vi-du.vn"]
    assert GOOD not in first.response.text
    first.submit(typed)
    assert first.path == "/quan-tri/xac-thuc-hai-lop"
    first.open("/quan-tri/tai-khoan")
    assert first.path == "/quan-tri/xac-thuc-hai-lop", "nothing else is open before that"
    codes = enrol(first, keys, clock)
    assert len(set(codes)) == 10
    ticket = first.open("/quan-tri/xac-thuc-hai-lop").form_to("/xac-thuc-hai-lop").values["ve"][0]
    first.post("/quan-tri/xac-thuc-hai-lop", [("ve", ticket), ("ma", "123456")])
    assert "Điện thoại đã đặt xong" in first.text, "the form of the first telephone, sent twice"
    assert first.open("/quan-tri/tai-khoan").status == 200
    second.submit({**typed, "email": "ai-do@vi-du.vn"})
    assert second.refused == "Đường dẫn này không còn dùng được"
    assert second.open(path).status == 404
    with db.reading() as session:
        assert [a.email for a in accounts.everyone(session)] == ["ha@vi-du.vn"]
        assert accounts.everyone(session)[0].roles == {"officer", "admin"}
    with db.reading() as session:
        assert checking.verify(session, keys).number == len(chain.lines(session))


def signing_in(clerk: Clerk, email: str, password: str, code: str) -> Clerk:
    clerk.open("/quan-tri/dang-nhap?tiep=/quan-tri/tai-khoan")
    clerk.submit({"email": email, "mat-khau": password, "ma": code})
    return clerk


def member(db: Database, keys: KeyFile, configured: Settings, *roles: str) -> tuple[Clerk, str]:
    """Somebody with a password, not signed in; gives the address too."""
    clerk = stranger(db, keys, configured)
    clerk.staff_id, clerk.secret = make_staff(db, keys, *(roles or ("officer",)))
    with db.transaction() as session:
        choose_password(session, clerk.staff_id, GOOD)
        return clerk, accounts.get(session, clerk.staff_id).email


def test_a_code_passes_once(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    code = clerk.code()
    assert signing_in(clerk, email, GOOD, code).path == "/quan-tri/tai-khoan"
    other = stranger(db, keys, configured)
    assert signing_in(other, email, GOOD, code).refused
    clock.move(seconds=60)
    assert signing_in(other, email, GOOD, code).refused, "neither later"
    assert signing_in(other, email, GOOD, clerk.code()).fine


def test_of_two_requests_with_one_code_one_passes(db: Database, keys: KeyFile) -> None:
    staff_id, secret = make_staff(db, keys, "officer")
    with db.reading() as session:
        code = staff.code_at(secret, int(db.now(session).timestamp()) // staff.STEP)
    passed = []

    def attempt() -> None:
        with db.transaction() as session:
            passed.append(staff.confirm(session, keys, staff_id, code, db.now(session)))

    threads = [threading.Thread(target=attempt) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False, False, False, True]


def test_a_recovery_code_passes_once_and_for_its_owner_alone(db: Database, keys: KeyFile) -> None:
    (mine, _secret), (other, _other) = (make_staff(db, keys, "officer") for _n in range(2))
    with db.transaction() as session:
        codes = factors.new_recovery_codes(session, keys, mine)
        now = db.now(session)
        assert not staff.confirm(session, keys, other, codes[0], now)
        assert staff.confirm(session, keys, mine, f" {codes[0].lower()} ", now)
        assert not staff.confirm(session, keys, mine, codes[0], now)
        assert factors.recovery_codes_left(session, mine) == 9


def test_every_wrong_sign_in_hears_the_same(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, email = member(db, keys, configured)
    tries = [
        ("ai-do@vi-du.vn", GOOD, clerk.code()),
        (email, "sai mật khẩu rồi", clerk.code()),
        (email, GOOD, "000000"),
    ]
    said = set()
    for typed in tries:
        signing_in(clerk, *typed)
        assert clerk.refused
        said.add(clerk.response.text.replace(typed[0], "…"))
    assert len(said) == 1


def test_too_many_wrong_tries_wait_but_nobody_else_does(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "is_right", lambda password, known: bool(known))
    clerk, email = member(db, keys, configured)
    for _number in range(20):
        assert signing_in(clerk, email, "x", "000000").refused
    assert signing_in(clerk, email, "x", "000000").refused == "Có quá nhiều lần nhập sai"
    assert signing_in(clerk, "khac@vi-du.vn", "x", "000000").refused


def test_sessions_end_with_the_password(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    signing_in(clerk, email, GOOD, clerk.code())
    elsewhere = stranger(db, keys, configured)
    clock.move(minutes=1)
    signing_in(elsewhere, email, GOOD, clerk.code())
    clerk.open("/quan-tri/tai-khoan")
    stale = clerk.form_to("/tai-khoan/ten")
    form = elsewhere.open("/quan-tri/tai-khoan").form_to("/mat-khau")
    clock.move(minutes=1)
    new = "một câu khác hẳn câu trước"
    typed = {"mat-khau-cu": GOOD, "mat-khau": new, "lap-lai": new}
    elsewhere.send(form, {**typed, "ma-xac-thuc": "123456"})
    assert elsewhere.refused
    elsewhere.send(form, {**typed, "ma-xac-thuc": clerk.code()})
    assert elsewhere.path.startswith("/quan-tri/dang-nhap")
    clerk.send(stale, {"ten": "Kẻ gian"})
    assert clerk.path.startswith("/quan-tri/dang-nhap")
    assert "chưa được thực hiện" in clerk.text
    with db.reading() as session:
        assert accounts.get(session, clerk.staff_id).name != "Kẻ gian"
    clock.move(minutes=1)
    assert signing_in(clerk, email, GOOD, clerk.code()).refused
    assert signing_in(clerk, email, new, clerk.code()).fine


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_session_lasts_ten_hours(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    clock.move(hours=9, minutes=59)
    assert clerk.open("/quan-tri/tai-khoan").path == "/quan-tri/tai-khoan"
    clock.move(minutes=2)
    assert clerk.open("/quan-tri/tai-khoan").path == "/quan-tri/dang-nhap?tiep=/quan-tri/tai-khoan"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_session_ends_when_nobody_asks_for_a_page_for_half_an_hour(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    clerk.works_on = False
    for _look in range(3):
        clock.move(minutes=29)
        assert clerk.open(ACCOUNTS).path == ACCOUNTS, "each page begins the half hour anew"
        footer = words(clerk.tree.find(".//footer"))
        assert moment(clock() + timedelta(minutes=30)).replace("\u00a0", " ") in footer
    clock.move(minutes=10)
    clerk.open(ACCOUNTS)
    form = clerk.form_to("/tai-khoan/ten")
    clock.move(minutes=30)
    clerk.send(form, {"ten": "Tên Mới"})
    assert clerk.path == f"/quan-tri/dang-nhap?tiep={ACCOUNTS}"
    assert "quá 30 phút không mở, không gửi trang nào" in clerk.text
    assert "nội dung vừa nhập không được giữ" in clerk.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_that_asks_by_itself_keeps_no_session_awake(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    make_letters(db, keys, 3)
    clerk.works_on = False
    progress = "/quan-tri/dot/dot-thu/phat-phieu/tien-do"
    clock.move(minutes=20)
    assert clerk.open(progress).status == 200
    assert "set-cookie" not in clerk.response.headers
    clock.move(minutes=11)
    asked = clerk.client.get(progress, headers={"hx-request": "true"})
    assert asked.status_code == 403
    assert asked.headers["hx-refresh"] == "true"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mark_of_ones_own_making_keeps_no_session_awake(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, other = (desk_of(db, keys, configured) for _n in range(2))
    name = cookie_name(configured)
    key, seconds, mark = str(clerk.client.cookies[name]).split(".")
    theirs = str(other.client.cookies[name]).split(".")[2]
    clerk.works_on = False
    for cookie in (
        key,
        f"{key}.{seconds}",
        f"{key}.{seconds}.",
        f"{key}.{int(seconds) + 1}.{mark}",
        f"{key}.{seconds}.{theirs}",
        f"{key}.-1.{mark}",
        f"{key}.{'9' * 30}.{mark}",
        f"{key}.{seconds}.{mark}.",
        "",
        "...",
    ):
        clerk.sit_down(name, cookie)
        assert clerk.open(ACCOUNTS).path.startswith("/quan-tri/dang-nhap")
    clerk.sit_down(name, f"{key}.{seconds}.{mark}")
    assert clerk.open(ACCOUNTS).path == ACCOUNTS


def test_an_administrator_invites_changes_resets_and_removes(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    admin = desk_of(db, keys, configured, "admin")
    admin.open("/quan-tri/tai-khoan")
    form = admin.form_to("/them")
    typed = {"ten-moi": "Lò Văn A", "email": "a@vi-du.vn", "vai-tro": ["council"]}
    admin.send(form, {**typed, "ma-xac-thuc": admin.code()})
    assert "thư mời đang được gửi" in admin.text
    with db.transaction() as session:
        now = db.now(session)
        letter = outbox.take(session, now)
        assert letter is not None
        assert (letter.kind, letter.email) == ("invitation", "a@vi-du.vn")
        token = Links(keys).make(session, "invitation", letter.staff_id, now)
    invited = stranger(db, keys, configured)
    invited.open(f"/quan-tri/moi/{token}").submit({"mat-khau": GOOD, "lap-lai": GOOD})
    enrol(invited, keys, clock)
    assert invited.open("/quan-tri/nhat-ky").status == 200
    assert stranger(db, keys, configured).open(f"/quan-tri/moi/{token}").status == 404
    path = f"/quan-tri/tai-khoan/{letter.staff_id}"
    admin.open(path).submit({"vai-tro": ["officer"], "ma-xac-thuc": "000000"})
    assert admin.refused
    admin.open(path).submit({"vai-tro": ["admin"], "ma-xac-thuc": admin.code()})
    assert invited.open("/quan-tri/nhat-ky").status == 403, "roles hold at once"
    admin.open(path)
    admin.press("Đặt lại tài khoản", {"ma-xac-thuc": admin.code()})
    assert invited.open("/quan-tri/tai-khoan").path.startswith("/quan-tri/dang-nhap")
    clock.move(minutes=2)
    admin.open(path)
    admin.press("Rút lời mời", {"ma-xac-thuc": admin.code()})
    with db.reading() as session, pytest.raises(AccountRefused):
        accounts.find(session, "a@vi-du.vn")
    own = f"/quan-tri/tai-khoan/{admin.staff_id}"
    admin.open(own).submit({"vai-tro": ["officer"], "ma-xac-thuc": admin.code()})
    assert "quản trị cuối cùng" in admin.text


def test_an_officer_sees_no_accounts_of_others(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    other, _secret = make_staff(db, keys, "admin", name="Vàng Thị Sen")
    clerk = desk_of(db, keys, configured, "officer", "council")
    assert "Vàng Thị Sen" not in clerk.open("/quan-tri/tai-khoan").response.text
    # The same of an account that is not there.
    for staff_id in (other, 999_999):
        assert clerk.open(f"/quan-tri/tai-khoan/{staff_id}").status == 403
    clerk.post(f"/quan-tri/tai-khoan/{other}", [("xoa", "")])
    assert clerk.refused == "Trang này không thuộc vai trò của tài khoản này"


def test_a_forgotten_password_needs_mailbox_and_telephone(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    answers = set()
    for address in (email, "khong-co@vi-du.vn"):
        clerk.open("/quan-tri/quen-mat-khau").submit({"email": address})
        answers.add(clerk.response.text)
    assert len(answers) == 1
    with db.transaction() as session:
        now = db.now(session)
        letter = outbox.take(session, now)
        assert letter is not None
        assert outbox.take(session, now) is None
        message = letters.render(session, keys, configured, "phieu@vi-du.vn", letter, now)
        token = Links(keys).make(session, "reset", letter.staff_id, now)
    assert b"quan-tri" not in message, "the text travels in base64"
    new = "một câu khác hẳn câu trước"
    path = f"/quan-tri/dat-lai-mat-khau/{token}"
    clerk.open(path).submit({"mat-khau": new, "lap-lai": new, "ma": "000000"})
    assert clerk.refused
    clerk.submit({"mat-khau": new, "lap-lai": new, "ma": clerk.code()})
    assert clerk.path == "/quan-tri/dang-nhap"
    assert clerk.open(path).status == 404, "it died with the old password"
    clock.move(minutes=1)
    assert signing_in(clerk, email, new, clerk.code()).fine


def test_links_run_out_and_cannot_be_bent(db: Database, keys: KeyFile, clock: Clock) -> None:
    staff_id, _secret = make_staff(db, keys, "officer")
    links = Links(keys)
    with db.reading() as session:
        now = db.now(session)
        token = links.make(session, "reset", staff_id, now)
        assert links.read(session, "reset", token, now) == staff_id
        assert links.read(session, "invitation", token, now) is None
        assert links.read(session, "reset", token[:-2] + "aa", now) is None
        assert links.read(session, "reset", "thử", now) is None
        assert links.read(session, "reset", token, now + timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("ngắn quá", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("Matkhau123456", False),
        ("thuha2026abc", False),
        (GOOD, True),
        ("x" * 500 + "abcdefg hij", True),
    ],
)
def test_passwords_are_long_and_not_notorious(password: str, fine: bool) -> None:
    assert (passwords.password_fault(password, "Thu Hà", "ha@vi-du.vn") is None) is fine


def test_the_table_holds_no_secret(db: Database, keys: KeyFile) -> None:
    staff_id, secret = make_staff(db, keys, "officer")
    key = new_session(db, staff_id).partition(".")[0]
    with db.transaction() as session:
        codes = factors.new_recovery_codes(session, keys, staff_id)
        choose_password(session, staff_id, GOOD)
    with db.reading() as session:
        rows = [
            repr(session.connection().exec_driver_sql(f"SELECT * FROM {table}").all())
            for table in ("staff", "staff_session", "recovery_code")
        ]
    for word in (GOOD, key, codes[0], codes[0].replace("-", ""), repr(secret)[2:-1]):
        assert word not in "".join(rows)


def test_cookies_are_kept_to_this_host(db: Database, keys: KeyFile, configured: Settings) -> None:
    clerk, email = member(db, keys, configured)
    clerk.open("/quan-tri/dang-nhap")
    response = clerk.client.post(
        "/quan-tri/dang-nhap", data={"email": email, "mat-khau": GOOD, "ma": clerk.code()}
    )
    cookies = response.headers.get_list("set-cookie")
    assert any(cookie.startswith(f"{cookie_name(configured)}=") for cookie in cookies)
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


def test_a_guess_costs_what_it_should() -> None:
    """As the program runs it; tests in this process pay less."""
    asked = """
from app.keys import recovery
from app.staff import passwords
print(passwords.hashed("x"), recovery.STRETCH)
"""
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert int(told.stdout.split()[1]) >= 2**16
