"""A statement says the same over the driver's own connection as through a session."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import col

from app.keys.keyfile import KeyFile
from app.store import upkeep
from app.store.db import Database
from app.store.models import Ballot, UrnRow, Wave
from app.store.plain import Plain, Statement
from tests.making.blocks import make_wave

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
WAVE = Statement(
    select(
        *(col(Wave.id), col(Wave.code), col(Wave.public_key), col(Wave.opens_at)),
        *(col(Wave.closed_at), col(Wave.two_people), col(Wave.index_digest).label("print")),
    ).where(col(Wave.code) == bindparam("code"), col(Wave.mode).in_(["office", "committee"]))
)
LATER = Statement(
    update(Wave).where(col(Wave.code) == bindparam("of")).values(closes_at=bindparam("until"))
)
PUT = Statement(insert(UrnRow), ("key", "wave_id", "sealed"))
TAKE = Statement(delete(UrnRow).where(col(UrnRow.key) == bindparam("at")))
CASTS = Statement(select(func.count(), col(Ballot.cast)).group_by(col(Ballot.cast)))
NEVER = Statement(select(col(Wave.id)).where(or_(col(Wave.code) == "không", col(Wave.id) < 0)))


def test_rows_are_the_same_as_through_a_session(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=3)
    with db.reading() as session, db.plain_reading() as plain:
        for on in (session, plain):
            found = WAVE.first(on, {"code": wave.code, "not": "asked for"})
            assert tuple(found) == (
                *(wave.id, wave.code, wave.public_key, wave.opens_at, None),
                *(wave.two_people, wave.index_digest),
            )
            assert (found.opens_at.tzinfo, found.two_people) == (UTC, wave.two_people)
            assert found.print == wave.index_digest
            assert [tuple(row) for row in CASTS.all(on)] == [(3, False)]
            assert NEVER.first(on) is NEVER.scalar(on) is None
            assert WAVE.scalar(on, {"code": wave.code}) == wave.id


def test_what_is_written_counts_rows_and_is_there(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=3)
    rows = [{"key": bytes([n]) * 16, "wave_id": wave.id, "sealed": b"\0\xff"} for n in (1, 2, 3)]
    until = wave.closes_at + timedelta(days=1)
    with db.plain_transaction() as plain:
        assert PUT.run_each(plain, rows) == 3
        assert TAKE.run_each(plain, [{"at": row["key"]} for row in rows[1:]] + [{"at": b""}]) == 2
        assert LATER.run(plain, {"of": wave.code, "until": until}) == 1
        assert LATER.run(plain, {"of": "không", "until": until}) == 0
    with db.reading() as session:
        assert session.scalars(select(col(UrnRow.sealed))).all() == [b"\0\xff"]
        assert session.scalars(select(col(Wave.closes_at))).one() == until


def test_what_is_broken_off_never_was(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=3)
    row = {"key": bytes(16), "wave_id": wave.id, "sealed": b"1"}

    def broken_off() -> None:
        with db.plain_transaction() as plain:
            PUT.run(plain, row)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    with pytest.raises(IntegrityError) as refused, db.plain_transaction() as plain:
        PUT.run_each(plain, [row, row])
    assert "1" not in str(refused.value.params), "parameters are hidden"
    for write in (lambda: PUT.run(plain, row), lambda: PUT.run_each(plain, [row]), None):
        with pytest.raises(RuntimeError, match="reading"), db.plain_reading() as plain:
            (write or plain.commit)()
    with db.plain_transaction() as plain:
        assert PUT.run(plain, row) == 1, "the connection goes on"


def test_under_the_switch_nothing_is_committed(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=3)
    with upkeep.allowed(), db.transaction() as session:
        upkeep.begin(session, NOW, None)
    row = {"key": bytes(16), "wave_id": wave.id, "sealed": b"1"}
    with pytest.raises(upkeep.ReadOnly) as refused, db.plain_transaction() as plain:
        PUT.run(plain, row)
    assert refused.value.standing == upkeep.Standing(NOW, None)
    with upkeep.allowed(), db.plain_transaction() as plain:
        assert PUT.run(plain, row) == 1


def test_the_last_write_asks_for_the_switch_itself(db: Database, keys: KeyFile) -> None:
    wave = make_wave(db, keys, people=3)
    core = update(Wave).where(col(Wave.code) == bindparam("of")).values(cancel_reason="vì sao")
    both = Statement(core), Statement(core.where(~upkeep.STANDS))
    values, seen = {"of": wave.code}, []

    def write(**more: object) -> int:
        with db.plain_transaction() as plain:
            return upkeep.write_last(plain, *both, values | more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Plain, "before_commit", staticmethod(seen.append))
        assert write() == 1
        assert seen == [], "not asked once more"
        assert write(of="không") == 0
        assert len(seen) == 1
    with db.transaction() as session:
        assert upkeep.write_last(session, *both, values) == 1
    with db.plain_transaction() as plain:
        upkeep.write_last(plain, *both, values)
        assert plain.is_asked
        NEVER.first(plain)
        assert not plain.is_asked, "it was the last no more"
    with upkeep.allowed(), db.transaction() as session:
        upkeep.begin(session, NOW, None)
    with pytest.raises(upkeep.ReadOnly):
        write()
    with upkeep.allowed():
        assert write() == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_was_cut_is_a_fault_of_the_database_and_is_replaced(
    db: Database,
) -> None:
    ends = Statement(select(func.pg_terminate_backend(func.pg_backend_pid())))
    with pytest.raises(OperationalError) as cut, db.plain_reading() as plain:
        ends.first(plain)
    assert cut.value.connection_invalidated
    with db.plain_reading() as plain:
        assert NEVER.first(plain) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_statement_that_is_none_is_told_without_its_values(db: Database) -> None:
    with pytest.raises(DBAPIError, match="nowhere") as refused, db.plain_reading() as plain:
        plain.execute("SELECT ? FROM nowhere", ["bí mật"])
    assert "bí mật" not in str(refused.value)
    with db.reading() as session:
        assert session.connection().execute(text("SELECT 1")).scalar_one() == 1
