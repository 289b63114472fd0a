"""The log: who did what, as a chain that only grows.

Each line's `mac` is an HMAC over the line and the `mac` before it, under a key derived from the key
file; so an edited, deleted or reordered line is found by whoever has the key file. The head (number
and `mac` of the last line) is kept beside the key file too, so that lines cut off at the end are
missed as well, also after the log has grown again (`checking`). Nobody of a roster is ever named
here.
"""

import hmac
import json
import logging
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, datetime

import rfc8785
from sqlalchemy import event, func, insert, select
from sqlmodel import Session, col

from app.audit import head as audithead
from app.audit.deeds import ACTIONS, CLOCK, COMMAND_LINE
from app.audit.head import ChainBroken, Growth, Head, read_head, typed_head
from app.keys.keyfile import KeyFile
from app.store import turns
from app.store.officemodels import AuditRow

__all__ = ["ACTIONS", "CLOCK", "COMMAND_LINE", "ChainBroken", "Head", "read_head", "typed_head"]

log = logging.getLogger("phieu.audit")
GROWTH = "phieu_audit_growth"
# So many lines may be under way in other processes before their heads are kept.
RECENT = 100


@dataclass(frozen=True)
class Line:
    """One line of the log."""

    number: int
    at: datetime
    who: str
    action: str
    wave: str
    facts: dict[str, object]
    mac: str

    @property
    def words(self) -> str:
        return ACTIONS.get(self.action, self.action)


def note(
    session: Session,
    keys: KeyFile,
    now: datetime,
    who: str,
    action: str,
    wave: str = "",
    **facts: object,
) -> Head:
    """Add one line, in the caller's transaction; `facts` are small JSON values.

    Gives the new head. The head beside the key file follows after the commit.
    """
    if action not in ACTIONS:
        raise ValueError(f"unknown action {action}")
    connection = session.connection()
    # One writer at a time: the chain has one end.
    turns.take(connection, turns.LOG)
    before = head(session)
    growth = session.info.get(GROWTH) or Growth(before, _ends(session, keys, before))
    number, text_of = before.number + 1, json.dumps(facts, ensure_ascii=False, sort_keys=True)
    at = now.astimezone(UTC)
    mac = mac_of(keys.audit_key, before.mac, number, at, who, action, wave, text_of)
    connection.execute(
        insert(AuditRow),
        [
            {
                "number": number,
                "at": at,
                "who": who,
                "action": action,
                "wave": wave,
                "facts": text_of,
                "mac": mac,
            }
        ],
    )
    growth.after = Head(number, mac)
    if GROWTH not in session.info:
        session.info[GROWTH] = growth
        event.listen(session, "after_commit", lambda ended: _committed(ended, keys), once=True)
    return growth.after


def _ends(session: Session, keys: KeyFile, last: Head) -> Set[Head]:
    """The heads that the chain goes through: the kept one, and those of other processes after it.

    Nothing when it does not go through the kept one: then lines are gone.
    """
    try:
        kept = audithead.kept(keys)
    except ChainBroken as fault:
        log.error("%s", fault)
        return frozenset()
    rows = session.connection().execute(
        select(col(AuditRow.number), col(AuditRow.mac))
        .where(col(AuditRow.number) >= (kept.number if kept else 1))
        .order_by(col(AuditRow.number))
        .limit(RECENT)
    )
    found = {Head(number, mac) for number, mac in rows}
    if kept is not None and kept not in found:
        log.error("the log no longer holds line %d as it was written", kept.number)
        return frozenset()
    return found | {last}


def _committed(session: Session, keys: KeyFile) -> None:
    audithead.move_on(keys, session.info.pop(GROWTH))


def head(session: Session) -> Head:
    """The last line's number and `mac`; (0, "") while there is none."""
    row = (
        session.connection()
        .execute(
            select(col(AuditRow.number), col(AuditRow.mac))
            .order_by(col(AuditRow.number).desc())
            .limit(1)
        )
        .first()
    )
    return Head() if row is None else Head(row.number, row.mac)


def lines(
    session: Session,
    action: str = "",
    wave: str = "",
    who: str = "",
    before: int | None = None,
    limit: int | None = None,
) -> list[Line]:
    """Lines from the newest back, filtered; `before` is the number of the last one seen.

    `action` may be the first part alone ("roster").
    """
    query = select(AuditRow.__table__).order_by(col(AuditRow.number).desc())  # type: ignore[attr-defined]
    if action:
        exact = col(AuditRow.action) == action
        query = query.where(
            exact if "." in action else col(AuditRow.action).startswith(f"{action}.")
        )
    if wave:
        query = query.where(col(AuditRow.wave) == wave)
    if who:
        query = query.where(func.lower(col(AuditRow.who)).contains(who.lower(), autoescape=True))
    if before is not None:
        query = query.where(col(AuditRow.number) < before)
    rows = session.connection().execute(query.limit(limit) if limit else query)
    return [Line(r.number, r.at, r.who, r.action, r.wave, _read(r.facts), r.mac) for r in rows]


def _read(facts: str) -> dict[str, object]:
    """The facts of a line; none where this program did not write them, so that its MAC fits not."""
    try:
        found = json.loads(facts)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def last(session: Session, keys: KeyFile, action: str, wave: str) -> Line | None:
    """The newest line of an action, checked against the line before it. Raises ChainBroken."""
    found = lines(session, action, wave, limit=1)
    return _sound(session, keys, found[0]) if found else None


def every(session: Session, keys: KeyFile, action: str, wave: str) -> list[Line]:
    """All lines of an action about a wave, the oldest first, each checked as the `last` one is.
    Raises ChainBroken."""
    return [_sound(session, keys, line) for line in reversed(lines(session, action, wave))]


def _sound(session: Session, keys: KeyFile, line: Line) -> Line:
    before = (
        session.connection()
        .execute(select(col(AuditRow.mac)).where(col(AuditRow.number) == line.number - 1))
        .scalar()
    )
    written = json.dumps(line.facts, ensure_ascii=False, sort_keys=True)
    parts = (line.at, line.who, line.action, line.wave, written)
    if line.number <= log_begins(keys).number:
        return line  # written under a key file that is lost: nobody can check it any more
    if mac_of(keys.audit_key, before or "", line.number, *parts) != line.mac:
        raise ChainBroken(audithead.changed(line.number))
    return line


def log_begins(keys: KeyFile) -> Head:
    """The last line written before this key file was made; Head() where it is the first one."""
    return read_head(keys.log_begins) if keys.log_begins else Head()


def mac_of(key: bytes, before: str, number: int, at: object, *texts: object) -> str:
    moment = (
        at.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(at, datetime) else ""
    )
    line = rfc8785.dumps([before, number, moment, *map(str, texts)])
    return hmac.digest(key, line, "sha256").hex()
