"""A launch in real browsers: of two officers one, whole or not at all, and its letters go on."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlmodel import func, select

from app.audit import chain
from app.keys.keyfile import KeyFile
from app.main import create_app
from app.store.db import Database
from app.store.models import Ballot, Letter
from app.waves import wave as waves
from tests.making.booths import served
from tests.making.bureau import Bureau, Seat
from tests.web.console.test_story import CODE, officer_of, prepare

pytest_plugins = ["tests.making.browser_fixtures"]
PATH = f"/quan-tri/dot/{CODE}/phat-phieu"
PEOPLE = 60
# Two at once and a request cut off turn on the database; what a page says and a bar shows does not.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def ready(bureau: Bureau) -> None:
    """The check list is green, by the first officer's own hand."""

    def work() -> None:
        clerk = officer_of(bureau.db, bureau.keys, bureau.settings, bureau.clock)
        prepare(clerk, bureau.clock, bureau.post, PEOPLE)

    with ThreadPoolExecutor(1) as officer:  # the browser's loop has this thread
        officer.submit(work).result()


def launched(db: Database, keys: KeyFile) -> bool:
    """Whether there was a launch; state, ballots, letters, keys and log agree about it."""
    with db.reading() as session:
        wave = waves.load(session, CODE)
        counts = [
            session.scalars(select(func.count()).where(table.wave_id == wave.id)).one()
            for table in (Ballot, Letter)
        ]
        noted = chain.lines(session, "wave.launch", CODE)
    was = wave.launched_at is not None
    assert counts == ([PEOPLE, PEOPLE] if was else [0, 0])
    assert len(noted) == was
    assert (wave.public_key is not None) == was
    if was:
        assert keys.wave(CODE).public_key == wave.public_key
    return was


def settled(bureau: Bureau) -> bool:
    """The same once no request that nobody waits for is on its way or at work any more."""
    quiet = begun = time.monotonic()
    while time.monotonic() < quiet + 0.3:
        assert time.monotonic() < begun + 30
        time.sleep(0.02)
        if bureau.asked:
            quiet = time.monotonic()
    return launched(bureau.db, bureau.keys)


def test_of_two_officers_who_launch_at_once_one_does(bureau: Bureau, ready: None) -> None:
    seats = [bureau.seat(), bureau.seat()]
    for seat, wait in zip(seats, (60, 0), strict=True):
        seat.open(PATH).page.locator("#ma-xac-thuc").fill(seat.telephone.code(wait))
    # Both are sent before either is answered.
    for seat in seats:
        seat.page.evaluate(f"document.querySelector(\"form[action='{PATH}'] button\").click()")
    for seat in seats:
        seat.page.wait_for_load_state()
        seat.page.locator("h1").wait_for()
    assert launched(bureau.db, bureau.keys)
    first, second = sorted(seats, key=lambda seat: seat.page.title().startswith("Lỗi:"))
    assert f"Đã phát {PEOPLE} phiếu" in first.main
    second.refused("đã phát phiếu lúc")
    assert "Phiếu đã phát lúc" in second.main


def test_a_browser_closed_in_the_middle_of_a_launch_leaves_all_or_nothing(
    bureau: Bureau, ready: None
) -> None:
    seat = bureau.seat().open(PATH)
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in seat.page.context.cookies())
    ticket = seat.page.locator(f"form[action='{PATH}'] [name=ve]").input_value()
    # Half of the form, and nobody is there any more.
    with socket.create_connection(bureau.host) as line:
        line.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\nContent-Length: 4000\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n\r\nve={ticket}".encode()
        )
    assert not settled(bureau)
    # The whole form, and the browser is closed while the server is at work.
    seat.open(PATH).page.locator("#ma-xac-thuc").fill(seat.telephone.code())
    with seat.page.expect_request(lambda request: request.method == "POST"):
        seat.page.evaluate(
            f"setTimeout(() => document.querySelector(\"form[action='{PATH}'] button\").click())"
        )
    seat.page.context.close()
    was = settled(bureau)
    # Who comes back sees how it ended, and can go on from there.
    back = bureau.seat().open(PATH)
    assert back.watched.status == 200
    assert ("Phiếu đã phát lúc" in back.main) == was
    if not was:
        back.send("Phát phiếu", ma_xac_thuc=back.telephone.code())
    assert launched(bureau.db, bureau.keys)


@SQLITE
def test_a_launch_from_a_page_that_grew_old_is_refused(bureau: Bureau, ready: None) -> None:
    seat = bureau.seat().open(PATH)
    other = bureau.seat().open(f"/quan-tri/dot/{CODE}/danh-sach")
    bureau.clock.move(minutes=5)
    other.page.locator("main tbody a").first.click()
    other.page.locator("#ten").fill("Lò Thị Hoa")
    other.send("Lưu")
    seat.send("Phát phiếu", ma_xac_thuc=seat.telephone.code())
    seat.refused("vừa được sửa từ lúc mở trang này")
    assert not launched(bureau.db, bureau.keys)
    seat.send("Phát phiếu", ma_xac_thuc=seat.telephone.code())
    assert launched(bureau.db, bureau.keys), "the page that says so is fresh again"


@SQLITE
def test_a_code_that_opened_the_door_launches_nothing(bureau: Bureau, ready: None) -> None:
    seat = bureau.seat(cookie=False)
    bureau.give_password(seat)
    code = seat.telephone.code()
    seat.open("/quan-tri/dang-nhap").send(
        "Đăng nhập", email=seat.email, mat_khau="con mèo trèo cây cau hỏi thăm", ma=code
    )
    seat.open(PATH).send("Phát phiếu", ma_xac_thuc=code)
    seat.refused("Mã xác thực không đúng hoặc đã dùng")
    assert not launched(bureau.db, bureau.keys)
    seat.send("Phát phiếu", ma_xac_thuc=seat.telephone.code())
    assert launched(bureau.db, bureau.keys)


@contextmanager
def another_server(bureau: Bureau) -> Iterator[str]:
    """A server that sends letters."""
    app = create_app(bureau.settings, bureau.db, bureau.keys, with_worker=True)
    with served(app) as url:
        yield url


def sent_on(seat: Seat) -> int:
    return int(seat.page.locator("#tien-do").get_attribute("value") or 0)


@SQLITE
def test_the_bar_goes_on_over_a_reload_and_a_restart(bureau: Bureau, ready: None) -> None:
    seat = bureau.seat().open(PATH)
    seat.send("Phát phiếu", ma_xac_thuc=seat.telephone.code())
    assert sent_on(seat) == 0
    swift = bureau.post.script
    # The relay takes a third at once and then becomes slow.
    bureau.post.script = lambda step, _to: (
        1 if step == "mail" and len(bureau.post.kept) > PEOPLE / 3 else None
    )
    with another_server(bureau) as url:
        seat.open(url + PATH)
        # It moves by itself.
        until = time.monotonic() + 30
        while sent_on(seat) < 5:
            assert time.monotonic() < until
            seat.page.wait_for_timeout(50)
    before = sent_on(seat)
    assert before < PEOPLE, "the restart comes in the middle"
    bureau.post.script = swift
    with another_server(bureau) as url:
        seat.open(url + PATH)
        assert sent_on(seat) >= before
        seat.page.reload()
        seat.page.get_by_text("Đã gửi xong thư mời").wait_for()
        assert sent_on(seat) == PEOPLE
    recipients = [kept.recipient for kept in bureau.post.kept if "nguoi" in kept.recipient]
    assert len(recipients) == len(set(recipients)) == PEOPLE
