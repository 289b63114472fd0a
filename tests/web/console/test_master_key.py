"""The copy of the master key: by one's own code, and by another one's where there is another."""

import json

import pytest

from app.audit import chain
from app.keys import recovery
from app.keys.keyfile import KeyFile
from app.settings import Settings
from app.store.db import Database
from tests.conftest import Clock
from tests.making.blocks import make_wave
from tests.making.consoles import Clerk, desk_of

PAGE = "/quan-tri/tai-khoan/khoa-goc"
PHRASE = "con trâu đen ăn cỏ non"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def ask(clerk: Clerk, **values: str) -> Clerk:
    clerk.open(PAGE)
    form = clerk.form_to("khoa-goc")
    filled = {"cau": PHRASE, "cau-lai": PHRASE, "ma-xac-thuc": "", **values}
    clerk.send(form, filled)
    return clerk


@SQLITE
def test_where_there_is_one_his_code_is_enough(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    make_wave(db, keys, people=4)
    clerk = desk_of(db, keys, configured, "admin")
    ask(clerk, **{"ma-xac-thuc": clerk.code()})
    held = recovery.open_master(clerk.response.text, PHRASE)
    content = keys.content()
    assert held["master"] == content["master"]
    entry = content["waves"]["dot-thu"]
    assert entry["secret"] not in json.dumps(held)
    assert entry["private_key"] not in json.dumps(held)
    with db.reading() as session:
        assert chain.lines(session, "keys.copy")


def test_where_there_are_two_both_codes_are_asked(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock
) -> None:
    clerk = desk_of(db, keys, configured, "admin")
    other = desk_of(db, keys, configured, "officer")
    council = desk_of(db, keys, configured, "council")
    with db.reading() as session:
        email = (
            session.connection()
            .exec_driver_sql(f"SELECT email FROM staff WHERE id = {other.staff_id}")
            .scalar()
        )
    own = {"nguoi-hai": str(email)}
    # His own code for the other's, none, a wrong one, one of somebody who may not.
    for code in (clerk.code(), "", "000000", council.code()):
        clock.move(seconds=90)
        ask(clerk, **own, **{"ma-xac-thuc": clerk.code(), "ma-hai": code})
        assert clerk.refused
    clock.move(seconds=90)
    ask(clerk, **{"ma-xac-thuc": clerk.code(), "nguoi-hai": "ai@vi-du.vn", "ma-hai": "000000"})
    assert clerk.refused
    clock.move(seconds=90)
    ask(clerk, **own, **{"ma-xac-thuc": clerk.code(), "ma-hai": other.code()})
    assert recovery.open_master(clerk.response.text, PHRASE)["master"] == keys.content()["master"]
    with db.reading() as session:
        (line,) = chain.lines(session, "keys.copy")
        assert len(chain.lines(session, "account.code")) == 4
    assert str(email) in str(line.facts["confirmed"])


@SQLITE
@pytest.mark.parametrize("role", ["officer", "council"])
def test_it_is_for_administrators(
    db: Database, keys: KeyFile, configured: Settings, role: str
) -> None:
    assert desk_of(db, keys, configured, role).open(PAGE).status == 403


@SQLITE
def test_a_short_phrase_or_two_different_ones_make_no_copy(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk = desk_of(db, keys, configured, "admin")
    assert "ít nhất 16" in ask(clerk, cau="ngắn", **{"cau-lai": "ngắn"}).text
    assert "khác nhau" in ask(clerk, **{"cau-lai": PHRASE + "x"}).text
