"""Which letters of the outbox are believed: those about bound ballots, to bound addresses.

The outbox is a table like any other. A row that somebody wrote into it sends no link: its ballot
must be as it was issued, and its address the one bound to that ballot, or the old one of a
correction, bound with the letter.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import update
from sqlmodel import Session

from app.bonds import ballotfacts, macs, wavefacts
from app.keys.guard import keys_of
from app.keys.keyfile import KeyFile
from app.language import _
from app.letters.queue import letter, to_send

log = logging.getLogger("phieu.mail")

# What of a wave decides over its letters.
FACTS = (
    *("launched_at", "closes_at", "closed_at", "unsealed_at", "cancelled_at", "cancel_reason"),
    *("reopened_until", "objections_until"),
)
# An altered wave may be set right; its letters are looked at again.
PUT_OFF = timedelta(minutes=15)


def believed(session: Session, now: datetime, found: Sequence[Any]) -> list[Any]:
    """Those of some due letters that may go: about a ballot that is as it was issued, to the
    address bound to it. The others are failed and told, or put off with their altered wave."""
    keys, connection, rows = keys_of(session), session.connection(), []
    for row in found:
        this = update(letter).where(letter.c.id == row.id, to_send)
        if wavefacts.differing(keys, row.code, row, FACTS):
            words = _("Đợt này đã bị sửa ngoài hệ thống, nên thư chưa gửi.")
            connection.execute(this.values(due_at=now + PUT_OFF, error=words))
        elif _is_bound(keys, row):
            rows.append(row)
        else:
            log.error("letter %d is not sent: its ballot or address was altered", row.id)
            words = _("Phiếu hoặc địa chỉ đã bị sửa ngoài hệ thống, nên thư không gửi.")
            connection.execute(this.values(state="failed", error=words))
    return rows


def until(row: Any) -> datetime:
    """The time that a letter speaks of."""
    told = {"reopened": row.reopened_until, "closing": row.objections_until}
    return cast(datetime, told.get(row.kind, row.closes_at))


def _is_bound(keys: KeyFile, row: Any) -> bool:
    if not ballotfacts.is_sound(keys, row.code, row):
        return False
    if row.kind == "removed" and row.removed_at is None:
        return False  # nobody on the roster is told that they are off it
    if row.address is None:
        return bool(row.kind != "moved")  # nor that an address was changed which was not
    expected = ballotfacts.address_mac(keys, row.code, row.number, row.kind, row.address)
    return macs.fits(row.address_mac, expected)
