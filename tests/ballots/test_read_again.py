"""A row that is read just before another process changes it is no altered one."""

from typing import Any

import pytest

from app.ballots import ballot as ballots
from app.bonds import wavefacts
from app.keys.keyfile import KeyFile
from app.store.db import Database
from app.store.models import Wave
from app.waves import closing
from app.waves import wave as waves
from tests.making.blocks import make_wave, names


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("by_code", [False, True])
def test_a_ballot_read_as_its_wave_is_closed_is_read_once_more(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch, by_code: bool
) -> None:
    wave = make_wave(db, keys, people=8)
    with db.reading() as session:
        name = names(session, wave)[0]
    judge, seen = ballots._must_be_sound, []

    def after_a_closing(known: KeyFile, row: Any) -> None:
        seen.append(row.closed_at)
        if len(seen) == 1:
            with db.transaction() as session:
                closing.close(db, session, waves.load(session, wave.code))
        judge(known, row)

    monkeypatch.setattr(ballots, "_must_be_sound", after_a_closing)
    with db.reading() as session:
        if by_code:
            mac = keys.tokens.code_mac(keys.tokens.access_code(name))
            found = ballots.find_by_code(session, mac)
        else:
            found = ballots.find(session, name)
    assert found.name == name
    assert seen[0] is None
    assert seen[1] is not None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_wave_read_as_it_is_closed_is_read_once_more(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = make_wave(db, keys, people=8)
    compare, times = wavefacts.differing, []

    def after_a_closing(*told: Any) -> list[str]:
        times.append(told)
        if len(times) == 1:
            with db.transaction() as session:
                closing.close(db, session, waves.load(session, wave.code))
        return compare(*told)

    with db.reading() as session:
        read = session.get(Wave, wave.id)
        assert read is not None
        monkeypatch.setattr(wavefacts, "differing", after_a_closing)
        wavefacts.check(session, read)
        assert read.closed_at is not None
