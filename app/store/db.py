"""The database: engine, `transaction()`, `reading()`. The only place that opens a session.

Two databases are supported: the embedded SQLite file and PostgreSQL. On SQLite every write begins
with BEGIN IMMEDIATE, one at a time in a process; on PostgreSQL isolation is READ COMMITTED.

Whoever needs several locks on PostgreSQL takes them in this order, so that no two wait for each
other: the turn of the accounts (`accounts.take_turn`) or of the keys of connection
(`connections.make`), a wave's close lock, the wave's row (both at once: `wave.hold`), the own
account's row (a code of the second factor), then proposals, respondents, drafts, ballots, letters,
and the log (`chain.note`) last. `corrections` locks a ballot before it deletes its draft: it holds
the wave, so that no cast runs beside it, and who saves a draft locks nothing else. What was read of
a wave before it was held is read again afterwards.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError
from sqlmodel import Session

from app.language import _
from app.store import migrating, postgresql, rewriting, trying, turns
from app.store.plain import Access, Plain, Statement, borrowed

# The doors name a session's type, and nothing else of SQL.
__all__ = [
    "Database",
    "DatabaseFault",
    "DatabaseUnavailable",
    "Session",
    "ValueRefused",
    "open_database",
]

log = logging.getLogger("phieu.db")

_NOW = Statement(select(func.clock_timestamp()))
POOL = 4
BUSY = 30  # seconds that a writer waits for another, on SQLite
# Under this name every session knows the key file that its rows are held to (see `keys.guard`).
KEYS = "phieu_keys"
# The WAL-reset bug that loses commits was mended in SQLite 3.51.3.
SAFE_WAL = (3, 51, 3)


# What a transaction ends with when the disk is full, or the database server went away.
DatabaseFault = OperationalError
# What a statement ends with when the database is there, but does not take what is to be written.
ValueRefused = (DataError, IntegrityError, InternalError, UnicodeError)


class DatabaseUnavailable(Exception):
    """The database cannot be opened or reached; the text says what to do."""


class Database:
    """An engine and the two ways to use it. `clock` replaces the database's clock in tests."""

    def __init__(self, url: str, clock: Callable[[], datetime] | None = None) -> None:
        parsed = make_url(url)
        self.clock = clock
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _sqlite(parsed) if self.is_sqlite else postgresql.engine(parsed, POOL)
        self.guarded_by: object = None  # the key file, which `keys.guard` puts here
        self._writing = threading.Lock()
        self._reads_at_once = self.is_sqlite and _sqlite_module().sqlite_version_info >= SAFE_WAL
        self._at_once, self._loops = _AtOnce(), self.engine.pool.recreate()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that may write, committed on the way out, rolled back on an exception."""
        if not self.is_sqlite:
            with _noted() as is_committing, self._session() as session:
                yield session
                is_committing()
                session.commit()
            return
        # One writer at a time in this process; other processes wait in busy_timeout.
        with self._writing, self._session() as session:
            session.connection(execution_options={"phieu_write": True})
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks: one snapshot, never committed."""
        with _noted(), self._session() as session:
            yield session

    @contextmanager
    def plain_reading(self) -> Iterator[Plain]:
        """As `reading`, for statements of `plain`."""
        pool = self._loops if self._at_once.here else self.engine.pool
        with _noted(), borrowed(self.engine, pool, {KEYS: self.guarded_by}) as plain:
            yield plain

    @contextmanager
    def at_once(self) -> Iterator[bool]:
        """Whether a `plain_reading` in here waits for nobody, so that an event loop may do it by
        itself: on SQLite with a write-ahead log, over a connection that no thread takes away."""
        if not self._reads_at_once or self._at_once.here:
            yield False
            return
        self._at_once.here = True
        try:
            yield True
        finally:
            self._at_once.here = False

    @contextmanager
    def plain_transaction(self) -> Iterator[Plain]:
        """As `transaction`, for statements of `plain`."""
        turn = self._writing if self.is_sqlite else nullcontext()
        with (
            turn,
            _noted() as is_committing,
            borrowed(self.engine, self.engine.pool, {KEYS: self.guarded_by}, True) as plain,
        ):
            yield plain
            is_committing()
            plain.commit()

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that sees one moment of the whole database, however long it looks; others go on
        writing meanwhile."""
        with self._session() as session:
            if not self.is_sqlite:
                # On SQLite every reading is one.
                session.connection(
                    execution_options={
                        "isolation_level": "REPEATABLE READ",
                        "postgresql_readonly": True,
                    }
                )
            yield session

    def _session(self) -> Session:
        return Session(self.engine, expire_on_commit=False, info={KEYS: self.guarded_by})

    def now(self, session: Access, told: datetime | None = None) -> datetime:
        """The time by the database's clock (SQLite's is this machine's); `told` if the database has
        said it just now."""
        if self.clock is not None:
            return self.clock()
        if self.is_sqlite:
            return datetime.now(UTC)
        moment: datetime = told or _NOW.scalar(session)
        return moment.astimezone(UTC)

    def share_close_lock(self, session: Access, wave_id: int) -> None:
        """Held by every cast until its commit, so that a close waits for it and stops the next."""
        if not self.is_sqlite:
            turns.share_close_lock(session, wave_id)

    def migrate(self) -> None:
        """Bring the tables to the newest migration; safe to call from several processes."""
        migrating.to_head(self.engine)

    def forget_deleted(self, tables: Sequence[str] = ("urn", "draft"), noted: bool = False) -> bool:
        """Let no deleted row linger: in SQLite's write-ahead log, in the files of PostgreSQL's
        tables and, with `noted`, in what its planner knows of them. False: somebody who is reading
        stood in the way, and it is to be done again."""
        if self.is_sqlite:
            with self._writing, self.engine.connect() as connection:
                cursor = connection.connection.cursor()
                cursor.execute(f"PRAGMA busy_timeout = {round(1000 * rewriting.SNAPSHOTS)}")
                busy, *_pages = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                cursor.execute(f"PRAGMA busy_timeout = {round(1000 * BUSY)}")
            return not busy
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with alone.connect() as connection:
            return rewriting.rewrite(connection, tables, noted)

    def dispose(self) -> None:
        self.engine.dispose()
        self._loops.dispose()


class _AtOnce(threading.local):
    """Whether this thread is an event loop's that reads by itself just now."""

    here = False


