"""Limits that no restart empties and no second process multiplies."""

import hashlib
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event, func, text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from app.keys import wrongtries
from app.keys.keyfile import KeyFile
from app.keys.wrongtries import WrongTries
from app.settings import Settings
from app.staff import passwords, staff
from app.staff.links import Links
from app.store.bundles import A_SECOND, MOST, SAVED_UP, Bundle
from app.store.db import Database, open_database
from app.store.officemodels import WrongTry
from app.store.plain import Plain
from app.web.limits import Limits
from tests.conftest import Clock, first_on_both
from tests.making.booths import Booth, open_booth
from tests.making.consoles import Clerk, make_staff, stranger
from tests.making.html import FormOf, words
from tests.making.running import house
from tests.staff.test_staff import GOOD, member, signing_in
from tests.web.console.test_sign_in_limits import IN, OUT, come_from

SIGN_IN = "/quan-tri/dang-nhap?tiep=/quan-tri/tai-khoan"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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


MANY = "Có quá nhiều lần nhập sai"


def statuses(booth: Booth, tries: int, address: str = IN) -> list[int]:
    """What so many wrong links of one address are answered."""
    client = booth.visitor(address).client
    return [client.get(f"/p/{number}").status_code for number in range(tries)]


@SQLITE
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


@SQLITE
def test_a_server_killed_hard_still_knows_who_guesses(tmp_path: Path, database_url: str) -> None:
    with house(tmp_path, database_url) as home:
        with home.serving() as server:
            device = server.device("127.0.0.7")
            assert [device.open(f"/p/{n}").status for n in range(60)] == [404] * 60
        with home.serving() as server:
            assert server.device("127.0.0.7").open("/p/x").status == 429
            assert server.device("127.0.0.8").open("/p/x").status == 404


def test_two_processes_count_the_wrong_links_of_an_address_together(
    start: Callable[[], Booth],
) -> None:
    first, second = start(), start()
    ballot = first.ballot()
    assert statuses(first, 30) == statuses(second, 30) == [404] * 30
    assert statuses(first, 1) == statuses(second, 1) == [429]
    assert second.visitor(IN).open(second.link(ballot)).status == 200


def wrong(email: str) -> dict[str, str]:
    return {"email": email, "mat-khau": "sai", "ma": "000000"}


