"""Pages that forms were answered with: who sees them again, for how long, what they may take."""

import os
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import accounts, keptpages, staff
from app.store.db import Database
from app.store.staffmodels import KeptPage
from app.web.console.desk.cookies import cookie_name
from app.web.console.keptshown import STRANGERS
from app.worker import housekeeping
from tests.conftest import Clock, first_on_both
from tests.making.consoles import Clerk, desk_of, make_staff, new_session, stranger
from tests.making.html import FormOf

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ACCOUNT, DOOR, KEYS = "/quan-tri/tai-khoan", "/quan-tri/dang-nhap", "/quan-tri/ket-noi"
SECRET_NAME = "một cái tên không ai khác gõ," * 5  # too long for a name


def refused(clerk: Clerk, name: str = SECRET_NAME) -> str:
    """Have a form refused; gives the address that shows it."""
    clerk.open(ACCOUNT)
    clerk.send(clerk.form_to("/ten"), {"ten": name})
    assert clerk.refused
    assert clerk.path.startswith(f"{ACCOUNT}?lai=")
    return clerk.path


def rows(db: Database) -> list[KeptPage]:
    with db.reading() as session:
        return list(session.exec(select(KeptPage).order_by(KeptPage.kept_at)).all())  # type: ignore[arg-type]


def is_gone(clerk: Clerk, path: str) -> bool:
    """Whether an address shows what stands there now; the page itself must not come."""
    clerk.open(path)
    assert SECRET_NAME not in clerk.response.text
    return clerk.path == path.partition("?")[0]


def write(db: Database, statement: str, **values: object) -> None:
    with db.transaction() as session:
        session.connection().execute(text(statement), values)


