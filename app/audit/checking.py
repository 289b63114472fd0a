"""The whole log looked at: walked from its first line on, and held to the heads that are known."""

import hmac
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Result, select
from sqlmodel import Session, col

from app.audit import head as audithead
from app.audit.chain import GROWTH, log_begins, mac_of, note
from app.audit.head import ChainBroken, Head, HeadDiffers
from app.keys.keyfile import KeyFile
from app.language import _
from app.store.officemodels import AuditRow


def verify(session: Session, keys: KeyFile, printed: Head | None = None) -> Head:
    """Walk the whole chain, and compare it with the head beside the key file and a `printed` one.

    Gives the head. Raises ChainBroken, which names the first line that is not as it was written;
    of a log that is whole but for the printed head, HeadDiffers: somebody may have mistyped it.
    """
    kept = audithead.kept(keys)
    found = _walk(session, keys, [] if kept is None else [(kept, audithead.redone_or_restored())])
    if printed is not None:
        known = session.connection().execute(
            select(col(AuditRow.mac)).where(col(AuditRow.number) == printed.number)
        )
        if not hmac.compare_digest((known.scalar() or "").encode(), printed.mac.encode()):
            raise HeadDiffers(audithead.other_head(printed, found.number))
    return found


def _walk(session: Session, keys: KeyFile, known: Collection[tuple[Head, str]]) -> Head:
    begins = log_begins(keys)
    mac, number = "", 0
    with _rows(session) as rows:
        for row in rows.mappings():
            number += 1
            if row["number"] != number:
                raise ChainBroken(f"{audithead.lost(number)} {audithead.keep_as_it_is()}")
            parts = [row[name] for name in ("at", "who", "action", "wave", "facts")]
            if number > begins.number:
                expected = mac_of(keys.audit_key, mac, number, *parts)
            else:
                # Written under a key file that is lost: it can be held to its last line alone.
                expected = begins.mac if number == begins.number else row["mac"]
            if not hmac.compare_digest(expected, row["mac"]):
                raise ChainBroken(audithead.changed(number))
            mac = expected
            for head, words in known:
                if head.number == number and not hmac.compare_digest(head.mac, mac):
                    differs = _("Dòng {number} của nhật ký khác với mã đã ghi lại lúc ấy.")
                    raise ChainBroken(f"{differs.format(number=number)} {words}")
    for head, words in known:
        if head.number > number:
            raise ChainBroken(f"{audithead.lost(number + 1)} {words}")
    return Head(number, mac)


def gap(session: Session, keys: KeyFile) -> str:
    """What is wrong when the log does not hold the kept head; empty when it does. One row read."""
    try:
        kept = audithead.kept(keys)
    except ChainBroken as fault:
        return str(fault)
    if kept is None or not kept.number:
        return ""
    found = session.connection().execute(
        select(col(AuditRow.mac)).where(col(AuditRow.number) == kept.number)
    )
    mac = found.scalar()
    if mac == kept.mac:
        return ""
    lost = _("Dòng {number} của nhật ký không còn như đã ghi.").format(number=kept.number)
    return f"{lost} {audithead.redone_or_restored()}"


def accept(session: Session, keys: KeyFile, now: datetime, who: str, reason: str) -> Head:
    """Take the log as it is for whole, since a backup came back, with a line that says so.

    The line holds the head kept until now. Raises ChainBroken when nothing is missing, and when a
    line that is there was changed, which no backup explains.
    """
    words = gap(session, keys)
    if not words:
        raise ChainBroken(_("Nhật ký không thiếu dòng nào đã ghi lại, nên không có gì phải nhận."))
    last = _walk(session, keys, [])
    try:
        was = str(audithead.kept(keys))
    except ChainBroken:
        was = ""
    after = note(
        *(session, keys, now, who, "audit.accept"),
        kept_head=was,
        last_line=last.number,
        reason=reason,
    )
    session.info[GROWTH].accepted = True
    return after


def _rows(session: Session) -> Result[Any]:
    """Every line in its order, a part of them in memory at a time; to be closed."""
    query = select(AuditRow.__table__).order_by(col(AuditRow.number))  # type: ignore[attr-defined]
    return session.connection().execute(query, execution_options={"yield_per": 500})
