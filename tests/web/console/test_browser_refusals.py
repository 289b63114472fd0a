"""Every refusal of the console in a real browser: a clear page each, and nothing half done."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import SQLModel, func, select

from app.staff import accounts
from app.store.db import Database
from app.store.models import Respondent
from app.store.officemodels import AuditRow, IndexFile
from app.waves import wave as waves
from app.web.console.desk.cookies import cookie_name
from tests.making.badbooks import bomb, enormous, locked
from tests.making.blocks import make_index, make_people, make_wave
from tests.making.browser import turn_to
from tests.making.bureau import Bureau, attach
from tests.making.consoles import choose_password
from tests.staff.test_staff import GOOD

pytest_plugins = ["tests.making.browser_fixtures"]
# What a browser is shown and what it keeps does not turn on the database: the deeds beneath are
# refused on both in the tests of staff, waves, preparation, and of the console's own pages.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BAD_FILES: list[tuple[str, Callable[[], bytes], str]] = [
    ("khong.xlsx", lambda: b"PK\x03\x04 no", "khong.xlsx"),
    ("khoa.xlsx", locked, "có mật khẩu. Mở bằng Excel, bỏ mật khẩu"),
    ("no.xlsx", bomb, "no.xlsx"),
    ("to.xlsx", enormous, "10 MB"),
    ("anh.xlsx", lambda: b"%PDF-1.7", "anh.xlsx"),
    ("doi-ten.xlsx", lambda: b"Ho,Email\n\xff\xfe", "doi-ten.xlsx"),
]


def draft(bureau: Bureau, code: str = "dot-hai") -> str:
    """A wave in preparation with its roster; gives its address."""
    index = make_index()
    assert bureau.keys.tokens, "the key file is there before there is a wave"
    with bureau.db.transaction() as session:
        now = bureau.db.now(session)
        wave = waves.new(session, code, index, now, now.replace(day=28), now)
        waves.import_roster(session, wave, make_people(index))
    return f"/quan-tri/dot/{code}"


def rows(db: Database, table: type[SQLModel]) -> int:
    with db.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_files_that_nobody_can_read_are_refused_and_nothing_is_kept(
    bureau: Bureau, tmp_path: Path
) -> None:
    for name, data, _words in BAD_FILES:
        (tmp_path / name).write_bytes(data())
    seat = bureau.seat()
    base = draft(bureau)
    for path, button in (
        ("/quan-tri/bo-chi-so", "Kiểm tra và tải lên"),
        (f"{base}/danh-sach", "Kiểm tra và nhập"),
    ):
        for name, _data, words in BAD_FILES:
            seat.open(path)
            attach(seat.page, button, name, tmp_path / name)
            seat.refused(words)
    assert rows(bureau.db, IndexFile) == 0
    assert rows(bureau.db, Respondent) == 20
    assert rows(bureau.db, AuditRow) == 0


def test_a_browser_that_leaves_in_the_middle_of_an_upload_leaves_nothing(bureau: Bureau) -> None:
    seat = bureau.seat().open("/quan-tri/bo-chi-so")
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in seat.page.context.cookies())
    ticket = seat.page.locator("main form input[name=ve]").first.input_value()
    part = f'--b\r\nContent-Disposition: form-data; name="ve"\r\n\r\n{ticket}\r\n--b\r\n'
    part += 'Content-Disposition: form-data; name="tep"; filename="a.toml"\r\n\r\nformat = 1'
    with socket.create_connection(bureau.host) as line:
        line.sendall(
            "POST /quan-tri/bo-chi-so HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
            f"Content-Type: multipart/form-data; boundary=b\r\nCookie: {cookies}\r\n\r\n{part}"
            "".encode()
        )
    seat.open("/quan-tri/bo-chi-so")
    assert seat.watched.status == 200
    assert "Chưa có bộ chỉ số nào" in seat.main
    assert rows(bureau.db, AuditRow) == 0


def test_of_two_tabs_that_change_the_same_the_second_is_told(bureau: Bureau) -> None:
    base = draft(bureau)
    with bureau.db.reading() as session:
        person = session.scalars(select(Respondent.id).order_by(Respondent.id)).first()
    seat = bureau.seat()
    second = seat.page.context.new_page()
    changed = "Có người vừa đổi"
    for path, name, values, told in (
        ("thu", "reminder.tieu-de", ("Nhắc lại", "Nhắc nữa"), changed),
        (f"danh-sach/{person}", "ten", ("Lò Thị Hoa", "Lò Thị Huệ"), "Từ lúc mở trang"),
        ("sua", "han-ngay", ("20/03/2026", "21/03/2026"), changed),
    ):
        for page in (seat.page, second):
            page.goto(f"{base}/{path}")
        for page, value in zip((seat.page, second), values, strict=True):
            turn_to(page)
            page.locator(f"[id='{name}']").fill(value)
            with page.expect_navigation() as answer:
                page.get_by_role("button", name="Lưu", exact=True).click()
        assert answer.value.status == 200, path
        assert second.title().startswith("Lỗi:")
        assert told in second.locator("main").inner_text()
        second.goto(f"{base}/{path}")
        assert second.locator(f"[id='{name}']").input_value() == values[0]


def test_a_forged_form_is_refused_and_does_nothing(bureau: Bureau) -> None:
    make_wave(bureau.db, bureau.keys, code="mo")
    seat, other = bureau.seat(), bureau.seat()
    path = "/quan-tri/dot/mo/theo-doi/lich-nhac"
    others = other.open("/quan-tri/dot/mo/theo-doi").page.locator(
        f"form[action='{path}'] [name=ve]"
    )
    stolen = others.input_value()
    home = f"{bureau.url}/quan-tri/nhat-ky"
    for ticket in ("", "x.y", stolen):
        # From a page of ours, as a script of a stranger's could send it.
        seat.open(home)
        fields = json.dumps({"ve": ticket, "ngay": "5"})
        with seat.page.expect_navigation():
            seat.page.evaluate(
                f"""() => {{ const form = document.createElement("form");
                form.method = "post"; form.action = "{path}";
                for (const [name, value] of Object.entries({fields})) {{
                const field = document.createElement("input"); field.name = name;
                field.value = value; form.append(field) }};
                document.body.append(form); form.submit() }}"""
            )
        seat.refused("không còn dùng được")
    # From another site, with the right ticket.
    seat.open("/quan-tri/dot/mo/theo-doi")
    own = seat.page.locator(f"form[action='{path}'] [name=ve]").input_value()
    bureau.stay(seat)  # a cookie that a browser takes along from another site, as ours is not
    seat.open("about:blank").page.set_content(
        f"<form method=post action='{bureau.url}{path}'><input name=ve value='{own}'>"
        "<input name=ngay value=5><button>x"
    )
    with seat.page.expect_navigation():
        seat.page.locator("button").click()
    seat.refused("", 403)
    with bureau.db.reading() as session:
        assert waves.load(session, "mo").remind_days == ""
    assert rows(bureau.db, AuditRow) == 0


STRANGE = {
    "officer": ["tai-khoan/1"],
    "council": [
        "dot/mo/danh-sach",
        "dot/mo/phat-phieu",
        "dot/mo/theo-doi",
        "dot/moi",
        "dot/mo/huy",
    ],
    "admin": ["bo-chi-so", "dot/mo/ket-qua", "nhat-ky"],
}


def test_a_page_of_another_role_says_whom_to_ask(bureau: Bureau) -> None:
    make_wave(bureau.db, bureau.keys, code="mo")
    for role, paths in STRANGE.items():
        seat = bureau.seat(role)
        for path in paths:
            seat.open(f"/quan-tri/{path}")
            seat.refused("vai trò", 403)
            assert "nguoi1@" not in seat.main


def test_a_code_of_the_telephone_opens_the_door_once(bureau: Bureau) -> None:
    seat = bureau.seat(cookie=False)
    bureau.give_password(seat)
    code = seat.telephone.code()
    thief = bureau.another_browser()
    for watched in (seat.watched, thief):
        page = watched.page
        page.goto("/quan-tri/dang-nhap")
        page.locator("#email").fill(seat.email)
        page.locator("#mat-khau").fill(GOOD)
        page.locator("#ma").fill(code)
        with page.expect_navigation():
            page.get_by_role("button", name="Đăng nhập", exact=True).click()
    assert seat.page.url.endswith("/quan-tri")
    assert thief.page.title().startswith("Lỗi:")
    assert "không đúng" in thief.page.locator("main").inner_text()
    assert thief.page.locator("#mat-khau").input_value() == ""
    assert not [
        c for c in thief.page.context.cookies() if c["name"] == cookie_name(bureau.settings)
    ]


def test_too_many_wrong_passwords_end_in_a_page_that_says_how_long(bureau: Bureau) -> None:
    seat = bureau.seat(cookie=False).open("/quan-tri/dang-nhap")
    guess = {"email": "ai-do@vi-du.vn", "mat_khau": "đoán", "ma": "000000"}
    seat.send("Đăng nhập", **guess)
    seat.refused("không đúng")
    # The others as a program sends them, with the form and the cookies of the page.
    form = seat.page.evaluate(
        "Object.fromEntries(new FormData(document.querySelector('main form')))"
    )
    form |= {name.replace("_", "-"): value for name, value in guess.items()}
    while "không đúng" in (answer := seat.page.request.post(seat.page.url, form=form)).text():
        assert answer.ok
    seat.send("Đăng nhập", **guess)
    seat.refused("Đợi 15 phút")


def test_a_session_ends_with_its_password_and_with_its_account(bureau: Bureau) -> None:
    make_wave(bureau.db, bureau.keys, code="mo")
    bureau.seat("admin")
    for end in (choose_password, accounts.remove):
        seat = bureau.seat()
        bureau.sign_in(seat)
        seat.open("/quan-tri/dot/mo/theo-doi")
        with bureau.db.transaction() as session:
            what = GOOD if end is choose_password else bureau.db.now(session)
            end(session, seat.staff_id, what)
        seat.page.locator("#ngay-nhac").fill("5")
        seat.send("Lưu lịch nhắc")
        assert seat.page.url.partition("?")[0].endswith("/quan-tri/dang-nhap")
        assert "chưa được thực hiện" in seat.main
        seat.open("/quan-tri/dot/mo/theo-doi")
        assert "/quan-tri/dang-nhap?tiep=" in seat.page.url
    with bureau.db.reading() as session:
        assert waves.load(session, "mo").remind_days == ""
