"""What the key file is told before a commit, and again after it.

Database and key file are two, and a crash may come between them. So a transaction that changes what
the database is held to says beforehand what the row will say (`next`), and after its commit that
this is in force (`now`). In between both are accepted; both were said by who may. A transaction
that is rolled back takes its word back, but one whose commit broke off leaves it, since nobody
knows how that ended: the next change of the same row finds out.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from app.keys.content import Content
from app.keys.keyfile import Altered, KeyFile, KeysMissing
from app.language import _

log = logging.getLogger("phieu.keys")
PLEDGED, COMMITTING = "phieu_pledged", "phieu_committing"
Path = tuple[str, ...]


def pledge(session: Session, keys: KeyFile, path: Path, old: Any, new: Any) -> None:
    """Hold the database to `new` instead of `old` at a place of the key file, with this commit.

    `old` is what the row says now, None for a row that is made. Raises Altered when the key file
    knows it otherwise, KeysMissing when its disk is full. The caller keeps others from the row
    until the commit.
    """
    pledge_all(session, keys, [(path, old, new)])


def pledge_all(session: Session, keys: KeyFile, changes: Sequence[tuple[Path, Any, Any]]) -> None:
    """`pledge` for many places, the key file written once."""
    pledged: dict[Path, Any] = session.info.setdefault(PLEDGED, {})
    with _room(keys), keys.changing() as content:
        for path, old, new in changes:
            slot = _place(content, path)
            if path not in pledged:
                if "next" in slot and slot["next"] == old:
                    slot["now"] = old
                if slot.setdefault("now", old) != old:
                    raise Altered
                slot.setdefault("first", old)
            elif pledged[path] != old:
                raise Altered
            slot["next"] = new
    for path, _old, new in changes:
        _remember(session, keys, pledged, path, new)


def pledged(session: Session, path: Path) -> Any:
    """What this transaction has already held a place to; None when nothing."""
    return session.info.get(PLEDGED, {}).get(path)


def set_right(session: Session, keys: KeyFile, path: Path, new: Any) -> None:
    """Hold the database to `new` with this commit, whatever the row says now.

    For one thing alone: that somebody who may has looked at an altered row and begins it anew.
    Raises KeysMissing as `pledge` does.
    """
    pledged: dict[Path, Any] = session.info.setdefault(PLEDGED, {})
    with _room(keys), keys.changing() as content:
        slot = _place(content, path)
        slot.setdefault("now", None)
        slot.setdefault("first", None)
        slot["next"] = new
    _remember(session, keys, pledged, path, new)


@contextmanager
def _room(keys: KeyFile) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        words = _(
            "Không ghi được tệp khóa {path}: {reason}. Chưa làm gì: dọn chỗ trên đĩa chứa tệp khóa"
            " rồi làm lại."
        )
        raise KeysMissing(words.format(path=keys.path, reason=fault.strerror)) from fault


def _remember(
    session: Session, keys: KeyFile, pledged: dict[Path, Any], path: Path, new: Any
) -> None:
    if not pledged:
        event.listen(session, "before_commit", _committing, once=True)
        event.listen(session, "after_commit", lambda ended: _ended(ended, keys, True), once=True)
        event.listen(session, "after_rollback", lambda ended: _ended(ended, keys, False), once=True)
    pledged[path] = new


def _place(content: Content, path: Path) -> Content:
    place = content
    for name in path:
        place = place.setdefault(name, {})
    return place


def _committing(session: Session) -> None:
    session.info[COMMITTING] = True


def _ended(session: Session, keys: KeyFile, committed: bool) -> None:
    pledged: dict[Path, Any] = session.info.pop(PLEDGED, {})
    if not pledged or (session.info.pop(COMMITTING, False) and not committed):
        return
    try:
        with keys.changing() as content:
            for path, new in pledged.items():
                _settle(content, path, new, committed)
    except (OSError, KeysMissing) as fault:
        # Both stay accepted until the row changes again.
        log.error("the key file is not told of a commit: %s", type(fault).__name__)


def _settle(content: Content, path: Path, new: Any, committed: bool) -> None:
    slot = _place(content, path)
    if slot.get("next") != new:
        return
    del slot["next"]
    if committed:
        slot["now"] = new
    elif slot["now"] == slot["first"]:
        # As it was before anybody said anything about it.
        del _place(content, path[:-1])[path[-1]]
