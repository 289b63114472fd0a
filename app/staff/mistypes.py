"""Wrong passwords in the log: of each account one line an hour, and one for all addresses that have
no account, however many there were.

The first is told within a second, the others with the hour, as a number. Who signs in waits for
none of it: it is counted in memory and written down by the clock, for every address alike. An
address that has no account is named nowhere, since somebody may have typed a password into it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from app.audit import chain
from app.audit.deeds import NO_ACCOUNT
from app.keys.keyfile import KeyFile
from app.staff import accounts
from app.store import turns
from app.store.db import Database
from app.store.staffmodels import WrongPassword

NOBODY = 0  # the account of an address that has none
HOUR = timedelta(hours=1)


def note(session: Session, keys: KeyFile, counted: Mapping[int, int], now: datetime) -> None:
    """Add what was counted per account, and tell what is due, in the caller's transaction."""
    connection = session.connection()
    turns.take(connection, turns.WRONG_TRIES)
    rows = connection.execute(
        select(col(WrongPassword.staff_id), col(WrongPassword.told_at), col(WrongPassword.untold))
    )
    before = {row.staff_id: row for row in rows}
    who = {account.id: account.who for account in accounts.everyone(session)}
    connection.execute(delete(WrongPassword))
    for staff_id in sorted({*before, *counted}):
        row = before.get(staff_id)
        untold = (row.untold if row else 0) + counted.get(staff_id, 0)
        told_at = row.told_at if row and row.told_at > now - HOUR else None
        if told_at is None:
            if not untold:
                continue
            named = who.get(staff_id, NO_ACCOUNT)
            chain.note(session, keys, now, named, "account.wrong-password", times=untold)
            told_at, untold = now, 0
        kept = {"staff_id": staff_id, "told_at": told_at, "untold": untold}
        connection.execute(insert(WrongPassword), [kept])


def write_down(db: Database, keys: KeyFile, counted: Mapping[int, int]) -> None:
    """`note` in a transaction of its own."""
    with db.transaction() as session:
        note(session, keys, counted, db.now(session))


def tell(db: Database, keys: KeyFile) -> None:
    """Tell the sums whose hour is over."""
    with db.reading() as session:
        now = db.now(session)
        over = select(col(WrongPassword.staff_id)).where(col(WrongPassword.told_at) <= now - HOUR)
        if session.connection().execute(over.limit(1)).first() is None:
            return
    write_down(db, keys, {})
