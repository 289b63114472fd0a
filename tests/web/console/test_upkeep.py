"""While nothing may be written the console can be read, and a form that came is given back."""

import re
from pathlib import Path

import pytest

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store import upkeep
from app.store.db import Database
from app.web.console.again import SECRET
from tests.making.blocks import make_wave
from tests.making.consoles import Clerk, desk_of, make_staff, stranger
from tests.store.test_upkeep import switch_off, switch_on
from tests.web.console.test_routes import dump

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NAME = "/quan-tri/tai-khoan"


@pytest.fixture
def clerk(
    db: Database, keys: KeyFile, configured: Settings, monkeypatch: pytest.MonkeyPatch
) -> Clerk:
    monkeypatch.setattr(upkeep, "SEEN_FOR", 0.0)
    return desk_of(db, keys, configured)


def test_a_form_is_given_back_and_sent_again_when_that_is_over(clerk: Clerk, db: Database) -> None:
    clerk.open(NAME)
    form = clerk.form_to("ten")
    switch_on(db, 30)
    before = dump(db)
    clerk.send(form, {"ten": "Nguyễn Thị Hoa Ban"})
    assert clerk.status == 503
    assert clerk.response.headers["retry-after"] == "1800"
    assert "bảo trì, dự kiến đến" in clerk.heading
    assert dump(db) == before
    switch_off(db)
    clerk.press("Gửi lại")
    assert clerk.status == 200
    assert "Nguyễn Thị Hoa Ban" in clerk.text


def test_who_was_quicker_than_the_switch_has_the_form_too(
    clerk: Clerk, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.open(NAME)
    form = clerk.form_to("ten")
    # Seen a moment ago that everybody may write.
    monkeypatch.setattr(upkeep.Seen, "__call__", lambda _seen: None)
    switch_on(db)
    clerk.send(form, {"ten": "Nguyễn Thị Hoa Ban"})
    assert clerk.status == 503
    assert clerk.form_to("ten").values["ten"] == ["Nguyễn Thị Hoa Ban"]


def test_no_password_and_no_code_stands_on_the_page(clerk: Clerk, db: Database) -> None:
    clerk.open(NAME)
    form = clerk.form_to("mat-khau")
    switch_on(db)
    secret = "một mật khẩu rất dài 1"
    clerk.send(form, {"mat-khau-cu": secret, "mat-khau": secret, "lap-lai": secret})
    assert clerk.status == 503
    assert secret not in clerk.response.text
    assert "không được giữ" in clerk.text


def test_every_page_says_it_and_none_is_closed(clerk: Clerk, db: Database, keys: KeyFile) -> None:
    make_wave(db, keys)
    switch_on(db)
    for path in ("/quan-tri", "/quan-tri/bo-chi-so", NAME):
        clerk.open(path)
        assert clerk.status == 200, path
        assert "Lúc này chỉ xem được" in clerk.text, path


@SQLITE
def test_nobody_learns_at_the_door_whether_a_password_is_right(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_staff(db, keys, "officer")
    visitor = stranger(db, keys, configured)
    visitor.open("/quan-tri/dang-nhap")
    switch_on(db)
    visitor.submit({"email": "an@vi-du.vn", "mat-khau": "gì cũng được 123"})
    assert visitor.status == 503
    assert "bảo trì" in visitor.heading
    assert "gì cũng được" not in visitor.response.text


def test_every_field_of_a_password_is_known_as_one() -> None:
    inputs = [
        tag
        for path in Path("templates/console").glob("*.html")
        for tag in re.findall(r"<input[^>]*>", path.read_text())
        if 'type="password"' in tag
    ]
    names = {str(re.search(r' name="([^"]*)"', tag)[1]) for tag in inputs}  # type: ignore[index]
    assert names
    assert names <= SECRET
