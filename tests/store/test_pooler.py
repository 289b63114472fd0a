"""Behind PgBouncer in transaction mode, where each transaction may be another server connection:
the program finds out by itself, and a wave goes its whole way by several processes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from app.backup import folder, restoring
from app.backup.folder import Seal
from app.store import addresses, postgresql
from app.store.db import Database, open_database
from tests.making.blocks import make_index, make_wave
from tests.making.cluster import Pooler, pooler
from tests.making.crowd import Crowd
from tests.making.running import house

POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
# As an operator may have it: the wish for time limits is refused, or passed over.
REFUSES, PASSES_OVER = (), ("ignore_startup_parameters = options",)


@pytest.fixture(params=[REFUSES, PASSES_OVER], ids=["refuses", "passes-over"])
def pool(request: pytest.FixtureRequest, database_url: str) -> Iterator[Pooler]:
    with pooler(database_url, *request.param) as made:
        yield made


def limits(db: Database) -> set[str]:
    with db.reading() as session:
        shown = [text(f"SHOW {name}") for name in postgresql.LIMITS]
        return {str(session.connection().execute(each).scalar()) for each in shown}


@POSTGRESQL
def test_time_limits_hold_in_each_transaction_and_leak_into_no_other_client(pool: Pooler) -> None:
    db = open_database(pool.url)
    assert limits(db) == {"2min", "30s", "1min"}
    with db.reading() as session:
        driven = session.connection().connection.driver_connection
        assert driven is not None
        assert driven.prepare_threshold is None
        plain = driven.connect(pool.url, autocommit=True, prepare_threshold=None)
        assert plain.execute("SHOW statement_timeout").fetchone() == ("0",)
        plain.close()
    db.dispose()


@POSTGRESQL
def test_a_wave_goes_its_whole_way_by_several_processes(tmp_path: Path, pool: Pooler) -> None:
    with house(tmp_path, pool.url) as home:
        wave = make_wave(home.db, home.keys, make_index("comments"), 16)
        with home.serving() as one, home.serving() as other, ThreadPoolExecutor(8) as those:
            everybody = home.names(wave)
            crowd, others = Crowd(home, one, everybody[:8]), Crowd(home, other, everybody[8:])
            clients = crowd.start(those) + others.start(those)
            for client in clients:
                client.result(120)
        assert crowd.faults == others.faults == []
        made = folder.write(home.db, home.keys, tmp_path / "ban", Seal())
        assert made.counts["urn"] == 16
        with pytest.raises(restoring.BackupRefused, match="trống"):
            restoring.must_be_empty(pool.url)
        crowd.names, crowd.shown = everybody, crowd.shown | others.shown
        crowd.is_counted(wave)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (
            "postgresql://p:mk@a:5432,b:5433/phieu?sslmode=require",
            "postgresql://p:mk@/phieu?host=a:5432&host=b:5433&sslmode=require",
        ),
        ("postgresql://a,b,c", "postgresql:///?host=a&host=b&host=c"),
        ("postgresql://p:m%2Ck@a/phieu", "postgresql://p:m%2Ck@a/phieu"),
        ("sqlite:///a,b.sqlite3", "sqlite:///a,b.sqlite3"),
    ],
)
def test_several_hosts_are_read_as_libpq_writes_them(told: str, read: str) -> None:
    assert addresses.in_query(told) == read
