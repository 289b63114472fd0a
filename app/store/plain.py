"""The few statements that every page of a ballot needs, on the driver's own connection.

A session and a statement of SQLAlchemy cost more than what SQLite does for them. So a connection is
borrowed from the same pool, and a statement is compiled once for each database. What comes out is
the same as through a session, faults too; whoever has a session hands that in instead.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import Pool, PoolProxiedConnection
from sqlmodel import Session

from app.store import postgresql

Values = Mapping[str, object]
Process = Callable[[Any], Any]
NONE: Values = {}


class Plain:
    """A borrowed connection within one transaction. `info` is as that of a session."""

    # What is asked before each commit; it may raise.
    before_commit: Callable[["Plain"], None] = staticmethod(lambda _plain: None)

    def __init__(
        self, borrowed: PoolProxiedConnection, dialect: Dialect, info: dict[str, object]
    ) -> None:
        self._borrowed, self.dialect, self.info = borrowed, dialect, info
        self._cursor = borrowed.cursor()
        self.is_asked = False  # what is asked before a commit, by the last statement itself
        self.may_write = True

    def begin(self, to_write: bool) -> None:
        """A driver of PostgreSQL begins by itself, unless a pooler wants it told something."""
        if self.dialect.name == "sqlite":
            self.execute("BEGIN IMMEDIATE" if to_write else "BEGIN")
        elif postgresql.is_pooled(self._borrowed.driver_connection):
            self.execute(postgresql.SET_LIMITS)
        self.may_write = to_write

    def execute(self, sql: str, values: object = ()) -> Any:
        """A cursor that has done it."""
        self.is_asked = False
        return self._call(self._cursor.execute, sql, values)

    def execute_each(self, sql: str, values: Sequence[object]) -> Any:
        self.is_asked = False
        return self._call(self._cursor.executemany, sql, values)

    def must_be_writing(self) -> None:
        """Raises RuntimeError in a reading, which need not be within a transaction."""
        if not self.may_write:
            raise RuntimeError("a reading writes nothing")

    def commit(self) -> None:
        self.must_be_writing()
        if not self.is_asked:
            Plain.before_commit(self)
        self._call(self._borrowed.commit)

    def _call(self, do: Callable[..., Any], *what: Any) -> Any:
        try:
            do(*what)
        except self.dialect.loaded_dbapi.Error as error:
            gone = self.dialect.is_disconnect(
                error, self._borrowed, self._cursor
            ) or postgresql.is_over(error)
            if gone:
                self._borrowed.invalidate(error)
            raise _fault(self.dialect, error, str(what[0]) if what else None, gone) from error
        return self._cursor


def _fault(dialect: Dialect, error: Exception, statement: str | None, gone: bool) -> Exception:
    """What the driver raises becomes what a session would raise."""
    return DBAPIError.instance(
        statement,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )


# What a statement works on.
Access = Session | Plain


@contextmanager
def borrowed(
    engine: Engine, pool: Pool, info: dict[str, object], to_write: bool = False
) -> Iterator[Plain]:
    """A connection of a pool of the engine, within one transaction, which is rolled back at the end
    unless it was committed. On PostgreSQL who only reads begins none, unless a pooler wants it:
    each statement sees the database as it is then, as it does under READ COMMITTED in any case, and
    nothing goes to and fro around it."""
    try:
        connection = pool.connect()
    except engine.dialect.loaded_dbapi.Error as error:
        raise _fault(engine.dialect, error, None, gone=False) from error
    driver: Any = connection.driver_connection
    is_sqlite = engine.dialect.name == "sqlite"
    each_alone = not (to_write or is_sqlite or postgresql.is_pooled(driver))
    try:
        if each_alone:
            driver.autocommit = True
        plain = Plain(connection, engine.dialect, info)
        plain.begin(to_write)
        yield plain
    finally:
        if each_alone and not driver.closed:
            driver.autocommit = False
        connection.close()


@dataclass(frozen=True)
class Made:
    """A statement in the words of one database."""

    sql: str
    names: tuple[str, ...]  # of the places, in their order; empty where they go by name
    fixed: dict[str, object]  # the values that are always the same, by place
    open: tuple[tuple[str, str, Process | None], ...]  # place, key, how it goes to the driver
    row: Callable[[Any], Any]
    results: tuple[tuple[int, Process], ...]  # columns that are not as the driver has them

    def values(self, given: Values) -> object:
        bound = self.fixed.copy()
        for place, key, process in self.open:
            value = given[key]
            bound[place] = value if process is None or value is None else process(value)
        return [bound[name] for name in self.names] if self.names else bound

    def read(self, found: Sequence[Any]) -> Any:
        if self.results:
            found = list(found)
            for place, process in self.results:
                found[place] = process(found[place])
        return self.row(found)


class Statement:
    """A statement of SQLAlchemy's Core; of an `insert`, `columns` are those that are given."""

    def __init__(self, core: Any, columns: Sequence[str] = ()) -> None:
        self.core, self.columns = core, columns
        self._made: dict[str, Made] = {}

    def first(self, on: Access, values: Values = NONE) -> Any:
        """The first row, or None."""
        if isinstance(on, Session):
            return on.connection().execute(self.core, values).first()
        made = self._for(on.dialect)
        found = on.execute(made.sql, made.values(values)).fetchone()
        return None if found is None else made.read(found)

    def scalar(self, on: Access, values: Values = NONE) -> Any:
        """The only column of the first row; None without one."""
        row = self.first(on, values)
        return None if row is None else row[0]

    def all(self, on: Access, values: Values = NONE) -> Sequence[Any]:
        if isinstance(on, Session):
            return on.connection().execute(self.core, values).all()
        made = self._for(on.dialect)
        return [made.read(found) for found in on.execute(made.sql, made.values(values)).fetchall()]

    def run(self, on: Access, values: Values = NONE) -> int:
        """How many rows were changed."""
        if isinstance(on, Session):
            return int(on.connection().execute(self.core, values).rowcount)
        on.must_be_writing()
        made = self._for(on.dialect)
        return int(on.execute(made.sql, made.values(values)).rowcount)

    def run_each(self, on: Access, values: Sequence[Values]) -> int:
        """The same for each of several, one by one."""
        if isinstance(on, Session):
            return int(on.connection().execute(self.core, list(values)).rowcount)
        on.must_be_writing()
        made = self._for(on.dialect)
        return int(on.execute_each(made.sql, [made.values(each) for each in values]).rowcount)

    def _for(self, dialect: Dialect) -> Made:
        made = self._made.get(dialect.name)
        if made is None:
            made = self._made[dialect.name] = self._make(dialect)
        return made

    def _make(self, dialect: Dialect) -> Made:
        columns = list(self.columns) if self.columns else None
        compiled = self.core.compile(dialect=dialect, column_keys=columns)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        # Lists of values are written out; whatever is given later has a value for that alone.
        state = compiled.construct_expanded_state(
            {bind.key: None for bind in binds.values() if bind.required}
        )
        fixed, given = {}, []
        for place, value in state.parameters.items():
            bind = binds.get(place)
            process = (
                bind.type.dialect_impl(dialect).bind_processor(dialect)
                if bind is not None
                else None
            )
            if bind is not None and bind.required:
                given.append((place, bind.key, process))
            else:
                fixed[place] = value if process is None or value is None else process(value)
        chosen = list(self.core.selected_columns) if isinstance(self.core, Select) else []
        row = namedtuple("row", [each.key for each in chosen], rename=True)  # type: ignore[misc]
        return Made(
            state.statement,
            tuple(state.positiontup or ()),
            fixed,
            tuple(given),
            row._make,
            tuple(
                (place, process)
                for place, each in enumerate(chosen)
                if (process := each.type.dialect_impl(dialect).result_processor(dialect, None))
            ),
        )
