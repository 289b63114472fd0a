"""Accounts under attack and out of order: each of these went wrong once."""

import asyncio
import contextlib
import re
import threading
import time
from base64 import b32decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlmodel import select

from app.audit import chain
from app.staff import accounts, passwords, staff
from app.staff.accounts import AccountRefused
from app.staff.links import Links
from app.store.staffmodels import StaffLetter
from app.waves import staffmail
from app.worker import sending
from app.worker.sending import RelayRefused
from tests.making.consoles import choose_password, desk_of, make_staff, stranger
from tests.making.posting import make_letters, states, through
from tests.making.smtp import CUT, smtp_server

one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GOOD = "con trâu đen ăn cỏ"


def email_of(db, i):
    with db.reading() as s:
        return accounts.get(s, i).email


def give_password(db, i):
    with db.transaction() as s:
        choose_password(s, i, GOOD)


@one
def test_a_limit_on_wrong_codes_holds_also_for_the_right_one(db, keys, configured, monkeypatch):
    """Password known, codes guessed: after the limit nothing passes."""
    i, secret = make_staff(db, keys, "officer")
    give_password(db, i)
    c = stranger(db, keys, configured)
    mail = email_of(db, i)
    for n in range(25):
        c.open("/quan-tri/dang-nhap").submit({"email": mail, "mat-khau": GOOD, "ma": f"{n:06d}"})
    assert c.refused == "Có quá nhiều lần nhập sai"
    c.secret = secret
    c.open("/quan-tri/dang-nhap").submit({"email": mail, "mat-khau": GOOD, "ma": c.code()})
    assert c.refused == "Có quá nhiều lần nhập sai", "a guesser who goes on gets in"


@one
def test_wrong_codes_of_a_session_are_limited(db, keys, configured):
    c = desk_of(db, keys, configured, "officer")
    for n in range(60):
        c.open("/quan-tri/tai-khoan")
        c.send(c.form_to("ma-du-phong"), {"ma-xac-thuc": f"{n:06d}"})
    assert c.refused == "Có quá nhiều lần nhập sai"
    with db.reading() as s:
        told = chain.lines(s, "account.code")
        assert {line.who for line in told} == {accounts.get(s, c.staff_id).who}
    assert 10 < len(told) < 30, "each that was compared, and none that was not"


@one
def test_the_limit_of_an_account_counts_a_whole_network(db, keys, configured, monkeypatch):
    monkeypatch.setattr(passwords, "is_right", lambda *_a: False)
    c = stranger(db, keys, configured)
    for n in range(21):
        c.client._transport.inner.client = (f"2001:db8::{n:x}", 1)
        c.open("/quan-tri/dang-nhap").submit({"email": "ai@vi-du.vn", "mat-khau": "x", "ma": "0"})
    assert c.refused == "Có quá nhiều lần nhập sai"


@one
def test_changing_the_telephone_never_leaves_an_account_to_its_password(db, keys, configured):
    c = desk_of(db, keys, configured, "officer")
    give_password(db, c.staff_id)
    # sign in anew, since the password ended the session
    s = stranger(db, keys, configured)
    s.secret = c.secret
    mail = email_of(db, c.staff_id)
    s.open("/quan-tri/dang-nhap").submit({"email": mail, "mat-khau": GOOD, "ma": s.code()})
    s.open("/quan-tri/xac-thuc-hai-lop")
    thief = stranger(db, keys, configured)
    thief.open("/quan-tri/dang-nhap").submit({"email": mail, "mat-khau": GOOD, "ma": ""})
    assert thief.refused == "Đăng nhập", f"in with the password alone: {thief.path} {thief.heading}"


@one
def test_letters_of_a_wave_go_although_a_letter_to_staff_cannot(db, keys, configured):
    no_from = replace(configured, mail_from=None)
    i, _s = make_staff(db, keys, "council")
    make_letters(db, keys, 3)
    with db.transaction() as s:
        staffmail.queue(s, "invitation", i, db.now(s))
    with smtp_server() as server:
        worker = sending.Worker(db, keys, through(no_from, server))
        worker._send(asyncio.Event())
    assert states(db) == {"sent": 3} or len(server.kept) == 3


