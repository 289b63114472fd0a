"""Tables of PostgreSQL written anew, so that nothing deleted stays readable in their files.

A vacuum gives the room of a deleted row back and leaves its bytes there until something else is
written over them; what the planner noted of a column (`pg_statistic`) quotes its values. So tables
are written anew, in the order of their keys, and noted anew.
"""

import time
from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

# How long others are waited for, in seconds. Whoever wants the table meanwhile waits as long.
LOCK, SNAPSHOTS = 3.0, 2.0
_XIDS = 2**32
_OLDEST = text(
    "SELECT backend_xmin::text::bigint FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL"
    " UNION ALL"
    " SELECT xmin::text::bigint FROM pg_replication_slots WHERE xmin IS NOT NULL"
)
_KEY = text(
    "SELECT indexrelid::regclass::text FROM pg_index"
    " WHERE indrelid = CAST(:name AS regclass) AND indisprimary"
)


def rewrite(connection: Connection, tables: Sequence[str], noted: bool) -> bool:
    """Write tables anew; with `noted` what the planner knows of their columns too. False: somebody
    is still reading what was there before, or would not let go of a table in time, and something
    may linger. `connection` commits each statement by itself, but for those between begin and end.
    """
    if _are_looked_at(connection):
        return False
    try:
        for name in tables:
            key = connection.execute(_KEY, {"name": name}).scalar_one()
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {round(1000 * LOCK)}")
            connection.exec_driver_sql(f"CLUSTER {name} USING {key}")
            connection.exec_driver_sql("COMMIT")
    except OperationalError:
        connection.exec_driver_sql("ROLLBACK")
        return False
    if noted:
        connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")
        # It takes the owner of the database; others are told so by a warning, and nothing is done.
        connection.exec_driver_sql("VACUUM (FULL) pg_statistic")
    return True


def _are_looked_at(connection: Connection) -> bool:
    """Whether somebody, here or on a standby, still has the database before him as it was a while
    ago: then what was deleted since is written anew with the rest."""
    now = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    limit, end = connection.execute(text(now)).scalar_one(), time.monotonic() + SNAPSHOTS
    while any(_is_before(xid, limit) for xid in connection.execute(_OLDEST).scalars()):
        if time.monotonic() >= end:
            return True
        time.sleep(0.05)
    return False


def _is_before(xid: int, limit: int) -> bool:
    """Numbers of transactions begin again after four thousand million."""
    return (xid - limit) % _XIDS >= _XIDS // 2
