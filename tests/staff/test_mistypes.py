"""Wrong passwords leave a line, and nobody can flood the log with them."""

import pytest

from app.audit import chain, checking
from app.audit.chain import Line
from app.audit.deeds import NO_ACCOUNT
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.staff import mistypes, passwords
from app.store import upkeep
from app.store.db import Database
from tests.conftest import Clock
from tests.making.consoles import Clerk, desk_of, stranger
from tests.staff.test_staff import GOOD, member, signing_in
from tests.web.console.test_sign_in_limits import IN, OUT, come_from
from tests.web.test_limits import statements


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "is_right", lambda typed, known: bool(known) and typed == GOOD)


def by_the_clock(*clerks: Clerk) -> None:
    """What each process does a second later."""
    for clerk in clerks:
        clerk.client._transport.app.state.house.limits.write_down()  # type: ignore[attr-defined]


def told(db: Database, keys: KeyFile) -> list[tuple[str, object]]:
    """Whose wrong passwords the log tells, and how many; the oldest line first."""
    with db.reading() as session:
        checking.verify(session, keys)
        lines: list[Line] = chain.lines(session, "account.wrong-password")[::-1]
    assert {line.words for line in lines} <= {"Nhập sai mật khẩu"}
    return [(line.who, line.facts["times"]) for line in lines]


def test_the_first_wrong_password_is_told_at_once_and_the_others_with_the_hour(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    with db.reading() as session:
        who = f"{session.connection().exec_driver_sql('SELECT name FROM staff').scalar()} <{email}>"
    signing_in(clerk, email, "sai", "0")
    by_the_clock(clerk)
    assert told(db, keys) == [(who, 1)]
    for number in range(40):
        come_from(clerk, OUT.format(number))
        signing_in(clerk, email, "sai", "0")
        by_the_clock(clerk)
        mistypes.tell(db, keys)
    assert told(db, keys) == [(who, 1)]
    clock.move(minutes=61)
    mistypes.tell(db, keys)
    mistypes.tell(db, keys)
    assert told(db, keys) == [(who, 1), (who, 40)]
    clock.move(minutes=61)
    mistypes.tell(db, keys)
    signing_in(clerk, email, "sai", "0")
    by_the_clock(clerk)
    assert told(db, keys) == [(who, 1), (who, 40), (who, 1)]


def test_addresses_without_an_account_share_a_line_that_names_none(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured)
    for number in range(30):
        come_from(clerk, OUT.format(number))
        signing_in(clerk, f"mat-khau-cua-toi-{number}@vi-du.vn", "sai", "0")
    by_the_clock(clerk)
    clock.move(hours=2)
    mistypes.tell(db, keys)
    assert told(db, keys) == [(NO_ACCOUNT, 30)]
    with db.reading() as session:
        assert "mat-khau-cua-toi" not in repr(chain.lines(session))
    clerk.open("/quan-tri/nhat-ky?viec=account.wrong-password")
    assert "số lần: 30" in clerk.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_half_a_day_of_guessing_by_several_processes_is_a_line_an_hour(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    total = 0
    for hour in range(12):
        # A restart each hour, and two processes at a time.
        apps = [stranger(db, keys, configured) for _n in range(2)]
        for number in range(10):
            come_from(apps[number % 2], OUT.format(10 * hour + number))
            signing_in(apps[number % 2], email, "sai", "0")
            total += 1
            by_the_clock(*apps)
        clock.move(hours=1)
    mistypes.tell(db, keys)
    lines = told(db, keys)
    assert len(lines) <= 14
    assert sum(int(str(times)) for _who, times in lines) == total
    come_from(clerk, IN)
    assert signing_in(clerk, email, GOOD, clerk.code()).path == "/quan-tri/tai-khoan"


def test_the_old_password_typed_wrong_is_told_too(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured)
    form = clerk.open("/quan-tri/tai-khoan").form_to("/mat-khau")
    new = "một câu khác hẳn câu trước"
    clerk.send(form, {"mat-khau-cu": "sai", "mat-khau": new, "lap-lai": new, "ma-xac-thuc": "0"})
    by_the_clock(clerk)
    ((_who, times),) = told(db, keys)
    assert times == 1


def test_a_wrong_sign_in_does_the_same_work_whether_there_is_an_account_or_not(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SEEN_FOR", 0.0)  # asked each time, not by the second
    clerk, email = member(db, keys, configured)
    work = []
    for address in (email, "khong-co@vi-du.vn"):
        come_from(clerk, OUT.format(len(work)))
        clerk.open("/quan-tri/dang-nhap")
        typed = {"email": address, "mat-khau": "sai", "ma": "0"}
        work.append(statements(db, lambda typed=typed: clerk.submit(typed)))  # type: ignore[misc]
        assert clerk.refused
    assert work[0] == work[1]
    assert not [each for each in work[0] if "audit" in each]
