"""Appraised points and sheets of the whole index under somebody who can write to the database."""

from fractions import Fraction

import pytest

from app.count import appraised, scoresheets, wholesheets
from app.count.tallies import TallyAltered
from app.index.appraised import leaves_of
from app.keys.keyfile import KeyFile
from app.mending import adoption
from app.store.db import Database
from app.waves import wave as waves
from app.waves.wave import id_of
from tests.bonds.test_attacks import SQLITE, Intruder, drop_triggers, opened
from tests.conftest import Clock, first_on_both
from tests.making.blocks import make_index, make_wave


@pytest.fixture
def intruder(db: Database, keys: KeyFile, clock: Clock) -> Intruder:
    made = Intruder(db, keys, clock, make_wave(db, keys, make_index("external"), 20))
    drop_triggers(db)
    opened(made)
    with db.transaction() as session:
        scoresheets.score(db, session, made.wave.code)
    return made


def appraise(intruder: Intruder, given: int) -> None:
    with intruder.db.transaction() as session:
        wave = waves.load(session, intruder.wave.code)
        index, _layout = waves.index_of(wave)
        points = {
            (unit.code, leaf.code): Fraction(given)
            for unit in index.units
            for leaf in leaves_of(index, unit)
        }
        appraised.put_in(session, wave, points, {"snv": "Lò Văn Sơn"})


def make(intruder: Intruder) -> int:
    with intruder.db.transaction() as session:
        document, _fresh = wholesheets.make(intruder.db, session, intruder.wave.code)
    number: int = document["sheet"]
    return number


@first_on_both("how", ["put back", "raised", "deleted", "deleted, no mac"])
def test_appraised_points_are_those_imported_last(intruder: Intruder, how: str) -> None:
    appraise(intruder, 1)
    mac = intruder.read("SELECT appraised_mac FROM wave")[0][0]
    appraise(intruder, 2)
    assert make(intruder) == 1
    if how == "put back":
        intruder.write("UPDATE appraised_point SET points = '1'")
        intruder.write("UPDATE wave SET appraised_mac = :m", m=mac)
    elif how == "raised":
        intruder.write("UPDATE appraised_point SET points = '5' WHERE unit = 'snv'")
    else:
        intruder.write("DELETE FROM appraised_point")
        if how == "deleted, no mac":
            intruder.write("UPDATE wave SET appraised_mac = NULL")
    with pytest.raises(TallyAltered, match="Điểm thẩm định"):
        make(intruder)


@SQLITE
def test_a_whole_sheet_that_was_altered_or_is_gone_is_missed(intruder: Intruder) -> None:
    appraise(intruder, 1)
    assert make(intruder) == 1
    appraise(intruder, 2)
    assert make(intruder) == 2
    code = intruder.wave.code
    first = intruder.read("SELECT document FROM whole_sheet WHERE number = 1")[0][0]
    second = intruder.read("SELECT document FROM whole_sheet WHERE number = 2")[0][0]
    for change, values in (
        ("UPDATE whole_sheet SET document = :d WHERE number = 2", {"d": first}),
        ("DELETE FROM whole_sheet WHERE number = 2", {}),
    ):
        intruder.write(change, **values)
        with intruder.db.reading() as session, pytest.raises(TallyAltered, match="số 2"):
            wholesheets.latest(session, code)
        with pytest.raises(TallyAltered):
            make(intruder)
    intruder.write(
        "INSERT INTO whole_sheet (wave_id, number, created_at, document)"
        " VALUES (:w, 2, '2023-03-01 00:00:00', :d)",
        w=id_of(intruder.wave),
        d=second,
    )
    with intruder.db.reading() as session:
        assert wholesheets.latest(session, code)["sheet"] == 2


@SQLITE
def test_heads_are_forgotten_and_the_sheet_does_not_know_them(intruder: Intruder) -> None:
    appraise(intruder, 1)
    make(intruder)
    with intruder.db.transaction() as session:
        wave = waves.load(session, intruder.wave.code)
        known = appraised.checked(session, wave)
        appraised.put_in(session, wave, known, None)
        assert appraised.heads(session, wave) == {"snv": "Lò Văn Sơn"}
        appraised.forget_heads(session, wave)
    with intruder.db.reading() as session:
        wave = waves.load(session, intruder.wave.code)
        assert appraised.heads(session, wave) == {}
        assert appraised.checked(session, wave)
        assert "Lò Văn Sơn" not in str(wholesheets.newest(session, wave))


@SQLITE
def test_what_is_taken_over_from_a_backup_keeps_points_and_sheets(intruder: Intruder) -> None:
    appraise(intruder, 1)
    make(intruder)
    with intruder.db.transaction() as session:
        wave = waves.load(session, intruder.wave.code)
        now = intruder.db.now(session)
        taken = adoption.take_over(session, intruder.keys, wave, "restored", now)["facts"]["now"]
        assert set(taken["whole_sheets"]) == {"1"}
        mac = wave.appraised_mac
    assert mac is not None
    assert taken["appraised"] == mac.hex()