@one
def test_phieu_send_says_why_a_letter_to_staff_cannot_go(db, keys, configured):
    no_from = replace(configured, mail_from=None)
    i, _s = make_staff(db, keys, "council")
    with db.transaction() as s:
        staffmail.queue(s, "invitation", i, db.now(s))
    with smtp_server() as server, pytest.raises(RelayRefused, match="PHIEU_MAIL_FROM"):
        sending.send_due(db, keys, through(no_from, server))


@one
def test_an_unreachable_relay_uses_up_no_attempts(db, keys, configured):
    i, _s = make_staff(db, keys, "council")
    with db.transaction() as s:
        staffmail.queue(s, "invitation", i, db.now(s))
    with smtp_server() as server:
        port = server.port
    dead = through(configured, port)
    with contextlib.suppress(RelayRefused):
        sending.send_due(db, keys, dead)
    with db.reading() as s:
        assert s.scalars(select(StaffLetter)).one().attempts == 0


@one
def test_an_old_invitation_stays_dead_after_a_reset(db, keys, configured):
    with db.transaction() as s:
        now = db.now(s)
        i = accounts.add(s, "a.nguyen@vi-du.vn", "A Nguyễn", ["officer"], now)
        old = Links(keys).make(s, "invitation", i, now)
        choose_password(s, i, GOOD)
        assert Links(keys).read(s, "invitation", old, now) is None
        accounts.reset(s, i)
        assert Links(keys).read(s, "invitation", old, now) is None, "the used link opens again"


def test_two_administrators_cannot_remove_each_other_at_once(db, keys):
    a, _ = make_staff(db, keys, "admin")
    b, _ = make_staff(db, keys, "admin")
    barrier = threading.Barrier(2)

    def go(who):
        try:
            with db.transaction() as s:
                if not db.is_sqlite:
                    barrier.wait(5)
                accounts.remove(s, who, db.now(s))
                if not db.is_sqlite:
                    time.sleep(0.3)
            return True
        except AccountRefused:
            return False

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(go, (a, b)))
    with db.reading() as s:
        assert accounts.count_of(s, "admin") == 1


@one
def test_an_invited_administrator_does_not_count_as_the_last_one(db, keys):
    a, _ = make_staff(db, keys, "admin")
    with db.transaction() as s:
        accounts.add(s, "moi@vi-du.vn", "Mới", ["admin"], db.now(s))
        with pytest.raises(AccountRefused):
            accounts.remove(s, a, db.now(s))


@one
def test_no_password_is_hashed_while_the_database_is_locked_for_writing(
    db, keys, configured, monkeypatch
):
    locked = []
    for name in ("hashed", "is_right"):
        real = getattr(passwords, name)

        def spy(*a, _real=real, _name=name):
            locked.append((_name, db._writing.locked()))
            return _real(*a)

        monkeypatch.setattr(passwords, name, spy)
    with db.transaction() as s:
        i = accounts.add(s, "a.nguyen@vi-du.vn", "A Nguyễn", ["officer"], db.now(s))
        t = Links(keys).make(s, "invitation", i, db.now(s))
    stranger(db, keys, configured).open(f"/quan-tri/moi/{t}").submit(
        {"mat-khau": GOOD, "lap-lai": GOOD}
    )
    assert locked
    assert not [n for n, w in locked if w]


@one
def test_a_removed_person_gets_no_letter(db, keys, configured):
    make_staff(db, keys, "admin")
    with db.transaction() as s:
        i = accounts.add(s, "a.nguyen@vi-du.vn", "A Nguyễn", ["officer"], db.now(s))
        staffmail.queue(s, "invitation", i, db.now(s))
        accounts.remove(s, i, db.now(s))
    with smtp_server() as server:
        sending.send_due(db, keys, through(configured, server))
    assert not server.kept