@contextmanager
def _noted() -> Iterator[Callable[[], None]]:
    """Whoever may do it all again hears how it ended. What is yielded says that it is committed
    now."""
    commits = False

    def is_committing() -> None:
        nonlocal commits
        commits = True

    try:
        yield is_committing
    except BaseException as error:
        trying.note_fault(error, commits)
        raise
    if commits:
        trying.note_commit()


def _sqlite_module() -> Any:
    try:
        import pysqlite3

        return pysqlite3
    except ImportError:
        import sqlite3

        return sqlite3


def _sqlite(url: URL) -> Engine:
    module = _sqlite_module()
    wal = module.sqlite_version_info >= SAFE_WAL
    if not wal:
        log.warning(
            "SQLite %s: journal_mode=DELETE, since WAL loses commits before 3.51.3",
            module.sqlite_version,
        )
    engine = create_engine(
        url,
        module=module,
        # Statements are logged and quoted without the answers, names and links they carry.
        hide_parameters=True,
        pool_size=POOL,
        max_overflow=0,
        connect_args={"timeout": BUSY, "check_same_thread": False},
    )

    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is said below, never by the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA journal_mode={'WAL' if wal else 'DELETE'}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        # Deleted drafts and sealed ballots are overwritten with zeros.
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.close()

    def begin(connection: Connection) -> None:
        # A deferred BEGIN that turns into a write fails at once when another writer was first.
        write = connection.get_execution_options().get("phieu_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine


def open_database(url: str, clock: Callable[[], datetime] | None = None) -> Database:
    """Connect and migrate, or say in `DatabaseUnavailable` why not."""
    try:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        database = Database(url, clock)
        database.migrate()
    except Exception as error:
        raise DatabaseUnavailable(
            _(
                "Không mở được cơ sở dữ liệu: {reason}. Xem lại PHIEU_DATA hoặc PHIEU_DATABASE_URL."
            ).format(reason=str(error).partition("\n")[0])
        ) from error
    return database
