"""Accounts, letters to staff and keys of connection of an earlier version, or of before a key file
was lost, taken over as they stand (see `adoption`)."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.bonds import accountfacts
from app.keys.content import Content
from app.keys.keyfile import KeyFile
from app.staff import connections, passwords, queue, recoverycodes
from app.store.officemodels import WaveOfficer
from app.store.staffmodels import RecoveryCode, Staff


def take_over(session: Session, keys: KeyFile, why: str, now: datetime) -> Content:
    """What the key file is to know of accounts; letters that wait are bound on the way.

    Under a new key file nobody can sign in: no second factor opens any more. So no password is
    believed either; an account that had none yet could come in by that alone.
    """
    if why == "new":
        _begin_anew(session)
    if why == "upgrade":
        connections.take_over(session)
    queue.take_over(session, now)
    rows = session.connection().execute(select(*accountfacts.COLUMNS)).all()
    accounts = {str(row.id): _slot(accountfacts.said_by(keys, row)) for row in rows}
    codes = {
        str(row.id): _slot(recoverycodes.take_over(session, keys, cast(int, row.id)))
        for row in rows
    }
    return {accountfacts.SLOTS: accounts, recoverycodes.SLOTS: codes}


def _slot(said: Any) -> dict[str, Any]:
    return {"first": None, "now": said}


def _begin_anew(session: Session) -> None:
    for staff_id in session.connection().execute(select(col(Staff.id))).scalars().all():
        blank = {"password_hash": passwords.none(), "totp_sealed": None, "totp_confirmed_at": None}
        mine = update(Staff).where(col(Staff.id) == staff_id)
        session.connection().execute(mine.values(blank))
    for table in (RecoveryCode, WaveOfficer):
        session.connection().execute(delete(table))