@one
def test_a_letter_to_staff_keeps_its_message_id(db, keys, configured):
    i, _s = make_staff(db, keys, "council")
    with db.transaction() as s:
        staffmail.queue(s, "invitation", i, db.now(s))
    first = []
    with smtp_server(
        lambda step, _r: CUT if step == "kept" and not first.append(1) and len(first) == 1 else None
    ) as server:
        sending.send_due(db, keys, through(configured, server))
        db.clock.move(minutes=2)
        sending.send_due(db, keys, through(configured, server))
    assert len(server.kept) == 2
    assert len({k.message["Message-ID"] for k in server.kept}) == 1


@one
def test_the_name_in_the_log_is_clean(db, keys, configured):
    with db.transaction() as s:
        t = Links(keys).make(s, "setup", 0, db.now(s))
    c = stranger(db, keys, configured)
    c.open(f"/quan-tri/thiet-lap/{t}").submit(
        {"ten": "Hà \u202eTrần\u202c", "email": "ha@vi-du.vn", "mat-khau": GOOD, "lap-lai": GOOD}
    )
    with db.reading() as s:
        assert chain.lines(s, "account.setup")[0].who.isprintable()


@one
def test_ballot_letters_go_without_mail_from(db, keys, configured):
    no_from = replace(configured, mail_from=None)
    make_letters(db, keys, 3)
    with smtp_server() as server:
        error = sending.Worker(db, keys, through(no_from, server))._send(asyncio.Event())
    assert error is None
    assert states(db) == {"sent": 3}


@one
def test_no_telephone_change_password_alone_fails(db, keys, configured):
    c = desk_of(db, keys, configured, "officer")
    give_password(db, c.staff_id)
    t = stranger(db, keys, configured)
    t.open("/quan-tri/dang-nhap").submit(
        {"email": email_of(db, c.staff_id), "mat-khau": GOOD, "ma": ""}
    )
    assert t.refused == "Đăng nhập"


def secret_on(page):
    return b32decode(
        re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page.text).group().replace(" ", "")
    )


@one
def test_a_new_telephone_replaces_the_old_one_in_one_step(db, keys, configured, clock):
    c = desk_of(db, keys, configured, "officer")
    old = c.secret
    c.open("/quan-tri/tai-khoan")
    c.open(c.link("Dùng điện thoại khác"))
    new = secret_on(c)
    assert new != old
    with db.reading() as s:
        step = int(db.now(s).timestamp()) // 30
    c.submit({"ma": "000000", "ma-xac-thuc": c.code()})
    assert c.refused
    c.submit({"ma": staff.code_at(new, step), "ma-xac-thuc": "000000"})
    assert c.refused
    assert secret_on(c) == new
    with db.transaction() as s:
        assert staff.confirm(s, keys, c.staff_id, staff.code_at(old, step), db.now(s)), (
            "the old one still counts"
        )
    c.submit({"ma": staff.code_at(new, step), "ma-xac-thuc": staff.code_at(old, step + 1)})
    assert c.path == "/quan-tri/tai-khoan"
    assert "điện thoại mới" in c.text
    clock.move(minutes=2)
    with db.transaction() as s:
        now = db.now(s)
        step = int(now.timestamp()) // 30
        assert not staff.confirm(s, keys, c.staff_id, staff.code_at(old, step), now)
        assert staff.confirm(s, keys, c.staff_id, staff.code_at(new, step), now)
        assert not staff.confirm(s, keys, c.staff_id, staff.code_at(new, step), now)


@one
def test_other_devices_cannot_lock_a_signed_in_officer_out(db, keys, configured):
    c = desk_of(db, keys, configured, "officer")
    mail = email_of(db, c.staff_id)
    app_client = c.client
    for _n in range(22):
        app_client.post("/quan-tri/dang-nhap", data={"email": mail, "mat-khau": "x", "ma": "0"})
    c.open("/quan-tri/tai-khoan")
    c.send(c.form_to("ma-du-phong"), {"ma-xac-thuc": c.code()})
    assert c.heading == "Mã dự phòng"
