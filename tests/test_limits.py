"""Limits that no restart empties and no second process multiplies."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from app import passwords
from app.db import Database, open_database
from app.keys import KeyFile
from app.settings import Settings
from app.stafflinks import Links
from tests.booths import Booth, open_booth
from tests.conftest import Clock
from tests.consoles import Clerk, stranger
from tests.test_sign_in_limits import IN, OUT, come_from
from tests.test_staff import GOOD, member, signing_in

one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are compared without their tenth of a second; how many is what counts here."""
    monkeypatch.setattr(passwords, "is_right", lambda typed, known: bool(known) and typed == GOOD)


@pytest.fixture
def start(
    database_url: str, keys: KeyFile, configured: Settings, clock: Clock
) -> Iterator[Callable[[], Booth]]:
    """Start one more process of the same house: a database connection and an app of its own."""
    with ExitStack() as stack:

        def begin() -> Booth:
            database = open_database(database_url, clock)
            stack.callback(database.dispose)
            return stack.enter_context(open_booth(database, keys, configured, clock))

        yield begin


def statuses(booth: Booth, tries: int, address: str = IN) -> list[int]:
    """What so many wrong links of one address are answered."""
    client = booth.visitor(address).client
    return [client.get(f"/p/{number}").status_code for number in range(tries)]


def test_a_restart_forgets_no_wrong_link(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    with open_booth(db, keys, configured, clock) as booth:
        ballot = booth.ballot()
        assert statuses(booth, 60) == [404] * 60
    with open_booth(db, keys, configured, clock) as booth:
        assert statuses(booth, 1) == [429]
        assert booth.visitor(IN).post("/ma", [("ma", "sai")]).status == 429
        assert statuses(booth, 1, OUT.format(1)) == [404], "a neighbour is no guesser"
        assert booth.visitor(IN).open(booth.link(ballot)).status == 200
    clock.move(seconds=61)
    with open_booth(db, keys, configured, clock) as booth:
        assert statuses(booth, 1) == [404]


def test_two_processes_count_the_wrong_links_of_an_address_together(
    start: Callable[[], Booth],
) -> None:
    first, second = start(), start()
    ballot = first.ballot()
    assert statuses(first, 30) == statuses(second, 30) == [404] * 30
    assert statuses(first, 1) == statuses(second, 1) == [429]
    assert second.visitor(IN).open(second.link(ballot)).status == 200


def test_a_restart_forgets_no_wrong_password(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    for _number in range(20):
        assert signing_in(clerk, email, "sai", "000000").status == 422
    again = stranger(db, keys, configured)
    assert signing_in(again, email, GOOD, clerk.code()).status == 429
    come_from(again, IN)
    assert signing_in(again, email, GOOD, clerk.code()).path == "/quan-tri/tai-khoan"
    clock.move(minutes=16)
    back = stranger(db, keys, configured)
    assert signing_in(back, email, GOOD, clerk.code()).path == "/quan-tri/tai-khoan"


def test_two_processes_count_wrong_passwords_together(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, email = member(db, keys, configured)
    apps = [stranger(db, keys, configured) for _n in range(2)]
    for number in range(20):
        assert signing_in(apps[number % 2], email, "sai", "000000").status == 422
    for app in apps:
        assert signing_in(app, email, GOOD, clerk.code()).status == 429


def test_a_network_guesses_at_all_accounts_of_all_processes_together(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    apps = [stranger(db, keys, configured) for _n in range(3)]
    for number in range(60):
        assert signing_in(apps[number % 3], f"{number}@vi-du.vn", "sai", "0").status == 422
    assert signing_in(stranger(db, keys, configured), "x@vi-du.vn", "sai", "0").status == 429


def guess_at_sign_in(clerk: Clerk, email: str, _token: str, code: str) -> Clerk:
    return signing_in(clerk, email, GOOD, code)


def guess_at_a_deed(clerk: Clerk, _email: str, _token: str, code: str) -> Clerk:
    clerk.open("/quan-tri/tai-khoan")
    return clerk.press("Tạo mã mới", {"ma-xac-thuc": code})


def guess_at_a_reset(clerk: Clerk, _email: str, token: str, code: str) -> Clerk:
    new = "một câu khác hẳn câu trước"
    clerk.open(f"/quan-tri/dat-lai-mat-khau/{token}")
    clerk.submit({"mat-khau": new, "lap-lai": new, "ma": code})
    return clerk


WAYS = [guess_at_sign_in, guess_at_a_deed, guess_at_a_reset]
way = pytest.mark.parametrize("guess", WAYS)


def guesser(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> tuple[Clerk, str, str]:
    """Somebody signed in, with a link to a new password; gives address and token too."""
    clerk, email = member(db, keys, configured)
    signing_in(clerk, email, GOOD, clerk.code())
    clock.move(minutes=2)
    with db.reading() as session:
        return clerk, email, Links(keys).make(session, "reset", clerk.staff_id, db.now(session))


def moved_to_a_new_process(
    clerk: Clerk, db: Database, keys: KeyFile, configured: Settings, address: str
) -> Clerk:
    """The same browser at a process that has just been started."""
    fresh = stranger(db, keys, configured)
    clerk.client._transport = fresh.client._transport
    return come_from(clerk, address)


@way
def test_codes_are_counted_in_the_row_of_their_account_whatever_process_takes_them(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    guess: Callable[[Clerk, str, str, str], Clerk],
) -> None:
    clerk, email, token = guesser(db, keys, configured, clock)
    for number in range(20):
        moved_to_a_new_process(clerk, db, keys, configured, OUT.format(number))
        assert guess(clerk, email, token, f"{number:06d}").status == 422
    moved_to_a_new_process(clerk, db, keys, configured, OUT.format(99))
    before = clerk.code()
    assert guess(clerk, email, token, before).status in (422, 429), "a guesser gets in"
    clock.move(minutes=16)
    guess(clerk, email, token, clerk.code())
    assert clerk.status == 200
    assert clerk.path != "/quan-tri/dang-nhap" or guess is guess_at_a_reset


@way
def test_who_resets_the_row_has_not_reset_the_memory(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    guess: Callable[[Clerk, str, str, str], Clerk],
) -> None:
    clerk, email, token = guesser(db, keys, configured, clock)
    for number in range(20):
        come_from(clerk, OUT.format(number))
        assert guess(clerk, email, token, f"{number:06d}").status == 422
        with db.transaction() as session:
            session.connection().execute(text("UPDATE staff SET wrong_codes = ''"))
            session.connection().execute(text("DELETE FROM wrong_try"))
    come_from(clerk, IN)
    assert guess(clerk, email, token, clerk.code()).status in (422, 429), "a guesser gets in"
