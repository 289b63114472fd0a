"""The database's clock as a column of a look-up, for who would ask for it next anyway."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime
from sqlalchemy.ext.compiler import compiles


class Clock(ColumnElement[datetime]):
    """NULL on SQLite, whose clock is this machine's (`Database.now`)."""

    inherit_cache = True
    type = DateTime(timezone=True)


@compiles(Clock)
def _of_none(_clock: Clock, _compiler: Any, **_how: Any) -> str:
    return "NULL"


@compiles(Clock, "postgresql")
def _of_postgresql(_clock: Clock, _compiler: Any, **_how: Any) -> str:
    return "clock_timestamp()"
