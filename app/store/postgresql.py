"""The engine of PostgreSQL: one server, several of which one takes writes, or a pooler before them.

Time limits are asked for when a connection is made. PgBouncer refuses a connection that asks, or
passes the wish over; a server connection of its own serves another client with each transaction
(`pool_mode = transaction`). Then the limits are set by each transaction for itself, and no
statement is prepared under a name that another client may have.
"""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from app.store import alive

LIMITS = {
    "statement_timeout": 120_000,  # milliseconds
    "lock_timeout": 30_000,
    "idle_in_transaction_session_timeout": 60_000,
}
# A machine that is gone says nothing: whoever waits for it hears of it within some seconds.
ALIVE = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 8_000,  # milliseconds
}
# Seconds to connect, and to one of several, of which the first may be the one that is gone.
CONNECT, CONNECT_ONE = 10, 3
# What a server says that takes no writes any more, or will be gone in a moment.
READ_ONLY = "25006"
GOING = ("57P01", "57P02", "57P03")


def hosts(parsed: URL) -> tuple[str, ...]:
    """The hosts of an address, each with its port if it has one."""
    named = parsed.query.get("host", ())
    if isinstance(named, str):
        named = tuple(named.split(","))
    return named or ((parsed.host,) if parsed.host else ())


def engine(parsed: URL, pool: int) -> Engine:
    """An engine with so many connections; of several hosts to the one that takes writes, unless the
    address says otherwise."""
    several = len(hosts(parsed)) > 1
    if several and "target_session_attrs" not in parsed.query:
        parsed = parsed.update_query_dict({"target_session_attrs": "read-write"})
    made = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_size=pool,
        max_overflow=0,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": CONNECT_ONE if several else CONNECT,
            "options": " ".join(f"-c {name}={value}" for name, value in LIMITS.items()),
            **ALIVE,
        },
    )
    event.listen(made, "do_connect", _connect)
    event.listen(made, "begin", _limit)
    event.listen(made, "handle_error", _is_over)
    alive.watch(made)
    return made


def _connect(dialect: Any, _record: object, args: Any, options: dict[str, Any]) -> Any:
    """A connection that knows whether it leads to a pooler."""
    driver = dialect.loaded_dbapi
    try:
        made = driver.connect(*args, **options)
        is_pooled = not _has_limits(made)
    except driver.OperationalError as error:
        # Of a pooler: "unsupported startup parameter: options".
        if "startup parameter" not in str(error):
            raise
        made = driver.connect(*args, **{k: v for k, v in options.items() if k != "options"})
        is_pooled = not _has_limits(made)
    if is_pooled:
        made.prepare_threshold = None
    return made


def _has_limits(made: Any) -> bool:
    """Whether the server has the limits, by our wish or by the role's own settings."""
    made.autocommit = True
    asked = ", ".join(f"extract(epoch from current_setting('{name}')::interval)" for name in LIMITS)
    found = made.execute(f"SELECT {asked}", prepare=False).fetchone()
    made.autocommit = False
    return all(
        0 < float(has) * 1000 <= most for has, most in zip(found, LIMITS.values(), strict=True)
    )


SET_LIMITS = "SELECT " + ", ".join(
    f"set_config('{name}', '{value}', true)" for name, value in LIMITS.items()
)


def is_pooled(driven: Any) -> bool:
    """Whether a connection leads to a pooler, where each transaction sets its own limits."""
    return driven.prepare_threshold is None and not driven.autocommit


def _limit(connection: Connection) -> None:
    if is_pooled(connection.connection.driver_connection):
        connection.exec_driver_sql(SET_LIMITS)


def sqlstate(error: BaseException) -> str:
    """What PostgreSQL calls an error that a statement ended with; empty where it said nothing."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def is_over(error: BaseException) -> bool:
    """Whether a connection is of no use after this error of the driver."""
    return getattr(error, "sqlstate", None) in (READ_ONLY, *GOING)


def _is_over(context: Any) -> None:
    """A connection to a server that takes no writes any more is not used again, nor are those that
    were made with it."""
    if is_over(context.original_exception):
        context.is_disconnect = True
