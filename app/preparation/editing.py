"""An index edited on the page: what it says now, kept as a version, or with its faults until it is
one.

The rows of `app.index.rows` are what is edited. Rows without a fault become a version of the
library at once; others wait, belong to the version they were begun from, and touch nothing else.
Whoever saves says which state was before them (`State.mark`): what somebody else saved meanwhile is
put together with it or told.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from app.index import file as indexfile
from app.index.rows import changes, edits
from app.index.rows.texts import Sheets, of_content
from app.papers import indexbook
from app.preparation import library
from app.preparation.library import Kept
from app.preparation.slips import Slip, judge, packed_of, unpacked
from app.store import turns
from app.store.officemodels import IndexDraft, IndexFile

KEPT = timedelta(days=7)  # longer than anybody leaves a page open that says what it saw
_PACKED: Any = IndexDraft.packed


@dataclass(frozen=True)
class Note:
    """Who left an index unfinished, and when."""

    id: int
    at: datetime
    by: str
    faults: int


@dataclass(frozen=True)
class State:
    """What an index says now: its current version, or rows with faults begun from it."""

    kept: Kept
    sheets: Sheets
    mark: str
    unfinished: Note | None = None
    slips: tuple[Slip, ...] = ()

    @property
    def by(self) -> str:
        return self.unfinished.by if self.unfinished else self.kept.uploaded_by

    @property
    def at(self) -> datetime:
        return self.unfinished.at if self.unfinished else self.kept.uploaded_at


@dataclass(frozen=True)
class Saved:
    """What came of saving: the version that is current now, and what is wrong still."""

    id: int
    digest: str
    changes: list[str] = field(default_factory=list)  # of the version before
    faults: int = 0
    together: list[str] = field(default_factory=list)  # what somebody else had saved meanwhile


class Clash(Exception):
    """Somebody else has saved other words at the same place; nothing is kept."""

    def __init__(self, now: State, changed: list[str], titles: list[str]) -> None:
        super().__init__(", ".join(titles))
        self.now, self.changed, self.titles = now, changed, titles


def state(session: Session, code: str) -> State | None:
    """What an index says now; None when no version of it is in use."""
    newest = next((v for v in library.versions(session, code) if v.removed_at is None), None)
    if newest is None:
        return None
    row = next((row for row in _unsettled(session, code) if row.based_on == newest.id), None)
    if row is None:
        return State(newest, of_version(session, newest.id), f"b{newest.id}")
    sheets = unpacked(row.packed)
    slips = tuple(judge(row.packed)[1])
    return State(newest, sheets, f"d{row.id}", _note(row), slips)


def left_over(session: Session, code: str, current: int) -> Note | None:
    """What was left unfinished before another version became current, the newest of it."""
    row = next(iter(_unsettled(session, code)), None)
    return _note(row) if row is not None and row.based_on != current else None


def unfinished(session: Session) -> dict[str, Note]:
    """What is unfinished of each index, by its code."""
    found = select(IndexDraft).where(col(IndexDraft.settled_at).is_(None))
    rows = session.exec(found.options(defer(_PACKED)).order_by(col(IndexDraft.id))).all()
    return {row.code: _note(row) for row in rows}


def hold(session: Session) -> None:
    """Nobody else keeps or drops anything of an index before the commit."""
    turns.take(session.connection(), turns.INDEXES)


def _unsettled(session: Session, code: str) -> list[IndexDraft]:
    found = select(IndexDraft).where(
        col(IndexDraft.code) == code, col(IndexDraft.settled_at).is_(None)
    )
    return list(session.exec(found.order_by(col(IndexDraft.id).desc())).all())


def _note(row: IndexDraft) -> Note:
    return Note(row.id or 0, row.saved_at, row.saved_by, row.faults)


def at(session: Session, code: str, mark: str) -> Sheets | None:
    """The rows of an earlier state of an index, by its mark."""
    if not re.fullmatch("[bd][0-9]{1,9}", mark):
        return None
    id_ = int(mark[1:])
    if mark[0] == "b":
        version = session.get(IndexFile, id_)
        return of_version(session, id_) if version and version.code == code else None
    row = session.get(IndexDraft, id_)
    return unpacked(row.packed) if row and row.code == code else None


def of_version(session: Session, id_: int) -> Sheets:
    row = session.get_one(IndexFile, id_)
    return _copied(_texts(row.digest, row.content))


@lru_cache(32)
def _texts(_digest: str, content: str) -> Sheets:
    return of_content(json.loads(content))


def _copied(sheets: Sheets) -> Sheets:
    return {key: [dict(row) for row in rows] for key, rows in sheets.items()}


def save(
    session: Session,
    code: str,
    mark: str,
    typed: Sheets,
    who: str,
    now: datetime,
    overrule: str = "",
) -> Saved:
    """Keep what was typed over the state `mark`; `overrule` is the mark of a later one that shall
    give way. Raises Clash, NotForExcel, LookupError where there is nothing to edit."""
    hold(session)
    current, base = state(session, code), at(session, code, mark)
    if current is None or base is None:
        raise LookupError
    together: list[str] = []
    if mark != current.mark:
        together = changes.changes(base, current.sheets)
        typed, clashes = edits.merged(base, typed, current.sheets)
        if clashes and overrule != current.mark:
            raise Clash(current, together, clashes)
    return _keep(session, current, typed, who, now, together)


def _keep(
    session: Session,
    current: State,
    typed: Sheets,
    who: str,
    now: datetime,
    together: list[str],
) -> Saved:
    typed = edits.tidy(typed)
    version = of_version(session, current.kept.id)
    changed = changes.changes(version, typed)
    packed = packed_of(typed)
    index, slips = judge(packed)
    if index is not None:
        digest = indexfile.digest(index)
        id_ = current.kept.id
        if digest != current.kept.digest:
            book = indexbook.write_book(index)
            id_, _fresh = library.store(session, index, f"{index.code}.xlsx", book, who, now)
        settle(session, current.kept.code, now)
        return Saved(id_, digest, changed, 0, together)
    if typed != current.sheets:
        row = IndexDraft(
            code=current.kept.code,
            based_on=current.kept.id,
            packed=packed,
            faults=len(slips),
            saved_at=now,
            saved_by=who,
        )
        session.add(row)
        session.flush()
    return Saved(current.kept.id, "", changed, len(slips), together)


def changed(session: Session, found: State) -> list[str]:
    """What is unfinished has changed of the current version, in words."""
    return changes.changes(of_version(session, found.kept.id), found.sheets)


def differing(session: Session, left: Note, sheets: Sheets) -> list[str]:
    """What else than `sheets` says what was left unfinished, in words."""
    return changes.changes(sheets, unpacked(session.get_one(IndexDraft, left.id).packed))


def settle(session: Session, code: str, now: datetime) -> bool:
    """Nothing of an index is unfinished any more; what was settled long ago is forgotten."""
    old = (col(IndexDraft.code) == code, col(IndexDraft.settled_at) < now - KEPT)
    session.connection().execute(delete(IndexDraft).where(*old))
    changed = session.connection().execute(
        update(IndexDraft)
        .where(col(IndexDraft.code) == code, col(IndexDraft.settled_at).is_(None))
        .values(settled_at=now)
    )
    return changed.rowcount > 0
