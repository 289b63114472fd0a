"""Several waves in one office: which comes first, and the way from a page of one to another's."""

from datetime import timedelta

import pytest

from app.commands import serving
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from app.waves import wave as waves
from tests.conftest import Clock
from tests.making.blocks import change_wave, make_index, make_wave
from tests.making.consoles import Clerk, desk_of, make_staff, stranger
from tests.making.html import words

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def several(db: Database, keys: KeyFile) -> None:
    """The wave that runs is the oldest but one; then a draft and a rehearsal."""
    old = make_wave(db, keys, code="cu")
    make_wave(db, keys, code="dang-thu")
    change_wave(db, old, closes_at=old.opens_at + timedelta(hours=1))
    with db.transaction() as session:
        now = db.now(session)
        later = now + timedelta(days=9)
        waves.new(session, "nhap", make_index(), now + timedelta(days=2), later, now)
    make_wave(db, keys, code="thu-phieu", rehearsal=True)


def links(clerk: Clerk, place: str) -> list[str]:
    """Where the links of a part of the page lead."""
    (part,) = [each for each in clerk.tree.iter("details") if each.get("class") == place]
    return [link.get("href", "") for link in part.iter("a")]


@SQLITE
@pytest.mark.usefixtures("several")
def test_the_wave_that_runs_is_the_one_the_console_is_about(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured, "officer", "council")
    clerk.open("/quan-tri")
    assert "Đợt điều tra đang làm dang-thu" in clerk.text
    assert "/quan-tri/dot/dang-thu/danh-sach" in clerk.response.text
    heads = [words(each) for each in clerk.tree.iter("h2")]
    apart = [head for head in heads if head in ("Các đợt khác", "Đang chuẩn bị", "Tập dượt")]
    assert apart == ["Các đợt khác", "Đang chuẩn bị", "Tập dượt"]
    assert clerk.open("/quan-tri/theo-doi").path == "/quan-tri/dot/dang-thu/theo-doi"


@SQLITE
@pytest.mark.usefixtures("several")
def test_every_page_of_a_wave_leads_to_the_same_page_of_another(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    officer = desk_of(db, keys, configured)
    officer.open("/quan-tri/dot/nhap/danh-sach/them")
    assert links(officer, "waves") == [
        "/quan-tri/dot/dang-thu/danh-sach",
        "/quan-tri/dot/cu/danh-sach",
        "/quan-tri/dot/thu-phieu/danh-sach",
    ]
    # What only this wave has leads to what the other one is about.
    officer.open("/quan-tri/dot/dang-thu/gia-han")
    assert links(officer, "waves") == [
        "/quan-tri/dot/cu/theo-doi",
        "/quan-tri/dot/nhap/phat-phieu",
        "/quan-tri/dot/thu-phieu/theo-doi",
    ]
    for path in ("danh-sach", "phat-phieu", "theo-doi", "thu", "nguoi-dua-vao", "ket-qua"):
        officer.open(f"/quan-tri/dot/cu/{path}")
        for link in links(officer, "waves"):
            assert officer.open(link).status == 200, link
    council = desk_of(db, keys, configured, "council")
    council.open("/quan-tri/dot/cu/ket-qua")
    assert council.open(links(council, "waves")[0]).path == "/quan-tri/dot/dang-thu/ket-qua"


@SQLITE
def test_before_the_first_account_the_door_says_how_one_is_made(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    visitor = stranger(db, keys, configured)
    visitor.open("/quan-tri")
    assert visitor.heading == "Chưa có tài khoản nào"
    assert not visitor.forms
    assert "phieu staff setup" in visitor.text
    link = serving.setup_link(db, keys, "")
    assert visitor.open(link).heading == "Tài khoản đầu tiên"
    make_staff(db, keys, "admin")
    assert visitor.open("/quan-tri").heading == "Đăng nhập"
    assert serving.setup_link(db, keys, "") == ""
