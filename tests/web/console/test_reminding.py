"""“Gửi thư nhắc ngay” asks first, and its numbers are those of the hourly notes, from ten on."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.store.models import Letter
from app.waves import notes
from tests.conftest import Clock
from tests.making.blocks import cast_all, make_wave
from tests.making.consoles import Clerk, desk_of

PATH = "/quan-tri/dot/dot-thu/theo-doi/nhac"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def reminders(db: Database) -> int:
    with db.reading() as session:
        return len(session.scalars(select(Letter).where(col(Letter.kind) == "reminder")).all())


def clerk_a_day_later(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, share: float
) -> Clerk:
    cast_all(db, keys, make_wave(db, keys, people=20), share=share)
    clock.move(days=1)
    notes.take_all(db)
    return desk_of(db, keys, configured)


def test_to_look_sends_nothing_and_a_press_sends_once(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = clerk_a_day_later(db, keys, configured, clock, share=0.3)
    clerk.open(PATH.removesuffix("/nhac"))
    clerk.open(clerk.link("Gửi thư nhắc ngay"))
    assert clerk.path == PATH
    assert "khoảng 14 người" in clerk.text
    assert "chưa có" in clerk.text
    assert reminders(db) == 0
    form = clerk.form_to("/nhac")
    clerk.press("Gửi thư nhắc")
    assert reminders(db) == 14
    clerk.open(PATH)
    assert "Nhắc được từ 21 giờ 00" in clerk.text.replace("\u00a0", " ")
    assert not [each for each in clerk.forms if each.action.endswith("/nhac")]
    clerk.send(form)
    assert clerk.refused
    assert reminders(db) == 14


def test_fewer_than_ten_are_not_counted(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = clerk_a_day_later(db, keys, configured, clock, share=0.8)
    assert "ít hơn 10 người" in clerk.open(PATH).text
    assert "khoảng" not in clerk.text
    clerk.press("Gửi thư nhắc")
    assert "ít hơn 10 người" in clerk.text


def test_nobody_is_reminded_on_the_day_of_the_invitation_nor_after_the_close(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    make_wave(db, keys, closes=clock() + timedelta(days=3))
    clerk = desk_of(db, keys, configured)
    assert "Nhắc được từ" in clerk.open(PATH).text
    clock.move(days=4)
    clerk = desk_of(db, keys, configured)
    assert "không đang thu phiếu" in clerk.open(PATH).text
    assert not [each for each in clerk.forms if each.action.endswith("/nhac")]
