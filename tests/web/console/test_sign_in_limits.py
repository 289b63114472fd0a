"""Signing in: guessing is too slow to succeed, and nobody keeps another one out."""

import threading

import pytest

from app.keys.keyfile import KeyFile
from app.main import create_app
from app.settings import Settings
from app.staff import accounts, factors, passwords
from app.store.db import Database
from app.web.console.desk.tries import MOST_OF_ONE, MOST_WAITING, Crowded, Queue
from tests.conftest import Clock
from tests.making.booths import served
from tests.making.consoles import Clerk, InProcess, choose_password, make_staff, stranger
from tests.making.running import Device, until
from tests.staff.test_staff import GOOD, member, signing_in

one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OUT, IN = "198.51.100.{}", "203.0.113.7"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are compared without their tenth of a second; how many is what counts here."""
    monkeypatch.setattr(passwords, "is_right", lambda typed, known: bool(known) and typed == GOOD)


def come_from(clerk: Clerk, address: str) -> Clerk:
    transport = clerk.client._transport
    assert isinstance(transport, InProcess)
    transport.inner.client = (address, 1)
    return clerk


def guess(clerk: Clerk, email: str, times: int, password: str = "sai", code: str = "000000") -> str:
    """So many wrong tries, each from an address of its own; how the last one is refused."""
    for number in range(times):
        come_from(clerk, OUT.format(number % 250))
        signing_in(clerk, email, password, code)
    return clerk.refused


@one
def test_wrong_passwords_from_everywhere_keep_nobody_out(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, email = member(db, keys, configured)
    assert guess(clerk, email, 100) == "Đăng nhập"
    come_from(clerk, IN)
    assert signing_in(clerk, email, GOOD, clerk.code()).path == "/quan-tri/tai-khoan"


@one
def test_a_network_that_guesses_closes_its_own_way_only(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, email = member(db, keys, configured)
    come_from(clerk, OUT.format(1))
    for _number in range(20):
        assert signing_in(clerk, email, "sai", "000000").refused
    assert signing_in(clerk, email, GOOD, clerk.code()).refused == "Có quá nhiều lần nhập sai", (
        "a guesser gets no further"
    )
    come_from(clerk, IN)
    assert signing_in(clerk, email, GOOD, clerk.code()).fine


@one
def test_a_browser_that_knows_the_account_is_not_kept_out_by_its_network(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    """Behind one address of an office sits a guesser too."""
    clerk, email = member(db, keys, configured)
    come_from(clerk, IN)
    assert signing_in(clerk, email, GOOD, clerk.code()).fine
    jar = clerk.client.cookies.jar
    kept = {cookie.name: cookie.value for cookie in jar if cookie.name.startswith("phieu-may-")}
    assert len(kept) == 1
    clerk.client.cookies.clear()
    for number in range(60):
        signing_in(clerk, email if number < 20 else f"{number}@vi-du.vn", "sai", "000000")
    clock.move(minutes=1)
    assert signing_in(clerk, email, GOOD, clerk.code()).refused == "Có quá nhiều lần nhập sai"
    for name, value in kept.items():
        clerk.client.cookies.set(name, value)
    assert signing_in(clerk, email, GOOD, clerk.code()).path == "/quan-tri/tai-khoan"


@one
def test_a_browser_of_one_account_is_a_stranger_to_the_others(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, email = member(db, keys, configured)
    _other, mail = member(db, keys, configured)
    signing_in(clerk, email, GOOD, clerk.code())
    for _number in range(20):
        assert signing_in(clerk, mail, "sai", "000000").refused
    (name, value) = next((c.name, c.value) for c in clerk.client.cookies.jar if "may" in c.name)
    clerk.client.cookies.clear()
    clerk.client.cookies.set(name, f"x{value}")
    assert signing_in(clerk, mail, GOOD, "000000").refused == "Có quá nhiều lần nhập sai"


@one
def test_guessed_codes_are_limited_wherever_they_come_from_and_a_recovery_code_passes(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk, email = member(db, keys, configured)
    with db.transaction() as session:
        recovery = factors.new_recovery_codes(session, keys, clerk.staff_id)[0]
    assert guess(clerk, email, 20, GOOD) == "Đăng nhập"
    come_from(clerk, IN)
    assert signing_in(clerk, email, GOOD, clerk.code()).refused, "a guesser gets in"
    with_right_password = clerk.response.text
    signing_in(clerk, email, "sai", "000000")
    assert clerk.response.text == with_right_password, "a stranger hears that it is right"
    assert signing_in(clerk, email, GOOD, recovery).path == "/quan-tri/tai-khoan"


@one
def test_who_mistyped_too_often_is_let_in_with_a_recovery_code(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, email = member(db, keys, configured)
    with db.transaction() as session:
        recovery = factors.new_recovery_codes(session, keys, clerk.staff_id)[0]
    for _number in range(20):
        signing_in(clerk, email, GOOD, "000000")
    assert signing_in(clerk, email, GOOD, clerk.code()).refused == "Có quá nhiều lần nhập sai"
    assert "mã dự phòng" in clerk.text
    assert signing_in(clerk, email, "sai", recovery).refused == "Có quá nhiều lần nhập sai"
    assert signing_in(clerk, email, GOOD, "BBBBB-BBBBB").refused == "Có quá nhiều lần nhập sai"
    assert signing_in(clerk, email, GOOD, recovery).path == "/quan-tri/tai-khoan"


@one
def test_before_the_second_factor_a_recovery_code_is_no_way_past_the_limit(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_staff(db, keys, "admin")
    clerk, email = member(db, keys, configured)
    with db.transaction() as session:
        accounts.reset(session, clerk.staff_id)
        choose_password(session, clerk.staff_id, GOOD)
    for _number in range(20):
        signing_in(clerk, email, "sai", "")
    assert signing_in(clerk, email, GOOD, "BBBBB-BBBBB").refused == "Có quá nhiều lần nhập sai"


@one
def test_a_signed_in_officer_who_mistyped_too_often_confirms_with_a_recovery_code(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, email = member(db, keys, configured)
    with db.transaction() as session:
        recovery = factors.new_recovery_codes(session, keys, clerk.staff_id)[0]
    signing_in(clerk, email, GOOD, clerk.code())
    for _number in range(20):
        clerk.open("/quan-tri/tai-khoan").press("Tạo mã mới", {"ma-xac-thuc": "000000"})
    clerk.open("/quan-tri/tai-khoan").press("Tạo mã mới", {"ma-xac-thuc": clerk.code()})
    assert clerk.refused == "Có quá nhiều lần nhập sai"
    clerk.open("/quan-tri/tai-khoan").press("Tạo mã mới", {"ma-xac-thuc": recovery})
    assert clerk.heading == "Mã dự phòng"


@one
def test_a_network_over_its_limit_costs_no_hashing(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    monkeypatch.setattr(passwords, "is_right", lambda typed, _known: bool(compared.append(typed)))
    clerk = stranger(db, keys, configured)
    for number in range(70):
        signing_in(clerk, f"{number}@vi-du.vn", "sai", "000000")
    assert clerk.refused == "Có quá nhiều lần nhập sai"
    assert len(compared) == 60


def test_a_queue_that_is_too_long_is_closed_to_strangers_first() -> None:
    queue = Queue(most=3, of_one=2)
    with queue.place("a", known=False), queue.place("a", known=False):
        with pytest.raises(Crowded), queue.place("a", known=False):
            raise AssertionError
        with queue.place("b", known=False):
            with pytest.raises(Crowded), queue.place("c", known=False):
                raise AssertionError
            with queue.place("known", known=True):
                pass
    with queue.place("a", known=False):
        pass
    assert MOST_OF_ONE < MOST_WAITING


@one
def test_ballots_are_served_while_sign_ins_wait_for_the_one_that_is_hashed(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, running, most = threading.Event(), [], []

    def slow(_typed: str, _known: str) -> bool:
        running.append(1)
        most.append(len(running))
        go.wait(30)
        running.pop()
        return False

    monkeypatch.setattr(passwords, "is_right", slow)
    answers: list[bool] = []  # whether one hears that it is crowded

    def sign_in(port: int, address: str) -> None:
        device = Device(port, address)
        device.path = "/quan-tri/dang-nhap"
        device.post({"email": ["ai@vi-du.vn"], "mat-khau": ["x"], "ma": ["0"]})
        answers.append("quá nhiều người đăng nhập cùng lúc" in device.text)
        device.close()

    with served(create_app(configured, db, keys)) as url:
        port = int(url.rpartition(":")[2])
        threads = [
            threading.Thread(target=sign_in, args=(port, f"127.0.0.{2 + number % 3}"))
            for number in range(3 * MOST_OF_ONE + 3)
        ]
        for thread in threads:
            thread.start()
        try:
            # Three more than have a place hear so at once; all others wait, one is hashed.
            until(lambda: answers == [True] * 3 and len(running) == 1, "the queue is full")
            for _number in range(20):
                device = Device(port)
                assert device.open("/").status == 200
                device.close()
            assert len(answers) == 3
            assert len(running) == 1
        finally:
            go.set()
            for thread in threads:
                thread.join(30)
    assert sorted(answers) == [False] * (3 * MOST_OF_ONE) + [True] * 3
    assert max(most) == 1
