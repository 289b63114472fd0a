"""The second look at an urn: told as one with the first; when they differ nothing is written."""

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import col

from app.count import unsealing
from app.count.secondlook import SecondLook
from app.keys.keyfile import KeyFile
from app.store.db import Database
from app.store.models import UrnRow, Wave
from app.store.resultmodels import KeptPrecision, TallyRow
from app.waves import closing
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of
from tests.making.blocks import cast_all, make_wave

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def closed(db: Database, keys: KeyFile, twice: bool = False) -> Wave:
    """A closed wave of some ballots; `twice`: somebody has put a row there once more."""
    wave = make_wave(db, keys, people=20)
    cast_all(db, keys, wave)
    with db.transaction() as session:
        if twice:
            sealed = session.connection().execute(select(col(UrnRow.sealed)).limit(1)).scalar_one()
            row = {"key": b"k" * 16, "wave_id": id_of(wave), "sealed": sealed}
            session.connection().execute(insert(UrnRow).values(row))
        closing.close(db, session, waves.load(session, wave.code))
    return wave


def test_the_progress_of_both_looks_never_goes_back(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = closed(db, keys)
    monkeypatch.setattr("app.count.adding.BATCH", 2)
    steps: list[tuple[int, int]] = []
    minutes = unsealing.unseal(db, keys, wave.code, lambda *step: steps.append(step))
    assert steps == sorted(steps)
    assert steps[-1] == (minutes.counted, minutes.counted)
    assert len({total for _done, total in steps}) == 1


@pytest.mark.parametrize("what", ["fewer", "others"])
def test_nothing_is_written_when_the_second_look_sees_something_else(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    wave = closed(db, keys)
    see = SecondLook.add

    def other(self: SecondLook, place: int, levels: bytes) -> None:
        if what == "fewer":
            return
        see(self, place, levels.replace(b"A", b"B"))

    monkeypatch.setattr(SecondLook, "add", other)
    with pytest.raises(WaveRefused, match="không khớp"):
        unsealing.unseal(db, keys, wave.code)
    with db.reading() as session:
        for table in (TallyRow, KeptPrecision):
            assert session.scalars(select(func.count()).select_from(table)).one() == 0
        assert session.scalars(select(func.count()).select_from(UrnRow)).one() == 20
    monkeypatch.setattr(SecondLook, "add", see)
    assert unsealing.unseal(db, keys, wave.code).counted == 20


def test_a_row_that_stands_there_twice_is_seen_once(db: Database, keys: KeyFile) -> None:
    wave = closed(db, keys, twice=True)
    minutes = unsealing.unseal(db, keys, wave.code)
    assert (minutes.counted, minutes.foreign) == (20, 1)
    with db.reading() as session:
        document = session.scalars(select(col(KeptPrecision.document))).one()
    assert document != ""
