"""A database written into a backup, as it is at one moment, while others go on writing.

One snapshot on both databases: a transaction of SQLite that only reads, REPEATABLE READ on
PostgreSQL. Not page by page, as SQLite's own backup or a copy of the files would: those carry what
was deleted, drafts and the order of writing along. Rows come by their keys, which are random where
an order would tell something (ballots, the urn). Not by `pg_dump` either: it has to be there, as
new as the server, and takes rows in the order they lie in.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    func,
    select,
)
from sqlalchemy import Table as Described
from sqlmodel import SQLModel

import app.store.models
import app.store.officemodels
import app.store.privacymodels
import app.store.resultmodels
import app.store.staffmodels
import app.store.trusteemodels
import app.store.webhookmodels  # noqa: F401  (all fill SQLModel.metadata)
from app.backup.form import Head, Row, Table, Writer, print_of
from app.backup.refused import BackupRefused
from app.keys.keyfile import KeyFile
from app.language import _
from app.store import migrating
from app.store.db import Database

# Tables whose rows are never taken along, and why.
LEFT_OUT = {
    "draft": "answers half typed, forgotten when they are cast",
    "staff_session": "who signed out, or changed a password, would be signed in again",
    "kept_page": "pages of sessions, gone with them",
    "copy_asked": "addresses that may be nobody's, gone in seconds",
    "wrong_try": "who was wrong how often, gone in a day",
    "upkeep": "the switch for upgrades, of the installation and not of its data",
}
KINDS = (
    (Boolean, "bool"),
    (Integer, "int"),
    (DateTime, "time"),
    (Date, "date"),
    (LargeBinary, "bytes"),
    (String, "text"),
)
TOGETHER = 500


def write(db: Database, keys: KeyFile, out: BinaryIO) -> tuple[Head, dict[str, int], str]:
    """Write all that is kept; gives the head, how many rows of each table, and the digest.

    Raises BackupRefused for tables that this version of the program does not know.
    """
    with db.snapshot() as session:
        connection = session.connection()
        revision = migrating.revision(connection)
        if revision not in migrating.revisions():
            raise BackupRefused(
                _(
                    "Cơ sở dữ liệu thuộc một phiên bản khác của chương trình ({revision}). Sao lưu"
                    " bằng phiên bản đang chạy."
                ).format(revision=revision or "–")
            )
        migrating.take_all_the_time(connection)
        head = Head(revision, db.now(session).replace(microsecond=0), print_of(keys))
        writer = Writer(out, keys, head)
        tables = known_tables(connection)
        for described in tables:
            if described.name not in LEFT_OUT:
                writer.table(as_written(described), _rows(connection, described))
        digest = writer.end()
    # While the snapshot stood, what others deleted could not be cleaned away.
    db.forget_deleted([f'"{described.name}"' for described in tables])
    return head, writer.counts, digest


def known_tables(connection: Connection) -> list[Described]:
    """The tables of this program as the database has them, each after those it refers to."""
    there = MetaData()
    names = set(SQLModel.metadata.tables)
    there.reflect(connection, only=lambda name, _metadata: name in names)
    return there.sorted_tables


def as_written(described: Described) -> Table:
    """How a table stands in a backup."""
    return Table(
        described.name, tuple((column.name, _kind(column.type)) for column in described.columns)
    )


def _kind(type_: object) -> str:
    return next(kind for known, kind in KINDS if isinstance(type_, known))


def _rows(connection: Connection, described: Described) -> Iterator[Row]:
    query = select(*described.columns).order_by(*described.primary_key.columns)
    if described.name == "handed":
        # Shares of trustees are forgotten at the opening: they open again what is put back.
        query = query.where(func.length(described.c.sealed) == 0)
    found: Any = connection.execute(query, execution_options={"yield_per": TOGETHER})
    return iter(found)
