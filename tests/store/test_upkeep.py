"""While the switch is on nothing is written, whoever forgets to look; then everything is again."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.store import upkeep
from app.store.db import Database
from tests.conftest import Clock
from tests.making.blocks import make_wave


def switch_on(db: Database, minutes: int | None = None) -> None:
    with upkeep.allowed(), db.transaction() as session:
        now = db.now(session)
        upkeep.begin(session, now, None if minutes is None else now + timedelta(minutes=minutes))


def switch_off(db: Database) -> None:
    with upkeep.allowed(), db.transaction() as session:
        upkeep.end(session)


def rename(db: Database, code: str) -> None:
    with db.transaction() as session:
        session.connection().execute(text("UPDATE respondent SET position = :code"), {"code": code})


def code_of(db: Database) -> str:
    with db.reading() as session:
        return str(
            session.connection()
            .execute(text("SELECT position FROM respondent LIMIT 1"))
            .scalar_one()
        )


def test_nothing_is_written_while_the_switch_is_on(db: Database, keys: object) -> None:
    make_wave(db, db.guarded_by)  # type: ignore[arg-type]
    switch_on(db, 30)
    with pytest.raises(upkeep.ReadOnly) as refused:
        rename(db, "khac")
    assert "bảo trì" in str(refused.value)
    assert "phieu readonly off" in str(refused.value)
    assert code_of(db) == ""
    with upkeep.allowed():
        rename(db, "duoc-phep")
    assert code_of(db) == "duoc-phep"
    # What was allowed ends with its block.
    with pytest.raises(upkeep.ReadOnly):
        rename(db, "khac")
    switch_off(db)
    rename(db, "khac")
    assert code_of(db) == "khac"


def test_another_process_has_the_switch_at_once(db: Database, database_url: str) -> None:
    from app.keys import guard
    from app.store.db import open_database

    other = open_database(database_url)
    guard.guard(other, db.guarded_by)  # type: ignore[arg-type]
    make_wave(db, db.guarded_by)  # type: ignore[arg-type]
    rename(other, "mot")
    switch_on(db)
    with pytest.raises(upkeep.ReadOnly):
        rename(other, "hai")
    other.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_began_before_the_switch_is_refused_after_it_or_waited_for(db: Database) -> None:
    make_wave(db, db.guarded_by)  # type: ignore[arg-type]
    db.clock = None

    def begun_before() -> None:
        with db.transaction() as session:
            session.connection().execute(text("UPDATE respondent SET position = 'khac'"))
            switch_on(db)
            with db.reading() as looking:
                assert upkeep.others(looking, db.now(looking)) == 1

    with pytest.raises(upkeep.ReadOnly):
        begun_before()
    assert code_of(db) == ""
    with db.reading() as looking:
        assert upkeep.others(looking, db.now(looking)) == 0


def test_a_second_switching_on_changes_the_hour_and_not_the_beginning(
    db: Database, clock: Clock
) -> None:
    switch_on(db)
    with db.reading() as session:
        first = upkeep.standing(session)
    clock.move(minutes=5)
    switch_on(db, 30)
    with db.reading() as session:
        second = upkeep.standing(session)
    assert first is not None
    assert second is not None
    assert (first.since, first.until) == (second.since, None)
    assert second.until == clock.now + timedelta(minutes=30)
    assert second.seconds(clock.now) == 1800
    assert first.seconds(clock.now) == 60
    clock.move(hours=9)
    assert second.seconds(clock.now) == 60
