"""The tables brought to a version of them, beside whoever works with those of before.

On PostgreSQL a change of a table waits until nobody uses it, and whoever comes meanwhile waits
behind it. So it waits a moment only, lets the others pass and comes again: processes of the version
before go on serving, and none of their transactions is given up for a change of tables.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from app.folders import folder
from app.store import turns

log = logging.getLogger("phieu.db")
MIGRATIONS = folder("migrations")
# Shorter than PostgreSQL's deadlock_timeout (1 s): of two that wait for each other it is the change
# of tables that gives way. Milliseconds.
WAITS = 300
PAUSE = 0.5  # seconds, in which the others pass
TRIES = 300
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"


def revisions() -> list[str]:
    """All versions of the tables that this program knows, the oldest first."""
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return [name.partition("_")[0] for name in names]


def revision(connection: Connection) -> str | None:
    """Which version the tables are of; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the tables to a version, in the caller's transaction."""
    # Imported here, since a command line that has nothing to migrate should start at once.
    from alembic import command
    from alembic.config import Config

    config = Config()
    # It takes a per cent sign for one of its variables.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def take_all_the_time(connection: Connection) -> None:
    """For a transaction over whole tables: PostgreSQL gives up none of its statements."""
    if connection.dialect.name == "postgresql":
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {name} = 0"))


def to_head(engine: Engine, sleep: Callable[[float], None] = time.sleep) -> None:
    """Bring the tables to the newest version; safe to call from several processes.

    Raises OperationalError where somebody holds tables for minutes: then nothing was changed.
    """
    for left in reversed(range(TRIES)):
        try:
            if _done(engine):
                return
        except OperationalError as error:
            if not left or _sqlstate(error) not in (LOCK_NOT_AVAILABLE, DEADLOCK):
                raise
            if left % 20 == 0:
                log.warning("the tables are in use, the migration waits")
            sleep(PAUSE)


def _done(engine: Engine) -> bool:
    newest = revisions()[-1]
    with engine.connect() as connection:
        if revision(connection) == newest:
            return True
    with (
        engine.connect().execution_options(phieu_write=True) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = {WAITS}"))
        turns.take(connection, turns.MIGRATIONS)
        upgrade(connection)
    return True


def _sqlstate(error: OperationalError) -> Any:
    return getattr(error.orig, "sqlstate", None)
