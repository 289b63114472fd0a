"""An urn opened by several processes: the same count, whatever lies in it, and no half of one."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import update
from sqlmodel import col, insert, select

from app.count import adding, crew, unsealing
from app.count.adding import Count, UrnChanged, UrnDiffers, count_urn
from app.count.crew import Alone, CrewLost, Several
from app.keys.keyfile import KeyFile
from app.precision.kept import Precision
from app.store.db import Database
from app.store.models import Ballot, UrnRow, Wave
from app.store.resultmodels import Minutes
from app.waves import closing
from app.waves import wave as waves
from app.waves.wave import WaveRefused, id_of, index_of
from tests.making import holders
from tests.making.blocks import cast_all, issue_anew, make_index, make_wave, names

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = "dot-thu"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "BATCH", 2)


@contextmanager
def several(number: int) -> Iterator[Several]:
    found = Several(number)
    try:
        yield found
    finally:
        found.close()


def closed(db: Database) -> Wave:
    with db.transaction() as session:
        closing.close(db, session, waves.load(session, CODE))
    with db.reading() as session:
        return waves.load(session, CODE)


def put_in(db: Database, wave: Wave, *rows: bytes) -> None:
    """What an administrator of the database does, and nobody notices the digest."""
    with db.transaction() as session:
        made = [{"key": os.urandom(16), "wave_id": id_of(wave), "sealed": row} for row in rows]
        session.connection().execute(insert(UrnRow), made)


def both(
    db: Database, keys: KeyFile, wave: Wave, by: crew.Crew
) -> tuple[Count, Precision, list[bytes]]:
    with db.reading() as session:
        index, layout = index_of(wave, keys)
        count = count_urn(session, wave, index, layout, keys, None, by)
        sure = adding.precision(session, wave, index, layout, count)
    count.comments.sort()
    return count, sure, list(count.receipts)


@SQLITE
@pytest.mark.parametrize("mode", ["office", "committee"])
def test_several_count_what_one_counts_foreign_void_and_double_rows_too(
    db: Database, keys: KeyFile, mode: str
) -> None:
    index = make_index("comments")
    if mode == "committee":
        wave, those = holders.launched(db, keys, index=index, people=21)
    else:
        wave, those = make_wave(db, keys, index, people=21), ()
    cast_all(db, keys, wave, 0.8)
    with db.reading() as session:
        stored = [bytes(each) for each in session.scalars(select(col(UrnRow.sealed)))]
        cast = {name.number for name in names(session, wave)}
    assert cast
    # One that stands there three times, and one that is none.
    put_in(db, wave, stored[0], stored[0], b"\x03" + os.urandom(len(stored[0]) - 1))
    wave = closed(db)
    for each in those[:2]:
        holders.hand_in(db, CODE, each)
    with db.reading() as session:
        wave = waves.load(session, CODE)
    one = both(db, keys, wave, Alone())
    assert one[0].counted == len(stored)
    assert one[0].foreign == 3
    assert one[0].comments
    with several(3) as those_three:
        assert both(db, keys, wave, those_three) == one
        # Double rows went to two of them: then one counts alone.
        assert both(db, keys, wave, those_three)[0] == one[0]


@SQLITE
def test_several_count_what_one_counts_where_nothing_is_wrong(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=25)
    cast_all(db, keys, wave, 0.9)
    wave = closed(db)
    one = both(db, keys, wave, Alone())
    with several(2) as two:
        found = both(db, keys, wave, two)
        assert found == one
        assert found[0].crew is two
        assert not [process for process in two._processes if not process.is_alive()]
    assert unsealing.unseal(db, keys, CODE).counted == one[0].counted


@SQLITE
def test_an_issue_that_was_replaced_is_void_to_several_too(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=9)
    cast_all(db, keys, wave)
    with db.reading() as session:
        first = names(session, wave)[0]
    issue_anew(db, keys, first)
    wave = closed(db)
    with several(2) as two:
        count = both(db, keys, wave, two)[0]
    assert count == both(db, keys, wave, Alone())[0]
    assert (count.counted, count.void) == (8, 1)


@SQLITE
def test_several_refuse_what_one_refuses(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=9)
    cast_all(db, keys, wave)
    wave = closed(db)
    with several(2) as two:
        with db.transaction() as session:
            session.connection().execute(update(Ballot).values(cast=False))
        with pytest.raises(UrnDiffers):
            both(db, keys, wave, two)
        with db.transaction() as session:
            session.connection().execute(update(Ballot).values(cast=True))
            session.delete(session.scalars(select(UrnRow)).first())
        with pytest.raises(UrnChanged):
            both(db, keys, wave, two)


@SQLITE
@pytest.mark.parametrize("moment", ["counted", "begin_look", "looked"])
def test_one_that_is_killed_leaves_the_urn_as_it_was(
    db: Database, keys: KeyFile, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    wave = make_wave(db, keys, people=9)
    cast_all(db, keys, wave)
    closed(db)
    ask = Several.ask

    def kill_first(self: Several, method: str, *values: object) -> list[object]:
        if method == moment:
            process = self._processes[0]
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()
        return ask(self, method, *values)

    monkeypatch.setattr(crew, "MANY", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1}, raising=False)
    with monkeypatch.context() as broken:
        broken.setattr(Several, "ask", kill_first)
        with pytest.raises(WaveRefused, match="đã dừng giữa chừng"):
            unsealing.unseal(db, keys, CODE)
    with db.reading() as session:
        assert session.scalars(select(Minutes)).all() == []
        assert len(session.scalars(select(UrnRow)).all()) == 9
    assert unsealing.unseal(db, keys, CODE).counted == 9


def test_a_fault_in_one_of_them_is_told_to_who_asks() -> None:
    with several(1) as one:
        one.hand("count", [b"x"])  # before any part is there
        with pytest.raises(AttributeError):
            one.ask("counted")


def test_they_end_with_who_uses_them_and_with_the_process_that_made_them() -> None:
    with several(2) as two:
        pids = [process.pid for process in two._processes]
        two._pipes[0].close()
        two._processes[0].join(10)
        assert two._processes[0].exitcode == 0, "its pipe ended"
        with pytest.raises(CrewLost):
            two.ask("counted")
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid or 0, 0)
