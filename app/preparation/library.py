"""The indexes that were uploaded: every version as it came; the newest of a code is current."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Row, Select, func, select, update
from sqlmodel import Session, col

from app.index import file as indexfile
from app.index.definition import Index
from app.language import _
from app.papers import indexbook
from app.store import turns
from app.store.officemodels import IndexFile
from app.waves.wave import CODE_SIGNS


class LibraryRefused(Exception):
    """The index cannot be kept so; the text says why and what to do, `key` what it is about."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


@dataclass(frozen=True)
class Kept:
    """One version of an index, without its content."""

    id: int
    code: str
    name: str
    year: int
    digest: str
    file_name: str
    uploaded_at: datetime
    uploaded_by: str
    removed_at: datetime | None


_COLUMNS = (
    IndexFile.id,
    IndexFile.code,
    IndexFile.name,
    IndexFile.year,
    IndexFile.digest,
    IndexFile.file_name,
    IndexFile.uploaded_at,
    IndexFile.uploaded_by,
    IndexFile.removed_at,
)


def _kept(row: Row[Any]) -> Kept:
    return Kept(*tuple(row))


@dataclass(frozen=True)
class Size:
    """How much an index holds."""

    units: int
    groups: int
    questions: int
    max_points: Fraction
    survey_points: Fraction


def current(session: Session) -> list[Kept]:
    """The current version of every code, the latest year first."""
    return [_kept(row) for row in session.connection().execute(_current(*_COLUMNS))]


def listed(session: Session) -> list[tuple[Kept, Size]]:
    """The same, each with how much it holds."""
    rows = session.connection().execute(_current(*_COLUMNS, IndexFile.content))
    return [(kept := Kept(*row[:-1]), _size(kept.digest, row[-1])) for row in rows]


def _current(*columns: Any) -> Select[Any]:
    newest = (
        select(func.max(col(IndexFile.id)))
        .where(col(IndexFile.removed_at).is_(None))
        .group_by(col(IndexFile.code))
    )
    return (
        select(*columns)
        .where(col(IndexFile.id).in_(newest))
        .order_by(col(IndexFile.year).desc(), col(IndexFile.id).desc())
    )


def removed(session: Session) -> list[Kept]:
    """The newest version of every code that has none in use: what can be brought back."""
    newest = (
        select(func.max(col(IndexFile.id)))
        .group_by(col(IndexFile.code))
        .having(func.count() == func.count(col(IndexFile.removed_at)))
    )
    rows = session.connection().execute(
        select(*_COLUMNS)  # type: ignore[call-overload]
        .where(col(IndexFile.id).in_(newest))
        .order_by(col(IndexFile.removed_at).desc(), col(IndexFile.id).desc())
    )
    return [_kept(row) for row in rows]


def versions(session: Session, code: str) -> list[Kept]:
    """Every version of a code, the newest first, removed ones too."""
    rows = session.connection().execute(
        select(*_COLUMNS)  # type: ignore[call-overload]
        .where(col(IndexFile.code) == code)
        .order_by(col(IndexFile.id).desc())
    )
    return [_kept(row) for row in rows]


def find(session: Session, id_: int) -> tuple[Kept, Index] | None:
    """One version and what it says."""
    row = (
        session.connection()
        .execute(
            select(*_COLUMNS, IndexFile.content).where(  # type: ignore[call-overload]
                col(IndexFile.id) == id_
            )
        )
        .first()
    )
    if row is None:
        return None
    kept = Kept(*row[:-1])
    return kept, _read(kept.digest, row[-1])


@lru_cache(256)
def _size(_digest: str, content: str) -> Size:
    # The content was checked when it was kept: to list it, counting is enough.
    found = json.loads(content)
    units, groups, questions = (len(found[key]) for key in ("units", "groups", "questions"))
    head = found["index"]
    return Size(
        units, groups, questions, Fraction(head["max_points"]), Fraction(head["survey_points"])
    )


@lru_cache(16)
def _read(_digest: str, content: str) -> Index:
    return indexfile.read(json.loads(content))


def file_of(session: Session, id_: int) -> tuple[str, bytes]:
    """Name and bytes of a version as they were uploaded."""
    row = (
        session.connection()
        .execute(
            select(col(IndexFile.file_name), col(IndexFile.file)).where(col(IndexFile.id) == id_)
        )
        .one()
    )
    return row[0], row[1]


def store(
    session: Session, index: Index, name: str, data: bytes, who: str, now: datetime
) -> tuple[int, bool]:
    """Keep an index; gives its id and whether it is new. The same content makes no version."""
    turns.take(session.connection(), turns.INDEXES)  # or what another keeps now goes unseen
    digest = indexfile.digest(index)
    newest = next((v for v in versions(session, index.code) if v.removed_at is None), None)
    if newest is not None and newest.digest == digest:
        return newest.id, False
    row = IndexFile(
        code=index.code,
        name=index.name,
        year=index.year,
        digest=digest,
        content=json.dumps(indexfile.canonical(index), ensure_ascii=False),
        file_name=name,
        file=data,
        uploaded_at=now,
        uploaded_by=who,
    )
    session.add(row)
    session.flush()
    return cast(int, row.id), True


def copy(
    session: Session, index: Index, code: str, name: str, year: int, who: str, now: datetime
) -> int:
    """Begin the next index with the content of another. Raises LibraryRefused."""
    if not code or len(code) > 64 or not set(code) <= CODE_SIGNS:
        raise LibraryRefused(
            "code", _("Mã bộ chỉ số chỉ gồm chữ cái không dấu, chữ số, - và _, tối đa 64 dấu.")
        )
    if any(kept.removed_at is None for kept in versions(session, code)):
        raise LibraryRefused(
            "code", _("Đã có bộ chỉ số mã {code}. Chọn mã khác.").format(code=code)
        )
    if not name:
        raise LibraryRefused("name", _("Nhập tên bộ chỉ số."))
    if not 1990 <= year <= 2200:
        raise LibraryRefused("year", _("Nhập năm bằng bốn chữ số, ví dụ 2026."))
    made = indexfile.read(indexfile.canonical(replace(index, code=code, name=name, year=year)))
    return store(session, made, f"{code}.xlsx", indexbook.write_book(made), who, now)[0]


def remove(session: Session, id_: int, now: datetime) -> bool:
    """Take a version away; `restore` brings it back."""
    changed = session.connection().execute(
        update(IndexFile)
        .where(col(IndexFile.id) == id_, col(IndexFile.removed_at).is_(None))
        .values(removed_at=now)
    )
    return changed.rowcount == 1


def restore(session: Session, id_: int, who: str, now: datetime) -> int:
    """Make an older or removed version the current one, as a new version of the same content."""
    row = session.get_one(IndexFile, id_)
    index = _read(row.digest, row.content)
    return store(session, index, row.file_name, row.file, who, now)[0]


def tables_of(faults: Sequence[indexfile.Fault]) -> list[tuple[str, str, str]]:
    """Faults as (sheet or part, cell, what to do), for a table."""
    rows = []
    for fault in faults:
        place, _comma, cell = fault.place.partition(", ")
        rows.append((place, cell, fault.message))
    return rows
