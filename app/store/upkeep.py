"""The switch that lets nothing be written while an installation is worked on: an upgrade, a move to
another machine.

It is a row of the database, so that every process of every machine has it at once. It is asked for
by each transaction as the last thing before its commit: whoever forgets to look is refused all the
same, and on SQLite, where one transaction writes at a time, none is committed after the switch. On
PostgreSQL those that were under way are waited for (`others`); then nothing is written but
by who is `allowed`: the switch itself, a start of the program, a backup's line in the log, and what
became of letters that a relay has taken meanwhile, which would go twice otherwise.
"""

import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, event, insert, select, text
from sqlmodel import Session, col

from app.language import _, moment
from app.store.db import KEYS, Database, DatabaseFault
from app.store.plain import Access, Plain, Statement, Values
from app.store.upkeepmodels import Upkeep

# Seconds for which a process believes what it saw. Refusals do not turn on it: what works by the
# clock does, and what pages say on top.
SEEN_FOR = 1.0
_allowed: ContextVar[bool] = ContextVar("phieu_writes_all_the_same", default=False)


@dataclass(frozen=True)
class Standing:
    """Nothing may be written since, and when that should be over."""

    since: datetime
    until: datetime | None

    def seconds(self, now: datetime) -> int:
        """When to ask again."""
        left = (self.until - now).total_seconds() if self.until else 0.0
        return int(min(max(left, 60.0), 3600.0))

    @property
    def words(self) -> str:
        if self.until is None:
            return _("Hệ thống đang bảo trì.")
        return _("Hệ thống đang bảo trì, dự kiến đến {until}.").format(until=moment(self.until))


class ReadOnly(Exception):
    """Nothing may be written now; the text says so and what to do."""

    def __init__(self, standing: Standing) -> None:
        words = _(
            "{standing} Chưa có gì của việc này được ghi. Làm lại sau; bảo trì xong thì người quản"
            " trị máy chủ chạy “phieu readonly off”."
        )
        super().__init__(words.format(standing=standing.words))
        self.standing = standing


# Whether it is there, for a statement that writes unless it is.
STANDS = select(col(Upkeep.id)).exists()
_STANDING = Statement(select(col(Upkeep.since), col(Upkeep.until)))


def standing(session: Access) -> Standing | None:
    """How the switch stands; None: everybody may write."""
    row = _STANDING.first(session)
    return None if row is None else Standing(row.since, row.until)


def begin(session: Session, now: datetime, until: datetime | None) -> None:
    """Let nothing be written any more; a second time it changes when that is over."""
    before = standing(session)
    end(session)
    since = now if before is None else before.since
    session.connection().execute(insert(Upkeep), {"id": 1, "since": since, "until": until})


def end(session: Session) -> None:
    """Let everybody write again."""
    session.connection().execute(delete(Upkeep))


@contextmanager
def allowed() -> Iterator[None]:
    """Whoever writes in here does so all the same."""
    before = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(before)


def _before_commit(session: Session) -> None:
    if KEYS not in session.info or _allowed.get():
        return
    # Of the driver's own: it is on the way of each saved page.
    if session.connection().exec_driver_sql("SELECT 1 FROM upkeep").first() is not None:
        found = standing(session)
        if found is not None:
            raise ReadOnly(found)


event.listen(Session, "before_commit", _before_commit)


def _before_plain_commit(plain: Plain) -> None:
    if _allowed.get():
        return
    if (found := standing(plain)) is not None:
        raise ReadOnly(found)


Plain.before_commit = staticmethod(_before_plain_commit)


def write_last(on: Access, statement: Statement, unless: Statement, values: Values) -> int:
    """The last write of a transaction; `unless` is the statement with `~STANDS`, so that the switch
    need not be asked for once more before the commit."""
    if not isinstance(on, Plain) or _allowed.get():
        return statement.run(on, values)
    changed = unless.run(on, values)
    if not changed and (found := standing(on)) is not None:
        raise ReadOnly(found)
    on.is_asked = changed > 0
    return changed


class Seen:
    """How the switch stood a moment ago, for what looks often."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._found: Standing | None = None
        self._until = 0.0

    def __call__(self) -> Standing | None:
        if time.monotonic() >= self._until:
            # A database that is away tells nothing new; whoever needs it hears that by itself.
            with contextlib.suppress(DatabaseFault), self._db.plain_reading() as session:
                self._found = standing(session)
            self._until = time.monotonic() + SEEN_FOR
        return self._found


# Whoever began before the switch, and may commit after it without having seen it.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND xact_start < :since AND backend_type = 'client backend'"
)


def others(session: Session, since: datetime) -> int:
    """How many transactions are under way that began before `since`."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return 0
    found: Any = connection.execute(_OTHERS, {"since": since}).scalar_one()
    return int(found)
