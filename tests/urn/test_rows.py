"""The rows of an urn: stirred as a whole, read as they were sealed, of earlier versions too."""

import pytest
from sqlmodel import col, select

from app.count import unsealing
from app.keys import recovery
from app.keys.keyfile import KeyFile
from app.store.db import Database
from app.store.models import UrnRow, Wave
from app.urn import rows
from app.waves import closing
from app.waves import wave as waves
from tests.making.blocks import cast_all, make_wave

PHRASE = "một câu đủ dài để giữ"


def stored(db: Database, wave: Wave) -> dict[bytes, bytes]:
    with db.reading() as session:
        mine = select(UrnRow).where(col(UrnRow.wave_id) == wave.id)
        return {row.key: row.sealed for row in session.scalars(mine)}


def sealed(db: Database, keys: KeyFile, wave: Wave) -> list[bytes]:
    with db.reading() as session:
        return sorted(rows.read(session, wave, keys.cover(wave.code)))


@pytest.mark.parametrize("together", [2000, 4])
def test_all_are_written_anew_and_none_is_lost(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(rows, "TOGETHER", together)
    wave, other = make_wave(db, keys, people=11), make_wave(db, keys, people=3, code="khac")
    cast_all(db, keys, wave)
    cast_all(db, keys, other)
    before, those, untouched = stored(db, wave), sealed(db, keys, wave), stored(db, other)
    with db.transaction() as session:
        rows.stir_all(session, waves.load(session, wave.code), keys.cover(wave.code))
    after = stored(db, wave)
    assert len(after) == len(before) == 11
    assert not after.keys() & before.keys()
    assert not set(after.values()) & set(before.values())
    assert sealed(db, keys, wave) == those
    assert stored(db, other) == untouched


def test_an_urn_without_rows_is_stirred_and_closed(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=3)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    assert unsealing.unseal(db, keys, wave.code).counted == 0


def test_the_urn_of_a_wave_launched_before_goes_on_as_it_was(db: Database, keys: KeyFile) -> None:
    """Processes of the version before may still cast into it, close it and read it."""
    wave = make_wave(db, keys, people=12)
    with keys.changing() as content:
        del content["waves"][wave.code]["covered"]
    cast_all(db, keys, wave)
    assert sorted(stored(db, wave).values()) == sealed(db, keys, wave)
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, wave.code))
    assert sorted(stored(db, wave).values()) == sealed(db, keys, wave)
    assert unsealing.unseal(db, keys, wave.code).counted == 12


def test_a_recovery_copy_takes_the_covers_off_beside_another_master_key(
    db: Database, keys: KeyFile, tmp_path_factory: pytest.TempPathFactory
) -> None:
    wave = make_wave(db, keys, people=5)
    cast_all(db, keys, wave)
    copy = recovery.open_copy(recovery.copy_of(keys, wave.code, PHRASE), PHRASE)
    another = KeyFile(tmp_path_factory.mktemp("another") / "phieu.keys")
    another.content()
    recovery.put_back(another, copy)
    assert sealed(db, another, wave) == sealed(db, keys, wave)
    assert all(row not in stored(db, wave).values() for row in sealed(db, another, wave))
    # What is cast from now on is covered as well.
    assert another.cover(wave.code).over(b"x") != b"x"
