"""A backup put into an empty database: the tables of its version made, filled, brought to today's.

All at once or not at all: on PostgreSQL in one transaction, on SQLite beside the place, and renamed
when it is whole. Nothing that is there is ever overwritten.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, inspect, make_url, select, text
from sqlalchemy import Table as Described
from sqlalchemy.exc import DBAPIError

from app.backup import checking, making
from app.backup.checking import Way
from app.backup.form import Reader, Row, Table
from app.backup.refused import BackupRefused, Damaged
from app.keys.keyfile import KeyFile
from app.language import _
from app.store import migrating
from app.store.db import Database

TOGETHER = 500
# What SQLite keeps beside its file: found there, it would be taken for the new file's.
BESIDE = ("", "-wal", "-shm", "-journal")


def file_of(url: str) -> Path:
    """The file of an address of SQLite."""
    return Path(str(make_url(url).database))


def shown(url: str) -> str:
    """An address as people may see it, without its password."""
    return make_url(url).render_as_string(hide_password=True)


def must_be_empty(url: str) -> None:
    """Raises BackupRefused where there is a database already."""
    if url.startswith("sqlite"):
        path = file_of(url)
        there = [each for each in _beside(path) if each.exists()]
        if there:
            words = _(
                "Đã có {path}. Khôi phục không ghi đè: dừng dịch vụ, đổi tên tệp ấy (đừng xóa) rồi"
                " làm lại."
            )
            raise BackupRefused(words.format(path=", ".join(map(str, there))))
        return
    db = Database(url)
    try:
        with db.reading() as session:
            tables = inspect(session.connection()).get_table_names()
    finally:
        db.dispose()
    if tables:
        raise BackupRefused(
            _(
                "Cơ sở dữ liệu trong PHIEU_DATABASE_URL đã có bảng ({tables}). Khôi phục không ghi"
                " đè: tạo một cơ sở dữ liệu trống khác (createdb), đặt nó vào PHIEU_DATABASE_URL"
                " rồi làm lại."
            ).format(tables=", ".join(sorted(tables)[:5]))
        )


def restore(path: Path, way: Way, keys: KeyFile | None, url: str) -> dict[str, int]:
    """Put a backup that was checked into an empty database; gives how many rows of each table.
    Raises BackupRefused."""
    must_be_empty(url)
    try:
        with checking.opened(path, way, keys) as reader, _made(url) as connection:
            checking.must_fit(path, reader.head, keys)
            migrating.take_all_the_time(connection)
            migrating.upgrade(connection, reader.head.revision)
            tables = making.known_tables(connection)
            _fill(connection, tables, reader, path)
            _must_hold(connection, tables, reader.counts, path)
            if reader.head.revision != migrating.revisions()[-1]:
                migrating.upgrade(connection)
            _must_refer(connection, path)
    except (DBAPIError, OSError) as error:
        said = str(getattr(error, "orig", error)).partition("\n")[0]
        raise BackupRefused(
            _(
                "Không ghi được bản sao lưu {file} vào cơ sở dữ liệu: {reason}. Chưa khôi phục gì."
                " Xem chỗ trống trên đĩa và quyền của tài khoản cơ sở dữ liệu, rồi làm lại."
            ).format(file=path, reason=said)
        ) from error
    return reader.counts


@contextmanager
def _made(url: str) -> Iterator[Connection]:
    """A connection to the new database, whose transaction ends with the block."""
    parsed = make_url(url)
    if not url.startswith("sqlite"):
        db = Database(url)
        try:
            with db.engine.begin() as connection:
                yield connection
        finally:
            db.dispose()
        return
    path = file_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.restoring")
    for each in _beside(beside):
        each.unlink(missing_ok=True)  # of a restoring that was cut off
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    db = Database(str(parsed.set(database=str(beside))))
    try:
        with (
            db.engine.connect().execution_options(phieu_write=True) as connection,
            connection.begin(),
        ):
            yield connection
        db.dispose()
        must_be_empty(url)
        beside.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    finally:
        db.dispose()
        for each in _beside(beside):
            each.unlink(missing_ok=True)


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + each) for each in BESIDE]


def _fill(connection: Connection, tables: list[Described], reader: Reader, path: Path) -> None:
    known = {each.name: each for each in tables}
    table, rows = None, list[Row]()
    for part in reader.parts():
        if isinstance(part, Table):
            _insert(connection, table, rows)
            table, rows = _described(known, part, path), []
        else:
            rows.append(part)
            if len(rows) == TOGETHER:
                _insert(connection, table, rows)
                rows = []
    _insert(connection, table, rows)
    for each in known.values():
        _go_on_counting(connection, each)


def _described(known: dict[str, Described], part: Table, path: Path) -> Described:
    found = known.get(part.name)
    if found is None or making.as_written(found) != part or part.name in making.LEFT_OUT:
        raise Damaged(path, _("bảng {name}").format(name=part.name))
    return found


def _insert(connection: Connection, table: Described | None, rows: list[Row]) -> None:
    if table is None or not rows:
        return
    names = table.columns.keys()
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execute(
        insert(table),
        [dict(zip(names, map(_plain, row) if is_sqlite else row, strict=True)) for row in rows],
    )


def _plain(value: Any) -> Any:
    """A time as SQLite keeps it: UTC, unsaid."""
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


def _go_on_counting(connection: Connection, table: Described) -> None:
    """On PostgreSQL the next number of a table comes after the last one that is there."""
    columns = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(columns) != 1:
        return
    (column,) = columns
    of = {"table": f'"{table.name}"', "column": column.name}
    found = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), of)
    if (sequence := found.scalar()) is None:
        return
    last = connection.execute(select(func.max(column))).scalar()
    if last is not None:
        connection.execute(text("SELECT setval(:of, :last)"), {"of": sequence, "last": last})


def _must_hold(
    connection: Connection, tables: list[Described], counts: dict[str, int], path: Path
) -> None:
    """What was written is there."""
    for table in tables:
        there = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if there != counts.get(table.name, 0):
            raise Damaged(path, _("bảng {name}").format(name=table.name))


def _must_refer(connection: Connection, path: Path) -> None:
    if connection.dialect.name == "sqlite":
        wrong = connection.execute(text("PRAGMA foreign_key_check")).all()
        said = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        if wrong or said != ["ok"]:
            raise Damaged(path, _("các bảng không khớp nhau"))