@SQLITE
def test_a_restart_forgets_no_wrong_password(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    form = clerk.open(SIGN_IN).form
    for _number in range(20):
        assert unread(clerk, form, wrong(email)) == "Đăng nhập"
    again = stranger(db, keys, configured)
    assert signing_in(again, email, GOOD, clerk.code()).refused == "Có quá nhiều lần nhập sai"
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
    form = apps[0].open(SIGN_IN).form
    for number in range(20):
        assert unread(apps[number % 2], form, wrong(email)) == "Đăng nhập"
    for app in apps:
        assert signing_in(app, email, GOOD, clerk.code()).refused == "Có quá nhiều lần nhập sai"


def test_a_network_guesses_at_all_accounts_of_all_processes_together(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_staff(db, keys, "admin")
    apps = [stranger(db, keys, configured) for _n in range(3)]
    form = apps[0].open(SIGN_IN).form
    for number in range(60):
        assert unread(apps[number % 3], form, wrong(f"{number}@vi-du.vn")) == "Đăng nhập"
    assert (
        signing_in(stranger(db, keys, configured), "x@vi-du.vn", "sai", "0").refused
        == "Có quá nhiều lần nhập sai"
    )


@dataclass
class Guess:
    """A form that asks for a code, and what else is typed into it."""

    form: FormOf
    typed: dict[str, str]
    code: str = "ma"

    def sent(self, clerk: Clerk, code: str) -> str:
        """How one try is refused; nobody reads the page."""
        return unread(clerk, self.form, {**self.typed, self.code: code})


def unread(clerk: Clerk, form: FormOf, typed: dict[str, str]) -> str:
    fields = {**form.values, **typed}
    found = clerk.client.post(clerk._local(form.action), data=fields, follow_redirects=True)
    said = re.search("<title>Lỗi: (.*) – Phiếu</title>", found.text)
    return said[1] if said else ""


def at_sign_in(clerk: Clerk, email: str, _token: str) -> Guess:
    return Guess(clerk.open(SIGN_IN).form, {"email": email, "mat-khau": GOOD})


def at_a_deed(clerk: Clerk, _email: str, _token: str) -> Guess:
    clerk.open("/quan-tri/tai-khoan")
    (form,) = [form for form in clerk.forms if "Tạo mã mới" in map(words, form.buttons)]
    return Guess(form, {}, "ma-xac-thuc")


def at_a_reset(clerk: Clerk, _email: str, token: str) -> Guess:
    new = "một câu khác hẳn câu trước"
    form = clerk.open(f"/quan-tri/dat-lai-mat-khau/{token}").form
    return Guess(form, {"mat-khau": new, "lap-lai": new})


# All of them are counted in the same row.
WAYS = [at_a_deed, at_sign_in, at_a_reset]
way = first_on_both("asks", WAYS)


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
    asks: Callable[[Clerk, str, str], Guess],
) -> None:
    clerk, email, token = guesser(db, keys, configured, clock)
    guess = asks(clerk, email, token)
    for number in range(20):
        moved_to_a_new_process(clerk, db, keys, configured, OUT.format(number))
        assert guess.sent(clerk, f"{number:06d}") not in ("", MANY)
    moved_to_a_new_process(clerk, db, keys, configured, OUT.format(99))
    assert guess.sent(clerk, clerk.code()), "a guesser gets in"
    clock.move(minutes=16)
    again = asks(clerk, email, token)
    clerk.send(again.form, {**again.typed, again.code: clerk.code()})
    assert clerk.fine
    assert clerk.path != "/quan-tri/dang-nhap" or asks is at_a_reset


@way
def test_who_resets_the_row_has_not_reset_the_memory(
    db: Database,
    keys: KeyFile,
    configured: Settings,
    clock: Clock,
    asks: Callable[[Clerk, str, str], Guess],
) -> None:
    clerk, email, token = guesser(db, keys, configured, clock)
    guess = asks(clerk, email, token)
    for number in range(20):
        come_from(clerk, OUT.format(number))
        assert guess.sent(clerk, f"{number:06d}") not in ("", MANY)
        with db.transaction() as session:
            session.connection().execute(text("UPDATE staff SET wrong_codes = ''"))
            session.connection().execute(text("DELETE FROM wrong_try"))
    come_from(clerk, IN)
    assert guess.sent(clerk, clerk.code()), "a guesser gets in"


def test_of_many_codes_guessed_at_once_none_is_compared_above_the_limit(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, email = member(db, keys, configured)
    compared: list[str] = []
    monkeypatch.setattr(
        staff, "confirm", lambda _s, _k, _id, typed, _now: bool(compared.append(typed))
    )

    def guesses(process: int) -> None:
        browser = come_from(stranger(db, keys, configured), OUT.format(process))
        guess = at_sign_in(browser, email, "")
        for number in range(8):
            guess.sent(browser, f"{process}{number:05d}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(guesses, range(4)))
    assert len(compared) == 20
    assert clerk.staff_id


def statements(db: Database, do: Callable[[], object]) -> list[str]:
    """What is said to the database while something is done."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    def hear_plain(call: Callable[..., object]) -> Callable[..., object]:
        def heard(plain: Plain, sql: str, *values: object) -> object:
            said.append(sql)
            return call(plain, sql, *values)

        return heard

    event.listen(db.engine, "before_cursor_execute", hear)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("execute", "execute_each"):
            patch.setattr(Plain, name, hear_plain(getattr(Plain, name)))
        try:
            do()
        finally:
            event.remove(db.engine, "before_cursor_execute", hear)
    return said


def test_a_right_link_or_code_asks_nothing_of_the_limits(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    with open_booth(db, keys, configured, clock) as booth:
        ballot, visitor = booth.ballot(), booth.visitor(IN)
        statuses(booth, 60)
        code = keys.tokens.access_code(ballot)
        said = statements(db, lambda: visitor.open(booth.link(ballot)).submit())
        said += statements(db, lambda: visitor.post("/ma", [("ma", code)]))
    assert len(said) > 3
    assert not [each for each in said if "wrong_try" in each]


@SQLITE
def test_above_the_limit_a_wrong_link_reads_and_writes_nothing_of_it(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    with open_booth(db, keys, configured, clock) as booth:
        statuses(booth, 61)
        said = statements(db, lambda: statuses(booth, 200))
    assert not [each for each in said if "wrong_try" in each]


def test_the_table_names_neither_network_nor_account(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    with open_booth(db, keys, configured, clock) as booth:
        statuses(booth, 3)
        come_from(clerk, IN)
        signing_in(clerk, email, "sai", "000000")
    with db.reading() as session:
        rows = session.scalars(select(WrongTry)).all()
    assert len(rows) == 2, "the link's network, the account's place; one knock waits"
    held = " ".join(repr(row) for row in rows)
    for name in (IN, email, str(clerk.staff_id)):
        for spelled in (name, *(h(name.encode()).hexdigest()[:12] for h in PLAIN)):
            assert spelled not in held or len(spelled) < 4


PLAIN = (hashlib.md5, hashlib.sha1, hashlib.sha256)


def test_more_networks_than_there_is_room_for_find_room_for_so_many(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wrongtries.MOST <= 20_000
    monkeypatch.setattr(wrongtries, "MOST", 5_000)
    if not db.is_sqlite:
        # After a flood the table is large and known to be nearly empty: so the next is planned for.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for done in (
                "INSERT INTO wrong_try SELECT n, now(), 1 FROM generate_series(1, 9000) AS n",
                "DELETE FROM wrong_try WHERE key <> '9000'",
                "VACUUM ANALYZE wrong_try",
            ):
                connection.exec_driver_sql(done)
    tries = WrongTries(db, keys, every=5)
    names = [f"10.{n // 65536}.{n // 256 % 256}.{n % 256}" for n in range(16_000)]
    for place, name in enumerate(names):
        tries.add(tries.window("link", name, 60))
        if place % 4_000 == 3_999:
            tries.bundle.write_down()
    with db.reading() as session:
        rows = session.connection().execute(select(func.count()).select_from(WrongTry)).scalar()
    assert rows == wrongtries.MOST
    for name in names[:MOST]:
        tries.add(tries.window("link", f"x{name}", 60))
        tries.add(tries.window("link", f"y{name}", 60))
    waiting = [tries.bundle.waiting(tries.window("link", f"y{name}", 60)) for name in names[:MOST]]
    assert sum(waiting) <= MOST


def test_windows_that_are_over_are_forgotten(db: Database, keys: KeyFile, clock: Clock) -> None:
    limits = Limits(db, keys)
    for number in range(100):
        limits.links.wrong(OUT.format(number))
    limits.write_down()
    clock.move(seconds=61)
    wrongtries.forget(db)
    with db.reading() as session:
        assert not session.scalars(select(WrongTry)).all()


def test_a_flood_becomes_few_writes_and_nothing_of_it_is_lost() -> None:
    now, written = [0.0], []
    bundle: Bundle[int] = Bundle(written.append, every=5, clock=lambda: now[0])
    for number in range(100_000):
        now[0] += 0.0001
        bundle.add(number % 500)
    assert len(written) <= SAVED_UP + A_SECOND * 10 + 1
    bundle.write_down()
    assert sum(sum(each.values()) for each in written) == 100_000


def test_what_cannot_be_written_waits_and_the_answer_does_not(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    with open_booth(db, keys, configured, clock) as booth, monkeypatch.context() as patch:
        patch.setattr(wrongtries, "add", full)
        patch.setattr(wrongtries, "number", full)
        assert statuses(booth, 61) == [404] * 60 + [429]
    with open_booth(db, keys, configured, clock) as booth:
        assert statuses(booth, 1) == [429], "it was written once there was room"


def test_links_of_the_console_and_receipts_are_tries_as_well(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    with open_booth(db, keys, configured, clock) as booth:
        ballot, client = booth.ballot(), booth.visitor(IN).client
        for kind in ("moi", "dat-lai-mat-khau", "thiet-lap"):
            assert {client.get(f"/quan-tri/{kind}/{n}").status_code for n in range(20)} == {404}
        assert client.get("/quan-tri/moi/x").status_code == 429
        receipt = keys.tokens.access_code(ballot)  # in the form of one
        found = booth.visitor(IN).post("/tra-cuu", [("bien-nhan", receipt)])
        assert found.fine, "it may be right as long as an urn is sealed"
