"""What else keeps what the database wrote: it does not forget with the database.

A write-ahead log that is archived, or sent to a standby that lags, holds drafts that were cast long
ago, and an urn that was opened. This program cannot erase it, and says so at each backup.
"""

from pathlib import Path

from sqlalchemy import inspect, make_url, text

from app.language import _
from app.store.db import Database


def keepers(db: Database, url: str) -> list[str]:
    """A line for each thing found that keeps the log of this database outside of it."""
    return _of_sqlite(db, url) if db.is_sqlite else _of_postgresql(db)


def _of_postgresql(db: Database) -> list[str]:
    with db.reading() as session:
        connection = session.connection()
        mode = connection.execute(text("SHOW archive_mode")).scalar_one()
        slots = connection.execute(text("SELECT slot_name FROM pg_replication_slots")).scalars()
        names = sorted(map(str, slots))
        copies = connection.execute(text("SELECT count(*) FROM pg_stat_replication")).scalar_one()
    found = []
    if mode != "off":
        found.append(
            _(
                "PostgreSQL đang lưu WAL ra ngoài (archive_mode={mode}). Các tệp WAL giữ cả những"
                " gì hòm phiếu quên: bản nháp đã gửi, phiếu sau khi mở. Xóa chúng sau khi mở hòm"
                " phiếu."
            ).format(mode=mode)
        )
    if names:
        found.append(
            _(
                "PostgreSQL giữ WAL cho {names} (replication slot). Nơi nhận nào không còn dùng thì"
                " bỏ slot, nếu không những gì hòm phiếu quên nằm lại trong pg_wal."
            ).format(names=", ".join(names))
        )
    elif copies:
        found.append(
            _(
                "PostgreSQL đang có {number} bản chép theo (replication). Bản chép quên cùng lúc"
                " với bản chính; WAL mà nơi ấy lưu thì không."
            ).format(number=copies)
        )
    return found


def _of_sqlite(db: Database, url: str) -> list[str]:
    path = Path(str(make_url(url).database))
    with db.reading() as session:
        tables = inspect(session.connection()).get_table_names()
    told = path.with_name(f".{path.name}-litestream")
    if not told.exists() and not any(name.startswith("_litestream") for name in tables):
        return []
    return [
        _(
            "Litestream đang chép nhật ký ghi của {path} ra ngoài. Các bản ấy giữ cả những gì hòm"
            " phiếu quên: bản nháp đã gửi, phiếu sau khi mở. Tắt nó trong khi có đợt điều tra, hoặc"
            " xóa các bản ấy sau khi mở hòm phiếu."
        ).format(path=path)
    ]