@SQLITE
def test_a_refused_form_has_an_address_and_its_page_stays_as_it_was(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    path = refused(clerk)
    first = clerk.response
    assert first.status_code == 200
    assert [each.status_code for each in first.history] == [303]
    clock.move(minutes=20)
    again = clerk.open(path).response
    assert clerk.form_to("/ten").values["ten"] == [SECRET_NAME]
    main = re.compile("<main.*</main>", re.DOTALL)
    assert main.findall(again.text) == main.findall(first.text)
    assert clerk.client.head(path).status_code == 200
    # What was typed is mended there and sent from there.
    clerk.send(clerk.form_to("/ten"), {"ten": "Hà"})
    assert (clerk.path, clerk.refused) == (ACCOUNT, "")
    assert clerk.open(path).refused


@SQLITE
def test_a_page_shown_again_says_when_its_session_ends_by_now(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    path = refused(clerk)
    clock.move(minutes=20)
    shown, plain = clerk.open(path).response.text, clerk.open(ACCOUNT).response.text
    for told in (
        r'data-left="\d+"',
        'data-idle="[^"]+"',
        'data-idle-left="[^"]+"',
        "<footer.*?</footer>",
    ):
        found = [re.findall(told, page, re.DOTALL) for page in (shown, plain)]
        assert found[0] == found[1] != []


@first_on_both("row", ["copied", "moved", "prolonged", "changed", "renamed"])
def test_a_row_that_was_written_past_this_program_shows_nothing(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, row: str
) -> None:
    clerk, thief = desk_of(db, keys, configured), desk_of(db, keys, configured)
    path = refused(clerk)
    (kept,) = rows(db)
    mark = kept.mark
    if row == "copied":
        refused(thief, "x" * 101)
        (theirs,) = [each for each in rows(db) if each.mark != mark]
        write(
            db,
            "UPDATE kept_page SET sealed = :sealed WHERE mark = :mark",
            sealed=kept.sealed,
            mark=theirs.mark,
        )
        assert is_gone(thief, f"{ACCOUNT}?lai={theirs.mark}")
        assert clerk.open(path).refused, "its own session sees it still"
        return
    if row == "moved":
        with db.reading() as session:
            now = db.now(session)
            hashed = staff.signed_in(session, session_of(thief, configured), now).key_hash  # type: ignore[union-attr]
        write(db, "UPDATE kept_page SET key_hash = :to", to=hashed)
        assert is_gone(thief, path)
    elif row == "prolonged":
        late = clock() + timedelta(hours=3)
        write(
            db,
            "UPDATE kept_page SET ends_at = :late",
            late=late.replace(tzinfo=None) if db.is_sqlite else late,
        )
    elif row == "changed":
        spoiled = kept.sealed[:40] + bytes([kept.sealed[40] ^ 1]) + kept.sealed[41:]
        write(db, "UPDATE kept_page SET sealed = :sealed", sealed=spoiled)
    else:
        write(db, "UPDATE kept_page SET mark = 'khac'")
        assert is_gone(clerk, f"{ACCOUNT}?lai=khac")
    assert is_gone(clerk, path)


def session_of(clerk: Clerk, configured: Settings) -> str:
    value: str = clerk.client.cookies[cookie_name(configured)]
    return value


@SQLITE
def test_another_session_sees_nothing_nor_does_the_same_person_elsewhere(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, other = desk_of(db, keys, configured), desk_of(db, keys, configured)
    path = refused(clerk)
    assert is_gone(other, path)
    elsewhere = stranger(db, keys, configured)
    assert elsewhere.open(path).path.startswith(DOOR)
    assert elsewhere.form.values["tiep"] == [ACCOUNT], "signed in again, one sees the plain page"
    elsewhere.sit_down(cookie_name(configured), new_session(db, clerk.staff_id))
    assert is_gone(elsewhere, path)
    assert is_gone(clerk, path.replace(ACCOUNT, KEYS)), "at its own address alone"
    assert clerk.open(path).refused


Ending = Callable[[Database, Clerk], object]


def sign_out(_db: Database, clerk: Clerk) -> None:
    every = clerk.open("/quan-tri").tree.iter("form")
    (form,) = [each for each in every if each.get("action") == "/quan-tri/dang-xuat"]
    clerk.send(FormOf("/quan-tri/dang-xuat", form))


def new_password(db: Database, clerk: Clerk) -> None:
    with db.transaction() as session:
        accounts.use_password(session, clerk.staff_id, "!x")


def removed(db: Database, clerk: Clerk) -> None:
    with db.transaction() as session:
        accounts.remove(session, clerk.staff_id, db.now(session))


@first_on_both("end", [sign_out, new_password, removed])
def test_pages_go_with_their_session_and_an_old_cookie_brings_none_back(
    db: Database, keys: KeyFile, configured: Settings, end: Ending
) -> None:
    clerk = desk_of(db, keys, configured, "admin")
    desk_of(db, keys, configured, "admin")
    path, cookie = refused(clerk), session_of(clerk, configured)
    (kept,) = rows(db)
    end(db, clerk)
    assert rows(db) == []
    # Who put the rows back would need the session's row too, which fits no more.
    clerk.sit_down(cookie_name(configured), cookie)
    assert clerk.open(path).path.startswith(DOOR)
    assert kept.mark not in clerk.response.text


@SQLITE
def test_with_other_roles_an_old_page_is_not_shown(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured, "officer", "council")
    path = refused(clerk)
    with db.transaction() as session:
        accounts.set_roles(session, clerk.staff_id, ["council"])
    assert is_gone(clerk, path)


def test_pages_are_kept_for_an_hour_and_secrets_for_ten_minutes(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    path = refused(clerk)
    clerk.open(KEYS).submit({"ten-khoa": "Phần mềm", "ma-xac-thuc": clerk.code()})
    made = clerk.path
    key = clerk.response.text.partition('id="khoa">')[2].partition("<")[0]
    assert len(key) > 20
    assert key in clerk.open(made).response.text
    clock.move(minutes=9)
    assert key in clerk.open(made).response.text
    clock.move(minutes=2)
    assert key not in clerk.open(made).response.text
    assert clerk.path == KEYS
    assert clerk.open(path).refused
    clock.move(minutes=50)
    assert is_gone(clerk, path)
    housekeeping.forget_pages(db)
    assert rows(db) == []


@SQLITE
def test_recovery_codes_are_shown_for_ten_minutes_too(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    clerk.open(ACCOUNT).press("Tạo mã mới", {"ma-xac-thuc": clerk.code()})
    path, shown = clerk.path, clerk.text
    assert clerk.open(path).text == shown
    clock.move(minutes=10)
    assert clerk.open(path).path == ACCOUNT


def test_a_session_keeps_its_last_twenty_pages(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, other = desk_of(db, keys, configured), desk_of(db, keys, configured)
    theirs, first = refused(other), refused(clerk)
    cookie = session_of(clerk, configured)
    for _number in range(keptpages.MOST - 1):
        clock.move(seconds=1)
        keep(db, cookie, b"")
    assert clerk.open(first).refused
    keep(db, cookie, b"")
    assert len(rows(db)) == keptpages.MOST + 1
    assert is_gone(clerk, first)
    assert other.open(theirs).refused


@SQLITE
def test_a_thousand_refused_uploads_do_not_fill_the_database(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    """Some of them, each as large as a page may be that nothing packs."""
    clerk = desk_of(db, keys, configured)
    cookie = session_of(clerk, configured)
    page = os.urandom(keptpages.LARGEST - 1_000)
    for _number in range(25):
        keep(db, cookie, page)
        clock.move(seconds=1)
    assert sum(len(each.sealed) for each in rows(db)) <= keptpages.MOST * keptpages.LARGEST
    with pytest.raises(keptpages.TooLargeToKeep):
        keep(db, cookie, os.urandom(keptpages.LARGEST))


def keep(db: Database, cookie: str, page: bytes) -> str:
    with db.transaction() as session:
        now = db.now(session)
        who = staff.signed_in(session, cookie, now)
        assert who is not None
        return keptpages.keep(session, who, ACCOUNT, page, now)


@SQLITE
def test_what_is_too_large_to_keep_is_shown_at_least_once(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keptpages, "LARGEST", 100)
    clerk = desk_of(db, keys, configured)
    clerk.open(ACCOUNT)
    clerk.send(clerk.form_to("/ten"), {"ten": SECRET_NAME})
    assert (clerk.status, bool(clerk.refused)) == (422, True)
    assert rows(db) == []


@SQLITE
def test_the_database_alone_reads_nothing(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    refused(clerk)
    clerk.open(KEYS).submit({"ten-khoa": "Phần mềm", "ma-xac-thuc": clerk.code()})
    everything = b"".join(each.sealed for each in rows(db))
    assert "một cái tên".encode() not in everything
    cookie = session_of(clerk, configured)
    with db.reading() as session:
        held = session.connection().execute(text("SELECT * FROM staff_session")).all()
    assert cookie.partition(".")[0] not in repr(held)


PASSWORDS = ["mật khẩu sai của Hà", "mật khẩu mới của Hà", "lặp lại sai của Hà"]


@SQLITE
def test_no_kept_page_holds_a_password_or_a_code(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[bytes] = []
    seal = keptpages.seal

    def seen(key: bytes, page: bytes, *bound: object) -> bytes:
        pages.append(page)
        return seal(key, page, *bound)  # type: ignore[arg-type]

    monkeypatch.setattr(keptpages, "seal", seen)
    clerk = desk_of(db, keys, configured, "officer", "admin")
    old, new, again = PASSWORDS
    code = clerk.code()
    typed = {"mat-khau-cu": old, "mat-khau": new, "lap-lai": again, "ma-xac-thuc": code}
    clerk.open(ACCOUNT)
    clerk.send(clerk.form_to("/mat-khau"), typed)
    clerk.open(f"{ACCOUNT}/khoa-goc").submit({"cau": old, "cau-lai": new, "ma-xac-thuc": code})
    door = stranger(db, keys, configured)
    door.open(DOOR).submit({"email": "ha@vi-du.vn", "mat-khau": old, "ma": code})
    assert door.refused
    assert len(pages) == 3
    for page in pages:
        assert not [word for word in (*PASSWORDS, code) if word.encode() in page]


@SQLITE
def test_a_stranger_takes_the_page_along_and_writes_nothing_down(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_staff(db, keys, "admin")
    visitor, other = stranger(db, keys, configured), stranger(db, keys, configured)
    visitor.open(f"{DOOR}?tiep={KEYS}").submit({"email": "ha@vi-du.vn", "mat-khau": "x", "ma": "0"})
    path = visitor.path
    assert visitor.refused
    assert visitor.open(path).form.values["email"] == ["ha@vi-du.vn"]
    assert rows(db) == []
    assert other.open(path).refused == ""
    assert other.path == f"{DOOR}?tiep=%2Fquan-tri%2Fket-noi"
    # Nor does a cookie show what another wrote into it.
    sealed = visitor.client.cookies[STRANGERS]
    for value in ("", "x", sealed[:-4], sealed[:40] + "AAAA" + sealed[44:]):
        for each in list(visitor.client.cookies.jar):
            if each.name == STRANGERS:
                visitor.client.cookies.jar.clear(each.domain, each.path, each.name)
        visitor.client.cookies.set(STRANGERS, value, domain=visitor.client.base_url.host)
        assert visitor.open(path).refused == ""


@SQLITE
def test_an_address_that_only_takes_forms_leads_to_the_page_of_its_form(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    for path, page in (
        (f"{ACCOUNT}/mat-khau", ACCOUNT),
        (f"{KEYS}/1/thu-hoi", KEYS),
        ("/quan-tri/dang-xuat", "/quan-tri"),
        ("/quan-tri/nhat-ky/xuat", "/quan-tri/nhat-ky"),
    ):
        assert clerk.open(path).path == page
        assert clerk.client.head(path).status_code == 303


@SQLITE
def test_a_page_without_its_keys_or_its_database_is_not_lost_in_a_redirect(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_asked: object) -> str:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(keptpages, "keep", full)
    clerk = desk_of(db, keys, configured)
    clerk.open(KEYS).submit({"ten-khoa": "Phần mềm", "ma-xac-thuc": clerk.code()})
    assert clerk.status == 200
    assert clerk.heading == "Khóa kết nối mới", "it was made, and is seen once"
