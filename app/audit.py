"""The log: who did what, as a chain that only grows.

Each line's `mac` is an HMAC over the line and the `mac` before it, under a key derived from the key
file; so an edited, deleted or reordered line is found by whoever has the key file. The head (number
and `mac` of the last line) is kept beside the key file too, so that lines cut off at the end are
missed as well. Nobody of a roster is ever named here.
"""

import fcntl
import hmac
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785
from sqlalchemy import Result, event, func, insert, select, text
from sqlmodel import Session, col

from app.deeds import ACTIONS, CLOCK, COMMAND_LINE
from app.keys import KeyFile
from app.language import _
from app.officemodels import AuditRow

__all__ = ["ACTIONS", "CLOCK", "COMMAND_LINE"]


class ChainBroken(Exception):
    """The log is not as it was written; the text says where and what to do."""


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


@dataclass(frozen=True)
class Head:
    """The last line, as the minutes print it: what comes later must go on from here."""

    number: int = 0
    mac: str = ""

    def __str__(self) -> str:
        return f"{self.number}:{self.mac}"


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
    if connection.dialect.name == "postgresql":
        # One writer at a time: the chain has one end.
        connection.execute(text("SELECT pg_advisory_xact_lock(20022023, -1)"))
    before = head(session)
    number, text_of = before.number + 1, json.dumps(facts, ensure_ascii=False, sort_keys=True)
    at = now.astimezone(UTC)
    mac = _mac(keys.audit_key, before.mac, number, at, who, action, wave, text_of)
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
    after = Head(number, mac)
    first = "phieu_audit_head" not in session.info
    session.info["phieu_audit_head"] = after
    if first:
        event.listen(session, "after_commit", lambda ended: _committed(ended, keys), once=True)
    return after


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
    return [Line(r.number, r.at, r.who, r.action, r.wave, json.loads(r.facts), r.mac) for r in rows]


def last(session: Session, keys: KeyFile, action: str, wave: str) -> Line | None:
    """The newest line of an action, checked against the line before it. Raises ChainBroken."""
    found = lines(session, action, wave, limit=1)
    if not found:
        return None
    line = found[0]
    before = (
        session.connection()
        .execute(select(col(AuditRow.mac)).where(col(AuditRow.number) == line.number - 1))
        .scalar()
    )
    written = json.dumps(line.facts, ensure_ascii=False, sort_keys=True)
    parts = (line.at, line.who, line.action, line.wave, written)
    if _mac(keys.audit_key, before or "", line.number, *parts) != line.mac:
        raise ChainBroken(_changed(line.number))
    return line


def verify(session: Session, keys: KeyFile, printed: Head | None = None) -> Head:
    """Walk the whole chain, and compare it with the head beside the key file and a `printed` one.

    Gives the head. Raises ChainBroken, which names the first line that is not as it was written.
    """
    known = [head for head in (_kept(keys), printed) if head is not None and head.number]
    mac, number = "", 0
    with _rows(session) as rows:
        for row in rows.mappings():
            number += 1
            if row["number"] != number:
                raise ChainBroken(_lost(number))
            expected = _mac(
                keys.audit_key,
                mac,
                number,
                row["at"],
                row["who"],
                row["action"],
                row["wave"],
                row["facts"],
            )
            if not hmac.compare_digest(expected, row["mac"]):
                raise ChainBroken(_changed(number))
            mac = expected
            for head in known:
                if head.number == number and not hmac.compare_digest(head.mac, mac):
                    raise ChainBroken(
                        _(
                            "Dòng {number} của nhật ký khác với mã đã ghi lại lúc ấy. Nhật ký đã bị"
                            " làm lại. Giữ nguyên hiện trạng và báo Hội đồng."
                        ).format(number=number)
                    )
    for head in known:
        if head.number > number:
            raise ChainBroken(_lost(number + 1))
    return Head(number, mac)


def _changed(number: int) -> str:
    return _(
        "Dòng {number} của nhật ký không còn như lúc ghi: nó hoặc dòng trước nó đã bị sửa, chèn"
        " hoặc đổi chỗ. Giữ nguyên hiện trạng, báo Hội đồng, đối chiếu với bản lưu cơ sở dữ liệu."
    ).format(number=number)


def _lost(number: int) -> str:
    return _(
        "Nhật ký thiếu dòng {number}: đã bị xóa hoặc cắt cụt. Giữ nguyên hiện trạng, báo Hội đồng,"
        " đối chiếu với bản lưu cơ sở dữ liệu."
    ).format(number=number)


def _rows(session: Session) -> Result[Any]:
    """Every line in its order, a part of them in memory at a time; to be closed."""
    query = select(AuditRow.__table__).order_by(col(AuditRow.number))  # type: ignore[attr-defined]
    return session.connection().execute(query, execution_options={"yield_per": 500})


def _mac(key: bytes, before: str, number: int, at: object, *texts: object) -> str:
    moment = (
        at.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(at, datetime) else ""
    )
    line = rfc8785.dumps([before, number, moment, *map(str, texts)])
    return hmac.digest(key, line, "sha256").hex()


def _head_file(keys: KeyFile) -> Path:
    return keys.path.with_name(f"{keys.path.name}.head")


def _committed(session: Session, keys: KeyFile) -> None:
    """Move the head beside the key file on, never back."""
    after: Head = session.info.pop("phieu_audit_head")
    path = _head_file(keys)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = _kept(keys)
        if kept is not None and kept.number >= after.number:
            return
        fresh = path.with_name(f"{path.name}.new")
        with fresh.open("w") as file:
            file.write(str(after))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)


def _kept(keys: KeyFile) -> Head | None:
    try:
        return read_head(_head_file(keys).read_text())
    except OSError:
        return None


def read_head(written: str) -> Head:
    """A head as minutes and letters print it. Raises ChainBroken when it is none."""
    number, colon, mac = written.strip().partition(":")
    if not colon or not number.isdecimal() or len(mac) != 64:
        raise ChainBroken(
            _(
                "Mã nhật ký có dạng số dòng, dấu hai chấm, rồi 64 chữ và số; xem lại “{text}”."
            ).format(text=written[:80])
        )
    return Head(int(number), mac)
