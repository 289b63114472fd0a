"""Accounts of an earlier version go on as they stood; under a new key file nobody is believed."""

import hashlib

import pytest

from app.keys.keyfile import KeyFile
from app.mending import adoption
from app.settings import Settings
from app.staff import accounts, connections, factors, staff
from app.store.db import Database
from app.waves import officers, staffmail
from app.waves import wave as waves
from tests.bonds.test_attacks_accounts import mails, rows, write
from tests.conftest import Clock
from tests.making.blocks import make_wave
from tests.making.consoles import choose_password, make_staff, stranger
from tests.staff.test_staff import GOOD, member, signing_in
from tests.waves.test_two_people import CODE


@pytest.fixture
def codes(db: Database, keys: KeyFile, clock: Clock) -> list[str]:
    """An office of two officers, and all of it as an earlier version left it; codes of the first,
    whose address is known."""
    first, _secret = make_staff(db, keys, "officer", "admin", name="Trần Thu Hà")
    make_staff(db, keys, "officer", name="Lò Văn B")
    make_wave(db, keys, two_people=True)
    with db.transaction() as session:
        now = db.now(session)
        choose_password(session, first, GOOD)
        found = factors.new_recovery_codes(session, keys, first)
        staffmail.queue(session, "head", first, now, wave=CODE, action="wave.launch", head="1:ab")
        connections.make(session, "Chấm điểm", "Hà", now)
    write(db, "UPDATE connection_key SET key_hash = :hash", hash=hashlib.sha256(b"key").digest())
    write(db, "UPDATE staff_letter SET mac = NULL, facts = :facts", facts=facts(db))
    forget(keys, "upgrade")
    return found


def facts(db: Database) -> str:
    (letter,) = rows(db, "staff_letter")
    return str(letter["facts"]).rpartition(', "queued"')[0] + "}"


def forget(keys: KeyFile, why: str) -> None:
    with keys.changing() as content:
        content.pop("accounts")
        content.pop("recovery codes")
        for entry in content["waves"].values():
            entry.pop("officers")
        content["adopt"] = why


def test_what_an_earlier_version_left_goes_on(
    db: Database, keys: KeyFile, configured: Settings, clock: Clock, codes: list[str]
) -> None:
    before = keys.path.read_bytes()
    adoption.adopt(db, keys)
    keys.path.write_bytes(before)  # cut off before the key file was written
    adoption.adopt(db, keys)
    email = str(rows(db, "staff")[0]["email"])
    assert signing_in(stranger(db, keys, configured), email, GOOD, codes[0]).fine
    with db.reading() as session:
        assert accounts.altered(session) == []
        assert connections.is_live(session, "key")
        wave = waves.load(session, CODE)
        assert len(officers.of(session, wave)) == 2
        assert officers.altered(session, wave) == []
    assert [to for to, _text in mails(db, keys, configured) if to == email] == [email]


def test_once_it_was_taken_over_nothing_else_is_believed(
    db: Database, keys: KeyFile, codes: list[str]
) -> None:
    adoption.adopt(db, keys)
    write(db, "UPDATE staff SET roles = 'officer admin council'")
    write(db, "UPDATE connection_key SET key_hash = :hash", hash=hashlib.sha256(b"x").digest())
    adoption.adopt(db, keys)
    with db.reading() as session:
        assert accounts.everyone(session) == []
        assert len(accounts.altered(session)) == 2
        assert not connections.is_live(session, "x")


def test_under_a_new_key_file_no_password_and_no_telephone_is_believed(
    db: Database, keys: KeyFile, configured: Settings
) -> None:
    clerk, email = member(db, keys, configured, "officer")
    make_wave(db, keys, two_people=True)
    with db.transaction() as session:
        codes = factors.new_recovery_codes(session, keys, clerk.staff_id)
    # Prepared by somebody who knows that the key file is lost.
    write(db, "UPDATE staff SET totp_sealed = NULL, totp_confirmed_at = NULL")
    forget(keys, "new")
    adoption.adopt(db, keys)
    for code in ("", codes[0]):
        assert signing_in(stranger(db, keys, configured), email, GOOD, code).refused
    with db.transaction() as session:
        (account,) = accounts.everyone(session)
        assert (account.roles, account.has_password) == ({"officer"}, False)
        assert not staff.confirm(session, keys, account.id, codes[1], db.now(session))
        assert officers.of(session, waves.load(session, CODE)) == []
